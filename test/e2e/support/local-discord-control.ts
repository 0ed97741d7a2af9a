/** What a person, or the weather, does in the local Discord: its control API. */
export class LocalDiscordControl {
  constructor(private readonly url: string) {}

  createUser(username: string): Promise<{ id: string; username: string }> {
    return this.call('POST', '/sandbox/users', { username });
  }

  /** A crowd of people. @returns their ids. */
  async createUsers(count: number): Promise<string[]> {
    return (await this.call<{ ids: string[] }>('POST', '/sandbox/users/bulk', { count })).ids;
  }

  /** From now on the person takes no direct messages. */
  closeDirectMessages(userId: string): Promise<unknown> {
    return this.call('PATCH', `/sandbox/users/${userId}`, { dmsClosed: true });
  }

  /** What the bot has written to the person alone. */
  async directMessages(userId: string): Promise<{ content: string }[]> {
    const { dms } = await this.call<{ dms: { userId: string; messages: { content: string }[] }[] }>(
      'GET',
      '/sandbox/state',
    );
    return dms.find((conversation) => conversation.userId === userId)?.messages ?? [];
  }

  createGuild(name: string, ownerId: string): Promise<{ id: string; generalChannelId: string }> {
    return this.call('POST', '/sandbox/guilds', { name, ownerId });
  }

  createRole(
    guildId: string,
    name: string,
    options: { permissions?: string; position?: number } = {},
  ): Promise<{ id: string }> {
    return this.call('POST', `/sandbox/guilds/${guildId}/roles`, { name, ...options });
  }

  /** The owner lets whoever has a role do more, or less. @param permissions Discord's bit set, decimal */
  allow(guildId: string, roleId: string, permissions: string): Promise<unknown> {
    return this.call('PATCH', `/sandbox/guilds/${guildId}/roles/${roleId}`, { permissions });
  }

  /** The owner deletes a role. */
  deleteRole(guildId: string, roleId: string): Promise<unknown> {
    return this.call('DELETE', `/sandbox/guilds/${guildId}/roles/${roleId}`);
  }

  /** The owner gives the server another name. */
  rename(guildId: string, name: string): Promise<unknown> {
    return this.call('PATCH', `/sandbox/guilds/${guildId}`, { name });
  }

  createChannel(guildId: string, name: string): Promise<{ id: string }> {
    return this.call('POST', `/sandbox/guilds/${guildId}/channels`, { name });
  }

  /** Who may do what in the channel, beside what holds in the server. */
  overwrite(channelId: string, permissionOverwrites: object[]): Promise<unknown> {
    return this.call('PATCH', `/sandbox/channels/${channelId}`, { permissionOverwrites });
  }

  deleteChannel(channelId: string): Promise<unknown> {
    return this.call('DELETE', `/sandbox/channels/${channelId}`);
  }

  addBot(guildId: string, options: { permissions?: string; position?: number } = {}): Promise<{ roleId: string }> {
    return this.call('PUT', `/sandbox/guilds/${guildId}/bot`, options);
  }

  removeBot(guildId: string): Promise<unknown> {
    return this.call('DELETE', `/sandbox/guilds/${guildId}/bot`);
  }

  /** The person joins by themselves; or their roles are set by the owner. */
  join(guildId: string, userId: string, roles?: string[]): Promise<unknown> {
    return this.call('PUT', `/sandbox/guilds/${guildId}/members/${userId}`, roles ? { roles } : {});
  }

  /** The owner sets the roles of somebody who is in. */
  setRoles(guildId: string, userId: string, roles: string[]): Promise<unknown> {
    return this.call('PATCH', `/sandbox/guilds/${guildId}/members/${userId}`, { roles });
  }

  /** A crowd joins by itself, or comes in with these roles. */
  joinAll(guildId: string, userIds: string[], roles?: string[]): Promise<unknown> {
    return this.call('POST', `/sandbox/guilds/${guildId}/members/bulk`, { userIds, ...(roles ? { roles } : {}) });
  }

  leave(guildId: string, userId: string): Promise<unknown> {
    return this.call('DELETE', `/sandbox/guilds/${guildId}/members/${userId}`);
  }

  /** Whoever joins from now on has to pass the server's membership screening first. */
  screening(guildId: string, enabled: boolean): Promise<unknown> {
    return this.call('PUT', `/sandbox/guilds/${guildId}/member-screening`, { enabled });
  }

  /** The person passes the screening. */
  passScreening(guildId: string, userId: string): Promise<unknown> {
    return this.call('POST', `/sandbox/guilds/${guildId}/members/${userId}/screening`);
  }

  /** A moderator (the owner) kicks the person. */
  kick(guildId: string, userId: string): Promise<unknown> {
    return this.call('POST', `/sandbox/guilds/${guildId}/members/${userId}/kick`);
  }

  /** Banned by the owner. */
  ban(guildId: string, userId: string): Promise<unknown> {
    return this.call('PUT', `/sandbox/guilds/${guildId}/bans/${userId}`);
  }

