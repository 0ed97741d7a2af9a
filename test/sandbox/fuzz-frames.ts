import { anyValue, type Randomness } from './fuzz-input';
import { type FuzzWorld } from './fuzz-world';

/** A random gateway frame; most are such that the connection stays. */
export function randomFrame(random: Randomness, { local, guildId, people }: FuzzWorld): string | Buffer {
  const op = random.pick([1, 1, 1, 3, 3, 4, 8, 8, 8, 31, 43]);
  const request = {
    guild_id: random.pick([guildId, guildId, 'x', 1]),
    query: random.pick(['', 'a']),
    limit: random.pick([0, 5, -1, 'x']),
  };
  const d = random.pick<unknown>([
    ...[null, random.below(20), request, request, { ...request, user_ids: random.pick([people, people[0], [[]]]) }],
    ...[
      { ...request, nonce: 'n'.repeat(40), presences: true },
      { status: 'online', activities: [], afk: false },
    ],
    anyValue(random, people),
  ]);
  switch (random.below(30)) {
    case 0:
      return random.pick(['{"op":', '[]', 'null', '', '{"op":"1"}', '{"op":1e400}', '\u0000']);
    case 1:
      return Buffer.from([0, 255, 1]);
    case 2:
      return JSON.stringify({ op, d: 'x'.repeat(random.pick([4000, 5000, 200_000])) });
    case 3:
      return JSON.stringify({ op: random.pick([0, 2, 6, 7, 9, 10, 11, 99, -1, 1.5, null]), d });
    case 4:
      return JSON.stringify({ op: 6, d: { token: local.application.botToken, session_id: 'x', seq: 1 } });
    default:
      return JSON.stringify({ op, d });
  }
}
