import { Injectable } from '@nestjs/common';
import { type Caller } from '../common/caller';
import { type LogFilter, matches } from './audit-log-filter';
import { type LogRow } from './log-row';
import { LogTail } from './log-tail';
import { LogVisibility } from './log-visibility';

/** The log as one caller may follow it. */
@Injectable()
export class AuditLogStream {
  constructor(
    private readonly tail: LogTail,
    private readonly visibility: LogVisibility,
  ) {}

  async follow(
    caller: Caller,
    filter: LogFilter,
    after?: string | null,
  ): Promise<AsyncIterableIterator<LogRow, undefined>> {
    const visible = await this.visibility.visibilityOf(caller, (row) => matches(filter, row));
    return this.tail.follow({ after, caller, visible });
  }
}
