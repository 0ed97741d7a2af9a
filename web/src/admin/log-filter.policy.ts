import { type AuditAction, type AuditStatus } from '../api/enums.generated';
import { type LogFilter } from './use-log';

export const STATUSES = ['SUCCESS', 'FAILED', 'PENDING'] as const satisfies readonly AuditStatus[];

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** What the address of the page asks of the log; days are those of whoever looks, the last one included. */
export function filterOf(address: URLSearchParams, actions: readonly AuditAction[]): LogFilter {
  const action = actions.find((each) => each === address.get('action'));
  const status = STATUSES.find((each) => each === address.get('status'));
  const person = (address.get('person') ?? '').trim();
  const course = address.get('course');
  const server = address.get('server');
  const since = dayOf(address.get('since'), 0);
  const until = dayOf(address.get('until'), 1);
  return {
    ...(action ? { action: [action] } : {}),
    ...(status ? { status: [status] } : {}),
    ...(isUuid(person) ? { userId: person } : {}),
    ...(course !== null && isUuid(course) ? { courseId: course } : {}),
    ...(server !== null && /^\d+$/.test(server) ? { guildId: server } : {}),
    ...(since === null ? {} : { since }),
    ...(until === null ? {} : { until }),
  };
}

function dayOf(text: string | null, later: number): string | null {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text ?? '') ?? [];
  if (!year || !month || !day) return null;
  return new Date(Number(year), Number(month) - 1, Number(day) + later).toISOString();
}
