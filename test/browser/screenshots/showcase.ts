import { until } from '../../../bench/stand';
import { TokenVault } from '../../../src/auth/token-vault';
import { Database } from '../../../src/database/database';
import { ServerHealth } from '../../../src/server-config/server-health';
import { Demo, DEMO_COURSES } from '../../../src/start/demo';
import { DEMO_STUDENTS, demoId } from '../../../src/start/demo-people';
import { configure, type Service } from '../../e2e/support/service';

/** Everything that the bot asks for, without Manage Roles. */
const WITHOUT_MANAGE_ROLES = String(268438659n & ~(1n << 28n));
const PATIENCE = 60_000;

/** Who is looked over the shoulder. */
export const PEOPLE = {
  admin: { id: demoId(1), role: 'admin' },
  rina: { id: demoId(2), role: 'instructor' },
  bayu: { id: demoId(3), role: 'instructor' },
  ayu: { id: demoId(100), role: 'student' },
  alya: { id: demoId(124), role: 'student' },
  bagus: { id: demoId(125), role: 'student' },
  cahya: { id: demoId(126), role: 'student' },
  newcomer: { id: demoId(301), role: 'student' },
  newTeacher: { id: demoId(302), role: 'instructor' },
} as const;

/** Beside the demo's: one course for each state that they are not in. */
export const COURSES = {
  ...DEMO_COURSES,
  /** Its server is chosen, and the bot there lacks a permission. */
  geometry: demoId(211),
  /** By an invite link alone. */
  reading: demoId(212),
  /** A server, and nobody enrolled. */
  writing: demoId(213),
  /** All its students lose access at once. */
  biology: demoId(214),
  /** Whose bot is taken away. */
  history: demoId(215),
} as const;

/** The demo's data with a month behind it, and with what it does not show by itself. */
export class Showcase {
  constructor(private readonly service: Service) {}

  async build(): Promise<void> {
    const { service } = this;
    await new Demo(service.database.url, service.sandbox.url, {
      database: service.nest.get(Database),
      vault: service.nest.get(TokenVault, { strict: false }),
      health: service.nest.get(ServerHealth, { strict: false }),
    }).seed();
    await this.reaches(demoId(120), COURSES.logic, 'left');
    await this.reaches(demoId(121), COURSES.algebra, 'removed');
    for (const { id, role } of [PEOPLE.newcomer, PEOPLE.newTeacher])
      await service.sql(
        'INSERT INTO auth.users (id, email, raw_user_meta_data, raw_app_meta_data) VALUES ($1, $2, $3, $4)',
        [id, `${id}@example.org`, { full_name: role === 'student' ? 'Bima Sakti' : 'Sari Dewi' }, { role }],
      );
    for (const [title, id] of Object.entries(COURSES).slice(3))
      await service.sql('INSERT INTO courses (id, title, instructor_id) VALUES ($1, $2, $3)', [
        id,
        title.charAt(0).toUpperCase() + title.slice(1),
        PEOPLE.rina.id,
      ]);
    const rina = await this.account(PEOPLE.rina.id);
    await service.link(PEOPLE.rina.id, { role: 'instructor', servers: true, discordUserId: rina });
    const geometry = await service.discord.createGuild('Geometry Room', rina);
    await service.discord.addBot(geometry.id, { permissions: WITHOUT_MANAGE_ROLES });
    await service.discord.createGuild('Chess club', rina);
    await this.readingByLink(rina);
    await this.server(COURSES.writing, 'Writing Workshop', rina);
    await this.server(COURSES.history, 'History Hall', rina);
    await this.biologyClass(rina);
    for (const courseId of [COURSES.geometry, COURSES.reading]) await service.enroll(PEOPLE.ayu.id, courseId);
    const logic = await this.guildOf(COURSES.logic);
    await service.discord.leave(logic, await this.account(PEOPLE.ayu.id));
    await this.reaches(PEOPLE.ayu.id, COURSES.logic, 'left');
    await service.rest(PATIENCE);
    await this.aMonthPasses();
  }

  /** A comparison of Algebra and of Logic finds something of every kind. */
  async drift(): Promise<void> {
    const student = (index: number) => DEMO_STUDENTS[index]?.id ?? '';
    await this.service.unseen(async () => {
      for (const index of [2, 5, 8]) await this.service.enroll(student(index), COURSES.algebra);
      for (const index of [0, 1]) await this.service.unenroll(student(index), COURSES.algebra);
      for (const index of [1, 2, 3, 4, 6, 7]) await this.service.enroll(student(index), COURSES.logic);
      await this.service.unenroll(student(15), COURSES.logic);
    });
  }

  /** Biology's whole class loses access, and History's server its bot. */
  async trouble(): Promise<void> {
    await this.service.sql('DELETE FROM course_enrollments WHERE course_id = $1', [COURSES.biology]);
    await until(
      async () =>
        (await this.service.sql(`SELECT FROM discord_memberships WHERE reason = 'REMOVAL_HELD'`)).length === 12,
      PATIENCE,
    );
    await this.service.discord.removeBot(await this.guildOf(COURSES.history));
    await until(
      async () =>
        (
          await this.service.sql(`SELECT FROM discord_guilds WHERE guild_id = $1 AND health = 'UNREACHABLE'`, [
            await this.guildOf(COURSES.history),
          ])
        ).length === 1,
      PATIENCE,
    );
  }

