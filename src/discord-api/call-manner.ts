import { AsyncLocalStorage } from 'node:async_hooks';

/** How the calls inside a piece of work are made. */
export interface Manner {
  /** A rate limit longer than this is not waited for but thrown, milliseconds. */
  readonly patience: number;
  /** Calls that somebody waits for go first. */
  readonly givesWay: boolean;
}

/** Somebody waits for the answer, and rather a few seconds longer than in vain. */
const ORDINARY: Manner = { patience: 5_000, givesWay: false };

/** The manner in which a call is made follows from the work that it is part of, however deep inside. */
export class CallManner {
  private readonly manners = new AsyncLocalStorage<Manner>();

  get current(): Manner {
    return this.manners.getStore() ?? ORDINARY;
  }

  within<Result>(manner: Manner, work: () => Promise<Result>): Promise<Result> {
    return this.manners.run(manner, work);
  }
}
