import { randomUUID } from 'node:crypto';
import { type Config } from '../../../src/config/config';
import { type Classroom, classroom, configure, Service } from './service';
import { CURRENT_SECRET } from './signed';

/** Who asks. The "other" ones have a course and a membership too, but none of those that are asked for. */
export const CALLERS = [
  'anonymous',
  'student',
  'otherStudent',
  'instructor',
  'otherInstructor',
  'admin',
  'service',
] as const;
/** Stands in every address to which webhooks are sent. */
const HOOK = 'hooks-of-the-platform';
const WRITTEN = [
  'course_discord_links',
  'course_enrollments',
  'course_staff',
  'discord_integration_logs',
  'discord_link_visits',
  'discord_memberships',
  'discord_server_configs',
  'discord_settings',
  'discord_sync_runs',
  'discord_user_settings',
  'discord_webhook_deliveries',
  'discord_webhook_endpoints',
  'user_discord_connections',
];
export type CallerName = (typeof CALLERS)[number];

/**
 * A platform of which everybody has something of their own: a student in an instructor's course, another student in
 * another instructor's. No worker runs, so what a test has made stays as it is.
 */
export class AccessWorld {
  private constructor(
    readonly service: Service,
    readonly room: Classroom,
    readonly otherRoom: Classroom,
    readonly tokens: Readonly<Record<CallerName, string | null>>,
    readonly studentId: string,
    readonly otherStudentId: string,
    readonly studentDiscordId: string,
    readonly membershipId: string,
    readonly runId: string,
    readonly logId: string,
  ) {}

  static async create(config: Partial<Config> = {}): Promise<AccessWorld> {
    const service = await Service.start({
      config: { roles: new Set(['api']), webhooks: { secrets: [CURRENT_SECRET], allowPrivate: true }, ...config },
    });
    const room = await classroom(service, 'Algebra I');
    const otherRoom = await classroom(service, 'Baking II');
    const [student, otherStudent] = [await service.createUser('Ayu'), await service.createUser('Budi')];
    const adminId = await service.createUser('Amira', 'admin');
    const account = await service.link(student, { servers: true });
    await service.link(room.instructorId, {
      role: 'instructor',
      servers: true,
      discordUserId: room.instructorDiscordId,
    });
    await service.link(otherStudent);
    await service.enroll(student, room.courseId);
    await service.enroll(otherStudent, otherRoom.courseId);
    const tokens = {
      anonymous: null,
      student: await service.token(student),
      otherStudent: await service.token(otherStudent),
      instructor: room.instructorToken,
      otherInstructor: otherRoom.instructorToken,
      admin: await service.token(adminId, 'admin'),
      service: await service.token(randomUUID(), 'service'),
    };
    const mine = await insertMembership(service, student, room, account);
    await insertMembership(service, otherStudent, otherRoom, null);
    const runId = await insertRun(service, room, 'SUCCEEDED');
    const world = new AccessWorld(
      service,
      room,
      otherRoom,
      tokens,
      student,
      otherStudent,
      account,
      mine.id,
      runId,
      mine.logId,
    );
    await world.endpoint();
    return world;
  }

  /** A run of the instructor's course that stands like this. */
  run(status: string): Promise<string> {
    return insertRun(this.service, this.room, status);
  }

  /** A run of the instructor's course that has removed somebody. */
  async undoableRun(): Promise<string> {
    const run = await this.run('SUCCEEDED');
    await this.service.sql(
      `INSERT INTO discord_removals (membership_id, run_id, user_id, course_id, guild_id, asked)
       SELECT id, $2, user_id, course_id, guild_id, false FROM discord_memberships WHERE id = $1`,
      [this.membershipId, run],
    );
    return run;
  }

  /** A further student of the instructor's course, who is in its server. */
  async enrolledStudent(): Promise<string> {
    const userId = await this.service.createUser('Citra');
    await this.service.enroll(userId, this.room.courseId);
    await insertMembership(this.service, userId, this.room, null);
    return userId;
  }

  /** A server in which the instructor holds Manage Server and the bot is. */
  async freshGuild(): Promise<{ guildId: string; roleId: string }> {
    const { discord } = this.service;
    const { id: guildId } = await discord.createGuild('Geometry server', this.room.instructorDiscordId);
    const { id: roleId } = await discord.createRole(guildId, 'Student');
    await discord.addBot(guildId);
    return { guildId, roleId };
  }

  /** A further configuration of the instructor's course. */
  async freshConfig(): Promise<string> {
    const { guildId, roleId } = await this.freshGuild();
    const { courseId } = this.room;
    return configure(this.service, this.room.instructorToken, { courseId, guildId, studentRoleId: roleId });
  }

  /** An invite of the instructor's server, as they would paste it. */
  async inviteLink(): Promise<string> {
    const { discord, config } = this.service;
    const { code } = await discord.createInvite(this.room.channelId, this.room.instructorDiscordId);
    return `${config.discord.inviteUrl}/${code}`;
  }

