import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { AuditLog } from '../audit-log/audit-log';
import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { Database } from '../database/database';
import { PRIORITY } from '../jobs/job-queue';
import { Courses } from '../platform/courses';
import { GuildQueue } from './guild-queue';
import { Marker } from './mark';

export type SyncRunStatus = 'QUEUED' | 'RUNNING' | 'AWAITING_CONFIRMATION' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

/** One full comparison of a server with what is desired, and what came of it. */
export interface SyncRunRow {
  readonly id: string;
  readonly courseId: string | null;
  readonly guildId: string;
  readonly status: SyncRunStatus;
  readonly requestedBy: string | null;
  readonly total: number;
  readonly done: number;
  readonly added: number;
  readonly invited: number;
  readonly roleChanges: number;
  readonly removed: number;
  readonly failed: number;
  readonly apiCalls: number;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly error: string | null;
}

const COLUMNS = `id, course_id AS "courseId", guild_id AS "guildId", status, requested_by AS "requestedBy", total, done, added, invited,
  role_changes AS "roleChanges", removed, failed, api_calls AS "apiCalls", started_at AS "startedAt", finished_at AS "finishedAt", error`;

/** Between two servers that are compared without anybody waiting for it, milliseconds. */
const TURN = 200;

/** The most runs that a list shows. */
export const MAX_RUNS = 100;

/**
 * SQL: whether a comparison of the server could find anything. Where every access has ended, and nothing of it is left over,
 * listing the members would be a call for nothing, every day.
 */
export function mayDiffer(guildId: string): string {
  return `EXISTS (SELECT FROM discord_memberships m WHERE m.guild_id = ${guildId} AND (m.status <> 'removed' OR m.ended_at IS NULL
    OR m.invite_code IS NOT NULL OR m.traces <> '[]' OR (m.granted_role_id IS NOT NULL AND m.removal_policy <> 'KEEP')))`;
}

/** Asks for full comparisons, and tells how they go. */
@Injectable()
export class SyncRuns {
  constructor(
    private readonly database: Database,
    private readonly courses: Courses,
    private readonly queue: GuildQueue,
    private readonly marker: Marker,
    private readonly log: AuditLog,
  ) {}

  /**
   * One run for each server of a course that the caller teaches. Asked again while one waits, it is that one.
   * @throws DomainError NOT_FOUND, FORBIDDEN; SERVER_NOT_READY when the course has no active server.
   */
  async syncCourse(caller: Caller, courseId: string): Promise<SyncRunRow[]> {
    await this.courses.taughtBy(caller, courseId);
    return this.database.write(async (manager) => {
      const configs = await manager.query<{ guildId: string }[]>(
        'SELECT guild_id AS "guildId" FROM discord_server_configs WHERE course_id = $1 AND is_active AND ending_run_id IS NULL ORDER BY guild_id',
        [courseId],
      );
      if (configs.length === 0) {
        throw new DomainError('SERVER_NOT_READY', 'No Discord server configured for this course. Set one up first.');
      }
      // Who is enrolled without our knowing has nothing yet that could be compared.
      await this.marker.createIn(manager, { courses: [courseId] });
      const runs: SyncRunRow[] = [];
      for (const { guildId } of configs) runs.push(...(await this.request(manager, guildId, courseId, caller.userId)));
      return runs;
    });
  }

  /** A run for every server with an active course, one after the other: the daily cleanup. Not where all is over. */
  async requestForAllServers(manager: EntityManager): Promise<void> {
    const guilds = await manager.query<{ guildId: string }[]>(
      `SELECT guild_id AS "guildId" FROM discord_server_configs k WHERE is_active GROUP BY 1 HAVING ${mayDiffer('k.guild_id')} ORDER BY 1`,
    );
    const turns = this.turns(guilds.length);
    for (const [index, { guildId }] of guilds.entries()) await this.requestForServer(manager, guildId, turns[index]);
  }

