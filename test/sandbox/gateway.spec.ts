import { WebSocket } from 'ws';
import { type Local, startLocal } from './local';
import { RawClient } from './raw-client';

const GUILDS = 1;
const MEMBERS = 2;
const PRESENCES = 256;
const MESSAGES = 512;

describe('the gateway of the local Discord', () => {
  let local: Local;
  let guild: Awaited<ReturnType<Local['server']>>;
  const clients: RawClient[] = [];

  beforeAll(async () => {
    local = await startLocal();
    guild = await local.server();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.socket.terminate();
    await local.control('PUT', '/sandbox/gateway', { accepting: true, delayMs: 0, heartbeatIntervalMs: 41_250 });
  });
  afterAll(() => local.close());

  async function connect(query?: string): Promise<RawClient> {
    const client = await RawClient.connect(local, query);
    clients.push(client);
    return client;
  }

  it('greets, lets in, and announces the servers', async () => {
    const client = await connect();
    expect(client.received.length === 0 ? (await client.until(() => true)).op : client.received[0]!.op).toBe(10);
    client.identify(local, { token: `Bot ${local.application.botToken}` });
    const ready = await client.event('READY');
    expect(ready.d).toMatchObject({
      v: 10,
      user: { id: local.application.botUserId },
      guilds: [{ id: guild.id, unavailable: true }],
      resume_gateway_url: `ws://127.0.0.1:${local.port}/gateway`,
    });
    const created = await client.event('GUILD_CREATE');
    expect(created.d).toMatchObject({
      id: guild.id,
      member_count: 2,
      members: [{ user: { id: local.application.botUserId } }],
    });
    client.send(1, created.s);
    await client.until((payload) => payload.op === 11);
  });

  it('remembers what it was sent: how clients identified and with what result, and how often each opcode came', async () => {
    await local.control('DELETE', '/sandbox/requests');
    const refused = await connect();
    refused.identify(local, { token: 'wrong', intents: 1 });
    await refused.closed;
    const client = await connect();
    client.identify(local, { intents: 513, shard: [1, 2] });
    await client.event('READY');
    expect(await local.control('GET', '/sandbox/gateway')).toMatchObject({
      payloads: { 2: 2 },
      identifies: [
        { intents: 1, shard: null, closedWith: 4004 },
        { intents: 513, shard: [1, 2], closedWith: null },
      ],
    });
    await local.control('DELETE', '/sandbox/requests');
    expect(await local.control('GET', '/sandbox/gateway')).toMatchObject({ payloads: {}, identifies: [] });
  });

  it.each([
    ['4001 for an unknown opcode', (client: RawClient) => client.send(99, null), 4001],
    ['4002 for what is no JSON', (client: RawClient) => client.socket.send('nonsense'), 4002],
    ['4002 for more than 4096 bytes', (client: RawClient) => client.send(1, 'x'.repeat(5000)), 4002],
    [
      '4002 for identifying without saying what the client is',
      (client: RawClient) => client.identify(local, { properties: undefined }),
      4002,
    ],
    [
      '4013 for identifying without intents',
      (client: RawClient) => client.identify(local, { intents: undefined }),
      4013,
    ],
    ['4003 for acting before identifying', (client: RawClient) => client.send(8, { guild_id: '1' }), 4003],
    ['4004 for a wrong token', (client: RawClient) => client.identify(local, { token: 'wrong' }), 4004],
    ['4010 for an impossible shard', (client: RawClient) => client.identify(local, { shard: [2, 2] }), 4010],
    ['4013 for unknown intents', (client: RawClient) => client.identify(local, { intents: 2 ** 30 }), 4013],
    [
      '4014 for intents that are not switched on',
      (client: RawClient) => client.identify(local, { intents: PRESENCES }),
      4014,
    ],
  ])('closes with %s', async (_, act, code) => {
    const client = await connect();
    act(client);
    expect(await client.closed).toBe(code);
  });

  it('closes with 4005 for identifying twice, 4012 for another version, 4008 for too many payloads', async () => {
    const twice = await connect();
    twice.identify(local);
    twice.identify(local);
    expect(await twice.closed).toBe(4005);
    expect(await (await connect('?v=3')).closed).toBe(4012);
    const chatty = await connect();
    for (let index = 0; index < 121; index += 1) chatty.send(1, null);
    expect(await chatty.closed).toBe(4008);
  });

  it('closes a connection whose heart stops', async () => {
    await local.control('PUT', '/sandbox/gateway', { heartbeatIntervalMs: 60 });
    const client = await connect();
    client.identify(local);
    await client.event('READY');
    expect(await client.closed).toBe(4009);
  });

  it('refuses connections while it does not accept any', async () => {
    await local.control('PUT', '/sandbox/gateway', { accepting: false });
    await expect(connect()).rejects.toThrow('503');
  });

  it('lets connections wait (delayMs): who comes later without a delay is in before them', async () => {
    await local.control('PUT', '/sandbox/gateway', { delayMs: 600_000 });
    const delayed = new WebSocket(`ws://127.0.0.1:${local.port}/gateway?v=10&encoding=json`);
    delayed.on('error', () => undefined);
    while ((await local.control('GET', '/sandbox/gateway'))['waiting'] !== 1) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await local.control('PUT', '/sandbox/gateway', { delayMs: 0 });
    const later = await connect();
    expect((await later.until(() => true)).op).toBe(10);
    expect(delayed.readyState).toBe(WebSocket.CONNECTING);
    delayed.terminate();
    await local.control('PUT', '/sandbox/gateway', { delayMs: 1 });
    expect((await (await connect()).until(() => true)).op).toBe(10);
  });

  it('replays what happened while a client was away', async () => {
    const client = await connect();
    client.identify(local, { intents: GUILDS | MEMBERS });
    const ready = await client.event('READY');
    const { s } = await client.event('GUILD_CREATE');
    client.socket.terminate();
    await client.closed;
    const ayu = await local.person('ayu');
    await local.control('PUT', `/sandbox/guilds/${guild.id}/members/${ayu}`, {});
    const again = await connect();
    again.send(6, { token: local.application.botToken, session_id: ready.d['session_id'], seq: s });
    const resumed = await again.event('RESUMED');
    const names = again.received.map((payload) => payload.t).filter(Boolean);
    expect(names).toEqual(['GUILD_MEMBER_ADD', 'RESUMED']);
    expect(resumed.s).toBe((s ?? 0) + 2);
  });

  it('loses events for good when it is told to', async () => {
    const client = await connect();
    client.identify(local, { intents: GUILDS | MEMBERS });
    await client.event('GUILD_CREATE');
    const [lost, heard] = [await local.person('lost'), await local.person('heard')];
    await local.control('PUT', '/sandbox/gateway', { losing: true });
    await local.control('PUT', `/sandbox/guilds/${guild.id}/members/${lost}`, {});
    await local.control('PUT', '/sandbox/gateway', { losing: false });
    await local.control('PUT', `/sandbox/guilds/${guild.id}/members/${heard}`, {});
    expect((await client.event('GUILD_MEMBER_ADD')).d).toMatchObject({ user: { id: heard } });
  });

  it('answers op 9 to a session that it does not know, and 4007 to an impossible sequence', async () => {
    const stranger = await connect();
    stranger.send(6, { token: local.application.botToken, session_id: 'unknown', seq: 1 });
    expect((await stranger.until((payload) => payload.op === 9)).d).toBe(false);
    const client = await connect();
    client.identify(local);
    const { d } = await client.event('READY');
    client.socket.terminate();
    await client.closed;
    const ahead = await connect();
    ahead.send(6, { token: local.application.botToken, session_id: d['session_id'], seq: 1000 });
    expect(await ahead.closed).toBe(4007);
  });

  it.each([
    [{ code: 4000 }, 4000],
    [{ code: 1012, resumable: false }, 1012],
    // Without a code there is no goodbye either.
    [{}, 1006],
  ])('is cut by %j: the client sees %i', async (how, code) => {
    const client = await connect();
    client.identify(local);
    await client.event('READY');
    await local.control('POST', '/sandbox/gateway/disconnect', how);
    expect(await client.closed).toBe(code);
  });

  it('asks to reconnect when it is told to', async () => {
    const client = await connect();
    client.identify(local);
    await client.event('READY');
    await local.control('POST', '/sandbox/gateway/disconnect', { reconnect: true });
    await client.until((payload) => payload.op === 7);
  });

  it('tells each shard of its own servers', async () => {
    const shard = Number((BigInt(guild.id) >> 22n) % 2n);
    const [own, other] = [await connect(), await connect()];
    own.identify(local, { shard: [shard, 2] });
    other.identify(local, { shard: [1 - shard, 2] });
    expect((await own.event('READY')).d['guilds']).toHaveLength(1);
    expect((await other.event('READY')).d['guilds']).toEqual([]);
  });

  it('sends only what was asked for, and no foreign content without MESSAGE_CONTENT', async () => {
    const client = await connect();
    client.identify(local, { intents: GUILDS | MESSAGES });
    await client.event('GUILD_CREATE');
    const budi = await local.person('budi');
    await local.control('PUT', `/sandbox/guilds/${guild.id}/members/${budi}`, {});
    await local.control('POST', `/sandbox/channels/${guild.channelId}/messages`, { authorId: budi, content: 'secret' });
    const message = await client.event('MESSAGE_CREATE');
    expect(message.d).toMatchObject({ content: '', author: { id: budi }, guild_id: guild.id });
    expect(client.received.some((payload) => payload.t === 'GUILD_MEMBER_ADD')).toBe(false);
  });

  it('says no word of a channel that the bot cannot see', async () => {
    const { id: hidden } = await local.control<{ id: string }>('POST', `/sandbox/guilds/${guild.id}/channels`, {
      name: 'hidden',
      permissionOverwrites: [
        { id: guild.id, type: 0, allow: '0', deny: '1024' },
        { id: guild.botRoleId, type: 0, allow: '0', deny: '1024' },
      ],
    });
    const client = await connect();
    client.identify(local, { intents: GUILDS | MESSAGES });
    await client.event('GUILD_CREATE');
    await local.control('POST', `/sandbox/channels/${hidden}/messages`, { authorId: guild.ownerId, content: 'psst' });
    await local.control('POST', `/sandbox/channels/${guild.channelId}/messages`, {
      authorId: guild.ownerId,
      content: 'hi',
    });
    const heard = await client.event('MESSAGE_CREATE');
    expect(heard.d['channel_id']).toBe(guild.channelId);
  });

  it('sends all members in chunks, once in thirty seconds', async () => {
    const big = await local.server('Big');
    const { ids } = await local.control<{ ids: string[] }>('POST', '/sandbox/users/bulk', { count: 1500 });
    await local.control('POST', `/sandbox/guilds/${big.id}/members/bulk`, { userIds: ids });
    const client = await connect();
    client.identify(local, { intents: GUILDS | MEMBERS });
    await client.event('READY');
    const ask = { guild_id: big.id, query: '', limit: 0, nonce: 'n' };
    client.send(8, ask);
    client.send(8, ask);
    expect((await client.event('RATE_LIMITED')).d).toEqual({
      opcode: 8,
      retry_after: expect.any(Number) as number,
      meta: { guild_id: big.id, nonce: 'n' },
    });
    const chunks = client.received.filter((payload) => payload.t === 'GUILD_MEMBERS_CHUNK');
    expect(chunks.map(({ d }) => [(d['members'] as unknown[]).length, d['chunk_index'], d['chunk_count']])).toEqual([
      [1000, 0, 2],
      [502, 1, 2],
    ]);
    client.send(8, { guild_id: big.id, user_ids: [ids[0], '111111111111111111'] });
    const named = await client.until(({ t, d }) => t === 'GUILD_MEMBERS_CHUNK' && d['chunk_count'] === 1);
    expect(named.d).toMatchObject({ not_found: ['111111111111111111'], members: [{ user: { id: ids[0] } }] });
  });

  it('takes an empty query for all members whatever the limit, and finds 100 by a prefix', async () => {
    const big = await local.server('Limited');
    const { ids } = await local.control<{ ids: string[] }>('POST', '/sandbox/users/bulk', {
      count: 120,
      prefix: 'zed',
    });
    await local.control('POST', `/sandbox/guilds/${big.id}/members/bulk`, { userIds: ids });
    const nonces = (client: RawClient, name: string) =>
      client.received.flatMap(({ t, d }) =>
        t === name ? [d['nonce'] ?? (d['meta'] as { nonce?: string }).nonce] : [],
      );
    const chunkOf = (client: RawClient, nonce: string) =>
      client.until(({ t, d }) => t === 'GUILD_MEMBERS_CHUNK' && d['nonce'] === nonce);
    const few = await connect();
    few.identify(local);
    await few.event('READY');
    few.send(8, { guild_id: big.id, query: '', limit: 5, nonce: 'without the intent' });
    few.send(8, { guild_id: big.id, query: 'zed', limit: 0, nonce: 'prefix' });
    expect((await chunkOf(few, 'prefix')).d['members']).toHaveLength(100);
    expect(nonces(few, 'GUILD_MEMBERS_CHUNK')).toEqual(['prefix']);
    const client = await connect();
    client.identify(local, { intents: GUILDS | MEMBERS });
    await client.event('READY');
    client.send(8, { guild_id: big.id, query: '', limit: 5, nonce: 'first' });
    client.send(8, { guild_id: big.id, query: '', limit: 7, nonce: 'second' });
    client.send(8, { guild_id: big.id, query: 'zed', limit: 500, nonce: 'prefix' });
    expect((await chunkOf(client, 'prefix')).d['members']).toHaveLength(100);
    expect((await chunkOf(client, 'first')).d['members']).toHaveLength(5);
    expect(nonces(client, 'GUILD_MEMBERS_CHUNK')).toEqual(['first', 'prefix']);
    expect(nonces(client, 'RATE_LIMITED')).toEqual(['second']);
  });

  it('tells of presences among the members only with GUILD_PRESENCES', async () => {
    const { flags } = (await local.bot('GET', '/applications/@me')).body;
    await local.bot('PATCH', '/applications/@me', { flags: Number(flags) | (1 << 13) });
    const answer = async (intents: number) => {
      const client = await connect();
      client.identify(local, { intents });
      await client.event('READY');
      client.send(8, { guild_id: guild.id, user_ids: [guild.ownerId], presences: true });
      return (await client.event('GUILD_MEMBERS_CHUNK')).d;
    };
    expect(await answer(GUILDS | PRESENCES)).toHaveProperty('presences', []);
    expect(await answer(GUILDS)).not.toHaveProperty('presences');
    await local.bot('PATCH', '/applications/@me', { flags });
  });
});
