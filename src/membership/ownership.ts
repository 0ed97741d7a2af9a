import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { AuditLog } from '../audit-log/audit-log';
import { Database } from '../database/database';

interface Told {
  readonly courseId: string;
  readonly guildId: string;
  readonly isOwnerless: boolean;
}

/**
 * What a configuration keeps of its course: the title, so that a deleted course still has a name, and who owns it. Nothing
 * is done in a server of which nobody is the owner: its memberships stay as they are (see {@link AccountViews}).
 */
@Injectable()
export class Ownership {
  constructor(
    private readonly database: Database,
    private readonly log: AuditLog,
  ) {}

  /** The courses may have been renamed or handed on. */
  async ofCourses(courseIds: readonly string[]): Promise<void> {
    await this.database.work(async (manager) => {
      await manager.query(
        `UPDATE discord_server_configs k SET course_title = coalesce(f.title, ''), instructor_id = c.instructor_id, updated_at = now()
         FROM courses c, LATERAL discord_course_facts(c) f WHERE c.id = k.course_id AND c.id = ANY($1::uuid[]) AND (k.course_title, k.instructor_id) IS DISTINCT FROM (coalesce(f.title, ''), c.instructor_id)`,
        [courseIds],
      );
      await this.tell(manager, 'k.course_id = ANY($1::uuid[])', courseIds);
    });
  }

  /** These users may have been deleted. */
  async ofInstructors(userIds: readonly string[]): Promise<void> {
    await this.database.work((manager) => this.tell(manager, 'k.instructor_id = ANY($1::uuid[])', userIds));
  }

  /** Once when the owner has gone, and once when there is one again. */
  private async tell(manager: EntityManager, which: string, ids: readonly string[]): Promise<void> {
    const [told] = await manager.query<[Told[], number]>(
      `UPDATE discord_server_configs k SET ownerless_since = CASE WHEN k.ownerless_since IS NULL THEN now() END
       WHERE ${which} AND (k.ownerless_since IS NULL) <> EXISTS (SELECT FROM discord_users u WHERE u.id = k.instructor_id)
       RETURNING k.course_id AS "courseId", k.guild_id AS "guildId", k.ownerless_since IS NOT NULL AS "isOwnerless"`,
      [ids],
    );
    await this.log.append(
      manager,
      told.map(({ courseId, guildId, isOwnerless }) => ({
        action: 'health',
        status: isOwnerless ? 'failed' : 'success',
        courseId,
        guildId,
        details: { paused: isOwnerless, problem: isOwnerless ? 'NO_OWNER' : null },
        errorMessage: isOwnerless
          ? 'The server has no owner: the instructor of its course was deleted. Everybody stays as they are until the course has an instructor again.'
          : null,
      })),
    );
  }
}
