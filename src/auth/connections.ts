import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { AuditLog } from '../audit-log/audit-log';
import { Database } from '../database/database';
import { DiscordFailure } from '../discord-api/discord-failure';
import { DiscordOAuth, type OAuthTokens } from '../discord-api/discord-oauth';
import { OAuthRefused } from '../discord-api/oauth-refused';
import { TokenVault, UnreadableToken } from './token-vault';

/** A token that ends sooner is refreshed first, milliseconds. */
const REFRESH_BEFORE = 5 * 60_000;
/** Longer than a call to Discord may take, so a lease ends only when its holder is gone, seconds. */
const LEASE = 30;
/** How often, and how long in all, to look whether somebody else's refresh is done, milliseconds. */
const POLL = 100;
const PATIENCE = 12_000;
/** When to ask again if Discord does not say, milliseconds. */
const RETRY_AFTER = 5_000;

/** With what a person's own call can be made now. */
export type UsableToken =
  | { readonly kind: 'usable'; readonly discordUserId: string; readonly accessToken: string }
  /** Nothing is linked. */
  | { readonly kind: 'none' }
  /** Linked, without the scope that is needed. */
  | { readonly kind: 'no-grant'; readonly discordUserId: string }
  /** Discord refused the grant: the student has to connect again. */
  | { readonly kind: 'dead'; readonly discordUserId: string }
  /** Discord cannot be asked at the moment. */
  | { readonly kind: 'unavailable'; readonly discordUserId: string; readonly retryAfterMs: number };

interface ConnectionRow {
  readonly discordUserId: string;
  readonly accessToken: string | null;
  readonly refreshToken: string | null;
  readonly expiresAt: Date | null;
  readonly scopes: readonly string[];
  readonly isVerified: boolean;
}

/** The stored grants of students, kept fresh. */
@Injectable()
export class Connections {
  private readonly logger = new Logger(Connections.name);

  constructor(
    private readonly database: Database,
    private readonly oauth: DiscordOAuth,
    private readonly vault: TokenVault,
    private readonly auditLog: AuditLog,
  ) {}

  /**
   * A token with which this student can be added now; one that ends within five minutes is refreshed first. A refresh
   * token is good for one use, so one process at a time spends it: whoever holds the row's lease. No transaction is open
   * meanwhile.
   *
   * @param refused an access token that Discord has just refused (50025): if it is still the stored one it is refreshed
   *   too, once; {@link markRevoked} is for when that does not help.
   * @param scope what the token has to allow
   */
  async accessTokenFor(userId: string, refused?: string, scope = 'guilds.join'): Promise<UsableToken> {
    const giveUpAt = Date.now() + PATIENCE;
    for (;;) {
      const row = await this.read(userId);
      if (!row) return { kind: 'none' };
      const { discordUserId } = row;
      if (!row.scopes.includes(scope)) return { kind: 'no-grant', discordUserId };
      if (!row.isVerified || row.accessToken === null) return { kind: 'dead', discordUserId };

      let accessToken: string;
      try {
        accessToken = await this.vault.decrypt(userId, row.accessToken);
      } catch (error) {
        if (!(error instanceof UnreadableToken)) throw error;
        // Kept as it is: a key that is put back into ENCRYPTION_KEYS brings it back to life.
        this.logger.error(error.message);
        return { kind: 'dead', discordUserId };
      }
      const leftMs = (row.expiresAt?.getTime() ?? 0) - Date.now();
      if (leftMs > REFRESH_BEFORE && accessToken !== refused) return { kind: 'usable', discordUserId, accessToken };

      const failure = await this.refresh(userId, row);
      if (failure && failure !== 'busy') {
        const stillGood = leftMs > RETRY_AFTER && accessToken !== refused;
        if (stillGood) return { kind: 'usable', discordUserId, accessToken };
        const retryAfterMs = failure instanceof DiscordFailure ? failure.retryAfterMs : undefined;
        return { kind: 'unavailable', discordUserId, retryAfterMs: retryAfterMs ?? RETRY_AFTER };
      }
      if (Date.now() > giveUpAt) return { kind: 'unavailable', discordUserId, retryAfterMs: RETRY_AFTER };
      if (failure === 'busy') await delay(POLL);
    }
  }

  /**
   * Discord no longer accepts this student's grant (50025, `invalid_grant`, APPLICATION_DEAUTHORIZED): the tokens go, the
   * account stays known. Does nothing the second time.
   *
   * @param refused the access token that Discord refused: if another one is stored by now, that one stays.
   */
  async markRevoked(userId: string, refused?: string): Promise<void> {
    const row = await this.read(userId);
    if (!row?.isVerified) return;
    if (refused !== undefined && row.accessToken !== null) {
      const stored = await this.vault.decrypt(userId, row.accessToken).catch(() => null);
      if (stored !== null && stored !== refused) return;
    }
    await this.revoke(userId, 'access_token IS NOT DISTINCT FROM $2', row.accessToken);
  }

