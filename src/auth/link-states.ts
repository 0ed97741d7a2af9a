import { createHash, hkdfSync, randomBytes, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { errors, jwtVerify, SignJWT } from 'jose';
import { DomainError } from '../common/domain-error';
import { isUuid } from '../common/uuid';
import { CONFIG, type Config, type EncryptionKey } from '../config/config';
import { Database } from '../database/database';

/** How long a person may take over Discord's consent page, seconds. */
export const LINK_STATE_LIFETIME = 600;

const AUDIENCE = 'discord-link';

/** Who may finish a linking: the browser with this cookie, or the person who started it. */
export type LinkBinding = { readonly browser: string | null } | { readonly userId: string };

/** What was remembered when the linking started. */
export interface LinkInProgress {
  /** Null: nobody is linking, somebody is signing in. */
  readonly userId: string | null;
  readonly codeVerifier: string;
  readonly returnTo: string | null;
}

interface StateRow {
  readonly user_id: string | null;
  readonly browser_hash: string;
  readonly code_verifier: string;
  readonly return_to: string | null;
  readonly used: boolean;
}

/**
 * The OAuth `state`: a signed token whose `jti` is a row that can be used once, for ten minutes, by the browser or the
 * person that started. The signature keeps guesses away from the database; the row makes it single use.
 */
@Injectable()
export class LinkStates {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
  ) {}

  async issue(start: { userId: string | null; browser: string; returnTo: string | null; scopes: readonly string[] }) {
    const id = randomUUID();
    const codeVerifier = randomBytes(32).toString('base64url');
    const expiresAt = new Date((Math.floor(Date.now() / 1000) + LINK_STATE_LIFETIME) * 1000);
    await this.database.write(async (manager) => {
      await manager.query(
        `INSERT INTO discord_link_states (id, user_id, browser_hash, code_verifier, return_to, scopes, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [id, start.userId, sha256(start.browser, 'hex'), codeVerifier, start.returnTo, start.scopes, expiresAt],
      );
    });
    const [key] = this.config.encryptionKeys;
    const state = await new SignJWT()
      .setProtectedHeader({ alg: 'HS256', kid: key.id })
      .setJti(id)
      .setAudience(AUDIENCE)
      .setExpirationTime(expiresAt)
      .sign(signingKey(key));
    return { state, codeChallenge: sha256(codeVerifier, 'base64url'), expiresAt };
  }

  /**
   * Uses the state up. A state that belongs to somebody else is refused and stays usable for its owner.
   * @throws DomainError BAD_USER_INPUT (forged, expired, used) or FORBIDDEN (another browser's or person's).
   */
  async claim(state: string, binding: LinkBinding): Promise<LinkInProgress> {
    const { id, expired } = await this.read(state);
    const row = await this.database.write(async (manager) => {
      const rows = await manager.query<StateRow[]>(
        `SELECT user_id, browser_hash, code_verifier, return_to, used_at IS NOT NULL AS used
         FROM discord_link_states WHERE id = $1 FOR UPDATE`,
        [id],
      );
      const found = rows[0];
      if (found && isBound(found, binding) && !found.used && !expired) {
        await manager.query('UPDATE discord_link_states SET used_at = now() WHERE id = $1', [id]);
      }
      return found;
    });
    if (row && !isBound(row, binding)) {
      throw new DomainError(
        'FORBIDDEN',
        'This linking was started in another browser or by somebody else. Start it again here, and finish it here.',
      );
    }
    if (!row || expired) throw refused('This linking has expired: it has to be finished within ten minutes.');
    if (row.used) throw refused('This linking has been finished already: each start can be used once.');
    return { userId: row.user_id, codeVerifier: row.code_verifier, returnTo: row.return_to };
  }

  /** Where a state's start wanted the browser to return to, also when the state itself is used up or expired. */
  async returnToOf(state: string): Promise<string | null> {
    const { id } = await this.read(state);
    const rows = await this.database.query<{ return_to: string | null }>(
      'SELECT return_to FROM discord_link_states WHERE id = $1',
      [id],
    );
    return rows[0]?.return_to ?? null;
  }

  /** Whether this browser's cookie was set for this person: then it may bind a second tab's linking too. */
  async isBrowserOf(userId: string, browser: string): Promise<boolean> {
    const rows = await this.database.query(
      'SELECT FROM discord_link_states WHERE user_id = $1 AND browser_hash = $2 AND expires_at > now() LIMIT 1',
      [userId, sha256(browser, 'hex')],
    );
    return rows.length > 0;
  }

  /** @throws DomainError BAD_USER_INPUT unless we signed it. */
  private async read(state: string): Promise<{ id: string; expired: boolean }> {
    const forged = refused('The "state" is not one that this service gave out. Start linking again.');
    try {
      const { payload } = await jwtVerify(state, ({ kid }) => this.keyNamed(kid), {
        algorithms: ['HS256'],
        audience: AUDIENCE,
        requiredClaims: ['jti', 'exp'],
      });
      if (isUuid(payload.jti)) return { id: payload.jti, expired: false };
    } catch (error) {
      // jose looks at the claims only after the signature was found good.
      if (error instanceof errors.JWTExpired && isUuid(error.payload.jti)) {
        return { id: error.payload.jti, expired: true };
      }
    }
    throw forged;
  }

  private keyNamed(kid: string | undefined): Uint8Array {
    const key = this.config.encryptionKeys.find(({ id }) => id === kid);
    if (!key) throw new errors.JWKSNoMatchingKey();
    return signingKey(key);
  }
}

function isBound(row: StateRow, binding: LinkBinding): boolean {
  if ('userId' in binding) return row.user_id === binding.userId;
  return binding.browser !== null && row.browser_hash === sha256(binding.browser, 'hex');
}

/** A key of its own for signatures: one key for two purposes is how one of them gets broken by the other. */
function signingKey({ key }: EncryptionKey): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, '', 'anycademy/discord-link-state', 32));
}

function sha256(text: string, encoding: 'hex' | 'base64url'): string {
  return createHash('sha256').update(text).digest(encoding);
}

function refused(sentence: string): DomainError {
  return new DomainError('BAD_USER_INPUT', sentence);
}
