import { Injectable } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { AuditLog } from '../audit-log/audit-log';
import { DomainError } from '../common/domain-error';
import { Database } from '../database/database';
import { type OAuthTokens } from '../discord-api/discord-oauth';
import { type DiscordAccount } from './discord-account.policy';
import { type GivenUpConnection, TokenRevocation } from './token-revocation';
import { TokenVault } from './token-vault';

const GIVEN_UP = `user_id AS "userId", discord_user_id AS "discordUserId", access_token AS "accessToken", refresh_token AS "refreshToken"`;

/** Writes and deletes the connection between a platform user and a Discord account. */
@Injectable()
export class Linking {
  constructor(
    private readonly database: Database,
    private readonly vault: TokenVault,
    private readonly auditLog: AuditLog,
    private readonly revocation: TokenRevocation,
  ) {}

  /**
   * Connects the account, in place of the one that was connected before.
   * @throws DomainError CONFLICT when the account is somebody else's here. The new tokens are then dropped, not revoked:
   * revoking would kill the grant of that other connection.
   */
  async connect(userId: string, account: DiscordAccount, tokens: OAuthTokens): Promise<void> {
    const accessToken = await this.vault.encrypt(userId, tokens.accessToken);
    const refreshToken = await this.vault.encrypt(userId, tokens.refreshToken);
    try {
      await this.database.write(async (manager) => {
        const [previous] = await manager.query<GivenUpConnection[]>(
          `SELECT ${GIVEN_UP} FROM user_discord_connections WHERE user_id = $1 FOR UPDATE`,
          [userId],
        );
        await manager.query(
          `INSERT INTO user_discord_connections AS c (user_id, discord_user_id, discord_username, discord_discriminator,
             global_name, avatar_url, access_token, refresh_token, expires_at, scopes, is_verified)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, true)
           ON CONFLICT (user_id) DO UPDATE SET
             discord_user_id = excluded.discord_user_id, discord_username = excluded.discord_username,
             discord_discriminator = excluded.discord_discriminator, global_name = excluded.global_name,
             avatar_url = excluded.avatar_url, access_token = excluded.access_token,
             refresh_token = excluded.refresh_token, expires_at = excluded.expires_at, scopes = excluded.scopes,
             is_verified = true, refresh_lease = NULL, refresh_lease_until = NULL, updated_at = now(),
             created_at = CASE WHEN c.discord_user_id = excluded.discord_user_id THEN c.created_at ELSE now() END`,
          [
            userId,
            account.id,
            account.username,
            account.discriminator,
            account.globalName,
            account.avatarUrl,
            accessToken,
            refreshToken,
            tokens.expiresAt,
            tokens.scopes,
          ],
        );
        const swapped = previous && previous.discordUserId !== account.id ? previous : null;
        if (swapped) await this.revocation.schedule(manager, swapped);
        await this.auditLog.append(manager, [
          ...(swapped ? [unlinked(swapped, userId)] : []),
          {
            action: 'link',
            userId,
            actorId: userId,
            details: { discordUserId: account.id, scopes: tokens.scopes },
          },
        ]);
      });
    } catch (error) {
      if (!isTakenAccount(error)) throw error;
      throw new DomainError(
        'CONFLICT',
        'This Discord account is connected to another Anycademy account. Disconnect it there, or choose another Discord account.',
      );
    }
  }

  /**
   * Gives a connection up, and its tokens at Discord once that has committed. False when there was none.
   * @param actorId who wanted it; null for the service itself
   */
  async disconnect(userId: string, actorId: string | null): Promise<boolean> {
    return this.database.write(async (manager) => {
      // A CTE, because TypeORM answers a bare DELETE with rows and count instead of rows.
      const [connection] = await manager.query<GivenUpConnection[]>(
        `WITH deleted AS (DELETE FROM user_discord_connections WHERE user_id = $1 RETURNING *)
         SELECT ${GIVEN_UP} FROM deleted`,
        [userId],
      );
      if (!connection) return false;
      await this.revocation.schedule(manager, connection);
      await this.auditLog.append(manager, [unlinked(connection, actorId)]);
      return true;
    });
  }
}

function unlinked({ userId, discordUserId }: GivenUpConnection, actorId: string | null) {
  return { action: 'unlink', userId, actorId, details: { discordUserId } } as const;
}

function isTakenAccount(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const { constraint } = error.driverError as { constraint?: unknown };
  return constraint === 'user_discord_connections_discord_user_key';
}
