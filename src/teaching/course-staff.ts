import { Injectable } from '@nestjs/common';
import { AuditLog } from '../audit-log/audit-log';
import { type Caller, seesEverything } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { Database } from '../database/database';
import { type CourseRow, Courses } from '../platform/courses';

/** The most co-teachers that a course may have. */
const MAX_STAFF = 100;

/** Somebody who teaches a course with its owner. */
export interface StaffMember {
  readonly courseId: string;
  readonly id: string;
  readonly displayName: string | null;
}

/** Co-teachers: they may do in a course what its instructor may, except say who else does. */
@Injectable()
export class CourseStaff {
  constructor(
    private readonly database: Database,
    private readonly courses: Courses,
    private readonly log: AuditLog,
  ) {}

  /** Of those of the courses that the caller teaches, in the order in which they came. */
  ofCourses(caller: Caller, courseIds: readonly string[]): Promise<StaffMember[]> {
    return this.database.readAs(caller, (manager) =>
      manager.query<StaffMember[]>(
        `SELECT course_id AS "courseId", user_id AS id, display_name AS "displayName" FROM discord_visible_staff
         WHERE course_id = ANY($1::uuid[]) ORDER BY created_at, user_id`,
        [courseIds],
      ),
    );
  }

  /**
   * These and nobody else teach the course with its owner from now on.
   * @throws DomainError NOT_FOUND, FORBIDDEN unless the caller owns the course or is an admin; BAD_USER_INPUT for
   *   somebody whom the platform does not know.
   */
  async set(caller: Caller, courseId: string, userIds: readonly string[]): Promise<CourseRow> {
    const course = await this.courses.taughtBy(caller, courseId);
    if (!seesEverything(caller) && course.instructorId !== caller.userId)
      throw new DomainError('FORBIDDEN', 'Only the owner of this course, or an admin, says who teaches it with them.');
    const wanted = [...new Set(userIds.map((id) => id.toLowerCase()))].filter((id) => id !== course.instructorId);
    if (wanted.length > MAX_STAFF)
      throw new DomainError(
        'BAD_USER_INPUT',
        `A course has up to ${MAX_STAFF} co-teachers; these are ${wanted.length}.`,
      );
    await this.database.write(async (manager) => {
      const unknown = await manager.query<{ id: string }[]>(
        `SELECT w.id FROM unnest($1::uuid[]) w(id) WHERE NOT EXISTS (SELECT FROM discord_users u WHERE u.id = w.id)`,
        [wanted],
      );
      if (unknown.length > 0) {
        const ids = unknown.map(({ id }) => id);
        throw new DomainError('BAD_USER_INPUT', `The platform knows no user ${ids.join(', ')}.`, { userIds: ids });
      }
      // Two who decide at once: the later one decides for all, instead of both in part.
      await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('course_staff ' || $1::text, 0))`, [courseId]);
      const [removed] = await manager.query<[{ id: string }[], number]>(
        'DELETE FROM course_staff WHERE course_id = $1 AND NOT user_id = ANY($2::uuid[]) RETURNING user_id AS id',
        [courseId, wanted],
      );
      const added = await manager.query<{ id: string }[]>(
        `INSERT INTO course_staff (course_id, user_id) SELECT $1, w.id FROM unnest($2::uuid[]) w(id)
         ON CONFLICT DO NOTHING RETURNING user_id AS id`,
        [courseId, wanted],
      );
      if (removed.length + added.length === 0) return;
      // As a change of the configuration: whoever follows the log asks anew what they teach.
      await this.log.append(manager, [
        {
          action: 'config_update',
          courseId,
          actorId: caller.userId,
          details: { staffAdded: added.map(({ id }) => id), staffRemoved: removed.map(({ id }) => id) },
        },
      ]);
    });
    return course;
  }
}
