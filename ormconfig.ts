import { join } from 'node:path';
import { DataSource } from 'typeorm';

/** For the TypeORM command line (`typeorm migration:run -d dist/ormconfig.js`). The service itself never imports this file. */
export default new DataSource({
  type: 'postgres',
  url: process.env['DATABASE_URL'] ?? 'postgresql://postgres@127.0.0.1:5432/postgres',
  migrations: [join(__dirname, 'migrations', '*.{js,ts}')],
  migrationsTableName: 'discord_migrations',
});
