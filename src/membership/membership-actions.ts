import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { AuditLog } from '../audit-log/audit-log';
import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { Database } from '../database/database';
import { Courses } from '../platform/courses';
import { askFor } from './asking';
import { Marker } from './mark';
import { type MembershipStatus } from './claim.policy';
import { type Membership } from './membership.model';
import { Memberships } from './memberships';

const MAX_REASON = 400;

/** Whoever has waited for longer is not being served: nothing works, or Discord is not there. */
const SERVED_WITHIN = '15 seconds';

/** Who asks, as it stands in the log. */
type How = 'REJOIN' | 'JOIN' | 'STAFF_INVITE';

interface Found {
  readonly id: string;
  readonly status: MembershipStatus;
  readonly reason: string;
  readonly guildId: string;
  readonly removedByStaff: boolean;
  /** Whether pressing Join changes anything. */
  readonly hasToAsk: boolean;
  /** Whether nobody can or does work on it just now. */
  readonly isUnserved: boolean;
}

/** What people ask for. None of it calls Discord: it changes what is desired and marks, and the reconciler does the rest. */
@Injectable()
export class MembershipActions {
  constructor(
    private readonly database: Database,
    private readonly courses: Courses,
    private readonly memberships: Memberships,
    private readonly marker: Marker,
    private readonly log: AuditLog,
  ) {}

  /**
   * The caller asks to come (back) into the servers of a course: after leaving, an expired invite, a new link.
   * @throws DomainError NOT_ENROLLED; SERVER_NOT_READY when the course has no server; FORBIDDEN when staff removed them everywhere.
   */
  async rejoin(caller: Caller, courseId: string): Promise<Membership[]> {
    await this.database.write(async (manager) => {
      const found = await this.prepare(manager, caller.userId, courseId);
      const open = found.filter((membership) => !membership.removedByStaff);
      if (open.length === 0) throw removedByStaff();
      await this.ask(manager, open, caller, 'REJOIN');
    });
    return this.memberships.ofStudent(caller, caller.userId, courseId);
  }

  /**
   * The caller presses Join: as {@link rejoin}, but only what it takes is asked for, however often they press.
   * @returns their memberships, and whether the servers can be worked in; null when the course has no active server.
   * @throws DomainError NOT_ENROLLED; FORBIDDEN when staff removed them everywhere, or a moderator banned them.
   */
  async join(caller: Caller, courseId: string): Promise<{ memberships: Membership[]; isServed: boolean } | null> {
    const isServed = await this.database.write(async (manager) => {
      await this.requireEnrolled(manager, caller.userId, courseId);
      const found = await this.lock(manager, caller.userId, courseId);
      const open = found.filter((membership) => !membership.removedByStaff);
      const [removed] = await manager.query<unknown[]>(
        'SELECT 1 FROM discord_memberships WHERE user_id = $1 AND course_id = $2 AND (removed_by_staff OR banned) LIMIT 1',
        [caller.userId, courseId],
      );
      if (open.length === 0 && removed) throw removedByStaff();
      const asking = open.filter((membership) => membership.hasToAsk);
      if (asking.length > 0) await this.ask(manager, asking, caller, 'JOIN');
      return open.length === 0 ? null : open.some((membership) => !membership.isUnserved);
    });
    if (isServed === null) return null;
    return { memberships: await this.memberships.ofStudent(caller, caller.userId, courseId), isServed };
  }

  /**
   * Staff invites a student, which lifts that they left or were removed.
   * @throws DomainError NOT_FOUND, FORBIDDEN; NOT_ENROLLED; SERVER_NOT_READY.
   */
  async invite(caller: Caller, userId: string, courseId: string): Promise<Membership> {
    await this.courses.taughtBy(caller, courseId);
    await this.database.write(async (manager) => {
      const found = await this.prepare(manager, userId, courseId);
      await this.ask(manager, found, caller, 'STAFF_INVITE');
    });
    return this.one(caller, userId, courseId);
  }

