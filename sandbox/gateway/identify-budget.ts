/** How often a bot may identify; what PUT /sandbox/limits sets. */
export interface IdentifyLimits {
  readonly enforce: boolean;
  readonly identifiesPerDay: number;
  /** One client may identify in this time (`max_concurrency` 1). */
  readonly identifyEveryMs: number;
}

const DAY = 86_400_000;

/** Counts IDENTIFYs, over all shards. A RESUME does not count. */
export class IdentifyBudget {
  private used = 0;
  private dayEndsAt = 0;
  private last = 0;

  constructor(private readonly limits: () => IdentifyLimits) {}

  /** What GET /gateway/bot says of it. */
  get sessionStartLimit() {
    const total = this.limits().identifiesPerDay;
    const left = this.dayEndsAt - Date.now();
    return {
      total,
      remaining: left <= 0 ? total : Math.max(0, total - this.used),
      reset_after: left <= 0 ? DAY : left,
      max_concurrency: 1,
    };
  }

  /** Spends one: `too soon` after the one before, or `exhausted` for the day. Nothing is refused unless enforced. */
  take(): 'go' | 'too soon' | 'exhausted' {
    const now = Date.now();
    const { enforce, identifiesPerDay, identifyEveryMs } = this.limits();
    if (enforce && now - this.last < identifyEveryMs) return 'too soon';
    if (now >= this.dayEndsAt) {
      this.dayEndsAt = now + DAY;
      this.used = 0;
    }
    this.used += 1;
    this.last = now;
    return enforce && this.used > identifiesPerDay ? 'exhausted' : 'go';
  }

  reset(): void {
    this.used = 0;
    this.dayEndsAt = 0;
    this.last = 0;
  }
}
