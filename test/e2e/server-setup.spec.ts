import { randomUUID } from 'node:crypto';
import { configure, eventually, Service } from './support/service';

const CREATE = 'mutation ($input: CreateServerConfigInput!) { createServerConfig(input: $input) { id } }';
const UPDATE =
  'mutation ($id: UUID!, $input: UpdateServerConfigInput!) { updateServerConfig(id: $id, input: $input) { id } }';
const REPORT = 'health preflight { ok checks { id passed required message } }';
const RECHECK = `mutation ($id: UUID!) { recheckServer(id: $id) { ${REPORT} } }`;
const CONFIG = `query ($id: UUID!) { serverConfig(id: $id) { guildId guildName course { id } ${REPORT} } }`;
const PREFLIGHT = `query ($guildId: Snowflake!, $studentRoleId: Snowflake) {
  preflight(guildId: $guildId, studentRoleId: $studentRoleId) { ok checks { id passed required message } } }`;

/** Everything that the bot asks for, without Manage Roles; and nothing but View Channel. */
const WITHOUT_MANAGE_ROLES = String(268438659n & ~(1n << 28n));
const ONLY_VIEW_CHANNEL = String(1n << 10n);
const MANAGE_SERVER = String(1n << 5n);

interface Report {
  readonly health: string;
  readonly preflight: { ok: boolean; checks: { id: string; passed: boolean; required: boolean; message: string }[] };
}

interface Instructor {
  readonly id: string;
  readonly token: string;
  readonly discordId: string;
}

interface Server {
  readonly guildId: string;
  readonly channelId: string;
  readonly roleId: string;
}

