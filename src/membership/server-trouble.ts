import { Injectable } from '@nestjs/common';
import { AuditLog } from '../audit-log/audit-log';
import { Database } from '../database/database';
import { obstaclesIn } from '../server-config/preflight.policy';
import { type StoredReports } from '../server-config/stored-report';
import { OpenRuns } from './open-runs';

/** What is said of a server that has refused us while no check has found why yet. */
const UNEXPLAINED = 'Discord has refused the bot in this server. It is checked again, and the work goes on by itself.';

/** Why a server's work waits: a sentence, and what Discord answered if that is how we know. */
export interface Trouble {
  readonly sentence: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** A server in which no work can be done for now: whoever waits for it is told, and nothing is lost. */
@Injectable()
export class ServerTrouble {
  constructor(
    private readonly database: Database,
    private readonly runs: OpenRuns,
    private readonly log: AuditLog,
  ) {}

  /** What stands in the way of all work in the server; null when it can go on. */
  async of(guildId: string): Promise<Trouble | null> {
    const rows = await this.database.query<{ reports: StoredReports | null }>(
      `SELECT (SELECT jsonb_object_agg(k.id, g.preflight -> k.id::text) FROM discord_server_configs k
               WHERE k.guild_id = g.guild_id AND k.is_active AND g.preflight ? k.id::text) AS reports
       FROM discord_guilds g WHERE g.guild_id = $1 AND g.paused_until > now()`,
      [guildId],
    );
    const [row] = rows;
    if (!row) return null;
    const sentence = Object.values(row.reports ?? {}).flatMap(({ checks }) => obstaclesIn(checks).server ?? [])[0];
    return { sentence: sentence ?? UNEXPLAINED, details: {} };
  }

  /**
   * Work was asked for in a server in which it waits. Comparisons that somebody asked for end here, so that they are told;
   * our own, which make up for what we have missed, are done once it goes on.
   */
  async tellWaiting(guildId: string, trouble: Trouble): Promise<void> {
    await this.runs.refuseAsked(guildId, trouble.sentence);
    await this.tellMemberships(guildId, trouble);
  }

  /** Discord has refused just now: every run ends. */
  async tellRefused(guildId: string, trouble: Trouble): Promise<void> {
    await this.runs.failed(guildId, trouble.sentence);
    await this.tellMemberships(guildId, trouble);
  }

  /** Whoever waits to come in is told why; the rows stay due and are served once the server is in order again. */
  private async tellMemberships(guildId: string, { sentence, details }: Trouble): Promise<void> {
    await this.database.work(async (manager) => {
      const [waiting] = await manager.query<[{ id: string; userId: string; courseId: string }[], number]>(
        `UPDATE discord_memberships m SET reason = 'SERVER_NOT_READY', updated_at = now()
         FROM (SELECT id FROM discord_memberships WHERE guild_id = $1 AND status = 'pending' AND reason <> 'SERVER_NOT_READY'
                 AND (generation > observed_generation OR due_at <= now()) ORDER BY id FOR UPDATE) w
         WHERE m.id = w.id RETURNING m.id, m.user_id AS "userId", m.course_id AS "courseId"`,
        [guildId],
      );
      await this.log.append(
        manager,
        waiting.map(({ id, userId, courseId }) => ({
          action: 'error',
          status: 'failed',
          userId,
          courseId,
          guildId,
          details,
          errorMessage: sentence,
          membership: { id, previousStatus: 'pending', newStatus: 'pending', reason: 'SERVER_NOT_READY' },
        })),
      );
    });
  }
}
