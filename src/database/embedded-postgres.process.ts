import { execFile } from 'node:child_process';
import { readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { runAs } from './embedded-postgres.account';
import { EmbeddedPostgresError, isSystemError } from './embedded-postgres.errors';

/** Milliseconds that a shutdown may take before it is forced. */
const SHUTDOWN_PATIENCE = 5_000;

/** What `postmaster.pid` in a data directory says about the server that runs, or ran, there. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** `starting`, `ready` or `stopping`; empty while the server has only just begun. */
  readonly status: string;
}

/** Reads `postmaster.pid`, or undefined when there is none or it is not written completely yet. */
export async function readPostmaster(dataDirectory: string): Promise<Postmaster | undefined> {
  const content = await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8').catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) {
      return '';
    }
    throw error;
  });
  // https://www.postgresql.org/docs/18/storage-file-layout.html: pid, directory, start time, port, …, status in line 8.
  const lines = content.split('\n');
  const pid = Number(lines[0]);
  return pid > 0 ? { pid, port: Number(lines[3]), status: lines[7]?.trim() ?? '' } : undefined;
}

/** Whether a process with this id runs, of whichever user. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return isSystemError(error, 'EPERM');
  }
  // In a container whose first process does not collect its orphans, an ended server keeps its entry as a zombie.
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return !/\) [ZX] /.test(stat);
}

/** Whether the process `pid` is a PostgreSQL server on this data directory, and not another one that got its number. */
export async function serves(pid: number, dataDirectory: string): Promise<boolean> {
  try {
    // A server works inside its data directory, which also holds after the directory was moved.
    return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(dataDirectory));
  } catch {
    if (process.platform === 'win32') {
      return (await outputOf('tasklist', ['/FI', `PID eq ${pid}`, '/NH'])).includes('postgres.exe');
    }
    return (await outputOf('ps', ['-o', 'args=', '-p', String(pid)])).includes(dataDirectory);
  }
}

async function outputOf(program: string, args: string[]): Promise<string> {
  return promisify(execFile)(program, args).then(
    ({ stdout }) => stdout,
    () => '',
  );
}

/** Waits until the process has ended. Resolves to false when it still runs after `patience` milliseconds. */
export async function hasEnded(pid: number, patience: number): Promise<boolean> {
  for (const deadline = Date.now() + patience; await isAlive(pid);) {
    if (Date.now() > deadline) {
      return false;
    }
    await delay(10);
  }
  return true;
}

/**
 * Stops a server and waits until it is gone: first fast (clients are disconnected, data is written out), after 5 s
 * immediately (the next start recovers from the log), after 10 s by SIGKILL.
 *
 * @param pgCtl path of pg_ctl, the only way to reach a server on Windows
 * @throws EmbeddedPostgresError when the server cannot be ended
 */
export async function stopPostmaster(pid: number, dataDirectory: string, pgCtl: string): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!(await serves(pid, dataDirectory))) {
      // Ended by itself. Its number may belong to an innocent program by now.
      return;
    }
    await send(pid, signal, pgCtl);
    if (await hasEnded(pid, SHUTDOWN_PATIENCE)) {
      return;
    }
  }
  throw new EmbeddedPostgresError(`PostgreSQL (process ${pid}) does not end, not even by SIGKILL. End it by hand.`);
}

async function send(pid: number, signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL', pgCtl: string): Promise<void> {
  if (process.platform === 'win32' && signal !== 'SIGKILL') {
    await runAs({ name: 'this user' }, pgCtl, ['kill', signal.slice(3), String(pid)]);
    return;
  }
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!isSystemError(error, 'ESRCH')) {
      throw new EmbeddedPostgresError(`PostgreSQL (process ${pid}) belongs to another user, who has to stop it.`);
    }
  }
}
