import { Injectable } from '@nestjs/common';
import { type DataSource, type EntityManager } from 'typeorm';
import { type Caller } from '../common/caller';

/** Work that runs inside one transaction and sees the database through its manager only. */
export type Work<Result> = (manager: EntityManager) => Promise<Result>;

/**
 * The three ways in which the service talks to PostgreSQL, each with a login of its own:
 *
 * - `readAs` for requests: as `authenticated` with the caller's claims, so row-level security decides what is seen;
 * - `write` for what a request changes after the service's own checks;
 * - `work` for the worker, the bot and the schedules, which serve nobody in particular.
 *
 * No Discord call is ever made inside any of them.
 */
@Injectable()
export class Database {
  constructor(
    private readonly api: DataSource,
    private readonly writer: DataSource,
    private readonly worker: DataSource,
  ) {}

  /** Reads what this caller may see: one transaction as `authenticated` with the caller's claims. */
  readAs<Result>(caller: Caller, work: Work<Result>): Promise<Result> {
    return this.api.transaction(async (manager) => {
      await manager.query(
        `SELECT set_config('role', 'authenticated', true), set_config('request.jwt.claims', $1, true)`,
        [JSON.stringify(caller.claims)],
      );
      return work(manager);
    });
  }

  /** Writes what a request asked for, once its caller was found to be allowed to. */
  write<Result>(work: Work<Result>): Promise<Result> {
    return this.writer.transaction(work);
  }

  /** Reads and writes on the service's own behalf. */
  work<Result>(work: Work<Result>): Promise<Result> {
    return this.worker.transaction(work);
  }

  /** One statement on the service's own behalf, in a transaction of its own. */
  query<Row>(text: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.worker.query<Row[]>(text, [...parameters]);
  }

  async destroy(): Promise<void> {
    await Promise.all([this.api.destroy(), this.writer.destroy(), this.worker.destroy()]);
  }
}
