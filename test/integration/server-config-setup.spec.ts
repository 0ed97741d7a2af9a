import { randomUUID } from 'node:crypto';
import { Module } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import { Client } from 'pg';
import { type Sandbox, startSandbox } from '../../sandbox/server';
import { DiscordFailure } from '../../src/discord-api/discord-failure';
import { Public } from '../../src/common/access';
import { Student } from '../../src/platform/student.model';
import { ServerConfigModule } from '../../src/server-config/server-config.module';
import { ServerHealth } from '../../src/server-config/server-health';
import { type MigratedDatabase, migratedDatabase } from '../support/migrated-database';
import { type AuthApp, configFor, platformToken, startAuthApp } from './auth-app';

/** Create Invite, Kick Members, View Channel, Send Messages, Manage Roles, View Audit Log. */
const BOT_PERMISSIONS = 268438659n;
const PERMISSION = {
  CREATE_INVITE: 1n << 0n,
  KICK_MEMBERS: 1n << 1n,
  VIEW_AUDIT_LOG: 1n << 7n,
  VIEW_CHANNEL: 1n << 10n,
  SEND_MESSAGES: 1n << 11n,
  MANAGE_ROLES: 1n << 28n,
} as const;

const CONFIG = `id guildId guildName inviteChannelId studentRoleId welcomeMessage removalPolicy removalGraceHours driftPolicy
  autoInvite adoptExisting roleAfterScreening removalsPaused isActive health createdAt updatedAt
  course { id title instructorId serverConfigs { id } }
  preflight { ok checkedAt checks { id passed required message } }`;
const CREATE = `mutation Create($input: CreateServerConfigInput!) { createServerConfig(input: $input) { ${CONFIG} } }`;
const UPDATE = `mutation Update($id: UUID!, $input: UpdateServerConfigInput!) { updateServerConfig(id: $id, input: $input) { ${CONFIG} } }`;
const RECHECK = `mutation Recheck($id: UUID!) { recheckServer(id: $id) { ${CONFIG} } }`;
const PREFLIGHT = `query Preflight($guildId: Snowflake!, $roleId: Snowflake) {
  preflight(guildId: $guildId, studentRoleId: $roleId) { ok checks { id passed required message } } }`;
const LIST = `query List($health: [GuildHealth!], $search: String, $first: Int, $after: String) {
  serverConfigs(health: $health, search: $search, first: $first, after: $after) {
    nodes { id guildName } totalCount pageInfo { hasNextPage endCursor } } }`;

interface Check {
  readonly id: string;
  readonly passed: boolean;
  readonly required: boolean;
  readonly message: string;
}

interface ConfigAnswer {
  readonly id: string;
  readonly guildName: string;
  readonly inviteChannelId: string | null;
  readonly studentRoleId: string | null;
  readonly health: string;
  readonly preflight: { readonly ok: boolean; readonly checks: readonly Check[] };
}

interface Answer<Data> {
  readonly data: Data | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions: {
      readonly code: string;
      readonly checks?: readonly Check[];
    };
  }[];
}

interface Instructor {
  readonly userId: string;
  readonly discordUserId: string;
  readonly token: string;
  readonly courseId: string;
}

interface School {
  readonly guildId: string;
  readonly channelId: string;
  readonly roleId: string;
  readonly botRoleId: string;
}

/** Some field has to lead to students, because sign-in adds one to them; in the service, memberships do. */
@Resolver()
class SomeStudent {
  @Public()
  @Query(() => Student, { nullable: true })
  someStudent(): null {
    return null;
  }
}
@Module({ providers: [SomeStudent] })
class SomeStudentModule {}

