import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config';
import { HealthRegistry } from '../telemetry/health-registry';
import { JobRunner } from './job-runner';

/** Whether this process takes jobs, where it should. */
@Injectable()
export class WorkerHealth {
  constructor(registry: HealthRegistry, runner: JobRunner, @Inject(CONFIG) config: Config) {
    if (!config.roles.has('worker')) return;
    registry.register({
      name: 'worker',
      required: true,
      check: () =>
        Promise.resolve(
          runner.isRunning()
            ? { up: true, message: 'The worker takes jobs.' }
            : { up: false, message: 'The worker has not started yet, or is stopping.' },
        ),
    });
  }
}
