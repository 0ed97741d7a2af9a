import { setTimeout as delay } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { type Caller } from '../common/caller';
import { type SyncRunRow, SyncRuns, type SyncRunStatus } from '../membership/sync-runs';

/** How often runs are looked at, milliseconds: Discord takes about one change of a message a second. */
const LOOK_EVERY = 1_000;

/** A run that holds removals goes on when somebody decides, which is another message. */
const AT_REST: readonly SyncRunStatus[] = ['SUCCEEDED', 'FAILED', 'CANCELLED', 'AWAITING_CONFIRMATION'];

/** Where following ended: the runs came to rest, or went on without us. */
export interface Followed {
  readonly runs: readonly SyncRunRow[];
  readonly isAtRest: boolean;
}

/** Follows runs for a message that shows them. */
@Injectable()
export class RunFollowing implements BeforeApplicationShutdown {
  private readonly ending = new AbortController();

  constructor(private readonly runs: SyncRuns) {}

  beforeApplicationShutdown(): void {
    this.ending.abort();
  }

  /**
   * Until every run is at rest, the caller's time is over, or the process ends. Each time they are read as the caller.
   * @param show is given the runs first as they stand, then whenever that has changed
   */
  async follow(
    caller: Caller,
    ids: readonly string[],
    show: (runs: readonly SyncRunRow[]) => Promise<void>,
  ): Promise<Followed> {
    const { signal } = this.ending;
    for (let shown = ''; ;) {
      const found = await Promise.all(ids.map((id) => this.runs.find(caller, id)));
      const runs = found.filter((run) => run !== null);
      if (runs.every(({ status }) => AT_REST.includes(status))) return { runs, isAtRest: true };
      if (signal.aborted || Date.now() >= caller.expiresAt * 1_000) return { runs, isAtRest: false };
      const standing = JSON.stringify(runs);
      if (standing !== shown) await show(runs);
      shown = standing;
      await delay(LOOK_EVERY, undefined, { signal }).catch(() => undefined);
    }
  }
}