  /** A further student of the instructor's course, who has pressed Join on its link. */
  async visitor(): Promise<string> {
    const userId = await this.service.createUser('Dewi');
    await this.service.enroll(userId, this.room.courseId);
    await this.service.sql(
      `INSERT INTO discord_link_visits (link_id, course_id, user_id)
       SELECT id, course_id, $2 FROM course_discord_links WHERE course_id = $1`,
      [this.room.courseId, userId],
    );
    return userId;
  }

  /** An address for webhooks that is not in use yet. */
  hook(): string {
    return `http://127.0.0.1:9/${HOOK}/${randomUUID()}`;
  }

  /** A webhook endpoint of the admin's. */
  async endpoint(): Promise<string> {
    const { setWebhookEndpoint } = await this.service.query<{ setWebhookEndpoint: { endpoint: { id: string } } }>(
      this.tokens.admin ?? '',
      'mutation ($url: String!) { setWebhookEndpoint(url: $url) { endpoint { id } } }',
      { url: this.hook() },
    );
    return setWebhookEndpoint.endpoint.id;
  }

  /** Both servers' health changes, and then there is such an entry about either student. */
  async healthChanged(): Promise<void> {
    for (const students of [false, true])
      await this.service.sql(
        `INSERT INTO discord_integration_logs (user_id, course_id, guild_id, action, status)
         SELECT CASE WHEN $1::boolean THEN user_id END, course_id, guild_id, 'health', 'success'
         FROM discord_memberships WHERE user_id = ANY ($2::uuid[])`,
        [students, [this.studentId, this.otherStudentId]],
      );
  }

  /**
   * Something happens on either side, of which streams tell at the end.
   * @returns by what this caller can tell that they have been told of everything; the other callers are told of the other side
   */
  async lastFor(caller: CallerName): Promise<string[]> {
    const isOther = caller.startsWith('other');
    const entries = await this.service.sql<{ id: string }>(
      `INSERT INTO discord_integration_logs (user_id, course_id, guild_id, action, status, membership_id, previous_status, new_status, reason)
       SELECT m.user_id, m.course_id, m.guild_id, 'add', 'success', m.id, 'pending', 'joined', 'ADDED' FROM discord_memberships m
       WHERE m.user_id = ANY ($1::uuid[]) ORDER BY m.user_id = $2 RETURNING id`,
      [[this.studentId, this.otherStudentId], isOther ? this.otherStudentId : this.studentId],
    );
    const mine = entries.at(-1)?.id ?? '';
    const [entry] = await this.service.sql<{ seq: string }>('SELECT seq FROM discord_log WHERE id = $1', [mine]);
    // A server's health is told without a place in the log, and changed before this.
    return [mine, `"seq":"${entry?.seq}"`, isOther ? this.otherRoom.configId : this.room.configId];
  }

  /** What requests write into, as one text for each table. */
  async written(): Promise<Record<string, string>> {
    const tables: Record<string, string> = {};
    for (const table of WRITTEN) {
      const [row] = await this.service.sql<{ text: string }>(
        `SELECT coalesce(string_agg(t::text, E'\n' ORDER BY t::text), '') AS text FROM ${table} t`,
      );
      tables[table] = row?.text ?? '';
    }
    return tables;
  }

  /** What nobody else than those concerned may read anywhere: it names the student, or what is theirs or their course's. */
  get secrets(): string[] {
    const { room, studentId, studentDiscordId, membershipId, runId, logId } = this;
    return [
      studentId,
      studentDiscordId,
      'Ayu',
      membershipId,
      runId,
      logId,
      room.configId,
      room.courseId,
      room.instructorId,
      room.instructorDiscordId,
      room.roleId,
      'Algebra I',
      HOOK,
    ];
  }

  close(): Promise<void> {
    return this.service.close();
  }
}

/** A membership that stands as after joining, with the log entry that tells of it. */
async function insertMembership(
  service: Service,
  userId: string,
  room: Classroom,
  account: string | null,
): Promise<{ id: string; logId: string }> {
  const [membership] = await service.sql<{ id: string }>(
    `INSERT INTO discord_memberships (user_id, course_id, guild_id, discord_user_id, status, reason, joined_at)
     VALUES ($1, $2, $3, $4, 'joined', 'ADDED', now()) RETURNING id`,
    [userId, room.courseId, room.guildId, account],
  );
  const id = membership?.id ?? '';
  const [entry] = await service.sql<{ id: string }>(
    `INSERT INTO discord_integration_logs (user_id, course_id, guild_id, action, status, membership_id, previous_status, new_status, reason)
     VALUES ($1, $2, $3, 'add', 'success', $4, 'pending', 'joined', 'ADDED') RETURNING id`,
    [userId, room.courseId, room.guildId, id],
  );
  return { id, logId: entry?.id ?? '' };
}

async function insertRun(service: Service, room: Classroom, status: string): Promise<string> {
  const [run] = await service.sql<{ id: string }>(
    'INSERT INTO discord_sync_runs (course_id, guild_id, status) VALUES ($1, $2, $3) RETURNING id',
    [room.courseId, room.guildId, status],
  );
  return run?.id ?? '';
}
