import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { AuditLog } from '../audit-log/audit-log';
import { type Caller, seesEverything } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { Database } from '../database/database';
import { Courses } from '../platform/courses';
import { ENROLLMENT_OF_EACH, IS_ENROLLED, JOINS } from './account-views';
import { ConfigRestoration } from './config-restoration';
import { GuildQueue } from './guild-queue';
import { Marker } from './mark';
import { RemovalsInFlight } from './removals-in-flight';
import { type SyncRunRow, SyncRuns, type SyncRunStatus } from './sync-runs';

/** How long removals can be undone. */
const UNDO_WITHIN = '7 days';

/** Whose removal a comparison has found to be due, and the brake has not looked at yet. */
const FOUND_BY_RUN = `id IN (SELECT m.id FROM discord_memberships m ${ENROLLMENT_OF_EACH} ${JOINS}
  WHERE m.run_id = $1 AND m.status = 'joined' AND m.removal_state IS NULL AND NOT (${IS_ENROLLED}))`;

/** What a person decides about a run: let the held removals happen, drop them, or bring back whom a run removed. */
@Injectable()
export class RunDecisions {
  constructor(
    private readonly database: Database,
    private readonly courses: Courses,
    private readonly runs: SyncRuns,
    private readonly marker: Marker,
    private readonly queue: GuildQueue,
    private readonly restoration: ConfigRestoration,
    private readonly inFlight: RemovalsInFlight,
    private readonly log: AuditLog,
  ) {}

  /**
   * The held removals of this run happen, whatever the brake would say; whoever it found missing has left.
   * @throws DomainError NOT_FOUND, FORBIDDEN, CONFLICT.
   */
  async confirm(caller: Caller, id: string): Promise<SyncRunRow> {
    const run = await this.mayDecide(caller, id);
    await this.database.write(async (manager) => {
      await this.take(manager, id, ['AWAITING_CONFIRMATION']);
      await manager.query(
        `UPDATE discord_sync_runs SET status = 'RUNNING', error = NULL, confirmed_by = $2, requested_by = coalesce(requested_by, $2), started_at = now() WHERE id = $1`,
        [id, caller.userId],
      );
      const rows = await this.setRemovals(
        manager,
        `removal_state = 'cleared', run_id = $1, left_by_choice = m.left_by_choice OR (m.ended_at IS NULL AND m.is_member IS FALSE)`,
        `removal_run_id = $1 AND removal_state = 'held'`,
        id,
      );
      await this.log.append(manager, [
        {
          action: 'confirm',
          courseId: run.courseId,
          guildId: run.guildId,
          actorId: caller.userId,
          runId: id,
          details: { removals: rows.length },
        },
      ]);
      await this.serve(manager, run.guildId, rows);
    });
    return this.again(caller, id);
  }

  /**
   * What has not been done yet is not done; held removals are suspended until the enrollment changes or staff removes. Who
   * was found missing has not left: they are brought back. Once this has answered, the run removes nobody.
   * @throws DomainError NOT_FOUND, FORBIDDEN, CONFLICT when the run has ended already.
   */
  async cancel(caller: Caller, id: string): Promise<SyncRunRow> {
    const run = await this.mayDecide(caller, id);
    await this.database.write(async (manager) => {
      await this.take(manager, id, ['QUEUED', 'RUNNING', 'AWAITING_CONFIRMATION']);
      await manager.query(`UPDATE discord_sync_runs SET status = 'CANCELLED', finished_at = now() WHERE id = $1`, [id]);
      const rows = await this.setRemovals(
        manager,
        `removal_state = 'suspended'`,
        `removal_run_id = $1 AND removal_state IN ('held', 'cleared') AND status = 'joined'`,
        id,
      );
      rows.push(...(await this.setRemovals(manager, `removal_state = 'suspended'`, FOUND_BY_RUN, id)));
      await manager.query('UPDATE discord_memberships SET run_id = NULL WHERE run_id = $1', [id]);
      rows.push(...(await this.restoration.keepIn(manager, id)));
      await this.log.append(manager, [
        {
          action: 'confirm',
          courseId: run.courseId,
          guildId: run.guildId,
          actorId: caller.userId,
          runId: id,
          details: { cancelled: true, removals: rows.length },
        },
      ]);
      await this.serve(manager, run.guildId, rows);
    });
    await this.inFlight.over('m.removal_run_id = $1', id);
    return this.again(caller, id);
  }

