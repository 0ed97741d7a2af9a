import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Pool } from 'pg';
import { CONFIG, type Config } from '../config/config';
import { LastingClient } from '../database/lasting-client';

/** A job takes seconds: a worker that has had one for longer was killed. Should it live after all, running twice does no harm. */
const ABANDONED_AFTER = '2 minutes';
/** How often they are looked for, milliseconds. */
const EVERY = 60_000;

/**
 * Gives back the jobs of workers that were killed in the middle. The queue itself waits four hours for such a worker, and
 * for that long a mark would not be read, nor a welcome be sent.
 */
@Injectable()
export class AbandonedJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(AbandonedJobs.name);
  private queue: Pool | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.config.roles.has('worker')) return;
    this.queue = new Pool({
      connectionString: this.config.database.directUrl,
      max: 1,
      Client: LastingClient,
    });
    this.queue.on('error', (error) => this.logger.warn(`A connection to the database was lost: ${error.message}`));
    await this.release(this.queue);
    this.timer = setInterval(() => void (this.queue && this.release(this.queue)), EVERY);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    const queue = this.queue;
    this.queue = undefined;
    await queue?.end();
  }

  private async release(queue: Pool): Promise<void> {
    try {
      await this.dropSuperseded(queue);
      const { rows } = await queue.query<{ worker: string }>(
        'SELECT DISTINCT locked_by AS worker FROM graphile_worker.jobs WHERE locked_at < now() - $1::interval',
        [ABANDONED_AFTER],
      );
      if (rows.length === 0) return;
      this.logger.warn(`Jobs of ${rows.length} workers that have fallen silent run again.`);
      await queue.query('SELECT graphile_worker.force_unlock_workers($1)', [rows.map(({ worker }) => worker)]);
      await this.dropSuperseded(queue);
    } catch (error) {
      this.logger.error(`Abandoned jobs could not be looked for, in a minute again: ${(error as Error).message}`);
    }
  }

  /**
   * A job that was asked for again while it ran is never run again itself: if it fails, or its worker is killed, its row stays
   * for good, without the key that another job has taken to do the work. A job that never had a key and has used up its
   * attempts is days old, and is kept for people to look at.
   */
  private async dropSuperseded(queue: Pool): Promise<void> {
    await queue.query(
      `SELECT graphile_worker.complete_jobs(array_agg(id)) FROM graphile_worker._private_jobs
         WHERE key IS NULL AND attempts >= max_attempts AND locked_at IS NULL AND created_at > now() - interval '1 day'`,
    );
  }
}
