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