  /**
   * Staff removes a student, by the server's policy and at once; only staff brings them back.
   * @throws DomainError NOT_FOUND, FORBIDDEN; BAD_USER_INPUT when the reason is longer than 400 characters.
   */
  async remove(caller: Caller, userId: string, courseId: string, reason?: string | null): Promise<Membership> {
    if ((reason?.length ?? 0) > MAX_REASON)
      throw new DomainError('BAD_USER_INPUT', `"reason" may have ${MAX_REASON} characters.`);
    await this.courses.taughtBy(caller, courseId);
    await this.database.write(async (manager) => {
      const [found] = await manager.query<[{ id: string; guildId: string }[], number]>(
        `UPDATE discord_memberships m SET removed_by_staff = true, requested = false, left_by_choice = false
         FROM (SELECT id FROM discord_memberships WHERE user_id = $1 AND course_id = $2 ORDER BY id FOR UPDATE) l
         WHERE m.id = l.id RETURNING m.id, m.guild_id AS "guildId"`,
        [userId, courseId],
      );
      if (found.length === 0) throw new DomainError('NOT_FOUND', 'This student has no membership in this course.');
      await this.log.append(
        manager,
        found.map(({ guildId }) => ({
          action: 'remove',
          status: 'pending',
          userId,
          courseId,
          guildId,
          actorId: caller.userId,
          details: reason ? { reason } : {},
        })),
      );
      await this.marker.markIn(manager, { memberships: found.map(({ id }) => id) });
    });
    return this.one(caller, userId, courseId);
  }

  private async one(caller: Caller, userId: string, courseId: string): Promise<Membership> {
    const [membership] = await this.memberships.ofStudent(caller, userId, courseId);
    if (!membership) throw new DomainError('NOT_FOUND', 'This student has no membership in this course.');
    return membership;
  }

  /** The student's memberships in the course, made where they are missing, and locked; at least one. */
  private async prepare(manager: EntityManager, userId: string, courseId: string): Promise<Found[]> {
    await this.requireEnrolled(manager, userId, courseId);
    const found = await this.lock(manager, userId, courseId);
    if (found.length === 0) throw new DomainError('SERVER_NOT_READY', 'This course has no active Discord server.');
    return found;
  }

  private async requireEnrolled(manager: EntityManager, userId: string, courseId: string): Promise<void> {
    const [enrollment] = await manager.query<unknown[]>(
      'SELECT 1 FROM discord_enrollments WHERE user_id = $1 AND course_id = $2 AND active',
      [userId, courseId],
    );
    if (!enrollment)
      throw new DomainError('NOT_ENROLLED', 'Only somebody who is enrolled in this course can be in its server.');
  }

  private async lock(manager: EntityManager, userId: string, courseId: string): Promise<Found[]> {
    await this.marker.createIn(manager, { pairs: [[userId, courseId]] });
    return manager.query<Found[]>(
      `SELECT m.id, m.status, m.reason, m.guild_id AS "guildId", m.removed_by_staff OR m.banned AS "removedByStaff",
         m.status <> 'joined' AND (m.left_by_choice OR NOT m.requested OR (m.generation <= m.observed_generation
           AND m.reason <> 'ACCOUNT_NOT_LINKED' AND NOT (m.status = 'invited' AND m.invite_expires_at > now()))) AS "hasToAsk",
         m.status <> 'joined' AND (coalesce(g.health IN ('DEGRADED', 'UNREACHABLE') OR g.paused_until > now(), false) OR m.attempts > 0
           OR m.reason IN ('SERVER_NOT_READY', 'DISCORD_UNAVAILABLE')
           OR (m.generation > m.observed_generation AND m.marked_at < now() - $3::interval)) AS "isUnserved"
       FROM discord_memberships m
         JOIN discord_server_configs k ON k.course_id = m.course_id AND k.guild_id = m.guild_id AND k.is_active AND k.ending_run_id IS NULL
         LEFT JOIN discord_guilds g ON g.guild_id = m.guild_id
       WHERE m.user_id = $1 AND m.course_id = $2 ORDER BY m.id FOR UPDATE OF m`,
      [userId, courseId, SERVED_WITHIN],
    );
  }

  private async ask(manager: EntityManager, found: readonly Found[], caller: Caller, how: How): Promise<void> {
    const ids = found.map(({ id }) => id);
    const asked = await askFor(manager, ids, { byStaff: how === 'STAFF_INVITE' });
    await this.log.append(
      manager,
      asked.map((row) => ({ ...row, action: 'invite', status: 'pending', actorId: caller.userId, details: { how } })),
    );
    await this.marker.markIn(manager, { memberships: ids });
  }
}

function removedByStaff(): DomainError {
  return new DomainError('FORBIDDEN', 'Staff removed you from this course’s server. Ask them to invite you again.');
}
