import { type DynamicModule, Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../config/config';
import { HealthModule } from '../telemetry/health.module';
import { Database } from './database';
import { DatabaseHealth } from './database.health';
import { LastingClient } from './lasting-client';

/** After this long, milliseconds, a statement is given up on this side: its connection may be gone without a word. */
const QUERY_TIMEOUT = 60_000;

@Global()
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(Database) private readonly database: Database) {}

  static forRoot(): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [HealthModule],
      providers: [
        DatabaseHealth,
        {
          provide: Database,
          inject: [CONFIG],
          useFactory: async (config: Config): Promise<Database> => {
            const connect = (url: string, name: string, poolSize: number) =>
              new DataSource({
                type: 'postgres',
                url,
                poolSize,
                applicationName: `anycademy-${name}`,
                extra: { query_timeout: QUERY_TIMEOUT, Client: LastingClient },
              }).initialize();
            const { apiUrl, writerUrl, workerUrl } = config.database;
            return new Database(
              await connect(apiUrl, 'api', 10),
              await connect(writerUrl, 'writer', 5),
              // More than jobs that are not urgent run at once: long statements of theirs leave one for a student's.
              await connect(workerUrl, 'worker', 14),
            );
          },
        },
      ],
      exports: [Database],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.database.destroy();
  }
}
