import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';
import { ProcessMetrics } from '../telemetry/process-metrics';

/** Tells the process's figures how much there is to be done, for all processes together. */
@Injectable()
export class QueueDepth {
  constructor(metrics: ProcessMetrics, database: Database) {
    metrics.measure('memberships_waiting', 'Memberships that wait for a worker, of all processes.', async () => {
      const [row] = await database.query<{ waiting: number }>(
        'SELECT count(*)::int AS waiting FROM discord_memberships WHERE generation > observed_generation',
      );
      return row?.waiting ?? 0;
    });
  }
}