  unban(guildId: string, userId: string): Promise<unknown> {
    return this.call('DELETE', `/sandbox/guilds/${guildId}/bans/${userId}`);
  }

  /** A person writes. */
  write(channelId: string, authorId: string, content: string): Promise<{ id: string }> {
    return this.call('POST', `/sandbox/channels/${channelId}/messages`, { authorId, content });
  }

  /** A person makes an invite that anybody may use. */
  createInvite(
    channelId: string,
    userId: string,
    limits: { maxAge?: number; maxUses?: number } = {},
  ): Promise<{ code: string }> {
    return this.call('POST', `/sandbox/channels/${channelId}/invites`, { userId, ...limits });
  }

  /** The person opens an invite and accepts it; rejects when Discord refuses. */
  accept(code: string, userId: string): Promise<{ guildId: string }> {
    return this.call('POST', `/sandbox/invites/${code}/accept`, { userId });
  }

  async approve(userId: string, authorizeUrl: string): Promise<string> {
    return (await this.call<{ redirectTo: string }>('POST', '/sandbox/oauth/approve', { userId, authorizeUrl }))
      .redirectTo;
  }

  /** A grant as an earlier sign-in left it. */
  grant(
    userId: string,
    scopes: string[],
  ): Promise<{ access_token: string; refresh_token: string; expires_in: number }> {
    return this.call('POST', '/sandbox/oauth/grant', { userId, scopes });
  }

  /** The person removes the application in their Discord settings: its tokens die. */
  revokeGrant(userId: string): Promise<unknown> {
    return this.call('DELETE', `/sandbox/oauth/grants/${userId}`);
  }

  /** The person's access token runs out; the refresh token lives. */
  expireToken(userId: string): Promise<unknown> {
    return this.call('POST', '/sandbox/oauth/expire', { userId });
  }

  /** The bot's token is reset: the old one is refused from now on. @returns the token that works. */
  async resetBotToken(botToken?: string): Promise<string> {
    return (await this.call<{ botToken: string }>('PUT', '/sandbox/bot-token', botToken ? { botToken } : {})).botToken;
  }

  /** Discord itself cannot serve the server for a while. */
  outage(guildId: string, unavailable: boolean): Promise<unknown> {
    return this.call('PUT', `/sandbox/guilds/${guildId}/outage`, { unavailable });
  }

  faults(rules: object[]): Promise<unknown> {
    return this.call('PUT', '/sandbox/faults', { rules });
  }

  /** The rules in force, with how often each can still fire. */
  async faultRules(): Promise<{ times?: number }[]> {
    return (await this.call<{ rules: { times?: number }[] }>('GET', '/sandbox/faults')).rules;
  }

  noFaults(): Promise<unknown> {
    return this.call('DELETE', '/sandbox/faults');
  }

  /** How the bot has identified with the gateway since the journal was emptied. */
  async identifies(): Promise<Identify[]> {
    return (await this.received()).identifies;
  }

  /** The gateway's connections, and what it was sent since the journal was emptied: payloads by opcode, and each IDENTIFY. */
  received(): Promise<{ connections: number; payloads: Record<string, number>; identifies: Identify[] }> {
    return this.call('GET', '/sandbox/gateway');
  }

  gateway(accepting: boolean): Promise<unknown> {
    return this.call('PUT', '/sandbox/gateway', { accepting });
  }

  /** What happens while the work is done, the gateway tells nobody, not even afterwards. */
  async untold<Result>(work: () => Promise<Result>): Promise<Result> {
    await this.call('PUT', '/sandbox/gateway', { losing: true });
    try {
      return await work();
    } finally {
      await this.call('PUT', '/sandbox/gateway', { losing: false });
    }
  }

  /** From now on Discord recommends so many shards, as it does to a bot in many servers. */
  recommendShards(shards: number): Promise<unknown> {
    const url = `${this.url.replace('http', 'ws')}/gateway`;
    const limit = { total: 1000, remaining: 1000, reset_after: 0, max_concurrency: 16 };
    const body = { url, shards, session_start_limit: limit };
    return this.faults([{ method: 'GET', route: '/gateway/bot', status: 200, body }]);
  }

  disconnect(options: { code?: number; resumable?: boolean; shard?: number } = {}): Promise<unknown> {
    return this.call('POST', '/sandbox/gateway/disconnect', options);
  }

  limits(limits: object): Promise<unknown> {
    return this.call('PUT', '/sandbox/limits', limits);
  }

  clearRequests(): Promise<unknown> {
    return this.call('DELETE', '/sandbox/requests');
  }

  async requests(): Promise<JournalEntry[]> {
    return (await this.requestsSince(0)).requests;
  }

  /** The calls from this number on, and the number of the next. */
  requestsSince(number: number): Promise<{ next: number; requests: JournalEntry[] }> {
    return this.call('GET', `/sandbox/requests?since=${number}`);
  }

  summary(): Promise<{ total: number; rateLimited: number; peakPerSecond: number }> {
    return this.call('GET', '/sandbox/requests/summary');
  }

