import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { isLostConnection } from '../database/lost-connection';
import { type LogFeed } from './log-feed';
import { type LogReader, READ_SIZE } from './log-reader';
import { type LogRow } from './log-row';

/**
 * Whether a row may be shown. A promise where that first has to be looked up.
 * @param takenAt by `performance.now()`, when the row was in this process already: what was asked later knows of everything
 *   that was committed before the row
 */
export type Visible = (row: LogRow, takenAt: number) => boolean | Promise<boolean>;

/**
 * One walk along the log. It holds a place and at most one page: entries come from the feed's recent ones as long as
 * those reach back to the place, and from the table otherwise, which is the same for a replay and for whoever is slow.
 * Both are ordered by the same seq, so changing over leaves no gap and repeats nothing. While the database is away it stands still.
 */
export class LogFollower implements AsyncIterableIterator<LogRow, undefined> {
  private readonly walk: AsyncGenerator<LogRow, void>;
  private readonly leave: () => void;
  private wake: () => void = () => undefined;
  private news = false;
  private ended = false;

  constructor(
    private readonly feed: LogFeed,
    private readonly reader: LogReader,
    private readonly caller: Caller,
    private readonly visible: Visible,
    start: Promise<bigint>,
  ) {
    this.leave = feed.follow(() => {
      this.news = true;
      this.wake();
    });
    // Reported by next(); an iterator that is never advanced must not end the process.
    start.catch(() => undefined);
    this.walk = this.entries(start);
  }

  async next(): Promise<IteratorResult<LogRow, undefined>> {
    try {
      const step = await this.walk.next();
      return step.done === true ? this.end() : step;
    } catch (error) {
      this.end();
      throw error;
    }
  }

  /** Ends at once, also while an entry is being waited for. */
  async return(): Promise<IteratorResult<LogRow, undefined>> {
    const result = this.end();
    this.wake();
    await this.walk.return();
    return result;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private end(): IteratorResult<LogRow, undefined> {
    this.ended = true;
    this.leave();
    return { done: true, value: undefined };
  }

  private async *entries(start: Promise<bigint>): AsyncGenerator<LogRow, void> {
    let place = await start;
    while (!this.ended) {
      this.news = false;
      const loaded = this.feed.end;
      const kept = this.feed.after(place);
      const rows = kept ?? (await this.lasting(() => this.reader.after(place)));
      if (rows === undefined) return;
      const takenAt = performance.now();
      for (const row of rows) {
        this.refuseExpired(row);
        const verdict = this.visible(row, takenAt);
        const seen =
          typeof verdict === 'boolean' ? verdict : await this.lasting(() => this.visible(row, takenAt), verdict);
        if (seen === undefined) return;
        if (seen) yield row;
        place = BigInt(row.seq);
      }
      // Not every place has a row: a page that is not full reaches at least as far as the feed had come.
      if (kept === undefined && rows.length < READ_SIZE && loaded !== undefined && loaded > place) place = loaded;
      if (kept !== undefined ? rows.length === 0 : rows.length < READ_SIZE) await this.untilNews();
    }
  }

  private async untilNews(): Promise<void> {
    if (!this.news) await this.untilWoken();
  }

  private async untilWoken(): Promise<void> {
    if (this.ended) return;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
  }

  /**
   * Asks until there is an answer: as long as there is no connection to the database, again whenever the feed, which goes on
   * looking, could read the log. Undefined when this walk was ended meanwhile.
   */
  private async lasting<Answer>(
    ask: () => Answer | Promise<Answer>,
    first: Answer | Promise<Answer> = ask(),
  ): Promise<Answer | undefined> {
    for (let answer = first; !this.ended; answer = ask()) {
      try {
        return await answer;
      } catch (error) {
        if (!isLostConnection(error)) throw error;
        await this.untilWoken();
      }
    }
    return undefined;
  }

  /** Nothing is shown on a token that has ended, whatever carries this walk. */
  private refuseExpired(row: LogRow): void {
    if (this.caller.expiresAt * 1_000 > Date.now()) return;
    throw new DomainError(
      'UNAUTHENTICATED',
      `The token expired. Sign in again and go on after the last entry that you received (before ${row.seq}).`,
    );
  }
}
