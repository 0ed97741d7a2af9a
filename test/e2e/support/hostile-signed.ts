import { Webhook } from 'standardwebhooks';
import { SANDBOX_PRIVATE_KEY } from '../../../sandbox/credentials';
import { signedHeaders } from '../../../sandbox/webhook-signature';
import { mutated, type Randomness } from '../../sandbox/fuzz-input';
import { HOSTILE_TEXTS } from './hostile-documents';
import { type HostileRequest } from './hostile-requests';
import { type HostileWorld } from './hostile-world';
import { CURRENT_SECRET } from './signed';

/** How much of what has to be signed is: the rest ends at the signature. */
const SIGNED = 2 / 3;

/** Instants of which some are none. */
const TIMES = [
  ...['0000-01-01T00:00:00Z', '0001-01-01T00:00:00+14:00', '9999-12-31T23:59:59-14:00', '2025-02-30T00:00:00Z'],
  ...['2026-01-01T00:00:00+20:00', '2026-01-01T00:00:00-23:59', '2026-01-01T24:00:00Z', '2026-01-01T00:00:60Z'],
  ...[`2026-01-01T00:00:00.${'1'.repeat(300)}Z`, '+275760-09-13T00:00:00Z', '-000001-01-01T00:00:00Z', 'infinity'],
  ...['2026-01-01T00:00:00.123456789Z', '1970-01-01T00:00:00Z', '2999-01-01T00:00:00Z', '2026-01-01', 'now'],
];

/** Another value somewhere inside, so that everything around it is as it should be. */
function withOneLeaf(random: Randomness, value: unknown, leaf: () => unknown): unknown {
  if (typeof value !== 'object' || value === null) return leaf();
  const entries = Object.entries(value);
  if (entries.length === 0) return value;
  const [key, inner] = random.pick<[string, unknown]>(entries);
  const changed = withOneLeaf(random, inner, leaf);
  return Array.isArray(value)
    ? value.map((each: unknown, index) => (String(index) === key ? changed : each))
    : { ...value, [key]: changed };
}

/** As it should be, with one thing wrong, or with more. */
function disturbed(random: Randomness, { ids }: HostileWorld, body: unknown): string {
  const leaf = () => random.pick<unknown>([...HOSTILE_TEXTS, ...TIMES, ...ids, null, 7, {}, []]);
  const sent = random.pick([
    () => body,
    () => withOneLeaf(random, body, leaf),
    () => withOneLeaf(random, withOneLeaf(random, body, leaf), leaf),
    () => mutated(random, [...ids, ...HOSTILE_TEXTS, ...TIMES], body),
  ])();
  const text = JSON.stringify(sent);
  return random.chance(0.05) ? text.slice(0, random.below(text.length)) : text;
}

/** What the platform tells of enrollments, alone or several together. */
export function enrollmentDelivery(random: Randomness, world: HostileWorld): HostileRequest {
  const event = () => ({
    type: random.pick(['enrollment.created', 'enrollment.created', 'enrollment.deleted', 'enrollment.expired']),
    timestamp: random.chance(0.7) ? new Date(Date.now() - random.below(10 ** 9)).toISOString() : random.pick(TIMES),
    data: {
      userId: random.pick(world.uuids),
      courseId: random.pick(world.uuids),
      expiresAt: random.pick([null, '2030-01-01T00:00:00Z', '2026-01-01T00:00:00+07:00']),
      user: { displayName: random.pick(['Ayu', null, '💥', "' OR 1=1 --", '__proto__']) },
      course: { title: 'Logic', instructorId: random.pick(world.uuids) },
    },
  });
  const several = () => Array.from({ length: random.below(4) }, event);
  const body = disturbed(random, world, random.chance(0.5) ? event() : several());
  const id = random.chance(0.1) ? 'msg_again' : `msg_${random.below(2 ** 31)}`;
  const now = new Date();
  const signature = random.chance(SIGNED)
    ? new Webhook(CURRENT_SECRET).sign(id, now, body)
    : random.pick(['', 'v1', 'v1,', `v1,${'A'.repeat(43)}=`, 'v1a,x v1,y', 'v1,~~~ '.repeat(500)]);
  return {
    method: 'POST',
    path: '/api/discord/enrollment-changed',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': random.chance(0.95)
        ? String(Math.floor(now.getTime() / 1_000))
        : random.pick(['', '-1', '1e99', 'NaN', '9'.repeat(400)]),
      'webhook-signature': signature,
    },
    body,
  };
}

/** What Discord tells the application. */
export function discordEvent(random: Randomness, world: HostileWorld): HostileRequest {
  const body = disturbed(random, world, {
    version: 1,
    application_id: random.pick(world.snowflakes),
    type: random.below(3),
    event: {
      type: random.pick(['APPLICATION_DEAUTHORIZED', 'APPLICATION_DEAUTHORIZED', 'APPLICATION_AUTHORIZED', '']),
      timestamp: random.chance(0.5) ? new Date().toISOString() : random.pick(TIMES),
      data: { user: { id: random.pick(world.snowflakes), username: 'ayu' }, scopes: [] },
    },
  });
  const good = signedHeaders(SANDBOX_PRIVATE_KEY, body);
  const bad = {
    ...good,
    ...random.pick([{ 'x-signature-ed25519': 'zz' }, { 'x-signature-timestamp': '9'.repeat(400) }]),
  };
  return {
    method: 'POST',
    path: '/api/discord/events',
    headers: { 'content-type': 'application/json', ...(random.chance(SIGNED) ? good : bad) },
    body,
  };
}
