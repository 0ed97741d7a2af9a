import { type DynamicModule, Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../config/config';
import { HealthModule } from '../telemetry/health.module';
import { Database } from './database';
import { DatabaseHealth } from './database.health';
import { LastingClient } from './lasting-client';

/**
 * After how long, milliseconds, a statement is given up on this side: its connection may be gone without a word. Those of requests
 * PostgreSQL ends sooner; those that follow the log are short, and whoever follows it waits for them.
 */
const GIVEN_UP = { request: 15_000, work: 60_000, tail: 5_000 } as const;

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
            const connect = (url: string, name: string, poolSize: number, timeout: number) =>
              new DataSource({
                type: 'postgres',
                url,
                poolSize,
                applicationName: `anycademy-${name}`,
                extra: { query_timeout: timeout, Client: LastingClient },
              }).initialize();
            const { apiUrl, writerUrl, workerUrl } = config.database;
            return new Database(
              await connect(apiUrl, 'api', 10, GIVEN_UP.request),
              await connect(writerUrl, 'writer', 5, GIVEN_UP.request),
              // More than jobs that are not urgent run at once: long statements of theirs leave one for a student's.
              await connect(workerUrl, 'worker', 14, GIVEN_UP.work),
              await connect(workerUrl, 'tail', 3, GIVEN_UP.tail),
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
