import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { AuditLog } from '../audit-log/audit-log';
import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { Database } from '../database/database';
import { Courses } from '../platform/courses';
import { askFor } from './asking';
import { Marker } from './mark';
import { type SyncRunRow, SyncRuns } from './sync-runs';

/** The most students that one request may name. */
const MAX_STUDENTS = 10_000;

/**
 * Whom an invitation without names means: who is enrolled where enrolling alone does not invite, and has not been invited;
 * and whose invite was not used in time. Who left, or was removed, has to be named.
 */
const WAITS = `e.active AND NOT m.removed_by_staff AND NOT m.banned AND NOT m.left_by_choice
  AND ((m.status = 'pending' AND NOT m.requested AND NOT k.auto_invite) OR (m.status = 'invited' AND m.invite_expires_at <= now()))`;

interface Invited {
  readonly id: string;
  readonly userId: string;
  readonly guildId: string;
}

/** Invites many students at once, with a run for each server that tells how it goes. */
@Injectable()
export class BulkInvites {
  constructor(
    private readonly database: Database,
    private readonly courses: Courses,
    private readonly marker: Marker,
    private readonly runs: SyncRuns,
    private readonly log: AuditLog,
  ) {}

  /**
   * Staff invites these students, which lifts that they left or were removed; null: everybody who waits for an invitation.
   * @throws DomainError NOT_FOUND, FORBIDDEN; SERVER_NOT_READY; NOT_ENROLLED with `userIds`, and then nobody is invited.
   */
  async invite(caller: Caller, courseId: string, asked: readonly string[] | null): Promise<SyncRunRow[]> {
    await this.courses.taughtBy(caller, courseId);
    const userIds = asked === null ? null : [...new Set(asked)];
    if (userIds && (userIds.length === 0 || userIds.length > MAX_STUDENTS)) {
      throw new DomainError(
        'BAD_USER_INPUT',
        `"userIds" holds 1 to ${MAX_STUDENTS} students; these are ${userIds.length}. Leave it out to invite everybody who waits.`,
      );
    }
    const ids = await this.database.write(async (manager) => {
      const guilds = await manager.query<{ guildId: string }[]>(
        'SELECT guild_id AS "guildId" FROM discord_server_configs WHERE course_id = $1 AND is_active AND ending_run_id IS NULL ORDER BY guild_id',
        [courseId],
      );
      if (guilds.length === 0)
        throw new DomainError('SERVER_NOT_READY', 'No Discord server is configured for this course. Set one up first.');
      if (userIds) await this.requireEnrolled(manager, courseId, userIds);
      await this.marker.createIn(
        manager,
        userIds ? { pairs: userIds.map((id) => [id, courseId]) } : { courses: [courseId] },
      );

      const invited = await this.memberships(manager, courseId, userIds);
      const runIds: string[] = [];
      for (const { guildId } of guilds) {
        const here = invited.filter((membership) => membership.guildId === guildId);
        runIds.push(await this.begin(manager, caller, courseId, guildId, here));
      }
      if (invited.length > 0) await this.marker.markIn(manager, { memberships: invited.map(({ id }) => id) });
      return runIds;
    });
    const runs = await this.runs.findAll(caller, ids);
    return runs.flatMap((run) => run ?? []);
  }

  private async requireEnrolled(manager: EntityManager, courseId: string, userIds: readonly string[]): Promise<void> {
    const strangers = await manager.query<{ id: string }[]>(
      `SELECT w.id FROM unnest($2::uuid[]) w(id) WHERE NOT EXISTS (
         SELECT FROM discord_enrollments e WHERE e.user_id = w.id AND e.course_id = $1 AND e.active)`,
      [courseId, userIds],
    );
    if (strangers.length === 0) return;
    const ids = strangers.map(({ id }) => id);
    throw new DomainError(
      'NOT_ENROLLED',
      `${ids.length} of these students ${ids.length === 1 ? 'is' : 'are'} not enrolled in this course, so nobody was invited. Leave them out: ${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ', …' : ''}.`,
      { userIds: ids },
    );
  }

  /** Locked in key order. */
  private memberships(manager: EntityManager, courseId: string, userIds: readonly string[] | null): Promise<Invited[]> {
    return manager.query<Invited[]>(
      `SELECT m.id, m.user_id AS "userId", m.guild_id AS "guildId"
       FROM discord_memberships m
         JOIN discord_server_configs k ON k.course_id = m.course_id AND k.guild_id = m.guild_id AND k.is_active AND k.ending_run_id IS NULL
         JOIN discord_enrollments e ON e.user_id = m.user_id AND e.course_id = m.course_id
       WHERE m.course_id = $1 AND ${userIds ? 'm.user_id = ANY($2::uuid[])' : WAITS} ORDER BY m.id FOR UPDATE OF m`,
      userIds ? [courseId, userIds] : [courseId],
    );
  }

  /** What is desired of these memberships changes, and the run counts them until each is as it should be. */
  private async begin(
    manager: EntityManager,
    caller: Caller,
    courseId: string,
    guildId: string,
    invited: readonly Invited[],
  ): Promise<string> {
    const isEmpty = invited.length === 0;
    const [run] = await manager.query<{ id: string }[]>(
      `INSERT INTO discord_sync_runs (guild_id, course_id, purpose, status, requested_by, total, started_at, finished_at)
       VALUES ($1, $2, 'INVITE', $3, $4, $5, now(), CASE WHEN $3 = 'SUCCEEDED' THEN now() END) RETURNING id`,
      [guildId, courseId, isEmpty ? 'SUCCEEDED' : 'RUNNING', caller.userId, invited.length],
    );
    if (!run) throw new Error('The run could not be written.');
    if (isEmpty) return run.id;
    await askFor(
      manager,
      invited.map(({ id }) => id),
      { byStaff: true, runId: run.id },
    );
    const common = { status: 'pending', courseId, guildId, actorId: caller.userId, runId: run.id } as const;
    await this.log.append(manager, [
      { ...common, action: 'sync', details: { how: 'STAFF_INVITE', students: invited.length } },
      ...invited.map(({ userId }) => ({
        ...common,
        action: 'invite' as const,
        userId,
        details: { how: 'STAFF_INVITE' },
      })),
    ]);
    return run.id;
  }
}
