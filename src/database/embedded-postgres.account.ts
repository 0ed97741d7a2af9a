import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, chown, open, type FileHandle } from 'node:fs/promises';
import { parse } from 'node:path';
import { promisify, types } from 'node:util';
import { reasonOf } from './embedded-postgres.errors';

/** A user of this machine as whom PostgreSQL's programs run. Without ids: the user who runs Node. */
export interface Account {
  readonly name: string;
  readonly ids?: { readonly uid: number; readonly gid: number };
}

/** What a program did. `output` is what it wrote, or why it could not be run. */
export interface ProgramResult {
  readonly succeeded: boolean;
  readonly output: string;
}

const execFileOrThrow = promisify(execFile);

/**
 * Everything a program of PostgreSQL needs to know of its surroundings. Nothing else is passed on: the service's own
 * environment holds secrets, `PG…` variables would redirect initdb, and on macOS a missing `LC_ALL` stops postgres.
 */
function programEnvironment(): NodeJS.ProcessEnv {
  const { PATH, LD_LIBRARY_PATH, SystemRoot, TEMP, TMP } = process.env;
  return { PATH, LD_LIBRARY_PATH, SystemRoot, TEMP, TMP, LC_ALL: 'C' };
}

/**
 * Options for spawning a program as `account`. The working directory is `/`, because the account may be unable to
 * enter the present one, in which case PostgreSQL's programs give up.
 */
export function spawnOptions(account: Account): { cwd: string; env: NodeJS.ProcessEnv; uid?: number; gid?: number } {
  return { cwd: parse(process.execPath).root, env: programEnvironment(), ...account.ids };
}

/** Runs a program to its end as `account`. Never rejects: a program that cannot be run has failed. */
export async function runAs(account: Account, file: string, args: string[]): Promise<ProgramResult> {
  try {
    const { stdout, stderr } = await execFileOrThrow(file, args, { ...spawnOptions(account), windowsHide: true });
    return { succeeded: true, output: `${stdout}${stderr}`.trim() };
  } catch (error) {
    const stderr = types.isNativeError(error) && 'stderr' in error ? String(error.stderr).trim() : '';
    return { succeeded: false, output: stderr === '' ? reasonOf(error) : stderr };
  }
}

/** Whether `account` can enter `directory` and create files there. */
export async function canWorkIn(account: Account, directory: string): Promise<boolean> {
  if (account.ids) {
    // Only a process of that user can tell: it depends on every folder above, on groups and on access lists.
    return (await runAs(account, '/bin/sh', ['-c', 'cd "$1" && [ -w . ]', 'sh', directory])).succeeded;
  }
  return access(directory, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Makes `path` the property of `account`. */
export async function give(path: string, account: Account): Promise<void> {
  if (account.ids) {
    await chown(path, account.ids.uid, account.ids.gid);
  }
}

/**
 * Opens a file of mode 0600 that belongs to `account`, for appending or anew. Follows no link: when root writes into a
 * folder of an ordinary user, a link there could lead anywhere.
 */
export async function openPrivately(path: string, account: Account, how: 'append' | 'anew'): Promise<FileHandle> {
  const { O_WRONLY, O_CREAT, O_APPEND, O_TRUNC, O_NOFOLLOW } = constants;
  const flags = O_WRONLY | O_CREAT | (how === 'append' ? O_APPEND : O_TRUNC);
  const file = await open(path, process.platform === 'win32' ? flags : flags | O_NOFOLLOW, 0o600);
  await file.chmod(0o600);
  if (account.ids) {
    await file.chown(account.ids.uid, account.ids.gid);
  }
  return file;
}

/** The user who runs Node, or undefined for root, as whom PostgreSQL refuses to run. */
export function ownAccount(): Account | undefined {
  return process.getuid?.() === 0 ? undefined : { name: 'this user' };
}

/**
 * Looks up a user by name or number. Undefined when the machine has no entry for it (initdb refuses such a user, common
 * with mounted folders in containers) or when it is root.
 */
export async function findAccount(nameOrUid: string | number): Promise<Account | undefined> {
  const root: Account = { name: 'root' };
  const [name, uid, gid] = await Promise.all(
    ['-un', '-u', '-g'].map((flag) => runAs(root, 'id', [flag, String(nameOrUid)])),
  );
  if (!name?.succeeded || !uid?.succeeded || !gid?.succeeded || uid.output === '0') {
    return undefined;
  }
  return { name: name.output, ids: { uid: Number(uid.output), gid: Number(gid.output) } };
}
