import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Caller, seesEverything } from '../common/caller';
import { Database } from '../database/database';
import { type Visible } from './log-follower';
import { type LogRow } from './log-row';

/** How long it is taken as known that somebody does not teach a course, milliseconds. */
const REFUSED_FOR = 30_000;

/** How long at the most it is taken as known that they do: entries of one page are judged by one question. */
const ALLOWED_FOR = 1_000;

/** The courses that the caller of this transaction teaches. */
export async function taughtCourses(manager: EntityManager): Promise<string[]> {
  const rows = await manager.query<{ id: string }[]>(
    `SELECT id FROM discord_visible_courses WHERE id IN (SELECT discord_taught())`,
  );
  return rows.map((row) => row.id);
}

/** Who may see which entries of the log, as the table's policies say, for entries that are already loaded. */
@Injectable()
export class LogVisibility {
  constructor(private readonly database: Database) {}

  /**
   * What this caller may see of what they want: everything (admins), what concerns themselves, and what concerns a course
   * that they teach.
   *
   * An entry is only shown by an answer that was asked for after the entry had been read: whoever was taken off a course sees
   * nothing that was committed after that, not even in a page that they take long to read. That they teach one more course is
   * seen when a server configuration or the staff of a course changes, wanted or not, else after 30 seconds. So nothing is
   * asked for those who teach nothing, who are the many.
   */
  async visibilityOf(caller: Caller, wanted: (row: LogRow) => boolean): Promise<Visible> {
    if (seesEverything(caller)) return wanted;

    let askedAt = performance.now();
    let courses = await this.coursesOf(caller);
    let mayTeachMore = false;
    const refresh = async (): Promise<void> => {
      const now = performance.now();
      mayTeachMore = false;
      courses = await this.coursesOf(caller);
      askedAt = now;
    };

    return (row, takenAt) => {
      // Not for a configuration that was changed long ago, or a long replay would ask for each of them.
      if (row.action.startsWith('config_') && row.createdAt.getTime() + REFUSED_FOR > Date.now()) mayTeachMore = true;
      if (!wanted(row)) return false;
      if (row.userId === caller.userId) return true;
      const { courseId } = row;
      if (courseId === null) return false;
      const age = performance.now() - askedAt;
      const isKnown = courses.has(courseId)
        ? askedAt > takenAt && age < ALLOWED_FOR
        : age < REFUSED_FOR && !mayTeachMore;
      return isKnown ? courses.has(courseId) : refresh().then(() => courses.has(courseId));
    };
  }

  private async coursesOf(caller: Caller): Promise<ReadonlySet<string>> {
    return new Set(await this.database.readAs(caller, taughtCourses));
  }
}
