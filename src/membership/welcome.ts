import { Injectable, Logger } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import * as z from 'zod';
import { Database } from '../database/database';
import { DiscordFailure } from '../discord-api/discord-failure';
import { DiscordRest } from '../discord-api/discord-rest';
import { JobHandler } from '../jobs/job-handler';
import { JobQueue, PRIORITY } from '../jobs/job-queue';
import { InviteChannel } from './invite-channel';
import { welcomeText } from './welcome.policy';

/** The job that looks who has come in by one configuration, and hands each message over to {@link POST_WELCOME}. */
export const SEND_WELCOME = 'send-welcome';
/** The job that posts one message. */
const POST_WELCOME = 'post-welcome';
/** The job that posts the welcome of one person to them alone. */
const POST_DIRECT_WELCOME = 'post-direct-welcome';

/** More joins than this within a minute become one message. */
const SINGLE_MESSAGES = 5;
/** Whoever could not be welcomed for this long is not any more: a welcome of yesterday puzzles. */
const TOO_LATE = '1 hour';

const WAITING = z.object({ configId: z.guid() });
const MESSAGE = z.object({ configId: z.guid(), welcomes: z.tuple([z.guid()], z.guid()) });
const DIRECT_MESSAGE = z.object({ configId: z.guid(), welcome: z.guid() });

interface Newcomer {
  readonly name: string;
  /** Their Discord account, if they want to be written to directly. */
  readonly writeTo: string | null;
}

interface Channel {
  readonly guildId: string;
  readonly guildName: string;
  readonly channelId: string | null;
  readonly courseTitle: string;
  readonly template: string;
}

/**
 * Welcomes newcomers in the channel, and directly whoever wants that, after the commit of their joining, at a low priority,
 * and each only once.
 */
@Injectable()
export class Welcome {
  private readonly logger = new Logger(Welcome.name);

  constructor(
    private readonly database: Database,
    private readonly discord: DiscordRest,
    private readonly inviteChannel: InviteChannel,
    private readonly jobs: JobQueue,
  ) {}

  /**
   * Whom a message is for is settled before it is posted: posted again after a crash, it is the same message, and whoever
   * has come in meanwhile is in another one.
   */
  @JobHandler(SEND_WELCOME)
  async run(payload: unknown): Promise<void> {
    const { configId } = WAITING.parse(payload);
    await this.database.work(async (manager) => {
      const waiting = await this.waiting(manager, configId);
      if (waiting.length === 0) return;
      const recent = await this.sentWithinAMinute(manager, configId);
      if (recent > 0 && recent + waiting.length > SINGLE_MESSAGES) {
        // A whole class is coming in: the rest is welcomed together, once the minute is over.
        const runAt = new Date(Date.now() + 60_000);
        await this.jobs.enqueue(
          manager,
          SEND_WELCOME,
          { configId },
          { key: `welcome:${configId}`, runAt, priority: PRIORITY.welcome },
        );
        return;
      }
      const ids = waiting.map(({ id }) => id);
      await manager.query('UPDATE discord_welcomes SET sent_at = now() WHERE id = ANY($1::uuid[])', [ids]);
      const messages = ids.length > SINGLE_MESSAGES ? [ids] : ids.map((one) => [one]);
      for (const welcomes of messages)
        await this.jobs.enqueue(manager, POST_WELCOME, { configId, welcomes }, { priority: PRIORITY.welcome });
      for (const { id: welcome } of waiting.filter(({ isDirect }) => isDirect))
        await this.jobs.enqueue(manager, POST_DIRECT_WELCOME, { configId, welcome }, { priority: PRIORITY.welcome });
    });
  }

  @JobHandler(POST_WELCOME)
  async post(payload: unknown): Promise<void> {
    const { configId, welcomes } = MESSAGE.parse(payload);
    const channel = await this.channelOf(configId);
    const newcomers = await this.newcomersOf(welcomes);
    if (!channel || newcomers.length === 0) return;
    const { guildId, channelId } = channel;
    await this.send(channel, newcomers, welcomes[0], () => this.inviteChannel.find(guildId, channelId));
  }

