import { DiscordFailure } from './discord-failure';

/** Whether the bot's calls are let through, for the health page. */
export interface CircuitState {
  readonly open: boolean;
  /** When Discord first refused the token; null while it accepts it. */
  readonly since: Date | null;
}

/**
 * Stops the bot's calls while Discord refuses its token. Every 401 counts towards a ban of this address (10,000 in 10
 * minutes), so while the circuit is open one call in `probeIntervalMs` is let through to see whether the token works
 * again; any answer but 401 closes it.
 */
export class TokenCircuit {
  private openedAt: number | null = null;
  private nextProbeAt = 0;

  constructor(
    private readonly probeIntervalMs: number,
    private readonly now: () => number = () => Date.now(),
  ) {}

  get state(): CircuitState {
    return { open: this.openedAt !== null, since: this.openedAt === null ? null : new Date(this.openedAt) };
  }

  /** @throws DiscordFailure of kind `process` while the token is refused and no probe is due. */
  admit(): void {
    if (this.openedAt === null) return;
    const wait = this.nextProbeAt - this.now();
    if (wait > 0) {
      throw new DiscordFailure(
        'process',
        `No call was made: Discord refuses the bot token since ${new Date(this.openedAt).toISOString()}. Check DISCORD_BOT_TOKEN; it is tried again every ${this.probeIntervalMs / 1000} s.`,
        { status: null, code: null, retryAfterMs: wait },
      );
    }
    // Taken by this call, whatever becomes of it: calls that arrive together are one probe, not many.
    this.nextProbeAt = this.now() + this.probeIntervalMs;
  }

  /** Tells the status of an answer to an admitted call. */
  answered(status: number): void {
    if (status === 401) {
      this.openedAt ??= this.now();
      this.nextProbeAt = this.now() + this.probeIntervalMs;
    } else if (status < 500 && status !== 429) {
      // A 5xx or 429 may come from before the token was looked at.
      this.openedAt = null;
    }
  }
}
