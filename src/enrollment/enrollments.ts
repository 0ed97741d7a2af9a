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
   * As the platform would tell it by webhook: what it told before this is older, by whichever clock.
   * @throws DomainError BAD_USER_INPUT when the table cannot hold an end; CONFLICT when the platform told something newer meanwhile
   */
  private async apply(
    manager: EntityManager,
    { userId, courseId, active, expiresAt }: EnrollmentChange,
  ): Promise<void> {
    const [event] = await manager.query<{ outcome: string }[]>(
      `SELECT outcome FROM discord_take_enrollments(jsonb_build_array(jsonb_build_object('index', 0, 'type', $1::text,
         'user_id', $2::uuid, 'course_id', $3::uuid, 'expires_at', $4::timestamptz, 'occurred_at', greatest(clock_timestamp(),
         (SELECT e.occurred_at FROM discord_enrollment_events e WHERE e.user_id = $2::uuid AND e.course_id = $3::uuid)))))`,
      [active ? 'enrollment.created' : 'enrollment.deleted', userId, courseId, expiresAt],
    );
    if (event?.outcome === 'applied') return;
    if (event?.outcome === 'NO_EXPIRY_COLUMN') {
      throw new DomainError(
        'BAD_USER_INPUT',
        'The platform’s table course_enrollments has no column "expires_at", so an enrollment cannot end by itself. Leave "expiresAt" out.',
      );
    }
    throw new DomainError(
      'CONFLICT',
      'The platform has just told something else of this enrollment. Look at it again.',
    );
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
