import { Injectable } from '@nestjs/common';
import { PermissionFlagsBits } from 'discord-api-types/v10';
import { type Caller, seesEverything } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { DiscordFailure } from '../discord-api/discord-failure';
import { DiscordRest } from '../discord-api/discord-rest';
import { canAssign, canInviteTo, holds, isTextChannel, serverPermissions, type ServerRole } from './permissions.policy';
import { PreflightService } from './preflight.service';
import { notLinked, notManaged, unavailable } from './server-config.errors';
import { requireSnowflake } from './server-config.policy';
import { type ServerSnapshot } from './server-inspector';

/** The longest name of a role, characters: Discord's limit. */
const MAX_ROLE_NAME = 100;

/** A channel to choose from. */
export interface ChannelChoice {
  readonly id: string;
  readonly name: string;
  readonly botCanInvite: boolean;
}

/** A role to choose from. */
export interface RoleChoice {
  readonly id: string;
  readonly name: string;
  readonly color: number;
  readonly botCanAssign: boolean;
}

/** A server to choose in. */
export interface GuildChoices {
  readonly id: string;
  readonly name: string;
  readonly memberCount: number;
  readonly channels: readonly ChannelChoice[];
  readonly roles: readonly RoleChoice[];
}

/** Servers as those who manage them choose from: channels to invite to, roles to give. */
@Injectable()
export class GuildService {
  constructor(
    private readonly preflights: PreflightService,
    private readonly discord: DiscordRest,
  ) {}

  /** @throws DomainError NOT_LINKED, GUILD_NOT_MANAGED, SERVER_NOT_READY (the bot is not in it), DISCORD_UNAVAILABLE */
  async find(caller: Caller, guildId: string): Promise<GuildChoices> {
    const { server, bot, memberCount } = await this.managed(caller, guildId);
    return {
      id: server.id,
      name: server.name,
      memberCount,
      channels: server.channels
        .filter(isTextChannel)
        .sort((a, b) => a.position - b.position)
        .map((channel) => ({ id: channel.id, name: channel.name, botCanInvite: canInviteTo(server, channel, bot) })),
      roles: server.roles
        .filter((role) => role.id !== server.id)
        .sort((a, b) => b.position - a.position)
        .map((role) => ({
          id: role.id,
          name: role.name,
          color: role.color,
          botCanAssign: canAssign(server, role, bot),
        })),
    };
  }

  /** Makes a role that the bot can give. @throws DomainError as {@link find}, and BAD_USER_INPUT for the name */
  async createRole(caller: Caller, guildId: string, wantedName: string): Promise<RoleChoice> {
    const name = wantedName.trim();
    const { length } = name;
    if (length < 1 || length > MAX_ROLE_NAME) {
      throw new DomainError(
        'BAD_USER_INPUT',
        `A role's name has 1 to ${MAX_ROLE_NAME} characters; this one had ${length}.`,
      );
    }
    const { server, bot } = await this.managed(caller, guildId);
    if (!holds(serverPermissions(server, bot), PermissionFlagsBits.ManageRoles)) {
      throw new DomainError(
        'SERVER_NOT_READY',
        "The bot lacks “Manage Roles”, so it cannot create a role. Turn it on for the bot's role in Server settings → Roles → Permissions.",
      );
    }
    const role: ServerRole = await this.discord.createRole(guildId, name).catch((error: unknown) => {
      if (!(error instanceof DiscordFailure)) throw error;
      if (error.kind === 'transient' || error.kind === 'process') throw unavailable(error);
      throw new DomainError('SERVER_NOT_READY', `The role was not created. ${error.message}`);
    });
    const withRole = { ...server, roles: [...server.roles, role] };
    return { id: role.id, name: role.name, color: role.color, botCanAssign: canAssign(withRole, role, bot) };
  }

  private async managed(caller: Caller, guildId: string): Promise<ServerSnapshot> {
    requireSnowflake('id', guildId);
    this.preflights.requireBot();
    if (!seesEverything(caller) && (await this.preflights.accountOf(caller)) === null) throw notLinked();
    const { found, viewer } = await this.preflights.look(guildId, caller);
    if (!found) {
      const botInstallUrl = this.preflights.installUrl(guildId);
      throw new DomainError('SERVER_NOT_READY', `The bot is not in this server. Add it here: ${botInstallUrl}`, {
        botInstallUrl,
      });
    }
    const manages =
      viewer.kind === 'exempt' ||
      (viewer.kind === 'member' &&
        holds(serverPermissions(found.server, viewer.member), PermissionFlagsBits.ManageGuild));
    if (!manages) throw notManaged();
    return found;
  }
}
