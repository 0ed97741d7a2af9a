import { Injectable } from '@nestjs/common';
import { type Caller, seesEverything } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { decodeCursor, encodeCursor, type Page, type PageArguments, pageSize, toPage } from '../common/page';
import { Database } from '../database/database';

export interface CourseRow {
  readonly id: string;
  readonly title: string;
  readonly instructorId: string;
}

const COLUMNS = 'id, title, instructor_id AS "instructorId"';

/** Which of the courses that a caller may see. */
const ALL = 'true';
const TAUGHT = 'c.id IN (SELECT discord_taught())';
const ATTENDED = 'c.id IN (SELECT discord_enrolled())';

/** The platform's courses, as far as a caller may see them. */
@Injectable()
export class Courses {
  constructor(private readonly database: Database) {}

  /** Those of the courses that the caller may see, by id. */
  async find(caller: Caller, ids: readonly string[]): Promise<Map<string, CourseRow>> {
    const rows = await this.database.readAs(caller, (manager) =>
      manager.query<CourseRow[]>(`SELECT ${COLUMNS} FROM discord_visible_courses WHERE id = ANY($1::uuid[])`, [ids]),
    );
    return new Map(rows.map((row) => [row.id, row]));
  }

  /**
   * A course that the caller may act in as its staff.
   * @throws DomainError NOT_FOUND when the caller may not even see it, FORBIDDEN when they only attend it.
   */
  async taughtBy(caller: Caller, courseId: string): Promise<CourseRow> {
    const rows = await this.database.readAs(caller, (manager) =>
      manager.query<(CourseRow & { teaches: boolean })[]>(
        `SELECT ${COLUMNS}, discord_is_admin() OR discord_teaches(id) AS teaches FROM discord_visible_courses WHERE id = $1`,
        [courseId],
      ),
    );
    const course = rows[0];
    if (!course) throw new DomainError('NOT_FOUND', 'There is no such course, or you may not see it.');
    if (!course.teaches) throw new DomainError('FORBIDDEN', 'Only those who teach this course may do that.');
    return course;
  }

  /** Those of the courses that the caller teaches (admins: all of them), by id. */
  async taughtAmong(caller: Caller, ids: readonly string[]): Promise<Map<string, CourseRow>> {
    const rows = await this.database.readAs(caller, (manager) =>
      manager.query<CourseRow[]>(
        `SELECT ${COLUMNS} FROM discord_visible_courses
         WHERE id = ANY($1::uuid[]) AND ((SELECT discord_is_admin()) OR id IN (SELECT discord_taught()))`,
        [ids],
      ),
    );
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** The courses that the caller teaches (admins: all, unless only their `own` are wanted), by title. */
  taught(caller: Caller, page: PageArguments, own = false): Promise<Page<CourseRow>> {
    return this.page(caller, page, seesEverything(caller) && !own ? ALL : TAUGHT);
  }

  countTaught(caller: Caller, own = false): Promise<number> {
    return this.count(caller, seesEverything(caller) && !own ? ALL : TAUGHT);
  }

  /** The courses in which the caller is enrolled now, by title. */
  attended(caller: Caller, page: PageArguments): Promise<Page<CourseRow>> {
    return this.page(caller, page, ATTENDED);
  }

  countAttended(caller: Caller): Promise<number> {
    return this.count(caller, ATTENDED);
  }

  private async page(caller: Caller, { first, after }: PageArguments, which: string): Promise<Page<CourseRow>> {
    const size = pageSize(first);
    const [title, id] = after ? decodeCursor(after, 'text', 'uuid') : [null, null];
    const rows = await this.database.readAs(caller, (manager) =>
      manager.query<CourseRow[]>(
        `SELECT ${COLUMNS} FROM discord_visible_courses c
         WHERE ${which} AND ($1::text IS NULL OR (c.title, c.id) > ($1::text, $2::uuid))
         ORDER BY c.title, c.id LIMIT $3`,
        [title, id, size + 1],
      ),
    );
    return toPage(rows, size, (row) => encodeCursor(row.title, row.id));
  }

  private async count(caller: Caller, which: string): Promise<number> {
    const rows = await this.database.readAs(caller, (manager) =>
      manager.query<{ count: number }[]>(`SELECT count(*)::int AS count FROM discord_visible_courses c WHERE ${which}`),
    );
    return rows[0]?.count ?? 0;
  }
}
