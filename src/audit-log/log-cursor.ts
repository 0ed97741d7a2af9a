import { DomainError } from '../common/domain-error';

/** The largest value of PostgreSQL's bigint, of which `seq` is one. */
const LARGEST_SEQ = 2n ** 63n - 1n;

/**
 * The place in the log that a client names to go on from: what `seq` of an entry was.
 * @throws DomainError BAD_USER_INPUT when it is not a non-negative integer that fits a bigint.
 */
export function parseSeq(after: string): bigint {
  const seq = /^[0-9]{1,19}$/.test(after) ? BigInt(after) : undefined;
  if (seq === undefined || seq > LARGEST_SEQ) {
    throw new DomainError(
      'BAD_USER_INPUT',
      '"after" must be the seq of a log entry, a non-negative integer as text; "0" replays everything.',
    );
  }
  return seq;
}
