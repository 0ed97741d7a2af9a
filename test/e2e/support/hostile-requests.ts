import { type Randomness, anyObject, anyValue, mutated } from '../../sandbox/fuzz-input';
import { bomb, document, HOSTILE_TEXTS, mutant } from './hostile-documents';
import { discordEvent, enrollmentDelivery } from './hostile-signed';
import { type HostileWorld } from './hostile-world';

export interface HostileRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/** The REST routes that exist, each with a body (or a query) that would do. A new route is one line. */
function routes(random: Randomness, { uuids }: HostileWorld) {
  const id = () => random.pick(uuids);
  return [
    ['GET', '/auth/discord', { returnTo: '/me', autoJoin: 'false', servers: 'true' }],
    ['GET', '/auth/discord/callback', { code: 'code', state: 'state' }],
    ['POST', '/oauth/callback', { code: 'code', state: 'state' }],
    ['GET', '/auth/discord/sign-in', { returnTo: '/me' }],
    ['POST', '/auth/session', {}],
    ['GET', '/auth/ways-in', {}],
    ['POST', '/auth/hand-off', { token: 'token', returnTo: '/me' }],
    ['POST', '/auth/demo-session', { userId: id() }],
    ['GET', `/pictures/avatars/123456789012345678/${'0'.repeat(32)}`, {}],
    ['GET', '/assets/index.js', {}],
    ['GET', '/me', {}],
    ['DELETE', '/auth/session', {}],
    ['GET', `/api/discord/status/${id()}/${id()}`, {}],
    ['POST', `/api/discord/sync-course/${id()}`, {}],
    ['POST', '/api/discord/invite-student', { userId: id(), courseId: id() }],
    ['GET', '/health/live', {}],
    ['GET', '/graphql/try-it.js', {}],
  ] as const;
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'];

/** Header values may hold only what HTTP lets through; what it does not, no client of Node's can send. */
const headerText = (random: Randomness) =>
  random
    .pick(HOSTILE_TEXTS)
    .replace(/[^\x20-\x7e]/g, '~')
    .slice(0, 6_000);

/** A good session, a changed one, or two of them. */
function sessionCookies(random: Randomness, { sessions }: HostileWorld): string {
  const good = random.pick(sessions);
  const at = random.below(good.length + 1);
  return random.pick([
    `anycademy_session=${good}`,
    `a=b; anycademy_session=${good}`,
    `anycademy_session=${good.slice(0, at)}${random.pick(['', '.', 'A', '%00', good])}${good.slice(at + 1)}`,
    `anycademy_session=${good}; anycademy_session=${random.pick(sessions)}`,
    `anycademy_session=${good.split('.').toReversed().join('.')}`,
  ]);
}

/** Who says to be calling: by a token mostly, by a session, or nobody. */
function identity(random: Randomness, world: HostileWorld): Record<string, string> {
  if (random.chance(0.6)) {
    const { tokens } = world;
    return {
      authorization: random.pick([...tokens, ...tokens, `Bearer ${headerText(random)}`, headerText(random)]),
    };
  }
  if (random.chance(0.4)) return {};
  return {
    cookie: sessionCookies(random, world),
    ...random.pick([{ origin: world.origin }, { origin: world.origin }, { 'apollo-require-preflight': 'yes' }, {}]),
  };
}

function headers(random: Randomness, world: HostileWorld): Record<string, string> {
  const extra = identity(random, world);
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
  if (random.chance(0.05)) extra['origin'] = random.pick(['null', 'https://evil.example', headerText(random)]);
  if (random.chance(0.1)) extra['x-http-method-override'] = 'DELETE';
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

function post(random: Randomness, world: HostileWorld, path: string, body: unknown): HostileRequest {
  return {
    method: 'POST',
    path,
    headers: { 'content-type': contentType(random), ...headers(random, world) },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

type Generator = (random: Randomness, world: HostileWorld) => HostileRequest;

const asGraphql =
  (make: (random: Randomness, world: HostileWorld) => unknown): Generator =>
  (random, world) =>
    post(random, world, '/graphql', make(random, world));

const VARIABLES =
  'query ($c: UUID, $g: Snowflake, $f: MembershipFilter, $n: Int, $a: String) { memberships(courseId: $c, guildId: $g, filter: $f, first: $n, after: $a) { totalCount nodes { id } } }';

/** Every kind of request, each as likely as the number before it says. */
export const GENERATORS: Readonly<Record<string, readonly [weight: number, make: Generator]>> = {
  'documents by the grammar': [6, asGraphql((random, world) => ({ query: document(random, world) }))],
  'documents that are broken': [6, asGraphql((random, world) => ({ query: mutant(random, world) }))],
  'documents that grow': [1, asGraphql((random) => ({ query: bomb(random) }))],
  'variables of all kinds': [
    5,
    asGraphql((random, world) => ({
      query: VARIABLES,
      variables: mutated(random, [...world.ids, ...HOSTILE_TEXTS], {
        c: random.pick(world.uuids),
        g: random.pick(world.snowflakes),
        f: anyObject(random, world.ids),
        n: 50,
        a: random.pick(HOSTILE_TEXTS),
      }),
    })),
  ],
  'bodies that are no operation': [2, asGraphql((random, world) => anyValue(random, world.ids))],
  'persisted queries': [
    1,
    asGraphql((random, world) => ({
      ...(random.chance(0.5) && { query: document(random, world) }),
      extensions: { persistedQuery: anyObject(random, world.ids) },
    })),
  ],
  'bodies that are no JSON': [
    1,
    asGraphql((random) => `{"query":${random.pick(HOSTILE_TEXTS)}${random.pick(['', '}', '"'])}`),
  ],
  'bodies that are too large': [0.05, asGraphql(() => ({ query: 'x'.repeat(1_100_000) }))],
  'GraphQL by other methods': [
    1,
    (random, world) => ({
      method: random.pick(METHODS),
      path: `/graphql?query=${encoded(mutant(random, world))}&variables=${random.pick(['{}', '[', '%7B', '%'])}`,
      headers: headers(random, world),
    }),
  ],
  'REST routes with bodies of all kinds': [
    3,
    (random, world) => {
      const [method, path, sample] = random.pick(routes(random, world));
      const body = mutated(random, [...world.ids, ...HOSTILE_TEXTS], sample);
      if (method !== 'GET') return { ...post(random, world, path, body), method };
      const query = Object.entries(body as object).map(
        ([name, value]) => `${encoded(name)}=${encoded(typeof value === 'string' ? value : JSON.stringify(value))}`,
      );
      return { method, path: `${path}?${query.join('&')}`, headers: headers(random, world) };
    },
  ],
  'enrollments told by webhook': [2, enrollmentDelivery],
  'events of Discord': [1, discordEvent],
  'addresses that do not exist': [
    1,
    (random, world) => ({
      method: random.pick(METHODS),
      path: `/${random.pick(['api', 'auth', 'graphql', '..', '%2e%2e', '%', '%00', '//', '.env'])}/${encoded(random.pick(HOSTILE_TEXTS))}`,
      headers: headers(random, world),
    }),
  ],
};

/** The headers of an upgrade: some sockets are a page's, with a session. */
export function upgradeHeaders(random: Randomness, world: HostileWorld): Record<string, string> {
  return random.chance(0.7) ? {} : { cookie: sessionCookies(random, world), origin: world.origin };
}

/** Frames for one WebSocket: of the protocol, out of order, broken, binary or too large. */
export function frames(random: Randomness, world: HostileWorld): (string | Buffer)[] {
  const message = (type: string, payload: unknown, id: unknown = random.pick(['1', '2', '', 5, null])) =>
    JSON.stringify({ type, id, payload });
  const init = () =>
    message(
      'connection_init',
      random.chance(0.8) ? { authorization: random.pick(world.tokens) } : anyValue(random, world.ids),
    );
  const some: (() => string | Buffer)[] = [
    init,
    () => message('subscribe', { query: random.pick([document, mutant, bomb])(random, world) }),
    () => message('subscribe', { query: document(random, world), variables: anyValue(random, world.ids) }),
    () => message('subscribe', anyValue(random, world.ids)),
    () => message('complete', undefined),
    () =>
      message(
        random.pick(['ping', 'pong', 'next', 'error', 'connection_ack', 'start', 'nope']),
        anyValue(random, world.ids),
      ),
    () => random.pick(HOSTILE_TEXTS),
    () => Buffer.from(Array.from({ length: random.below(200) }, () => random.below(256))),
    () => JSON.stringify(anyValue(random, world.ids)),
    () => (random.chance(0.05) ? 'x'.repeat(1_100_000) : '{}'),
  ];
  const proper = [message('connection_init', { authorization: world.tokens[0] })];
  return [...(random.chance(0.7) ? proper : []), ...Array.from({ length: 10 }, () => random.pick(some)())];
}

/** Picks a generator by its weight, and tells its name. */
export function next(random: Randomness, world: HostileWorld): readonly [string, HostileRequest] {
  const entries = Object.entries(GENERATORS);
  let at = random.fraction() * entries.reduce((sum, [, [weight]]) => sum + weight, 0);
  for (const [name, [weight, make]] of entries) {
    at -= weight;
    if (at < 0) return [name, make(random, world)];
  }
  throw new Error('The weights do not add up.');
}
