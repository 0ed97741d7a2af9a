import { type ApiAnswer, type Local, startLocal } from './local';

const NAMES = ['limit', 'remaining', 'reset', 'reset-after', 'bucket'];

describe('rate-limit headers of the local Discord', () => {
  let local: Local;
  let guild: Awaited<ReturnType<Local['server']>>;

  beforeAll(async () => {
    local = await startLocal();
    guild = await local.server();
  });
  afterEach(() => local.control('PUT', '/sandbox/limits', { enforce: false }));
  afterAll(() => local.close());

  const missing = ({ headers }: ApiAnswer) => NAMES.filter((name) => !headers.has(`x-ratelimit-${name}`));
  const remaining = ({ headers }: ApiAnswer) => headers.get('x-ratelimit-remaining');
  // The last bytes are the ones too many, so that the client has sent all of them when it is answered.
  const huge = JSON.stringify({ content: 'x'.repeat(25 * 1024 * 1024) });

  it.each([
    ['404 for an unknown route', 404, () => local.bot('GET', '/no/such/route')],
    ['405 for another method', 405, () => local.bot('PATCH', '/gateway/bot')],
    ['400 for another version', 400, () => local.call('GET', '/api/v3/gateway')],
    [
      '401 for a wrong token',
      401,
      () => local.call('GET', '/api/v10/users/@me', undefined, { authorization: 'Bot x' }),
    ],
    ['400 for a broken body', 400, () => local.bot('POST', `/guilds/${guild.id}/roles`, '{')],
    ['413 for a huge body', 413, () => local.bot('POST', `/channels/${guild.channelId}/messages`, huge)],
    ['400 of the token endpoint', 400, () => local.call('POST', '/api/oauth2/token', {})],
    [
      'an injected fault',
      503,
      async () => {
        await local.control('PUT', '/sandbox/faults', { rules: [{ status: 503, times: 1 }] });
        return local.bot('GET', '/users/@me');
      },
    ],
  ])('come with %s', async (_, status, ask) => {
    const answer = await ask();
    expect([answer.status, missing(answer)]).toEqual([status, []]);
  });

  it('count wrong calls down too; all unknown routes share a bucket', async () => {
    await local.control('PUT', '/sandbox/limits', {
      enforce: true,
      buckets: { 'GET unknown': { limit: 2, windowMs: 60_000 } },
    });
    const answers = [await local.bot('GET', '/no/such/route'), await local.bot('GET', '/another')];
    expect(answers.map((answer) => [answer.status, remaining(answer)])).toEqual([
      [404, '1'],
      [404, '0'],
    ]);
    const refused = await local.bot('GET', '/one/more');
    expect([refused.status, refused.headers.get('x-ratelimit-scope')]).toEqual([429, 'user']);
  });

  it('say when a limit is everybody’s: the body, Retry-After and the scope', async () => {
    await local.control('PUT', '/sandbox/limits', {
      enforce: true,
      buckets: { 'GET /guilds/:id/roles': { limit: 1, windowMs: 60_000, scope: 'shared' } },
    });
    await local.bot('GET', `/guilds/${guild.id}/roles`);
    const refused = await local.bot('GET', `/guilds/${guild.id}/roles`);
    expect(refused.status).toBe(429);
    expect(refused.body).toEqual({
      message: 'The resource is being rate limited.',
      retry_after: expect.any(Number) as number,
      global: false,
    });
    expect(Number(refused.headers.get('retry-after'))).toBe(Math.ceil(Number(refused.body['retry_after'])));
    expect([refused.headers.get('x-ratelimit-scope'), missing(refused)]).toEqual(['shared', []]);
  });

  it('are absent while an address is banned: what stands before Discord knows of no bucket', async () => {
    await local.control('PUT', '/sandbox/limits', { enforce: true, invalidPerTenMinutes: 1 });
    await local.call('GET', '/api/v10/users/@me');
    for (const path of ['/api/v10/users/@me', '/api/oauth2/token', '/api/v10/no/such/route']) {
      const banned = await local.call('POST', path, {});
      expect([banned.status, banned.text, missing(banned)]).toEqual([429, 'error code: 1015', NAMES]);
      expect(banned.headers.get('content-type')).toMatch(/^text\/plain/);
      const seconds = Number(banned.headers.get('retry-after'));
      expect(seconds > 0 && seconds <= 600).toBe(true);
    }
  });

  it('end with the ban, ten minutes later', async () => {
    await local.control('PUT', '/sandbox/limits', { enforce: true, invalidPerTenMinutes: 1 });
    await local.call('GET', '/api/v10/users/@me');
    expect((await local.bot('GET', '/users/@me')).status).toBe(429);
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 600_001);
    try {
      expect((await local.bot('GET', '/users/@me')).status).toBe(200);
    } finally {
      clock.mockRestore();
    }
  });
});
