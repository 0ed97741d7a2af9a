import { Inject, Injectable, Logger } from '@nestjs/common';
import { Client } from 'pg';
import { CONFIG, type Config } from '../config/config';

const CHANNEL = 'discord_log';
const SHORTEST_DELAY = 100;
const LONGEST_DELAY = 10_000;
/** How often it is looked whether the connection is still there, and how long the answer may take, milliseconds. */
const LOOK_EVERY = 10_000;

/**
 * One connection that listens for new log entries. The notification carries nothing: it only says "look". Whenever the
 * connection is (re)established it says so too, because whatever was notified in between is lost.
 */
@Injectable()
export class LogListener {
  private readonly logger = new Logger(LogListener.name);
  private client: Client | undefined;
  private retry: NodeJS.Timeout | undefined;
  private delay = SHORTEST_DELAY;
  private stopped = false;

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** Calls `wake` from now on until {@link stop}: after every notification and after every (re)connection. */
  async start(wake: () => void): Promise<void> {
    if (this.stopped) return;
    const client = new Client({
      connectionString: this.config.database.directUrl,
      application_name: 'anycademy-log-tail',
      connectionTimeoutMillis: 10_000,
      query_timeout: LOOK_EVERY,
    });
    this.client = client;
    // A connection may go without a word, and nothing is ever asked on one that only listens.
    const look = setInterval(() => void client.query('SELECT 1').catch(lost), LOOK_EVERY).unref();
    // Both `error` and `end` follow a lost connection, in either order: the first of them reconnects.
    const lost = (): void => {
      clearInterval(look);
      if (this.client !== client) return;
      this.client = undefined;
      client.end().catch(() => undefined);
      this.reconnect(wake);
    };
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', wake);
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      this.delay = SHORTEST_DELAY;
      wake();
    } catch {
      lost();
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.retry);
    const client = this.client;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  private reconnect(wake: () => void): void {
    if (this.stopped) return;
    const delay = this.delay * (0.5 + Math.random() / 2);
    this.delay = Math.min(this.delay * 2, LONGEST_DELAY);
    this.logger.warn(
      `The connection that listens for log entries was lost; connecting again in ${delay.toFixed()} ms.`,
    );
    this.retry = setTimeout(() => void this.start(wake), delay);
  }
}
