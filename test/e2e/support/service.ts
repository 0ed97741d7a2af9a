import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type INestApplication } from '@nestjs/common';
import { createClient } from 'graphql-ws';
import { SignJWT } from 'jose';
import { Client } from 'pg';
import WebSocket from 'ws';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/server';
import { TokenVault } from '../../../src/auth/token-vault';
import { type Config, METRIC_TARGETS, type ProcessRole } from '../../../src/config/config';
import { createApplication } from '../../../src/main';
import { type MigratedDatabase, migratedDatabase } from '../../support/migrated-database';
import { Browser } from './browser';
import { Child } from './child-process';
import { LocalDiscordControl } from './local-discord-control';

const JWT_SECRET = 'the-secret-that-platform-and-tests-share';
const PUBLIC_URL = 'http://127.0.0.1:3000';

export type PlatformRole = 'student' | 'instructor' | 'admin' | 'service';

/** necord binds listeners to the first application of a process for good, so a later one has to be another process. */
let hasHadBot = false;

/** An answer of the GraphQL endpoint, as a front end sees it. */
export interface Answer<Data> {
  readonly data: Data | null;
  readonly errors?: { message: string; extensions: { code: string } & Record<string, unknown> }[];
}

/**
 * The whole service as a platform meets it: the real application over HTTP and WebSocket, a real PostgreSQL with the
 * platform's own connection beside it, and a local Discord. Everything is torn down by `close()`.
 */
export class Service {
  private application: INestApplication | undefined;
  private child: Child | undefined;
  /** Workers that were killed: what they had in hand stays theirs in the job queue for a while. */
  private readonly deadWorkers: string[] = [];
  private base = '';

  private constructor(
    readonly database: MigratedDatabase,
    private local: Sandbox | undefined,
    private readonly directory: string,
    private readonly world: SandboxOptions,
    readonly discord: LocalDiscordControl,
    /** The platform's own connection. */
    public platform: Client,
    readonly config: Config,
  ) {}

  /** A running service; `{ started: false }` only prepares what it stands on. */
  static async start(
    options: {
      started?: boolean;
      config?: Partial<Config>;
      discordKeepsState?: boolean;
      /** One that the test has prepared itself. */
      database?: MigratedDatabase;
      /** Listens where its public address says, as a browser needs it. */
      atPublicUrl?: boolean;
    } = {},
  ): Promise<Service> {
    const database = options.database ?? (await migratedDatabase());
    const port = options.atPublicUrl ? await freePort() : 0;
    const publicUrl = options.atPublicUrl ? `http://127.0.0.1:${port}` : PUBLIC_URL;
    const redirectUri = `${publicUrl}/auth/discord/callback`;
    const directory = await mkdtemp(join(tmpdir(), 'anycademy-discord-'));
    const world = {
      port: 0,
      redirectUris: [redirectUri],
      // Without it, what is in Discord ends with it, and nothing is written however big the world becomes.
      ...(options.discordKeepsState === false ? {} : { stateFile: join(directory, 'discord.json') }),
    };
    const sandbox = await startSandbox(world);
    const platform = await connect(database.url);
    const config: Config = {
      production: false,
      roles: new Set<ProcessRole>(['api', 'worker', 'bot', 'cron']),
      port,
      publicUrl,
      corsOrigins: [],
      introspection: true,
      // Tests ask many times a second until something has happened.
      rateLimit: { perMinute: 1_000_000, servicePerMinute: 1_000_000 },
      trustedProxies: [],
      logLevel: process.env['LOG_LEVEL'] ?? 'silent',
      database: database.logins,
      discord: {
        clientId: sandbox.application.id,
        clientSecret: sandbox.application.clientSecret,
        botToken: sandbox.application.botToken,
        publicKey: sandbox.application.publicKey,
        redirectUri,
        apiUrl: `${sandbox.url}/api`,
        oauthUrl: `${sandbox.url}/api`,
        authorizeUrl: `${sandbox.url}/oauth2/authorize`,
        developmentGuilds: [],
        timeoutMs: 15_000,
        inviteUrl: `${sandbox.url}/invite`,
      },
      jwt: { secret: JWT_SECRET },
      encryptionKeys: [{ id: 'test', key: new Uint8Array(32).fill(7) }],
      enrollmentActiveStatuses: ['active', 'completed'],
      // Never due while a test runs: tests that are about the cleanup run its job.
      cleanup: { cron: '0 2 29 2 *', timeZone: 'UTC' },
      personRetentionDays: 90,
      metricTargets: METRIC_TARGETS,
      engagementMetrics: false,
      webhooks: { secrets: [], allowPrivate: true },
      demoPeople: [],
      ...options.config,
    };
    const discord = new LocalDiscordControl(sandbox.url);
    const service = new Service(
      database,
      sandbox,
      directory,
      { ...world, port: sandbox.port },
      discord,
      platform,
      config,
    );
    if (options.started !== false) await service.up();
    return service;
  }

