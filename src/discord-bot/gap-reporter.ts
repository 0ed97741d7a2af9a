import { setTimeout as delay } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { type Gap, Gaps } from '../membership/gaps';

/** Between attempts to report a gap, milliseconds; a database that is down is asked no more often. */
const RETRY = 5_000;

/**
 * Tells membership of which servers events were missed, so that they are compared with what Discord says. It must not get
 * lost, so it is repeated until it was taken; reports of the same that come meanwhile are one.
 */
@Injectable()
export class GapReporter implements BeforeApplicationShutdown {
  private readonly logger = new Logger('DiscordEvents');
  private readonly ending = new AbortController();
  private readonly missed = new Map<string, Gap>();
  private reporting: Promise<void> | undefined;

  constructor(private readonly gaps: Gaps) {}

  report(gap: Gap): void {
    this.missed.set(JSON.stringify(gap), gap);
    this.reporting ??= this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.ending.abort();
    await this.reporting;
  }

  private async run(): Promise<void> {
    const { signal } = this.ending;
    for (const [key, gap] of this.missed) {
      if (signal.aborted) return;
      // First, since events that are missed while we tell of others need another comparison.
      this.missed.delete(key);
      try {
        await this.gaps.makeGood(gap);
      } catch (error) {
        this.missed.set(key, gap);
        this.logger.error(
          { err: error },
          `A gap in Discord's events could not be reported; again in ${RETRY / 1000} s.`,
        );
        await delay(RETRY, undefined, { signal }).catch(() => undefined);
      }
    }
    this.reporting = undefined;
  }
}
