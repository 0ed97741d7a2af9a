import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { asGatewayFailure, type GatewayFailure } from './gateway-failure';
import { type GatewayState } from './gateway-state';
import { type GatewayTiming } from './gateway-timing';
import { refusedDelay, retryDelay } from './retry-delay.policy';

/** What the supervisor keeps up. */
export interface Supervised {
  /** Connects; resolves once connected, with a promise of the connection's end that never rejects. */
  open(): Promise<{ readonly lost: Promise<GatewayFailure> }>;
  /** Ends whatever is left of a connection; `open` can be called again afterwards. */
  close(): Promise<void>;
}

/** Connects, and connects again, for as long as the process runs. Nothing that Discord does ends it. */
export class GatewaySupervisor {
  private readonly logger = new Logger('DiscordGateway');
  private readonly ending = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly connection: Supervised,
    private readonly state: GatewayState,
    private readonly timing: GatewayTiming,
  ) {}

  /** Whether the connection is looked after, be it up or down at the moment. */
  get active(): boolean {
    return this.running !== undefined && !this.ending.signal.aborted;
  }

  start(): void {
    this.running ??= this.run();
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.connection.close();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.ending;
    const ended = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('The process ends.')), { once: true });
    });
    ended.catch(() => undefined);

    for (let failures = 0; !signal.aborted;) {
      let failure: GatewayFailure;
      try {
        const { lost } = await Promise.race([this.connection.open(), ended]);
        failures = 0;
        this.logger.log('Connected to Discord.');
        failure = await Promise.race([lost, ended]);
      } catch (error) {
        if (this.ending.signal.aborted) return;
        failure = asGatewayFailure(error);
      }
      this.state.allDown(failure.message);
      await this.connection.close();
      const pause = this.pauseAfter(failure, failures);
      failures += 1;
      this.logger.warn(`${failure.message} Trying again in ${(pause / 1000).toFixed(1)} s.`);
      await delay(pause, undefined, { signal }).catch(() => undefined);
    }
  }

  private pauseAfter(failure: GatewayFailure, failures: number): number {
    if (failure.retry === 'refused') return refusedDelay(failures, this.timing);
    const pause = retryDelay(failures, this.timing);
    return failure.retry === 'soon' ? pause : Math.max(pause, failure.retry);
  }
}
