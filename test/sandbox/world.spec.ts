import { GuildMemberFlags } from 'discord-api-types/v10';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../../sandbox/server';
import { type Local, startLocal } from './local';

interface State {
  users: { id: string }[];
  guilds: { id: string; name: string; members: { userId: string; roles: string[] }[]; invites: { code: string }[] }[];
}

describe('the world of the local Discord', () => {
  const running: Local[] = [];
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'local-discord-'));
  });
  afterEach(async () => {
    for (const local of running.splice(0)) await local.close();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function start(options: Parameters<typeof startLocal>[0] = {}): Promise<Local> {
    const local = await startLocal(options);
    running.push(local);
    return local;
  }

  it('starts with the application and its bot, and nobody else', async () => {
    const local = await start();
    const { users, guilds } = await local.control<State>('GET', '/sandbox/state');
    expect(users.map((user) => user.id)).toEqual([local.application.botUserId]);
    expect(guilds).toEqual([]);
    const token = local.application.botToken.split('.')[0]!;
    expect(Buffer.from(token, 'base64').toString()).toBe(local.application.botUserId);
  });

  it('keeps everything in its file: a second start goes on where the first ended', async () => {
    const stateFile = join(folder, 'kept', 'state.json');
    const first = await start({ stateFile });
    const guild = await first.server();
    const ayu = await first.person('ayu');
    const { access_token, refresh_token } = await first.grant(ayu);
    await first.bot('PUT', `/guilds/${guild.id}/members/${ayu}`, { access_token });
    await first.bot('POST', `/channels/${guild.channelId}/invites`, { max_age: 0 });
    await first.bot('POST', `/channels/${guild.channelId}/messages`, { content: 'still here' });
    const leaver = await first.person('leaver');
    await first.control('PUT', `/sandbox/guilds/${guild.id}/members/${leaver}`, {});
    await first.control('DELETE', `/sandbox/guilds/${guild.id}/members/${leaver}`);
    const before = await first.control<State>('GET', '/sandbox/state');
    await new Promise((resolve) => setTimeout(resolve, 260));
    expect(readFileSync(stateFile, 'utf8')).toContain('still here');
    await running.pop()?.close();

    const second = await start({ stateFile });
    expect(await second.control('GET', '/sandbox/state')).toEqual(before);
    const me = await second.call('GET', '/api/users/@me', undefined, { authorization: `Bearer ${access_token}` });
    expect(me.body['id']).toBe(ayu);
    expect(refresh_token).toBeTruthy();
    await second.control('PUT', `/sandbox/guilds/${guild.id}/members/${leaver}`, {});
    const back = await second.bot('GET', `/guilds/${guild.id}/members/${leaver}`);
    expect(back.body['flags']).toBe(GuildMemberFlags.DidRejoin);
    expect(BigInt(await second.person('new'))).toBeGreaterThan(BigInt(ayu));
  });

  it('says which file is damaged and what to do', async () => {
    const stateFile = join(folder, 'damaged.json');
    writeFileSync(stateFile, '{"format":1,');
    await expect(startSandbox({ port: 0, stateFile })).rejects.toThrow(/damaged\.json.*Delete it/s);
  });

  it('fails with EADDRINUSE where the port is taken, and leaves the file to whom it belongs', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    const stateFile = join(folder, 'of-another.json');
    await expect(startSandbox({ port, stateFile })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(existsSync(stateFile)).toBe(false);
    await new Promise((resolve) => other.close(resolve));
  });

  it('goes back to its start on a reset', async () => {
    const local = await start();
    const guild = await local.server();
    await local.control('PUT', '/sandbox/faults', { rules: [{ route: '/users/@me', status: 500 }] });
    const gateway = await local.control('GET', '/sandbox/gateway');
    const others = { accepting: false, losing: true, delayMs: 1_000, heartbeatIntervalMs: 1_000 };
    expect(await local.control('PUT', '/sandbox/gateway', others)).toMatchObject(others);
    await local.control('POST', '/sandbox/reset');
    expect(await local.control('GET', '/sandbox/gateway')).toEqual(gateway);
    expect((await local.control<State>('GET', '/sandbox/state')).guilds).toEqual([]);
    expect((await local.bot('GET', '/users/@me')).status).toBe(200);
    expect((await local.bot('GET', `/guilds/${guild.id}`)).status).toBe(404);
  });
});
