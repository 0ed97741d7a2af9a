import { Inject, Injectable } from '@nestjs/common';
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify, type JWTVerifyOptions } from 'jose';
import { type Caller, type Role } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { isUuid } from '../common/uuid';
import { CONFIG, type Config } from '../config/config';
import { PlatformKeys, PlatformKeysUnavailable } from './platform-keys';

/** What a key pair may sign with. HS256 is never among them: a public key is no secret. */
const PUBLIC_KEY_ALGORITHMS: readonly string[] = ['RS256', 'ES256', 'EdDSA'];

/** By how much the clocks of the platform and of this service may differ, seconds. */
const CLOCK_TOLERANCE = 10;

const PERSON_ROLES: ReadonlyMap<unknown, Role> = new Map<unknown, Role>([
  [undefined, 'STUDENT'],
  ['student', 'STUDENT'],
  ['instructor', 'INSTRUCTOR'],
  ['admin', 'ADMIN'],
]);

/** Tells from the platform's JWT who is calling. Each source of keys accepts its own algorithms and no others. */
@Injectable()
export class TokenVerifier {
  private readonly secret: Uint8Array | undefined;
  private readonly keys: PlatformKeys | undefined;
  private readonly expected: JWTVerifyOptions;

  constructor(@Inject(CONFIG) config: Config) {
    const { secret, jwksUrl, issuer, audience } = config.jwt;
    this.secret = secret === undefined ? undefined : new TextEncoder().encode(secret);
    this.keys = jwksUrl === undefined ? undefined : new PlatformKeys(jwksUrl);
    this.expected = {
      clockTolerance: CLOCK_TOLERANCE,
      requiredClaims: ['exp'],
      ...(issuer !== undefined && { issuer }),
      ...(audience !== undefined && { audience }),
    };
  }

  /**
   * @throws DomainError UNAUTHENTICATED with a sentence that never repeats the token; PlatformKeysUnavailable, which is
   * nobody's fault who calls.
   */
  async verify(token: string): Promise<Caller> {
    return toCaller(await this.payloadOf(token));
  }

  private async payloadOf(token: string): Promise<JWTPayload> {
    try {
      const { alg } = decodeProtectedHeader(token);
      if (alg === 'HS256' && this.secret !== undefined) {
        return (await jwtVerify(token, this.secret, { ...this.expected, algorithms: ['HS256'] })).payload;
      }
      if (alg !== undefined && PUBLIC_KEY_ALGORITHMS.includes(alg) && this.keys !== undefined) {
        return (await jwtVerify(token, this.keys.keyFor, { ...this.expected, algorithms: [alg] })).payload;
      }
    } catch (error) {
      throw error instanceof PlatformKeysUnavailable ? error : asRefusal(error);
    }
    throw refusal('The access token is signed in a way that is not accepted here. Sign in on the platform again.');
  }
}

/** Whom a token of the platform itself stands for when it names no user. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

function toCaller(claims: JWTPayload): Caller {
  const { exp } = claims;
  const role = roleOf(claims);
  // The platform itself is nobody in particular: Supabase's service keys name no user.
  const sub = claims.sub ?? (role === 'SERVICE' ? NOBODY : undefined);
  if (!isUuid(sub) || exp === undefined) {
    throw refusal('The access token does not name a user: its "sub" must be a UUID.');
  }
  return { userId: sub.toLowerCase(), role, claims: claimsFor(claims, role, exp), expiresAt: exp + CLOCK_TOLERANCE };
}

/** What row-level security asks for, and nothing else: a token may hold things that PostgreSQL cannot read. */
function claimsFor({ sub }: JWTPayload, role: Role, exp: number): Caller['claims'] {
  const whose = sub === undefined ? {} : { sub };
  if (role === 'SERVICE') return { ...whose, role: 'service_role', exp };
  return { ...whose, role: 'authenticated', exp, app_metadata: { role: role.toLowerCase() } };
}

function roleOf(claims: JWTPayload): Role {
  if (claims['role'] === 'service_role') return 'SERVICE';
  if (claims['role'] !== 'authenticated') {
    throw refusal('The access token\'s "role" must be "authenticated" or "service_role".');
  }
  const metadata = claims['app_metadata'] ?? {};
  if (typeof metadata !== 'object' || Array.isArray(metadata)) {
    throw refusal('The access token\'s "app_metadata" must be an object.');
  }
  const role = PERSON_ROLES.get((metadata as Record<string, unknown>)['role'] ?? undefined);
  if (role === undefined) {
    throw refusal('The access token\'s "app_metadata.role" must be "student", "instructor" or "admin".');
  }
  return role;
}

function asRefusal(error: unknown): DomainError {
  if (error instanceof errors.JWTExpired) {
    return refusal('The access token has expired. Sign in on the platform again.');
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return refusal(claimSentence(error.claim, error.reason));
  }
  if (
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JWKSNoMatchingKey ||
    // No "kid", although the platform publishes several keys of that kind.
    error instanceof errors.JWKSMultipleMatchingKeys
  ) {
    return refusal('The access token was not signed by the platform. Sign in on the platform again.');
  }
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid || error instanceof TypeError) {
    return refusal('The access token is not a complete JSON Web Token. Sign in on the platform again.');
  }
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) {
    return refusal('The access token is signed in a way that is not accepted here. Sign in on the platform again.');
  }
  return refusal('The access token cannot be checked. Sign in on the platform again.');
}

function claimSentence(claim: string, reason: string): string {
  if (reason === 'missing') return `The access token lacks the claim "${claim}".`;
  switch (claim) {
    case 'nbf':
      return 'The access token is not valid yet. Check the clock of whoever issued it.';
    case 'iss':
      return 'The access token was issued by somebody else than the platform.';
    case 'aud':
      return 'The access token was issued for another service.';
    default:
      return `The access token's claim "${claim}" is not valid.`;
  }
}

function refusal(sentence: string): DomainError {
  return new DomainError('UNAUTHENTICATED', sentence);
}
