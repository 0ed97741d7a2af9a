import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { isLostConnection } from '../database/lost-connection';
import { type SyncRunRow } from './sync-runs';

/** How often the run is looked at, milliseconds: its numbers are overwritten, so there is no log of them to follow. */
const LOOK_EVERY = 500;

const ENDED: readonly string[] = ['SUCCEEDED', 'FAILED', 'CANCELLED'];

/**
 * One run, as it goes: first as it stands, then whenever it has changed. Each time it is read as the caller, so that it
 * ends for whoever may no longer see it. It ends with the run.
 */
export class RunWatch implements AsyncIterableIterator<SyncRunRow, undefined> {
  private shown = '';
  private isOver = false;
  private timer: NodeJS.Timeout | undefined;
  private wake: () => void = () => undefined;

  constructor(
    private readonly caller: Caller,
    private readonly read: () => Promise<SyncRunRow | null>,
  ) {}

  /** @throws DomainError UNAUTHENTICATED when the caller's token has expired. */
  async next(): Promise<IteratorResult<SyncRunRow, undefined>> {
    for (;;) {
      const run = this.isOver ? null : await this.readAgain();
      // return() may have been called meanwhile.
      if (this.isOver || run === null) return this.return();
      const standing = JSON.stringify(run);
      if (run !== undefined && standing !== this.shown) {
        this.shown = standing;
        this.isOver = ENDED.includes(run.status);
        return { done: false, value: run };
      }
      await this.pause();
    }
  }

  /** Ends at once, also while a change is being waited for. */
  return(): Promise<IteratorResult<SyncRunRow, undefined>> {
    this.isOver = true;
    clearTimeout(this.timer);
    this.wake();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Undefined while there is no connection to the database. */
  private async readAgain(): Promise<SyncRunRow | null | undefined> {
    if (this.caller.expiresAt * 1_000 <= Date.now()) {
      this.isOver = true;
      throw new DomainError('UNAUTHENTICATED', 'The access token has expired. Sign in on the platform again.');
    }
    try {
      return await this.read();
    } catch (error) {
      if (!isLostConnection(error)) throw error;
      return undefined;
    }
  }

  private async pause(): Promise<void> {
    if (this.isOver) return;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      this.timer = setTimeout(resolve, LOOK_EVERY);
      this.timer.unref();
    });
  }
}
