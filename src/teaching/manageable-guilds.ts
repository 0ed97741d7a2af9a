import { Inject, Injectable } from '@nestjs/common';
import { PermissionFlagsBits, type RESTAPIPartialCurrentUserGuild } from 'discord-api-types/v10';
import { Connections } from '../auth/connections';
import { picturesUrl } from '../auth/discord-account.policy';
import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { CONFIG, type Config } from '../config/config';
import { DiscordFailure } from '../discord-api/discord-failure';
import { DiscordOAuth } from '../discord-api/discord-oauth';
import { DiscordRest } from '../discord-api/discord-rest';
import { PreflightService } from '../server-config/preflight.service';
import { unavailable } from '../server-config/server-config.errors';
import { type ManageableGuild } from './manageable-guild.model';

/** What Discord itself asks of whoever adds a bot to a server. */
const MANAGES = PermissionFlagsBits.ManageGuild | PermissionFlagsBits.Administrator;

/** Asked only of who wants to see the list: {@link ManageableGuilds} says how to allow it. */
const SCOPE = 'guilds';

/** The servers that somebody could connect with a course, those without the bot included. */
@Injectable()
export class ManageableGuilds {
  private readonly pictures: string;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly connections: Connections,
    private readonly oauth: DiscordOAuth,
    private readonly discord: DiscordRest,
    private readonly preflights: PreflightService,
  ) {
    this.pictures = picturesUrl(config.discord.authorizeUrl);
  }

  /**
   * By name.
   * @throws DomainError NOT_LINKED when the list was not allowed, or no longer is; SERVER_NOT_READY without a bot;
   *   DISCORD_UNAVAILABLE
   */
  async of(caller: Caller): Promise<ManageableGuild[]> {
    this.preflights.requireBot();
    try {
      const all = await this.listed(caller.userId);
      const managed = all.filter(({ owner, permissions }) => owner || (BigInt(permissions) & MANAGES) !== 0n);
      const withBot = await this.discord.guildsWithBot(managed.map(({ id }) => id));
      return managed
        .map(({ id, name, icon }) => ({
          id,
          name,
          iconUrl:
            icon === null ? null : `${this.pictures}/icons/${id}/${icon}.${icon.startsWith('a_') ? 'gif' : 'png'}`,
          botPresent: withBot.has(id),
          botInstallUrl: this.preflights.installUrl(id),
        }))
        .sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1));
    } catch (error) {
      throw error instanceof DiscordFailure ? unavailable(error) : error;
    }
  }

  /** With the person's own token; one that Discord refuses is refreshed once. */
  private async listed(userId: string, refused?: string): Promise<RESTAPIPartialCurrentUserGuild[]> {
    const token = await this.connections.accessTokenFor(userId, refused, SCOPE);
    switch (token.kind) {
      case 'none':
      case 'no-grant':
        throw new DomainError(
          'NOT_LINKED',
          'Discord has not allowed us to see your servers. Connect your account with the list of servers: startDiscordLink(servers: true).',
        );
      case 'dead':
        throw new DomainError(
          'NOT_LINKED',
          'Discord no longer accepts the connection of your account. Connect it again, with the list of servers.',
        );
      case 'unavailable':
        throw new DiscordFailure('transient', 'The access token could not be refreshed just now.', {
          status: null,
          code: null,
          retryAfterMs: token.retryAfterMs,
        });
      case 'usable':
        try {
          return await this.oauth.currentGuilds(token.accessToken);
        } catch (error) {
          if (!(error instanceof DiscordFailure) || error.kind !== 'person') throw error;
          if (refused === undefined) return this.listed(userId, token.accessToken);
          await this.connections.markRevoked(userId, token.accessToken);
          return this.listed(userId, token.accessToken);
        }
    }
  }
}
