import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rename, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openPrivately, spawnOptions } from './embedded-postgres.account';
import { rememberedPort, rememberPort } from './embedded-postgres.cluster';
import { EmbeddedPostgresError } from './embedded-postgres.errors';
import { type Home } from './embedded-postgres.home';
import {
  hasEnded,
  isAlive,
  readPostmaster,
  serves,
  stopPostmaster,
  type Postmaster,
} from './embedded-postgres.process';

/** Milliseconds within which a server must be up. Recovery after a crash is what takes long. */
const START_PATIENCE = 60_000;

const LARGEST_LOG = 10_000_000;

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/**
 * The server that runs on this data directory already, once it is ready: another process's, or one that survived the
 * process that started it. A server that is on its way down is waited for; what a dead one left is no obstacle.
 */
export async function findRunning({ dataDirectory, binaries }: Home): Promise<Postmaster | undefined> {
  for (const deadline = Date.now() + START_PATIENCE; Date.now() < deadline;) {
    const server = await readPostmaster(dataDirectory);
    if (server === undefined || !(await isAlive(server.pid))) {
      return undefined;
    }
    if (!(await serves(server.pid, dataDirectory))) {
      // Another program has got the number of a dead server. PostgreSQL would take it for the server and refuse to start.
      await rm(join(dataDirectory, 'postmaster.pid'), { force: true });
      return undefined;
    }
    if (server.status === 'ready') {
      return server;
    }
    if (server.status === 'stopping' && !(await hasEnded(server.pid, 5_000))) {
      await stopPostmaster(server.pid, dataDirectory, binaries.pgCtl);
    }
    await delay(20);
  }
  const server = await readPostmaster(dataDirectory);
  if (server) {
    await stopPostmaster(server.pid, dataDirectory, binaries.pgCtl);
  }
  return undefined;
}

/**
 * Starts a server and waits until it is ready. It runs in a process group of its own, so Ctrl-C does not reach it, and
 * does not keep Node running. When another process starts one at the same moment, that one is returned.
 *
 * @param port where to listen; without it the port of the last start if that is free, else any free one
 * @throws EmbeddedPostgresError with the last lines of the server's log
 */
export async function launch(
  home: Home,
  port: number | undefined,
  settings: Readonly<Record<string, string>>,
): Promise<Postmaster> {
  for (const deadline = Date.now() + START_PATIENCE; ;) {
    const chosen = port ?? (await choosePort(home.dataDirectory));
    const failure = await attempt(home, chosen, { ...SETTINGS, ...settings });
    if (typeof failure !== 'string') {
      await rememberPort(home, chosen);
      return failure;
    }
    const other = await findRunning(home);
    if (other) {
      return other;
    }
    // Both pass: a killed server's last sessions hold its memory for a moment, and a free port can be lost to another program.
    const passing =
      /"postmaster\.pid" already exists|shared memory block/.test(failure) ||
      (port === undefined && /could not bind/.test(failure));
    if (!passing || Date.now() > deadline) {
      throw new EmbeddedPostgresError(
        /could not bind/.test(failure)
          ? `Port ${chosen} on 127.0.0.1 is taken by another program. Free it, or choose another port.`
          : `The embedded PostgreSQL did not start. ${join(home.dataDirectory, 'postgres.log')} ends with:\n${failure}`,
      );
    }
    await delay(100);
  }
}

/** Starts postgres once. Resolves to the server, or to the end of what it logged. */
async function attempt(home: Home, port: number, settings: Record<string, string>): Promise<Postmaster | string> {
  const logFile = join(home.dataDirectory, 'postgres.log');
  if (((await stat(logFile).catch(() => undefined))?.size ?? 0) > LARGEST_LOG) {
    await rename(logFile, `${logFile}.old`);
  }
  const log = await openPrivately(logFile, home.account, 'append');
  try {
    const { size } = await log.stat();
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(home.binaries.postgres, ['-D', home.dataDirectory, '-p', String(port), ...options], {
      ...spawnOptions(home.account),
      detached: true,
      windowsHide: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    child.unref();
    let end: string | undefined;
    child.once('error', (error) => (end = error.message));
    child.once('exit', (code, signal) => (end = `It ended with ${signal ?? `status ${code ?? 'unknown'}`}.`));
    for (const deadline = Date.now() + START_PATIENCE; end === undefined;) {
      const server = await readPostmaster(home.dataDirectory);
      if (server?.pid === child.pid && server?.status === 'ready') {
        return server;
      }
      if (child.pid !== undefined && Date.now() > deadline) {
        await stopPostmaster(child.pid, home.dataDirectory, home.binaries.pgCtl);
        end = `It was not ready within ${START_PATIENCE / 1000} s.`;
      }
      await delay(10);
    }
    const written = (await readFile(logFile)).subarray(size).toString();
    return `${written.trim().split('\n').slice(-15).join('\n')}\n${end}`.trim();
  } finally {
    await log.close();
  }
}

async function choosePort(dataDirectory: string): Promise<number> {
  const remembered = await rememberedPort(dataDirectory);
  return (remembered && (await listenOnce(remembered))) ?? (await listenOnce(0)) ?? 0;
}

/** Listens on a port of 127.0.0.1 for a moment. Resolves to the port, or undefined when it is taken. */
async function listenOnce(port: number): Promise<number | undefined> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return undefined;
  }
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' ? address?.port : undefined;
}
