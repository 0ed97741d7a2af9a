/** For this long after its answer a call still counts, milliseconds: a second, and a little as timers are not exact. */
const SECOND = 1_010;

/**
 * Lets no more calls through than Discord takes, however Discord counts its seconds.
 *
 * A call holds its place from before it is sent until a second after its answer. It arrived at Discord in between, so
 * two calls that held the same place arrived at least a second apart: within any second there are no more arrivals than
 * places. A counter that starts anew each second here (as in @discordjs/rest) can let twice as many through in one
 * second there.
 *
 * Calls that give way are spread evenly over the second. Sent as fast as they come, they would take all places within a
 * moment, and whoever waits would find none until these come back, all together, a second later.
 */
export class CallBudget {
  private free: number;
  private readonly first: (() => void)[] = [];
  private readonly others: (() => void)[] = [];
  /** Milliseconds from one call that gives way to the next. */
  private readonly pause: number;
  private othersFrom = 0;
  private timer: NodeJS.Timeout | undefined;

  /** @param perSecond `Infinity`: as many as anybody likes. */
  constructor(perSecond: number) {
    this.free = perSecond;
    this.pause = SECOND / perSecond;
  }

  /** Makes the call in its turn. @param givesWay whether calls that somebody waits for go before it. */
  async spend<Answer>(givesWay: boolean, call: () => Promise<Answer>): Promise<Answer> {
    await new Promise<void>((resolve) => {
      (givesWay ? this.others : this.first).push(resolve);
      this.admit();
    });
    try {
      return await call();
    } finally {
      setTimeout(() => {
        this.free += 1;
        this.admit();
      }, SECOND).unref();
    }
  }

  private admit(): void {
    while (this.free > 0) {
      const next = this.first.shift() ?? this.nextOther();
      if (!next) return;
      this.free -= 1;
      next();
    }
  }

  /** Whoever gives way, if it is time for the next of them; if not, it is looked again when it is. */
  private nextOther(): (() => void) | undefined {
    if (this.others.length === 0) return undefined;
    const now = Date.now();
    if (this.othersFrom > now) {
      this.timer ??= setTimeout(() => {
        this.timer = undefined;
        this.admit();
      }, this.othersFrom - now).unref();
      return undefined;
    }
    // One that goes late, as timers are, does not put off the next.
    this.othersFrom = Math.max(this.othersFrom, now - this.pause) + this.pause;
    return this.others.shift();
  }
}
