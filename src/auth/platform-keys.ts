import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';

/** How long to wait for the key set, milliseconds. */
const TIMEOUT = 5_000;
/** How long the keys that were fetched last are used without asking again while the platform does not answer, milliseconds. */
const PAUSE = 30_000;

/** The platform's keys cannot be had, and are not known from earlier. */
export class PlatformKeysUnavailable extends Error {
  override readonly name = 'PlatformKeysUnavailable';
}

/**
 * The public keys at JWKS_URL: asked for again after ten minutes, and when a token names a key that is not among them (at
 * most every 30 seconds). While the platform does not answer, those that it answered last stay good: nobody is signed out
 * because a server is restarted.
 */
export class PlatformKeys {
  private readonly remote: ReturnType<typeof createRemoteJWKSet>;
  private askAgainAt = 0;

  constructor(url: string) {
    this.remote = createRemoteJWKSet(new URL(url), { timeoutDuration: TIMEOUT });
  }

  /** The key that a token's header names. @throws PlatformKeysUnavailable, or jose's error when the token is at fault. */
  readonly keyFor: JWTVerifyGetKey = async (header, token) => {
    const known = this.remote.jwks();
    let outage: unknown;
    if (known === undefined || Date.now() >= this.askAgainAt) {
      try {
        return await this.remote(header, token);
      } catch (error) {
        if (isAboutToken(error)) throw error;
        this.askAgainAt = Date.now() + PAUSE;
        outage = error;
      }
    }
    try {
      if (known !== undefined) return await createLocalJWKSet(known)(header, token);
    } catch (error) {
      // It may be one that the platform has published meanwhile.
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    }
    throw new PlatformKeysUnavailable("The platform's key set cannot be read.", { cause: outage });
  };
}

function isAboutToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}
