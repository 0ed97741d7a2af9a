import { type Caller } from '../common/caller';

/**
 * Finds out who is calling from the value of an `Authorization` header (`Bearer …`), or from the same value sent in the
 * `connectionParams` of a WebSocket. Null when there is none.
 * @throws DomainError UNAUTHENTICATED when a token was presented and is not good; its message says why.
 */
export type Authenticate = (authorization: string | undefined) => Promise<Caller | null>;

/** Injection token of {@link Authenticate}: GraphQL knows that callers are authenticated, not how. */
export const AUTHENTICATE = Symbol('Authenticate');
