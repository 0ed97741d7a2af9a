import { randomUUID } from 'node:crypto';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { TokenVault } from '../../src/auth/token-vault';
import { Sweep } from '../../src/membership/sweep';
import { withClockAt } from '../support/clock';
import { Browser } from './support/browser';
import { type Answer, eventually, Service } from './support/service';
import { Stream } from './support/stream';

const OWN = 'http://127.0.0.1:3000';
const EVIL = 'https://evil.test';
const NAME = 'anycademy_session';

let service: Service;
beforeAll(async () => {
  service = await Service.start({ config: { roles: new Set(['api']), corsOrigins: ['https://learn.anycademy.test'] } });
}, 30_000);
afterAll(() => service.close());

/** The value of the session's cookie in an answer; undefined when it sets none. */
function sessionIn(response: Response): string | undefined {
  const line = response.headers.getSetCookie().find((cookie) => cookie.startsWith(`${NAME}=`));
  return line && /=([^;]*)/.exec(line)?.[1];
}

function exchange(headers: Record<string, string>): Promise<Response> {
  return fetch(`${service.url}/auth/session`, { method: 'POST', headers });
}

async function signIn(userId: string, role: 'student' | 'instructor' = 'student'): Promise<string> {
  const response = await exchange({ authorization: `Bearer ${await service.token(userId, role)}` });
  return sessionIn(response) ?? '';
}

/** Who GraphQL says that a request with these headers is of: the user's id, or the code of the refusal. */
async function viewer(headers: Record<string, string>): Promise<string | undefined> {
  const { data, errors } = await service.graphql<{ viewer: { id: string } }>(null, '{ viewer { id } }', {}, headers);
  return errors?.[0]?.extensions.code ?? data?.viewer.id;
}

const ofOwnPage = (session: string) => ({ cookie: `${NAME}=${session}`, origin: OWN });

