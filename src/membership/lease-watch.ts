import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { CONFIG, type Config } from '../config/config';
import { Database } from '../database/database';
import { GuildLeases } from './guild-lease';
import { GuildQueue } from './guild-queue';

/** How often it is looked whether a worker has fallen silent, milliseconds. */
const EVERY = 1_000;

/**
 * A worker that is killed leaves its servers leased and their jobs locked. Whoever else works looks for such servers and
 * asks for them, so that they are taken over as soon as their lease may be: the minute sweep is for what is left.
 */
@Injectable()
export class LeaseWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(LeaseWatch.name);
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly leases: GuildLeases,
    private readonly queue: GuildQueue,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.roles.has('worker')) return;
    this.timer = setInterval(() => {
      this.looking ??= this.look().finally(() => (this.looking = undefined));
    }, EVERY);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  private async look(): Promise<void> {
    try {
      const silent = await this.leases.silent();
      if (silent.length === 0) return;
      await this.database.work(async (manager) => {
        for (const guildId of silent) await this.queue.add(manager, guildId);
      });
    } catch (error) {
      // The database is away: in a second again.
      this.logger.debug(`servers of silent workers could not be looked for: ${(error as Error).message}`);
    }
  }
}
