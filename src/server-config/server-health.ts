import { Injectable, Logger } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { AuditLog } from '../audit-log/audit-log';
import { DomainError } from '../common/domain-error';
import { isSnowflake } from '../common/snowflake';
import { Database } from '../database/database';
import { type DiscordFailure } from '../discord-api/discord-failure';
import { JobHandler } from '../jobs/job-handler';
import { JobQueue } from '../jobs/job-queue';
import { type CheckedConfig, type GuildHealth, hasToWait, healthOf, mergeReports } from './health.policy';
import { failedChecks, obstaclesIn } from './preflight.policy';
import { type PreflightChoice } from './preflight-check';
import { PreflightService } from './preflight.service';
import { type StoredReports } from './stored-report';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** How long after a check that found something wrong the server is looked at again, unless Discord tells us sooner. */
const RECHECK_AFTER = 10 * MINUTE;
/** How long work waits at most; longer than until the recheck, which alone decides whether it goes on. */
const PAUSE = 15 * MINUTE;
/** A refusal this soon after a check does not cause another one at once: Discord and the check disagree. */
const JUST_CHECKED = 30 * SECOND;
const RECHECK_AFTER_DISAGREEMENT = MINUTE;
/** When Discord itself cannot be asked. */
const RECHECK_WHEN_UNAVAILABLE = MINUTE;

type ConfigOfGuild = PreflightChoice &
  CheckedConfig & {
    readonly courseId: string;
    readonly guildName: string;
    /** It is being deleted with its members' access. */
    readonly isEnding: boolean;
  };

interface GuildRow {
  readonly health: GuildHealth;
  readonly preflight: StoredReports | null;
}

/** Whether each server can be worked in. Work on a server that refuses us waits, and goes on by itself. */
@Injectable()
export class ServerHealth {
  private readonly logger = new Logger(ServerHealth.name);

  constructor(
    private readonly database: Database,
    private readonly preflights: PreflightService,
    private readonly jobs: JobQueue,
    private readonly log: AuditLog,
  ) {}

  /**
   * Asks Discord, stores what was found and lets the server's work go on or wait. A server for which nothing is
   * configured is not asked about, unless work waits in it.
   * @throws DomainError DISCORD_UNAVAILABLE when Discord gives no usable answer; nothing is changed then.
   */
  async recheck(guildId: string): Promise<GuildHealth> {
    const configs = await this.database.work((manager) => this.configsOf(manager, guildId));
    const [config] = configs;
    if (!config) return this.recheckUnconfigured(guildId);
    const look = await this.preflights.look(guildId, null);
    const reports = Object.fromEntries(configs.map((choice) => [choice.id, this.preflights.reportFor(look, choice)]));
    const name = look.found?.server.name ?? config.guildName;
    return this.database.work((manager) => this.record(manager, guildId, name, reports));
  }

  /**
   * Nothing is configured for the server any more, and its work waits: who is to be brought out of it is served once Discord
   * lets us kick again. What role and channel were chosen does not matter any more.
   */
  private async recheckUnconfigured(guildId: string): Promise<GuildHealth> {
    const waiting = await this.database.query(
      'SELECT 1 FROM discord_guilds WHERE guild_id = $1 AND paused_until IS NOT NULL',
      [guildId],
    );
    if (waiting.length === 0) return 'UNCHECKED';
    const look = await this.preflights.look(guildId, null);
    const choice = { inviteChannelId: null, studentRoleId: null, removalPolicy: 'KICK' } as const;
    const waits = obstaclesIn(this.preflights.check(look, choice).checks).server !== null;
    const found = waits ? 'DEGRADED' : 'UNCHECKED';
    const health = look.found ? found : 'UNREACHABLE';
    await this.database.work(async (manager) => {
      const [left] = await manager.query<[{ hasWork: boolean }[], number]>(
        `UPDATE discord_guilds g SET health = $2, preflight = NULL, checked_at = now(), updated_at = now(),
           paused_until = CASE WHEN $3 THEN now() + $4 * interval '1 millisecond' END
         WHERE guild_id = $1 AND NOT EXISTS (SELECT FROM discord_server_configs k WHERE k.guild_id = g.guild_id)
         RETURNING EXISTS (SELECT FROM discord_memberships m WHERE m.guild_id = g.guild_id)
           OR EXISTS (SELECT FROM discord_sync_runs r WHERE r.guild_id = g.guild_id AND r.status IN ('QUEUED', 'RUNNING')) AS "hasWork"`,
        [guildId, health, waits, PAUSE],
      );
      if (!left[0]?.hasWork) return;
      if (waits) return this.schedule(manager, guildId, RECHECK_AFTER);
      await this.hurry(manager, guildId);
      await this.jobs.enqueue(manager, 'reconcile-guild', { guildId }, { key: `guild:${guildId}` });
    });
    return health;
  }

