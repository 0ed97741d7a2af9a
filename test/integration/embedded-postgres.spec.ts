import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/database/embedded-postgres';
import { packageDirectory } from '../../src/database/embedded-postgres.binaries';
import { isAlive } from '../../src/database/embedded-postgres.process';
import { scratchDirectory } from '../support/scratch';

const settings = { fsync: 'off' };
const isRoot = process.getuid?.() === 0;

let folder: string;
let dataDir: string;
let started: EmbeddedPostgres[];
let children: ChildProcess[];

beforeEach(async () => {
  folder = await scratchDirectory();
  dataDir = join(folder, 'data');
  started = [];
  children = [];
});

afterEach(async () => {
  children.forEach((child) => child.kill('SIGKILL'));
  await Promise.all(started.map((postgres) => postgres.stop()));
  await rm(folder, { recursive: true, force: true });
});

async function start(options: { port?: number; database?: string } = {}): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir, settings, ...options });
  started.push(postgres);
  return postgres;
}

/** Starts the database in a process of its own. Resolves at once; `url` when the database is up. */
function startElsewhere(): { child: ChildProcess; url: Promise<string> } {
  const child = spawn(process.execPath, [join(__dirname, '../support/start-embedded-postgres.js'), dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return { child, url: once(child.stdout, 'data').then(([chunk]) => String(chunk).trim()) };
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

async function serverPid(dataDirectory = join(dataDir, 'postgres')): Promise<number> {
  return Number.parseInt(await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8'), 10);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) {
    await delay(5);
  }
}

/** Whether it will stop the server. The note may tell other things, such as where the programs are copied to. */
const isOwner = ({ note }: EmbeddedPostgres): boolean => !/Another process owns/.test(note ?? '');

describe('the embedded PostgreSQL', () => {
  it('starts in an empty folder, and keeps data, password and port over a restart', async () => {
    const first = await start();
    await query(first.url, `CREATE TABLE kept AS SELECT 'Ägypten' AS name`);
    await first.stop();
    const second = await start();
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'SELECT lower(name) AS name FROM kept')).toEqual([{ name: 'ägypten' }]);
  });

  it('lets nobody in without the password, and listens on 127.0.0.1 only', async () => {
    const { url, dataDirectory } = await start();
    await expect(query(url.replace(/:[^:@]+@/, ':guess@'), 'SELECT')).rejects.toThrow(/password authentication failed/);
    expect(await query(url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    expect((await stat(join(dataDirectory, 'anycademy-password'))).mode & 0o777).toBe(0o600);
  });

  it('knows the letters of every language, whatever the locale of the machine', async () => {
    const { url } = await start();
    await query(url, 'CREATE EXTENSION pg_trgm');
    expect(await query(url, `SELECT 'ÉLAN' ILIKE 'élan' AS alike, cardinality(show_trgm('日本')) AS trigrams`)).toEqual(
      [{ alike: true, trigrams: 3 }],
    );
  });

  it('leaves no process when it is stopped, twice if need be', async () => {
    const { url, stop } = await start();
    const pid = await serverPid();
    const client = new Client(url);
    client.on('error', () => undefined);
    await client.connect();
    await Promise.all([stop(), stop()]);
    expect(await isAlive(pid)).toBe(false);
    await stop();
  });

  it('adopts the server of a process that was killed, and stops it in the end', async () => {
    const { child, url } = startElsewhere();
    await query(await url, 'CREATE TABLE kept ()');
    const pid = await serverPid();
    await kill(child);
    expect(await isAlive(pid)).toBe(true);

    const postgres = await start();
    expect(postgres).toMatchObject({ url: await url });
    expect(isOwner(postgres)).toBe(true);
    expect(await serverPid()).toBe(pid);
    await postgres.stop();
    expect(await isAlive(pid)).toBe(false);
  });

  it('starts again after the server itself was killed', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept ()');
    process.kill(await serverPid(), 'SIGKILL');
    const second = await start();
    expect(await query(second.url, 'TABLE kept')).toEqual([]);
  });

  it('serves a second starter from the first one, who alone stops it', async () => {
    const first = await start();
    const second = await start({ database: 'other' });
    expect(second.port).toBe(first.port);
    expect(isOwner(second)).toBe(false);
    await second.stop();
    expect(await query(first.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(await query(second.url, 'SELECT current_database()')).toEqual([{ current_database: 'other' }]);
  });

  it('ends up with one server and one owner when it is started three times at once', async () => {
    const all = await Promise.all([start(), start(), start()]);
    expect(new Set(all.map(({ url }) => url)).size).toBe(1);
    expect(all.filter(isOwner)).toHaveLength(1);
    expect((await readdir(dataDir)).filter((name) => name.startsWith('postgres'))).toEqual(['postgres']);
  });

  it('does not mistake another program for its server when that has got its number', async () => {
    const first = await start();
    await first.stop();
    const stale = [process.pid, first.dataDirectory, 1, first.port, '', '127.0.0.1', '', 'ready', ''].join('\n');
    await writeFile(join(first.dataDirectory, 'postmaster.pid'), stale);
    const second = await start();
    expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('takes another port when the last one is taken', async () => {
    const first = await start();
    await first.stop();
    const squatter = createServer().listen(first.port, '127.0.0.1');
    await once(squatter, 'listening');
    const second = await start();
    expect(second.port).not.toBe(first.port);
    squatter.close();
  });
});

describe('a start that is killed half-way', () => {
  it('while the data directory is being created leaves nothing that hinders the next one', async () => {
    const { child } = startElsewhere();
    await until(async () =>
      (await readdir(dataDir).catch((): string[] => [])).some((name) => name.startsWith('postgres.new-')),
    );
    await kill(child);
    await start();
    expect((await readdir(dataDir)).filter((name) => name.startsWith('postgres'))).toEqual(['postgres']);
  });

  it('while the server is starting leaves one that the next start adopts', async () => {
    const { child } = startElsewhere();
    await until(async () =>
      (await readdir(join(dataDir, 'postgres')).catch((): string[] => [])).includes('postmaster.pid'),
    );
    await kill(child);
    const postgres = await start();
    expect(isOwner(postgres)).toBe(true);
    expect(await query(postgres.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe('a folder that is closed to everybody else', () => {
  (isRoot ? it : it.skip)('sends the data elsewhere when root starts it, says so, and finds it again', async () => {
    dataDir = join(folder, 'closed', 'data');
    await mkdir(dirname(dataDir), { mode: 0o700 });
    const first = await start();
    try {
      expect(first.note).toContain(dirname(first.dataDirectory));
      expect(first.dataDirectory).toMatch(/^\/var\/(lib|tmp)\/anycademy-/);
      await query(first.url, 'CREATE TABLE kept ()');
      await first.stop();
      const second = await start();
      expect(await query(second.url, 'TABLE kept')).toEqual([]);
      await second.stop();
    } finally {
      await rm(dirname(first.dataDirectory), { recursive: true, force: true });
      // Stays when it holds a copy of the programs.
      await rmdir(dirname(dirname(first.dataDirectory))).catch(() => undefined);
    }
  });

  (isRoot ? it : it.skip)('begins anew once it was removed, though the data lie elsewhere', async () => {
    dataDir = join(folder, 'closed-again', 'data');
    await mkdir(dirname(dataDir), { mode: 0o700 });
    const first = await start();
    await first.stop();
    await rm(dataDir, { recursive: true });
    const second = await start();
    await second.stop();
    expect(second.dataDirectory).not.toBe(first.dataDirectory);
    for (const { dataDirectory } of [first, second]) await rm(dirname(dataDirectory), { recursive: true, force: true });
    await rmdir(dirname(dirname(first.dataDirectory))).catch(() => undefined);
  });

  it('is made passable for the database when the start creates it under a strict umask', async () => {
    const umask = process.umask(0o077);
    try {
      const { dataDirectory } = await start();
      expect(dataDirectory).toBe(join(dataDir, 'postgres'));
    } finally {
      process.umask(umask);
    }
  });
});

describe('a start that cannot succeed says what to do', () => {
  it('when the port is taken', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const { port } = squatter.address() as { port: number };
    await expect(start({ port })).rejects.toThrow(`Port ${port} on 127.0.0.1 is taken by another program.`);
    squatter.close();
  });

  it('when a setting is wrong, with the end of the log', async () => {
    await expect(startEmbeddedPostgres({ dataDir, settings: { fsync: 'perhaps' } })).rejects.toThrow(
      /postgres\.log ends with:\n.*parameter "fsync" requires a Boolean value/s,
    );
  });

  it('when the folder cannot be created', async () => {
    await writeFile(dataDir, 'a file in the way');
    await expect(start()).rejects.toThrow(/cannot be written to \(.*\)\. Choose another one by DATA_DIR/);
  });

  it('when something else lies in its place', async () => {
    await mkdir(join(dataDir, 'postgres'), { recursive: true });
    await writeFile(join(dataDir, 'postgres', 'thesis.txt'), 'precious');
    await expect(start()).rejects.toThrow(/is not a PostgreSQL data directory\. Move it away/);
    expect(await readdir(join(dataDir, 'postgres'))).toEqual(['thesis.txt']);
  });

  it('when there is no PostgreSQL for the machine', () => {
    expect(() => packageDirectory('sunos', 'sparc')).toThrow(
      /no embedded PostgreSQL for sunos-sparc, only for darwin-/,
    );
  });
});
