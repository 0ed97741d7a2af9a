import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { Child } from './support/child-process';
import { type Answer, eventually, Service } from './support/service';

const MAIN = 'src/main.ts';
const PRINTS_LOADED_FILES = 'loaded-files.js';

/** A new folder that a database of any user can live in. */
async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'anycademy-start-'));
  await chmod(folder, 0o755);
  return folder;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function isOpen(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  );
}

/** The processes whose command line names this folder. */
function processesIn(folder: string): string {
  try {
    return execFileSync('pgrep', ['-fa', folder], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

/** Which of the repository's files the process had loaded when it ended. */
function loadedBy(child: Child): string[] {
  return JSON.parse(/loaded files: (.*)/.exec(child.output)![1]!) as string[];
}

describe('npm start', () => {
  let folder: string;
  let child: Child | undefined;

  beforeEach(async () => (folder = await newFolder()));
  afterEach(async () => {
    await child?.stop('SIGTERM');
    child = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  /** Starts the service in an empty folder, with nothing in its environment but this. */
  function start(env: NodeJS.ProcessEnv): Child {
    child = Child.run(MAIN, { env, cwd: folder, preload: PRINTS_LOADED_FILES });
    return child;
  }

  it('runs everything with one command, stops all of it, and goes on where it was', async () => {
    const port = await freePort();
    const sandboxPort = await freePort();
    const dataDir = join(folder, 'data');
    const env = { PORT: String(port), SANDBOX_PORT: String(sandboxPort), DATA_DIR: dataDir, LOG_LEVEL: 'warn' };
    const address = `http://localhost:${port}`;

    const first = start(env);
    await first.prints(/Ctrl-C stops everything/);
    expect(first.output).toContain(`GraphQL           ${address}/graphql`);
    expect(first.output).toContain(`Local Discord     http://127.0.0.1:${sandboxPort}`);
    const database = /psql "(postgres:[^"]+)"/.exec(first.output)![1]!;
    const ready = await fetch(`${address}/health/ready`);
    expect(ready.status).toBe(200);

    const tokens = Object.fromEntries(
      [...first.output.matchAll(/ {2}(student|instructor|admin) \(.*\)\n {2}(\S+)\n/g)].map(([, role, token]) => [
        role!,
        token!,
      ]),
    );
    expect(Object.keys(tokens)).toEqual(['student', 'instructor', 'admin']);
    for (const [role, token] of Object.entries(tokens)) {
      expect(await post(`${address}/graphql`, token, '{"query":"{ viewer { role } }"}')).toEqual({
        data: { viewer: { role: role.toUpperCase() } },
      });
    }

    // The pages are there, and anybody of the demo can be continued as, from a page of this service alone.
    expect(first.output).toContain(`Pages             ${address}/`);
    expect(await (await fetch(`${address}/me`)).text()).toContain('id="root"');
    const { demo } = (await (await fetch(`${address}/auth/ways-in`)).json()) as {
      demo: { id: string; role: string }[];
    };
    expect(new Set(demo.map(({ role }) => role))).toEqual(new Set(['STUDENT', 'INSTRUCTOR', 'ADMIN']));
    const continueAs = (userId: string, origin: string) =>
      fetch(`${address}/auth/demo-session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin },
        body: JSON.stringify({ userId }),
      });
    const entered = await continueAs(demo[0]!.id, address);
    expect([entered.status, entered.headers.get('set-cookie')]).toEqual([204, expect.stringContaining('HttpOnly')]);
    expect((await continueAs(demo[0]!.id, 'http://elsewhere.test')).status).toBe(403);
    expect((await continueAs('7c9e6679-7425-40de-944b-e07fc1f90ae7', address)).status).toBe(404);

    // The document is pasted as it is printed.
    const [, url, document] = /curl -s (\S+) [^]*?-d '([^']+)'/.exec(first.output)!;
    interface Course {
      readonly course: { readonly title: string; readonly memberships: { readonly totalCount: number } };
    }
    const pasted = await post<Course>(url!, tokens['instructor']!, document!);
    expect(pasted.data?.course.title).toBe('Algebra I');
    expect(pasted.data?.course.memberships.totalCount).toBeGreaterThan(0);

    const before = await settled(database);
    expect(new Set(before.map(({ status }) => status))).toEqual(
      new Set(['pending', 'invited', 'joined', 'left', 'removed']),
    );
    const members = await membersIn(sandboxPort);
    const wanted = await post<Course>(url!, tokens['instructor']!, document!);

    expect(processesIn(dataDir)).toMatch(/postgres/);
    expect(await first.stop('SIGTERM')).toBe(0);
    expect(processesIn(dataDir)).toBe('');
    expect(await isOpen(port)).toBe(false);
    expect(await isOpen(sandboxPort)).toBe(false);
    expect(loadedBy(first).filter((file) => file.startsWith('sandbox/')).length).toBeGreaterThan(50);

    const second = start(env);
    await second.prints(/Ctrl-C stops everything/);
    expect(await settled(/psql "(postgres:[^"]+)"/.exec(second.output)![1]!)).toEqual(before);
    expect(await membersIn(sandboxPort)).toEqual(members);
    // Yesterday's token and document work today.
    const again = await post<Course>(url!, tokens['instructor']!, document!);
    expect(again).toEqual(wanted);
    expect(await second.stop('SIGTERM')).toBe(0);
    expect(processesIn(dataDir)).toBe('');
  }, 60_000);

  it('stops what it has begun when it is interrupted in the middle of starting', async () => {
    const dataDir = join(folder, 'data');
    const interrupted = start({ PORT: String(await freePort()), SANDBOX_PORT: '0', DATA_DIR: dataDir });
    await interrupted.prints(/… migrating the database/);
    expect(await interrupted.stop('SIGTERM')).toBe(0);
    expect(interrupted.output).not.toContain('is running');
    expect(processesIn(dataDir)).toBe('');
  }, 30_000);

  it('lists everything that is wrong with the environment, and starts nothing', async () => {
    const dataDir = join(folder, 'data');
    const wrong = start({
      DATA_DIR: dataDir,
      PORT: 'abc',
      ROLES: 'api,cook',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://root:hunter2@db',
      DISCORD_BOT_TOKEN: 'xyz',
      CLEANUP_CRON: 'daily',
    });
    expect(await wrong.ended).toBe(1);
    for (const name of [
      'PORT',
      'ROLES',
      'LOG_LEVEL',
      'DATABASE_URL',
      'DISCORD_CLIENT_ID',
      'DISCORD_CLIENT_SECRET',
      'DISCORD_PUBLIC_KEY',
      'CLEANUP_CRON',
    ]) {
      expect(wrong.output).toMatch(new RegExp(`^ {2}- ${name} `, 'm'));
    }
    expect(wrong.output).toContain('8 problems');
    expect(wrong.output).not.toContain('hunter2');
    expect(wrong.output).not.toMatch(/\n\s+at /);
    expect(processesIn(dataDir)).toBe('');
  });

  it('refuses embedded parts and placeholders in production', async () => {
    const refused = start({
      NODE_ENV: 'production',
      SANDBOX: '1',
      JWT_SECRET: 'change-me-change-me-change-me-change-me',
      ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
      DISCORD_BOT_TOKEN: 'your-bot-token',
    });
    expect(await refused.ended).toBe(1);
    expect(refused.output).toContain('SANDBOX=1 is refused in production');
    expect(refused.output).toContain('the embedded database is refused in production');
    expect(refused.output).toContain('JWT_SECRET holds a placeholder');
    expect(refused.output).toContain('DISCORD_BOT_TOKEN holds a placeholder');
    expect(loadedBy(refused).filter((file) => file.startsWith('sandbox/'))).toEqual([]);
  });

  it('uses the Discord application and the database that it is given, and loads nothing of the local ones', async () => {
    const given = await Service.start({ started: false });
    try {
      const { discord, database } = given.config;
      const port = await freePort();
      const sandboxPort = await freePort();
      const real = start({
        PORT: String(port),
        SANDBOX_PORT: String(sandboxPort),
        DATA_DIR: join(folder, 'data'),
        LOG_LEVEL: 'warn',
        DATABASE_URL: database.ownerUrl,
        DATABASE_API_URL: database.apiUrl,
        DATABASE_WRITER_URL: database.writerUrl,
        DATABASE_WORKER_URL: database.workerUrl,
        DISCORD_CLIENT_ID: discord.clientId,
        DISCORD_CLIENT_SECRET: discord.clientSecret,
        DISCORD_BOT_TOKEN: discord.botToken,
        DISCORD_PUBLIC_KEY: discord.publicKey,
        DISCORD_API_URL: discord.apiUrl,
        DISCORD_OAUTH_URL: discord.oauthUrl,
        SUPABASE_SERVICE_KEY: 'not-needed',
      });
      await real.prints(/Ctrl-C stops everything/);
      expect(real.output).not.toContain('Local Discord');
      expect(real.output).not.toContain('Bearer tokens');
      expect(real.output).toContain('SUPABASE_SERVICE_KEY is set but not needed');
      await eventually(async () => {
        const health = await fetch(`http://127.0.0.1:${port}/health/ready`);
        expect(await health.json()).toMatchObject({ parts: { 'discord-gateway': { up: true } } });
      });
      expect(await given.sql('SELECT 1 FROM courses')).toEqual([]);
      expect(await isOpen(sandboxPort)).toBe(false);
      expect(processesIn(join(folder, 'data'))).toBe('');

      expect(await real.stop('SIGTERM')).toBe(0);
      const loaded = loadedBy(real);
      expect(loaded).toContain('src/start/local-parts.ts');
      expect(loaded.filter((file) => file.startsWith('sandbox/'))).toEqual([]);
      for (const secret of [discord.botToken, discord.clientSecret, database.ownerUrl]) {
        expect(real.output).not.toContain(secret);
      }
    } finally {
      await given.close();
    }
  }, 30_000);

  async function post<Data>(url: string, token: string, body: string): Promise<Answer<Data>> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    return (await (await fetch(url, { method: 'POST', headers, body })).json()) as Answer<Data>;
  }

  /** Who stands how, once the demo has come to rest: somebody has left, somebody's enrollment has ended. */
  async function settled(url: string): Promise<{ status: string }[]> {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      let rows: { status: string }[] = [];
      await eventually(async () => {
        const state = await client.query<{ dirty: number; left: number; removed: number; jobs: number }>(
          `SELECT count(*) FILTER (WHERE generation > observed_generation)::int AS dirty, count(*) FILTER (WHERE status = 'left')::int AS left,
             count(*) FILTER (WHERE reason = 'ENROLLMENT_ENDED')::int AS removed,
             (SELECT count(*)::int FROM graphile_worker.jobs WHERE run_at <= now() AND task_identifier NOT IN ('send-welcome', 'post-welcome')) AS jobs
           FROM discord_memberships`,
        );
        expect(state.rows).toEqual([
          { dirty: 0, left: expect.any(Number) as number, removed: expect.any(Number) as number, jobs: 0 },
        ]);
        expect(state.rows[0]!.left).toBeGreaterThan(0);
        expect(state.rows[0]!.removed).toBeGreaterThan(0);
        rows = (
          await client.query<{ status: string }>(
            'SELECT user_id, course_id, guild_id, status, reason, granted_role_id, invite_code FROM discord_memberships ORDER BY 1, 2, 3',
          )
        ).rows;
      }, 25_000);
      return rows;
    } finally {
      await client.end();
    }
  }

  /** Who is in which server of the local Discord, with which roles. */
  async function membersIn(port: number): Promise<object[]> {
    const answer = await fetch(`http://127.0.0.1:${port}/sandbox/state`);
    const { guilds } = (await answer.json()) as { guilds: { name: string; members: { userId: string }[] }[] };
    return guilds.map(({ name, members }) => ({ name, members }));
  }
});
