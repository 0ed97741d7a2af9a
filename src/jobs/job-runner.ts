import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import {
  Logger as WorkerLogger,
  makeWorkerUtils,
  type Runner,
  run,
  type TaskList,
  type WorkerEvents,
} from 'graphile-worker';
import { CONFIG, type Config } from '../config/config';
import { JOB_HANDLER } from './job-handler';

/** How many jobs one process runs at once. Most of a job is waiting for Discord, so there are more than cores. */
const CONCURRENCY = 16;
/** Between attempts to start the worker again, milliseconds. */
const RESTART = 1_000;

/** Runs the jobs for which the modules of this process declare a `@JobHandler`. */
@Injectable()
export class JobRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(JobRunner.name);
  private runner: Runner | undefined;
  private readonly ending = new AbortController();
  private restarting: Promise<void> | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.config.roles.has('worker')) return;
    await this.start(this.handlers());
  }

  private async start(taskList: TaskList): Promise<void> {
    let pool: string | undefined;
    const events = new EventEmitter() as WorkerEvents;
    events.once('pool:create', ({ workerPool }) => (pool = workerPool.id));
    const runner = await run({
      events,
      // Written in batches (of those that end at the same moment), a job's end that cannot be written down stops this worker.
      // Written one by one it would be a rejection that nobody handles, which ends the process.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      // Jobs are announced by LISTEN, which a pooler in transaction mode does not know.
      connectionString: this.config.database.directUrl,
      taskList,
      concurrency: CONCURRENCY,
      noHandleSignals: true,
      // Jobs are announced by NOTIFY; the poll only finds those whose time has come (a grace that ends, a retry).
      pollInterval: 500,
      maxPoolSize: CONCURRENCY + 4,
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
      this.restarting = this.startAgain(taskList, pool);
    };
    events.once('pool:fatalError', stopped);
    runner.promise.then(stopped, stopped);
  }

  /** @param former the worker that has stopped: what it had in hand is everybody's again */
  private async startAgain(taskList: TaskList, former: string | undefined): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      try {
        if (former !== undefined) await this.giveBack(former);
        await this.start(taskList);
        return;
      } catch (error) {
        this.logger.error(`The worker could not be started, in ${RESTART / 1000} s again: ${(error as Error).message}`);
        await delay(RESTART, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private async giveBack(worker: string): Promise<void> {
    const queue = await makeWorkerUtils({ connectionString: this.config.database.directUrl, maxPoolSize: 1 });
    try {
      await queue.forceUnlockWorkers([worker]);
    } finally {
      await queue.release();
    }
  }

  /** Whether this process takes jobs now. */
  isRunning(): boolean {
    return this.runner !== undefined;
  }

  /** Waits for the jobs that run, before the database and Discord are taken away from them. */
  async beforeApplicationShutdown(): Promise<void> {
    this.ending.abort();
    await this.restarting;
    const runner = this.runner;
    this.runner = undefined;
    await runner?.stop();
  }

  /** Start-up refuses a job name with two handlers: which of them would run is chance. */
  private handlers(): TaskList {
    const taskList: TaskList = {};
    for (const { instance } of this.discovery.getProviders() as { instance: unknown }[]) {
      if (typeof instance !== 'object' || instance === null) continue;
      const prototype = Object.getPrototypeOf(instance) as object | null;
      if (!prototype) continue;
      for (const method of this.scanner.getAllMethodNames(prototype)) {
        const handler = (instance as Record<string, unknown>)[method];
        if (typeof handler !== 'function') continue;
        const name = Reflect.getMetadata(JOB_HANDLER, handler) as string | undefined;
        if (name === undefined) continue;
        if (taskList[name]) throw new Error(`Two handlers are declared for the job "${name}"; there must be one.`);
        taskList[name] = async (payload: unknown) => {
          await (handler.call(instance, payload) as Promise<void>);
        };
      }
    }
    return taskList;
  }
}
