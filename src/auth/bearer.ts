import { DomainError } from '../common/domain-error';

/**
 * The token of an `Authorization: Bearer …` header (RFC 6750); null when there is no header.
 * @throws DomainError UNAUTHENTICATED when there is a header of another form.
 */
export function bearerToken(authorization: string | undefined): string | null {
  if (authorization === undefined || authorization === '') return null;
  const token = /^Bearer +([\w.~+/=-]+) *$/i.exec(authorization)?.[1];
  if (token === undefined) {
    throw new DomainError('UNAUTHENTICATED', 'The Authorization header must read "Bearer <access token>".');
  }
  return token;
}
