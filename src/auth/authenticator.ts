import { type IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { type Caller } from '../common/caller';
import { bearerToken } from './bearer';
import { Sessions } from './sessions';
import { TokenVerifier } from './token-verifier';

/** From the Authorization header (or a subscription's `connectionParams.authorization`), else the session's cookie, to the caller. */
@Injectable()
export class Authenticator {
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly sessions: Sessions,
  ) {}

  /**
   * Null for somebody who does not sign in at all.
   * @param method of the request; `WS` for the upgrade that opens a WebSocket
   * @throws DomainError UNAUTHENTICATED for a header that does not hold a valid token, or a session that has ended;
   * FORBIDDEN for a session that is used by a page of another origin.
   */
  async authenticate(
    authorization: string | undefined,
    method: string,
    headers: IncomingHttpHeaders,
  ): Promise<Caller | null> {
    const token = bearerToken(authorization);
    return token === null ? this.sessions.callerOf(method, headers) : this.verifier.verify(token);
  }
}