describe('Setting up the server of a course', () => {
  let sandbox: Sandbox;
  let database: MigratedDatabase;
  let sql: Client;
  let app: AuthApp;

  /** Undone in reverse, also when only half of it came up. */
  const cleanUp: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0 });
    cleanUp.push(() => sandbox.close());
    database = await migratedDatabase();
    cleanUp.push(() => database.drop());
    sql = new Client({ connectionString: database.url });
    await sql.connect();
    cleanUp.push(() => sql.end());
    app = await startAuthApp(configFor(database.logins, sandbox.url), [ServerConfigModule, SomeStudentModule]);
    cleanUp.push(() => app.close());
  });

  afterAll(async () => {
    for (const undo of cleanUp.reverse()) await undo();
  });

  afterEach(async () => {
    await discord('DELETE', '/sandbox/faults');
  });

  // ── What people and the platform do ──────────────────────────────────────────────────────────────────────

  async function discord<Result>(method: string, path: string, body?: object): Promise<Result> {
    const response = await fetch(`${sandbox.url}${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Result;
  }

  async function discordUser(): Promise<string> {
    const { id } = await discord<{ id: string }>('POST', '/sandbox/users', {
      username: `u_${randomUUID().slice(0, 8)}`,
    });
    return id;
  }

  async function course(instructorId: string, title = 'Pottery'): Promise<string> {
    const id = randomUUID();
    await sql.query('INSERT INTO courses (id, title, instructor_id) VALUES ($1, $2, $3)', [id, title, instructorId]);
    return id;
  }

  async function instructor(linked = true): Promise<Instructor> {
    const userId = randomUUID();
    const discordUserId = await discordUser();
    await sql.query('INSERT INTO auth.users (id) VALUES ($1)', [userId]);
    if (linked) {
      await sql.query(
        `INSERT INTO user_discord_connections (user_id, discord_user_id, discord_username, is_verified)
         VALUES ($1, $2, 'teacher', true)`,
        [userId, discordUserId],
      );
    }
    return { userId, discordUserId, token: await platformToken(userId, 'instructor'), courseId: await course(userId) };
  }

  async function guild(ownerId: string, bot: bigint | null = BOT_PERMISSIONS): Promise<School> {
    const name = `School ${randomUUID().slice(0, 8)}`;
    const made = await discord<{ id: string; generalChannelId: string }>('POST', '/sandbox/guilds', { name, ownerId });
    const role = await discord<{ id: string }>('POST', `/sandbox/guilds/${made.id}/roles`, { name: 'Student' });
    const botRoleId = bot === null ? '' : await permitBot(made.id, bot);
    return { guildId: made.id, channelId: made.generalChannelId, roleId: role.id, botRoleId };
  }

  async function permitBot(guildId: string, permissions: bigint, position?: number): Promise<string> {
    const { roleId } = await discord<{ roleId: string }>('PUT', `/sandbox/guilds/${guildId}/bot`, {
      permissions: permissions.toString(),
      ...(position !== undefined && { position }),
    });
    return roleId;
  }

  /** Takes permissions from the bot, and from @everyone, who would give Create Invite back. */
  async function takeFromBot({ guildId }: School, missing: bigint): Promise<void> {
    const response = await fetch(`${sandbox.url}/api/v10/guilds/${guildId}/roles/${guildId}`, {
      method: 'PATCH',
      headers: { authorization: `Bot ${sandbox.application.botToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ permissions: (PERMISSION.VIEW_CHANNEL | PERMISSION.SEND_MESSAGES).toString() }),
    });
    if (!response.ok) throw new Error(`@everyone kept its permissions: ${response.status} ${await response.text()}`);
    await permitBot(guildId, BOT_PERMISSIONS & ~missing);
  }

  async function ask<Data>(token: string, query: string, variables: object = {}): Promise<Answer<Data>> {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Answer<Data>;
  }

  async function create(by: Instructor, school: School, input: object = {}) {
    const wanted = { courseId: by.courseId, guildId: school.guildId, studentRoleId: school.roleId, ...input };
    return ask<{ createServerConfig: ConfigAnswer }>(by.token, CREATE, { input: wanted });
  }

  async function created(by: Instructor, school: School, input: object = {}): Promise<ConfigAnswer> {
    const answer = await create(by, school, input);
    expect(answer.errors).toBeUndefined();
    return answer.data!.createServerConfig;
  }

  function refusal(answer: Answer<unknown>): { code: string; message: string; checks: readonly Check[] } {
    const error = answer.errors?.[0];
    if (!error) throw new Error(`It was not refused: ${JSON.stringify(answer.data)}`);
    const { code, checks } = error.extensions;
    return { code, message: error.message, checks: checks ?? [] };
  }

  async function rows<Row>(text: string, values: unknown[]): Promise<Row[]> {
    return (await sql.query(text, values)).rows as Row[];
  }

  async function log(guildId: string): Promise<{ action: string; details: Record<string, unknown> }[]> {
    return rows(
      `SELECT action, details FROM discord_log WHERE guild_id = $1 AND action IN ('config_create', 'config_update', 'health')
       ORDER BY seq`,
      [guildId],
    );
  }

  async function paused(guildId: string): Promise<boolean> {
    const found = await rows<{ paused: boolean }>(
      'SELECT coalesce(paused_until > now(), false) AS paused FROM discord_guilds WHERE guild_id = $1',
      [guildId],
    );
    return found[0]?.paused ?? false;
  }

  async function eventually(what: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + 10_000;
    while (!(await what())) {
      if (Date.now() > end) throw new Error(`It did not happen within 10 seconds: ${what.toString()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  // ── Stories ──────────────────────────────────────────────────────────────────────────────────────────────

  it('connects the course of an instructor with the server that they own', async () => {
    const anna = await instructor();
    const school = await guild(anna.discordUserId);

    const config = await created(anna, school, {
      welcomeMessage: 'Welcome to {course}, {student}!',
      removalGraceHours: 24,
    });

    expect(config).toMatchObject({
      guildId: school.guildId,
      guildName: expect.stringMatching(/^School/) as string,
      // No channel was chosen: the one that is used stands there, so that everybody can see which.
      inviteChannelId: school.channelId,
      studentRoleId: school.roleId,
      welcomeMessage: 'Welcome to {course}, {student}!',
      removalPolicy: 'KICK',
      removalGraceHours: 24,
      driftPolicy: 'REPAIR',
      autoInvite: true,
      isActive: true,
      health: 'HEALTHY',
      course: { id: anna.courseId, title: 'Pottery', instructorId: anna.userId, serverConfigs: [{ id: config.id }] },
    });
    expect(config.preflight.ok).toBe(true);
    expect(config.preflight.checks).toHaveLength(12);
    expect(config.preflight.checks.filter((check) => !check.passed)).toEqual([]);
    const [entry] = await log(school.guildId);
    expect(entry).toMatchObject({ action: 'config_create', details: { configId: config.id } });
    const [job] = await rows('SELECT FROM graphile_worker.jobs WHERE key = $1', [`guild:${school.guildId}`]);
    expect(job).toBeDefined();
    expect(refusal(await create(anna, school)).code).toBe('CONFLICT');
  });

  it('lets admins and the platform itself connect any course, without an account of theirs', async () => {
    const anna = await instructor();
    const school = await guild(await discordUser());
    const admin = await platformToken(randomUUID(), 'admin');
    const input = { courseId: anna.courseId, guildId: school.guildId };
    expect((await ask(admin, CREATE, { input })).errors).toBeUndefined();
    const other = await guild(await discordUser());
    const service = await platformToken(randomUUID(), undefined, { role: 'service_role' });
    expect((await ask(service, CREATE, { input: { ...input, guildId: other.guildId } })).errors).toBeUndefined();
  });

  it('lets a co-teacher with Manage Server change the configuration, and hides it from everybody else', async () => {
    const [anna, ben, eve] = [await instructor(), await instructor(), await instructor()];
    const school = await guild(anna.discordUserId);
    const config = await created(anna, school);
    await sql.query('INSERT INTO course_staff (course_id, user_id) VALUES ($1, $2)', [anna.courseId, ben.userId]);
    const change = { id: config.id, input: { studentRoleId: null } };

    expect(refusal(await ask(ben.token, UPDATE, change)).code).toBe('GUILD_NOT_MANAGED');
    const moderator = await discord<{ id: string }>('POST', `/sandbox/guilds/${school.guildId}/roles`, {
      name: 'Moderator',
      permissions: (1n << 5n).toString(),
    });
    await discord('PUT', `/sandbox/guilds/${school.guildId}/members/${ben.discordUserId}`, { roles: [moderator.id] });
    expect((await ask(ben.token, UPDATE, change)).errors).toBeUndefined();

    expect(refusal(await ask(eve.token, UPDATE, change)).code).toBe('NOT_FOUND');
    expect(refusal(await ask(eve.token, RECHECK, { id: config.id })).code).toBe('NOT_FOUND');
    expect(
      refusal(await ask(eve.token, `query($id: UUID!) { serverConfig(id: $id) { id } }`, { id: config.id })).code,
    ).toBe('NOT_FOUND');
  });

  it('refuses a course that the caller does not teach, and tells an enrolled student so', async () => {
    const [anna, eve] = [await instructor(), await instructor()];
    const school = await guild(eve.discordUserId);
    expect(refusal(await create({ ...eve, courseId: anna.courseId }, school)).code).toBe('NOT_FOUND');
    expect(refusal(await create({ ...eve, courseId: randomUUID() }, school)).code).toBe('NOT_FOUND');
    await sql.query('INSERT INTO course_enrollments (user_id, course_id) VALUES ($1, $2)', [eve.userId, anna.courseId]);
    expect(refusal(await create({ ...eve, courseId: anna.courseId }, school)).code).toBe('FORBIDDEN');
  });

  it("refuses somebody else's server, and tells nothing about it", async () => {
    const [anna, eve] = [await instructor(), await instructor()];
    const school = await guild(anna.discordUserId);
    const outside = refusal(await create(eve, school));
    expect(outside).toMatchObject({ code: 'GUILD_NOT_MANAGED', checks: [] });
    await discord('PUT', `/sandbox/guilds/${school.guildId}/members/${eve.discordUserId}`, {});
    const member = refusal(await create(eve, school));
    expect(member.code).toBe('GUILD_NOT_MANAGED');
    expect(member.message).toMatch(/Manage Server/);
    const seen = await ask<{ preflight: { checks: Check[] } }>(eve.token, PREFLIGHT, { guildId: school.guildId });
    expect(JSON.stringify(seen.data)).not.toMatch(/School|general|Student/);
    expect(refusal(await ask(eve.token, `{ guild(id: "${school.guildId}") { name } }`)).code).toBe('GUILD_NOT_MANAGED');
    expect(await rows('SELECT FROM discord_server_configs WHERE guild_id = $1', [school.guildId])).toEqual([]);
  });

  it('asks an instructor without a Discord account to connect one, before Discord is asked anything', async () => {
    const anna = await instructor(false);
    const school = await guild(anna.discordUserId);
    await discord('DELETE', '/sandbox/requests');
    expect(refusal(await create(anna, school)).code).toBe('NOT_LINKED');
    expect(await discord('GET', '/sandbox/requests?since=0')).toMatchObject({ requests: [] });
  });

  it('says how to add the bot to a server that it is not in', async () => {
    const anna = await instructor();
    const school = await guild(anna.discordUserId, null);
    const { code, message, checks } = refusal(await create(anna, school));
    expect(code).toBe('SERVER_NOT_READY');
    expect(message).toContain(
      `/oauth2/authorize?client_id=1100000000000000001&scope=bot%20applications.commands&permissions=268438659&guild_id=${school.guildId}`,
    );
    expect(checks[0]?.id).toBe('BOT_PRESENT');
    expect(checks.slice(1).every((check) => /add the bot first/.test(check.message))).toBe(true);
    expect(refusal(await ask(anna.token, `{ guild(id: "${school.guildId}") { name } }`)).code).toBe('SERVER_NOT_READY');
  });

  it.each([
    ['CREATE_INVITE', 'Create Invite'],
    ['KICK_MEMBERS', 'Kick Members'],
    ['MANAGE_ROLES', 'Manage Roles'],
  ] as const)('refuses a server in which the bot lacks %s, and says how to mend it', async (id, label) => {
    const anna = await instructor();
    const school = await guild(anna.discordUserId);
    await takeFromBot(school, PERMISSION[id]);
    const { code, message, checks } = refusal(await create(anna, school));
    expect(code).toBe('SERVER_NOT_READY');
    expect(checks.map((check) => check.id)).toEqual([id]);
    expect(message).toContain(`“${label}”`);
    expect(message).toContain('Server settings → Roles');
    expect(await rows('SELECT FROM discord_server_configs WHERE guild_id = $1', [school.guildId])).toEqual([]);

    await permitBot(school.guildId, BOT_PERMISSIONS);
    await created(anna, school);
  });

  it('does not insist on Kick Members where nobody is to be removed, nor on View Audit Log', async () => {
    const anna = await instructor();
    const school = await guild(anna.discordUserId);
    await takeFromBot(school, PERMISSION.KICK_MEMBERS | PERMISSION.VIEW_AUDIT_LOG);
    const config = await created(anna, school, { removalPolicy: 'REMOVE_ROLE' });
    expect(config.preflight.ok).toBe(true);
    expect(
      config.preflight.checks
        .filter((check) => !check.passed)
        .map((check) => check.id)
        .sort(),
    ).toEqual(['KICK_MEMBERS', 'VIEW_AUDIT_LOG']);
    expect(
      refusal(await ask(anna.token, UPDATE, { id: config.id, input: { removalPolicy: 'KICK' } })).checks,
    ).toMatchObject([{ id: 'KICK_MEMBERS' }]);
  });

  it('refuses a role above the bot, a role of an integration, @everyone, and roles and channels that do not exist', async () => {
    const anna = await instructor();
    const school = await guild(anna.discordUserId);
    const failed = async (input: object) => refusal(await create(anna, school, input)).checks.map((check) => check.id);

    expect(await failed({ studentRoleId: school.botRoleId })).toEqual(['ROLE_BELOW_BOT']);
    expect(await failed({ studentRoleId: school.guildId })).toEqual(['ROLE_BELOW_BOT']);
    expect(await failed({ studentRoleId: '999999999999999999' })).toEqual(['ROLE_EXISTS', 'ROLE_BELOW_BOT']);
    expect(await failed({ inviteChannelId: '999999999999999999' })).toEqual(['CHANNEL_EXISTS']);

    await permitBot(school.guildId, BOT_PERMISSIONS, 1);
    const above = refusal(await create(anna, school));
    expect(above.checks.map((check) => check.id)).toEqual(['ROLE_BELOW_BOT']);
    expect(above.message).toContain("Drag the bot's role above “Student” in Server settings → Roles.");
  });

  it('refuses input that cannot be, naming what is wrong', async () => {
    const anna = await instructor();
    const school = await guild(anna.discordUserId);
    for (const input of [
      { guildId: 'my server' },
      { studentRoleId: '12' },
      { welcomeMessage: 'Hi {name}' },
      { welcomeMessage: 'x'.repeat(1501) },
      { removalGraceHours: -1 },
      { removalGraceHours: 9000 },
    ]) {
      expect(refusal(await create(anna, school, input)).code).toBe('BAD_USER_INPUT');
    }
    const config = await created(anna, school);
    for (const input of [{ removalPolicy: null }, { isActive: null }, { removalGraceHours: null }]) {
      expect(refusal(await ask(anna.token, UPDATE, { id: config.id, input })).code).toBe('BAD_USER_INPUT');
    }
  });

  it('changes only what is said, asks Discord only when it has a say, and logs what changed', async () => {
    const anna = await instructor();
    const school = await guild(anna.discordUserId);
    const config = await created(anna, school, { welcomeMessage: 'Hello {student}' });
    const update = (input: object) =>
      ask<{ updateServerConfig: ConfigAnswer }>(anna.token, UPDATE, { id: config.id, input });

    await discord('DELETE', '/sandbox/requests');
    const quiet = await update({ welcomeMessage: null, autoInvite: false, removalGraceHours: 48 });
    expect(quiet.data?.updateServerConfig).toMatchObject({
      welcomeMessage: null,
      autoInvite: false,
      removalGraceHours: 48,
      studentRoleId: school.roleId,
    });
    expect(await discord('GET', '/sandbox/requests?since=0')).toMatchObject({ requests: [] });

    expect((await update({ studentRoleId: null })).data?.updateServerConfig.studentRoleId).toBeNull();
    expect(refusal(await update({ studentRoleId: school.botRoleId })).code).toBe('SERVER_NOT_READY');
    expect((await update({})).errors).toBeUndefined();

    const entries = (await log(school.guildId)).filter((entry) => entry.action === 'config_update');
    expect(entries.map((entry) => entry.details['changed'])).toEqual([
      ['welcomeMessage', 'removalGraceHours', 'autoInvite'],
      ['studentRoleId'],
    ]);
  });

  it('notices on a recheck that a permission is gone, waits, and goes on once it is restored', async () => {
    const anna = await instructor();
    const school = await guild(anna.discordUserId);
    const config = await created(anna, school);
    const recheck = async () => {
      const answer = await ask<{ recheckServer: ConfigAnswer }>(anna.token, RECHECK, { id: config.id });
      expect(answer.errors).toBeUndefined();
      return answer.data!.recheckServer;
    };

    await takeFromBot(school, PERMISSION.MANAGE_ROLES);
    const ill = await recheck();
    expect(ill.health).toBe('DEGRADED');
    expect(ill.preflight.ok).toBe(false);
    expect(await paused(school.guildId)).toBe(true);

    await permitBot(school.guildId, BOT_PERMISSIONS);
    const well = await recheck();
    expect(well).toMatchObject({ health: 'HEALTHY', preflight: { ok: true } });
    expect(await paused(school.guildId)).toBe(false);

    await discord('DELETE', `/sandbox/guilds/${school.guildId}/bot`);
    expect((await recheck()).health).toBe('UNREACHABLE');

    const changes = (await log(school.guildId)).filter((entry) => entry.action === 'health');
    expect(changes.map((entry) => [entry.details['from'], entry.details['to']])).toEqual([
      ['HEALTHY', 'DEGRADED'],
      ['DEGRADED', 'HEALTHY'],
      ['HEALTHY', 'UNREACHABLE'],
    ]);
    expect(changes[0]?.details['failed']).toEqual(['MANAGE_ROLES']);
  });

  it('pauses a server that refuses the bot, looks at it at once, and goes on if nothing is wrong', async () => {
    const anna = await instructor();
    const school = await guild(anna.discordUserId);
    const config = await created(anna, school);
    const health = app.nest.get(ServerHealth, { strict: false });
    const failure = new DiscordFailure('server', 'Missing Permissions', { status: 403, code: 50013 });
    // As if the last check were long ago.
    await sql.query(`UPDATE discord_guilds SET checked_at = now() - interval '1 hour' WHERE guild_id = $1`, [
      school.guildId,
    ]);

    await takeFromBot(school, PERMISSION.MANAGE_ROLES);
    await health.refused(school.guildId, failure);
    expect(await paused(school.guildId)).toBe(true);
    await eventually(async () => {
      const seen = await ask<{ serverConfig: ConfigAnswer }>(
        anna.token,
        `query($id: UUID!) { serverConfig(id: $id) { health } }`,
        { id: config.id },
      );
      return seen.data?.serverConfig.health === 'DEGRADED';
    });
    expect(await paused(school.guildId)).toBe(true);

    await permitBot(school.guildId, BOT_PERMISSIONS);
    expect(await health.recheck(school.guildId)).toBe('HEALTHY');
    expect(await paused(school.guildId)).toBe(false);

    // A refusal right after a check that found nothing: wait a minute rather than ask again and again.
    await health.refused(school.guildId, failure);
    const [job] = await rows<{ later: boolean }>(
      `SELECT run_at > now() + interval '30 seconds' AS later FROM graphile_worker.jobs WHERE key = $1`,
      [`recheck:${school.guildId}`],
    );
    expect(job?.later).toBe(true);
  });

  it('says that Discord is unavailable when it is, and stores nothing', async () => {
    const anna = await instructor();
    const school = await guild(anna.discordUserId);
    await discord('PUT', '/sandbox/faults', { rules: [{ guildId: school.guildId, status: 503 }] });
    expect(refusal(await create(anna, school)).code).toBe('DISCORD_UNAVAILABLE');
    expect(await rows('SELECT FROM discord_server_configs WHERE guild_id = $1', [school.guildId])).toEqual([]);
  });

  it('asks again later when Discord cannot be asked, and changes nothing until then', async () => {
    const anna = await instructor();
    const school = await guild(anna.discordUserId);
    await created(anna, school);
    await discord('PUT', '/sandbox/faults', { rules: [{ guildId: school.guildId, status: 503 }] });
    await app.nest.get(ServerHealth, { strict: false }).recheckJob({ guildId: school.guildId });
    expect(await paused(school.guildId)).toBe(false);
    const [job] = await rows<{ later: boolean }>(
      `SELECT run_at > now() + interval '30 seconds' AS later FROM graphile_worker.jobs WHERE key = $1`,
      [`recheck:${school.guildId}`],
    );
    expect(job?.later).toBe(true);
  });

  it('shows the channels and roles to choose from, and makes a role that the bot can give', async () => {
    const anna = await instructor();
    const school = await guild(anna.discordUserId);
    const made = await ask<{ createGuildRole: { id: string } }>(
      anna.token,
      `mutation { createGuildRole(guildId: "${school.guildId}", name: " Potters ") { id name botCanAssign } }`,
    );
    expect(made.data?.createGuildRole).toMatchObject({ name: 'Potters', botCanAssign: true });
    const seen = await ask<{ guild: { roles: object[]; channels: object[] } }>(
      anna.token,
      `{ guild(id: "${school.guildId}") { id name memberCount channels { id name botCanInvite } roles { id name color botCanAssign } } }`,
    );
    expect(seen.data?.guild).toMatchObject({ id: school.guildId, memberCount: 2 });
    expect(seen.data?.guild.channels).toContainEqual({ id: school.channelId, name: 'general', botCanInvite: true });
    expect(seen.data?.guild.roles).toContainEqual(
      expect.objectContaining({ id: school.botRoleId, botCanAssign: false }),
    );
    expect(seen.data?.guild.roles).toContainEqual(expect.objectContaining({ id: school.roleId, botCanAssign: true }));
    expect(
      refusal(await ask(anna.token, `mutation { createGuildRole(guildId: "${school.guildId}", name: " ") { id } }`))
        .code,
    ).toBe('BAD_USER_INPUT');
  });

  it('lists every configuration to admins, page by page and by what is searched for, and to nobody else', async () => {
    const anna = await instructor();
    const schools = [await guild(anna.discordUserId), await guild(anna.discordUserId), await guild(anna.discordUserId)];
    const title = `Weaving_100% ${randomUUID()}`;
    const courseId = await course(anna.userId, title);
    for (const school of schools) await created({ ...anna, courseId }, school);
    const admin = await platformToken(randomUUID(), 'admin');
    interface Page {
      serverConfigs: {
        nodes: { id: string }[];
        totalCount: number;
        pageInfo: { hasNextPage: boolean; endCursor: string };
      };
    }
    const page = async (variables: object) => (await ask<Page>(admin, LIST, variables)).data!.serverConfigs;

    const first = await page({ search: '_100% ', first: 2 });
    expect(first).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
    const second = await page({ search: '_100% ', first: 2, after: first.pageInfo.endCursor });
    expect(second.pageInfo.hasNextPage).toBe(false);
    expect(new Set([...first.nodes, ...second.nodes].map((node) => node.id)).size).toBe(3);
    expect((await page({ search: schools[1]!.guildId })).totalCount).toBe(1);
    expect((await page({ search: title, health: ['DEGRADED', 'UNREACHABLE'] })).totalCount).toBe(0);
    expect((await page({ search: title, health: ['HEALTHY'] })).totalCount).toBe(3);
    expect(refusal(await ask(anna.token, LIST)).code).toBe('FORBIDDEN');
    expect(refusal(await ask(admin, LIST, { after: 'bogus' })).code).toBe('BAD_USER_INPUT');
  });
});
