import { Injectable } from '@nestjs/common';
import { type APIChannel, type APIGuild, ApplicationFlags } from 'discord-api-types/v10';
import { DiscordFailure } from '../discord-api/discord-failure';
import { DiscordRest } from '../discord-api/discord-rest';
import { type Server, type ServerChannel, type ServerMember } from './permissions.policy';
import { unavailable } from './server-config.errors';

/** A server as Discord described it just now. */
export interface ServerSnapshot {
  readonly server: Server;
  readonly bot: ServerMember;
  /** Discord's approximate count. */
  readonly memberCount: number;
  readonly membersIntent: boolean;
  /** The person who was asked for; null when they are not in the server, or nobody was asked for. */
  readonly person: ServerMember | null;
}

/** Unknown guild, and missing access: what Discord says of a server that the bot is not in. */
const BOT_ABSENT: readonly (number | string | null)[] = [10004, 50001];

const MEMBERS_INTENT = ApplicationFlags.GatewayGuildMembers | ApplicationFlags.GatewayGuildMembersLimited;

/** Looks at servers through the bot's eyes, at four or five calls a look. */
@Injectable()
export class ServerInspector {
  private botUserId: string | undefined;

  constructor(private readonly discord: DiscordRest) {}

  /**
   * The server, and one person in it.
   * @returns null when the bot is not in the server.
   * @throws DomainError DISCORD_UNAVAILABLE when Discord gives no usable answer, SERVER_NOT_READY without a bot.
   */
  async look(guildId: string, personId: string | null): Promise<ServerSnapshot | null> {
    try {
      // First, and alone: of a server that the bot is not in, one refusal is enough.
      const guild = await this.discord.getGuild(guildId);
      const botUserId = (this.botUserId ??= (await this.discord.currentUser()).id);
      const [channels, bot, application, person] = await Promise.all([
        this.discord.getChannels(guildId),
        this.discord.getMember(guildId, botUserId),
        this.discord.currentApplication(),
        personId === null ? null : this.discord.getMember(guildId, personId),
      ]);
      if (!bot) return null;
      return {
        server: toServer(guild, channels),
        bot: { userId: botUserId, roles: bot.roles },
        memberCount: guild.approximate_member_count ?? 0,
        membersIntent: (application.flags & MEMBERS_INTENT) !== 0,
        person: person && personId !== null ? { userId: personId, roles: person.roles } : null,
      };
    } catch (error) {
      if (!(error instanceof DiscordFailure)) throw error;
      if (BOT_ABSENT.includes(error.code)) return null;
      throw unavailable(error);
    }
  }
}

function toServer(guild: APIGuild, channels: readonly APIChannel[]): Server {
  return {
    id: guild.id,
    name: guild.name,
    ownerId: guild.owner_id,
    systemChannelId: guild.system_channel_id,
    roles: guild.roles,
    channels: channels.flatMap(toServerChannel),
  };
}

/** Channels of a server have overwrites; whatever else the list may hold one day is not for inviting. */
function toServerChannel(channel: APIChannel): ServerChannel[] {
  if (!('permission_overwrites' in channel) || !('position' in channel)) return [];
  const { id, name, type, position, permission_overwrites } = channel;
  return [{ id, name, type, position, permissionOverwrites: permission_overwrites }];
}
