import { Injectable, Logger } from '@nestjs/common';
import { type Caller } from '../common/caller';
import { Database } from '../database/database';
import { RunWatch } from './run-watch';
import { SyncRuns } from './sync-runs';

/** How often runs are looked at, milliseconds: their numbers are overwritten, so there is no log of them to follow. */
const LOOK_EVERY = 500;

interface Watched {
  /** How the run stood when it was last looked at; undefined before. */
  standing: string | null | undefined;
  readonly wakes: Set<() => void>;
}

/** Looks at the runs that anybody follows: one statement for all of them, however many follow. */
@Injectable()
export class RunWatches {
  private readonly logger = new Logger(RunWatches.name);
  private readonly watched = new Map<string, Watched>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly runs: SyncRuns,
  ) {}

  /** The run as this caller may see it, which is asked anew whenever it has changed. */
  follow(caller: Caller, id: string): RunWatch {
    return new RunWatch(
      caller,
      () => this.runs.find(caller, id),
      (wake) => this.join(id, wake),
    );
  }

  /** @returns what ends it */
  private join(id: string, wake: () => void): () => void {
    const watched = this.watched.get(id) ?? { standing: undefined, wakes: new Set() };
    this.watched.set(id, watched);
    watched.wakes.add(wake);
    this.timer ??= this.inAWhile();
    return () => {
      watched.wakes.delete(wake);
      if (watched.wakes.size === 0 && this.watched.get(id) === watched) this.watched.delete(id);
    };
  }

  private inAWhile(): NodeJS.Timeout {
    return setTimeout(() => void this.look(), LOOK_EVERY).unref();
  }

  private async look(): Promise<void> {
    try {
      const rows = await this.database.query<{ id: string; standing: string }>(
        'SELECT r.id, r::text AS standing FROM discord_sync_runs r WHERE r.id = ANY($1::uuid[])',
        [[...this.watched.keys()]],
      );
      const standings = new Map(rows.map(({ id, standing }) => [id, standing]));
      for (const [id, watched] of this.watched) {
        const standing = standings.get(id) ?? null;
        if (standing === watched.standing) continue;
        watched.standing = standing;
        for (const wake of watched.wakes) wake();
      }
    } catch (error) {
      this.logger.warn(`The runs could not be looked at: ${(error as Error).message}`);
    }
    this.timer = this.watched.size === 0 ? undefined : this.inAWhile();
  }
}
