import { refuseIdentify } from '../../sandbox/gateway/identify-rules';
import { createGuild, installBot } from '../../sandbox/world/guild-actions';
import { World } from '../../sandbox/world/world';
import { type Local, startLocal } from './local';
import { RawClient } from './raw-client';

const MESSAGES = 512;

describe('what the gateway of the local Discord allows', () => {
  let local: Local;
  let guild: Awaited<ReturnType<Local['server']>>;
  const clients: RawClient[] = [];

  beforeEach(async () => {
    local = await startLocal();
    guild = await local.server();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.socket.terminate();
    await local.close();
  });

  async function connect(): Promise<RawClient> {
    const client = await RawClient.connect(local);
    clients.push(client);
    return client;
  }
  async function identified(more: Record<string, unknown> = {}): Promise<RawClient> {
    const client = await connect();
    client.identify(local, more);
    await client.event('READY');
    return client;
  }

  it('one IDENTIFY in five seconds; who comes sooner hears op 9', async () => {
    await local.control('PUT', '/sandbox/limits', { enforce: true, identifyEveryMs: 400 });
    await identified();
    const soon = await connect();
    soon.identify(local);
    expect((await soon.until(({ op }) => op === 9)).d).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 450));
    soon.identify(local);
    await soon.event('READY');
  });

  it('so many IDENTIFYs a day: after that every session ends and the token is another', async () => {
    await local.control('PUT', '/sandbox/limits', { enforce: true, identifyEveryMs: 0, identifiesPerDay: 2 });
    const first = await identified();
    const ready = await first.event('READY');
    const second = await identified();
    const { session_start_limit } = (await local.bot('GET', '/gateway/bot')).body as {
      session_start_limit: Record<string, number>;
    };
    expect(session_start_limit).toMatchObject({ total: 2, remaining: 0, max_concurrency: 1 });
    expect(session_start_limit['reset_after']).toBeGreaterThan(86_000_000);
    // A RESUME costs nothing.
    second.socket.terminate();
    await second.closed;
    const resumed = await connect();
    const session_id = (await second.event('READY')).d['session_id'];
    resumed.send(6, { token: local.application.botToken, session_id, seq: 1 });
    await resumed.event('RESUMED');
    const third = await connect();
    third.identify(local);
    expect(await Promise.all([first.closed, resumed.closed, third.closed])).toEqual([4004, 4004, 4004]);
    expect((await local.bot('GET', '/users/@me')).status).toBe(401);
    const { application } = await local.control<{ application: { botToken: string } }>('GET', '/sandbox/state');
    expect(Buffer.from(application.botToken.split('.')[0]!, 'base64').toString()).toBe(local.application.botUserId);
    const late = await connect();
    late.send(6, { token: application.botToken, session_id: ready.d['session_id'], seq: 1 });
    await late.until(({ op }) => op === 9);
    await local.control('POST', '/sandbox/reset');
    expect((await local.bot('GET', '/users/@me')).status).toBe(200);
  });

  it('the token can be reset by hand: 401 and 4004 until the client has the new one', async () => {
    const client = await identified();
    const { botToken } = await local.control<{ botToken: string }>('PUT', '/sandbox/bot-token', {});
    expect(await client.closed).toBe(4004);
    expect((await local.bot('GET', '/users/@me')).status).toBe(401);
    const renewed = await local.call('GET', '/api/v10/users/@me', undefined, { authorization: `Bot ${botToken}` });
    expect(renewed.status).toBe(200);
    const stale = await connect();
    stale.identify(local);
    expect(await stale.closed).toBe(4004);
    await local.control('PUT', '/sandbox/bot-token', { botToken: local.application.botToken });
    expect((await local.bot('GET', '/users/@me')).status).toBe(200);
  });

  it('2500 servers on one shard: more need 4011', () => {
    const world = new World();
    const token = world.application.botToken;
    for (let index = 0; index < 2501; index += 1) {
      const { guild: made } = createGuild(world, `S${index}`, world.botUserId);
      installBot(world, made, { userId: world.botUserId }, { permissions: '0' });
    }
    expect(refuseIdentify(world, { token, intents: 1 })?.code).toBe(4011);
    expect(refuseIdentify(world, { token, intents: 1, shard: [0, 2] })).toBeUndefined();
  });

  it('an outage is no removal: GUILD_DELETE says unavailable, and the server comes back', async () => {
    const client = await identified({ intents: 1 | MESSAGES });
    await client.event('GUILD_CREATE');
    await local.control('PUT', `/sandbox/guilds/${guild.id}/outage`, { unavailable: true });
    expect((await client.event('GUILD_DELETE')).d).toEqual({ id: guild.id, unavailable: true });
    const newcomer = await identified();
    const ready = await newcomer.event('READY');
    expect(ready.d['guilds']).toEqual([{ id: guild.id, unavailable: true }]);
    await local.control('PUT', `/sandbox/guilds/${guild.id}/outage`, { unavailable: false });
    expect((await newcomer.event('GUILD_CREATE')).d['id']).toBe(guild.id);
    await local.control('DELETE', `/sandbox/guilds/${guild.id}/bot`);
    const removed = await client.until(({ t, d }) => t === 'GUILD_DELETE' && !('unavailable' in d));
    expect(removed.d).toEqual({ id: guild.id });
  });

  it('tells of channels, roles, bans, invites, messages and the audit log, each with its intent', async () => {
    const all = await identified({ intents: 1 | 2 | 4 | 64 | MESSAGES });
    const few = await identified({ intents: 1 });
    await local.control('PUT', `/sandbox/guilds/${guild.id}/bot`, { permissions: '8' });
    const made = await local.control<{ id: string }>('POST', `/sandbox/guilds/${guild.id}/channels`, { name: 'new' });
    await local.control('PATCH', `/sandbox/channels/${made.id}`, { name: 'renamed' });
    const invite = await local.bot('POST', `/channels/${made.id}/invites`, {});
    await local.control('DELETE', `/sandbox/channels/${made.id}`);
    const role = await local.bot('POST', `/guilds/${guild.id}/roles`, { name: 'r' });
    await local.bot('DELETE', `/guilds/${guild.id}/roles/${String(role.body['id'])}`);
    const person = await local.person('p');
    await local.control('PUT', `/sandbox/guilds/${guild.id}/members/${person}`, {});
    await local.bot('PUT', `/guilds/${guild.id}/bans/${person}`, {});
    await local.bot('DELETE', `/guilds/${guild.id}/bans/${person}`);
    const message = await local.bot('POST', `/channels/${guild.channelId}/messages`, { content: 'x' });
    await local.bot('DELETE', `/channels/${guild.channelId}/messages/${String(message.body['id'])}`);
    await all.event('MESSAGE_DELETE');
    await local.control('PATCH', `/sandbox/guilds/${guild.id}`, { name: 'Renamed' });
    expect((await all.event('GUILD_UPDATE')).d).toMatchObject({ id: guild.id, name: 'Renamed' });
    const second = await local.control<{ id: string }>('POST', `/sandbox/guilds/${guild.id}/roles`, { name: 'second' });
    await local.control('DELETE', `/sandbox/guilds/${guild.id}/roles/${second.id}`);
    await all.until(({ t, d }) => t === 'GUILD_ROLE_DELETE' && (d as { role_id: string }).role_id === second.id);
    const names = (client: RawClient) => new Set(client.received.flatMap(({ t }) => t ?? []));
    const guildEvents = [
      'GUILD_UPDATE',
      'CHANNEL_CREATE',
      'CHANNEL_UPDATE',
      'CHANNEL_DELETE',
      'GUILD_ROLE_CREATE',
      'GUILD_ROLE_DELETE',
    ];
    const others = [
      'INVITE_CREATE',
      'INVITE_DELETE',
      'GUILD_MEMBER_ADD',
      'GUILD_MEMBER_REMOVE',
      'GUILD_BAN_ADD',
      'GUILD_BAN_REMOVE',
      'GUILD_AUDIT_LOG_ENTRY_CREATE',
      'MESSAGE_CREATE',
      'MESSAGE_DELETE',
    ];
    expect([...names(all)]).toEqual(expect.arrayContaining([...guildEvents, ...others]));
    expect([...names(few)]).toEqual(expect.arrayContaining(guildEvents));
    expect(others.filter((name) => names(few).has(name))).toEqual([]);
    expect((await local.bot('GET', `/invites/${String(invite.body['code'])}`)).body['code']).toBe(10006);
  });
});
