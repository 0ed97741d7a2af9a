import { Injectable } from '@nestjs/common';
import { type Caller } from '../common/caller';
import { bearerToken } from './bearer';
import { TokenVerifier } from './token-verifier';

/** From the Authorization header (or a subscription's `connectionParams.authorization`) to the caller. */
@Injectable()
export class Authenticator {
  constructor(private readonly verifier: TokenVerifier) {}

  /**
   * Null for somebody who does not sign in at all.
   * @throws DomainError UNAUTHENTICATED for a header that does not hold a valid token.
   */
  async authenticate(authorization: string | undefined): Promise<Caller | null> {
    const token = bearerToken(authorization);
    return token === null ? null : this.verifier.verify(token);
  }
}
