import { realpath } from 'node:fs/promises';
import { Socket } from 'node:net';
import { Client, DatabaseError } from 'pg';
import { SUPERUSER } from './embedded-postgres.cluster';
import { EmbeddedPostgresError } from './embedded-postgres.errors';

/** Held by the process that owns the server. Advisory locks end with their session, and a session with its process. */
const OWNERSHIP_LOCK = 7_302_601;

/** A superuser's connection that does not keep Node running. */
export interface Session {
  readonly client: Client;
  readonly socket: Socket;
}

export function urlOf(port: number, password: string, database: string): string {
  return `postgres://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}

/**
 * Connects to the server on `port` and makes sure that it is the one of this data directory.
 *
 * @throws DatabaseError when the server refuses, another error when it does not answer within 5 s
 */
export async function openSession(port: number, password: string, dataDirectory: string): Promise<Session> {
  const socket = new Socket();
  const client = new Client({
    connectionString: urlOf(port, password, 'postgres'),
    connectionTimeoutMillis: 5_000,
    query_timeout: 30_000,
    application_name: 'anycademy embedded',
    stream: () => socket,
  });
  // Without a listener the end of the server would end the process too.
  client.on('error', () => undefined);
  await client.connect();
  // A copy of a data directory still names the original's server, which knows the same password.
  const { rows } = await client.query<{ path: string }>(`SELECT current_setting('data_directory') AS path`);
  const path = rows[0]?.path ?? '';
  if ((await realpath(path).catch(() => path)) !== (await realpath(dataDirectory))) {
    await client.end();
    throw new EmbeddedPostgresError(`The server on port ${port} works on ${path}, not on ${dataDirectory}.`);
  }
  return { client, socket };
}

/** Makes this process the owner of the server, for as long as the session lasts, unless another process is. */
export async function claimServer({ client, socket }: Session): Promise<boolean> {
  const { rows } = await client.query<{ claimed: boolean }>('SELECT pg_try_advisory_lock($1) AS claimed', [
    OWNERSHIP_LOCK,
  ]);
  const claimed = rows[0]?.claimed === true;
  if (claimed) {
    socket.unref();
  } else {
    await client.end();
  }
  return claimed;
}

/** Creates a database when it is missing. Does not mind another process that does the same. */
export async function createDatabase({ client }: Session, name: string): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
  if (rowCount === 0) {
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`).catch((error: unknown) => {
      if (!(error instanceof DatabaseError && ['42P04', '23505'].includes(error.code ?? ''))) {
        throw error;
      }
    });
  }
}
