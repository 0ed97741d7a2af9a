import { Injectable } from '@nestjs/common';
import { type APIUser, GuildFeature, PermissionFlagsBits } from 'discord-api-types/v10';
import { Database } from '../database/database';
import { DiscordFailure } from '../discord-api/discord-failure';
import { DiscordRest } from '../discord-api/discord-rest';
import {
  holds,
  type Server,
  type ServerMember,
  serverPermissions,
  standsBelow,
} from '../server-config/permissions.policy';

/** What the reconciler has to know of a server beside its members; read at most once while it works on it. */
export class GuildFacts {
  constructor(
    readonly server: Server,
    readonly bot: ServerMember,
    /** Whoever comes in has to pass the server's membership screening first. */
    readonly screensNewcomers: boolean,
    private readonly staff: ReadonlySet<string>,
    /** As a list of the members has shown them; null: none was read. */
    private readonly bots: ReadonlySet<string> | null,
  ) {}

  /** Whether a member's roles tell all: every one is known here (what another allows, nobody can tell), and who is a bot. */
  knows(roles: readonly string[]): boolean {
    return this.bots !== null && roles.every((id) => this.server.roles.some((role) => role.id === id));
  }

  /** Those of the roles that exist and that the bot does not stand above: it can neither give nor take them. */
  outOfReach(roles: readonly string[]): string[] {
    return this.server.roles
      .filter((role) => roles.includes(role.id) && !standsBelow(this.server, role, this.bot))
      .map(({ id }) => id);
  }

  /**
   * Whom we never remove: the owner, administrators and moderators, anybody at or above the bot, staff of a course in this
   * server, and bots.
   */
  isProtected(member: { readonly user: Pick<APIUser, 'id' | 'bot'>; readonly roles: readonly string[] }): boolean {
    const { id, bot } = member.user;
    if (bot === true || this.bots?.has(id) || id === this.server.ownerId || this.staff.has(id)) return true;
    const permissions = serverPermissions(this.server, { userId: id, roles: member.roles });
    if (holds(permissions, PermissionFlagsBits.Administrator) || holds(permissions, PermissionFlagsBits.ManageGuild))
      return true;
    return this.server.roles.some(
      (role) => member.roles.includes(role.id) && !standsBelow(this.server, role, this.bot),
    );
  }
}

/** How long what was read of a server, and of its members by a comparison, is relied on without looking again, milliseconds. */
export const FRESH = 60_000;

/** What one call tells of a server. */
interface KnownServer {
  readonly server: Server;
  readonly botUserId: string;
  readonly screensNewcomers: boolean;
  /** It is as it was then, or later. */
  readonly begunAt: Date;
}

interface ReadServer extends KnownServer {
  readonly bot: ServerMember;
  readonly bots: ReadonlySet<string> | null;
  readonly at: number;
}

@Injectable()
export class GuildFactsReader {
  private botUserId: string | undefined;
  /** As this process has last read them. */
  private readonly known = new Map<string, ReadServer>();

  constructor(
    private readonly database: Database,
    private readonly discord: DiscordRest,
  ) {}

  /**
   * No call within a minute after they were read, by a comparison or {@link read}, unless the server has changed since.
   * @throws as `read`.
   */
  async recent(guildId: string): Promise<GuildFacts> {
    const known = this.known.get(guildId);
    const isRecent = known !== undefined && Date.now() - known.at <= FRESH;
    return isRecent && !(await this.hasChanged(guildId, known.begunAt)) ? this.factsOf(known) : this.read(guildId);
  }

  private async hasChanged(guildId: string, since: Date): Promise<boolean> {
    const changed = await this.database.query('SELECT FROM discord_guilds WHERE guild_id = $1 AND changed_at >= $2', [
      guildId,
      since,
    ]);
    return changed.length > 0;
  }

  /** Two calls. @throws DiscordFailure of the kind `server` when the bot is not in the server. */
  async read(guildId: string): Promise<GuildFacts> {
    const found = await this.serverOf(guildId);
    const { botUserId } = found;
    const bot = await this.discord.getMember(guildId, botUserId);
    if (!bot) {
      throw new DiscordFailure('server', 'The bot is not a member of the server.', { status: 404, code: 10004 });
    }
    return this.remember(found, { userId: botUserId, roles: bot.roles });
  }

  /** One call, and another in each process to learn who we are. @throws DiscordFailure as {@link read}. */
  async serverOf(guildId: string): Promise<KnownServer> {
    const begunAt = new Date();
    const guild = await this.discord.getGuild(guildId);
    const botUserId = (this.botUserId ??= (await this.discord.currentUser()).id);
    const server: Server = {
      id: guild.id,
      name: guild.name,
      ownerId: guild.owner_id,
      systemChannelId: guild.system_channel_id,
      roles: guild.roles,
      channels: [],
    };
    const screensNewcomers = guild.features.includes(GuildFeature.MemberVerificationGateEnabled);
    return { server, botUserId, screensNewcomers, begunAt };
  }

  /**
   * What has just been read. A comparison finds the bot among the members, so that it needs no call of its own.
   * @param bots all that are in the server, if the members were listed; no account becomes one later, or ceases to be one.
   */
  remember(found: KnownServer, bot: ServerMember, bots?: ReadonlySet<string>): Promise<GuildFacts> {
    const known = { ...found, bot, bots: bots ?? this.known.get(found.server.id)?.bots ?? null, at: Date.now() };
    this.known.set(found.server.id, known);
    return this.factsOf(known);
  }

  private async factsOf({ server, bot, bots, screensNewcomers }: ReadServer): Promise<GuildFacts> {
    return new GuildFacts(server, bot, screensNewcomers, await this.staffOf(server.id), bots);
  }

  private async staffOf(guildId: string): Promise<Set<string>> {
    const rows = await this.database.query<{ id: string }>(
      `WITH served AS (
         SELECT k.course_id, k.instructor_id FROM discord_server_configs k WHERE k.guild_id = $1
         UNION
         -- Courses that had their place here, and whose members are still to be brought out.
         SELECT m.course_id, NULL FROM discord_memberships m WHERE m.guild_id = $1
       )
       SELECT u.discord_user_id AS id FROM user_discord_connections u WHERE u.user_id IN (
         SELECT instructor_id FROM served
         UNION SELECT c.instructor_id FROM served JOIN courses c ON c.id = served.course_id
         UNION SELECT s.user_id FROM served JOIN course_staff s ON s.course_id = served.course_id)`,
      [guildId],
    );
    return new Set(rows.map((row) => row.id));
  }
}
