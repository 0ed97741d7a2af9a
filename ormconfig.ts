import { join } from 'node:path';
import { DataSource } from 'typeorm';

const url = process.env['DATABASE_DIRECT_URL'] ?? process.env['DATABASE_URL'];
if (!url) throw new Error('Set DATABASE_URL: the login that owns the tables, on the database that is to be migrated.');

/** For the TypeORM command line (`npm run migration:run`). The service itself migrates at start and never imports this file. */
export default new DataSource({
  type: 'postgres',
  url,
  migrations: [join(__dirname, 'migrations', '*.{js,ts}')],
  migrationsTableName: 'discord_migrations',
});
