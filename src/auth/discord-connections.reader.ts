import { Injectable } from '@nestjs/common';
import { type Caller } from '../common/caller';
import { Database } from '../database/database';

/** A linked account as it may be shown. */
export interface DiscordConnectionRow {
  readonly id: string;
  readonly discordUserId: string;
  readonly username: string;
  readonly globalName: string | null;
  readonly avatarUrl: string | null;
  readonly scopes: readonly string[];
  readonly isVerified: boolean;
  readonly connectedAt: Date;
}

/** The linked accounts, as far as a caller may see them; never their tokens. */
@Injectable()
export class DiscordConnectionsReader {
  constructor(private readonly database: Database) {}

  /** By platform user id. Who has linked nothing, or may not be seen, is missing. */
  async find(caller: Caller, userIds: readonly string[]): Promise<Map<string, DiscordConnectionRow>> {
    const rows = await this.database.readAs(caller, (manager) =>
      manager.query<(DiscordConnectionRow & { userId: string })[]>(
        `SELECT user_id AS "userId", id, discord_user_id AS "discordUserId", discord_username AS username,
                global_name AS "globalName", avatar_url AS "avatarUrl", scopes, is_verified AS "isVerified",
                created_at AS "connectedAt"
         FROM user_discord_connections WHERE user_id = ANY($1::uuid[])`,
        [userIds],
      ),
    );
    return new Map(rows.map(({ userId, ...connection }) => [userId, connection]));
  }
}
