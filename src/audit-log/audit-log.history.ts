import { Injectable } from '@nestjs/common';
import { type Caller, seesEverything } from '../common/caller';
import { decodeCursor, encodeCursor, type Page, type PageArguments, pageSize, toPage } from '../common/page';
import { Database } from '../database/database';
import { conditions, type LogFilter } from './audit-log-filter';
import { parseSeq } from './log-cursor';
import { LOG_COLUMNS, type LogRow } from './log-row';
import { taughtCourses } from './log-visibility';

/** The log as it can be looked through, newest first. */
@Injectable()
export class AuditLogHistory {
  constructor(private readonly database: Database) {}

  /**
   * One page of the entries that this caller may see and the filter lets through.
   * @throws DomainError BAD_USER_INPUT for a page size, a cursor or dates that cannot be.
   */
  page(caller: Caller, filter: LogFilter, page: PageArguments): Promise<Page<LogRow>> {
    const first = pageSize(page.first);
    const parameters: unknown[] = [];
    const where = conditions(filter, parameters);
    if (page.after !== undefined && page.after !== null) {
      const [seq = ''] = decodeCursor(page.after, 'seq');
      where.push(`seq < $${parameters.push(parseSeq(seq).toString())}`);
    }
    return this.database.readAs(caller, async (manager) => {
      if (!seesEverything(caller)) {
        // The policies say the same, but through a function that no index can serve.
        const courses = await taughtCourses(manager);
        where.push(`(user_id = $${parameters.push(caller.userId)} OR course_id = ANY($${parameters.push(courses)}))`);
      }
      const rows = await manager.query<LogRow[]>(
        `SELECT ${LOG_COLUMNS} FROM discord_log
         ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''}
         ORDER BY seq DESC LIMIT ${first + 1}`,
        parameters,
      );
      return toPage(rows, first, (row) => encodeCursor(row.seq));
    });
  }
}
