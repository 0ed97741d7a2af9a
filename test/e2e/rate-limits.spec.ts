import { closing, overSocket } from './support/operations';
import { Service } from './support/service';

const LIMIT = 5;
const VIEWER = '{ viewer { id } }';

describe('somebody who calls too often', () => {
  let service: Service;
  /** Every story has people and an address of its own: what one uses up another does not miss. */
  let token: string;
  let address: string;
  let stories = 0;

  beforeAll(async () => {
    service = await Service.start({
      config: {
        roles: new Set(['api']),
        rateLimit: { perMinute: LIMIT, servicePerMinute: 2 * LIMIT },
        trustedProxies: ['127.0.0.1'],
      },
    });
  }, 30_000);
  afterAll(() => service.close());

  beforeEach(async () => {
    token = await service.token(await service.createUser('Ayu Wulandari'));
    stories += 1;
    address = `203.0.113.${stories}`;
  });

  const graphql = (bearer: string | null, from = address) =>
    fetch(`${service.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-forwarded-for': from,
        ...(bearer && { authorization: `Bearer ${bearer}` }),
      },
      body: JSON.stringify({ query: VIEWER }),
    });
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${service.url}${path}`, { redirect: 'manual', headers: { 'x-forwarded-for': address, ...headers } });
  const used = async (call: () => Promise<Response>, count = LIMIT) => {
    for (let made = 0; made < count; made += 1) expect((await call()).status).not.toBe(429);
  };
  const refused = async (response: Response) => {
    expect(response.status).toBe(429);
    const wait = Number(response.headers.get('retry-after'));
    expect(wait).toBeGreaterThanOrEqual(1);
    expect(wait).toBeLessThanOrEqual(60);
    return { wait, body: (await response.json()) as Record<string, unknown> };
  };

  it('is told over GraphQL how long to wait', async () => {
    await used(() => graphql(token));
    const { wait, body } = await refused(await graphql(token));
    expect(body).not.toHaveProperty('data');
    expect(body['errors']).toMatchObject([{ extensions: { code: 'RATE_LIMITED', retryAfter: wait, limit: LIMIT } }]);
  });

  it('is told over REST with a problem document', async () => {
    const start = () => get('/auth/discord', { authorization: `Bearer ${token}` });
    await used(start);
    const response = await start();
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const { wait, body } = await refused(response);
    expect(body).toMatchObject({ status: 429, code: 'RATE_LIMITED', retryAfter: wait, title: 'Too many requests' });
  });

  it('is told over WebSocket for every operation, and when opening one', async () => {
    // Each opens a connection, which counts, and asks once.
    expect((await overSocket(service, token, VIEWER)).errors).toBeUndefined();
    expect((await overSocket(service, token, VIEWER)).errors).toBeUndefined();
    const { errors } = await overSocket(service, token, VIEWER);
    expect(errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED', limit: LIMIT } }]);
    const init = JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
    const [code, reason] = await closing(service, [init]);
    expect([code, reason]).toEqual([
      1013,
      expect.stringMatching(/more than 5 calls in a minute. Try again in \d+ second/),
    ]);
  });

  it('has one budget for all doors, wherever they call from', async () => {
    await used(() => graphql(token), 2);
    await used(() => graphql(token, '198.51.100.9'), 1);
    await used(() => get('/auth/discord', { authorization: `Bearer ${token}` }), 2);
    await refused(await graphql(token));
    // Nobody else is kept from anything by that, from the same address.
    expect((await graphql(await service.token(await service.createUser('Budi')))).status).toBe(200);
  });

  it('is counted by address when nobody is signed in, with the OAuth routes and with tokens that are not good', async () => {
    await used(() => graphql(null), 2);
    await used(() => graphql('nonsense'), 2);
    await used(() => get('/auth/discord/callback?code=x&state=y'), 1);
    await refused(await graphql(null));
    await refused(await graphql('nonsense'));
    const page = await get('/auth/discord/callback?code=x&state=y');
    expect([page.status, page.headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^\d+$/)]);
    expect((await graphql(null, '198.51.100.77')).status).toBe(200);
    expect((await graphql(token)).status).toBe(200);
  });

  it('may be the platform itself, which has a limit of its own', async () => {
    const platform = await service.token('00000000-0000-4000-8000-000000000001', 'service');
    await used(() => graphql(platform), 2 * LIMIT);
    await refused(await graphql(platform));
  });

  it('is not whoever watches over the health of the service', async () => {
    await used(() => get('/health/live'), 3 * LIMIT);
    expect((await graphql(null)).status).toBe(200);
  });
});
