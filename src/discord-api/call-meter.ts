import { AsyncLocalStorage } from 'node:async_hooks';

interface Count {
  calls: number;
  readonly guildId: string | null;
  readonly outer: Count | undefined;
}

/** The calls for one server (null: for none in particular), and how many of them Discord did not answer. */
export interface CallTally {
  readonly guildId: string | null;
  readonly calls: number;
  readonly failed: number;
}

/** Counts the calls that reach the network: inside a piece of work, however deep and however concurrent, and by server. */
export class CallMeter {
  private readonly counts = new AsyncLocalStorage<Count>();
  private readonly tallies = new Map<string | null, { calls: number; failed: number }>();

  /**
   * Runs one call, which is counted.
   * @param url whose `/guilds/<id>` tells the server; otherwise it is the one that the work is about
   */
  async count<Answer extends { readonly status: number }>(url: string, call: () => Promise<Answer>): Promise<Answer> {
    const innermost = this.counts.getStore();
    for (let count = innermost; count !== undefined; count = count.outer) count.calls += 1;
    const guildId = /\/guilds\/(\d+)/.exec(url)?.[1] ?? innermost?.guildId ?? null;
    const tally = this.tallies.get(guildId) ?? { calls: 0, failed: 0 };
    this.tallies.set(guildId, tally);
    tally.calls += 1;
    // Taken away meanwhile, it is the next minute's.
    const failed = (): void => {
      const current = this.tallies.get(guildId) ?? { calls: 0, failed: 0 };
      this.tallies.set(guildId, current);
      current.failed += 1;
    };
    try {
      const answer = await call();
      if (isFailure(answer.status)) failed();
      return answer;
    } catch (error) {
      failed();
      throw error;
    }
  }

  async metered<Result>(
    work: () => Promise<Result>,
    guildId: string | null = null,
  ): Promise<{ result: Result; calls: number }> {
    const outer = this.counts.getStore();
    const count: Count = { calls: 0, guildId: guildId ?? outer?.guildId ?? null, outer };
    const result = await this.counts.run(count, work);
    return { result, calls: count.calls };
  }

  /** What was counted since this was last asked. */
  take(): CallTally[] {
    const taken = [...this.tallies].map(([guildId, { calls, failed }]) => ({ guildId, calls, failed }));
    this.tallies.clear();
    return taken;
  }
}

/** Discord could not answer, or refused the bot itself or its pace. What it refuses about a person or a server is an answer. */
function isFailure(status: number): boolean {
  return status >= 500 || status === 429 || status === 401;
}
