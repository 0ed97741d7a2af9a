import * as z from 'zod';

const STATE = z.object({
  users: z.array(z.object({ id: z.string(), username: z.string() })),
  guilds: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      botPresent: z.boolean(),
      roles: z.array(z.object({ id: z.string(), name: z.string() })),
      channels: z.array(z.object({ id: z.string(), name: z.string() })),
    }),
  ),
});
const CREATED = z.object({ id: z.string() });
const GRANT = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  expires_in: z.number(),
  scope: z.string(),
});

export type DemoGrant = z.infer<typeof GRANT>;

/** A server of the demo with its student roles. */
export interface DemoGuild {
  readonly id: string;
  readonly name: string;
  readonly channelId: string;
  readonly roleIds: Readonly<Record<string, string>>;
}

/** Makes the demo's people and servers in the local Discord, through its control API. What is there already is used. */
export class DemoWorld {
  constructor(private readonly url: string) {}

  /** @returns Discord user ids by username. */
  async people(
    people: readonly { readonly username: string; readonly globalName: string }[],
  ): Promise<Map<string, string>> {
    const { users } = await this.state();
    const ids = new Map(users.map((user) => [user.username, user.id]));
    for (const person of people) {
      if (ids.has(person.username)) continue;
      ids.set(person.username, (await this.call('POST', '/sandbox/users', CREATED, person)).id);
    }
    return ids;
  }

  /** A server with the bot in it and a role per name. */
  async guild(name: string, ownerId: string, roleNames: readonly string[]): Promise<DemoGuild> {
    const existing = (await this.state()).guilds.find((guild) => guild.name === name);
    const id = existing?.id ?? (await this.call('POST', '/sandbox/guilds', CREATED, { name, ownerId })).id;
    if (!existing?.botPresent) await this.call('PUT', `/sandbox/guilds/${id}/bot`, z.unknown(), {});
    for (const roleName of roleNames) {
      if (existing?.roles.some((role) => role.name === roleName)) continue;
      await this.call('POST', `/sandbox/guilds/${id}/roles`, CREATED, { name: roleName });
    }
    const guild = (await this.state()).guilds.find((candidate) => candidate.id === id);
    const channel = guild?.channels[0];
    if (!guild || !channel) throw new Error(`The local Discord has no server "${name}" with a channel.`);
    return {
      id,
      name,
      channelId: channel.id,
      roleIds: Object.fromEntries(guild.roles.map((role) => [role.name, role.id])),
    };
  }

  /** A grant as an earlier sign-in of this person left it. */
  grant(userId: string, scopes: readonly string[]): Promise<DemoGrant> {
    return this.call('POST', '/sandbox/oauth/grant', GRANT, { userId, scopes });
  }

  /** The person leaves the server by their own will. */
  async leave(guildId: string, userId: string): Promise<void> {
    await this.call('DELETE', `/sandbox/guilds/${guildId}/members/${userId}`, z.unknown());
  }

  private state(): Promise<z.infer<typeof STATE>> {
    return this.call('GET', '/sandbox/state', STATE);
  }

  private async call<Answer>(method: string, path: string, schema: z.ZodType<Answer>, body?: object): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`The local Discord answered ${response.status} to ${method} ${path}: ${text}`);
    return schema.parse(text === '' ? undefined : JSON.parse(text));
  }
}
