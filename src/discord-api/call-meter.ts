import { AsyncLocalStorage } from 'node:async_hooks';

interface Count {
  calls: number;
  readonly outer: Count | undefined;
}

/** Counts the calls that reach the network inside a piece of work, however deep and however concurrent. */
export class CallMeter {
  private readonly counts = new AsyncLocalStorage<Count>();
  private all = 0;

  /** Every call since this process started. */
  get total(): number {
    return this.all;
  }

  count(): void {
    this.all += 1;
    for (let count = this.counts.getStore(); count !== undefined; count = count.outer) count.calls += 1;
  }

  async metered<Result>(work: () => Promise<Result>): Promise<{ result: Result; calls: number }> {
    const count: Count = { calls: 0, outer: this.counts.getStore() };
    const result = await this.counts.run(count, work);
    return { result, calls: count.calls };
  }
}
