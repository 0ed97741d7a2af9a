import { Injectable } from '@nestjs/common';
import { DomainError } from '../common/domain-error';
import { DiscordFailure } from '../discord-api/discord-failure';
import { defaultChannel } from '../server-config/permissions.policy';
import { ServerInspector } from '../server-config/server-inspector';

/** The channel to which a server's students are invited, and in which they are welcomed. */
@Injectable()
export class InviteChannel {
  constructor(private readonly inspector: ServerInspector) {}

  /**
   * The configured channel; a configuration without one means the default that the preflight names.
   * @returns null when the server has no channel for it, or the bot is not there.
   * @throws DiscordFailure of the kind `transient` when Discord could not be asked.
   */
  async find(guildId: string, configured: string | null): Promise<string | null> {
    if (configured !== null) return configured;
    try {
      const snapshot = await this.inspector.look(guildId, null);
      return snapshot && (defaultChannel(snapshot.server, snapshot.bot)?.id ?? null);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      throw new DiscordFailure('transient', error.message, { status: null, code: null, cause: error });
    }
  }
}
