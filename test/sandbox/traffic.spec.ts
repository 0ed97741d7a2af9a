import { REST } from '@discordjs/rest';
import { type Local, startLocal } from './local';

describe('what the control API can do to traffic', () => {
  let local: Local;
  let guild: Awaited<ReturnType<Local['server']>>;

  beforeAll(async () => {
    local = await startLocal();
    guild = await local.server();
  });
  afterEach(async () => {
    await local.control('PUT', '/sandbox/limits', { enforce: false });
    await local.control('DELETE', '/sandbox/faults');
  });
  afterAll(() => local.close());

  const rest = (options: ConstructorParameters<typeof REST>[0] = {}) =>
    new REST({ api: `${local.url}/api`, ...options }).setToken(local.application.botToken);

  it('writes every call of the API into the journal, with ids replaced, and none of its own', async () => {
    await local.control('DELETE', '/sandbox/requests');
    await local.bot('GET', `/guilds/${guild.id}/members/${guild.ownerId}`);
    await local.bot('GET', `/guilds/${guild.id}/members/111111111111111111`);
    await local.bot('GET', '/invites/someCode');
    const { requests, next } = await local.control<{ requests: Record<string, unknown>[]; next: number }>(
      'GET',
      '/sandbox/requests?since=0',
    );
    expect(requests.map(({ method, route, status }) => [method, route, status])).toEqual([
      ['GET', '/guilds/:id/members/:id', 200],
      ['GET', '/guilds/:id/members/:id', 404],
      ['GET', '/invites/:id', 404],
    ]);
    expect((await local.control<{ requests: unknown[] }>('GET', `/sandbox/requests?since=${next}`)).requests).toEqual(
      [],
    );
    expect(requests[0]).toEqual({
      n: next - 3,
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
      method: 'GET',
      route: '/guilds/:id/members/:id',
      path: `/guilds/${guild.id}/members/${guild.ownerId}`,
      status: 200,
      bucket: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      remaining: expect.any(Number) as number,
      ms: expect.any(Number) as number,
    });
    expect(await local.control('GET', '/sandbox/requests/summary')).toMatchObject({
      total: 3,
      byRoute: { 'GET /guilds/:id/members/:id': { 200: 1, 404: 1 }, 'GET /invites/:id': { 404: 1 } },
      rateLimited: 0,
      peakPerSecond: 3,
    });
  });

  it('tells how many calls a second there were at most, and how many were invalid', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'clearTimeout', 'performance'] });
    const start = Date.now();
    await local.control('DELETE', '/sandbox/requests');
    for (const at of [0, 500, 999, 1_100, 5_000]) {
      jest.setSystemTime(start + at);
      await local.call('GET', '/api/v10/users/@me');
    }
    jest.useRealTimers();
    expect(await local.control('GET', '/sandbox/requests/summary')).toEqual({
      total: 5,
      byRoute: { 'GET /users/@me': { 401: 5 } },
      rateLimited: 0,
      invalid: 5,
      peakPerSecond: 3,
    });
  });

  it('always sends rate limit headers, and refuses nothing until limits are enforced', async () => {
    const buckets = { 'GET /guilds/:id/roles': { limit: 2, windowMs: 60_000 } };
    await local.control('PUT', '/sandbox/limits', { enforce: false, globalPerSecond: 2, buckets });
    for (let index = 0; index < 20; index += 1) {
      const { headers, status } = await local.bot('GET', `/guilds/${guild.id}/roles`);
      expect(status).toBe(200);
      expect(Number(headers.get('x-ratelimit-remaining'))).toBeGreaterThan(0);
      expect(headers.get('x-ratelimit-bucket')).toMatch(/^[0-9a-f]+$/);
    }
  });

  it('enforces a bucket for each server, with Discord’s 429', async () => {
    const other = await local.server('Other');
    const buckets = { 'GET /guilds/:id/roles': { limit: 2, windowMs: 60_000 } };
    await local.control('PUT', '/sandbox/limits', { enforce: true, buckets });
    await local.bot('GET', `/guilds/${guild.id}/roles`);
    expect((await local.bot('GET', `/guilds/${guild.id}/roles`)).headers.get('x-ratelimit-remaining')).toBe('0');
    const refused = await local.bot('GET', `/guilds/${guild.id}/roles`);
    expect(refused.status).toBe(429);
    expect(refused.body).toEqual({
      message: 'You are being rate limited.',
      retry_after: expect.any(Number) as number,
      global: false,
    });
    expect(refused.headers.get('x-ratelimit-scope')).toBe('user');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
    expect((await local.bot('GET', `/guilds/${other.id}/roles`)).status).toBe(200);
  });

  it('refuses with scope "shared" where a limit is everybody’s, and does not count that as an invalid request', async () => {
    const buckets = { '/guilds/:id/roles': { limit: 1, windowMs: 60_000, scope: 'shared' } };
    await local.control('DELETE', '/sandbox/requests');
    await local.control('PUT', '/sandbox/limits', { enforce: true, buckets });
    await local.bot('GET', `/guilds/${guild.id}/roles`);
    const refused = await local.bot('GET', `/guilds/${guild.id}/roles`);
    expect(refused.headers.get('x-ratelimit-scope')).toBe('shared');
    expect(refused.body['message']).toBe('The resource is being rate limited.');
    expect(await local.control('GET', '/sandbox/requests/summary')).toMatchObject({ rateLimited: 1, invalid: 0 });
  });

  it('counts everybody’s calls towards a shared limit, and each caller’s own towards another', async () => {
    const { access_token } = await local.grant(await local.person('ayu'));
    const asPerson = () =>
      local.call('GET', '/api/v10/users/@me', undefined, { authorization: `Bearer ${access_token}` });
    const statuses = async (scope: string) => {
      const buckets = { 'GET /users/@me': { limit: 1, windowMs: 60_000, scope } };
      await local.control('PUT', '/sandbox/limits', { enforce: true, buckets });
      return [(await local.bot('GET', '/users/@me')).status, (await asPerson()).status];
    };
    expect(await statuses('user')).toEqual([200, 200]);
    expect(await statuses('shared')).toEqual([200, 429]);
    expect((await asPerson()).headers.get('x-ratelimit-scope')).toBe('shared');
  });

  it('gives each interaction and each token of a webhook a bucket of its own', async () => {
    await local.control('PUT', '/sandbox/limits', { enforce: true });
    const statuses = async (paths: string[]) =>
      new Set(await Promise.all(paths.map(async (path) => (await local.call('POST', path, { type: 4 })).status)));
    const many = Array.from({ length: 60 }, (_, index) => String(index));
    const id = '111111111111111111';
    const interactions = many.map((n) => `/api/v10/interactions/${id.slice(0, -n.length)}${n}/token/callback`);
    expect(await statuses(interactions)).toEqual(new Set([404]));
    expect(await statuses(many.map((n) => `/api/v10/interactions/${id}/t${n}/callback`))).toEqual(new Set([404]));
    expect(await statuses(many.map((n) => `/api/v10/webhooks/${id}/t${n}`))).toEqual(new Set([404]));
    expect(await statuses(many.map(() => `/api/v10/webhooks/${id}/token`))).toEqual(new Set([404, 429]));
    expect(await statuses(many.map(() => `/api/v10/interactions/${id}/token/callback`))).toEqual(new Set([404, 429]));
  });

  it('enforces the global limit, which interactions are exempt from', async () => {
    await local.control('PUT', '/sandbox/limits', { enforce: true, globalPerSecond: 2 });
    const answers = await Promise.all([1, 2, 3].map(() => local.bot('GET', '/users/@me')));
    const refused = answers.find((answer) => answer.status === 429)!;
    expect(refused.body['global']).toBe(true);
    expect(refused.headers.get('x-ratelimit-global')).toBe('true');
    expect(refused.headers.get('x-ratelimit-bucket')).toBeNull();
    const interaction = await local.bot('POST', '/interactions/111111111111111111/token/callback', { type: 4 });
    expect(interaction.status).toBe(404);
  });

  it('is obeyed by @discordjs/rest, which waits and succeeds', async () => {
    const buckets = { 'GET /users/@me': { limit: 1, windowMs: 300 } };
    await local.control('PUT', '/sandbox/limits', { enforce: true, buckets });
    const client = rest();
    for (let index = 0; index < 3; index += 1) await client.get('/users/@me');
    await local.control('DELETE', '/sandbox/requests');
  });

  it.each([
    [403, (url: string) => local.bot('DELETE', `${url}/members/${guild.ownerId}`)],
    [401, (url: string) => local.call('GET', `/api/v10${url}`)],
    [429, (url: string) => local.bot('GET', `${url}/roles`)],
  ])('counts %i towards the ban, but neither 404 nor a shared 429', async (status, ask) => {
    const buckets = {
      'GET /guilds/:id/roles': { limit: 1, windowMs: 60_000 },
      'GET /guilds/:id/channels': { limit: 1, windowMs: 60_000, scope: 'shared' },
    };
    await local.control('PUT', '/sandbox/limits', { enforce: true, invalidPerTenMinutes: 2, buckets });
    const url = `/guilds/${guild.id}`;
    await local.bot('GET', `${url}/roles`);
    for (let index = 0; index < 4; index += 1) await local.bot('GET', `${url}/channels`);
    for (let index = 0; index < 4; index += 1) await local.bot('GET', '/invites/unknown');
    expect((await ask(url)).status).toBe(status);
    expect((await local.bot('GET', '/users/@me')).status).toBe(200);
    expect((await ask(url)).status).toBe(status);
    expect((await local.bot('GET', '/users/@me')).status).toBe(429);
  });

  it('gives every answer the headers of its bucket, an error’s too, and counts them down', async () => {
    const buckets = { 'GET /guilds/:id/members/:id': { limit: 3, windowMs: 60_000 } };
    await local.control('PUT', '/sandbox/limits', { enforce: true, buckets });
    const path = `/guilds/${guild.id}/members`;
    const first = await local.bot('GET', `${path}/${guild.ownerId}`);
    const second = await local.bot('GET', `${path}/111111111111111111`);
    const headers = (answer: typeof first) =>
      ['limit', 'remaining', 'bucket'].map((name) => answer.headers.get(`x-ratelimit-${name}`));
    expect(second.status).toBe(404);
    expect(headers(first)).toEqual(['3', '2', headers(second)[2]]);
    expect(headers(second).slice(0, 2)).toEqual(['3', '1']);
    const resetAfter = Number(second.headers.get('x-ratelimit-reset-after'));
    expect(resetAfter).toBeGreaterThan(55);
    expect(Number(second.headers.get('x-ratelimit-reset')) - Date.now() / 1000).toBeCloseTo(resetAfter, 0);
  });

  it('holds a webhook to no global limit, and answers 404 for one that is unknown', async () => {
    await local.control('PUT', '/sandbox/limits', { enforce: true, globalPerSecond: 1 });
    const ask = () => local.call('POST', '/api/v10/webhooks/111111111111111111/token', { content: 'x' });
    const answers = await Promise.all([ask(), ask(), ask()]);
    expect(answers.map(({ status, body }) => [status, body['code']])).toEqual([
      [404, 10015],
      [404, 10015],
      [404, 10015],
    ]);
  });

  it('bans an address that keeps asking wrongly', async () => {
    await local.control('PUT', '/sandbox/limits', { enforce: true, invalidPerTenMinutes: 3 });
    for (let index = 0; index < 3; index += 1) await local.call('GET', '/api/v10/users/@me');
    const banned = await local.bot('GET', '/users/@me');
    expect([banned.status, banned.text.includes('1015')]).toEqual([429, true]);
  });

  describe('faults', () => {
    it('answer instead of doing, for the calls that match, as often as asked', async () => {
      const person = await local.person('ayu');
      const { access_token } = await local.grant(person);
      const rule = { method: 'PUT', route: '/guilds/:id/members/:id', userId: person, code: 30001, times: 1 };
      await local.control('PUT', '/sandbox/faults', { rules: [rule] });
      const path = `/guilds/${guild.id}/members/${person}`;
      expect(await local.bot('PUT', path, { access_token })).toMatchObject({ status: 400, body: { code: 30001 } });
      expect((await local.bot('PUT', path, { access_token })).status).toBe(201);
    });

    it('cut the connection after the effect has happened, or before', async () => {
      await local.control('PUT', '/sandbox/faults', {
        rules: [
          { route: '/guilds/:id/roles', drop: true, times: 1 },
          { route: '/guilds/:id/roles', drop: 'before', times: 1 },
        ],
      });
      await expect(local.bot('POST', `/guilds/${guild.id}/roles`, { name: 'happened' })).rejects.toThrow();
      await expect(local.bot('POST', `/guilds/${guild.id}/roles`, { name: 'did not' })).rejects.toThrow();
      const names = (await local.bot('GET', `/guilds/${guild.id}/roles`)).list.map((role) => role['name']);
      expect(names).toContain('happened');
      expect(names).not.toContain('did not');
    });

    it('delay, and fail in ways that @discordjs/rest retries', async () => {
      await local.control('PUT', '/sandbox/faults', {
        rules: [
          { route: '/users/@me', status: 502, times: 1 },
          { route: '/users/@me', status: 429, body: { retry_after: 0.1 }, times: 1 },
          { route: '/users/@me', delayMs: 150 },
        ],
      });
      const before = performance.now();
      await expect(rest().get('/users/@me')).resolves.toMatchObject({ id: local.application.botUserId });
      expect(performance.now() - before).toBeGreaterThan(240);
    });

    it('find the person in the body of a direct message and of a refresh', async () => {
      const [ayu, budi] = [await local.person('ayu'), await local.person('budi')];
      await local.control('PUT', '/sandbox/faults', { rules: [{ userId: ayu, status: 503 }] });
      const open = async (id: string) => (await local.bot('POST', '/users/@me/channels', { recipient_id: id })).status;
      expect([await open(ayu), await open(budi)]).toEqual([503, 200]);
      const refresh = async (id: string) => {
        const { refresh_token } = await local.grant(id);
        const { id: client_id, clientSecret: client_secret } = local.application;
        const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token, client_id, client_secret });
        const type = { 'content-type': 'application/x-www-form-urlencoded' };
        return (await local.call('POST', '/api/oauth2/token', form.toString(), type)).status;
      };
      expect([await refresh(ayu), await refresh(budi)]).toEqual([503, 200]);
    });

    it('reach the token endpoint too', async () => {
      await local.control('PUT', '/sandbox/faults', { rules: [{ route: '/oauth2/token', status: 503 }] });
      expect((await local.call('POST', '/api/oauth2/token')).status).toBe(503);
    });
  });

  it('says what is wrong with a call of the control API', async () => {
    const answer = await local.call('PUT', '/sandbox/limits', { enforce: 'yes' });
    expect([answer.status, answer.body['message']]).toEqual([400, expect.stringContaining('"enforce"')]);
    expect((await local.call('GET', '/sandbox/nothing')).status).toBe(404);
  });
});