describe('A session of the web UI', () => {
  it('is what a platform token is exchanged for, and is out of reach of scripts and of other sites', async () => {
    const userId = randomUUID();
    const response = await exchange({ authorization: `Bearer ${await service.token(userId, 'instructor')}` });
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^anycademy_session=[\w.-]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/),
    ]);
    const session = sessionIn(response) ?? '';
    expect(await viewer(ofOwnPage(session))).toBe(userId);
    expect(await viewer({ cookie: `a=b; ${NAME}=${session}`, 'apollo-require-preflight': 'yes' })).toBe(userId);
    const answer = await service.graphql<{ viewer: { role: string } }>(
      null,
      '{ viewer { role } }',
      {},
      ofOwnPage(session),
    );
    expect(answer.data?.viewer.role).toBe('INSTRUCTOR');
    // REST, by the same guard: a page of ours that leads to Discord.
    const start = await fetch(`${service.url}/auth/discord`, {
      headers: { cookie: `${NAME}=${session}`, 'sec-fetch-site': 'same-origin' },
      redirect: 'manual',
    });
    expect(start.status).toBe(302);
  });

  it('is good for every id that a token may name, also one that no standard makes', async () => {
    for (const userId of ['00000000-0000-0000-0000-000000000123', 'ffffffff-ffff-ffff-ffff-ffffffffffff'])
      expect(await viewer(ofOwnPage(await signIn(userId)))).toBe(userId);
  });

  it('does not outlive the token, nor half a day', async () => {
    const soon = Math.floor(Date.now() / 1000) + 60;
    for (const [exp, longest] of [
      [soon, 75],
      [soon + 7 * 86_400, 12 * 3_600],
    ] as const) {
      const token = await service.token(randomUUID(), 'student', { exp });
      const response = await exchange({ authorization: `Bearer ${token}` });
      const maxAge = Number(/Max-Age=(\d+)/.exec(response.headers.getSetCookie()[0] ?? '')?.[1]);
      expect(maxAge).toBeGreaterThan(0);
      expect(maxAge).toBeLessThanOrEqual(longest);
      const { expiresAt } = (await response.json()) as { expiresAt: string };
      expect(Date.parse(expiresAt) - Date.now()).toBeLessThanOrEqual(longest * 1000);
      // A browser that keeps the cookie longer gains nothing.
      const session = sessionIn(response) ?? '';
      await withClockAt((longest + 10) * 1000, async () =>
        expect(await viewer(ofOwnPage(session))).toBe('UNAUTHENTICATED'),
      );
    }
  });

  it('is not for the platform itself, and cannot prolong itself', async () => {
    const platform = await exchange({ authorization: `Bearer ${await service.token(randomUUID(), 'service')}` });
    expect([platform.status, sessionIn(platform)]).toEqual([403, undefined]);
    const again = await exchange(ofOwnPage(await signIn(randomUUID())));
    expect([again.status, sessionIn(again)]).toEqual([401, undefined]);
  });

  it.each<[string, Record<string, string>]>([
    ['without any header of ours', {}],
    ['from another origin', { origin: EVIL }],
    ['from another origin that forges the header', { origin: EVIL, 'apollo-require-preflight': 'yes' }],
    ['from a sandboxed frame', { origin: 'null', 'apollo-require-preflight': 'yes' }],
    ['from an origin that may call with tokens', { origin: 'https://learn.anycademy.test' }],
  ])('is not good %s', async (_, headers) => {
    const cookie = `${NAME}=${await signIn(randomUUID())}`;
    expect(await viewer({ cookie, ...headers })).toBe('FORBIDDEN');
    const rest = await fetch(`${service.url}/oauth/callback`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ code: 'x', state: 'y' }),
    });
    expect(rest.status).toBe(403);
    const out = await fetch(`${service.url}/auth/session`, { method: 'DELETE', headers: { cookie, ...headers } });
    expect(out.status).toBe(403);
    expect(await viewer({ cookie, origin: OWN })).not.toMatch(/[A-Z]{5}/);
  });

  it('is not good when it was changed, or is something else that we have signed or encrypted', async () => {
    const userId = randomUUID();
    const session = await signIn(userId);
    const [header = '', key = '', iv = '', text = '', tag = ''] = session.split('.');
    const flipped = (part: string) => `${part.startsWith('A') ? 'B' : 'A'}${part.slice(1)}`;
    const token = await service.token(userId);
    const { state } = await new Browser(service).startLink(token);
    const forgeries = [
      '',
      'x',
      [header, key, iv, flipped(text), tag].join('.'),
      [header, key, iv, text, flipped(tag)].join('.'),
      [Buffer.from('{"alg":"none"}').toString('base64url'), key, iv, text, tag].join('.'),
      token,
      state,
      await new TokenVault(service.config).encrypt(userId, JSON.stringify({ sub: userId, person: 'ADMIN' })),
    ];
    for (const forged of forgeries) expect(await viewer(ofOwnPage(forged))).toBe('UNAUTHENTICATED');
    expect(await viewer({ authorization: `Bearer ${session}` })).toBe('UNAUTHENTICATED');
    expect(await viewer(ofOwnPage(session))).toBe(userId);
  });

  it('ends when its owner signs out: a copy of it is worth nothing afterwards', async () => {
    const session = await signIn(randomUUID());
    const out = await fetch(`${service.url}/auth/session`, { method: 'DELETE', headers: ofOwnPage(session) });
    expect(out.status).toBe(204);
    expect(out.headers.getSetCookie()).toEqual([`${NAME}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict`]);
    expect(await viewer(ofOwnPage(session))).toBe('UNAUTHENTICATED');
    // Signing out twice is no error.
    const twice = await fetch(`${service.url}/auth/session`, { method: 'DELETE', headers: ofOwnPage(session) });
    expect(twice.status).toBe(204);
  });

  it('that somebody planted in the browser is not taken over by signing in', async () => {
    const [attacker, victim] = [randomUUID(), randomUUID()];
    const planted = await signIn(attacker);
    const response = await exchange({
      authorization: `Bearer ${await service.token(victim)}`,
      cookie: `${NAME}=${planted}`,
    });
    const session = sessionIn(response) ?? '';
    expect(session).not.toBe(planted);
    expect(await viewer(ofOwnPage(session))).toBe(victim);
    expect(await viewer(ofOwnPage(planted))).toBe('UNAUTHENTICATED');
    // Beside the victim's, as a sibling domain would plant it.
    const another = await signIn(attacker);
    expect(await viewer(ofOwnPage(`${another}; ${NAME}=${session}`))).toBe('UNAUTHENTICATED');
  });
});

