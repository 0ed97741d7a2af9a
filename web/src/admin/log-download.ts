import { type Request } from '../api/request';
import { adminLog, type AdminLogQuery } from './log.generated';
import { logAsCsv } from './log-csv.policy';
import { type LogEntry, type LogFilter } from './use-log';

const PAGE = 200;
/** The most rows of a file: more is asked for by time. */
const MAX_ROWS = 20_000;

/**
 * Everything that fits as a file.
 * @param onProgress told how many rows have arrived
 * @returns how many rows it has, and whether older ones were left out
 * @throws RequestError
 */
export async function downloadLog(
  request: Request,
  filter: LogFilter,
  serverNames: ReadonlyMap<string, string>,
  onProgress: (rows: number) => void,
): Promise<{ readonly rows: number; readonly isCut: boolean }> {
  const entries: LogEntry[] = [];
  let after: string | null = null;
  do {
    const { auditLog }: AdminLogQuery = await request(adminLog, { ...filter, first: PAGE, after });
    entries.push(...auditLog.nodes);
    onProgress(entries.length);
    after = auditLog.pageInfo.hasNextPage ? auditLog.pageInfo.endCursor : null;
  } while (after !== null && entries.length < MAX_ROWS);
  const url = URL.createObjectURL(new Blob([logAsCsv(entries, serverNames)], { type: 'text/csv;charset=utf-8' }));
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = `discord-log-${new Date().toISOString().slice(0, 10)}.csv`;
  anchor.click();
  URL.revokeObjectURL(url);
  return { rows: entries.length, isCut: after !== null };
}
