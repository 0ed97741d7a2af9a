import { type DynamicModule, Global, Inject, Module, type OnApplicationShutdown, type Type } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../config/config';
import { HealthModule } from '../telemetry/health.module';
import { Database } from './database';
import { DatabaseHealth } from './database.health';

/** How long a statement of a request may take before PostgreSQL ends it, milliseconds. */
const REQUEST_STATEMENT_TIMEOUT = 10_000;

@Global()
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** @param entities every entity of the service: app.module.ts lists them. */
  static forRoot(entities: readonly Type[]): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [HealthModule],
      providers: [
        DatabaseHealth,
        {
          provide: Database,
          inject: [CONFIG],
          useFactory: async (config: Config): Promise<Database> => {
            const connect = (url: string, name: string, poolSize: number, statementTimeout: number) =>
              new DataSource({
                type: 'postgres',
                url,
                poolSize,
                applicationName: `anycademy-${name}`,
                entities: [...entities],
                extra: { statement_timeout: statementTimeout, idle_in_transaction_session_timeout: 60_000 },
              }).initialize();
            const { apiUrl, writerUrl, workerUrl } = config.database;
            return new Database(
              await connect(apiUrl, 'api', 10, REQUEST_STATEMENT_TIMEOUT),
              await connect(writerUrl, 'writer', 5, REQUEST_STATEMENT_TIMEOUT),
              await connect(workerUrl, 'worker', 10, 60_000),
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