  /**
   * Brings back whom this run removed, within seven days, with their roles: those who can be added are, the others are
   * invited. @returns the run that does it.
   * @throws DomainError NOT_FOUND, FORBIDDEN; CONFLICT when there is nothing (any more) to undo.
   */
  async undo(caller: Caller, id: string): Promise<SyncRunRow> {
    const run = await this.mayDecide(caller, id);
    const undoId = await this.database.write(async (manager) => {
      const [found] = await manager.query<{ purpose: string; status: SyncRunStatus }[]>(
        'SELECT purpose, status FROM discord_sync_runs WHERE id = $1 FOR UPDATE',
        [id],
      );
      if (found?.purpose === 'DELETION' && found.status !== 'SUCCEEDED' && found.status !== 'CANCELLED') {
        throw new DomainError(
          'CONFLICT',
          'This run is still going on. Cancel it: that brings back whom it has removed.',
        );
      }
      const [removals] = await manager.query<[{ id: string }[], number]>(
        `UPDATE discord_removals SET undone_at = now() WHERE run_id = $1 AND undone_at IS NULL AND done_at > now() - $2::interval
         RETURNING id`,
        [id, UNDO_WITHIN],
      );
      if (removals.length === 0) throw await this.nothingToUndo(manager, id);
      const [undo] = await manager.query<{ id: string }[]>(
        `INSERT INTO discord_sync_runs (guild_id, course_id, purpose, status, requested_by, started_at) VALUES ($1, $2, 'UNDO', 'RUNNING', $3, now()) RETURNING id`,
        [run.guildId, run.courseId, caller.userId],
      );
      if (!undo) throw new Error('The run could not be written.');
      if (found?.purpose === 'DELETION') await this.restoration.restoreIn(manager, id);
      const [rows] = await manager.query<[{ id: string }[], number]>(
        `WITH locked AS (
           SELECT m.id FROM discord_memberships m WHERE (m.user_id, m.course_id, m.guild_id) IN
             (SELECT r.user_id, r.course_id, r.guild_id FROM discord_removals r WHERE r.id = ANY($1::uuid[]))
             AND m.status IN ('removed', 'pending') AND NOT m.removed_by_staff AND NOT m.banned ORDER BY m.id FOR UPDATE)
         UPDATE discord_memberships m SET removal_state = 'restored', removal_run_id = NULL, left_by_choice = false, requested = true, run_id = $2
         FROM locked WHERE m.id = locked.id RETURNING m.id`,
        [removals.map((removal) => removal.id), undo.id],
      );
      await manager.query('UPDATE discord_sync_runs SET total = $2 WHERE id = $1', [undo.id, rows.length]);
      await this.log.append(manager, [
        {
          action: 'sync',
          status: 'pending',
          courseId: run.courseId,
          guildId: run.guildId,
          actorId: caller.userId,
          runId: undo.id,
          details: { undoes: id, removals: rows.length },
        },
      ]);
      await this.serve(
        manager,
        run.guildId,
        rows.map((row) => row.id),
      );
      return undo.id;
    });
    return this.again(caller, undoId);
  }

  /** The run, if the caller may decide about it: staff of its course; of a run for a whole server, admins. */
  private async mayDecide(caller: Caller, id: string): Promise<SyncRunRow> {
    const run = await this.runs.find(caller, id);
    if (!run) throw new DomainError('NOT_FOUND', 'There is no such run, or you may not see it.');
    if (run.courseId !== null) await this.courses.taughtBy(caller, run.courseId);
    else if (!seesEverything(caller))
      throw new DomainError('FORBIDDEN', 'Only admins decide about a run for a whole server.');
    return run;
  }

  /** Locks the run. @throws DomainError CONFLICT when it is not (any more) in one of these states. */
  private async take(manager: EntityManager, id: string, states: readonly SyncRunStatus[]): Promise<void> {
    const [run] = await manager.query<{ status: SyncRunStatus }[]>(
      'SELECT status FROM discord_sync_runs WHERE id = $1 FOR UPDATE',
      [id],
    );
    if (!run || !states.includes(run.status)) {
      throw new DomainError(
        'CONFLICT',
        `This run is ${run?.status ?? 'gone'}; it has to be ${states.join(' or ')} for that.`,
      );
    }
  }

  /** Why nobody can be brought back: removals can be undone once, within seven days. */
  private async nothingToUndo(manager: EntityManager, id: string): Promise<DomainError> {
    const removals = await manager.query<{ undone: boolean }[]>(
      'SELECT DISTINCT undone_at IS NOT NULL AS undone FROM discord_removals WHERE run_id = $1',
      [id],
    );
    if (removals.length === 0) return new DomainError('CONFLICT', 'This run removed nobody: there is nothing to undo.');
    if (removals.every(({ undone }) => undone))
      return new DomainError('CONFLICT', 'What this run removed has been undone already.');
    return new DomainError(
      'CONFLICT',
      'It is more than 7 days since this run removed anybody, and removals can be undone for 7 days. Whoever is to be back has to be enrolled again.',
    );
  }

  private async setRemovals(manager: EntityManager, change: string, which: string, runId: string): Promise<string[]> {
    const [rows] = await manager.query<[{ id: string }[], number]>(
      `WITH locked AS (SELECT id FROM discord_memberships WHERE ${which} ORDER BY id FOR UPDATE)
       UPDATE discord_memberships m SET ${change} FROM locked WHERE m.id = locked.id RETURNING m.id`,
      [runId],
    );
    return rows.map((row) => row.id);
  }

  /** Even with nothing to do: the worker ends the run. */
  private async serve(manager: EntityManager, guildId: string, memberships: readonly string[]): Promise<void> {
    if (memberships.length > 0) await this.marker.markIn(manager, { memberships });
    else await this.queue.add(manager, guildId);
  }

  private async again(caller: Caller, id: string): Promise<SyncRunRow> {
    const run = await this.runs.find(caller, id);
    if (!run) throw new DomainError('NOT_FOUND', 'There is no such run, or you may not see it.');
    return run;
  }
}
