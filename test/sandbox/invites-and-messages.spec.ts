import { type Local, startLocal } from './local';

describe('invites and messages of the local Discord', () => {
  let local: Local;
  let guild: Awaited<ReturnType<Local['server']>>;

  beforeAll(async () => {
    local = await startLocal();
    guild = await local.server();
  });
  afterAll(() => local.close());

  /** Adds a new person to the server and returns its id. */
  const member = async (name: string, roles: string[] = []) => {
    const id = await local.person(name);
    await local.control('PUT', `/sandbox/guilds/${guild.id}/members/${id}`, { roles });
    return id;
  };

  describe('invites', () => {
    const invite = (body: Record<string, unknown>) => local.bot('POST', `/channels/${guild.channelId}/invites`, body);
    const accept = (code: unknown, userId: string) =>
      local.call('POST', `/sandbox/invites/${String(code)}/accept`, { userId });

    it('end when they are used up, and when their time is over', async () => {
      const { body } = await invite({ max_uses: 1, unique: true });
      expect((await accept(body['code'], await local.person('g1'))).body).toEqual({ guildId: guild.id });
      expect((await accept(body['code'], await local.person('g2'))).body['code']).toBe(10006);
      const short = await invite({ max_age: 1, unique: true });
      await new Promise((resolve) => setTimeout(resolve, 1100));
      expect((await local.bot('GET', `/invites/${String(short.body['code'])}`)).body['code']).toBe(10006);
    });

    it('need a body, be it an empty one', async () => {
      const path = `/channels/${guild.channelId}/invites`;
      expect(await local.bot('POST', path)).toMatchObject({ status: 400, body: { code: 50109 } });
      expect((await local.bot('POST', path, undefined, { 'content-type': 'application/json' })).status).toBe(400);
      expect((await invite({})).status).toBe(200);
    });

    it('are the same again unless unique ones are asked for', async () => {
      const [first, second, third] = [await invite({}), await invite({}), await invite({ unique: true })];
      expect(second.body['code']).toBe(first.body['code']);
      expect(third.body['code']).not.toBe(first.body['code']);
    });

    it('are a thousand at most, without those whose time is over', async () => {
      const full = await local.server('Full');
      const make = async (max_age: number) => {
        const { status, body } = await local.bot('POST', `/channels/${full.channelId}/invites`, {
          max_age,
          unique: true,
        });
        return body['code'] === 30016 ? 30016 : status;
      };
      for (let made = 0; made < 999; made += 111) {
        await Promise.all(Array.from({ length: 111 }, () => make(0)));
      }
      expect([await make(1), await make(0)]).toEqual([200, 30016]);
      await new Promise((resolve) => setTimeout(resolve, 1100));
      expect([await make(0), await make(0)]).toEqual([200, 30016]);
    });

    it('can be for some people only, by a file that can be read back and replaced', async () => {
      const hadi = await local.person('hadi');
      const form = new FormData();
      form.set('payload_json', JSON.stringify({ max_uses: 1, unique: true }));
      form.set('target_users_file', new Blob([`user_id\n${hadi}\n`]), 'users.csv');
      const headers = { authorization: `Bot ${local.application.botToken}` };
      const response = await fetch(`${local.url}/api/v10/channels/${guild.channelId}/invites`, {
        method: 'POST',
        headers,
        body: form,
      });
      const { code } = (await response.json()) as { code: string };
      expect((await local.bot('GET', `/invites/${code}/target-users`)).text).toBe(`user_id\n${hadi}\n`);
      expect(await local.targetUsersJob(code)).toMatchObject({ status: 2, total_users: 1, processed_users: 1 });
      expect((await accept(code, await local.person('stranger'))).body['code']).toBe(10006);
      const bad = new FormData();
      bad.set('target_users_file', new Blob(['user_id\nhadi\n']), 'users.csv');
      const refused = await fetch(`${local.url}/api/v10/invites/${code}/target-users`, {
        method: 'PUT',
        headers,
        body: bad,
      });
      expect(refused.status).toBe(400);
      expect(await refused.json()).toHaveProperty('target_users_file');
      expect((await accept(code, hadi)).status).toBe(200);
    });

    it('are listed and deleted', async () => {
      const { body } = await invite({ unique: true });
      const listed = (await local.bot('GET', `/guilds/${guild.id}/invites`)).list;
      expect(listed.map((each) => each['code'])).toContain(body['code']);
      // VIEW_AUDIT_LOG alone does not show how invites are used.
      expect(listed[0]).not.toHaveProperty('uses');
      expect((await local.bot('DELETE', `/invites/${String(body['code'])}`)).body['code']).toBe(body['code']);
      expect((await local.bot('GET', `/invites/${String(body['code'])}`)).status).toBe(404);
    });
  });

  describe('messages', () => {
    it('are not written twice when the nonce is enforced', async () => {
      const body = { content: 'Welcome', nonce: 'abc', enforce_nonce: true, allowed_mentions: { parse: [] } };
      const first = await local.bot('POST', `/channels/${guild.channelId}/messages`, body);
      const second = await local.bot('POST', `/channels/${guild.channelId}/messages`, body);
      expect(second.body['id']).toBe(first.body['id']);
      const empty = await local.bot('POST', `/channels/${guild.channelId}/messages`, { content: ' ' });
      expect(empty).toMatchObject({ status: 400, body: { code: 50006 } });
    });

    it('carry at most 6000 characters in all their embeds', async () => {
      const send = (length: number) =>
        local.bot('POST', `/channels/${guild.channelId}/messages`, {
          embeds: [{ description: 'x'.repeat(4096) }, { description: 'x'.repeat(length) }],
        });
      expect((await send(6000 - 4096)).status).toBe(200);
      expect(await send(6001 - 4096)).toMatchObject({ status: 400, body: { code: 50035, errors: { embeds: {} } } });
    });

    it('reach people who take them, and nobody else', async () => {
      const open = await member('open');
      const closed = await local.person('closed', { dmsClosed: true });
      await local.control('PUT', `/sandbox/guilds/${guild.id}/members/${closed}`, {});
      const codes: unknown[] = [];
      for (const recipient_id of [open, closed]) {
        const dm = await local.bot('POST', '/users/@me/channels', { recipient_id });
        const sent = await local.bot('POST', `/channels/${String(dm.body['id'])}/messages`, { content: 'Hello' });
        codes.push([sent.status, sent.body['code']]);
      }
      expect(codes).toEqual([
        [200, undefined],
        [403, 50007],
      ]);
      const { dms } = await local.control<{ dms: { userId: string; messages: unknown[] }[] }>('GET', '/sandbox/state');
      expect(dms.find((dm) => dm.userId === open)?.messages).toHaveLength(1);
    });
  });
});
