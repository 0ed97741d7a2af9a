import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';

/** How often it is looked, and for how long at the most, milliseconds: a worker that has died is silent after eight seconds. */
const PAUSE = 25;
const PATIENCE = 9_000;

/** A removal that had begun when somebody stopped it: its call cannot be called back any more. */
@Injectable()
export class RemovalsInFlight {
  constructor(private readonly database: Database) {}

  /**
   * Waits, after the commit that stops removals, until those that were under way have come to their end: from then on nobody
   * is removed. Each call is announced before what is desired is read for the last time, so none is overlooked.
   * @param which of the memberships m, with $1
   */
  async over(which: string, id: string | null): Promise<void> {
    for (const until = Date.now() + PATIENCE; Date.now() < until;) {
      const underWay = await this.database.query(
        `SELECT 1 FROM discord_memberships m JOIN discord_guild_leases l ON l.guild_id = m.guild_id
         WHERE ${which} AND m.attempt IN ('kick', 'revoke-role') AND NOT l.released AND l.heartbeat_at > now() - interval '8 seconds' LIMIT 1`,
        [id],
      );
      if (underWay.length === 0) return;
      await delay(PAUSE);
    }
  }
}
