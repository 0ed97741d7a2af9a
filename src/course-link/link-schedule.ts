import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { CronJob } from 'cron';
import { CONFIG, type Config } from '../config/config';
import { lastSlot, Schedule } from '../membership/schedule';
import { CHECK_LINKS } from './link-check';

/** Once a day, not at a full hour: links of all platforms in the world are looked up then. */
const DAILY = '17 3 * * *';

/** When links are looked up: each day's slot once, whatever the number of replicas, and at start if it was missed. */
@Injectable()
export class LinkSchedule implements OnApplicationBootstrap {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly schedule: Schedule,
    private readonly registry: SchedulerRegistry,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.config.roles.has('cron')) return;
    const { timeZone } = this.config.cleanup;
    const due = () => this.schedule.slot(CHECK_LINKS, lastSlot(DAILY, timeZone, new Date()));
    const job = CronJob.from({ cronTime: DAILY, timeZone, onTick: () => void due() });
    this.registry.addCronJob(CHECK_LINKS, job);
    job.start();
    await due();
  }
}
