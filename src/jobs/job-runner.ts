import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { Logger as WorkerLogger, type Runner, run, type TaskList } from 'graphile-worker';
import { CONFIG, type Config } from '../config/config';
import { JOB_HANDLER } from './job-handler';

/** How many jobs one process runs at once. Most of a job is waiting for Discord, so there are more than cores. */
const CONCURRENCY = 16;
/** A worker that lost the database starts again after this, milliseconds. */
const RESTART_AFTER = 1_000;

/** Runs the jobs for which the modules of this process declare a `@JobHandler`. */
@Injectable()
export class JobRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(JobRunner.name);
  private runner: Runner | undefined;
  private restart: NodeJS.Timeout | undefined;

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
    const runner = await run({
      // Jobs are announced by LISTEN, which a pooler in transaction mode does not know.
      connectionString: this.config.database.directUrl,
      taskList,
      // In batches, though of one: only those are written down again when the database was away. Without, the worker ends,
      // and the process with it.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
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
    // It ends, by itself and not always with an error, when the database goes away at the wrong moment.
    const ended = (error?: unknown): void => {
      if (this.runner !== runner) return;
      this.runner = undefined;
      const why = error instanceof Error ? `: ${error.message}` : '';
      this.logger.error(`The worker has stopped${why}. It starts again.`);
      this.startAgain(taskList);
    };
    runner.promise.then(() => {
      ended();
    }, ended);
  }

  private startAgain(taskList: TaskList): void {
    this.restart = setTimeout(() => {
      this.start(taskList).catch((error: unknown) => {
        this.logger.warn(`The worker could not start: ${(error as Error).message}. It is tried again.`);
        this.startAgain(taskList);
      });
    }, RESTART_AFTER);
  }

  /** Whether this process takes jobs now. */
  isRunning(): boolean {
    return this.runner !== undefined;
  }

  /** Waits for the jobs that run, before the database and Discord are taken away from them. */
  async beforeApplicationShutdown(): Promise<void> {
    clearTimeout(this.restart);
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
