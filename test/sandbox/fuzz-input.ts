/** Numbers that look random and are the same for the same seed (mulberry32), and choices made with them. */
export class Randomness {
  constructor(private state: number) {}

  fraction(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new Error('There is nothing to pick from.');
    return list[this.below(list.length)] as T;
  }
}

const KEYS = [
  ...['name', 'content', 'roles', 'access_token', 'max_age', 'max_uses', 'permissions', 'embeds', 'options', 'type'],
  ...['data', 'user_ids', 'recipient_id', 'position', 'id', 'nick', 'flags', 'metadata', 'choices', 'components'],
  ...['message_reference', 'nonce', 'allowed_mentions', 'attachments', 'description', 'tags', 'days', 'color'],
  ...['role_ids', 'mute', 'communication_disabled_until', '__proto__', 'constructor', 'toString', ''],
];

/** Any JSON value, now and then an id that exists. */
export function anyValue(random: Randomness, ids: readonly string[], depth = 0): unknown {
  const scalars: unknown[] = [
    ...[null, true, false, -1, 0, 1, 5, 3.7, 1e308, 2 ** 53, '', 'x', '8', '1e3', ' ', 'ｘ', '\u0000', '🂡'],
    ...['x'.repeat(33), 'x'.repeat(2001), 'x'.repeat(5000), '2026-01-01T00:00:00Z', 'http://x', 'NaN', '-0'],
  ];
  switch (random.below(depth > 2 ? 2 : 4)) {
    case 0:
      return random.pick(ids);
    case 1:
      return random.pick(scalars);
    case 2:
      return Array.from({ length: random.below(4) }, () => anyValue(random, ids, depth + 1));
    default:
      return anyObject(random, ids, depth);
  }
}

/** An object with keys that mean something to one operation or another. */
export function anyObject(random: Randomness, ids: readonly string[], depth = 0): Record<string, unknown> {
  return Object.fromEntries(
    Array.from({ length: random.below(5) }, () => [random.pick(KEYS), anyValue(random, ids, depth + 1)]),
  );
}

/** A body that would do, with up to two things in it changed, so that it gets past the first check. */
export function mutated(random: Randomness, ids: readonly string[], body: unknown): unknown {
  if (Array.isArray(body)) {
    const list = body.map((each) => mutated(random, ids, each));
    return random.chance(0.2) ? [...list, ...list] : list;
  }
  if (typeof body !== 'object' || body === null) return anyValue(random, ids);
  const copy: Record<string, unknown> = { ...body };
  for (let changes = random.below(3); changes > 0; changes -= 1) {
    const key = random.pick([...Object.keys(copy), random.pick(KEYS)]);
    if (random.chance(0.2)) Reflect.deleteProperty(copy, key);
    else if (random.chance(0.3)) copy[key] = mutated(random, ids, copy[key]);
    else copy[key] = anyValue(random, ids);
  }
  return copy;
}