describe('an instructor who sets up the server of a course', () => {
  let service: Service;

  beforeAll(async () => {
    service = await Service.start();
  });
  afterAll(() => service.close());

  async function instructor(name = 'Rina Hartono'): Promise<Instructor> {
    const id = await service.createUser(name, 'instructor');
    const discordId = await service.link(id, { role: 'instructor' });
    return { id, token: await service.token(id, 'instructor'), discordId };
  }

  /** A server of the person's, with the bot in it. */
  async function serverOf(ownerId: string, bot: { permissions?: string; position?: number } = {}): Promise<Server> {
    const guild = await service.discord.createGuild('Algebra server', ownerId);
    const role = await service.discord.createRole(guild.id, 'Student');
    await service.discord.addBot(guild.id, bot);
    return { guildId: guild.id, channelId: guild.generalChannelId, roleId: role.id };
  }

  function inputFor(courseId: string, { guildId, channelId, roleId }: Server) {
    return { courseId, guildId, inviteChannelId: channelId, studentRoleId: roleId };
  }

  async function configsOf(courseId: string): Promise<number> {
    return (await service.sql('SELECT 1 FROM discord_server_configs WHERE course_id = $1', [courseId])).length;
  }

  it('connects a course they teach with a server they manage, and whoever is enrolled already comes in', async () => {
    const rina = await instructor();
    const courseId = await service.createCourse('Algebra I', rina.id);
    const ayu = await service.createUser('Ayu Wulandari');
    const account = await service.link(ayu);
    await service.enroll(ayu, courseId);
    const server = await serverOf(rina.discordId);

    const id = await configure(service, rina.token, inputFor(courseId, server));
    const { serverConfig } = await service.query<{ serverConfig: Report }>(rina.token, CONFIG, { id });
    expect(serverConfig).toMatchObject({
      guildId: server.guildId,
      guildName: 'Algebra server',
      course: { id: courseId },
      health: 'HEALTHY',
      preflight: { ok: true },
    });
    await service.reaches(ayu, courseId, 'joined', 'ADDED');
    expect((await service.discord.member(server.guildId, account))?.roles).toEqual([server.roleId]);
    const log = await service.sql('SELECT action, actor_id FROM discord_log WHERE course_id = $1 AND action = $2', [
      courseId,
      'config_create',
    ]);
    expect(log).toEqual([{ action: 'config_create', actor_id: rina.id }]);
  });

  it('needs no ownership: a role with Manage Server is enough', async () => {
    const owner = await service.discord.createUser('owner.of.it');
    const rina = await instructor();
    const server = await serverOf(owner.id);
    const courseId = await service.createCourse('Algebra I', rina.id);
    await service.discord.join(server.guildId, rina.discordId);
    expect(await service.refusal(rina.token, CREATE, { input: inputFor(courseId, server) })).toMatchObject({
      code: 'GUILD_NOT_MANAGED',
      message: expect.stringContaining('Manage Server') as string,
    });

    const moderator = await service.discord.createRole(server.guildId, 'Moderator', { permissions: MANAGE_SERVER });
    await service.discord.join(server.guildId, rina.discordId, [moderator.id]);
    await configure(service, rina.token, inputFor(courseId, server));
  });

  it('is refused in a server where they are a stranger, and learns nothing about it', async () => {
    const owner = await service.discord.createUser('owner.of.that');
    const server = await serverOf(owner.id);
    const rina = await instructor();
    const courseId = await service.createCourse('Algebra I', rina.id);
    expect(await service.refusal(rina.token, CREATE, { input: inputFor(courseId, server) })).toMatchObject({
      code: 'GUILD_NOT_MANAGED',
    });
    const { preflight } = await service.query<{ preflight: Report['preflight'] }>(rina.token, PREFLIGHT, {
      guildId: server.guildId,
    });
    expect(preflight.ok).toBe(false);
    expect(JSON.stringify(preflight)).not.toContain('Algebra server');
    expect(await configsOf(courseId)).toBe(0);
  });

  it('has to connect their own Discord account first', async () => {
    const id = await service.createUser('Rina Hartono', 'instructor');
    const token = await service.token(id, 'instructor');
    const owner = await service.discord.createUser('not.linked');
    const server = await serverOf(owner.id);
    const courseId = await service.createCourse('Algebra I', id);
    await service.discord.clearRequests();
    expect(await service.refusal(token, CREATE, { input: inputFor(courseId, server) })).toMatchObject({
      code: 'NOT_LINKED',
      message: expect.stringContaining('Connect it first') as string,
    });
    expect(await service.discord.calls()).toEqual([]);
  });

  it('reads check by check what is wrong and how to mend it, and can go on once it is mended', async () => {
    const rina = await instructor();
    const courseId = await service.createCourse('Algebra I', rina.id);
    const server = await serverOf(rina.discordId, { permissions: ONLY_VIEW_CHANNEL, position: 1 });
    const input = inputFor(courseId, server);

    const refusal = await service.refusal(rina.token, CREATE, { input });
    expect(refusal.code).toBe('SERVER_NOT_READY');
    const checks = refusal.extensions['checks'] as { id: string; message: string }[];
    expect(Object.fromEntries(checks.map(({ id, message }) => [id, message]))).toEqual({
      CREATE_INVITE: expect.stringContaining('Create Invite') as string,
      KICK_MEMBERS: expect.stringContaining('Kick Members') as string,
      MANAGE_ROLES: expect.stringContaining('Manage Roles') as string,
      ROLE_BELOW_BOT: expect.stringContaining("Drag the bot's role above “Student”") as string,
    });
    for (const { message } of checks) expect(refusal.message).toContain(message);
    expect(await configsOf(courseId)).toBe(0);

    // Mended step by step: each report names only what is left.
    await service.discord.addBot(server.guildId, { permissions: WITHOUT_MANAGE_ROLES });
    const second = await service.refusal(rina.token, CREATE, { input });
    expect((second.extensions['checks'] as { id: string }[]).map(({ id }) => id)).toEqual(['MANAGE_ROLES']);
    await service.discord.removeBot(server.guildId);
    const gone = await service.refusal(rina.token, CREATE, { input });
    expect(gone.code).toBe('SERVER_NOT_READY');
    expect(gone.message).toContain('The bot is not in this server');
    expect(gone.message).toContain('/oauth2/authorize?client_id=');
    expect(await configsOf(courseId)).toBe(0);

    await service.discord.addBot(server.guildId);
    await configure(service, rina.token, input);
  });

  it('reads it in the language of Accept-Language, with the same names, asked now and as it is stored', async () => {
    const rina = await instructor();
    const courseId = await service.createCourse('Algebra I', rina.id);
    const server = await serverOf(rina.discordId);
    const id = await configure(service, rina.token, inputFor(courseId, server));
    await service.discord.addBot(server.guildId, { position: 1 });
    await service.query(rina.token, RECHECK, { id });

    const { guildId, roleId: studentRoleId } = server;
    const aboutRole = async (headers: Record<string, string>) => {
      const now = await service.query<{ preflight: Report['preflight'] }>(
        rina.token,
        PREFLIGHT,
        { guildId, studentRoleId },
        headers,
      );
      const stored = await service.query<{ serverConfig: Report }>(rina.token, CONFIG, { id }, headers);
      return [now, stored.serverConfig].map(
        ({ preflight }) => preflight.checks.find((check) => check.id === 'ROLE_BELOW_BOT')?.message,
      );
    };
    const english = "The bot stands below “Student”. Drag the bot's role above “Student” in Server settings → Roles.";
    expect(await aboutRole({})).toEqual([english, english]);
    const indonesian = 'Bot ada di bawah “Student”. Seret peran bot ke atas “Student” di Server settings → Roles.';
    expect(await aboutRole({ 'accept-language': 'id' })).toEqual([indonesian, indonesian]);
  });

  it('chooses a role or a channel that does not exist, or a role that is power, an integration’s or everybody’s', async () => {
    const rina = await instructor();
    const courseId = await service.createCourse('Algebra I', rina.id);
    const server = await serverOf(rina.discordId);
    const input = inputFor(courseId, server);
    const failed = async (change: object) => {
      const { code, extensions } = await service.refusal(rina.token, CREATE, { input: { ...input, ...change } });
      return [code, ...(extensions['checks'] as { id: string }[]).map(({ id }) => id)];
    };
    expect(await failed({ studentRoleId: '123456789012345678' })).toEqual([
      'SERVER_NOT_READY',
      'ROLE_EXISTS',
      'ROLE_BELOW_BOT',
    ]);
    expect(await failed({ inviteChannelId: '123456789012345678' })).toEqual(['SERVER_NOT_READY', 'CHANNEL_EXISTS']);
    const admin = await service.discord.createRole(server.guildId, 'Admin', { permissions: '8', position: 1 });
    expect(await failed({ studentRoleId: admin.id })).toEqual(['SERVER_NOT_READY', 'ROLE_BELOW_BOT']);
    const { roleId: managed } = await service.discord.addBot(server.guildId);
    expect(await failed({ studentRoleId: managed })).toEqual(['SERVER_NOT_READY', 'ROLE_BELOW_BOT']);
    // Everybody's: its id is the server's.
    expect(await failed({ studentRoleId: server.guildId })).toEqual(['SERVER_NOT_READY', 'ROLE_BELOW_BOT']);
    expect(await configsOf(courseId)).toBe(0);
  });

  it('chooses such a role for a configuration that stands: it keeps the one that it has', async () => {
    const rina = await instructor();
    const courseId = await service.createCourse('Algebra I', rina.id);
    const server = await serverOf(rina.discordId);
    const id = await configure(service, rina.token, inputFor(courseId, server));
    const admin = await service.discord.createRole(server.guildId, 'Admin', { permissions: '8', position: 1 });
    const { roleId: managed } = await service.discord.addBot(server.guildId);
    for (const [studentRoleId, why] of [
      [admin.id, '“Admin” has “Administrator”'],
      [managed, 'belongs to a bot or an integration'],
      // Its id is the server's.
      [server.guildId, '@everyone is what every member has anyway'],
    ]) {
      const { code, extensions } = await service.refusal(rina.token, UPDATE, { id, input: { studentRoleId } });
      expect(code).toBe('SERVER_NOT_READY');
      const message = expect.stringContaining(why!) as string;
      expect(extensions['checks']).toEqual([{ id: 'ROLE_BELOW_BOT', message }]);
    }
    expect(await service.sql('SELECT student_role_id FROM discord_server_configs WHERE id = $1', [id])).toEqual([
      { student_role_id: server.roleId },
    ]);
  });

  it('cannot connect the same course and server twice, but may connect two courses with one server', async () => {
    const rina = await instructor();
    const server = await serverOf(rina.discordId);
    const first = await service.createCourse('Algebra I', rina.id);
    const second = await service.createCourse('Algebra II', rina.id);
    await configure(service, rina.token, inputFor(first, server));
    expect(await service.refusal(rina.token, CREATE, { input: inputFor(first, server) })).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('“Algebra I” is connected with “Algebra server” already') as string,
    });
    expect(await configsOf(first)).toBe(1);
    await configure(service, rina.token, inputFor(second, server));
  });

  it('is told what is wrong with an id: unknown, malformed, or of a course that is not theirs', async () => {
    const rina = await instructor();
    const sari = await instructor('Sari Dewi');
    const server = await serverOf(rina.discordId);
    const courseId = await service.createCourse('Algebra I', rina.id);
    const input = inputFor(courseId, server);
    const code = async (token: string, change: object) =>
      (await service.refusal(token, CREATE, { input: { ...input, ...change } })).code;

    expect(await code(rina.token, { courseId: randomUUID() })).toBe('NOT_FOUND');
    expect(await code(rina.token, { courseId: 'algebra' })).toBe('BAD_USER_INPUT');
    expect(await code(rina.token, { guildId: 'the-server' })).toBe('BAD_USER_INPUT');
    expect(await code(rina.token, { guildId: '123' })).toBe('BAD_USER_INPUT');
    expect(await code(rina.token, { studentRoleId: '99999999999999999999999' })).toBe('BAD_USER_INPUT');
    expect(await code(rina.token, { removalGraceHours: -1 })).toBe('BAD_USER_INPUT');
    expect(await code(rina.token, { welcomeMessage: 'Hi {teacher}' })).toBe('BAD_USER_INPUT');
    // A well-formed id of a server in which the bot is not, which may or may not exist.
    expect(await code(rina.token, { guildId: '123456789012345678' })).toBe('SERVER_NOT_READY');
    // Another instructor's course does not exist for this one, not even with a server of their own.
    expect(await code(sari.token, { ...inputFor(courseId, await serverOf(sari.discordId)) })).toBe('NOT_FOUND');
    expect(await configsOf(courseId)).toBe(0);
  });

  it('is alone with it: students and other instructors can neither see nor change it', async () => {
    const rina = await instructor();
    const sari = await instructor('Sari Dewi');
    const server = await serverOf(rina.discordId);
    const courseId = await service.createCourse('Algebra I', rina.id);
    const id = await configure(service, rina.token, inputFor(courseId, server));

    const ayu = await service.createUser('Ayu Wulandari');
    const ayuToken = await service.token(ayu);
    const budi = await service.token(await service.createUser('Budi Santoso'));
    const ayuDiscord = await service.link(ayu);
    await service.enroll(ayu, courseId);
    await service.reaches(ayu, courseId, 'joined', 'ADDED');

    // Somebody who attends a course knows of it, and may not set it up, though the server were theirs.
    expect(
      await service.refusal(ayuToken, CREATE, { input: inputFor(courseId, await serverOf(ayuDiscord)) }),
    ).toMatchObject({ code: 'FORBIDDEN' });
    expect(await service.refusal(budi, CREATE, { input: inputFor(courseId, server) })).toMatchObject({
      code: 'NOT_FOUND',
    });
    for (const token of [ayuToken, budi, sari.token]) {
      expect((await service.refusal(token, CONFIG, { id })).code).toBe('NOT_FOUND');
      expect((await service.refusal(token, UPDATE, { id, input: { isActive: false } })).code).toBe('NOT_FOUND');
      expect((await service.refusal(token, RECHECK, { id })).code).toBe('NOT_FOUND');
    }
    expect((await service.refusal(rina.token, CONFIG, { id: randomUUID() })).code).toBe('NOT_FOUND');
    expect((await service.refusal(null, CONFIG, { id })).code).toBe('UNAUTHENTICATED');
    const admin = await service.token(await service.createUser('Dewi', 'admin'), 'admin');
    expect(await service.query(admin, CONFIG, { id })).toMatchObject({ serverConfig: { guildId: server.guildId } });
  });

  it('mends a server that went out of order: a recheck finds it well, and whoever waited comes in', async () => {
    const rina = await instructor();
    const courseId = await service.createCourse('Algebra I', rina.id);
    const server = await serverOf(rina.discordId);
    const id = await configure(service, rina.token, inputFor(courseId, server));
    const ayu = await service.createUser('Ayu Wulandari');
    const account = await service.link(ayu);

    await service.discord.addBot(server.guildId, { permissions: WITHOUT_MANAGE_ROLES });
    await service.enroll(ayu, courseId);
    await eventually(async () =>
      expect(await service.membership(ayu, courseId)).toMatchObject({ status: 'pending', reason: 'SERVER_NOT_READY' }),
    );
    const broken = await service.query<{ recheckServer: Report }>(rina.token, RECHECK, { id });
    expect(broken.recheckServer).toMatchObject({ health: 'DEGRADED', preflight: { ok: false } });
    expect(
      broken.recheckServer.preflight.checks.filter(({ required, passed }) => required && !passed).map(({ id }) => id),
    ).toEqual(['MANAGE_ROLES']);
    expect(await service.shown(await service.token(ayu), ayu, courseId)).toMatchObject({
      status: 'PENDING',
      reason: 'SERVER_NOT_READY',
      nextStep: 'FIX_SERVER',
    });

    await service.discord.addBot(server.guildId);
    const mended = await service.query<{ recheckServer: Report }>(rina.token, RECHECK, { id });
    expect(mended.recheckServer).toMatchObject({ health: 'HEALTHY', preflight: { ok: true } });
    await service.reaches(ayu, courseId, 'joined', 'ADDED');
    expect((await service.discord.member(server.guildId, account))?.roles).toEqual([server.roleId]);
  });

  it('throws the bot out and lets it in again: the server is unreachable, then goes on by itself', async () => {
    const rina = await instructor();
    const courseId = await service.createCourse('Algebra I', rina.id);
    const server = await serverOf(rina.discordId);
    const id = await configure(service, rina.token, inputFor(courseId, server));
    const health = async () =>
      (await service.query<{ serverConfig: Report }>(rina.token, CONFIG, { id })).serverConfig.health;

    await service.discord.removeBot(server.guildId);
    await eventually(async () => expect(await health()).toBe('UNREACHABLE'));
    const ayu = await service.createUser('Ayu Wulandari');
    await service.link(ayu);
    await service.enroll(ayu, courseId);
    await service.discord.addBot(server.guildId);
    await eventually(async () => expect(await health()).toBe('HEALTHY'));
    await eventually(async () =>
      expect(await service.membership(ayu, courseId)).toMatchObject({ status: 'joined', in_sync: true }),
    );
  });
});