  /**
   * Discord tells that somebody removed the application. It tells in any order and late: a grant that was given or has
   * worked since then is another one, and stays.
   */
  async markDeauthorized(discordUserId: string, at: Date): Promise<void> {
    const [row] = await this.database.query<{ userId: string; accessToken: string | null }>(
      `SELECT user_id AS "userId", access_token AS "accessToken" FROM user_discord_connections
       WHERE discord_user_id = $1 AND is_verified AND updated_at <= $2`,
      [discordUserId, at],
    );
    if (row) await this.revoke(row.userId, 'access_token IS NOT DISTINCT FROM $2', row.accessToken);
  }

  /**
   * Spends the refresh token, unless somebody else does. Undefined when the row has changed: it is to be read again.
   * @returns the failure when Discord could not be asked, `busy` when somebody else is asking.
   */
  private async refresh(
    userId: string,
    row: ConnectionRow,
  ): Promise<DiscordFailure | OAuthRefused | 'busy' | undefined> {
    const lease = randomUUID();
    const [taken] = await this.database.query(
      `WITH taken AS (
         UPDATE user_discord_connections
         SET refresh_lease = $2, refresh_lease_until = now() + make_interval(secs => $4)
         WHERE user_id = $1 AND refresh_token = $3 AND (refresh_lease IS NULL OR refresh_lease_until < now())
         RETURNING 1)
       SELECT FROM taken`,
      [userId, lease, row.refreshToken, LEASE],
    );
    if (!taken) return 'busy';
    try {
      const refreshToken = await this.vault.decrypt(userId, row.refreshToken ?? '');
      await this.store(userId, lease, await this.oauth.refresh(refreshToken));
      return undefined;
    } catch (error) {
      if (error instanceof UnreadableToken || (error instanceof OAuthRefused && error.error === 'invalid_grant')) {
        await this.revoke(userId, 'refresh_lease = $2', lease);
        return undefined;
      }
      await this.giveBack(userId, lease);
      if (error instanceof DiscordFailure || error instanceof OAuthRefused) return error;
      throw error;
    }
  }

  /** Both tokens of a rotation at once; not if the student has linked anew meanwhile, which ends the lease. */
  private async store(userId: string, lease: string, tokens: OAuthTokens): Promise<void> {
    const accessToken = await this.vault.encrypt(userId, tokens.accessToken);
    const refreshToken = await this.vault.encrypt(userId, tokens.refreshToken);
    await this.database.query(
      `UPDATE user_discord_connections
       SET access_token = $3, refresh_token = $4, expires_at = $5, scopes = $6, updated_at = now(),
           refresh_lease = NULL, refresh_lease_until = NULL
       WHERE user_id = $1 AND refresh_lease = $2`,
      [userId, lease, accessToken, refreshToken, tokens.expiresAt, tokens.scopes],
    );
  }

  private async giveBack(userId: string, lease: string): Promise<void> {
    await this.database.query(
      `UPDATE user_discord_connections SET refresh_lease = NULL, refresh_lease_until = NULL
       WHERE user_id = $1 AND refresh_lease = $2`,
      [userId, lease],
    );
  }

  /** @param condition that the row is still the one that Discord refused; `$2` is `value`. */
  private async revoke(
    userId: string,
    condition: 'refresh_lease = $2' | 'access_token IS NOT DISTINCT FROM $2',
    value: string | null,
  ): Promise<void> {
    await this.database.work(async (manager) => {
      const [revoked] = await manager.query<{ discordUserId: string }[]>(
        `WITH revoked AS (
           UPDATE user_discord_connections
           SET is_verified = false, access_token = NULL, refresh_token = NULL, expires_at = NULL, updated_at = now(),
               refresh_lease = NULL, refresh_lease_until = NULL
           WHERE user_id = $1 AND is_verified AND ${condition}
           RETURNING discord_user_id)
         SELECT discord_user_id AS "discordUserId" FROM revoked`,
        [userId, value],
      );
      if (!revoked) return;
      await this.auditLog.append(manager, [
        {
          action: 'link',
          status: 'failed',
          userId,
          details: { discordUserId: revoked.discordUserId, reason: 'CONNECTION_REVOKED' },
          errorMessage:
            'Discord no longer accepts the authorization of this account. The person has to connect it again.',
        },
      ]);
    });
  }

  private async read(userId: string): Promise<ConnectionRow | undefined> {
    const [row] = await this.database.query<ConnectionRow>(
      `SELECT discord_user_id AS "discordUserId", access_token AS "accessToken", refresh_token AS "refreshToken",
              expires_at AS "expiresAt", scopes, is_verified AS "isVerified"
       FROM user_discord_connections WHERE user_id = $1`,
      [userId],
    );
    return row;
  }
}
