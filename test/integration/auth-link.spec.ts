import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { startSandbox } from '../../sandbox/server';
import { type LinkBinding, LinkStates } from '../../src/auth/link-states';
import { withClockAt } from '../support/clock';
import { migratedDatabase } from '../support/migrated-database';
import { type AuthApp, configFor, FRONT_END, platformToken, PUBLIC_URL, REDIRECT_URI, startAuthApp } from './auth-app';

interface Answer {
  readonly status: number;
  readonly body: Record<string, never> & { errors?: { extensions: { code: string } }[]; data?: Record<string, never> };
  readonly cookie: string;
}

interface Start {
  readonly authorizeUrl: string;
  readonly state: string;
  readonly cookie: string;
}

const START = `mutation Start($returnTo: String, $autoJoin: Boolean, $servers: Boolean) {
  startDiscordLink(returnTo: $returnTo, autoJoin: $autoJoin, servers: $servers) { authorizeUrl state expiresAt }
}`;
const VIEWER = `{ viewer { id displayName role
  discordConnection { id discordUserId username globalName avatarUrl scopes isVerified connectedAt } } }`;

describe('Linking a Discord account', () => {
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  let database: Awaited<ReturnType<typeof migratedDatabase>>;
  let sql: Client;
  let app: AuthApp;

  beforeAll(async () => {
    [sandbox, database] = await Promise.all([
      startSandbox({ port: 0, redirectUris: [REDIRECT_URI] }),
      migratedDatabase(),
    ]);
    sql = new Client({ connectionString: database.url });
    await sql.connect();
    app = await startAuthApp(configFor(database.logins, sandbox.url));
  });

  afterAll(async () => {
    await app.close();
    await sql.end();
    await Promise.all([sandbox.close(), database.drop()]);
  });

  beforeEach(async () => {
    await discord('DELETE', '/sandbox/faults');
  });

  // ── What people do ───────────────────────────────────────────────────────────────────────────────────────

  async function discord<Result>(method: string, path: string, body?: object): Promise<Result> {
    const response = await fetch(`${sandbox.url}${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json().catch(() => null)) as Result;
  }

  async function person(name = 'Anna Berg'): Promise<{ userId: string; token: string; discordUserId: string }> {
    const userId = randomUUID();
    await sql.query(`INSERT INTO auth.users (id, raw_user_meta_data) VALUES ($1, $2)`, [userId, { full_name: name }]);
    return { userId, token: await platformToken(userId), discordUserId: await discordUser() };
  }

  async function discordUser(): Promise<string> {
    const username = `user_${randomUUID().slice(0, 8)}`;
    return (await discord<{ id: string }>('POST', '/sandbox/users', { username, globalName: 'Nelly' })).id;
  }

  async function graphql(query: string, token: string, variables: object = {}, cookie = ''): Promise<Answer> {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, cookie },
      body: JSON.stringify({ query, variables }),
    });
    return {
      status: response.status,
      body: (await response.json()) as Answer['body'],
      cookie: response.headers.get('set-cookie') ?? '',
    };
  }

  async function start(token: string, variables: object = {}, cookie = ''): Promise<Start> {
    const { body, cookie: setCookie } = await graphql(START, token, variables, cookie);
    if (body.errors) throw new Error(JSON.stringify(body.errors));
    const { startDiscordLink } = body.data as unknown as { startDiscordLink: Omit<Start, 'cookie'> };
    return { ...startDiscordLink, cookie: setCookie.split(';')[0]! };
  }

  async function approve(discordUserId: string, authorizeUrl: string): Promise<URL> {
    const answer = await discord<{ redirectTo: string }>('POST', '/sandbox/oauth/approve', {
      userId: discordUserId,
      authorizeUrl,
    });
    return new URL(answer.redirectTo);
  }

  /** The browser follows Discord's redirect to the service. */
  async function callback(redirectTo: URL | string, cookie: string) {
    const { pathname, search } = new URL(redirectTo, app.url);
    const response = await fetch(`${app.url}${pathname}${search}`, { redirect: 'manual', headers: { cookie } });
    return {
      status: response.status,
      location: response.headers.get('location'),
      type: response.headers.get('content-type'),
      text: await response.text(),
    };
  }

  async function post(token: string | null, body: object) {
    const response = await fetch(`${app.url}/oauth/callback`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    });
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      body: (await response.json()) as { success?: boolean; code?: string; detail?: string },
    };
  }

  async function link(who: { token: string; discordUserId: string }, variables: object = {}) {
    const started = await start(who.token, variables);
    return callback(await approve(who.discordUserId, started.authorizeUrl), started.cookie);
  }

  async function rows(userId: string) {
    const { rows: found } = await sql.query<Record<string, unknown>>(
      'SELECT * FROM user_discord_connections WHERE user_id = $1',
      [userId],
    );
    return found;
  }

  async function log(userId: string) {
    const { rows: found } = await sql.query<{ action: string; status: string; details: { discordUserId: string } }>(
      'SELECT action, status, details FROM discord_log WHERE user_id = $1 ORDER BY seq',
      [userId],
    );
    return found;
  }

  async function calls(route: string): Promise<number[]> {
    const { requests } = await discord<{ requests: { route: string; status: number }[] }>(
      'GET',
      '/sandbox/requests?since=0',
    );
    return requests.filter((request) => request.route === route).map(({ status }) => status);
  }

  async function eventually<Result>(look: () => Promise<Result | false | undefined>): Promise<Result> {
    for (const end = Date.now() + 10_000; Date.now() < end;) {
      const result = await look();
      if (result !== false && result !== undefined) return result;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('It did not happen within ten seconds.');
  }

  // ── Both doors ───────────────────────────────────────────────────────────────────────────────────────────

  describe('in the browser', () => {
    it('connects the account, with both tokens encrypted', async () => {
      const anna = await person();
      const started = await start(anna.token);
      const url = new URL(started.authorizeUrl);
      expect(url.searchParams.get('scope')).toBe('identify guilds.join');
      expect(url.searchParams.get('code_challenge_method')).toBe('S256');

      const page = await callback(await approve(anna.discordUserId, started.authorizeUrl), started.cookie);
      expect(page).toMatchObject({ status: 200, type: expect.stringContaining('text/html') as string });
      expect(page.text).toContain('Discord is connected');

      const [row] = await rows(anna.userId);
      expect(row).toMatchObject({
        discord_user_id: anna.discordUserId,
        global_name: 'Nelly',
        discord_discriminator: null,
        is_verified: true,
        scopes: ['identify', 'guilds.join'],
      });
      for (const token of [row!['access_token'], row!['refresh_token']]) {
        const [header] = String(token).split('.');
        expect(JSON.parse(Buffer.from(header!, 'base64url').toString())).toMatchObject({
          alg: 'dir',
          enc: 'A256GCM',
          kid: 'test',
        });
      }
      expect(await log(anna.userId)).toMatchObject([{ action: 'link', status: 'success' }]);
    });

    it('shows the account to its owner, and nothing of it to others', async () => {
      const anna = await person('Anna Berg');
      await link(anna);
      const { body } = await graphql(VIEWER, anna.token);
      expect(body.data).toMatchObject({
        viewer: {
          id: anna.userId,
          displayName: 'Anna Berg',
          role: 'STUDENT',
          discordConnection: { discordUserId: anna.discordUserId, globalName: 'Nelly', isVerified: true },
        },
      });
      const ben = await person('Ben');
      expect((await graphql(VIEWER, ben.token)).body.data).toMatchObject({
        viewer: { displayName: 'Ben', discordConnection: null },
      });
    });

    it('asks for no more than the person wants to give', async () => {
      const anna = await person();
      await link(anna, { autoJoin: false });
      expect((await rows(anna.userId))[0]).toMatchObject({ scopes: ['identify'] });
      const withServers = new URL((await start(anna.token, { servers: true })).authorizeUrl);
      expect(withServers.searchParams.get('scope')).toBe('identify guilds.join guilds');
    });

    it('returns to the page that started it', async () => {
      const anna = await person();
      const page = await link(anna, { returnTo: `${FRONT_END}/me?tab=discord` });
      expect(page).toMatchObject({ status: 302, location: `${FRONT_END}/me?tab=discord&discord=connected` });
    });

    it("refuses to return to a stranger's page", async () => {
      const anna = await person();
      for (const returnTo of ['https://evil.test', '//evil.test', '/\\evil.test']) {
        const { body } = await graphql(START, anna.token, { returnTo });
        expect(body.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
      }
    });

    it('starts by a plain link too', async () => {
      const anna = await person();
      const response = await fetch(`${app.url}/auth/discord?returnTo=/done&autoJoin=false`, {
        redirect: 'manual',
        headers: { authorization: `Bearer ${anna.token}` },
      });
      expect(response.status).toBe(302);
      const setCookie = response.headers.get('set-cookie')!;
      expect(setCookie).toMatch(/; HttpOnly; SameSite=Lax$/);
      const redirectTo = await approve(anna.discordUserId, response.headers.get('location')!);
      const page = await callback(redirectTo, setCookie.split(';')[0]!);
      expect(page).toMatchObject({ status: 302, location: `${PUBLIC_URL}/done?discord=connected` });
      expect((await fetch(`${app.url}/auth/discord`, { redirect: 'manual' })).status).toBe(401);
    });

    it('works in two tabs of one browser', async () => {
      const anna = await person();
      const first = await start(anna.token);
      const second = await start(anna.token, {}, first.cookie);
      expect(second.cookie).toBe(first.cookie);
      for (const tab of [first, second]) {
        const page = await callback(await approve(anna.discordUserId, tab.authorizeUrl), second.cookie);
        expect(page.status).toBe(200);
      }
    });
  });

  describe('by a front end on another site', () => {
    it('connects the account of whoever presents the token', async () => {
      const anna = await person();
      const { authorizeUrl } = await start(anna.token);
      const { code, state } = Object.fromEntries((await approve(anna.discordUserId, authorizeUrl)).searchParams);
      expect(await post(anna.token, { code, state })).toMatchObject({ status: 200, body: { success: true } });
      expect(await rows(anna.userId)).toHaveLength(1);
    });

    it('needs a bearer token, a code and a state', async () => {
      const anna = await person();
      const problem = expect.stringContaining('application/problem+json') as string;
      expect(await post(null, { code: 'c', state: 's' })).toMatchObject({ status: 401, type: problem });
      for (const body of [{}, { code: 'c' }, { code: ['c'], state: 's' }, { code: 'c', state: { a: 1 } }, []]) {
        expect(await post(anna.token, body)).toMatchObject({
          status: 400,
          type: problem,
          body: { code: 'BAD_USER_INPUT' },
        });
      }
    });
  });

  // ── What goes wrong ──────────────────────────────────────────────────────────────────────────────────────

  describe('leaves nothing behind when', () => {
    it('the person cancels', async () => {
      const anna = await person();
      for (const [returnTo, expected] of [
        [undefined, { status: 200 }],
        [`${FRONT_END}/me`, { status: 302, location: `${FRONT_END}/me?discord=cancelled` }],
      ] as const) {
        const { state, cookie } = await start(anna.token, { returnTo });
        const page = await callback(`/auth/discord/callback?error=access_denied&state=${state}`, cookie);
        expect(page).toMatchObject(expected);
      }
      expect(await rows(anna.userId)).toHaveLength(0);
    });

    it('the state is replayed', async () => {
      const anna = await person();
      const { authorizeUrl, cookie } = await start(anna.token, { returnTo: '/done' });
      const redirectTo = await approve(anna.discordUserId, authorizeUrl);
      await callback(redirectTo, cookie);
      const again = await callback(redirectTo, cookie);
      expect(again.location).toBe(`${PUBLIC_URL}/done?discord=error&code=BAD_USER_INPUT`);
      const { code, state } = Object.fromEntries(redirectTo.searchParams);
      expect(await post(anna.token, { code, state })).toMatchObject({ status: 400 });
      expect(await log(anna.userId)).toHaveLength(1);
    });

    it('two requests finish the same linking at once: one of them does', async () => {
      const anna = await person();
      const { authorizeUrl, cookie } = await start(anna.token);
      const redirectTo = await approve(anna.discordUserId, authorizeUrl);
      const pages = await Promise.all([callback(redirectTo, cookie), callback(redirectTo, cookie)]);
      expect(pages.map(({ status }) => status).sort()).toEqual([200, 400]);
    });

    it('the state is forged, or signed with our encryption key itself', async () => {
      const anna = await person();
      const { state, cookie } = await start(anna.token);
      const [header, payload, signature] = state.split('.');
      const none = Buffer.from('{"alg":"none"}').toString('base64url');
      const turned = signature!.split('').reverse().join('');
      for (const forged of ['x', 'a.b.c', `${header}.${payload}.${turned}`, `${none}.${payload}.`]) {
        const page = await callback(`/auth/discord/callback?code=c&state=${forged}`, cookie);
        expect(page).toMatchObject({ status: 400 });
      }
      expect(await post(anna.token, { code: 'c', state: anna.token })).toMatchObject({ status: 400 });
    });

    it('the state has expired', async () => {
      const anna = await person();
      const { state, authorizeUrl, cookie } = await start(anna.token, { returnTo: '/done' });
      const redirectTo = await approve(anna.discordUserId, authorizeUrl);
      await withClockAt(11 * 60_000, async () => {
        const states = app.nest.get(LinkStates);
        const binding: LinkBinding = { userId: anna.userId };
        await expect(states.claim(state, binding)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
        expect((await callback(redirectTo, cookie)).location).toContain('/done?discord=error&code=BAD_USER_INPUT');
      });
      expect(await rows(anna.userId)).toHaveLength(0);
    });

    it('another browser finishes it: a link sent to a victim connects nobody', async () => {
      const attacker = await person();
      const victim = await person();
      const { authorizeUrl, state } = await start(attacker.token);
      const redirectTo = await approve(victim.discordUserId, authorizeUrl);
      const own = await start(victim.token);
      for (const cookie of ['', own.cookie, `anycademy_discord_link=${'x'.repeat(43)}`]) {
        expect(await callback(redirectTo, cookie)).toMatchObject({ status: 403 });
      }
      const code = redirectTo.searchParams.get('code');
      expect(await post(victim.token, { code, state })).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
      expect(await rows(attacker.userId)).toHaveLength(0);
      expect(await rows(victim.userId)).toHaveLength(0);
    });

    it('Discord does not accept the code', async () => {
      const anna = await person();
      const first = await start(anna.token, { returnTo: '/done' });
      const page = await callback(`/auth/discord/callback?code=invented&state=${first.state}`, first.cookie);
      expect(page.location).toContain('discord=error&code=BAD_USER_INPUT');
      const second = await start(anna.token);
      expect(await post(anna.token, { code: 'invented', state: second.state })).toMatchObject({
        status: 400,
        body: { code: 'BAD_USER_INPUT' },
      });
    });

    it("a code of one linking is used with another's state", async () => {
      const anna = await person();
      const first = await start(anna.token);
      const second = await start(anna.token, {}, first.cookie);
      const redirectTo = await approve(anna.discordUserId, first.authorizeUrl);
      redirectTo.searchParams.set('state', second.state);
      expect(await callback(redirectTo, first.cookie)).toMatchObject({ status: 400 });
      expect(await rows(anna.userId)).toHaveLength(0);
    });

    it('Discord is down', async () => {
      const anna = await person();
      for (const route of ['/oauth2/token', '/users/@me']) {
        await discord('PUT', '/sandbox/faults', { rules: [{ route, status: 503, times: 20 }] });
        const first = await start(anna.token);
        const redirectTo = await approve(anna.discordUserId, first.authorizeUrl);
        expect(await callback(redirectTo, first.cookie)).toMatchObject({ status: 503 });
        const second = await start(anna.token);
        const { code, state } = Object.fromEntries(
          (await approve(anna.discordUserId, second.authorizeUrl)).searchParams,
        );
        expect(await post(anna.token, { code, state })).toMatchObject({
          status: 503,
          body: { code: 'DISCORD_UNAVAILABLE' },
        });
      }
      expect(await rows(anna.userId)).toHaveLength(0);
    });

    it("the account is somebody else's, whose authorization goes on working", async () => {
      const anna = await person();
      await link(anna);
      const ben = { ...(await person()), discordUserId: anna.discordUserId };
      await discord('DELETE', '/sandbox/requests');
      expect(await link(ben, { returnTo: '/done' })).toMatchObject({
        location: `${PUBLIC_URL}/done?discord=error&code=CONFLICT`,
      });
      const started = await start(ben.token);
      const { code, state } = Object.fromEntries((await approve(ben.discordUserId, started.authorizeUrl)).searchParams);
      expect(await post(ben.token, { code, state })).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
      expect(await rows(ben.userId)).toHaveLength(0);
      expect(await log(ben.userId)).toHaveLength(0);
      expect(await calls('/oauth2/token/revoke')).toHaveLength(0);
    });
  });

  it('two people who link one account at the same time: one of them gets it', async () => {
    const anna = await person();
    const ben = { ...(await person()), discordUserId: anna.discordUserId };
    const pages = await Promise.all([link(anna), link(ben)]);
    expect(pages.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect([...(await rows(anna.userId)), ...(await rows(ben.userId))]).toHaveLength(1);
  });

  it('tells nobody who is not signed in, and nothing about the token', async () => {
    for (const token of ['x', await platformToken(randomUUID(), 'owner'), await platformToken('nobody')]) {
      const { body } = await graphql(VIEWER, token);
      expect(body.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
      expect(JSON.stringify(body)).not.toContain(token.length > 20 ? token : '"x"');
    }
  });

  // ── Another account, none at all ─────────────────────────────────────────────────────────────────────────

  it('another account takes the place of the first, whose authorization ends', async () => {
    const anna = await person();
    await link(anna);
    const before = anna.discordUserId;
    anna.discordUserId = await discordUser();
    await discord('DELETE', '/sandbox/requests');
    await link(anna);
    expect((await rows(anna.userId)).map((row) => row['discord_user_id'])).toEqual([anna.discordUserId]);
    expect((await log(anna.userId)).map(({ action, details }) => [action, details.discordUserId])).toEqual([
      ['link', before],
      ['unlink', before],
      ['link', anna.discordUserId],
    ]);
    await eventually(async () => (await calls('/oauth2/token/revoke')).includes(200));
  });

  it('linking the same account again revokes nothing', async () => {
    const anna = await person();
    await link(anna);
    await discord('DELETE', '/sandbox/requests');
    await link(anna);
    expect((await log(anna.userId)).map(({ action }) => action)).toEqual(['link', 'link']);
    expect(await calls('/oauth2/token/revoke')).toHaveLength(0);
  });

  it('unlinking removes the account here at once, and its authorization at Discord as soon as Discord answers', async () => {
    const anna = await person();
    await link(anna);
    await discord('DELETE', '/sandbox/requests');
    await discord('PUT', '/sandbox/faults', { rules: [{ route: '/oauth2/token/revoke', status: 500, times: 1 }] });
    expect((await graphql('mutation { unlinkDiscord }', anna.token)).body.data).toEqual({ unlinkDiscord: true });
    expect(await rows(anna.userId)).toHaveLength(0);
    expect((await log(anna.userId)).map(({ action }) => action)).toEqual(['link', 'unlink']);
    expect((await graphql('mutation { unlinkDiscord }', anna.token)).body.data).toEqual({ unlinkDiscord: false });
    await eventually(async () => (await calls('/oauth2/token/revoke')).includes(500));
    await sql.query(`UPDATE graphile_worker._private_jobs SET run_at = now() WHERE locked_at IS NULL`);
    await eventually(async () => (await calls('/oauth2/token/revoke')).includes(200));
  });
});
