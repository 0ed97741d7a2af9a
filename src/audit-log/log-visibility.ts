import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Caller, seesEverything } from '../common/caller';
import { Database } from '../database/database';
import { type Visible } from './log-follower';

/** How long what somebody teaches is taken as known, milliseconds. */
const KNOWN_FOR = 30_000;

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
   * What this caller may see: everything (admins), what concerns themselves, and what concerns a course that they teach.
   * The courses are looked up again when they are 30 seconds old or a server configuration has changed, before the entry
   * in question is judged, so neither a new course nor one that was taken away is judged by what was true long ago.
   */
  async visibilityOf(caller: Caller): Promise<Visible> {
    if (seesEverything(caller)) return () => true;

    const load = async () => new Set(await this.database.readAs(caller, taughtCourses));
    let courses = await load();
    let loadedAt = Date.now();
    const refresh = async (): Promise<void> => {
      const askedAt = Date.now();
      courses = await load();
      loadedAt = askedAt;
    };

    return (row) => {
      if (row.userId === caller.userId) return true;
      const { courseId } = row;
      if (courseId === null) return false;
      // Not for a configuration that was changed long ago, or a long replay would ask for each of them.
      const changed = row.action.startsWith('config_') && row.createdAt.getTime() + KNOWN_FOR > loadedAt;
      if (Date.now() - loadedAt < KNOWN_FOR && !changed) return courses.has(courseId);
      return refresh().then(() => courses.has(courseId));
    };
  }
}
