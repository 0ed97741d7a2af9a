import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';

/**
 * How urgent work is; a smaller number goes first. Above `waiting` nobody looks at a screen until it is done: such jobs
 * leave some of the slots to those for whom somebody does (see the migration "Urgency" and job-runner.ts).
 */
export const PRIORITY = { waiting: 0, soon: 5, bulk: 10, welcome: 15, cleanup: 20 } as const;

export interface JobOptions {
  /** At most one waiting job has this key; adding it again replaces the one that waits. */
  readonly key?: string;
  /** `preserve_run_at`: a job that waits keeps its time, and with it its place in the line. */
  readonly keyMode?: 'replace' | 'preserve_run_at';
  readonly runAt?: Date;
  /** One of {@link PRIORITY}; `soon` unless given. */
  readonly priority?: number;
  readonly maxAttempts?: number;
}

/** Adds jobs in the transaction of the change that makes them necessary: both stand or neither. */
@Injectable()
export class JobQueue {
  async enqueue(manager: EntityManager, name: string, payload: object, options: JobOptions = {}): Promise<void> {
    await manager.query(`SELECT discord_add_job($1, $2::json, $3, $4, $5, $6, $7)`, [
      name,
      JSON.stringify(payload),
      options.key ?? null,
      options.keyMode ?? 'replace',
      options.runAt ?? null,
      options.priority ?? PRIORITY.soon,
      options.maxAttempts ?? 25,
    ]);
  }
}
