import { Pool, type PoolClient } from 'pg';
import { LastingClient } from '../database/lasting-client';

type Done = (failure?: unknown) => void;
type Connected = (error: Error | undefined, client: PoolClient | undefined, done: Done) => void;

/**
 * The connections of a worker. The queue's listener for new jobs may give its connection back twice, if the connection is
 * lost while the worker stops; to a pool that is an error, which nobody awaits, and the process would end.
 */
export class WorkerPool extends Pool {
  constructor(connectionString: string, max: number) {
    super({ connectionString, max, Client: LastingClient });
  }

  override connect(): Promise<PoolClient>;
  override connect(connected: Connected): void;
  override connect(connected?: Connected): Promise<PoolClient> | void {
    if (!connected) return super.connect();
    // A pool that is being ended hands over nothing to give back.
    super.connect((error, client, done: Done | undefined) => {
      let isGivenBack = false;
      connected(error, client, (failure) => {
        if (isGivenBack) return;
        isGivenBack = true;
        done?.(failure);
      });
    });
  }
}