  /** A run for the whole server that nobody has asked for by name. */
  async requestForServer(manager: EntityManager, guildId: string, dueAt = new Date()): Promise<void> {
    await this.request(manager, guildId, null, null, dueAt);
  }

  /**
   * When so many servers are looked at, one after the other: all at once they would take the calls that people wait for, of
   * which Discord allows 50 a second.
   */
  turns(count: number): Date[] {
    const now = Date.now();
    return Array.from({ length: count }, (_, index) => new Date(now + index * TURN));
  }

  async find(caller: Caller, id: string): Promise<SyncRunRow | null> {
    const rows = await this.database.readAs(caller, (manager) =>
      manager.query<SyncRunRow[]>(`SELECT ${COLUMNS} FROM discord_sync_runs WHERE id = $1`, [id]),
    );
    return rows[0] ?? null;
  }

  /** In the order of the ids; null where there is none that the caller may see. */
  async findAll(caller: Caller, ids: readonly string[]): Promise<(SyncRunRow | null)[]> {
    const rows = await this.database.readAs(caller, (manager) =>
      manager.query<SyncRunRow[]>(`SELECT ${COLUMNS} FROM discord_sync_runs WHERE id = ANY($1::uuid[])`, [ids]),
    );
    const found = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => found.get(id) ?? null);
  }

  /** The caller's runs, the latest first. @throws DomainError BAD_USER_INPUT when `first` is not between 1 and 100. */
  async list(
    caller: Caller,
    filter: {
      readonly courseId?: string | null | undefined;
      readonly guildId?: string | null | undefined;
      readonly status?: readonly string[] | null | undefined;
    },
    asked: number | null,
  ): Promise<SyncRunRow[]> {
    const first = asked ?? 20;
    if (first < 1 || first > MAX_RUNS)
      throw new DomainError('BAD_USER_INPUT', `"first" must be between 1 and ${MAX_RUNS}; it was ${first}.`);
    return this.database.readAs(caller, (manager) =>
      manager.query<SyncRunRow[]>(
        `SELECT ${COLUMNS} FROM discord_sync_runs
         WHERE ($1::uuid IS NULL OR course_id = $1) AND ($2::text IS NULL OR guild_id = $2) AND ($3::text[] IS NULL OR status = ANY($3))
         ORDER BY created_at DESC, id LIMIT $4`,
        [filter.courseId ?? null, filter.guildId ?? null, filter.status ?? null, first],
      ),
    );
  }

  /**
   * One that waits already comes no later than this. Its list may have been begun already, and tells nothing of what has
   * happened since: that it is due at another moment makes it wait for one more, see {@link OpenRuns.compared}.
   */
  private async request(
    manager: EntityManager,
    guildId: string,
    courseId: string | null,
    requestedBy: string | null,
    dueAt = new Date(),
  ): Promise<SyncRunRow[]> {
    const [waiting] = await manager.query<[SyncRunRow[], number]>(
      `UPDATE discord_sync_runs SET due_at = CASE WHEN due_at > $3 THEN $3 ELSE due_at + interval '1 microsecond' END
       WHERE guild_id = $1 AND course_id IS NOT DISTINCT FROM $2 AND status = 'QUEUED' RETURNING ${COLUMNS}`,
      [guildId, courseId, dueAt],
    );
    const runs =
      waiting.length > 0
        ? waiting
        : await manager.query<SyncRunRow[]>(
            `INSERT INTO discord_sync_runs (guild_id, course_id, requested_by, due_at) VALUES ($1, $2, $3, $4) RETURNING ${COLUMNS}`,
            [guildId, courseId, requestedBy, dueAt],
          );
    if (waiting.length === 0 && requestedBy !== null) {
      await this.log.append(manager, [
        { action: 'sync', status: 'pending', courseId, guildId, actorId: requestedBy, runId: runs[0]?.id ?? null },
      ]);
    }
    await this.queue.addAt(manager, guildId, dueAt, requestedBy === null ? PRIORITY.cleanup : PRIORITY.soon);
    return runs;
  }
}
