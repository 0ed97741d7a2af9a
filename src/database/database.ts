import { Injectable } from '@nestjs/common';
import { type DataSource, type EntityManager, QueryFailedError } from 'typeorm';
import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';

/** Work that runs inside one transaction and sees the database through its manager only. */
export type Work<Result> = (manager: EntityManager) => Promise<Result>;

/** PostgreSQL's codes for text that it cannot hold: as text, and inside JSON. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const UNSTORABLE_TEXT: readonly unknown[] = ['22021', '22P05'];

/** `invalid byte sequence for encoding "UTF8": 0x00`, and `\\u0000 cannot be converted to text.` */
const NAMES_ZERO = /: 0x00$|\\u0000/m;

/**
 * How long a statement of a request may take before PostgreSQL ends it. Set in each transaction: a pooler refuses it among
 * the parameters of a connection.
 */
const REQUEST_TIMEOUT = '10s';

/**
 * The three ways in which the service talks to PostgreSQL, each with a login of its own:
 *
 * - `readAs` for requests: as `authenticated` with the caller's claims, so row-level security decides what is seen;
 * - `write` for what a request changes after the service's own checks;
 * - `work` for the worker, the bot and the schedules, which serve nobody in particular; `query` and `follow` likewise.
 *
 * No Discord call is ever made inside any of them.
 */
@Injectable()
export class Database {
  constructor(
    private readonly api: DataSource,
    private readonly writer: DataSource,
    private readonly worker: DataSource,
    private readonly tail: DataSource,
  ) {}

  /** Reads what this caller may see: one transaction as `authenticated` with the caller's claims. */
  readAs<Result>(caller: Caller, work: Work<Result>): Promise<Result> {
    return ofRequest(this.api, async (manager) => {
      await manager.query(
        `SELECT set_config('role', 'authenticated', true), set_config('request.jwt.claims', $1, true), set_config('statement_timeout', $2, true)`,
        [JSON.stringify(caller.claims), REQUEST_TIMEOUT],
      );
      return work(manager);
    });
  }

  /** Writes what a request asked for, once its caller was found to be allowed to. */
  write<Result>(work: Work<Result>): Promise<Result> {
    return ofRequest(this.writer, async (manager) => {
      await manager.query(`SELECT set_config('statement_timeout', $1, true)`, [REQUEST_TIMEOUT]);
      return work(manager);
    });
  }

  /** Reads and writes on the service's own behalf. */
  work<Result>(work: Work<Result>): Promise<Result> {
    return this.worker.transaction(work);
  }

  /** One statement on the service's own behalf, in a transaction of its own. */
  query<Row>(text: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.worker.query<Row[]>(text, [...parameters]);
  }

  /** The same for whoever follows the log: waits for no other work, and not for long on a connection that has gone silent. */
  follow<Row>(text: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.tail.query<Row[]>(text, [...parameters]);
  }

  async destroy(): Promise<void> {
    await Promise.all([this.api, this.writer, this.worker, this.tail].map((source) => source.destroy()));
  }
}

/** A transaction whose values come from a request. @throws DomainError BAD_USER_INPUT when one of them cannot be stored. */
async function ofRequest<Result>(source: DataSource, work: Work<Result>): Promise<Result> {
  try {
    return await source.transaction(work);
  } catch (error) {
    const cause = causeOf(error);
    if (!UNSTORABLE_TEXT.includes(cause?.code)) throw error;
    // Which character it was PostgreSQL's own words tell. Where the database's encoding is not UTF-8, it may be many another.
    throw new DomainError(
      'BAD_USER_INPUT',
      NAMES_ZERO.test(`${cause?.message}\n${String(cause?.detail)}`)
        ? 'A text holds the character U+0000, which cannot be stored. Remove it.'
        : 'A text holds a character that the database cannot store. Remove it.',
    );
  }
}

function causeOf(
  error: unknown,
): { readonly code?: unknown; readonly message: string; readonly detail?: unknown } | undefined {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : undefined;
  return cause instanceof Error ? cause : undefined;
}
