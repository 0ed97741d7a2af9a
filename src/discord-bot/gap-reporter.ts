import { setTimeout as delay } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Observations } from '../membership/observations';

/** Between attempts to report a gap, milliseconds; a database that is down is asked no more often. */
const RETRY = 5_000;

/**
 * Tells membership that events were missed, so that every server is compared with what Discord says. It must not get
 * lost, so it is repeated until it was taken; reports that come meanwhile are one with it.
 */
@Injectable()
export class GapReporter implements BeforeApplicationShutdown {
  private readonly logger = new Logger('DiscordEvents');
  private readonly ending = new AbortController();
  private asked = 0;
  private reporting: Promise<void> | undefined;

  constructor(private readonly observations: Observations) {}

  report(): void {
    this.asked += 1;
    this.reporting ??= this.run().finally(() => {
      this.reporting = undefined;
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.ending.abort();
    await this.reporting;
  }

  private async run(): Promise<void> {
    const { signal } = this.ending;
    for (let told = 0; told < this.asked && !signal.aborted;) {
      // Events that are missed while we tell of the others need another comparison.
      const asked = this.asked;
      try {
        await this.observations.gap();
        told = asked;
      } catch (error) {
        this.logger.error(
          { err: error },
          `A gap in Discord's events could not be reported; again in ${RETRY / 1000} s.`,
        );
        await delay(RETRY, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}
