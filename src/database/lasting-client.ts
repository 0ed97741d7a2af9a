import { Client, type ClientConfig } from 'pg';

/** What pg says of a statement whose answer did not come within `query_timeout`. */
const UNANSWERED = 'Query read timeout';

/**
 * A connection whose loss never ends the process. PostgreSQL says that it ends a connection also while nobody has it in hand;
 * pools and TypeORM take their listeners off when they hand a connection over or throw it away, and an error that nobody
 * listens to ends a Node process. What was under way on it fails all the same, and is told to whoever waits for it.
 *
 * Nor is one asked again that did not answer in time: pg would give it back to its pool, and whoever gets it next would wait
 * behind an answer that never comes.
 */
export class LastingClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }

  /** In whichever way pg is asked: whoever has one in hand knows it as a `Client`. */
  override query(...parameters: unknown[]): never {
    const answer: unknown = super.query(...(parameters as [string]));
    if (answer instanceof Promise) {
      answer.catch((error: unknown) => {
        if (error instanceof Error && error.message === UNANSWERED) this.connection.stream.destroy();
      });
    }
    return answer as never;
  }
}