describe('A page of another site', () => {
  const asked = (origin: string, method = 'POST') =>
    fetch(`${service.url}/graphql`, {
      method,
      headers: { origin, 'content-type': 'application/json', 'access-control-request-method': 'POST' },
      ...(method === 'POST' ? { body: '{"query":"{ __typename }"}' } : {}),
    });
  const allowed = ({ headers }: Response) =>
    ['origin', 'credentials'].map((name) => headers.get(`access-control-allow-${name}`));

  it('may read answers only if it is listed', async () => {
    for (const method of ['POST', 'OPTIONS']) {
      expect(allowed(await asked('https://learn.anycademy.test', method))).toEqual([
        'https://learn.anycademy.test',
        'true',
      ]);
      for (const origin of [EVIL, 'null', 'http://learn.anycademy.test', 'https://learn.anycademy.test.evil.test'])
        expect([origin, allowed(await asked(origin, method))[0]]).toEqual([origin, null]);
    }
  });
});

describe('A WebSocket with a session', () => {
  /** The first answer over a WebSocket that a browser with this cookie opens from a page of this origin. */
  function ask(session: string, origin?: string): Promise<unknown> {
    class FromPage extends WebSocket {
      constructor(address: string, protocols: string) {
        super(address, protocols, { headers: { cookie: `${NAME}=${session}`, ...(origin ? { origin } : {}) } });
      }
    }
    const client = createClient({
      url: `${service.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: FromPage,
      retryAttempts: 0,
    });
    return new Promise((resolve) => {
      client.subscribe<{ viewer: { id: string } }>(
        { query: '{ viewer { id } }' },
        {
          next: ({ data }) => resolve(data?.viewer.id),
          error: (error) => resolve((error as { code?: number }).code),
          complete: () => undefined,
        },
      );
    }).finally(() => client.dispose());
  }

  it('is served when a page of ours opens it, and closed when any other does', async () => {
    const userId = randomUUID();
    const session = await signIn(userId);
    expect(await ask(session, OWN)).toBe(userId);
    expect(await ask(session, EVIL)).toBe(4403);
    expect(await ask(session, 'null')).toBe(4403);
    expect(await ask(session)).toBe(4403);
    expect(await ask('x', OWN)).toBe(4403);
  });

  it('is closed by signing out, and those of others stay', async () => {
    const [userId, other] = [randomUUID(), randomUUID()];
    const session = await signIn(userId);
    const log = 'subscription { auditLogAppended(after: "0") { userId } }';
    // The sockets are never asked again by themselves whether they may be used: that would close them a little later.
    const timers = jest.spyOn(global, 'setInterval').mockImplementation(() => setTimeout(() => undefined, 0));
    const streams: Stream<{ auditLogAppended: { userId: string } }>[] = [];
    try {
      for (const cookie of [session, await signIn(other)])
        streams.push(await Stream.open(service.url, { cookie: `${NAME}=${cookie}`, origin: OWN }, log));
      const token = { authorization: `Bearer ${await service.token(userId)}` };
      streams.push(await Stream.open(service.url, token.authorization.slice('Bearer '.length), log));
      const tell = () =>
        service.sql(
          `INSERT INTO discord_integration_logs (user_id, action, status) SELECT unnest($1::uuid[]), 'link', 'success'`,
          [[userId, other]],
        );
      await tell();
      await eventually(() => {
        for (const { received } of streams) expect(received.length).toBeGreaterThan(0);
        return Promise.resolve();
      });
      await fetch(`${service.url}/auth/session`, { method: 'DELETE', headers: ofOwnPage(session) });
      const [closed, ofOther, byToken] = streams;
      await eventually(() => {
        expect(closed?.closing).toEqual({ code: 4403, reason: 'Your session has ended. Sign in again.' });
        return Promise.resolve();
      });
      const before = [ofOther, byToken].map((stream) => stream?.received.length);
      await tell();
      await eventually(() => {
        expect([ofOther, byToken].map((stream) => stream?.received.length)).toEqual(before.map((count) => count! + 1));
        return Promise.resolve();
      });
      expect([ofOther?.closing, byToken?.closing]).toEqual([undefined, undefined]);
    } finally {
      timers.mockRestore();
      for (const stream of streams) stream.close();
    }
  });
});

describe('Signing in with Discord', () => {
  /** Where the browser is sent by the button. */
  async function press(browser: Browser, query = ''): Promise<string> {
    const consent = await browser.open(`${OWN}/auth/discord/sign-in${query}`);
    return consent.url.href;
  }

  const who = async (browser: Browser) => {
    const page = await browser.open(`${OWN}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: OWN },
      body: JSON.stringify({ query: '{ viewer { id role } }' }),
    });
    const { data, errors } = JSON.parse(page.html) as Answer<{ viewer: { id: string; role: string } }>;
    return errors?.[0]?.extensions.code ?? data?.viewer;
  };

  it('gives whoever has linked the account a session with the role that the platform gives them', async () => {
    const userId = await service.createUser('Rina', 'instructor');
    const account = await service.link(userId, { role: 'instructor' });
    const connection = () => service.sql('SELECT * FROM user_discord_connections WHERE user_id = $1', [userId]);
    const before = await connection();

    const browser = new Browser(service);
    const address = await press(browser, '?returnTo=/health/live');
    expect(new URL(address).searchParams.get('scope')).toBe('identify');
    const callback = await service.discord.approve(account, address);
    await browser.open(callback);
    expect(await who(browser)).toEqual({ id: userId, role: 'INSTRUCTOR' });
    // With what the account is linked is as it was.
    expect(await connection()).toEqual(before);

    // The same address again, and in another browser, signs nobody in.
    for (const other of [new Browser(service), browser]) {
      const page = await other.open(callback);
      expect(page.url.searchParams.get('discord')).toBe('error');
    }
    const stranger = new Browser(service);
    await stranger.open(callback);
    expect(await who(stranger)).toBe('UNAUTHENTICATED');
  });

  it('is told to whoever has not linked the account, is no user any more, or has a role of another kind', async () => {
    const gone = await service.createUser('Gone');
    const strange = await service.createUser('Strange');
    const accounts = [
      (await service.discord.createUser('stranger')).id,
      await service.link(gone),
      await service.link(strange),
    ];
    await service.sql('DELETE FROM auth.users WHERE id = $1', [gone]);
    await service.sql(`UPDATE auth.users SET raw_app_meta_data = '{"role": "owner"}' WHERE id = $1`, [strange]);
    for (const account of accounts) {
      const browser = new Browser(service);
      const page = await browser.open(
        await service.discord.approve(account, await press(browser, '?returnTo=/health/live')),
      );
      expect(page.url.searchParams.get('code')).toBe('NOT_LINKED');
      expect(await who(browser)).toBe('UNAUTHENTICATED');
    }
  });

  it('is not finished by somebody else: their state is not a linking of theirs', async () => {
    const victim = (await service.discord.createUser('victim')).id;
    const callback = new URL(await service.discord.approve(victim, await press(new Browser(service))));
    const attacker = randomUUID();
    const response = await fetch(`${service.url}/oauth/callback`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await service.token(attacker)}` },
      body: JSON.stringify(Object.fromEntries(callback.searchParams)),
    });
    expect(response.status).toBe(403);
    expect(await service.sql('SELECT FROM user_discord_connections WHERE user_id = $1', [attacker])).toEqual([]);
  });

  it('that is never finished is forgotten an hour after it could be: anybody may begin one', async () => {
    await service.sql('DELETE FROM discord_link_states');
    for (let begun = 0; begun < 3; begun += 1) await press(new Browser(service));
    await service.sql(
      `UPDATE discord_link_states SET expires_at = now() - n * interval '40 minutes'
       FROM (SELECT id, row_number() OVER () - 1 AS n FROM discord_link_states) s WHERE s.id = discord_link_states.id`,
    );
    await service.nest.get(Sweep, { strict: false }).sweep();
    expect(
      await service.sql(
        "SELECT count(*)::int AS left, min(expires_at) > now() - interval '1 hour' AS recent FROM discord_link_states",
      ),
    ).toEqual([{ left: 2, recent: true }]);
  });

  it('returns to pages of ours alone', async () => {
    const response = await fetch(`${service.url}/auth/discord/sign-in?returnTo=${encodeURIComponent(EVIL)}`, {
      redirect: 'manual',
    });
    expect(response.status).toBe(400);
  });
});
