import { type Local } from './local';
import { RawClient } from './raw-client';

const ADMINISTRATOR = '8';
/** Every intent but presences, which the application has not switched on. */
export const MOST_INTENTS = 0x331feff;
const SCOPES = ['identify', 'guilds', 'guilds.join', 'role_connections.write', 'guilds.members.read', 'openid'];
/** Ids that are remembered of a kind. */
const KEPT = 30;
/** What the last part of a path that was created stands for in other paths. */
const KINDS: Record<string, string> = {
  roles: 'role',
  messages: 'message',
  invites: 'code',
  commands: 'command',
  users: 'user',
  guilds: 'guild',
  channels: 'channel',
};

/** A world for random calls to meet in: the ids that exist in it by kind, the latest first. */
export class FuzzWorld {
  readonly ids: Record<string, string[]>;
  readonly accessTokens: string[] = [];

  private constructor(
    readonly local: Local,
    private readonly bot: RawClient,
    /** The server that calls go to mostly. */
    readonly guildId: string,
    readonly people: string[],
    weakGuildId: string,
    weakChannelId: string,
  ) {
    const { id, botUserId } = local.application;
    this.ids = {
      guild: [guildId, guildId, weakGuildId],
      user: [...people, botUserId],
      role: [guildId],
      channel: [weakChannelId],
      application: [id],
      webhook: [id],
    };
  }

  /** With a bot that hears of everything, so that every event is made. */
  static async make(local: Local): Promise<FuzzWorld> {
    const guild = await local.server('Fuzzed', ADMINISTRATOR);
    const weak = await local.server('Weak', '0');
    const people = await Promise.all(['ayu', 'budi', 'citra'].map((name) => local.person(name)));
    const bot = await RawClient.connect(local);
    bot.identify(local, { intents: MOST_INTENTS });
    await bot.event('READY');
    const world = new FuzzWorld(local, bot, guild.id, people, weak.id, weak.channelId);
    world.know('user', guild.ownerId);
    await world.tend();
    return world;
  }

  /** Puts back what random calls have destroyed, and asks the bot something. */
  async tend(): Promise<void> {
    const { local, guildId } = this;
    const server = `/sandbox/guilds/${guildId}`;
    await local.control('PUT', `${server}/bot`, { permissions: ADMINISTRATOR });
    for (const id of this.people) {
      await local.call('DELETE', `${server}/bans/${id}`);
      await local.call('PUT', `${server}/members/${id}`, {});
      this.accessTokens.unshift((await local.grant(id, SCOPES)).access_token);
    }
    const channelId = await this.making('channel', local.call('POST', `${server}/channels`, { name: 'general' }));
    for (const name of ['a', 'b']) await this.making('role', local.call('POST', `${server}/roles`, { name }));
    const said = { content: 'first' };
    await this.making('message', local.bot('POST', `/channels/${channelId}/messages`, said));
    await this.making('code', local.bot('POST', `/channels/${channelId}/invites`, { unique: true }));
    const command = { name: `wait${this.bot.received.length}`, description: 'x' };
    await this.making('command', local.bot('POST', `/applications/${local.application.id}/commands`, command));
    for (const isAnswered of [false, true]) await this.interact(channelId, command.name, isAnswered);
  }

  know(kind: string, id: string): void {
    this.ids[kind] = [id, ...(this.ids[kind] ?? [])].slice(0, KEPT);
  }

  /** Remembers what a call has made. */
  learn(path: string, text: string): void {
    const kind = KINDS[path.split('?')[0]?.split('/').at(-1) ?? ''];
    if (kind === undefined || !text.startsWith('{')) return;
    const { id, code } = JSON.parse(text) as { id?: unknown; code?: unknown };
    const name = kind === 'code' ? code : id;
    if (typeof name === 'string') this.know(kind, name);
  }

  close(): void {
    this.bot.socket.terminate();
  }

  private async making(kind: string, answer: ReturnType<Local['call']>): Promise<string> {
    const { body } = await answer;
    const id = String(body[kind === 'code' ? 'code' : 'id']);
    this.know(kind, id);
    return id;
  }

  private async interact(channelId: string, command: string, isAnswered: boolean): Promise<void> {
    const { local, bot, guildId, people } = this;
    const before = bot.received.length;
    const run = { guildId, userId: people[0], command, channelId };
    void local.call('POST', '/sandbox/interactions', run).catch(() => undefined);
    const { d } = await bot.until(
      (payload) => payload.t === 'INTERACTION_CREATE' && bot.received.indexOf(payload) >= before,
    );
    const [id, token] = [String(d['id']), String(d['token'])];
    this.know('interaction', id);
    this.know('token', token);
    const reply = { type: 4, data: { content: 'x' } };
    if (isAnswered) await local.call('POST', `/api/v10/interactions/${id}/${token}/callback`, reply);
  }
}
