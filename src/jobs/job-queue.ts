import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';

export interface JobOptions {
  /** At most one waiting job has this key; adding it again replaces the one that waits. */
  readonly key?: string;
  /** `preserve_run_at`: a job that waits keeps its time. */
  readonly keyMode?: 'replace' | 'preserve_run_at';
  readonly runAt?: Date;
  /** Smaller runs first. */
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
      options.priority ?? 0,
      options.maxAttempts ?? 25,
    ]);
  }
}
