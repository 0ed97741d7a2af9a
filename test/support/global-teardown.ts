import { rm } from 'node:fs/promises';
import { startedCluster } from './test-cluster';
import { dropDatabasesOfThisRun } from './test-database';

/** Stops the run's PostgreSQL and deletes it, or removes the run's databases from the server it was given. */
export default async function globalTeardown(): Promise<void> {
  const cluster = startedCluster();
  if (!cluster) {
    await dropDatabasesOfThisRun();
    return;
  }
  await cluster.postgres.stop();
  await rm(cluster.directory, { recursive: true, force: true });
  cluster.guard.kill('SIGKILL');
}
