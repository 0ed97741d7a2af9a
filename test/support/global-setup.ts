import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { startEmbeddedPostgres } from '../../src/database/embedded-postgres';
import { scratchDirectory } from './scratch';
import { keepForTeardown } from './test-cluster';

/** A test database needs no care for power cuts, and no maintenance in its short life. */
const FAST_SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  autovacuum: 'off',
};

/**
 * Starts one PostgreSQL for the whole run and tells the test files its address by `TEST_POSTGRES_URL`. When that is set
 * already, the run uses the server it names (a superuser's URL), such as a PostgreSQL 15 of the machine's own.
 */
export default async function globalSetup(): Promise<void> {
  // What the service serves; nothing is done when it is built already.
  execFileSync(process.execPath, [join(__dirname, '../../web/build.mjs')], { stdio: 'inherit' });
  process.env['TEST_RUN_ID'] = randomBytes(4).toString('hex');
  if (process.env['TEST_POSTGRES_URL']) {
    return;
  }
  const directory = await scratchDirectory();
  process.env['TEST_SCRATCH'] = directory;
  // An interrupted run has no teardown. Its end, of whatever kind, closes the guard's input. In a process group of its
  // own, because Ctrl-C reaches the whole group.
  const guard = spawn(process.execPath, [join(__dirname, 'orphan-guard.js'), directory], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  const postgres = await startEmbeddedPostgres({ dataDir: join(directory, 'run'), settings: FAST_SETTINGS });
  process.env['TEST_POSTGRES_URL'] = postgres.url;
  keepForTeardown({ postgres, directory, guard });
}
