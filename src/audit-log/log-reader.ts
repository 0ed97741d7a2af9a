import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';
import { LOG_COLUMNS, type LogRow } from './log-row';

/** How many entries one reading brings. */
export const READ_SIZE = 500;

/** Reads the log on the service's own behalf: who may see an entry is decided by whoever hands it on. */
@Injectable()
export class LogReader {
  constructor(private readonly database: Database) {}

  /** The next {@link READ_SIZE} entries after `seq`, in order. Fewer only when there are no more. */
  after(seq: bigint): Promise<LogRow[]> {
    return this.database.follow<LogRow>(
      `SELECT ${LOG_COLUMNS} FROM discord_log WHERE seq > $1 ORDER BY seq LIMIT ${READ_SIZE}`,
      [seq.toString()],
    );
  }

  /** The place of the last entry; 0 while there is none. Whatever is committed later comes after it. */
  async end(): Promise<bigint> {
    const [last] = await this.database.follow<{ seq: string }>(
      `SELECT coalesce(max(seq), 0) AS seq FROM discord_log_sequence`,
    );
    return BigInt(last?.seq ?? 0);
  }
}
