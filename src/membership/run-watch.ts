import { setTimeout as delay } from 'node:timers/promises';
import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { isLostConnection } from '../database/lost-connection';
import { type SyncRunRow } from './sync-runs';

/** When the run is read again while the database cannot be reached, milliseconds. */
const AGAIN = 500;

const ENDED: readonly string[] = ['SUCCEEDED', 'FAILED', 'CANCELLED'];

/**
 * One run, as it goes: first as it stands, then whenever it has changed. Each time it is read as the caller, so that it
 * ends for whoever may no longer see it. It ends with the run.
 */
export class RunWatch implements AsyncIterableIterator<SyncRunRow, undefined> {
  private shown = '';
  private isOver = false;
  private news = true;
  private wake: () => void = () => undefined;
  private readonly leave: () => void;

  /** @param join is told what to call when the run may have changed; it returns what ends that */
  constructor(
    private readonly caller: Caller,
    private readonly read: () => Promise<SyncRunRow | null>,
    join: (wake: () => void) => () => void,
  ) {
    this.leave = join(() => {
      this.news = true;
      this.wake();
    });
  }

  /** @throws DomainError UNAUTHENTICATED when the caller's token has expired. */
  async next(): Promise<IteratorResult<SyncRunRow, undefined>> {
    for (;;) {
      await this.untilNews();
      this.news = false;
      const run = this.isOver ? null : await this.readAgain();
      // return() may have been called meanwhile.
      if (this.isOver || run === null) return this.return();
      const standing = JSON.stringify(run);
      if (run !== undefined && standing !== this.shown) {
        this.shown = standing;
        this.isOver = ENDED.includes(run.status);
        return { done: false, value: run };
      }
    }
  }

  /** Ends at once, also while a change is being waited for. */
  return(): Promise<IteratorResult<SyncRunRow, undefined>> {
    this.isOver = true;
    this.leave();
    this.wake();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Undefined while there is no connection to the database: then it is read again in a moment. */
  private async readAgain(): Promise<SyncRunRow | null | undefined> {
    try {
      if (this.caller.expiresAt * 1_000 > Date.now()) return await this.read();
      throw new DomainError('UNAUTHENTICATED', 'The access token has expired. Sign in on the platform again.');
    } catch (error) {
      if (isLostConnection(error)) {
        this.news = true;
        await delay(AGAIN);
        return undefined;
      }
      await this.return();
      throw error;
    }
  }

  private async untilNews(): Promise<void> {
    if (this.news || this.isOver) return;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
  }
}
