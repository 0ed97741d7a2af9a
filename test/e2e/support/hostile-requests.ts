import { type Randomness, anyObject, anyValue, mutated } from '../../sandbox/fuzz-input';
import { bomb, document, HOSTILE_TEXTS, mutant } from './hostile-documents';

export interface HostileRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

const IDS = ['7c9e6679-7425-40de-944b-e07fc1f90ae7', '123456789012345678'];

/** The REST routes that exist, each with a body (or a query) that would do. A new route is one line. */
const ROUTES: readonly (readonly [method: string, path: string, sample: Record<string, unknown>])[] = [
  ['GET', '/auth/discord', { returnTo: '/me', autoJoin: 'false', servers: 'true' }],
  ['GET', '/auth/discord/callback', { code: 'code', state: 'state' }],
  ['POST', '/oauth/callback', { code: 'code', state: 'state' }],
  ['GET', '/auth/discord/sign-in', { returnTo: '/me' }],
  ['POST', '/auth/session', {}],
  ['DELETE', '/auth/session', {}],
  ['GET', `/api/discord/status/${IDS[0]}/${IDS[0]}`, {}],
  ['POST', `/api/discord/sync-course/${IDS[0]}`, {}],
  ['POST', '/api/discord/invite-student', { userId: IDS[0], courseId: IDS[0] }],
  [
    'POST',
    '/api/discord/enrollment-changed',
    {
      type: 'enrollment.created',
      timestamp: '2026-01-01T00:00:00Z',
      data: { userId: IDS[0], courseId: IDS[0], expiresAt: null },
    },
  ],
  ['POST', '/api/discord/events', { version: 1, type: 0 }],
  ['GET', '/health/live', {}],
  ['GET', '/graphql/try-it.js', {}],
];

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'];

/** Header values may hold only what HTTP lets through; what it does not, no client of Node's can send. */
const headerText = (random: Randomness) =>
  random
    .pick(HOSTILE_TEXTS)
    .replace(/[^\x20-\x7e]/g, '~')
    .slice(0, 6_000);

function headers(random: Randomness, tokens: readonly string[]): Record<string, string> {
  const extra: Record<string, string> = {};
  if (random.chance(0.1))
    extra['cookie'] = `anycademy_discord_link=${headerText(random)}; ${headerText(random)}=; a=b=c`;
  if (random.chance(0.1)) extra['x-forwarded-for'] = headerText(random);
  if (random.chance(0.1)) extra['x-request-id'] = headerText(random);
  if (random.chance(0.1))
    extra['accept-language'] = random.pick(['id', '*', 'xx-'.repeat(300), ';q=', headerText(random)]);
  if (random.chance(0.1))
    extra['accept'] = random.pick([
      'text/html',
      '*/*;q=0',
      'application/graphql-response+json',
      'multipart/mixed',
      headerText(random),
    ]);
  if (random.chance(0.1)) extra['origin'] = random.pick(['null', 'https://evil.example', headerText(random)]);
  if (random.chance(0.1)) extra['x-http-method-override'] = 'DELETE';
  if (random.chance(0.85))
    extra['authorization'] = random.pick([...tokens, ...tokens, `Bearer ${headerText(random)}`, headerText(random)]);
  return extra;
}

/** For an address; half a character cannot be sent in one. */
const encoded = (text: string) => encodeURIComponent(Buffer.from(text.slice(0, 1_000)).toString());

const contentType = (random: Randomness) =>
  random.chance(0.9)
    ? 'application/json'
    : random.pick([
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'application/json; charset=utf-16',
        'application/json; charset=nope',
        '/',
      ]);

