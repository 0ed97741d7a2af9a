import { chmod, lstat, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { give, type Account } from './embedded-postgres.account';
import { isAlive } from './embedded-postgres.process';

/** Whether something lies at `path`. */
export async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** Creates `directory` and what is missing above it, all with `mode` whatever the umask. Existing ones stay as they are. */
export async function makeDirectory(directory: string, mode: number): Promise<void> {
  const first = await mkdir(directory, { recursive: true });
  if (first === undefined) {
    return;
  }
  for (let created = directory; created.length >= first.length; created = dirname(created)) {
    await chmod(created, mode);
  }
}

/**
 * Makes the directory `<parent>/<name>` so that it appears complete or not at all: `fill` builds it in a folder of its
 * own, and one rename puts it in place. Needs no lock: of two processes that do this at once, the slower one drops its
 * work and uses the other's. What a killed process left behind is cleared away.
 *
 * @param fill builds the content inside the given new folder (mode 0700, owned by `account`) and returns its path
 */
export async function stage(
  parent: string,
  name: string,
  account: Account,
  fill: (folder: string) => Promise<string>,
): Promise<void> {
  await clearLeftovers(parent, `${name}.new-`);
  const folder = await mkdtemp(join(parent, `${name}.new-${process.pid}-`));
  try {
    await give(folder, account);
    const content = await fill(folder);
    await rename(content, join(parent, name)).catch(async (error: unknown) => {
      if (!(await isFilled(join(parent, name)))) {
        throw error;
      }
    });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}

async function isFilled(directory: string): Promise<boolean> {
  return readdir(directory).then(
    (names) => names.length > 0,
    () => false,
  );
}

async function clearLeftovers(parent: string, prefix: string): Promise<void> {
  for (const entry of await readdir(parent)) {
    if (entry.startsWith(prefix) && !(await isAlive(Number.parseInt(entry.slice(prefix.length), 10)))) {
      // The one that was killed may have left initdb behind, which writes for a moment yet.
      await rm(join(parent, entry), { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    }
  }
}
