import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { CONFIG, type Config } from '../config/config';
import { ACTIVE_DAYS_KEPT } from '../membership/active-days';

const DAY = 86_400_000;

/** How many of those who are in a server write there, where that is counted. */
@Injectable()
export class WeeklyActivity {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /**
   * The share of students who wrote in the seven days up to this one: who they are, the caller is not told.
   * @param manager a transaction as the caller
   * @param courseId null: all that the caller teaches
   * @returns null where nobody is counted, or where what was counted then is not kept any more
   */
  async rate(manager: EntityManager, courseId: string | null, until: Date): Promise<number | null> {
    const isKept = until.getTime() - 7 * DAY > Date.now() - ACTIVE_DAYS_KEPT * DAY;
    if (!this.config.engagementMetrics || !isKept) return null;
    const [found] = await manager.query<{ joined: number; active: number }[]>(
      `SELECT joined, active FROM discord_weekly_activity($1, ($2::timestamptz AT TIME ZONE 'UTC')::date)`,
      [courseId, until],
    );
    return found === undefined || found.joined === 0 ? 0 : found.active / found.joined;
  }
}
