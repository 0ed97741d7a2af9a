import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Database } from '../database/database';

/** How long it is kept, days. */
export const ACTIVE_DAYS_KEPT = 35;

/** What was seen is written down after this, milliseconds: a busy server costs a statement, not one for each message. */
const COLLECT = 1_000;
/** Who wrote in so short a time; more wait in memory for a database that is away, and are not counted. */
const MAX_COLLECTED = 50_000;

/** Somebody wrote something. */
export interface Wrote {
  /** In UTC, `2026-11-23`. */
  readonly day: string;
  readonly guildId: string;
  readonly account: string;
}

/** Which student wrote in which server on which day, and nothing else; of people whom nobody has enrolled, nothing at all. */
@Injectable()
export class ActiveDays implements BeforeApplicationShutdown {
  private readonly logger = new Logger(ActiveDays.name);
  private collected = new Map<string, Wrote>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly database: Database) {}

  saw(wrote: Wrote): void {
    if (this.collected.size >= MAX_COLLECTED) return;
    this.collected.set(`${wrote.day} ${wrote.guildId} ${wrote.account}`, wrote);
    this.timer ??= setTimeout(() => void this.write(), COLLECT);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.write();
    clearTimeout(this.timer);
  }

  private async write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const batch = [...this.collected.values()];
    if (batch.length === 0) return;
    this.collected = new Map();
    try {
      await this.database.query(
        `INSERT INTO discord_active_days (day, guild_id, user_id)
         SELECT DISTINCT w.day, m.guild_id, m.user_id FROM unnest($1::date[], $2::text[], $3::text[]) w(day, guild_id, account)
           JOIN user_discord_connections c ON c.discord_user_id = w.account
           JOIN discord_memberships m ON m.user_id = c.user_id AND m.guild_id = w.guild_id AND m.status = 'joined'
         ON CONFLICT DO NOTHING`,
        [batch.map(({ day }) => day), batch.map(({ guildId }) => guildId), batch.map(({ account }) => account)],
      );
    } catch (error) {
      this.logger.warn(`Who wrote could not be written down; it is tried again: ${(error as Error).message}`);
      for (const wrote of batch) this.saw(wrote);
    }
  }
}
