import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { AuditLog } from '../audit-log/audit-log';
import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { isUuid } from '../common/uuid';
import { Database } from '../database/database';
import { type ServerConfigRow, ServerConfigs } from '../server-config/server-configs';
import { ServerHealth } from '../server-config/server-health';
import { GuildQueue } from './guild-queue';
import { Marker } from './mark';
import { type Released, Releases } from './releases';

interface EndedConfig {
  readonly id: string;
  readonly courseId: string;
  readonly guildId: string;
  readonly runId: string;
  readonly requestedBy: string | null;
}

/** Of the membership m: its removal is not over, or a call or an invite may still bring somebody in, and nobody has looked after it. */
const UNFINISHED = `(m.generation > m.observed_generation OR m.status <> 'removed' OR m.attempts > 0
  OR EXISTS (SELECT FROM jsonb_array_elements(m.traces) t WHERE (t ->> 'lateUntil')::numeric > extract(epoch FROM now() - interval '1 minute') * 1000))`;

/** Ends the connection of a course with a server: at once, leaving everybody as they are, or by removing them first. */
@Injectable()
export class ConfigDeletion {
  constructor(
    private readonly database: Database,
    private readonly configs: ServerConfigs,
    private readonly health: ServerHealth,
    private readonly releases: Releases,
    private readonly marker: Marker,
    private readonly queue: GuildQueue,
    private readonly log: AuditLog,
  ) {}

  /**
   * Without `endAccess` the members stay as they are and the configuration is gone at once, also while its members are being
   * removed. With it, nobody counts as enrolled there any more: they are removed by policy, as a run that the brake may hold
   * and that can be cancelled, and the configuration goes with the last of them. Asked for again, it goes on.
   * @throws DomainError NOT_FOUND when there is none that the caller may see: only those who teach the course may.
   */
  async delete(caller: Caller, id: string, endAccess: boolean): Promise<void> {
    const config = await this.configs.get(caller, id);
    await this.database.write(async (manager) => {
      await this.health.lock(manager, config.guildId, config.guildName);
      const [row] = await manager.query<{ endingRunId: string | null }[]>(
        'SELECT ending_run_id AS "endingRunId" FROM discord_server_configs WHERE id = $1 FOR UPDATE',
        [id],
      );
      if (!row) throw new DomainError('NOT_FOUND', 'There is no such server configuration, or you may not see it.');
      if (!endAccess) await this.release(manager, caller, config);
      else if (row.endingRunId === null) await this.begin(manager, caller, config);
    });
  }

  private async release(manager: EntityManager, caller: Caller, config: ServerConfigRow): Promise<void> {
    const { id, courseId, guildId } = config;
    await manager.query('DELETE FROM discord_server_configs WHERE id = $1', [id]);
    const released = await this.releases.ofCourseIn(manager, courseId, guildId);
    await this.log.append(manager, [
      {
        action: 'config_delete',
        courseId,
        guildId,
        actorId: isUuid(caller.userId) ? caller.userId : null,
        details: { configId: id, endAccess: false, released: released.length },
      },
    ]);
    // What is gone may have been all that was wrong with the server.
    await this.health.schedule(manager, guildId, 0);
    await this.markOthers(manager, guildId, released);
  }

  /** Whoever another course brought into the server may have been kept there by this one, or share it with an account of theirs. */
  private async markOthers(manager: EntityManager, guildId: string, released: readonly Released[]): Promise<void> {
    const memberships = await this.releases.othersOf(manager, guildId, released);
    if (memberships.length > 0) await this.marker.markIn(manager, { memberships });
  }