  /** Nobody is written to unasked: whether they still want it is looked up now. */
  @JobHandler(POST_DIRECT_WELCOME)
  async postDirectly(payload: unknown): Promise<void> {
    const { configId, welcome } = DIRECT_MESSAGE.parse(payload);
    const channel = await this.channelOf(configId);
    const [newcomer] = await this.newcomersOf([welcome]);
    if (!channel || !newcomer || newcomer.writeTo === null) return;
    const account = newcomer.writeTo;
    await this.send(channel, [newcomer], welcome, () => this.discord.directChannel(account));
  }

  /**
   * Where Discord does not let us write, whoever came is in all the same; what it could not do just now is tried again.
   * @param welcome the nonce is made of it: a message whose answer was lost is not posted twice
   * @param findChannel the channel's id; null when there is none
   */
  private async send(
    channel: Channel,
    newcomers: readonly Newcomer[],
    welcome: string,
    findChannel: () => Promise<string | null>,
  ): Promise<void> {
    const content = welcomeText(channel.template, newcomers, channel.courseTitle, channel.guildName);
    const nonce = welcome.replaceAll('-', '').slice(0, 25);
    try {
      const channelId = await findChannel();
      if (channelId !== null) await this.discord.postMessage(channelId, { content, nonce });
    } catch (error) {
      if (!(error instanceof DiscordFailure) || error.kind === 'transient' || error.kind === 'process') throw error;
      this.logger.warn({ guildId: channel.guildId }, `a welcome could not be posted: ${error.message}`);
    }
  }

  private async channelOf(configId: string): Promise<Channel | undefined> {
    const [channel] = await this.database.query<Channel>(
      `SELECT guild_id AS "guildId", guild_name AS "guildName", invite_channel_id AS "channelId", course_title AS "courseTitle",
         welcome_message AS template
       FROM discord_server_configs WHERE id = $1 AND welcome_message IS NOT NULL AND is_active`,
      [configId],
    );
    return channel;
  }

  /** Locked: another job that looks at the same moment finds them taken. */
  private waiting(manager: EntityManager, configId: string): Promise<{ id: string; isDirect: boolean }[]> {
    return manager.query<{ id: string; isDirect: boolean }[]>(
      `SELECT w.id, coalesce(s.direct_messages, false) AS "isDirect"
       FROM discord_welcomes w LEFT JOIN discord_memberships m ON m.id = w.membership_id
         LEFT JOIN discord_user_settings s ON s.user_id = m.user_id
       WHERE w.config_id = $1 AND w.sent_at IS NULL ORDER BY w.created_at, w.id FOR UPDATE OF w`,
      [configId],
    );
  }

  private async sentWithinAMinute(manager: EntityManager, configId: string): Promise<number> {
    const rows = await manager.query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM discord_welcomes WHERE config_id = $1 AND sent_at > now() - interval '1 minute'`,
      [configId],
    );
    return rows[0]?.count ?? 0;
  }

  /** In the order in which they came; without those who could not be welcomed in time. */
  private newcomersOf(welcomes: readonly string[]): Promise<Newcomer[]> {
    return this.database.query<Newcomer>(
      `SELECT coalesce(u.display_name, c.global_name, c.discord_username, 'a new student') AS name,
         CASE WHEN s.direct_messages THEN c.discord_user_id END AS "writeTo"
       FROM discord_welcomes w JOIN discord_memberships m ON m.id = w.membership_id
         LEFT JOIN discord_users u ON u.id = m.user_id LEFT JOIN user_discord_connections c ON c.user_id = m.user_id
         LEFT JOIN discord_user_settings s ON s.user_id = m.user_id
       WHERE w.id = ANY($1::uuid[]) AND w.created_at > now() - $2::interval ORDER BY w.created_at, w.id`,
      [welcomes, TOO_LATE],
    );
  }
}