  /**
   * Stores fresh reports in the transaction of the change that they were made for, with what follows from them: the
   * server's health, the log of its change, and its work paused or resumed.
   */
  async record(manager: EntityManager, guildId: string, name: string, fresh: StoredReports): Promise<GuildHealth> {
    const before = await this.lock(manager, guildId, name);
    const configs = await this.configsOf(manager, guildId);
    const reports = mergeReports(configs, before?.preflight ?? {}, fresh);
    const health = healthOf(configs, reports);
    const waits = hasToWait(configs, reports);
    await manager.query(
      `UPDATE discord_guilds SET name = $2, health = $3, preflight = $4::jsonb, checked_at = now(), updated_at = now(),
         paused_until = CASE WHEN $5 THEN now() + $6 * interval '1 millisecond' END
       WHERE guild_id = $1`,
      [guildId, name, health, JSON.stringify(reports), waits, PAUSE],
    );
    await manager.query('UPDATE discord_server_configs SET guild_name = $2 WHERE guild_id = $1 AND guild_name <> $2', [
      guildId,
      name,
    ]);
    await this.tell(manager, guildId, configs, reports, before?.health ?? 'UNCHECKED', health);
    if (hasToWait(configs, before?.preflight ?? {}) && !waits) await this.hurry(manager, guildId);
    await this.markChanged(manager, configs, before?.preflight ?? {}, reports);
    // Also when it has to wait: whoever waits in it is told so.
    await this.jobs.enqueue(manager, 'reconcile-guild', { guildId }, { key: `guild:${guildId}` });
    if (health !== 'HEALTHY') {
      // What was not looked at just now may have been mended meanwhile.
      const complete = configs.every(({ id }) => fresh[id] !== undefined);
      await this.schedule(manager, guildId, complete ? RECHECK_AFTER : 0);
    }
    return health;
  }

