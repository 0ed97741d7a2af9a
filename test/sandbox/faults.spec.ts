import { type Local, startLocal } from './local';

describe('faults and latency of the local Discord', () => {
  let local: Local;

  beforeAll(async () => {
    local = await startLocal();
  });
  beforeEach(() => local.control('DELETE', '/sandbox/requests'));
  afterEach(async () => {
    await local.control('DELETE', '/sandbox/faults');
    await local.control('PUT', '/sandbox/limits', { enforce: false });
  });
  afterAll(() => local.close());

  const faults = (...rules: Record<string, unknown>[]) => local.control('PUT', '/sandbox/faults', { rules });
  const journal = async () =>
    (await local.control<{ requests: { status: number; ms: number }[] }>('GET', '/sandbox/requests?since=0')).requests;
  const times = <T>(count: number, action: () => Promise<T>) => Promise.all(Array.from({ length: count }, action));

  it.each([
    [0, 200],
    [1, 503],
  ])('with probability %i: every call ends with %i', async (probability, status) => {
    await faults({ route: '/users/@me', status: 503, probability });
    const answers = await times(20, () => local.bot('GET', '/users/@me'));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([status]));
  });

  it('that fire by chance leave the next rule its turn', async () => {
    await faults({ route: '/users/@me', status: 502, probability: 0 }, { route: '/users/@me', status: 503 });
    expect((await local.bot('GET', '/users/@me')).status).toBe(503);
  });

  it('can be for one server: by its own path, its channels and its invites', async () => {
    const [sick, healthy] = [await local.server('Sick'), await local.server('Healthy')];
    const invites = [sick, healthy].map(async ({ channelId }) =>
      String((await local.bot('POST', `/channels/${channelId}/invites`, {})).body['code']),
    );
    const [sickCode = '', healthyCode = ''] = await Promise.all(invites);
    await faults({ guildId: sick.id, status: 503 });
    const statuses = async (guild: typeof sick, code: string) => [
      (await local.bot('GET', `/guilds/${guild.id}`)).status,
      (await local.bot('GET', `/guilds/${guild.id}/roles`)).status,
      (await local.bot('GET', `/channels/${guild.channelId}/messages`)).status,
      (await local.bot('GET', `/invites/${code}`)).status,
    ];
    expect(await statuses(sick, sickCode)).toEqual([503, 503, 503, 503]);
    expect(await statuses(healthy, healthyCode)).toEqual([200, 200, 200, 200]);
    expect((await local.bot('GET', '/users/@me')).status).toBe(200);
  });

  it('are for one method, written in any way, and for one route, with or without its method', async () => {
    const guild = await local.server();
    const statuses = async (rule: Record<string, unknown>) => {
      await faults({ status: 503, ...rule });
      const roles = `/guilds/${guild.id}/roles`;
      return [
        (await local.bot('GET', roles)).status,
        (await local.bot('POST', roles, { name: 'A' })).status,
        (await local.bot('GET', `/guilds/${guild.id}`)).status,
      ];
    };
    expect(await statuses({ method: 'get' })).toEqual([503, 200, 503]);
    expect(await statuses({ method: 'POST' })).toEqual([200, 503, 200]);
    expect(await statuses({ route: '/guilds/:id/roles' })).toEqual([503, 503, 200]);
    expect(await statuses({ route: 'POST /guilds/:id/roles' })).toEqual([200, 503, 200]);
    expect(await statuses({ method: 'GET', route: 'POST /guilds/:id/roles' })).toEqual([200, 200, 200]);
    expect(await statuses({ guildId: guild.id, method: 'GET', route: '/guilds/:id' })).toEqual([200, 200, 503]);
  });

  it('can be for one person: by the path, the token and the conversation', async () => {
    const guild = await local.server();
    const [sick, healthy] = [await local.person('sick'), await local.person('healthy')];
    const statuses = async (id: string) => {
      await local.control('DELETE', '/sandbox/faults');
      await local.control('PUT', `/sandbox/guilds/${guild.id}/members/${id}`, {});
      const { access_token } = await local.grant(id);
      const dm = await local.bot('POST', '/users/@me/channels', { recipient_id: id });
      await faults({ userId: sick, status: 503 });
      return [
        (await local.bot('GET', `/guilds/${guild.id}/members/${id}`)).status,
        (await local.call('GET', '/api/users/@me', undefined, { authorization: `Bearer ${access_token}` })).status,
        (await local.bot('POST', `/channels/${String(dm.body['id'])}/messages`, { content: 'Hi' })).status,
      ];
    };
    expect(await statuses(sick)).toEqual([503, 503, 503]);
    expect(await statuses(healthy)).toEqual([200, 200, 200]);
  });

  it.each([
    [{ code: 10004 }, 404, { message: 'Unknown Guild', code: 10004 }],
    [{ code: 50013, status: 401 }, 401, { message: 'Missing Permissions', code: 50013 }],
    [{ code: 987_654 }, 400, { message: 'Injected fault', code: 987_654 }],
    [{ status: 502 }, 502, { message: '502: Injected fault', code: 0 }],
    [{ status: 500, body: { own: ['words'] } }, 500, { own: ['words'] }],
    [{ status: 200, body: { id: 'another' } }, 200, { id: 'another' }],
    [{ status: 204 }, 204, {}],
    [
      { status: 429, body: { retry_after: 1.5, global: true } },
      429,
      { message: 'You are being rate limited.', retry_after: 1.5, global: true },
    ],
  ])('answer %j with %i and %j', async (rule, status, body) => {
    await faults(rule);
    const answer = await local.bot('GET', '/users/@me');
    expect([answer.status, answer.body]).toEqual([status, body]);
    expect(answer.headers.get('x-ratelimit-global')).toBe('global' in body ? 'true' : null);
  });

  it.each([
    [{}, 'user', 'You are being rate limited.'],
    [{ scope: 'user' }, 'user', 'You are being rate limited.'],
    [{ scope: 'shared' }, 'shared', 'The resource is being rate limited.'],
  ])('say whose limit a 429 is: %j is %s', async (rule, scope, message) => {
    await faults({ status: 429, ...rule });
    const answer = await local.bot('GET', '/users/@me');
    expect(answer.headers.get('x-ratelimit-scope')).toBe(scope);
    expect(answer.body).toMatchObject({ message });
  });

  it('delay one call by delayMs, and still do what it asks', async () => {
    await faults({ route: '/users/@me', delayMs: 40, times: 1 });
    expect((await local.bot('GET', '/users/@me')).body['id']).toBe(local.application.botUserId);
    // Timers may fire a millisecond early.
    expect((await journal())[0]?.ms).toBeGreaterThanOrEqual(39);
  });

  it('drop "after" is drop true; the rules tell how often they can still fire', async () => {
    const guild = await local.server();
    const rule = { route: '/guilds/:id/roles', drop: 'after', times: 2 };
    await faults(rule);
    await expect(local.bot('POST', `/guilds/${guild.id}/roles`, { name: 'happened' })).rejects.toThrow();
    expect(await local.control('GET', '/sandbox/faults')).toEqual({ rules: [{ ...rule, times: 1 }] });
    await local.control('DELETE', '/sandbox/faults');
    expect(await local.control('GET', '/sandbox/faults')).toEqual({ rules: [] });
    const names = (await local.bot('GET', `/guilds/${guild.id}/roles`)).list.map((role) => role['name']);
    expect(names).toContain('happened');
  });

  it('can refuse every connection to the API, while the control API goes on', async () => {
    await faults({ drop: 'before' });
    const attempts = [
      () => local.bot('GET', '/users/@me'),
      () => local.call('POST', '/api/oauth2/token'),
      () => local.call('GET', '/api/v10/gateway'),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toThrow();
    expect((await journal()).map(({ status }) => status)).toEqual([0, 0, 0]);
    await local.control('DELETE', '/sandbox/faults');
    expect((await local.bot('GET', '/users/@me')).status).toBe(200);
  });

  it('latencyMs keeps every call of the API waiting, and none of the control API', async () => {
    await local.control('PUT', '/sandbox/limits', { enforce: false, latencyMs: 60_000 });
    // Comes at once, or this test never ends.
    expect(await local.control('GET', '/sandbox/limits')).toMatchObject({ latencyMs: 60_000 });
    await local.control('PUT', '/sandbox/limits', { enforce: false, latencyMs: 40 });
    await times(3, () => local.call('GET', '/api/v10/gateway'));
    // Timers may fire a millisecond early.
    const waits = (await journal()).map(({ ms }) => ms);
    expect(waits).toHaveLength(3);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(39);
  });
});
