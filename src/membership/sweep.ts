import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';
import { JobHandler } from '../jobs/job-handler';
import { PRIORITY } from '../jobs/job-queue';
import { ACTIVE_DAYS_KEPT } from './active-days';
import { Forgetting } from './forgetting';
import { GuildQueue } from './guild-queue';
import { Marker } from './mark';
import { SyncRuns } from './sync-runs';

export const SWEEP = 'sweep';
export const CLEANUP = 'cleanup';

/** What the minute sweep marks at the most; the next one goes on. */
const SWEEP_LIMIT = 5_000;

/** What no event told: lost marks, enrollments that have expired, servers whose job was lost with its worker. */
@Injectable()
export class Sweep {
  constructor(
    private readonly database: Database,
    private readonly marker: Marker,
    private readonly queue: GuildQueue,
    private readonly runs: SyncRuns,
    private readonly forgetting: Forgetting,
  ) {}

  /** Every minute. */
  @JobHandler(SWEEP)
  async sweep(): Promise<void> {
    await this.markMissed();
    await this.reviveServers();
    await this.forgetting.sweep();
    // Anybody may begin to sign in, as often as the rate limits let them.
    await this.database.query(`DELETE FROM discord_link_states WHERE expires_at < now() - interval '1 hour'`);
    await this.database.query(
      `DELETE FROM discord_enrollment_deliveries WHERE received_at < now() - interval '7 days'`,
    );
    await this.database.query('DELETE FROM discord_open_invites WHERE expires_at <= now()');
    await this.database.query(
      `DELETE FROM discord_active_days WHERE day <= (now() AT TIME ZONE 'UTC')::date - $1::int`,
      [ACTIVE_DAYS_KEPT],
    );
  }

  /** Once a day: every server is compared with what is desired; what is missing is repaired, stale invites are revoked. */
  @JobHandler(CLEANUP)
  async cleanup(): Promise<void> {
    await this.markMissed();
    await this.database.work(async (manager) => {
      const stale = await manager.query<{ id: string }[]>(
        `SELECT id FROM discord_memberships WHERE invite_code IS NOT NULL AND (status <> 'invited' OR invite_expires_at <= now())`,
      );
      if (stale.length > 0)
        await this.marker.markIn(manager, { memberships: stale.map((row) => row.id) }, PRIORITY.cleanup);
    });
    await this.database.work((manager) => this.runs.requestForAllServers(manager));
  }

  /** The anti-join: who is enrolled without a membership, and whose membership does not say what the enrollment says. */
  private async markMissed(): Promise<void> {
    const missed = await this.database.query<{ userId: string; courseId: string }>(
      `(SELECT e.user_id AS "userId", e.course_id AS "courseId"
        FROM discord_enrollments e JOIN discord_server_configs k ON k.course_id = e.course_id AND k.is_active AND k.ending_run_id IS NULL
          LEFT JOIN discord_memberships m ON m.user_id = e.user_id AND m.course_id = e.course_id AND m.guild_id = k.guild_id
        WHERE e.active AND m.id IS NULL LIMIT $1)
       UNION
       (SELECT m.user_id, m.course_id FROM discord_memberships m
          LEFT JOIN discord_enrollments e ON e.user_id = m.user_id AND e.course_id = m.course_id
          LEFT JOIN courses c ON c.id = m.course_id
          LEFT JOIN discord_users p ON p.id = m.user_id
          LEFT JOIN discord_server_configs k ON k.course_id = m.course_id AND k.guild_id = m.guild_id
        WHERE m.generation = m.observed_generation
          AND (m.ended_at IS NULL) <> (coalesce(e.active, false) AND c.id IS NOT NULL AND p.id IS NOT NULL AND k.id IS NOT NULL
            AND k.ending_run_id IS NULL)
        LIMIT $1)`,
      [SWEEP_LIMIT],
    );
    if (missed.length > 0) await this.marker.mark({ pairs: missed.map(({ userId, courseId }) => [userId, courseId]) });
  }

  /** A server with due rows and nobody at work gets a job, whatever became of the one it had. */
  private async reviveServers(): Promise<void> {
    await this.database.work(async (manager) => {
      const guilds = await manager.query<{ guildId: string }[]>(
        `SELECT DISTINCT g.guild_id AS "guildId" FROM (
           SELECT guild_id FROM discord_memberships WHERE generation > observed_generation
           UNION SELECT guild_id FROM discord_memberships WHERE due_at <= now()
           UNION SELECT guild_id FROM discord_sync_runs WHERE status IN ('QUEUED', 'RUNNING') AND due_at <= now()) g
         LEFT JOIN discord_guild_leases l ON l.guild_id = g.guild_id AND NOT l.released AND l.heartbeat_at > now() - interval '8 seconds'
         LEFT JOIN discord_guilds s ON s.guild_id = g.guild_id AND s.paused_until > now()
         WHERE l.guild_id IS NULL AND s.guild_id IS NULL ORDER BY 1`,
      );
      for (const { guildId } of guilds) await this.queue.add(manager, guildId);
    });
  }
}
