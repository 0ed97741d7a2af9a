import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import { Database } from '../database/database';
import { DiscordRest } from '../discord-api/discord-rest';
import { JobHandler } from '../jobs/job-handler';
import { CHECK_OPEN_INVITES, Observations } from './observations';

const PAYLOAD = z.object({ guildId: z.string().min(1), userId: z.string().min(1) });

/**
 * Invites that work for whoever holds the link. Discord tells of a used one only to bots with Manage Channels, which we do
 * not ask for (events/gateway-events, "Invites"): when somebody comes in, these are asked for.
 */
@Injectable()
export class OpenInvites {
  constructor(
    private readonly database: Database,
    private readonly discord: DiscordRest,
    private readonly observations: Observations,
  ) {}

  async remember(guildId: string, code: string, expiresAt: Date): Promise<void> {
    await this.database.query(
      'INSERT INTO discord_open_invites (code, guild_id, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      [code, guildId, expiresAt],
    );
  }

  /** Somebody came in: by one of these, perhaps. One call for each. */
  @JobHandler(CHECK_OPEN_INVITES)
  async check(payload: unknown): Promise<void> {
    const { guildId, userId } = PAYLOAD.parse(payload);
    const open = await this.database.query<{ code: string; isOver: boolean }>(
      'SELECT code, expires_at <= now() AS "isOver" FROM discord_open_invites WHERE guild_id = $1 ORDER BY expires_at',
      [guildId],
    );
    for (const { code, isOver } of open) {
      if (!isOver && (await this.discord.inviteExists(code))) continue;
      if (!isOver) await this.observations.inviteGone({ guildId, code, usedBy: userId });
      await this.database.query('DELETE FROM discord_open_invites WHERE code = $1', [code]);
    }
  }
}
