import { Injectable } from '@nestjs/common';
import { HealthRegistry } from '../telemetry/health-registry';
import { Database } from './database';

/** Whether the database answers and has our tables. */
@Injectable()
export class DatabaseHealth {
  constructor(registry: HealthRegistry, database: Database) {
    registry.register({
      name: 'database',
      required: true,
      check: async () => {
        await database.query('SELECT 1 FROM discord_settings');
        return { up: true, message: 'The database answers, and its tables are up to date.' };
      },
    });
  }
}
