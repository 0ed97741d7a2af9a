import { type Local, startLocal } from './local';
import { RawClient } from './raw-client';

/** Discord does not document these; each can be set, so that a client can be tried against either answer. */
describe('what nobody could verify about Discord', () => {
  let local: Local;
  let guild: Awaited<ReturnType<Local['server']>>;

  beforeAll(async () => {
    local = await startLocal({ redirectUris: ['http://localhost:3000/cb'] });
    guild = await local.server();
  });
  afterEach(() => local.control('PUT', '/sandbox/limits', { enforce: false }));
  afterAll(() => local.close());

  const rules = (more: Record<string, unknown>) => local.control('PUT', '/sandbox/limits', { enforce: false, ...more });
  const join = (userId: string, guildId = guild.id) =>
    local.control('PUT', `/sandbox/guilds/${guildId}/members/${userId}`, {});
  const authorizeUrl = (scope: string) =>
    `${local.url}/oauth2/authorize?client_id=${local.application.id}&response_type=code&scope=${scope}`;
  const token = async (fields: Record<string, string>) => {
    const { id: client_id, clientSecret: client_secret } = local.application;
    const body = new URLSearchParams({ client_id, client_secret, ...fields });
    return (await fetch(`${local.url}/api/oauth2/token`, { method: 'POST', body })).status;
  };

  it.each([
    ['errorStatuses', { 99: 400 }],
    ['errorStatuses', { 10004: 200 }],
    ['oauthCodeMs', -1],
    ['installNeedsManageGuild', 'no'],
    ['inviteMaxAgeSeconds', 0],
    ['targetUsersJobMs', 0.5],
    ['targetUsersJobEnds', 'hangs'],
    ['guildsPerUser', 0],
    ['absentMemberStatus', 200],
    ['rejoinAppliesRoles', 1],
    ['managedRolesAssignable', 1],
    ['membersPerChunk', 1001],
  ])('cannot set %s to %j, and says so', async (name, value) => {
    const refused = await local.call('PUT', '/sandbox/limits', { enforce: false, [name]: value });
    expect([refused.status, refused.body['message']]).toEqual([400, expect.stringContaining(`"${name}`)]);
  });

  it('is shown with what is in force, and goes back to its defaults by a reset', async () => {
    const other = await startLocal();
    const before = await other.control('GET', '/sandbox/limits');
    const set = {
      errorStatuses: { 30001: 403 },
      oauthCodeMs: 1,
      installNeedsManageGuild: false,
      inviteMaxAgeSeconds: 604_800,
      targetUsersJobMs: 1,
      targetUsersJobEnds: 'failed',
      guildsPerUser: 200,
      absentMemberStatus: 204,
      rejoinAppliesRoles: true,
      managedRolesAssignable: true,
      membersPerChunk: 10,
    };
    expect(await other.control('PUT', '/sandbox/limits', { enforce: false, ...set })).toMatchObject(set);
    expect(await other.control('GET', '/sandbox/limits')).toMatchObject(set);
    for (const [name, value] of Object.entries(set)) expect(before[name]).not.toEqual(value);
    await other.control('POST', '/sandbox/reset');
    expect(await other.control('GET', '/sandbox/limits')).toEqual(before);
    await other.close();
  });

  it('errorStatuses: the HTTP status of a code, also of an injected one and of an OAuth2 error', async () => {
    await rules({ errorStatuses: { 10004: 403, 30001: 403, invalid_client: 400 } });
    const unknown = await local.bot('GET', '/guilds/111111111111111111');
    expect([unknown.status, unknown.body['code']]).toEqual([403, 10004]);
    await local.control('PUT', '/sandbox/faults', { rules: [{ code: 30001 }] });
    expect((await local.bot('GET', '/users/@me')).status).toBe(403);
    await local.control('DELETE', '/sandbox/faults');
    const wrong = { grant_type: 'client_credentials', scope: 'identify', client_secret: 'wrong' };
    expect(await token(wrong)).toBe(400);
    await rules({});
    expect((await local.bot('GET', '/guilds/111111111111111111')).status).toBe(404);
    expect(await token(wrong)).toBe(401);
  });

  it('oauthCodeMs: how long a code lives', async () => {
    const exchange = async () => {
      const { redirectTo } = await local.control<{ redirectTo: string }>('POST', '/sandbox/oauth/approve', {
        userId: guild.ownerId,
        authorizeUrl: authorizeUrl('identify'),
      });
      return token({ grant_type: 'authorization_code', code: new URL(redirectTo).searchParams.get('code')! });
    };
    await rules({ oauthCodeMs: 0 });
    expect(await exchange()).toBe(400);
    await rules({});
    expect(await exchange()).toBe(200);
  });

  it('installNeedsManageGuild: whether any member may add a bot', async () => {
    const [student, open] = [await local.person('student'), await local.server('Open')];
    await join(student, open.id);
    const install = async () =>
      (
        await local.call('POST', '/sandbox/oauth/approve', {
          userId: student,
          guildId: open.id,
          authorizeUrl: authorizeUrl('bot'),
        })
      ).status;
    expect(await install()).toBe(400);
    await rules({ installNeedsManageGuild: false });
    expect(await install()).toBe(200);
  });

  it('inviteMaxAgeSeconds: how long an invite may live', async () => {
    const invite = async (max_age: number) =>
      (await local.bot('POST', `/channels/${guild.channelId}/invites`, { max_age })).status;
    expect([await invite(5_184_000), await invite(5_184_001)]).toEqual([200, 400]);
    await rules({ inviteMaxAgeSeconds: 604_800 });
    expect([await invite(604_800), await invite(604_801)]).toEqual([200, 400]);
  });

  it('guildsPerUser: in how many servers a person can be', async () => {
    const [busy, second, third] = [
      await local.person('busy'),
      await local.server('Second'),
      await local.server('Third'),
    ];
    const { access_token } = await local.grant(busy);
    await join(busy);
    const add = async (guildId: string) => {
      const { status, body } = await local.bot('PUT', `/guilds/${guildId}/members/${busy}`, { access_token });
      return body['code'] ?? status;
    };
    await rules({ guildsPerUser: 1 });
    expect(await add(second.id)).toBe(30001);
    await rules({ guildsPerUser: 2 });
    expect(await add(second.id)).toBe(201);
    const { body } = await local.bot('POST', `/channels/${third.channelId}/invites`, {});
    const accept = `/sandbox/invites/${String(body['code'])}/accept`;
    expect((await local.call('POST', accept, { userId: busy })).body['code']).toBe(30001);
    await rules({});
    expect((await local.call('POST', accept, { userId: busy })).status).toBe(200);
  });

  it('absentMemberStatus: what acting on somebody who is no member answers', async () => {
    const stranger = await local.person('stranger');
    const role = await local.control<{ id: string }>('POST', `/sandbox/guilds/${guild.id}/roles`, { name: 'r' });
    const path = `/guilds/${guild.id}/members/${stranger}`;
    const all = async () => [
      (await local.bot('DELETE', path)).status,
      (await local.bot('PUT', `${path}/roles/${role.id}`)).status,
      (await local.bot('DELETE', `${path}/roles/${role.id}`)).status,
      (await local.bot('GET', path)).status,
    ];
    expect(await all()).toEqual([404, 404, 404, 404]);
    await rules({ absentMemberStatus: 204 });
    expect(await all()).toEqual([204, 204, 204, 404]);
  });

  it('rejoinAppliesRoles: whether 204 gives the roles', async () => {
    const ayu = await local.person('ayu');
    const { access_token } = await local.grant(ayu);
    await join(ayu);
    const role = await local.control<{ id: string }>('POST', `/sandbox/guilds/${guild.id}/roles`, { name: 'r' });
    const rolesAfter = async () => {
      const path = `/guilds/${guild.id}/members/${ayu}`;
      expect((await local.bot('PUT', path, { access_token, roles: [role.id] })).status).toBe(204);
      return (await local.bot('GET', path)).body['roles'];
    };
    expect(await rolesAfter()).toEqual([]);
    await rules({ rejoinAppliesRoles: true });
    expect(await rolesAfter()).toEqual([role.id]);
  });

  it('managedRolesAssignable: whether the role of a bot can be given', async () => {
    const budi = await local.person('budi');
    await join(budi);
    const give = () => local.bot('PUT', `/guilds/${guild.id}/members/${budi}/roles/${guild.botRoleId}`);
    expect((await give()).body['code']).toBe(50028);
    await rules({ managedRolesAssignable: true });
    // Its own highest role stays out of the bot's reach all the same.
    expect((await give()).body['code']).toBe(50013);
  });

  it('membersPerChunk: how many members come in one chunk', async () => {
    const client = await RawClient.connect(local);
    client.identify(local, { intents: 1 | 2 });
    await client.event('READY');
    await rules({ membersPerChunk: 1 });
    client.send(8, { guild_id: guild.id, query: '', limit: 0 });
    const { d } = await client.event('GUILD_MEMBERS_CHUNK');
    const { guilds } = await local.control<{ guilds: { id: string; members: unknown[] }[] }>('GET', '/sandbox/state');
    expect([d['chunk_count'], (d['members'] as unknown[]).length]).toEqual([
      guilds.find(({ id }) => id === guild.id)!.members.length,
      1,
    ]);
    client.socket.terminate();
  });
});
