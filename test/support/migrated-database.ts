import { type DatabaseConfig } from '../../src/config/config';
import { LOGINS, setLoginPasswords, urlAs } from '../../src/database/logins';
import { migrate } from '../../src/database/migrate';
import { type TestDatabase, testDatabase } from './test-database';

/** Roles belong to the whole server, so every test database shares these. */
const PASSWORD = 'test';

export interface MigratedDatabase extends TestDatabase {
  readonly logins: DatabaseConfig;
}

/** A database of one test file's own, migrated, with every login usable. */
export async function migratedDatabase(): Promise<MigratedDatabase> {
  const database = await testDatabase(async (url) => {
    await migrate(url, { enrollmentActiveStatuses: ['active', 'completed'] });
    await setLoginPasswords(url, { [LOGINS[0]]: PASSWORD, [LOGINS[1]]: PASSWORD, [LOGINS[2]]: PASSWORD });
  }, 'migrated');
  return {
    ...database,
    logins: {
      ownerUrl: database.url,
      directUrl: database.url,
      apiUrl: urlAs(database.url, 'anycademy_api', PASSWORD),
      writerUrl: urlAs(database.url, 'anycademy_writer', PASSWORD),
      workerUrl: urlAs(database.url, 'anycademy_worker', PASSWORD),
    },
  };
}