function post(random: Randomness, tokens: readonly string[], path: string, body: unknown): HostileRequest {
  return {
    method: 'POST',
    path,
    headers: { 'content-type': contentType(random), ...headers(random, tokens) },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

type Generator = (random: Randomness, tokens: readonly string[]) => HostileRequest;

const asGraphql =
  (make: (random: Randomness) => unknown): Generator =>
  (random, tokens) =>
    post(random, tokens, '/graphql', make(random));

const VARIABLES =
  'query ($c: UUID, $g: Snowflake, $f: MembershipFilter, $n: Int, $a: String) { memberships(courseId: $c, guildId: $g, filter: $f, first: $n, after: $a) { totalCount nodes { id } } }';

/** Every kind of request, each as likely as the number before it says. */
export const GENERATORS: Readonly<Record<string, readonly [weight: number, make: Generator]>> = {
  'documents by the grammar': [6, asGraphql((random) => ({ query: document(random) }))],
  'documents that are broken': [6, asGraphql((random) => ({ query: mutant(random) }))],
  'documents that grow': [1, asGraphql((random) => ({ query: bomb(random) }))],
  'variables of all kinds': [
    5,
    asGraphql((random) => ({
      query: VARIABLES,
      variables: mutated(random, [...IDS, ...HOSTILE_TEXTS], {
        c: IDS[0],
        g: IDS[1],
        f: anyObject(random, IDS),
        n: 50,
        a: random.pick(HOSTILE_TEXTS),
      }),
    })),
  ],
  'bodies that are no operation': [2, asGraphql((random) => anyValue(random, IDS))],
  'persisted queries': [
    1,
    asGraphql((random) => ({
      ...(random.chance(0.5) && { query: document(random) }),
      extensions: { persistedQuery: anyObject(random, IDS) },
    })),
  ],
  'bodies that are no JSON': [
    1,
    asGraphql((random) => `{"query":${random.pick(HOSTILE_TEXTS)}${random.pick(['', '}', '"'])}`),
  ],
  'bodies that are too large': [0.05, asGraphql(() => ({ query: 'x'.repeat(1_100_000) }))],
  'GraphQL by other methods': [
    1,
    (random, tokens) => ({
      method: random.pick(METHODS),
      path: `/graphql?query=${encoded(mutant(random))}&variables=${random.pick(['{}', '[', '%7B', '%'])}`,
      headers: headers(random, tokens),
    }),
  ],
  'REST routes with bodies of all kinds': [
    3,
    (random, tokens) => {
      const [method, path, sample] = random.pick(ROUTES);
      const body = mutated(random, [...IDS, ...HOSTILE_TEXTS], sample);
      if (method !== 'GET') return { ...post(random, tokens, path, body), method };
      const query = Object.entries(body as object).map(
        ([name, value]) => `${encoded(name)}=${encoded(typeof value === 'string' ? value : JSON.stringify(value))}`,
      );
      return { method, path: `${path}?${query.join('&')}`, headers: headers(random, tokens) };
    },
  ],
  'addresses that do not exist': [
    1,
    (random, tokens) => ({
      method: random.pick(METHODS),
      path: `/${random.pick(['api', 'auth', 'graphql', '..', '%2e%2e', '%', '%00', '//', '.env'])}/${encoded(random.pick(HOSTILE_TEXTS))}`,
      headers: headers(random, tokens),
    }),
  ],
};

/** Frames for one WebSocket: of the protocol, out of order, broken, binary or too large. */
export function frames(random: Randomness, tokens: readonly string[]): (string | Buffer)[] {
  const message = (type: string, payload: unknown, id: unknown = random.pick(['1', '2', '', 5, null])) =>
    JSON.stringify({ type, id, payload });
  const init = () =>
    message('connection_init', random.chance(0.8) ? { authorization: random.pick(tokens) } : anyValue(random, IDS));
  const some: (() => string | Buffer)[] = [
    init,
    () => message('subscribe', { query: random.pick([document, mutant, bomb])(random) }),
    () => message('subscribe', { query: document(random), variables: anyValue(random, IDS) }),
    () => message('subscribe', anyValue(random, IDS)),
    () => message('complete', undefined),
    () =>
      message(random.pick(['ping', 'pong', 'next', 'error', 'connection_ack', 'start', 'nope']), anyValue(random, IDS)),
    () => random.pick(HOSTILE_TEXTS),
    () => Buffer.from(Array.from({ length: random.below(200) }, () => random.below(256))),
    () => JSON.stringify(anyValue(random, IDS)),
    () => (random.chance(0.05) ? 'x'.repeat(1_100_000) : '{}'),
  ];
  const proper = [message('connection_init', { authorization: tokens[0] })];
  return [...(random.chance(0.7) ? proper : []), ...Array.from({ length: 10 }, () => random.pick(some)())];
}

/** Picks a generator by its weight, and tells its name. */
export function next(random: Randomness, tokens: readonly string[]): readonly [string, HostileRequest] {
  const entries = Object.entries(GENERATORS);
  let at = random.fraction() * entries.reduce((sum, [, [weight]]) => sum + weight, 0);
  for (const [name, [weight, make]] of entries) {
    at -= weight;
    if (at < 0) return [name, make(random, tokens)];
  }
  throw new Error('The weights do not add up.');
}
