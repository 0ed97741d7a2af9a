import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { type TaskList } from 'graphile-worker';
import { CONFIG, type Config } from '../config/config';
import { ProcessMetrics } from '../telemetry/process-metrics';
import { JOB_HANDLER } from './job-handler';
import { JobSlots } from './job-slots';

/** How many jobs one process runs at once. Most of a job is waiting for Discord, so there are more than cores. */
const SLOTS = 12;
/** And so many more for which somebody waits: all other jobs together never fill these. */
const SLOTS_FOR_WHO_WAITS = 4;
/** The flag of the jobs for which nobody waits; the database sets it by their priority. */
const BULK = 'bulk';

/** Runs the jobs for which the modules of this process declare a `@JobHandler`. */
@Injectable()
export class JobRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private slots: JobSlots[] = [];

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly metrics: ProcessMetrics,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.config.roles.has('worker')) return;
    const { directUrl } = this.config.database;
    const handlers = this.handlers();
    this.slots = [
      new JobSlots(directUrl, handlers, SLOTS, []),
      // A worker of its own: a rule that looks at what runs now would be asked by several idle slots at once.
      new JobSlots(directUrl, handlers, SLOTS_FOR_WHO_WAITS, [BULK]),
    ];
    for (const slots of this.slots) await slots.start();
  }

  /** Whether this process takes jobs now. */
  isRunning(): boolean {
    return this.slots.length > 0 && this.slots.every((slots) => slots.isRunning());
  }

  /** Waits for the jobs that run, before the database and Discord are taken away from them. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.slots.map((slots) => slots.stop()));
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
          const begun = performance.now();
          const ran = (outcome: 'done' | 'failed') =>
            this.metrics.jobRan(name, outcome, (performance.now() - begun) / 1_000);
          try {
            await (handler.call(instance, payload) as Promise<void>);
            ran('done');
          } catch (error) {
            ran('failed');
            throw error;
          }
        };
      }
    }
    return taskList;
  }
}
