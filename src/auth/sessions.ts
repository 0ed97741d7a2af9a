import { hkdfSync, randomUUID } from 'node:crypto';
import { type IncomingHttpHeaders } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { EncryptJWT, errors, jwtDecrypt } from 'jose';
import { z } from 'zod';
import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { CONFIG, type Config, type EncryptionKey } from '../config/config';
import { Database } from '../database/database';
import { OpenSockets } from '../graphql/open-sockets';
import { isOfOwnPage } from './own-page.policy';
import { callerOfPerson, type PersonRole } from './person';
import { readSession, type SessionCookie, sessionCookie, setSessionHeader } from './session-cookie';

/** The longest that a session lasts, seconds. It is never prolonged: whoever stays longer signs in again. */
export const SESSION_LIFETIME = 12 * 3_600;

const AUDIENCE = 'session';

const content = z.object({
  jti: z.uuid(),
  // As in a platform token: also ids that no standard makes.
  sub: z.guid(),
  exp: z.number(),
  person: z.enum(['STUDENT', 'INSTRUCTOR', 'ADMIN']),
});
type Content = z.infer<typeof content>;

/** A session that was opened just now. */
export interface OpenedSession {
  readonly expiresAt: Date;
  readonly setCookie: string;
}

/**
 * Sessions of the web UI: an encrypted cookie that says who it is and until when. Only those that were ended before their
 * time are remembered in the database.
 */
@Injectable()
export class Sessions {
  private readonly cookie: SessionCookie;
  private readonly ownOrigin: string;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly sockets: OpenSockets,
  ) {
    this.cookie = sessionCookie(config.publicUrl);
    this.ownOrigin = new URL(config.publicUrl).origin;
  }

  /**
   * A new session with an id that nobody could have chosen; the one that the browser had before ends.
   * @param until when it ends at the latest, seconds since 1970
   */
  async open(userId: string, role: PersonRole, until: number, headers: IncomingHttpHeaders): Promise<OpenedSession> {
    await this.end(headers);
    const now = Math.floor(Date.now() / 1000);
    const expiresAt = Math.min(until, now + SESSION_LIFETIME);
    const [key] = this.config.encryptionKeys;
    const value = await new EncryptJWT({ person: role })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: key.id })
      .setJti(randomUUID())
      .setSubject(userId)
      .setAudience(AUDIENCE)
      .setExpirationTime(expiresAt)
      .encrypt(sessionKey(key));
    return { expiresAt: new Date(expiresAt * 1000), setCookie: setSessionHeader(this.cookie, value, expiresAt - now) };
  }

  /**
   * Whose session a request carries; null when it carries none.
   * @param method of the request; `WS` for the upgrade that opens a WebSocket
   * @throws DomainError UNAUTHENTICATED for a session that is not good (any more), FORBIDDEN for a page that is not ours.
   */
  async callerOf(method: string, headers: IncomingHttpHeaders): Promise<Caller | null> {
    const value = readSession(this.cookie, headers.cookie);
    if (value === null) return null;
    if (!isOfOwnPage(method, headers, this.ownOrigin)) throw this.foreignPage();
    const session = await this.read(value);
    if (!session || (await this.hasEnded(session.jti))) {
      throw new DomainError('UNAUTHENTICATED', 'Your session has ended. Sign in again.');
    }
    return callerOfPerson({ userId: session.sub, role: session.person }, session.exp);
  }

  /**
   * Ends the session that the request carries, if it is a good one: a copy of its cookie is worth nothing afterwards. Its
   * WebSockets are closed: in this process now, in others when they are next asked.
   */
  async end(headers: IncomingHttpHeaders): Promise<void> {
    const session = await this.read(readSession(this.cookie, headers.cookie) ?? '');
    if (!session) return;
    await this.database.write(async (manager) => {
      await manager.query('DELETE FROM discord_ended_sessions WHERE expires_at < now()');
      await manager.query(
        'INSERT INTO discord_ended_sessions (id, expires_at) VALUES ($1, to_timestamp($2)) ON CONFLICT DO NOTHING',
        [session.jti, session.exp],
      );
    });
    this.sockets.recheck(session.sub);
  }

  /** The same for a page that asks for it. @returns the header that takes the cookie away. @throws DomainError FORBIDDEN */
  async signOut(method: string, headers: IncomingHttpHeaders): Promise<string> {
    if (!isOfOwnPage(method, headers, this.ownOrigin)) throw this.foreignPage();
    await this.end(headers);
    return setSessionHeader(this.cookie, '', 0);
  }

  private async hasEnded(id: string): Promise<boolean> {
    const rows = await this.database.query('SELECT FROM discord_ended_sessions WHERE id = $1', [id]);
    return rows.length > 0;
  }

  private async read(value: string): Promise<Content | null> {
    if (value === '') return null;
    try {
      const { payload } = await jwtDecrypt(value, ({ kid }) => this.keyNamed(kid), {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
        audience: AUDIENCE,
        requiredClaims: ['exp'],
      });
      return content.parse(payload);
    } catch {
      return null;
    }
  }

  private keyNamed(kid: string | undefined): Uint8Array {
    const key = this.config.encryptionKeys.find(({ id }) => id === kid);
    if (!key) throw new errors.JWEDecryptionFailed();
    return sessionKey(key);
  }

  private foreignPage(): DomainError {
    return new DomainError(
      'FORBIDDEN',
      `The session is good for pages of ${this.ownOrigin} alone (PUBLIC_URL). Others send "Authorization: Bearer <access token>"; programs without an Origin header add "apollo-require-preflight: true".`,
    );
  }
}

/** A key of its own for sessions: nothing else that we encrypt can be passed off as one. */
function sessionKey({ key }: EncryptionKey): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, '', 'anycademy/session', 32));
}