  /** Starts the application, and waits until the bot listens (unless it cannot, with `waits: false`). */
  async up(options: { config?: Partial<Config>; waits?: boolean } = {}): Promise<void> {
    const config = { ...this.config, ...options.config };
    if (config.roles.has('bot')) {
      if (hasHadBot) {
        await this.upAsProcess(options);
        return;
      }
      hasHadBot = true;
    }
    const application = await createApplication(config);
    await application.listen(config.port, '127.0.0.1');
    this.application = application;
    const { port } = (application.getHttpServer() as { address(): AddressInfo }).address();
    this.base = `http://127.0.0.1:${port}`;
    if (config.roles.has('bot') && options.waits !== false) await this.listens();
  }

  /** Starts the service as a process of its own, which a test can kill, and waits until its bot listens. */
  async upAsProcess(options: { config?: Partial<Config>; waits?: boolean; preload?: string } = {}): Promise<Child> {
    this.child = this.process(options.config, options.preload ? { preload: options.preload } : {});
    const [, url] = await this.child.prints(/listening at (\S+)/);
    this.base = url!;
    const { roles } = { ...this.config, ...options.config };
    if (roles.has('bot') && options.waits !== false) await this.listens();
    return this.child;
  }

  /** Starts the program itself in production, with the database and the Discord of this test, and these variables. */
  async upInProduction(env: Record<string, string>): Promise<Child> {
    const { database, discord, publicUrl } = this.config;
    const port = await freePort();
    this.child = Child.run('src/main.ts', {
      env: {
        NODE_ENV: 'production',
        PORT: String(port),
        PUBLIC_URL: publicUrl,
        LOG_LEVEL: 'silent',
        DATABASE_URL: database.ownerUrl,
        DATABASE_API_URL: database.apiUrl,
        DATABASE_WRITER_URL: database.writerUrl,
        DATABASE_WORKER_URL: database.workerUrl,
        DISCORD_API_URL: discord.apiUrl,
        DISCORD_OAUTH_URL: discord.oauthUrl,
        JWT_SECRET,
        ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
        ...env,
      },
      cwd: this.directory,
    });
    await this.child.prints(/Ctrl-C stops everything/);
    this.base = `http://127.0.0.1:${port}`;
    return this.child;
  }

  /** One more process of the service, which the test ends itself; with `waits` it begins when it is told to. */
  process(changes: Partial<Config> = {}, options: { waits?: boolean; preload?: string } = {}): Child {
    const { roles, encryptionKeys, ...config } = { ...this.config, ...changes };
    const text = JSON.stringify({
      ...config,
      roles: [...roles],
      encryptionKeys: encryptionKeys.map(({ id, key }) => ({ id, key: Buffer.from(key).toString('base64') })),
    });
    return Child.run('test/support/service-process.js', {
      env: { SERVICE_CONFIG: text, ...(options.waits ? { SERVICE_WAITS: 'yes' } : {}) },
      ...(options.preload ? { preload: options.preload } : {}),
    });
  }

  /** Waits until the bot hears what happens in Discord. */
  async listens(): Promise<void> {
    await eventually(async () => {
      const gateway = (await this.health()).parts['discord-gateway'];
      if (!gateway?.up) throw new Error(`The bot does not listen: ${gateway?.message}`);
    }, 30_000);
  }

  /** What the health page says. */
  async health(): Promise<{ status: number; parts: Record<string, { up: boolean; message: string }> }> {
    const response = await fetch(`${this.base}/health/ready`);
    const { parts } = (await response.json()) as { parts: Record<string, { up: boolean; message: string }> };
    return { status: response.status, parts };
  }

