import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Cron, SchedulerRegistry } from '@nestjs/schedule';
import { CronJob, CronTime } from 'cron';
import { CONFIG, type Config } from '../config/config';
import { Database } from '../database/database';
import { JobQueue, PRIORITY } from '../jobs/job-queue';
import { CLEANUP, SWEEP } from './sweep';

/** How far back a slot that was missed while the service was down is made up for, milliseconds. */
const LOOK_BACK = 25 * 3_600_000;

/** The service's schedules. With several replicas each slot runs once: whoever writes the slot down adds its job. */
@Injectable()
export class Schedule implements OnApplicationBootstrap {
  private readonly logger = new Logger(Schedule.name);

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly jobs: JobQueue,
    private readonly registry: SchedulerRegistry,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.config.roles.has('cron')) return;
    const { cron, timeZone } = this.config.cleanup;
    const job = CronJob.from({
      cronTime: cron,
      timeZone,
      onTick: () => void this.slot(CLEANUP, lastSlot(cron, timeZone, new Date())),
    });
    this.registry.addCronJob(CLEANUP, job);
    job.start();
    // What was due while nobody was there, at once; then as scheduled.
    await this.slot(CLEANUP, lastSlot(cron, timeZone, new Date()));
    await this.everyMinute();
  }

  @Cron('0 * * * * *', { name: SWEEP })
  async everyMinute(): Promise<void> {
    if (!this.config.roles.has('cron')) return;
    await this.slot(SWEEP, new Date(Math.floor(Date.now() / 60_000) * 60_000));
  }

  /** @returns whether this process was the one to add the slot's job. */
  async slot(name: string, slot: Date | null): Promise<boolean> {
    if (slot === null) return false;
    try {
      return await this.database.work(async (manager) => {
        const inserted = await manager.query<unknown[]>(
          'INSERT INTO cron_runs (name, slot) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1',
          [name, slot],
        );
        if (inserted.length === 0) return false;
        await manager.query(`DELETE FROM cron_runs WHERE slot < now() - interval '7 days'`);
        const priority = name === CLEANUP ? PRIORITY.cleanup : PRIORITY.soon;
        await this.jobs.enqueue(manager, name, {}, { key: name, priority, maxAttempts: 3 });
        return true;
      });
    } catch (error) {
      // The database is away: the next minute, or the next start, makes up for it.
      this.logger.error(`the schedule "${name}" could not add its job: ${(error as Error).message}`);
      return false;
    }
  }
}

/** The latest time up to now at which the expression was due; null when it was not within the last day. */
export function lastSlot(expression: string, timeZone: string, now: Date): Date | null {
  const time = new CronTime(expression, timeZone);
  let last: Date | null = null;
  let at = new Date(now.getTime() - LOOK_BACK);
  for (let count = 0; count < 10_000; count += 1) {
    const next = time.getNextDateFrom(at, timeZone).toJSDate();
    if (next > now) return last;
    last = next;
    at = next;
  }
  return last;
}
