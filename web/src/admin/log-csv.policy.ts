import { type LogEntry } from './use-log';

const COLUMNS = [
  'time',
  'action',
  'status',
  'student',
  'student_id',
  'course',
  'course_id',
  'server',
  'server_id',
  'by',
  'by_id',
  'error',
  'details',
  'seq',
] as const;

/** Entries of the log as a file that spreadsheets open (RFC 4180), in UTC, with a line that names the columns. */
export function logAsCsv(entries: readonly LogEntry[], serverNames: ReadonlyMap<string, string>): string {
  const lines = entries.map((entry) => [
    entry.createdAt,
    entry.action,
    entry.status,
    entry.student?.displayName,
    entry.userId,
    entry.course?.title,
    entry.courseId,
    entry.guildId === null ? null : serverNames.get(entry.guildId),
    entry.guildId,
    entry.actor?.displayName,
    entry.actorId,
    entry.errorMessage,
    entry.details === null ? null : JSON.stringify(entry.details),
    entry.seq,
  ]);
  // Without the mark at its beginning Excel takes the letters of names for others.
  return `\uFEFF${[COLUMNS, ...lines].map((cells) => cells.map(cell).join(',')).join('\r\n')}\r\n`;
}

/** What a spreadsheet would run as a formula is made text: a name is written by whoever bears it. */
function cell(value: string | null | undefined): string {
  const text = value ?? '';
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
