import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';
import { JobQueue } from '../jobs/job-queue';
import { mayDiffer, SyncRuns } from './sync-runs';

/** Where events may have been missed: in one server, or in all of which one of several connections (shards) tells. */
export type Gap = { readonly guildId: string } | { readonly shard: readonly [id: number, count: number] };

/** Makes good what nobody told us of. */
@Injectable()
export class Gaps {
  constructor(
    private readonly database: Database,
    private readonly runs: SyncRuns,
    private readonly jobs: JobQueue,
  ) {}

  /**
   * Every server that events were missed of is checked and compared in full, one after the other, also where its courses are
   * switched off: what they know of their members has to be true when they go on again. Only checked are those in which all is
   * over and nobody could have come back whom staff removed, and those that nothing is configured for any more and in which
   * work waits.
   */
  async makeGood(gap: Gap): Promise<void> {
    const [guildId, shard, shards] = 'shard' in gap ? [null, ...gap.shard] : [gap.guildId, 0, 1];
    await this.database.work(async (manager) => {
      const guilds = await manager.query<{ guildId: string; isCompared: boolean }[]>(
        `SELECT guild_id AS "guildId", bool_or(is_configured) AND (${mayDiffer('g.guild_id')} OR EXISTS (
             SELECT FROM discord_memberships m WHERE m.guild_id = g.guild_id AND m.removed_by_staff AND NOT m.removed_by_moderator)) AS "isCompared" FROM (
           SELECT guild_id, true AS is_configured FROM discord_server_configs
           UNION ALL
           SELECT guild_id, false FROM discord_guilds WHERE paused_until IS NOT NULL) g
         -- https://discord.com/developers/docs/events/gateway#sharding
         WHERE ($1::text IS NULL OR guild_id = $1) AND div(guild_id::numeric, 4194304) % $3::int = $2::int
         GROUP BY 1 ORDER BY 1`,
        [guildId, shard, shards],
      );
      const turns = this.runs.turns(guilds.length);
      for (const [index, { guildId, isCompared }] of guilds.entries()) {
        const runAt = turns[index] ?? new Date();
        await this.jobs.enqueue(manager, 'recheck-server', { guildId }, { key: `recheck-gap:${guildId}`, runAt });
        if (isCompared) await this.runs.requestForServer(manager, guildId, runAt);
      }
    });
  }
}
