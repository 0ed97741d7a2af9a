import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import {
  Logger as WorkerLogger,
  makeWorkerUtils,
  type Runner,
  run,
  type TaskList,
  type WorkerEvents,
} from 'graphile-worker';

/** Between attempts to start the worker again, milliseconds. */
const RESTART = 1_000;

/** So many jobs at once, as long as the process lives: a worker that has stopped is started again. */
export class JobSlots {
  private readonly logger = new Logger(JobSlots.name);
  private runner: Runner | undefined;
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
    let pool: string | undefined;
    const events = new EventEmitter() as WorkerEvents;
    events.once('pool:create', ({ workerPool }) => (pool = workerPool.id));
    const runner = await run({
      events,
      // Written in batches (of those that end at the same moment), a job's end that cannot be written down stops this worker.
      // Written one by one it would be a rejection that nobody handles, which ends the process.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      // Jobs are announced by LISTEN, which a pooler in transaction mode does not know.
      connectionString: this.url,
      taskList: this.taskList,
      concurrency: this.count,
      forbiddenFlags: this.forbiddenFlags,
      noHandleSignals: true,
      // Jobs are announced by NOTIFY; the poll only finds those whose time has come (a grace that ends, a retry).
      pollInterval: 500,
      maxPoolSize: this.count + 2,
      logger: new WorkerLogger(() => (level, message) => {
        const severity: string = level;
        if (severity === 'error') this.logger.error(message);
        else if (severity === 'warning') this.logger.warn(message);
        else this.logger.debug(message);
      }),
    });
    this.runner = runner;
    // It gives up when it cannot write down how a job has ended, as when its connection to the database is cut; then it takes
    // no more jobs, and may never say that it has stopped.
    const stopped = () => {
      if (this.runner !== runner || this.ending.signal.aborted) return;
      this.runner = undefined;
      this.logger.error('The worker has stopped, and is started again.');
      this.restarting = this.startAgain(pool);
    };
    events.once('pool:fatalError', stopped);
    runner.promise.then(stopped, stopped);
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

  private async giveBack(worker: string): Promise<void> {
    const queue = await makeWorkerUtils({ connectionString: this.url, maxPoolSize: 1 });
    try {
      await queue.forceUnlockWorkers([worker]);
    } finally {
      await queue.release();
    }
  }

  isRunning(): boolean {
    return this.runner !== undefined;
  }

  /** Waits for the jobs that run. */
  async stop(): Promise<void> {
    this.ending.abort();
    await this.restarting;
    const runner = this.runner;
    this.runner = undefined;
    await runner?.stop();
  }
}
