import { QueryFailedError, QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';

/** The server ends the connection, or takes no new one at the moment: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const SQL_STATES = /^(08...|57P0[123]|53300)$/;

/** Nothing answers at the address, or not any more. */
const SYSTEM_CODES = /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/;

/** What pg says without a code; the last when an answer never came, because the connection went without a word. */
const SENTENCES =
  /connection terminated|is not queryable|timeout exceeded when trying to connect|^query read timeout$/i;

/** Whether a statement failed only because there is no connection (any more): the same statement may succeed in a moment. */
export function isLostConnection(error: unknown): boolean {
  // What typeorm says to the next statement of a transaction whose connection broke.
  if (error instanceof QueryRunnerAlreadyReleasedError || error instanceof QueryRunnerProviderAlreadyReleasedError)
    return true;
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (!(cause instanceof Error)) return false;
  if (cause instanceof AggregateError) return cause.errors.some(isLostConnection);
  if ('code' in cause && typeof cause.code === 'string')
    return SQL_STATES.test(cause.code) || SYSTEM_CODES.test(cause.code);
  return SENTENCES.test(cause.message);
}
