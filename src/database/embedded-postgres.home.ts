import { createHash, randomUUID } from 'node:crypto';
import { lstat, mkdtemp, readFile, realpath, rmdir, stat, writeFile } from 'node:fs/promises';
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
  const shelters = await sheltersOf();
  const identity = ownAccount() ? '' : await identityOf(chosen);
  const parents = [chosen, ...shelters.map((shelter) => join(shelter, `data-${hashOf(`${chosen}:${identity}`)}`))];
  const existing = await findExisting(parents);
  const reasons: string[] = [];
  for (const account of await candidates(existing)) {
    const binaries = await findBinaries(account, shelters, openShelter);
    if ('reason' in binaries) {
      reasons.push(binaries.reason);
      continue;
    }
    for (const parent of existing === undefined ? parents : [dirname(existing)]) {
      const dataDirectory = join(parent, 'postgres');
      const reason =
        existing === undefined
          ? await whyUnfit(parent, chosen, account)
          : await whyClosed(dataDirectory, account, binaries);
      if (reason === undefined) {
        const note = noteFor(chosen, parent, account, binaries);
        return { account, binaries, parent, dataDirectory, created: existing !== undefined, ...(note && { note }) };
      }
      reasons.push(reason);
    }
  }
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL cannot run here. ${reasons.join('. ')}. ` +
      `Change that, choose another folder by DATA_DIR, or set DATABASE_URL to a PostgreSQL of your own.`,
  );
}

async function openChosen(dataDir: string): Promise<string> {
  const path = resolve(dataDir);
  try {
    // Passable for the user who will run the database, even under umask 077: everything inside has its own mode.
    await makeDirectory(path, ownAccount() ? 0o700 : 0o711);
    await rmdir(await mkdtemp(join(path, 'trial-')));
    return await realpath(path);
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The folder ${path} cannot be written to (${reasonOf(error)}). Choose another one by DATA_DIR.`,
    );
  }
}

/**
 * What tells this folder from one that had its name before. Whoever removes the folder begins anew, also where the
 * database lies elsewhere: it must not meet the secrets of another beginning.
 */
async function identityOf(chosen: string): Promise<string> {
  const file = join(chosen, 'database-id');
  try {
    await writeFile(file, randomUUID(), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!isSystemError(error, 'EEXIST')) throw error;
  }
  return readFile(file, 'utf8');
}

/** One shelter for each checkout and user, so that no two of them meet in one. */
async function sheltersOf(): Promise<string[]> {
  if (process.platform === 'win32') {
    return [];
  }
  const name = `anycademy-${hashOf(`${process.getuid?.() ?? ''}:${await checkout()}`)}`;
  return ['/var/lib', '/var/tmp'].map((directory) => join(directory, name));
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** /var/tmp is open to all: a folder that somebody else prepared there is not used. */
async function openShelter(shelter: string): Promise<void> {
  await makeDirectory(shelter, ownAccount() ? 0o700 : 0o755);
  const { uid, mode } = await lstat(shelter);
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0 || (await realpath(shelter)) !== shelter) {
    throw new EmbeddedPostgresError(`${shelter} is not a folder of this user alone`);
  }
}

async function findExisting(parents: string[]): Promise<string | undefined> {
  for (const parent of parents) {
    const dataDirectory = join(parent, 'postgres');
    if (await exists(dataDirectory)) {
      await lstat(join(dataDirectory, 'PG_VERSION')).catch((error: unknown) => {
        if (isSystemError(error, 'ENOENT')) {
          throw new EmbeddedPostgresError(`${dataDirectory} is not a PostgreSQL data directory. Move it away.`);
        }
      });
      return dataDirectory;
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
    existing === undefined ? [(await stat(await checkout())).uid, 'postgres', 'nobody'] : [(await stat(existing)).uid];
  const found = await Promise.all(wanted.map(findAccount));
  const accounts = found.filter((account) => account !== undefined);
  if (accounts.length === 0) {
    throw new EmbeddedPostgresError(
      existing === undefined
        ? `PostgreSQL refuses to run as root, and this machine has no other user to run it as (looked for ${wanted.join(', ')}). ` +
            `Start the service as an ordinary user, or set DATABASE_URL.`
        : `${existing} belongs to uid ${wanted.join()}, as whom PostgreSQL cannot run: it is root, or unknown to this machine. ` +
            `Give the folder to the user who shall run it (chown -R).`,
    );
  }
  return accounts;
}

async function checkout(): Promise<string> {
  let directory = __dirname;
  while (!(await exists(join(directory, 'package.json'))) && dirname(directory) !== directory) {
    directory = dirname(directory);
  }
  return directory;
}

/** Why no database can be created in `parent`, found out by creating a directory there as it would be. */
async function whyUnfit(parent: string, chosen: string, account: Account): Promise<string | undefined> {
  try {
    if (parent !== chosen) {
      await openShelter(dirname(parent));
      await makeDirectory(parent, 0o755);
    }
    const trial = await mkdtemp(join(parent, 'trial-'));
    try {
      await give(trial, account);
      const { uid, mode } = await stat(trial);
      if (process.platform !== 'win32' && ((mode & 0o777) !== 0o700 || uid !== uidOf(account))) {
        return `${parent} lies on a file system without owners and modes, which PostgreSQL needs`;
      }
      return (await canWorkIn(account, trial)) ? undefined : `${account.name} cannot enter ${parent}`;
    } finally {
      await rmdir(trial);
    }
  } catch (error) {
    return `${parent} cannot be used: ${reasonOf(error)}`;
  }
}

function uidOf(account: Account): number | undefined {
  return account.ids?.uid ?? process.getuid?.();
}

async function whyClosed(dataDirectory: string, account: Account, binaries: Binaries): Promise<string | undefined> {
  const { uid } = await stat(dataDirectory);
  if (process.platform !== 'win32' && uid !== uidOf(account)) {
    return `${dataDirectory} belongs to another user (uid ${uid}), who has to start it, or root`;
  }
  if (!(await canWorkIn(account, dataDirectory))) {
    return `${account.name}, who owns the database in ${dataDirectory}, cannot enter it: open the folders above it`;
  }
  const version = await readFile(join(dataDirectory, 'PG_VERSION'), 'utf8');
  return version.trim() === binaries.majorVersion
    ? undefined
    : `${dataDirectory} was made by PostgreSQL ${version.trim()}, but this is ${binaries.majorVersion}: move it away`;
}

function noteFor(chosen: string, parent: string, account: Account, { postgres }: Binaries): string | undefined {
  const who = `${account.name}, who runs the embedded database,`;
  if (parent !== chosen) {
    return `${who} cannot work in ${chosen}, so its data lies in ${parent}.`;
  }
  return postgres.startsWith(packageDirectory())
    ? undefined
    : `${who} cannot reach its programs, so a copy of them runs: ${postgres}.`;
}
