/** For this long after its answer a call still counts, milliseconds: a second, and a little as timers are not exact. */
const SECOND = 1_010;

/**
 * Lets no more calls through than Discord takes, however Discord counts its seconds.
 *
 * A call holds its place from before it is sent until a second after its answer. It arrived at Discord in between, so
 * two calls that held the same place arrived at least a second apart: within any second there are no more arrivals than
 * places. A counter that starts anew each second here (as in @discordjs/rest) can let twice as many through in one
 * second there.
 */
export class CallBudget {
  private free: number;
  private readonly first: (() => void)[] = [];
  private readonly others: (() => void)[] = [];

  /** @param perSecond `Infinity`: as many as anybody likes. */
  constructor(perSecond: number) {
    this.free = perSecond;
  }

  /** Makes the call in its turn. @param givesWay whether calls that somebody waits for go before it. */
  async spend<Answer>(givesWay: boolean, call: () => Promise<Answer>): Promise<Answer> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => (givesWay ? this.others : this.first).push(resolve));
    try {
      return await call();
    } finally {
      setTimeout(() => this.passOn(), SECOND).unref();
    }
  }

  private passOn(): void {
    const next = this.first.shift() ?? this.others.shift();
    if (next) next();
    else this.free += 1;
  }
}
