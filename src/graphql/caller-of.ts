import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { type GraphqlContext } from './context';

/** Who is calling. The guard lets nobody in without a caller; this says so to the compiler, and to a handler that is public. */
export function callerOf({ caller }: Pick<GraphqlContext, 'caller'>): Caller {
  if (caller === null)
    throw new DomainError('UNAUTHENTICATED', 'Sign in first: send "Authorization: Bearer <access token>".');
  return caller;
}
