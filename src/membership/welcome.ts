import { Injectable, Logger } from '@nestjs/common';
import * as z from 'zod';
import { Database } from '../database/database';
import { DiscordFailure } from '../discord-api/discord-failure';
import { DiscordRest } from '../discord-api/discord-rest';
import { JobHandler } from '../jobs/job-handler';
import { JobQueue } from '../jobs/job-queue';
import { InviteChannel } from './invite-channel';
import { welcomeText } from './welcome.policy';

/** The job that welcomes whoever has come in by one configuration. */
export const SEND_WELCOME = 'send-welcome';

/** More joins than this within a minute become one message. */
const SINGLE_MESSAGES = 5;
/** Whoever could not be welcomed for this long is not any more: a welcome of yesterday puzzles. */
const TOO_LATE = '1 hour';

const PAYLOAD = z.object({ configId: z.uuid() });

interface Waiting {
  readonly id: string;
  readonly name: string | null;
}

/** Welcomes newcomers in the channel, after the commit of their joining, at a low priority, and each only once. */
@Injectable()
export class Welcome {
  private readonly logger = new Logger(Welcome.name);

  constructor(
    private readonly database: Database,
    private readonly discord: DiscordRest,
    private readonly inviteChannel: InviteChannel,
    private readonly jobs: JobQueue,
  ) {}

  @JobHandler(SEND_WELCOME)
  async run(payload: unknown): Promise<void> {
    const { configId } = PAYLOAD.parse(payload);
    const [config] = await this.database.query<{
      guildId: string;
      guildName: string;
      channelId: string | null;
      courseTitle: string;
      template: string;
    }>(
      `SELECT guild_id AS "guildId", guild_name AS "guildName", invite_channel_id AS "channelId", course_title AS "courseTitle",
         welcome_message AS template
       FROM discord_server_configs WHERE id = $1 AND welcome_message IS NOT NULL AND is_active`,
      [configId],
    );
    const waiting = await this.waiting(configId);
    if (waiting.length === 0) return;
    const channelId = config && (await this.inviteChannel.find(config.guildId, config.channelId));
    if (!config || !channelId) return this.sent(waiting);

    const recent = await this.sentWithinAMinute(configId);
    if (recent > 0 && recent + waiting.length > SINGLE_MESSAGES) {
      // A whole class is coming in: the rest is welcomed together, once the minute is over.
      await this.database.work((manager) =>
        this.jobs.enqueue(manager, SEND_WELCOME, payload as object, {
          key: `welcome:${configId}`,
          runAt: new Date(Date.now() + 60_000),
          priority: 15,
        }),
      );
      return;
    }
    const messages = waiting.length > SINGLE_MESSAGES ? [waiting] : waiting.map((one) => [one]);
    for (const together of messages) {
      const first = together[0];
      if (!first) continue;
      const names = together.map(({ name }) => ({ name: name ?? 'a new student' }));
      const content = welcomeText(config.template, names, config.courseTitle, config.guildName);
      try {
        // The nonce comes from the row: a message whose answer was lost is not posted twice.
        await this.discord.postMessage(channelId, { content, nonce: first.id.replaceAll('-', '').slice(0, 25) });
      } catch (error) {
        if (!(error instanceof DiscordFailure) || error.kind === 'transient' || error.kind === 'process') throw error;
        this.logger.warn({ guildId: config.guildId }, `a welcome could not be posted: ${error.message}`);
      }
      await this.sent(together);
    }
  }

  private async waiting(configId: string): Promise<Waiting[]> {
    await this.database.query(
      `UPDATE discord_welcomes SET sent_at = now() WHERE config_id = $1 AND sent_at IS NULL AND created_at < now() - $2::interval`,
      [configId, TOO_LATE],
    );
    return this.database.query<Waiting>(
      `SELECT w.id, coalesce(u.display_name, c.global_name, c.discord_username) AS name
       FROM discord_welcomes w JOIN discord_memberships m ON m.id = w.membership_id
         LEFT JOIN discord_users u ON u.id = m.user_id LEFT JOIN user_discord_connections c ON c.user_id = m.user_id
       WHERE w.config_id = $1 AND w.sent_at IS NULL ORDER BY w.created_at, w.id`,
      [configId],
    );
  }

  private async sentWithinAMinute(configId: string): Promise<number> {
    const rows = await this.database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM discord_welcomes WHERE config_id = $1 AND sent_at > now() - interval '1 minute'`,
      [configId],
    );
    return rows[0]?.count ?? 0;
  }

  private async sent(welcomed: readonly Waiting[]): Promise<void> {
    await this.database.query('UPDATE discord_welcomes SET sent_at = now() WHERE id = ANY($1::uuid[])', [
      welcomed.map(({ id }) => id),
    ]);
  }
}
