import { migrate } from '../../src/database/migrate';
import { Session } from './session';
import { createTestDatabase } from './test-database';

/** A database of which the platform has made something before the service comes to it. */
export interface PlatformDatabase {
  readonly url: string;
  /** As the superuser. */
  readonly session: Session;
  drop(): Promise<void>;
}

/** @param before what the platform has done before the migrations, in SQL */
export async function platformDatabase(before: string): Promise<PlatformDatabase> {
  const database = await createTestDatabase();
  const session = await Session.open(database.url);
  await session.rows(before);
  await migrate(database.url, { enrollmentActiveStatuses: ['active', 'completed'] });
  return {
    url: database.url,
    session,
    drop: async () => {
      await session.close();
      await database.drop();
    },
  };
}
