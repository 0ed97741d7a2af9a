import { randomBytes } from 'node:crypto';
import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { openPrivately, runAs, type Account } from './embedded-postgres.account';
import { EmbeddedPostgresError, isSystemError, reasonOf } from './embedded-postgres.errors';
import { type Home } from './embedded-postgres.home';
import { stage } from './embedded-postgres.staging';

/** The superuser of the embedded database. */
export const SUPERUSER = 'anycademy';

const PASSWORD_FILE = 'anycademy-password';
const PORT_FILE = 'anycademy-port';

/**
 * Creates the data directory with its superuser and a random password. Password and port are kept inside it, so they
 * come and go with the data. When another process creates it at the same time, one of the two remains.
 *
 * @param sync whether to make sure that the files have reached the disk
 * @throws EmbeddedPostgresError with what initdb said
 */
export async function createCluster({ parent, account, binaries }: Home, sync: boolean): Promise<void> {
  await stage(parent, 'postgres', account, async (folder) => {
    const data = join(folder, 'data');
    const password = join(folder, 'password');
    await writePrivately(password, randomBytes(24).toString('base64url'), account);
    const options = [
      `--pgdata=${data}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${password}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // Unicode-aware and the same on every machine: the built-in provider depends on no locale of the system.
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--no-instructions',
      ...(sync ? [] : ['--no-sync']),
    ];
    // pg_trgm asks the system's LC_CTYPE what a letter is: under C it drops every letter beyond ASCII.
    let result = await runAs(account, binaries.initdb, [...options, '--lc-ctype=C.UTF-8']);
    if (result.output.includes('invalid locale name')) {
      result = await runAs(account, binaries.initdb, options);
    }
    if (!result.succeeded) {
      throw new EmbeddedPostgresError(`The database could not be created in ${parent}. initdb says:\n${result.output}`);
    }
    await rename(password, join(data, PASSWORD_FILE));
    return data;
  });
}

/** @throws EmbeddedPostgresError when the password file is gone or unreadable */
export async function readPassword(dataDirectory: string): Promise<string> {
  try {
    return await readFile(join(dataDirectory, PASSWORD_FILE), 'utf8');
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The password of the database in ${dataDirectory} cannot be read (${reasonOf(error)}). ` +
        `Put the file back, or delete ${dataDirectory} to begin with an empty database.`,
    );
  }
}

/** The port of the last start, which clients may have noted down. */
export async function rememberedPort(dataDirectory: string): Promise<number | undefined> {
  const content = await readFile(join(dataDirectory, PORT_FILE), 'utf8').catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) {
      return '';
    }
    throw error;
  });
  return Number.parseInt(content, 10) || undefined;
}

export async function rememberPort({ dataDirectory, account }: Home, port: number): Promise<void> {
  await writePrivately(join(dataDirectory, PORT_FILE), String(port), account);
}

async function writePrivately(path: string, content: string, account: Account): Promise<void> {
  const file = await openPrivately(path, account, 'anew');
  await file.writeFile(content).finally(() => file.close());
}
