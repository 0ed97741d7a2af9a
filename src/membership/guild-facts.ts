import { Injectable } from '@nestjs/common';
import { type APIUser, PermissionFlagsBits } from 'discord-api-types/v10';
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
    private readonly staff: ReadonlySet<string>,
  ) {}

  /**
   * Whom we never remove: the owner, administrators and moderators, anybody at or above the bot, staff of a course in this
   * server, and bots.
   */
  isProtected(member: { readonly user: Pick<APIUser, 'id' | 'bot'>; readonly roles: readonly string[] }): boolean {
    const { id, bot } = member.user;
    if (bot === true || id === this.server.ownerId || this.staff.has(id)) return true;
    const permissions = serverPermissions(this.server, { userId: id, roles: member.roles });
    if (holds(permissions, PermissionFlagsBits.Administrator) || holds(permissions, PermissionFlagsBits.ManageGuild))
      return true;
    return this.server.roles.some(
      (role) => member.roles.includes(role.id) && !standsBelow(this.server, role, this.bot),
    );
  }
}

@Injectable()
export class GuildFactsReader {
  private botUserId: string | undefined;

  constructor(
    private readonly database: Database,
    private readonly discord: DiscordRest,
  ) {}

  /** Two calls. @throws DiscordFailure of the kind `server` when the bot is not in the server. */
  async read(guildId: string): Promise<GuildFacts> {
    const guild = await this.discord.getGuild(guildId);
    const botUserId = (this.botUserId ??= (await this.discord.currentUser()).id);
    const bot = await this.discord.getMember(guildId, botUserId);
    if (!bot) {
      throw new DiscordFailure('server', 'The bot is not a member of the server.', { status: 404, code: 10004 });
    }
    const server: Server = {
      id: guild.id,
      name: guild.name,
      ownerId: guild.owner_id,
      systemChannelId: guild.system_channel_id,
      roles: guild.roles,
      channels: [],
    };
    return new GuildFacts(server, { userId: botUserId, roles: bot.roles }, await this.staffOf(guildId));
  }

  private async staffOf(guildId: string): Promise<Set<string>> {
    const rows = await this.database.query<{ id: string }>(
      `SELECT u.discord_user_id AS id FROM user_discord_connections u WHERE u.user_id IN (
         SELECT k.instructor_id FROM discord_server_configs k WHERE k.guild_id = $1
         UNION SELECT c.instructor_id FROM discord_server_configs k JOIN courses c ON c.id = k.course_id WHERE k.guild_id = $1
         UNION SELECT s.user_id FROM discord_server_configs k JOIN course_staff s ON s.course_id = k.course_id WHERE k.guild_id = $1)`,
      [guildId],
    );
    return new Set(rows.map((row) => row.id));
  }
}
