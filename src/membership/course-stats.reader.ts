import { Injectable } from '@nestjs/common';
import { type Caller } from '../common/caller';
import { Database } from '../database/database';
import { type CourseStats } from './course-stats.model';

/** How many students stand where. */
@Injectable()
export class CourseStatsReader {
  constructor(private readonly database: Database) {}

  /** By course; one that the caller does not teach is missing. */
  async of(caller: Caller, courseIds: readonly string[]): Promise<Map<string, CourseStats>> {
    const rows = await this.database.readAs(caller, (manager) =>
      manager.query<(CourseStats & { readonly courseId: string })[]>(
        `SELECT course_id AS "courseId", enrolled, linked, invited, joined, left_by_choice AS left, removed, pending
         FROM discord_course_stats($1::uuid[])`,
        [courseIds],
      ),
    );
    return new Map(rows.map((row) => [row.courseId, row]));
  }
}
