import { type OutgoingHttpHeaders } from 'node:http';
import { LocalDiscord } from '../../sandbox/local-discord';
import { anyValue, mutated, type Randomness } from './fuzz-input';
import { type FuzzWorld } from './fuzz-world';
import { OPERATIONS } from './operations';

/** One random request. */
export interface RandomRequest {
  method: string;
  path: string;
  headers: OutgoingHttpHeaders;
  body: string | Buffer | undefined;
}

/** Would end what the rest of the test needs: the bot's membership, its token, the traffic, the outside world. */
const NOT_CALLED =
  /^DELETE \/users\/@me\/guilds|\/sandbox\/(reset|limits|faults|gateway|bot-token|requests|interactions|webhook-events)|outage|^DELETE \/sandbox\/guilds\/:guild\/bot/;

const STRANGE = ['@me', '@original', '0', 'x', '%ff', '..%2f', '9'.repeat(19), '1'.repeat(300), '%00', '-1'];
const PAGES = ['/', '/oauth2/authorize', '/api/oauth2/authorize', '/invite/:code', '/avatars/:user/0.png', '/:user'];
const QUERIES = [
  ...['?limit=-1', '?limit=x&after=y', '?with_counts=1', '?limit=10&before=1', '?after=%ff', '?query=a', '?days=99'],
  ...['?with_response=true', '?around=1&limit=3', `?query=${'x'.repeat(300)}`, '?client_id=1'],
];
const ODD_HEADERS: OutgoingHttpHeaders[] = [
  { 'x-audit-log-reason': '%E0%A4%A' },
  { 'x-audit-log-reason': 'r'.repeat(4000) },
  { 'x-audit-log-reason': encodeURIComponent('сбор 🂡') },
  { 'content-encoding': 'gzip' },
  { cookie: 'local_discord_user=%ff; =; a' },
  { expect: '100-continue' },
  { accept: 'text/html', 'accept-encoding': 'x' },
  { origin: 'https://evil.example' },
  { host: 'evil.example' },
  { 'x-many': Array.from({ length: 50 }, (_, index) => String(index)) },
  { 'user-agent': '' },
];
const JSON_TYPE = 'application/json';
const BROKEN = ['{"broken', '', 'null', '[', '\ufeff{}', '{"a":1}}', 'NaN', Buffer.from([0xff, 0xfe, 0, 0x7b])];
const OTHER_TYPES = [
  'text/plain',
  '',
  'multipart/form-data',
  'multipart/form-data; boundary=',
  'application/json;;=',
  'ü',
];

/** Random requests to every route of the HTTP API, the control API and the pages. */
export class RandomRequests {
  private readonly routes: { method: string; template: string; normalized: string; allow: string }[];
  /** Bodies that do, from the table of operations. */
  private readonly examples: ReadonlyMap<string, unknown>;

  constructor(
    private readonly random: Randomness,
    private readonly world: FuzzWorld,
  ) {
    const discord = new LocalDiscord({ port: 0 });
    const served = [...discord.api.router.routes, ...discord.control.router.routes];
    discord.close();
    this.routes = served
      .filter(({ method, template }) => !NOT_CALLED.test(`${method} ${template}`))
      .map(({ method, template, normalized, access }) => ({ method, template, normalized, allow: access.allow }));
    this.examples = new Map(
      OPERATIONS.map(({ method, path, body }) => [`${method} ${path.replace(/\{[a-z_]+\}/g, ':id')}`, body]),
    );
  }

  next(): RandomRequest {
    const { random } = this;
    const page = { method: random.pick(['GET', 'POST', 'PUT', 'HEAD', 'OPTIONS']), normalized: '', allow: 'anybody' };
    const route = random.chance(0.94) ? random.pick(this.routes) : { ...page, template: random.pick(PAGES) };
    const { method, template, normalized, allow } = route;
    const isApi = normalized !== '' && !template.startsWith('/sandbox/');
    const version = random.chance(0.95) ? '/api/v10' : random.pick(['/api/v9', '/api', '/api/v3']);
    const { body, type } = method === 'GET' ? {} : this.body(`${method} ${normalized}`);
    return {
      method,
      path: `${isApi ? version : ''}${this.fill(template)}${random.chance(0.3) ? random.pick(QUERIES) : ''}`,
      headers: {
        ...(type === undefined ? {} : { 'content-type': encodeURI(type) }),
        ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
        ...this.authorization(allow),
        ...(random.chance(0.1) ? random.pick(ODD_HEADERS) : {}),
      },
      body,
    };
  }

  private get allIds(): string[] {
    return Object.values(this.world.ids).flat();
  }

  private idOf(kind: string): string {
    const known = this.world.ids[kind] ?? [];
    if (known.length === 0) return this.random.pick(STRANGE);
    // Mostly the latest ones, so that calls meet.
    return this.random.pick(this.random.chance(0.7) ? known.slice(0, 3) : known);
  }

  private fill(template: string): string {
    return template.replace(/:(\w+)/g, (_, name: string) => {
      if (this.random.chance(0.92)) return this.idOf(name.includes('token') ? 'token' : name.replace(/_(id|ref)$/, ''));
      return this.random.pick(this.random.chance(0.5) ? this.allIds : STRANGE);
    });
  }