  /**
   * Locks the server's row until the end of the transaction. Whoever also changes its configurations does this first, so
   * that two transactions never wait for each other.
   */
  async lock(manager: EntityManager, guildId: string, name: string): Promise<GuildRow | undefined> {
    await manager.query('INSERT INTO discord_guilds (guild_id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      guildId,
      name,
    ]);
    const rows = await manager.query<GuildRow[]>(
      'SELECT health, preflight FROM discord_guilds WHERE guild_id = $1 FOR UPDATE',
      [guildId],
    );
    return rows[0];
  }

  /** Discord refused something that concerns the whole server: its work waits until a recheck finds it well. */
  async refused(guildId: string, failure: DiscordFailure): Promise<void> {
    this.logger.warn(
      { guildId, code: failure.code, status: failure.status },
      'Discord refused; the server is rechecked',
    );
    await this.database.work(async (manager) => {
      const rows = await manager.query<{ just_checked: boolean }[]>(
        `INSERT INTO discord_guilds (guild_id, name, paused_until)
         VALUES ($1, coalesce((SELECT k.guild_name FROM discord_server_configs k WHERE k.guild_id = $1 LIMIT 1), ''),
                 now() + $2 * interval '1 millisecond')
         ON CONFLICT (guild_id) DO UPDATE SET paused_until = excluded.paused_until, updated_at = now()
         RETURNING coalesce(checked_at > now() - $3 * interval '1 millisecond', false) AS just_checked`,
        [guildId, PAUSE, JUST_CHECKED],
      );
      await this.schedule(manager, guildId, rows[0]?.just_checked ? RECHECK_AFTER_DISAGREEMENT : 0);
    });
  }

  /** Adds the job that looks again, in the caller's transaction. A later look never puts off one that was asked for sooner. */
  async schedule(manager: EntityManager, guildId: string, delayMs: number): Promise<void> {
    const runAt = new Date(Date.now() + delayMs);
    const key = delayMs > 0 ? `recheck:${guildId}` : `recheck-soon:${guildId}`;
    await this.jobs.enqueue(manager, 'recheck-server', { guildId }, { key, runAt });
  }

  /** The server has been mended: whoever was put off because of it is served now, not when their wait is over. */
  private async hurry(manager: EntityManager, guildId: string): Promise<void> {
    await manager.query(
      `WITH locked AS (SELECT id FROM discord_memberships WHERE guild_id = $1 AND attempts > 0 AND due_at > now() ORDER BY id FOR UPDATE)
       UPDATE discord_memberships m SET due_at = now() FROM locked WHERE m.id = locked.id`,
      [guildId],
    );
  }

  /** A course that can be served again, or not any more: all its memberships are looked at anew. */
  private async markChanged(
    manager: EntityManager,
    configs: readonly ConfigOfGuild[],
    before: StoredReports,
    after: StoredReports,
  ): Promise<void> {
    const isBlocked = (report: StoredReports[string] | undefined, { isEnding }: ConfigOfGuild) =>
      (report?.obstacles?.[isEnding ? 'ending' : 'course'] ?? null) !== null;
    const courses = configs
      .filter((config) => isBlocked(before[config.id], config) !== isBlocked(after[config.id], config))
      .map(({ courseId }) => courseId);
    if (courses.length > 0) await this.jobs.enqueue(manager, 'mark-memberships', { courses });
  }

  /** The job of {@link schedule}: as long as Discord cannot be asked, it asks again every minute. */
  @JobHandler('recheck-server')
  async recheckJob(payload: unknown): Promise<void> {
    const guildId = guildIdOf(payload);
    try {
      await this.recheck(guildId);
    } catch (error) {
      // Without a bot Discord cannot be asked either; one may be configured again.
      if (!(error instanceof DomainError) || !['DISCORD_UNAVAILABLE', 'SERVER_NOT_READY'].includes(error.code))
        throw error;
      await this.database.work((manager) => this.schedule(manager, guildId, RECHECK_WHEN_UNAVAILABLE));
    }
  }

  private configsOf(manager: EntityManager, guildId: string): Promise<ConfigOfGuild[]> {
    return manager.query<ConfigOfGuild[]>(
      `SELECT id, course_id AS "courseId", guild_name AS "guildName", is_active AS "isActive", ending_run_id IS NOT NULL AS "isEnding",
              invite_channel_id AS "inviteChannelId", student_role_id AS "studentRoleId", removal_policy AS "removalPolicy"
       FROM discord_server_configs WHERE guild_id = $1 ORDER BY id`,
      [guildId],
    );
  }

  /** One entry per course, so that the staff of each see it. A server that was well when it was set up is no news. */
  private async tell(
    manager: EntityManager,
    guildId: string,
    configs: readonly ConfigOfGuild[],
    reports: StoredReports,
    from: GuildHealth,
    to: GuildHealth,
  ): Promise<void> {
    if (from === to || (from === 'UNCHECKED' && to === 'HEALTHY')) return;
    const entries = configs.map(({ id, courseId }) => {
      const failed = failedChecks(reports[id]?.checks ?? []);
      return {
        action: 'health' as const,
        status: to === 'HEALTHY' ? ('success' as const) : ('failed' as const),
        courseId,
        guildId,
        details: { from, to, failed: failed.map((check) => check.id) },
        errorMessage: failed[0]?.message ?? null,
      };
    });
    await this.log.append(manager, entries);
  }
}

function guildIdOf(payload: unknown): string {
  const guildId = typeof payload === 'object' && payload !== null && 'guildId' in payload ? payload.guildId : undefined;
  if (!isSnowflake(guildId)) throw new Error('A "recheck-server" job must name its server as {"guildId": "…"}.');
  return guildId;
}
