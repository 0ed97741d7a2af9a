import { WebSocket } from 'ws';
import { applicationRoutes } from '../../sandbox/routes/applications';
import { banRoutes } from '../../sandbox/routes/bans';
import { commandRoutes } from '../../sandbox/routes/commands';
import { guildRoutes } from '../../sandbox/routes/guilds';
import { inviteTargetRoutes } from '../../sandbox/routes/invite-targets';
import { inviteRoutes } from '../../sandbox/routes/invites';
import { memberRoutes } from '../../sandbox/routes/members';
import { messageRoutes } from '../../sandbox/routes/messages';
import { roleConnectionRoutes } from '../../sandbox/routes/role-connections';
import { roleRoutes } from '../../sandbox/routes/roles';
import { userRoutes } from '../../sandbox/routes/users';
import { WebhookEvents } from '../../sandbox/webhook-events';
import { World } from '../../sandbox/world/world';
import { type Local, startLocal } from './local';

const ROUTES = [
  ...applicationRoutes(new WebhookEvents(new World())),
  ...banRoutes,
  ...commandRoutes,
  ...guildRoutes,
  ...inviteRoutes,
  ...inviteTargetRoutes,
  ...memberRoutes,
  ...messageRoutes(),
  ...roleConnectionRoutes,
  ...roleRoutes,
  ...userRoutes,
];
const REQUESTS = 4_000;
const FRAMES = 1_000;

/** Numbers that look random and are the same at every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

describe('the local Discord under nonsense', () => {
  let local: Local;
  const random = seeded(20261122);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;

  beforeAll(async () => {
    local = await startLocal();
  });
  afterAll(() => local.close());

  it(`answers ${REQUESTS} random requests and ${FRAMES} random frames, and stays whole`, async () => {
    const complaints = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const guild = await local.server('Fuzzed', '8');
    const ids = [
      guild.id,
      guild.channelId,
      guild.ownerId,
      guild.botRoleId,
      local.application.id,
      '@me',
      '0',
      'x',
      '%ff',
      '9'.repeat(19),
    ];
    const words = [
      'guilds',
      'members',
      'roles',
      'channels',
      'messages',
      'invites',
      'bans',
      'users',
      'applications',
      'commands',
      'webhooks',
      'interactions',
      'callback',
      'oauth2',
      'token',
      'search',
      'prune',
      'bulk-ban',
      'audit-logs',
      'role-connection',
    ];
    const values: unknown[] = [
      null,
      true,
      -1,
      1e308,
      '',
      'x'.repeat(5000),
      [],
      {},
      [null],
      { a: { b: 1 } },
      ids[0],
      ids[2],
      '8',
      0,
      5,
    ];
    const keys = [
      'name',
      'content',
      'roles',
      'access_token',
      'max_age',
      'permissions',
      'embeds',
      'options',
      'type',
      'data',
      'user_ids',
      'recipient_id',
      'position',
      'id',
      '__proto__',
      'nick',
      'flags',
      'metadata',
      'choices',
    ];
    const json = () => {
      const object = () =>
        Object.fromEntries(Array.from({ length: Math.floor(random() * 5) }, () => [pick(keys), pick(values)]));
      return JSON.stringify(pick([object, () => [object(), object()], () => pick(values)])());
    };
    const statuses = new Map<number, number>();
    const likely: Record<string, string[]> = {
      ':guild_id': [guild.id],
      ':channel_id': [guild.channelId],
      ':user_id': [guild.ownerId, local.application.id],
      ':role_id': [guild.botRoleId, guild.id],
      ':application_id': [local.application.id],
    };
    const known = () => {
      const { method, template } = pick(ROUTES);
      const path = template.replace(/:[a-z_]+/g, (name) => pick(random() < 0.8 ? (likely[name] ?? ids) : ids));
      return { method, path };
    };
    const unknown = () => ({
      method: pick(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
      path: `/${Array.from({ length: 1 + Math.floor(random() * 5) }, () => pick(random() < 0.5 ? words : ids)).join('/')}`,
    });
    const request = async () => {
      const { method, path } = random() < 0.8 ? known() : unknown();
      // The bot must not leave, or most of what follows would meet the same refusal.
      if (method === 'DELETE' && path.includes('users/@me/guilds')) return;
      const body = method === 'GET' ? undefined : pick([json(), json(), json(), '{"broken', undefined]);
      const type =
        random() < 0.8
          ? 'application/json'
          : pick(['multipart/form-data; boundary=x', 'text/plain', 'application/x-www-form-urlencoded']);
      const query = pick(['', '', '?limit=-1', '?limit=x&after=y', '?with_counts=1', '?limit=10&before=1']);
      const answer = await local.bot(method, `${path}${query}`, body, { 'content-type': type });
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    };
    for (let sent = 0; sent < REQUESTS; sent += 40) await Promise.all(Array.from({ length: 40 }, request));

    for (let sent = 0; sent < FRAMES; sent += 10) {
      const socket = new WebSocket(`ws://127.0.0.1:${local.port}/gateway`);
      socket.on('error', () => undefined);
      await new Promise((resolve) => socket.once('open', resolve));
      for (let frame = 0; frame < 10; frame += 1) {
        const payload = {
          op: pick([1, 2, 3, 4, 6, 8, 99, 'x', null]),
          d: pick([...values, { token: 'x', intents: -1, shard: [1] }]),
        };
        socket.send(
          random() < 0.2 ? Buffer.from([0, 255, 1]) : JSON.stringify(random() < 0.8 ? payload : pick(values)),
        );
      }
      socket.terminate();
    }

    // A mistake of its own is answered with 500 and printed.
    expect(complaints.mock.calls).toEqual([]);
    expect([...statuses.keys()].filter((status) => status >= 500)).toEqual([]);
    // Enough of it was sensible to reach the handlers.
    expect(statuses.get(200)).toBeGreaterThan(REQUESTS / 20);
    complaints.mockRestore();
    expect((await local.bot('GET', '/users/@me')).status).toBe(200);
    const state = await local.control<{ guilds: { id: string; roles: { position: number }[] }[] }>(
      'GET',
      '/sandbox/state',
    );
    const positions = state.guilds.find((each) => each.id === guild.id)!.roles.map((role) => role.position);
    expect(positions.sort((left, right) => left - right)).toEqual(positions.map((_, index) => index));
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });
});
