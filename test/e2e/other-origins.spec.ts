import { type ProcessRole } from '../../src/config/config';
import { Browser } from './support/browser';
import { Service } from './support/service';

const PLATFORM = 'https://learn.anycademy.test';
const STRANGER = 'https://evil.test';

describe('a page of another origin', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start({
      config: { roles: new Set<ProcessRole>(['api', 'worker']), corsOrigins: [PLATFORM] },
    });
  }, 30_000);
  afterAll(() => service.close());

  /** What a browser asks before it lets a script of that page call the API with a token. */
  async function preflight(path: string, origin: string): Promise<string | null> {
    const response = await fetch(service.url + path, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
    return response.headers.get('access-control-allow-origin');
  }

  it.each(['/graphql', '/pictures/avatars/1/x', '/api/discord/status/x/y'])(
    'may call %s where CORS_ORIGINS names it, and nowhere else',
    async (path) => {
      expect(await preflight(path, PLATFORM)).toBe(PLATFORM);
      expect(await preflight(path, STRANGER)).toBeNull();
      expect(await preflight(path, 'null')).toBeNull();
    },
  );

  describe('begins linking by a form', () => {
    const submit = (browser: Browser, fields: Record<string, string>, origin: string | null = PLATFORM) =>
      browser.open(new URL('/auth/discord', service.config.publicUrl), {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...(origin === null ? {} : { origin }) },
        body: new URLSearchParams(fields).toString(),
      });

    it('with its user’s token, and is returned to', async () => {
      const id = await service.createUser('Budi Santoso');
      const account = await service.discord.createUser('budi.s');
      const browser = new Browser(service);
      const returnTo = '/health/live?from=form';
      const consent = await submit(browser, { token: await service.token(id), returnTo, autoJoin: 'false' });
      expect(consent.html).toContain('See your username and picture');
      expect(consent.html).not.toContain('Join servers for you');
      const page = await browser.submit(consent, { user_id: account.id, decision: 'approve' });
      expect(page.url.search).toBe('?from=form&discord=connected');
      expect(
        await service.sql('SELECT discord_user_id, scopes FROM user_discord_connections WHERE user_id = $1', [id]),
      ).toEqual([{ discord_user_id: account.id, scopes: ['identify'] }]);
    });

    it('which nobody else may post, and which leads to no other place', async () => {
      const token = await service.token(await service.createUser('Citra Lestari'));
      const returnTo = '/health/live';
      for (const [fields, origin, problem] of [
        [{ token, returnTo }, STRANGER, 'FORBIDDEN'],
        [{ token, returnTo }, 'null', 'FORBIDDEN'],
        [{ token, returnTo }, null, 'FORBIDDEN'],
        [{ token, returnTo: `${STRANGER}/` }, PLATFORM, 'BAD_USER_INPUT'],
        [{ token }, PLATFORM, 'BAD_USER_INPUT'],
      ] as const) {
        const { url } = await submit(new Browser(service), { ...fields }, origin);
        expect(url.pathname + url.search).toBe(`/sign-in?problem=${problem}`);
      }
    });

    it('and is told when the token is not good', async () => {
      const old = await service.token('00000000-0000-4000-8000-000000000001', 'student', { exp: 1 });
      for (const [token, code] of [
        [old, 'UNAUTHENTICATED'],
        [await service.token('00000000-0000-4000-8000-000000000002', 'service'), 'FORBIDDEN'],
      ] as const) {
        const { url } = await submit(new Browser(service), { token, returnTo: '/health/live' });
        expect(url.pathname + url.search).toBe(`/health/live?discord=error&code=${code}`);
      }
    });
  });
});

it('a page of another origin may call nothing as long as CORS_ORIGINS names none', async () => {
  const service = await Service.start({ config: { roles: new Set<ProcessRole>(['api']) } });
  try {
    const response = await fetch(`${service.url}/graphql`, {
      method: 'POST',
      headers: { origin: PLATFORM, 'content-type': 'application/json' },
      body: '{"query":"{ __typename }"}',
    });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  } finally {
    await service.close();
  }
});
