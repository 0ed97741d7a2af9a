import { Injectable } from '@nestjs/common';
import { type EntityManager, QueryFailedError } from 'typeorm';
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
        const [orphaned] = await manager.query<GivenUpConnection[]>(
          `WITH deleted AS (DELETE FROM user_discord_connections c WHERE c.discord_user_id = $1 AND c.user_id <> $2
             AND NOT EXISTS (SELECT FROM discord_users p WHERE p.id = c.user_id) RETURNING *)
           SELECT ${GIVEN_UP} FROM deleted`,
          [account.id, userId],
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
        if (swapped) await this.giveUp(manager, swapped);
        await manager.query('DELETE FROM discord_unlinked_accounts WHERE user_id = $1 AND discord_user_id = $2', [
          userId,
          account.id,
        ]);
        await this.auditLog.append(manager, [
          ...(orphaned ? [unlinked(orphaned, null)] : []),
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
  disconnect(userId: string, actorId: string | null): Promise<boolean> {
    return this.database.write((manager) => this.disconnectIn(manager, userId, actorId));
  }

  /** The same in the caller's transaction. */
  async disconnectIn(manager: EntityManager, userId: string, actorId: string | null): Promise<boolean> {
    // A CTE, because TypeORM answers a bare DELETE with rows and count instead of rows.
    const [connection] = await manager.query<GivenUpConnection[]>(
      `WITH deleted AS (DELETE FROM user_discord_connections WHERE user_id = $1 RETURNING *)
       SELECT ${GIVEN_UP} FROM deleted`,
      [userId],
    );
    if (!connection) return false;
    await this.giveUp(manager, connection);
    await this.auditLog.append(manager, [unlinked(connection, actorId)]);
    return true;
  }

  /**
   * The tokens go, here and at Discord; whose account it is stays known, as long as it is needed to end its access. Does
   * nothing the second time.
   */
  async giveUpTokens(manager: EntityManager, userId: string): Promise<void> {
    const [connection] = await manager.query<GivenUpConnection[]>(
      `SELECT ${GIVEN_UP} FROM user_discord_connections WHERE user_id = $1 AND (is_verified OR access_token IS NOT NULL) FOR UPDATE`,
      [userId],
    );
    if (!connection) return;
    await manager.query(
      `UPDATE user_discord_connections SET access_token = NULL, refresh_token = NULL, expires_at = NULL, is_verified = false,
         refresh_lease = NULL, refresh_lease_until = NULL, updated_at = now() WHERE user_id = $1`,
      [userId],
    );
    await this.revocation.schedule(manager, connection);
  }

  private async giveUp(manager: EntityManager, connection: GivenUpConnection): Promise<void> {
    await this.revocation.schedule(manager, connection);
    await manager.query(
      'INSERT INTO discord_unlinked_accounts (user_id, discord_user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      [connection.userId, connection.discordUserId],
    );
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
