import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { Logger as WorkerLogger, type Runner, run, type TaskList, type WorkerEvents } from 'graphile-worker';
import { type Client, type Pool } from 'pg';
import { LastingClient } from '../database/lasting-client';
import { WorkerPool } from './worker-pool';

/** Between attempts to start the worker again, milliseconds. */
const RESTART = 1_000;
/** How often a worker looks for jobs that it has without knowing of them, and how old its claim must be, milliseconds. */
const UNKNOWN_CLAIM = 5_000;

/** So many jobs at once, as long as the process lives: a worker that has stopped is started again. */
export class JobSlots {
  private readonly logger = new Logger(JobSlots.name);
  private runner: Runner | undefined;
  private connections: Pool | undefined;
  /** The name under which the running worker claims jobs, and the ids of those that it works on. */
  private worker: string | undefined;
  private readonly inHand = new Set<string>();
  /** Workers that have stopped: a claim that was under way then may have been written down after theirs were given back. */
  private readonly formerWorkers: string[] = [];
  private inventory: NodeJS.Timeout | undefined;
  private readonly ending = new AbortController();
  private restarting: Promise<void> | undefined;

  /** @param forbiddenFlags jobs with one of these flags are left to others */
  constructor(
    private readonly url: string,
    private readonly taskList: TaskList,
    private readonly count: number,
    private readonly forbiddenFlags: string[],
  ) {}

  async start(): Promise<void> {
    const events = new EventEmitter() as WorkerEvents;
    events.once('pool:create', ({ workerPool }) => (this.worker = workerPool.id));
    this.inHand.clear();
    events.on('job:start', ({ job }) => this.inHand.add(job.id));
    events.on('job:complete', ({ job }) => this.inHand.delete(job.id));
    const connections = this.connect();
    const runner = await run({
      events,
      // Written in batches (of those that end at the same moment), a job's end that cannot be written down stops this worker.
      // Written one by one it would be a rejection that nobody handles, which ends the process.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      pgPool: connections,
      taskList: this.taskList,
      concurrency: this.count,
      forbiddenFlags: this.forbiddenFlags,
      noHandleSignals: true,
      // Jobs are announced by NOTIFY; the poll only finds those whose time has come (a grace that ends, a retry).
      pollInterval: 500,
      logger: new WorkerLogger(() => (level, message) => {
        const severity: string = level;
        if (severity === 'error') this.logger.error(message);
        else if (severity === 'warning') this.logger.warn(message);
        else this.logger.debug(message);
      }),
    }).catch((error: unknown) => {
      void connections.end();
      throw error;
    });
    this.runner = runner;
    this.connections = connections;
    this.inventory = setInterval(() => void this.dropUnknownClaims(connections), UNKNOWN_CLAIM).unref();
    // It gives up when it cannot write down how a job has ended, as when its connection to the database is cut; then it takes
    // no more jobs, and may never say that it has stopped.
    const stopped = () => {
      if (this.runner !== runner || this.ending.signal.aborted) return;
      this.runner = undefined;
      this.connections = undefined;
      clearInterval(this.inventory);
      this.logger.error('The worker has stopped, and is started again.');
      // Neither is waited for: what was in use when the worker stopped may never be given back. Its timers have to end, though.
      runner.stop().catch(() => undefined);
      void connections.end();
      if (this.worker !== undefined) this.formerWorkers.push(this.worker);
      this.restarting = this.startAgain(this.worker);
    };
    // Which kinds of jobs there are is read once, and a failure of that reading is kept for good: the worker would meet it
    // again each time it looks for a job, and never take one.
    const met = new WeakSet<object>();
    events.on('worker:getJob:error', ({ error }) => {
      if (typeof error !== 'object' || error === null) return;
      if (met.has(error)) stopped();
      met.add(error);
    });
    events.once('pool:fatalError', stopped);
    events.once('pool:gracefulShutdown', stopped);
    runner.promise.then(stopped, stopped);
  }

  /**
   * Its own connections, not the worker's: the worker stops listening for their errors when it stops, and a connection that is
   * cut after that would end the process. Direct ones, since jobs are announced by LISTEN, which a pooler in transaction mode
   * does not know.
   */
  private connect(): Pool {
    const connections = new WorkerPool(this.url, this.count + 2);
    const lost = (error: Error): void => this.logger.warn(`A connection to the database was lost: ${error.message}`);
    connections.on('error', lost);
    connections.on('connect', (client) => client.on('error', lost));
    return connections;
  }

  /** @param former the worker that has stopped: what it had in hand is everybody's again */
  private async startAgain(former: string | undefined): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      try {
        if (former !== undefined) await this.giveBack(former);
        await this.start();
        return;
      } catch (error) {
        this.logger.error(`The worker could not be started, in ${RESTART / 1000} s again: ${(error as Error).message}`);
        await delay(RESTART, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /**
   * A claim whose answer was lost with its connection stands in the database, but nobody works on it. The queue itself would
   * wait four hours for it. A job that has just ended here may still be written down as ended: then it is gone, not given back.
   */
  private async dropUnknownClaims(connections: Pool): Promise<void> {
    try {
      const { rowCount } = await connections.query(
        `UPDATE graphile_worker._private_jobs SET locked_by = NULL, locked_at = NULL
         WHERE locked_by = $1 AND locked_at < now() - $2 * interval '1 millisecond' AND id <> ALL($3::bigint[])
           OR locked_by = ANY($4)`,
        [this.worker, UNKNOWN_CLAIM, [...this.inHand], this.formerWorkers],
      );
      if (rowCount) this.logger.warn(`${rowCount} jobs were claimed without an answer, and run again.`);
    } catch (error) {
      this.logger.warn(`Claims without an answer could not be looked for: ${(error as Error).message}`);
    }
  }

  private async giveBack(worker: string): Promise<void> {
    const client: Client = new LastingClient({ connectionString: this.url });
    try {
      await client.connect();
      await client.query('SELECT graphile_worker.force_unlock_workers($1)', [[worker]]);
    } finally {
      await client.end();
    }
  }

  isRunning(): boolean {
    return this.runner !== undefined;
  }

  /** Waits for the jobs that run. */
  async stop(): Promise<void> {
    this.ending.abort();
    await this.restarting;
    clearInterval(this.inventory);
    const runner = this.runner;
    this.runner = undefined;
    await runner?.stop();
    if (runner && this.worker !== undefined) {
      await this.giveBack(this.worker).catch((error: unknown) =>
        this.logger.warn(`Claims without an answer could not be given back: ${(error as Error).message}`),
      );
    }
    await this.connections?.end();
  }
}
