import { randomUUID } from 'node:crypto';

/** What a caller may send as `X-Request-Id`: it is logged and echoed, so it must not carry lines or markup. */
const SANE = /^[A-Za-z0-9._-]{8,64}$/;

/** The caller's own request id when it is a sane one, else a new one. */
export function requestId(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' && SANE.test(header) ? header : randomUUID();
}
