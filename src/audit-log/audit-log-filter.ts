import { DomainError } from '../common/domain-error';
import { type AuditAction } from './audit-log';
import { type LogRow } from './log-row';

/** What somebody wants to see of the log; everything that is absent does not narrow it. */
export interface LogFilter {
  readonly action?: readonly AuditAction[] | null | undefined;
  readonly status?: readonly LogRow['status'][] | null | undefined;
  readonly userId?: string | null | undefined;
  readonly courseId?: string | null | undefined;
  readonly guildId?: string | null | undefined;
  /** Inclusive. */
  readonly since?: Date | null | undefined;
  /** Exclusive. */
  readonly until?: Date | null | undefined;
}

/** Whether an entry that is already loaded is wanted. */
export function matches(filter: LogFilter, row: LogRow): boolean {
  const one = <Value>(wanted: Value | null | undefined, found: Value | null) => (wanted ?? found) === found;
  return (
    (filter.action?.includes(row.action) ?? true) &&
    (filter.status?.includes(row.status) ?? true) &&
    one(filter.userId, row.userId) &&
    one(filter.courseId, row.courseId) &&
    one(filter.guildId, row.guildId) &&
    (!filter.since || row.createdAt >= filter.since) &&
    (!filter.until || row.createdAt < filter.until)
  );
}

/**
 * The same as SQL conditions on the view `discord_log`; what they compare with is added to `parameters`.
 * @throws DomainError BAD_USER_INPUT when the filter cannot match anything by its own dates.
 */
export function conditions(filter: LogFilter, parameters: unknown[]): string[] {
  if (filter.since && filter.until && filter.since >= filter.until) {
    throw new DomainError(
      'BAD_USER_INPUT',
      '"since" must be earlier than "until": the two leave no time between them.',
    );
  }
  const wanted: readonly (readonly [string, unknown])[] = [
    ['action = ANY(?)', filter.action],
    ['status = ANY(?)', filter.status],
    ['user_id = ?', filter.userId],
    ['course_id = ?', filter.courseId],
    ['guild_id = ?', filter.guildId],
    ['created_at >= ?', filter.since],
    ['created_at < ?', filter.until],
  ];
  return wanted
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([condition, value]) => condition.replace('?', `$${parameters.push(value)}`));
}
