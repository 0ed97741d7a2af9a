import { chmod, mkdtemp, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Bytes that must be free in memory. A cloned database takes about 10 MB. */
const ENOUGH = 2_000_000_000;

/**
 * A new directory for databases, in memory where there is room: creating a cluster there takes a third of the time.
 * Inside the run's own directory, which is cleared away however the run ends.
 */
export async function scratchDirectory(): Promise<string> {
  const directory = await mkdtemp(join(process.env['TEST_SCRATCH'] ?? (await fastestParent()), 'anycademy-test-'));
  // When root runs the tests, another user runs the database, and has to get through.
  await chmod(directory, 0o711);
  return directory;
}

async function fastestParent(): Promise<string> {
  const memory = await statfs('/dev/shm').catch(() => undefined);
  return memory && memory.bavail * memory.bsize > ENOUGH ? '/dev/shm' : tmpdir();
}
