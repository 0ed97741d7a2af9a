import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import {
  type Account,
  findAccount,
  give,
  ownAccount,
  runAs,
  spawnOptions,
} from '../../src/database/embedded-postgres.account';
import { scratchDirectory } from './scratch';

/** The oldest version that the service supports. */
const OLDEST = 15;

/** A PostgreSQL that was installed on this machine, not by npm. */
export interface InstalledPostgres {
  readonly version: string;
  readonly directory: string;
}

/** Where Linux distributions, Homebrew and the PATH have PostgreSQL; undefined when none of version 15 or later is there. */
export function installedPostgres(): InstalledPostgres | undefined {
  const parents = ['/usr/lib/postgresql', '/usr/local/opt', '/opt/homebrew/opt'].filter((path) => existsSync(path));
  const versioned = parents.flatMap((parent) => readdirSync(parent).map((name) => join(parent, name, 'bin')));
  const onPath = (process.env['PATH'] ?? '').split(':');
  for (const directory of [...versioned, ...onPath]) {
    if (!existsSync(join(directory, 'initdb')) || !existsSync(join(directory, 'postgres'))) continue;
    const version = /\(PostgreSQL\) (\d+)/.exec(String(execFileSync(join(directory, 'postgres'), ['--version'])))?.[1];
    if (version !== undefined && Number(version) >= OLDEST) return { version, directory };
  }
  return undefined;
}

/** A server of its own on an empty data directory, as an ordinary user. `url` is the superuser's. */
export async function startInstalledPostgres({
  directory,
}: InstalledPostgres): Promise<{ url: string; stop(): Promise<void> }> {
  const account: Account | undefined = ownAccount() ?? (await findAccount('postgres')) ?? (await findAccount('nobody'));
  if (!account) throw new Error('PostgreSQL refuses to run as root, and there is no user "postgres" or "nobody".');
  const scratch = await scratchDirectory();
  await give(scratch, account);
  const data = join(scratch, 'data');
  const created = await runAs(account, join(directory, 'initdb'), [
    ...['-D', data, '-U', 'anycademy', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
  ]);
  if (!created.succeeded) throw new Error(`initdb of ${directory} says: ${created.output}`);
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', 'shared_buffers=16MB'];
  const child = spawn(
    join(directory, 'postgres'),
    ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    { ...spawnOptions(account), stdio: 'ignore' },
  );
  const ended = once(child, 'exit');
  const url = `postgresql://anycademy@127.0.0.1:${port}/postgres`;
  while (!(await answers(url))) {
    if (child.exitCode !== null) throw new Error(`The PostgreSQL in ${directory} ended with ${child.exitCode}.`);
    await delay(50);
  }
  return {
    url,
    stop: async () => {
      child.kill('SIGINT');
      await ended;
    },
  };
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
