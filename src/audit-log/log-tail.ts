import { Injectable } from '@nestjs/common';
import { type Caller } from '../common/caller';
import { parseSeq } from './log-cursor';
import { LogFeed } from './log-feed';
import { LogFollower, type Visible } from './log-follower';
import { LogReader } from './log-reader';
import { type LogRow } from './log-row';

/** The log as a stream: what subscriptions are made of. */
@Injectable()
export class LogTail {
  constructor(
    private readonly feed: LogFeed,
    private readonly reader: LogReader,
  ) {}

  /**
   * Every entry after `after` that `visible` lets through, in order: first what is there, then what comes, no gap and
   * nothing twice. Without `after` it begins where the log ends now, which is asked at once. It never ends by itself; a
   * consumer may take as long as it likes, which costs no memory.
   * @throws DomainError BAD_USER_INPUT at once when `after` is no seq; UNAUTHENTICATED from the iterator when the
   *   caller's token has expired.
   */
  follow(options: {
    readonly after?: string | null | undefined;
    readonly caller: Caller;
    readonly visible: Visible;
  }): AsyncIterableIterator<LogRow, undefined> {
    const { after, caller, visible } = options;
    const start = after === undefined || after === null ? this.reader.end() : Promise.resolve(parseSeq(after));
    return new LogFollower(this.feed, this.reader, caller, visible, start);
  }
}