  /** The calls that were made since the journal was emptied, as `METHOD route status`; about one person if asked for. */
  async calls(userId?: string): Promise<string[]> {
    const requests = await this.requests();
    return requests
      .filter(({ path }) => userId === undefined || path.includes(userId))
      .map(({ method, route, status }) => `${method} ${route} ${status}`);
  }

  async guild(guildId: string): Promise<GuildState> {
    const [guild] = await this.guilds([guildId]);
    if (!guild) throw new Error(`The local Discord has no server ${guildId}.`);
    return guild;
  }

  async guilds(guildIds: readonly string[]): Promise<GuildState[]> {
    const query = new URLSearchParams(guildIds.map((id): [string, string] => ['guild', id]));
    return (await this.call<{ guilds: GuildState[] }>('GET', `/sandbox/state?${query.toString()}`)).guilds;
  }

  /** The person as a member of the server; undefined when they are not in. */
  async member(guildId: string, userId: string): Promise<GuildState['members'][number] | undefined> {
    return (await this.guild(guildId)).members.find((member) => member.userId === userId);
  }

  /** The slash commands that somebody sees in a server. */
  async commands(guildId: string, userId: string): Promise<string[]> {
    const path = `/sandbox/view/guilds/${guildId}?as=${userId}`;
    const { commands } = await this.call<{ commands: { name: string }[] }>('GET', path);
    return commands.map(({ name }) => name);
  }

  /** Somebody runs a command in a server, and waits for the bot's last word. */
  async command(run: CommandRun): Promise<CommandReply[]> {
    return (await this.call<{ responses: CommandReply[] }>('POST', '/sandbox/interactions', run)).responses;
  }

  /** What the bot offers while somebody types into an option of a command. */
  async completions(run: CommandRun & { focused: string }): Promise<{ name: string; value: string }[]> {
    const path = '/sandbox/interactions/autocomplete';
    return (await this.call<{ choices: { name: string; value: string }[] }>('POST', path, run)).choices;
  }

  /** Somebody runs a command from the menu of a member. */
  async memberCommand(run: CommandRun & { targetUserId: string }): Promise<CommandReply[]> {
    return (await this.call<{ responses: CommandReply[] }>('POST', '/sandbox/interactions/context-menu', run))
      .responses;
  }

  /** Somebody presses a button. */
  async press(press: {
    userId: string;
    messageId: string;
    customId: string;
    locale?: string;
  }): Promise<CommandReply[]> {
    return (await this.call<{ responses: CommandReply[] }>('POST', '/sandbox/interactions/component', press)).responses;
  }

  /** What one person sees in a channel, with what is shown to them alone. */
  async messages(channelId: string, userId: string): Promise<ShownMessage[]> {
    return (await this.call<{ messages: ShownMessage[] }>('GET', `/sandbox/view/channels/${channelId}?as=${userId}`))
      .messages;
  }

  /** Where Discord sends its webhook events; it asks the receiver first. @returns what it made of the answers */
  async webhookEvents(url: string | null): Promise<{ verification: { state: string; problem: string | null } | null }> {
    await this.call('PUT', '/sandbox/webhook-events', { url });
    return this.call('GET', '/sandbox/webhook-events');
  }

  private async call<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`The local Discord answered ${response.status} to ${method} ${path}: ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  }
}

interface Identify {
  readonly intents: number;
  readonly shard: [number, number] | null;
  /** The code that it was refused with. */
  readonly closedWith: number | null;
}

/** A call as the local Discord has written it down. */
interface JournalEntry {
  readonly method: string;
  readonly route: string;
  readonly path: string;
  readonly status: number;
  /** When it arrived, ISO 8601, and how long its answer took. */
  readonly at: string;
  readonly ms: number;
}

export interface CommandRun {
  guildId: string;
  userId: string;
  command: string;
  options?: Record<string, string>;
  locale?: string;
}

interface Shown {
  readonly content: string;
  readonly embeds: readonly {
    readonly title?: string;
    readonly description?: string;
    readonly fields?: readonly { readonly name: string; readonly value: string }[];
    readonly footer?: { readonly text: string };
  }[];
  readonly components?: readonly {
    readonly components: readonly { readonly label: string; readonly custom_id?: string; readonly url?: string }[];
  }[];
}

export interface CommandReply extends Shown {
  readonly type: number;
  readonly ephemeral: boolean;
  readonly messageId?: string;
}

export interface ShownMessage extends Shown {
  readonly id: string;
  readonly isPrivate: boolean;
}

export interface GuildState {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly botPresent: boolean;
  readonly bans: string[];
  readonly members: { userId: string; roles: string[]; joinedAt: string; pending: boolean }[];
  readonly channels: { id: string; name: string; messages: { authorId: string; content: string }[] }[];
  readonly invites: {
    code: string;
    channelId: string;
    uses: number;
    maxUses: number;
    expiresAt: string | null;
    targetUserIds: string[] | null;
  }[];
  readonly auditLog: { action: number | string; userId: string; targetId: string | null; reason: string | null }[];
}