  private authorization(allow: string): OutgoingHttpHeaders {
    const { random, world } = this;
    const { id, clientSecret, botToken } = world.local.application;
    const bearer = `Bearer ${random.pick(world.accessTokens.slice(0, 3))}`;
    if (random.chance(0.9)) return { authorization: allow === 'bearer' ? bearer : `Bot ${botToken}` };
    if (random.chance(0.2)) return {};
    const basic = [`${id}:${clientSecret}`, 'a', ':'].map((pair) => `Basic ${Buffer.from(pair).toString('base64')}`);
    const odd = [`bot ${botToken}`, 'Bot', 'Bearer x', 'Basic %%%', 'x'.repeat(3000), ' ', 'Bot  x y'];
    return { authorization: random.pick([bearer, ...basic, ...odd]) };
  }

  private body(key: string): { body: string | Buffer | undefined; type?: string } {
    const { random } = this;
    const example = this.example(key);
    const value = example === undefined ? anyValue(random, this.allIds) : mutated(random, this.allIds, example);
    if (random.chance(0.7)) {
      return { body: JSON.stringify(random.chance(0.6) ? (example ?? value) : value), type: JSON_TYPE };
    }
    switch (random.below(5)) {
      case 0:
        return { body: random.pick(BROKEN), type: JSON_TYPE };
      case 1:
        return { body: this.multipart(value), type: 'multipart/form-data; boundary=x' };
      case 2:
        return { body: this.form(), type: 'application/x-www-form-urlencoded' };
      case 3:
        return { body: JSON.stringify(value), type: random.pick(OTHER_TYPES) };
      default:
        return { body: JSON.stringify(value) };
    }
  }

  /** A body that would do. The table of operations has those that name nobody. */
  private example(key: string): unknown {
    const { random, world } = this;
    const [user, role, message] = [random.pick(world.people), this.idOf('role'), this.idOf('message')];
    const overwrite = { id: role, type: 0, allow: '0', deny: '0' };
    const made: Record<string, unknown> = {
      'PUT /guilds/:id/members/:id': { access_token: random.pick(world.accessTokens.slice(0, 3)), roles: [role] },
      'PATCH /guilds/:id/members/:id': { nick: 'n', roles: [role], mute: true },
      'PATCH /guilds/:id/roles': [{ id: role, position: random.below(5) }],
      'POST /guilds/:id/bulk-ban': { user_ids: [user] },
      'POST /users/@me/channels': { recipient_id: user },
      'POST /channels/:id/invites': { max_age: 0, max_uses: 1, unique: true, role_ids: [role] },
      'POST /channels/:id/messages': { content: `<@${user}>`, message_reference: { message_id: message } },
      'POST /sandbox/users': { username: 'dewi' },
      'PATCH /sandbox/users/:id': { dmsClosed: true },
      'POST /sandbox/guilds': { name: 'Made', ownerId: user },
      'POST /sandbox/guilds/:id/roles': { name: 'r', permissions: '8', position: 1 + random.below(4) },
      'PUT /sandbox/guilds/:id/bot': { permissions: '8', position: 1 + random.below(9) },
      'PUT /sandbox/guilds/:id/members/:id': { roles: [role] },
      'POST /sandbox/guilds/:id/members/bulk': { userIds: [user], roles: [role] },
      'POST /sandbox/guilds/:id/channels': { name: 'c', permissionOverwrites: [overwrite] },
      'POST /sandbox/channels/:id/messages': { authorId: user, content: `<@&${role}> <@1>` },
      'POST /sandbox/invites/:id/accept': { userId: user },
      'POST /sandbox/oauth/grant': { userId: user, scopes: ['identify'] },
    };
    return made[key] ?? this.examples.get(key);
  }

  private multipart(value: unknown): string {
    const { random } = this;
    const name = random.pick(['files[0]', 'target_users_file', 'payload_json', 'content', '__proto__']);
    const type = random.pick(['text/csv', 'text/html', 'x\u0001y', '', 'ü/ü', 'a'.repeat(500)]);
    const disposition = `form-data; name="${name}"; filename="${random.pick(['a.csv', '../x', '"', '\u00ff'])}"`;
    const head = `--x\r\ncontent-disposition: ${disposition}\r\ncontent-type: ${type}\r\n\r\n`;
    const json = `--x\r\ncontent-disposition: form-data; name="payload_json"\r\n\r\n${JSON.stringify(value)}`;
    const end = random.chance(0.9) ? '--x--' : '--x';
    return [`${head}user_id\n${random.pick(this.allIds)}\n`, json, end].join('\r\n');
  }

  private form(): string {
    const { random, world } = this;
    const { id, clientSecret } = world.local.application;
    const fields = new URLSearchParams({
      grant_type: random.pick(['authorization_code', 'refresh_token', 'client_credentials', 'x']),
      scope: 'identify',
      token: random.pick(world.accessTokens),
      user_id: random.pick(this.allIds),
    });
    if (random.chance(0.8)) fields.set('client_id', id);
    if (random.chance(0.8)) fields.set('client_secret', clientSecret);
    return fields.toString();
  }
}
