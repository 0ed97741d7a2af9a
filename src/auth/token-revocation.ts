import { Injectable, Logger } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { z } from 'zod';
import { Database } from '../database/database';
import { DiscordOAuth } from '../discord-api/discord-oauth';
import { OAuthRefused } from '../discord-api/oauth-refused';
import { JobHandler } from '../jobs/job-handler';
import { JobQueue } from '../jobs/job-queue';
import { TokenVault, UnreadableToken } from './token-vault';

const REVOKE_TOKENS = 'revoke-tokens';

const payloadShape = z.object({ userId: z.guid(), discordUserId: z.string(), token: z.string() });

/** A connection that is given up, with its tokens as they are stored. */
export interface GivenUpConnection {
  readonly userId: string;
  readonly discordUserId: string;
  readonly accessToken: string | null;
  readonly refreshToken: string | null;
}

/**
 * Ends grants at Discord. Always by a job: it is added in the transaction that gives the connection up, runs once that
 * has committed, and is repeated while Discord is down. Its payload holds the token as it was stored, encrypted.
 */
@Injectable()
export class TokenRevocation {
  private readonly logger = new Logger(TokenRevocation.name);

  constructor(
    private readonly database: Database,
    private readonly jobs: JobQueue,
    private readonly oauth: DiscordOAuth,
    private readonly vault: TokenVault,
  ) {}

  async schedule(manager: EntityManager, connection: GivenUpConnection): Promise<void> {
    const { userId, discordUserId, refreshToken, accessToken } = connection;
    const token = refreshToken ?? accessToken;
    if (token !== null) await this.jobs.enqueue(manager, REVOKE_TOKENS, { userId, discordUserId, token });
  }

  @JobHandler(REVOKE_TOKENS)
  async revoke(payload: unknown): Promise<void> {
    const { userId, discordUserId, token } = payloadShape.parse(payload);
    // Revoking kills every token of a grant: if the account was linked again meanwhile, the new ones too.
    const linked = await this.database.query(
      'SELECT FROM user_discord_connections WHERE discord_user_id = $1 AND access_token IS NOT NULL',
      [discordUserId],
    );
    if (linked.length > 0) return;
    try {
      await this.oauth.revoke(await this.vault.decrypt(userId, token));
    } catch (error) {
      if (!(error instanceof OAuthRefused || error instanceof UnreadableToken)) throw error;
      this.logger.warn(`A given-up Discord grant was not revoked, and repeating would not help. ${error.message}`);
    }
  }
}