  /** Kills the process of {@link upAsProcess} by SIGKILL: it has no time for anything. */
  async kill(): Promise<void> {
    await this.child?.stop('SIGKILL');
    this.child = undefined;
    const jobs = await this.sql<{ worker: string }>(
      'SELECT DISTINCT locked_by AS worker FROM graphile_worker.jobs WHERE locked_by IS NOT NULL',
    );
    this.deadWorkers.push(...jobs.map(({ worker }) => worker));
  }

  /** The database was restarted: the platform connects again, as the service has to by itself. */
  async databaseReturns(): Promise<void> {
    await this.platform.end().catch(() => undefined);
    this.platform = await connect(this.database.url);
  }

  /** Stops the application; database, platform and Discord stay. */
  async down(): Promise<void> {
    await this.application?.close();
    this.application = undefined;
    await this.child?.stop('SIGTERM');
    this.child = undefined;
  }

  async close(): Promise<void> {
    await this.down();
    await this.platform.end();
    await this.discordVanishes();
    await rm(this.directory, { recursive: true, force: true });
    await this.database.drop();
  }

  /** Discord as a whole is down: nothing answers at its address. */
  async discordVanishes(): Promise<void> {
    await this.local?.close();
    this.local = undefined;
  }

  /** Discord is back, with everything that was in it. */
  async discordReturns(): Promise<void> {
    this.local ??= await startSandbox(this.world);
  }

  get sandbox(): Sandbox {
    if (!this.local) throw new Error('Discord is down.');
    return this.local;
  }

  get url(): string {
    return this.base;
  }

  /** A part of the running application, for tests that run a job at once instead of waiting for its time. */
  get nest(): INestApplication {
    if (!this.application) throw new Error('The service is not running in this process.');
    return this.application;
  }

