import { Client, type ClientConfig } from 'pg';

/**
 * A connection whose loss never ends the process. PostgreSQL says that it ends a connection also while nobody has it in hand;
 * pools and TypeORM take their listeners off when they hand a connection over or throw it away, and an error that nobody
 * listens to ends a Node process. What was under way on it fails all the same, and is told to whoever waits for it.
 */
export class LastingClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
