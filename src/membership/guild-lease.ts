import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Database } from '../database/database';

/** Heartbeats, milliseconds. Whoever misses two stops before the next call; after eight seconds another may take over. */
const BEAT = 2_000;
const MAX_SILENCE = 2 * BEAT;
const TAKE_OVER_AFTER = '8 seconds';
/** As the time of the last beat: another worker has the lease. */
const LOST = -Infinity;

/** The lease is somebody else's now: nothing that was found under it may be written, and no further call be made. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';

  constructor(guildId: string) {
    super(`Another worker has taken over the server ${guildId}; this one stops.`);
  }
}

/** The right to work on one server, until it is released or another worker takes it. */
export class GuildLease {
  private lastBeat = Date.now();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly database: Database,
    readonly guildId: string,
    readonly epoch: string,
  ) {
    this.timer = setInterval(() => void this.beat(), BEAT);
    this.timer.unref();
  }

  /** Asked before each Discord call. @throws LeaseLost when two heartbeats in a row did not get through, or the lease is gone. */
  assertHeld(): void {
    if (Date.now() - this.lastBeat > MAX_SILENCE) throw new LeaseLost(this.guildId);
  }

  /** To be asked in every transaction that writes an outcome; holds the lease until the transaction ends. */
  async assertHeldIn(manager: EntityManager): Promise<void> {
    const rows = await manager.query<unknown[]>(
      'SELECT 1 FROM discord_guild_leases WHERE guild_id = $1 AND epoch = $2 AND NOT released FOR SHARE',
      [this.guildId, this.epoch],
    );
    if (rows.length === 0) throw new LeaseLost(this.guildId);
  }

  async release(): Promise<void> {
    clearInterval(this.timer);
    await this.database.query('UPDATE discord_guild_leases SET released = true WHERE guild_id = $1 AND epoch = $2', [
      this.guildId,
      this.epoch,
    ]);
  }

  private async beat(): Promise<void> {
    const sent = Date.now();
    try {
      const rows = await this.database.query<unknown>(
        `WITH beat AS (UPDATE discord_guild_leases SET heartbeat_at = now() WHERE guild_id = $1 AND epoch = $2 AND NOT released RETURNING 1)
         SELECT * FROM beat`,
        [this.guildId, this.epoch],
      );
      this.lastBeat = rows.length > 0 ? sent : LOST;
    } catch {
      // A heartbeat that does not get through is not an error yet: assertHeld decides.
    }
  }
}

/** One worker per server: leases in the database, so that they hold across processes and through a pooler. */
@Injectable()
export class GuildLeases {
  private readonly logger = new Logger(GuildLeases.name);
  private readonly holder = randomUUID();

  constructor(private readonly database: Database) {}

  /** The servers whose worker has been silent for so long that they may be taken over, and in which work can be done. */
  async silent(): Promise<string[]> {
    const rows = await this.database.query<{ guildId: string }>(
      `SELECT l.guild_id AS "guildId" FROM discord_guild_leases l
       WHERE NOT l.released AND l.heartbeat_at < now() - $1::interval
         AND NOT EXISTS (SELECT FROM discord_guilds g WHERE g.guild_id = l.guild_id AND g.paused_until > now())
       ORDER BY l.guild_id`,
      [TAKE_OVER_AFTER],
    );
    return rows.map(({ guildId }) => guildId);
  }

  /** The lease, or null while another worker is at it. A lease whose holder has been silent is taken over. */
  async acquire(guildId: string): Promise<GuildLease | null> {
    const { epoch, wasHeld } = await this.database.work(async (manager) => {
      // Locked, and not only read: a worker may be giving it back at this very moment.
      const [before] = await manager.query<{ released: boolean }[]>(
        'SELECT released FROM discord_guild_leases WHERE guild_id = $1 FOR UPDATE',
        [guildId],
      );
      const [lease] = await manager.query<{ epoch: string }[]>(
        `INSERT INTO discord_guild_leases AS l (guild_id, holder) VALUES ($1, $2)
         ON CONFLICT (guild_id) DO UPDATE SET holder = $2, epoch = l.epoch + 1, heartbeat_at = now(), released = false
           WHERE l.released OR l.heartbeat_at < now() - $3::interval
         RETURNING epoch::text AS epoch`,
        [guildId, this.holder, TAKE_OVER_AFTER],
      );
      return { epoch: lease?.epoch, wasHeld: before?.released === false };
    });
    if (epoch === undefined) return null;
    if (wasHeld) this.logger.warn({ guildId }, 'took over a server from a worker that had fallen silent');
    return new GuildLease(this.database, guildId, epoch);
  }
}
