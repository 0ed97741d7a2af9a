import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { GapReporter } from './gap-reporter';

/**
 * Runs what the events of a server ask for, one after the other: a member who joins and leaves in the same second has
 * to end as gone. Different servers do not wait for each other.
 *
 * What fails is logged and made good: an event that could not be recorded is as if it had been missed.
 */
@Injectable()
export class ServerEvents implements BeforeApplicationShutdown {
  private readonly logger = new Logger('DiscordEvents');
  private readonly tails = new Map<string, Promise<void>>();
  private ending = false;

  constructor(private readonly gaps: GapReporter) {}

  /** @param event the gateway's name of it, for the log. Resolves when the work is done; never rejects. */
  inOrder(guildId: string, event: string, work: () => Promise<void>): Promise<void> {
    if (this.ending) return Promise.resolve();
    const before = this.tails.get(guildId) ?? Promise.resolve();
    const tail = before.then(work).catch((error: unknown) => {
      this.logger.error({ err: error, guildId }, `${event} could not be recorded; the server will be compared again.`);
      this.gaps.report({ guildId });
    });
    this.tails.set(guildId, tail);
    void tail.then(() => {
      if (this.tails.get(guildId) === tail) this.tails.delete(guildId);
    });
    return tail;
  }

  /** Finishes what was begun while the database is still there; what comes later, the next start's comparison finds. */
  async beforeApplicationShutdown(): Promise<void> {
    this.ending = true;
    await Promise.all(this.tails.values());
  }
}
