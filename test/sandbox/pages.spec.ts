import { join } from 'node:path';
import { transformFileSync } from '@swc/core';
import { type Local, startLocal } from './local';

describe('the pages of the local Discord', () => {
  let local: Local;
  let guild: Awaited<ReturnType<Local['server']>>;

  beforeAll(async () => {
    local = await startLocal();
    guild = await local.server('Algebra <1>');
  });
  afterAll(() => local.close());

  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/page/app.js', 'text/javascript; charset=utf-8'],
    ['/page/style.css', 'text/css; charset=utf-8'],
    ['/avatars/111111111111111111/0.png', 'image/png'],
    ['/icons/111111111111111111/0.png', 'image/png'],
  ])('%s is there', async (path, type) => {
    const answer = await local.call('GET', path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type]);
  });

  it('stay modules for browsers when the project is built', () => {
    const built = transformFileSync(join(__dirname, '../../sandbox/page/app.js'), { swcrc: true });
    expect(built.code).toContain("from './messages.js'");
    expect(built.code).not.toContain('require(');
  });

  it('load every script that they name', async () => {
    const seen = new Set<string>();
    const load = async (path: string): Promise<void> => {
      if (seen.has(path)) return;
      seen.add(path);
      const { status, text } = await local.call('GET', path);
      expect([path, status]).toEqual([path, 200]);
      for (const [, name] of text.matchAll(/from '\.\/([a-z-]+\.js)'/g)) await load(`/page/${name!}`);
    };
    await load('/page/app.js');
    expect(seen.size).toBeGreaterThan(5);
  });

  it('let a person accept an invite, and show names as text', async () => {
    const { body } = await local.bot('POST', `/channels/${guild.channelId}/invites`, { max_uses: 1 });
    const path = `/invite/${String(body['code'])}`;
    const ayu = await local.person('<ayu>');
    const page = await local.call('GET', path);
    expect(page.text).toContain('Algebra &lt;1&gt;');
    expect(page.text).toContain('&lt;ayu&gt;');
    const form = { 'content-type': 'application/x-www-form-urlencoded', origin: local.url };
    const accepted = await local.call('POST', path, `user_id=${ayu}`, form);
    expect(accepted.text).toContain('is in');
    expect((await local.bot('GET', `/guilds/${guild.id}/members/${ayu}`)).status).toBe(200);
    expect((await local.call('GET', path)).status).toBe(404);
  });

  it('are told of changes while they are open', async () => {
    const response = await fetch(`${local.url}/sandbox/events`);
    const reader = response.body!.getReader();
    await reader.read();
    await local.person('somebody');
    const chunk = (await reader.read()) as { value: Uint8Array };
    expect(Buffer.from(chunk.value).toString()).toContain('event: world');
    await reader.cancel();
  });

  it('show a server in pieces that stay small', async () => {
    const view = await local.call('GET', `/sandbox/view/guilds/${guild.id}?as=${guild.ownerId}`);
    expect(view.body).toMatchObject({ name: 'Algebra <1>', botPresent: true, roles: [{ managed: true }] });
  });
});
