import { setImmediate } from 'node:timers/promises';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { LogListener } from './log-listener';
import { LogReader, READ_SIZE } from './log-reader';
import { type LogRow } from './log-row';
import { RecentLog } from './recent-log';

/** How many entries are kept for those who follow the log. Who falls further behind reads them from the table again. */
export const KEPT_ENTRIES = 1_000;

/** How often the log is looked at although nothing was notified, milliseconds: a net below the notifications. */
const LOOK_INTERVAL = 5_000;

/**
 * The one reader of this process: it loads every entry once as it appears and keeps the last {@link KEPT_ENTRIES}. While
 * nobody follows it reads nothing.
 */
@Injectable()
export class LogFeed implements OnModuleDestroy {
  private readonly logger = new Logger(LogFeed.name);
  private readonly followers = new Set<() => void>();
  private recent: RecentLog | undefined;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private lookAgain = false;

  constructor(
    private readonly reader: LogReader,
    private readonly listener: LogListener,
  ) {}

  /** Calls `wake` whenever there may be something new, until the returned function is called. */
  follow(wake: () => void): () => void {
    this.followers.add(wake);
    if (this.timer === undefined) {
      this.timer = setInterval(() => this.look(), LOOK_INTERVAL);
      void this.listener.start(() => this.look());
    }
    this.look();
    return () => {
      this.followers.delete(wake);
      // Beginning anew at the end is cheaper than catching up with what nobody followed.
      if (this.followers.size === 0) this.recent = undefined;
    };
  }

  /** The kept entries after `seq`; undefined when they have to be read from the table. */
  after(seq: bigint): readonly LogRow[] | undefined {
    return this.recent?.after(seq);
  }

  /** Up to where entries have been loaded; undefined before the first reading. */
  get end(): bigint | undefined {
    return this.recent?.end;
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    this.followers.clear();
    await this.listener.stop();
    await this.looking;
  }

  /** Loads what is new. One reading at a time; a wake-up that comes meanwhile makes another one follow. */
  private look(): void {
    this.lookAgain = true;
    this.looking ??= this.load()
      .catch((error: unknown) => {
        // The next notification, reconnection or interval tries again, and goes on where this one stopped.
        this.logger.warn(`The log could not be read: ${error instanceof Error ? error.message : String(error)}`);
      })
      .finally(() => {
        this.looking = undefined;
        if (this.lookAgain && this.followers.size > 0) this.look();
      });
  }

  private async load(): Promise<void> {
    while (this.lookAgain && this.followers.size > 0) {
      this.lookAgain = false;
      const recent = (this.recent ??= new RecentLog(await this.reader.end(), KEPT_ENTRIES));
      const rows = await this.reader.after(recent.end);
      recent.append(rows);
      if (rows.length === READ_SIZE) this.lookAgain = true;
      for (const wake of this.followers) wake();
      // Those who follow take their part before the next page comes.
      await setImmediate();
    }
  }
}