  /** Rows as the platform's own connection (a superuser, by no means ours) reads or writes them. */
  async sql<Row extends object = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.platform.query<Row>(text, values)).rows;
  }

  /** A token as the platform signs it. */
  token(userId: string, role: PlatformRole = 'student', claims: Record<string, unknown> = {}): Promise<string> {
    return new SignJWT({
      role: role === 'service' ? 'service_role' : 'authenticated',
      exp: Math.floor(Date.now() / 1_000) + 600,
      ...(role === 'service' ? {} : { app_metadata: { role } }),
      ...claims,
    })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(userId)
      .sign(new TextEncoder().encode(JWT_SECRET));
  }

  async graphql<Data>(
    token: string | null,
    query: string,
    variables: object = {},
    headers: Record<string, string> = {},
  ): Promise<Answer<Data>> {
    const response = await fetch(`${this.base}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...headers,
      },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Answer<Data>;
  }

  /** The data of an operation that has to succeed. */
  async query<Data>(
    token: string,
    query: string,
    variables: object = {},
    headers: Record<string, string> = {},
  ): Promise<Data> {
    const answer = await this.graphql<Data>(token, query, variables, headers);
    if (answer.errors || answer.data === null) throw new Error(`GraphQL refused: ${JSON.stringify(answer.errors)}`);
    return answer.data;
  }

  /** The `extensions.code` of an operation that has to fail. */
  async refusal(
    token: string | null,
    query: string,
    variables: object = {},
  ): Promise<{ code: string; message: string; extensions: Record<string, unknown> }> {
    const answer = await this.graphql<unknown>(token, query, variables);
    const error = answer.errors?.[0];
    if (!error) throw new Error(`GraphQL did not refuse: ${JSON.stringify(answer.data)}`);
    return { code: error.extensions.code, message: error.message, extensions: error.extensions };
  }

  /** Follows a subscription; `received` grows as events arrive. */
  subscribe<Data>(
    token: string | null,
    query: string,
    variables: Record<string, unknown> = {},
  ): { received: Data[]; errors: unknown[]; ended(): boolean; close(): Promise<void> } {
    const client = createClient({
      url: `${this.base.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: token === null ? {} : { authorization: `Bearer ${token}` },
      retryAttempts: 0,
    });
    const received: Data[] = [];
    const errors: unknown[] = [];
    let ended = false;
    client.subscribe<Data>(
      { query, variables },
      {
        next: ({ data, errors: failed }) => {
          if (failed) errors.push(...failed);
          else if (data) received.push(data);
        },
        error: (error) => errors.push(error),
        complete: () => (ended = true),
      },
    );
    return { received, errors, ended: () => ended, close: async () => client.dispose() };
  }

  // ── The platform ───────────────────────────────────────────────────────────────────────────────────────────────────

  async createUser(name: string, role: Exclude<PlatformRole, 'service'> = 'student'): Promise<string> {
    const id = randomUUID();
    await this.sql(
      'INSERT INTO auth.users (id, email, raw_user_meta_data, raw_app_meta_data) VALUES ($1, $2, $3, $4)',
      [id, `${id}@example.org`, { full_name: name }, { role }],
    );
    return id;
  }

  /** Somebody is enrolled in a course that has no server: whoever else goes, the platform's tables are not empty. */
  async goesOnElsewhere(): Promise<void> {
    const courseId = await this.createCourse('Elsewhere', await this.createUser('Sari Dewi', 'instructor'));
    await this.enroll(await this.createUser('Tono'), courseId);
  }

  async createCourse(title: string, instructorId: string): Promise<string> {
    const id = randomUUID();
    await this.sql('INSERT INTO courses (id, title, instructor_id) VALUES ($1, $2, $3)', [id, title, instructorId]);
    return id;
  }

  enroll(userId: string, courseId: string): Promise<unknown> {
    return this.sql('INSERT INTO course_enrollments (user_id, course_id) VALUES ($1, $2)', [userId, courseId]);
  }

  unenroll(userId: string, courseId: string): Promise<unknown> {
    return this.sql('DELETE FROM course_enrollments WHERE user_id = $1 AND course_id = $2', [userId, courseId]);
  }

  /** Changes the platform's enrollments in a way that no trigger sees. */
  async unseen(change: () => Promise<unknown>): Promise<void> {
    await this.sql('ALTER TABLE course_enrollments DISABLE TRIGGER USER');
    await change();
    await this.sql('ALTER TABLE course_enrollments ENABLE TRIGGER USER');
  }

  /** Nobody works on the server until all this has been said: then it is one batch. */
  async atOnce(guildId: string, said: () => Promise<unknown>): Promise<void> {
    await this.sql(
      `UPDATE discord_guild_leases SET released = false, holder = $2, heartbeat_at = now() + interval '5 minutes' WHERE guild_id = $1 AND released`,
      [guildId, randomUUID()],
    );
    await said();
    await this.marked();
    await this.sql('UPDATE discord_guild_leases SET released = true WHERE guild_id = $1', [guildId]);
  }

  /** Waits until whatever has changed is marked. */
  marked(): Promise<void> {
    return eventually(async () =>
      expect(await this.sql(`SELECT FROM graphile_worker.jobs WHERE task_identifier = 'mark-memberships'`)).toEqual([]),
    );
  }

  /** A student has another account, of which no trigger told: else the service would have done all of it at once. */
  async exchangedUnseen(userId: string, account: string): Promise<void> {
    await this.sql('ALTER TABLE user_discord_connections DISABLE TRIGGER USER');
    await this.sql('UPDATE user_discord_connections SET discord_user_id = $2 WHERE user_id = $1', [userId, account]);
    await this.sql('ALTER TABLE user_discord_connections ENABLE TRIGGER USER');
  }

  /** A class of such a crowd. Discord counts few of their calls, so that nobody waits. */
  async students(count: number): Promise<Linked[]> {
    const often = { limit: 10_000, windowMs: 1_000 };
    await this.discord.limits({
      enforce: false,
      buckets: {
        'PUT /guilds/:id/members/:id': often,
        'GET /guilds/:id/members/:id': often,
        'DELETE /guilds/:id/members/:id': often,
      },
    });
    return this.crowd(count);
  }

  /** Hundreds of students who have linked their accounts some time ago: what linking left behind, without its pages. */
  async crowd(count: number): Promise<Linked[]> {
    const vault = new TokenVault(this.config);
    const accounts = await this.discord.createUsers(count);
    const crowd = accounts.map((account, index) => ({ userId: randomUUID(), account, name: `Student ${index + 1}` }));
    await this.sql(
      `INSERT INTO auth.users (id, email, raw_user_meta_data)
       SELECT id, id || '@example.org', json_build_object('full_name', name) FROM unnest($1::uuid[], $2::text[]) u(id, name)`,
      [crowd.map(({ userId }) => userId), crowd.map(({ name }) => name)],
    );
    const tokens: { access: string; refresh: string }[] = [];
    for (const { userId, account } of crowd) {
      const grant = await this.discord.grant(account, ['identify', 'guilds.join']);
      tokens.push({
        access: await vault.encrypt(userId, grant.access_token),
        refresh: await vault.encrypt(userId, grant.refresh_token),
      });
    }
    await this.sql(
      `INSERT INTO user_discord_connections (user_id, discord_user_id, discord_username, access_token, refresh_token, expires_at, is_verified, scopes)
       SELECT *, now() + interval '7 days', true, '{identify,guilds.join}' FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[])`,
      [
        crowd.map(({ userId }) => userId),
        accounts,
        crowd.map(({ name }) => name),
        tokens.map(({ access }) => access),
        tokens.map(({ refresh }) => refresh),
      ],
    );
    return crowd;
  }

  // ── Linking ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Links a (new, unless given) Discord account through the consent page, as a browser would. @returns the Discord user id. */
  async link(
    userId: string,
    options: { role?: PlatformRole; autoJoin?: boolean; servers?: boolean; discordUserId?: string } = {},
  ): Promise<string> {
    const discordUserId = options.discordUserId ?? (await this.discord.createUser(`person.${userId.slice(0, 8)}`)).id;
    const browser = new Browser(this);
    const token = await this.token(userId, options.role);
    const { authorizeUrl } = await browser.startLink(token, {
      autoJoin: options.autoJoin ?? true,
      servers: options.servers ?? false,
    });
    const page = await browser.open(await this.discord.approve(discordUserId, authorizeUrl));
    if (page.status >= 400) throw new Error(`The callback refused: ${page.status} ${page.html}`);
    return discordUserId;
  }

  /** Somebody new who links an account, enrolls and comes in. */
  async joined(name: string, courseId: string, patience?: number): Promise<Linked> {
    const userId = await this.createUser(name);
    const account = await this.link(userId);
    await this.enroll(userId, courseId);
    await this.reaches(userId, courseId, 'joined', 'ADDED', patience);
    return { userId, account, name };
  }

  /** Compares the servers of a course in full. @returns how the first of the runs has ended. */
  async synced({ instructorToken, courseId }: Pick<Classroom, 'instructorToken' | 'courseId'>): Promise<string> {
    const { syncCourse } = await this.query<{ syncCourse: { id: string }[] }>(
      instructorToken,
      'mutation ($courseId: UUID!) { syncCourse(courseId: $courseId) { id } }',
      { courseId },
    );
    let status = '';
    await eventually(async () => {
      const run = 'query ($id: UUID!) { syncRun(id: $id) { status } }';
      const { syncRun } = await this.query<{ syncRun: { status: string } }>(instructorToken, run, {
        id: syncCourse[0]?.id,
      });
      ({ status } = syncRun);
      expect(['QUEUED', 'RUNNING']).not.toContain(status);
    });
    return status;
  }

  /** A day passes: what was removed before does not count against the brake any more. */
  aDayPasses(): Promise<unknown> {
    return this.sql(`UPDATE discord_removals SET done_at = done_at - interval '25 hours'`);
  }

  // ── What stands ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The student's membership in the course, as it stands in the table. */
  async membership(
    userId: string,
    courseId: string,
  ): Promise<{ status: string; reason: string; invite_link: string | null; in_sync: boolean } | undefined> {
    const rows = await this.sql<{ status: string; reason: string; invite_link: string | null; in_sync: boolean }>(
      `SELECT status, reason, invite_link, generation = observed_generation AS in_sync FROM discord_memberships WHERE user_id = $1 AND course_id = $2`,
      [userId, courseId],
    );
    return rows[0];
  }

  /** The membership as the API shows it to whoever asks; null when they may not see it. */
  async shown(token: string, userId: string, courseId: string): Promise<ShownMembership | null> {
    const { membership } = await this.query<{ membership: ShownMembership | null }>(
      token,
      `query ($userId: UUID!, $courseId: UUID!) { membership(userId: $userId, courseId: $courseId) {
         status reason nextStep explanation inviteLink discordUserId inSync } }`,
      { userId, courseId },
    );
    return membership;
  }

  /** Waits until the student's membership in the course stands as given. */
  async reaches(userId: string, courseId: string, status: string, reason?: string, patience?: number): Promise<void> {
    await eventually(async () => {
      const membership = await this.membership(userId, courseId);
      expect({
        status: membership?.status,
        reason: reason && membership?.reason,
        in_sync: membership?.in_sync,
      }).toEqual({ status, reason, in_sync: true });
    }, patience);
  }

  /** Waits until nothing is due any more: every mark is served and no job is ready to run. */
  async rest(patience?: number): Promise<void> {
    await eventually(async () => {
      const [row] = await this.sql<{ dirty: number; jobs: number }>(
        `SELECT (SELECT count(*)::int FROM discord_memberships WHERE generation > observed_generation) AS dirty,
                (SELECT count(*)::int FROM graphile_worker.jobs WHERE run_at <= now() AND attempts < max_attempts
                   AND (locked_by = ANY($1)) IS NOT TRUE) AS jobs`,
        [this.deadWorkers],
      );
      if (row?.dirty === 0 && row.jobs === 0) return;
      const jobs = await this.sql(
        `SELECT task_identifier, key, run_at, attempts, locked_by, locked_at, last_error
         FROM graphile_worker.jobs WHERE run_at <= now() LIMIT 5`,
      );
      throw new Error(`Something is still due: ${JSON.stringify({ ...row, first: jobs })}.`);
    }, patience);
  }

  /** The same, and no server is about to be checked again because it was just changed: from now on nothing costs a call. */
  async quiet(): Promise<void> {
    await eventually(
      async () =>
        expect(
          await this.sql(
            `SELECT FROM graphile_worker.jobs WHERE task_identifier = 'recheck-server' AND run_at <= now() + interval '10 seconds'`,
          ),
        ).toEqual([]),
      20_000,
    );
    await this.rest();
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

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  // A connection that is lost fails the query that needs it, not the whole test run.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** A student with a linked account. */
export interface Linked {
  readonly userId: string;
  readonly account: string;
  readonly name: string;
}

/** A membership as the API shows it. */
export interface ShownMembership {
  readonly status: string;
  readonly reason: string;
  readonly nextStep: string | null;
  readonly explanation: string;
  readonly inviteLink: string | null;
  readonly discordUserId: string | null;
  readonly inSync: boolean;
}

/** A course with a server: what most stories begin with. */
export interface Classroom {
  readonly instructorId: string;
  readonly instructorToken: string;
  readonly instructorDiscordId: string;
  readonly courseId: string;
  readonly guildId: string;
  readonly channelId: string;
  readonly roleId: string;
  readonly configId: string;
}

/** Everything by the doors that an instructor uses: linking, the server, the bot in it, and the configuration over GraphQL. */
export async function classroom(service: Service, title = 'Algebra I', config: object = {}): Promise<Classroom> {
  const instructorId = await service.createUser('Rina Hartono', 'instructor');
  const instructorDiscordId = await service.link(instructorId, { role: 'instructor' });
  const guild = await service.discord.createGuild(`${title} server`, instructorDiscordId);
  const role = await service.discord.createRole(guild.id, 'Student');
  await service.discord.addBot(guild.id);
  const courseId = await service.createCourse(title, instructorId);
  const instructorToken = await service.token(instructorId, 'instructor');
  const configId = await configure(service, instructorToken, {
    courseId,
    guildId: guild.id,
    studentRoleId: role.id,
    inviteChannelId: guild.generalChannelId,
    ...config,
  });
  return {
    instructorId,
    instructorToken,
    instructorDiscordId,
    courseId,
    guildId: guild.id,
    channelId: guild.generalChannelId,
    roleId: role.id,
    configId,
  };
}

export async function configure(service: Service, token: string, input: object): Promise<string> {
  const { createServerConfig } = await service.query<{ createServerConfig: { id: string } }>(
    token,
    'mutation ($input: CreateServerConfigInput!) { createServerConfig(input: $input) { id } }',
    { input },
  );
  return createServerConfig.id;
}

/** Asks again until the expectations hold; the last failure is what the test fails with. */
export async function eventually(check: () => Promise<void>, patience = 8_000): Promise<void> {
  for (const until = Date.now() + patience; ;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

/** In which tables anything names this text, such as somebody's Discord account. */
export async function namedIn(service: Service, text: string): Promise<string[]> {
  const tables = await service.sql<{ name: string }>(
    `SELECT format('%I.%I', relnamespace::regnamespace, relname) AS name FROM pg_class
     WHERE relkind = 'r' AND relnamespace::regnamespace::text IN ('public', 'graphile_worker', 'auth')`,
  );
  const named: string[] = [];
  for (const { name } of tables)
    if ((await service.sql(`SELECT FROM ${name} t WHERE strpos(t::text, $1) > 0 LIMIT 1`, [text])).length > 0)
      named.push(name);
  return named;
}
