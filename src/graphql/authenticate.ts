import { type IncomingHttpHeaders } from 'node:http';
import { type Caller } from '../common/caller';

/**
 * Finds out who is calling from the value of an `Authorization` header (`Bearer …`), or from the same value sent in the
 * `connectionParams` of a WebSocket; without one, from the session in the headers. Null when there is neither.
 * @param method of the request; `WS` for the upgrade that opens a WebSocket
 * @throws DomainError UNAUTHENTICATED when a token or session was presented and is not good, FORBIDDEN when a session was
 * presented by a page of another origin; its message says why.
 */
export type Authenticate = (
  authorization: string | undefined,
  method: string,
  headers: IncomingHttpHeaders,
) => Promise<Caller | null>;

/** Injection token of {@link Authenticate}: GraphQL knows that callers are authenticated, not how. */
export const AUTHENTICATE = Symbol('Authenticate');