  private async begin(manager: EntityManager, caller: Caller, config: ServerConfigRow): Promise<void> {
    const { id, courseId, guildId } = config;
    const actorId = isUuid(caller.userId) ? caller.userId : null;
    // Whatever was asked or waited to be decided about the same members is part of this run now.
    await manager.query(
      `UPDATE discord_sync_runs SET status = 'CANCELLED', finished_at = now()
       WHERE guild_id = $1 AND course_id = $2 AND status IN ('QUEUED', 'RUNNING', 'AWAITING_CONFIRMATION')`,
      [guildId, courseId],
    );
    const [run] = await manager.query<{ id: string }[]>(
      `INSERT INTO discord_sync_runs (guild_id, course_id, purpose, status, requested_by, started_at)
       VALUES ($1, $2, 'DELETION', 'RUNNING', $3, now()) RETURNING id`,
      [guildId, courseId, actorId],
    );
    if (!run) throw new Error('The run could not be written.');
    await manager.query('UPDATE discord_server_configs SET ending_run_id = $2, updated_at = now() WHERE id = $1', [
      id,
      run.id,
    ]);
    const [rows] = await manager.query<[{ id: string }[], number]>(
      `WITH locked AS (SELECT id FROM discord_memberships WHERE course_id = $1 AND guild_id = $2 ORDER BY id FOR UPDATE)
       UPDATE discord_memberships m SET run_id = $3, removal_state = NULL, removal_run_id = NULL FROM locked WHERE m.id = locked.id RETURNING m.id`,
      [courseId, guildId, run.id],
    );
    await manager.query('UPDATE discord_sync_runs SET total = $2 WHERE id = $1', [run.id, rows.length]);
    await this.log.append(manager, [
      {
        action: 'config_delete',
        status: 'pending',
        courseId,
        guildId,
        actorId,
        runId: run.id,
        details: { configId: id, endAccess: true, members: rows.length },
      },
    ]);
    if (rows.length > 0) await this.marker.markIn(manager, { memberships: rows.map((row) => row.id) });
    else await this.queue.add(manager, guildId);
  }

  /** Ends every deletion of which nobody is left to be removed. */
  async finishWhereDone(guildId: string): Promise<void> {
    // Of a configuration that somebody has deleted by SQL meanwhile nothing is left to do either.
    await this.database.query(
      `UPDATE discord_sync_runs r SET status = 'SUCCEEDED', finished_at = now(), done = total, error = NULL
       WHERE r.guild_id = $1 AND r.purpose = 'DELETION' AND r.status = 'RUNNING'
         AND NOT EXISTS (SELECT FROM discord_server_configs k WHERE k.ending_run_id = r.id) AND NOT EXISTS (
           SELECT FROM discord_memberships m WHERE m.course_id = r.course_id AND m.guild_id = r.guild_id AND ${UNFINISHED})`,
      [guildId],
    );
    const ended = await this.database.query<EndedConfig>(
      `SELECT k.id, k.course_id AS "courseId", k.guild_id AS "guildId", r.id AS "runId", r.requested_by AS "requestedBy"
       FROM discord_server_configs k JOIN discord_sync_runs r ON r.id = k.ending_run_id
       WHERE k.guild_id = $1 AND r.status = 'RUNNING' AND NOT EXISTS (
         SELECT FROM discord_memberships m WHERE m.course_id = k.course_id AND m.guild_id = k.guild_id
           AND ${UNFINISHED})`,
      [guildId],
    );
    for (const config of ended) await this.finish(config);
  }

  private async finish({ id, courseId, guildId, runId, requestedBy }: EndedConfig): Promise<void> {
    await this.database.work(async (manager) => {
      // Somebody may have cancelled it a moment ago. The run is locked first, as by whoever decides about it.
      await manager.query('SELECT 1 FROM discord_sync_runs WHERE id = $1 FOR UPDATE', [runId]);
      const [deleted] = await manager.query<[{ config: object }[], number]>(
        `DELETE FROM discord_server_configs k WHERE k.id = $1 AND k.ending_run_id = $2 RETURNING to_jsonb(k) AS config`,
        [id, runId],
      );
      const [config] = deleted;
      if (!config) return;
      await manager.query(
        `UPDATE discord_sync_runs SET status = 'SUCCEEDED', finished_at = now(), done = total, error = NULL, deleted_config = $2::jsonb WHERE id = $1`,
        [runId, JSON.stringify({ ...config.config, ending_run_id: null })],
      );
      const released = await this.releases.ofCourseIn(manager, courseId, guildId);
      await this.log.append(manager, [
        {
          action: 'config_delete',
          courseId,
          guildId,
          actorId: requestedBy,
          runId,
          details: { configId: id, endAccess: true },
        },
      ]);
      await this.health.schedule(manager, guildId, 0);
      await this.markOthers(manager, guildId, released);
    });
  }
}