  private async readingByLink(owner: string): Promise<void> {
    const { service } = this;
    const guild = await service.discord.createGuild('Reading circle', owner);
    const { code } = await service.discord.createInvite(guild.generalChannelId, owner);
    await service.query(
      await service.token(PEOPLE.rina.id, 'instructor'),
      'mutation ($courseId: UUID!, $link: String!) { setCourseDiscordLink(courseId: $courseId, inviteLink: $link) { id } }',
      { courseId: COURSES.reading, link: `${service.config.discord.inviteUrl}/${code}` },
    );
    for (const { id } of DEMO_STUDENTS.slice(10, 16)) {
      await service.enroll(id, COURSES.reading);
      await service.query(
        await service.token(id),
        'mutation ($courseId: UUID!) { joinCourseDiscord(courseId: $courseId) { url } }',
        { courseId: COURSES.reading },
      );
    }
  }

  private async server(courseId: string, name: string, owner: string): Promise<void> {
    const { service } = this;
    const guild = await service.discord.createGuild(name, owner);
    const role = await service.discord.createRole(guild.id, 'Student');
    await service.discord.addBot(guild.id);
    await configure(service, await service.token(PEOPLE.rina.id, 'instructor'), {
      courseId,
      guildId: guild.id,
      studentRoleId: role.id,
      inviteChannelId: guild.generalChannelId,
      welcomeMessage: 'Welcome {student} to {course}!',
    });
  }

  private async biologyClass(owner: string): Promise<void> {
    const { service } = this;
    await this.server(COURSES.biology, 'Biology Lab', owner);
    const crowd = await service.students(12);
    for (const [index, { userId }] of crowd.entries()) {
      const name = `${DEMO_STUDENTS[index]?.name.split(' ')[0]} ${DEMO_STUDENTS[index + 12]?.name.split(' ')[1]}`;
      await service.sql('UPDATE auth.users SET raw_user_meta_data = $2 WHERE id = $1', [userId, { full_name: name }]);
      await service.enroll(userId, COURSES.biology);
    }
    for (const { userId } of crowd) await this.reaches(userId, COURSES.biology, 'joined');
  }

  /** What just happened is spread over the last four weeks, as if the service had run for so long. */
  private async aMonthPasses(): Promise<void> {
    const { service } = this;
    await service.sql('BEGIN');
    await service.sql(`SET LOCAL session_replication_role = replica`);
    await service.sql(
      `CREATE TEMPORARY TABLE past ON COMMIT DROP AS
       SELECT user_id, course_id, (interval '1 day') * ((n * n * 7 + n * 3) % 27) + interval '1 minute' * ((n * 37) % 600) AS ago
       FROM (SELECT user_id, course_id, row_number() OVER (ORDER BY user_id, course_id) AS n FROM discord_memberships
             WHERE status IN ('joined', 'removed', 'invited')) m`,
    );
    await service.sql(
      `UPDATE discord_integration_logs l SET created_at = created_at - ago, details = CASE WHEN details ? 'waitedSince'
           THEN jsonb_set(details, '{waitedSince}', to_jsonb(((details ->> 'waitedSince')::timestamptz - ago)::text)) ELSE details END
       FROM past p WHERE l.user_id = p.user_id AND l.course_id = p.course_id`,
    );
    await service.sql(
      `UPDATE discord_memberships m SET joined_at = joined_at - ago FROM past p
       WHERE m.user_id = p.user_id AND m.course_id = p.course_id`,
    );
    // The order of the log is that of its times again.
    await service.sql('UPDATE discord_log_sequence SET seq = seq + 1000000');
    await service.sql(
      `UPDATE discord_log_sequence s SET seq = n.seq
       FROM (SELECT id, row_number() OVER (ORDER BY created_at, id) AS seq FROM discord_integration_logs) n WHERE s.log_id = n.id`,
    );
    await service.sql(
      `INSERT INTO discord_service_minutes (minute, guild_id, gateway_ready, calls, failed_calls, waiting)
       SELECT minute, '', n % 700 <> 0, n % 23 * (day % 7 + 1) / 20, CASE WHEN n % 1997 = 0 THEN 1 ELSE 0 END,
         CASE WHEN n % 1440 = 700 THEN day * 5 % 13 ELSE 0 END
       FROM (SELECT date_trunc('minute', now()) - interval '1 minute' * n AS minute, n, n / 1440 AS day FROM generate_series(1, 43200) n) past
       ON CONFLICT DO NOTHING`,
    );
    await service.sql('COMMIT');
  }

  private async account(userId: string): Promise<string> {
    const [row] = await this.service.sql<{ id: string }>(
      'SELECT discord_user_id AS id FROM user_discord_connections WHERE user_id = $1',
      [userId],
    );
    return row?.id ?? '';
  }

  private async guildOf(courseId: string): Promise<string> {
    const [row] = await this.service.sql<{ id: string }>(
      'SELECT guild_id AS id FROM discord_server_configs WHERE course_id = $1',
      [courseId],
    );
    return row?.id ?? '';
  }

  private async reaches(userId: string, courseId: string, status: string): Promise<void> {
    await until(async () => (await this.service.membership(userId, courseId))?.status === status, PATIENCE);
  }
}
