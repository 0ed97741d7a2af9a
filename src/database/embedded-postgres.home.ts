import { createHash } from 'node:crypto';
import { lstat, mkdtemp, readFile, realpath, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { canWorkIn, findAccount, give, ownAccount, type Account } from './embedded-postgres.account';
import { findBinaries, packageDirectory, type Binaries } from './embedded-postgres.binaries';
import { EmbeddedPostgresError, isSystemError, reasonOf } from './embedded-postgres.errors';
import { exists, makeDirectory } from './embedded-postgres.staging';

/** Where the embedded database lives and as whom it runs. */
export interface Home {
  readonly account: Account;
  readonly binaries: Binaries;
  /** The directory that holds the data directory. */
  readonly parent: string;
  readonly dataDirectory: string;
  /** Whether the data directory holds a database already. */
  readonly created: boolean;
  /** A sentence for the person who starts the service, when data or programs lie outside the folder they chose. */
  readonly note?: string;
}

/**
 * Decides where the database lies and as whom it runs. An ordinary user runs it as themselves. PostgreSQL refuses root,
 * so root runs it as the owner of the existing database, else of the checkout, else `postgres`, else `nobody`; a user
 * who cannot reach the folder (below a 0700 directory, say) gets data and programs under /var/lib or /var/tmp instead.
 *
 * @throws EmbeddedPostgresError that lists why each user and folder was unfit
 */
export async function findHome(dataDir: string): Promise<Home> {
  const chosen = await openChosen(dataDir);
  const shelters = sheltersOf(chosen.path);
  const existing = await findExisting([chosen.path, ...shelters]);
  const reasons = chosen.reason === undefined ? [] : [chosen.reason];
  for (const account of await candidates(existing)) {
    const binaries = await findBinaries(account, shelters, openShelter);
    if ('reason' in binaries) {
      reasons.push(binaries.reason);
      continue;
    }
    for (const parent of existing === undefined ? [chosen.path, ...shelters] : [dirname(existing)]) {
      const dataDirectory = join(parent, 'postgres');
      const reason =
        existing === undefined
          ? await whyUnfit(parent, chosen.path, account)
          : await whyClosed(existing, account, binaries);
      if (reason === undefined) {
        const note = noteFor(chosen.path, parent, binaries, account);
        return {
          account,
          binaries,
          parent,
          dataDirectory,
          created: existing !== undefined,
          ...(note !== undefined && { note }),
        };
      }
      reasons.push(reason);
    }
  }
  throw new EmbeddedPostgresError(
    `There is no user and folder with which the embedded PostgreSQL can run. ${reasons.join('. ')}. ` +
      `Choose a folder by DATA_DIR that this user can write to, or set DATABASE_URL to a PostgreSQL of your own.`,
  );
}

async function openChosen(dataDir: string): Promise<{ path: string; reason?: string }> {
  const path = resolve(dataDir);
  try {
    // Passable for the user who will run the database, even under umask 077: everything inside has its own mode.
    await makeDirectory(path, ownAccount() ? 0o700 : 0o711);
    return { path: await realpath(path) };
  } catch (error) {
    return { path, reason: `${path} cannot be created: ${reasonOf(error)}` };
  }
}

/** One shelter for each chosen folder and user, so that two checkouts or users never meet in one. */
function sheltersOf(chosen: string): string[] {
  if (process.platform === 'win32') {
    return [];
  }
  const hash = createHash('sha256')
    .update(`${process.getuid?.() ?? 0}:${chosen}`)
    .digest('hex')
    .slice(0, 12);
  return ['/var/lib', '/var/tmp'].map((directory) => join(directory, `anycademy-${hash}`));
}

/** /var/tmp is open to all: a folder that somebody else prepared there is not used. */
async function openShelter(shelter: string): Promise<void> {
  if (!(await exists(shelter))) {
    await makeDirectory(shelter, ownAccount() ? 0o700 : 0o755);
  }
  const { uid, mode } = await lstat(shelter);
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0 || (await realpath(shelter)) !== resolve(shelter)) {
    throw new EmbeddedPostgresError(`${shelter} is not a folder of this user alone`);
  }
}

async function findExisting(parents: string[]): Promise<string | undefined> {
  for (const parent of parents) {
    if (await exists(join(parent, 'postgres'))) {
      return join(parent, 'postgres');
    }
  }
  return undefined;
}

async function candidates(existing: string | undefined): Promise<Account[]> {
  const own = ownAccount();
  if (own) {
    return [own];
  }
  const wanted =
    existing === undefined ? [await ownerOfCheckout(), 'postgres', 'nobody'] : [(await stat(existing)).uid];
  const found = await Promise.all(wanted.map(findAccount));
  const accounts = found.filter((account) => account !== undefined);
  if (accounts.length === 0) {
    throw new EmbeddedPostgresError(
      `PostgreSQL refuses to run as root, and there is no other user to run it as (looked for ${wanted.join(', ')}). ` +
        `Start the service as an ordinary user, or set DATABASE_URL.`,
    );
  }
  return accounts;
}

async function ownerOfCheckout(): Promise<number> {
  let directory = __dirname;
  while (!(await exists(join(directory, 'package.json'))) && dirname(directory) !== directory) {
    directory = dirname(directory);
  }
  return (await stat(directory)).uid;
}

/** Why no database can be created in `parent`, found out by creating a directory there as it would be. */
async function whyUnfit(parent: string, chosen: string, account: Account): Promise<string | undefined> {
  try {
    if (parent !== chosen) {
      await openShelter(parent);
    }
    const trial = await mkdtemp(join(parent, 'trial-'));
    try {
      await give(trial, account);
      const { uid, mode } = await stat(trial);
      if (
        process.platform !== 'win32' &&
        ((mode & 0o777) !== 0o700 || uid !== (account.ids?.uid ?? process.getuid?.()))
      ) {
        return `${parent} lies on a file system without owners and modes, which PostgreSQL needs`;
      }
      return (await canWorkIn(account, trial)) ? undefined : `${account.name} cannot enter ${parent}`;
    } finally {
      await rm(trial, { recursive: true });
    }
  } catch (error) {
    return `${parent} cannot be written to: ${reasonOf(error)}`;
  }
}

async function whyClosed(dataDirectory: string, account: Account, binaries: Binaries): Promise<string | undefined> {
  const { uid } = await stat(dataDirectory);
  if (process.platform !== 'win32' && uid !== (account.ids?.uid ?? process.getuid?.())) {
    return `${dataDirectory} belongs to another user (uid ${uid}), who has to start it, or root`;
  }
  if (!(await canWorkIn(account, dataDirectory))) {
    return `${account.name}, who owns the database in ${dataDirectory}, cannot enter it: open the folders above it`;
  }
  const version = await readFile(join(dataDirectory, 'PG_VERSION'), 'utf8').catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) {
      return 'no PostgreSQL at all';
    }
    throw error;
  });
  return version.trim() === binaries.majorVersion
    ? undefined
    : `${dataDirectory} was made by PostgreSQL ${version.trim()}, but this is ${binaries.majorVersion}: move it away`;
}

function noteFor(chosen: string, parent: string, binaries: Binaries, account: Account): string | undefined {
  if (parent !== chosen) {
    return `${account.name}, who runs the embedded database, cannot work in ${chosen}, so its data lies in ${parent}.`;
  }
  return binaries.postgres.startsWith(packageDirectory())
    ? undefined
    : `${account.name}, who runs the embedded database, cannot reach its programs, so they run from a copy in ${dirname(dirname(dirname(binaries.postgres)))}.`;
}
