import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { AuditLog } from '../audit-log/audit-log';
import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { Database } from '../database/database';
import { Courses } from '../platform/courses';

/** Whether somebody is enrolled, as the platform's table is to say it. */
export interface EnrollmentChange {
  readonly userId: string;
  readonly courseId: string;
  /** False: the enrollment is deleted. */
  readonly active: boolean;
  /** When it ends by itself; null: never. */
  readonly expiresAt: Date | null;
}

/** Writes the platform's enrollments, on behalf of whoever may say who is enrolled. The triggers on the table do the rest. */
@Injectable()
export class Enrollments {
  constructor(
    private readonly database: Database,
    private readonly courses: Courses,
    private readonly log: AuditLog,
  ) {}

  /**
   * Enrolls a student, or ends their enrollment.
   * @throws DomainError NOT_FOUND for a course or a user that the platform does not know; FORBIDDEN unless the caller
   *   teaches the course; BAD_USER_INPUT for an end that cannot be.
   */
  async setAs(caller: Caller, change: EnrollmentChange): Promise<void> {
    const { userId, courseId, active, expiresAt } = change;
    if (!active && expiresAt !== null) {
      throw new DomainError(
        'BAD_USER_INPUT',
        '"expiresAt" is for an enrollment that is active until then. With active: false, leave it out.',
      );
    }
    await this.courses.taughtBy(caller, courseId);
    await this.database.write(async (manager) => {
      if (active) await this.requireKnown(manager, userId, courseId);
      await this.apply(manager, change);
      await this.log.append(manager, [
        { action: 'enrollment', userId, courseId, actorId: caller.userId, details: { active, expiresAt } },
      ]);
    });
  }

  /**
   * Brings the platform's table to what is said, whichever columns and keys it has.
   * @throws DomainError BAD_USER_INPUT when the table cannot hold an end
   */
  async apply(manager: EntityManager, { userId, courseId, active, expiresAt }: EnrollmentChange): Promise<void> {
    const [row] = await manager.query<{ done: boolean }[]>('SELECT discord_set_enrollment($1, $2, $3, $4) AS done', [
      userId,
      courseId,
      active,
      expiresAt,
    ]);
    if (row?.done !== true) {
      throw new DomainError(
        'BAD_USER_INPUT',
        'The platform’s table course_enrollments has no column "expires_at", so an enrollment cannot end by itself. Leave "expiresAt" out.',
      );
    }
  }

  private async requireKnown(manager: EntityManager, userId: string, courseId: string): Promise<void> {
    const [known] = await manager.query<{ person: boolean; course: boolean }[]>(
      `SELECT EXISTS (SELECT FROM discord_users WHERE id = $1) AS person, EXISTS (SELECT FROM courses WHERE id = $2) AS course`,
      [userId, courseId],
    );
    if (!known?.person) throw new DomainError('NOT_FOUND', 'The platform knows no such user.');
    if (!known.course) throw new DomainError('NOT_FOUND', 'The platform has deleted this course.');
  }
}
