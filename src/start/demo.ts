import { type Database } from '../database/database';
import { type TokenVault } from '../auth/token-vault';
import { type ServerHealth } from '../server-config/server-health';
import { Client } from 'pg';
import { DEMO_STAFF, DEMO_STUDENTS, type DemoPerson, demoId } from './demo-people';
import { type DemoGuild, DemoWorld } from './demo-world';

export const DEMO_COURSES = { algebra: demoId(201), statistics: demoId(202), logic: demoId(203) } as const;

/** How long the demo waits for a student to be in before it lets them leave, milliseconds. */
const PATIENCE = 20_000;

interface Enrollment {
  readonly person: DemoPerson;
  readonly courseId: string;
  readonly guild: DemoGuild;
}

/**
 * A small platform to try everything on: 1 admin, 2 instructors, 3 courses of which two share a server, and 30 students in
 * every state. Made once; a second start finds it.
 */
export class Demo {
  constructor(
    private readonly ownerUrl: string,
    private readonly discordUrl: string,
    private readonly services: {
      readonly database: Database;
      readonly vault: TokenVault;
      readonly health: ServerHealth;
    },
  ) {}

  /** @returns false when the platform holds data already: then nothing is added to it. */
  async seed(): Promise<boolean> {
    const client = new Client({ connectionString: this.ownerUrl, application_name: 'anycademy-demo' });
    await client.connect();
    try {
      const { rowCount } = await client.query('SELECT 1 FROM courses UNION ALL SELECT 1 FROM auth.users LIMIT 1');
      if (rowCount !== 0) return false;
      await this.fill(client);
      return true;
    } finally {
      await client.end();
    }
  }

  private async fill(client: Client): Promise<void> {
    const world = new DemoWorld(this.discordUrl);
    const people = [...DEMO_STAFF, ...DEMO_STUDENTS];
    const accounts = await world.people(people.map(({ username, name }) => ({ username, globalName: name })));
    const [rina, bayu] = [accounts.get('rina.teaches') ?? '', accounts.get('bayu.teaches') ?? ''];
    const maths = await world.guild('Faculty of Mathematics', rina, ['Algebra student', 'Statistics student']);
    const logic = await world.guild('Logic Lab', bayu, ['Student']);

    await client.query('BEGIN');
    for (const person of people) {
      await client.query(
        'INSERT INTO auth.users (id, email, raw_user_meta_data, raw_app_meta_data) VALUES ($1, $2, $3, $4)',
        [person.id, `${person.username}@example.org`, { full_name: person.name }, { role: person.role }],
      );
      const account = accounts.get(person.username);
      if (person.link !== 'none' && account) await this.connect(client, world, person, account);
    }
    await client.query(
      `INSERT INTO courses (id, title, instructor_id) VALUES ($1, 'Algebra I', $4), ($2, 'Statistics', $4), ($3, 'Logic', $5)`,
      [DEMO_COURSES.algebra, DEMO_COURSES.statistics, DEMO_COURSES.logic, demoId(2), demoId(3)],
    );
    const configs = [
      { courseId: DEMO_COURSES.algebra, title: 'Algebra I', teacher: demoId(2), guild: maths, role: 'Algebra student' },
      {
        courseId: DEMO_COURSES.statistics,
        title: 'Statistics',
        teacher: demoId(2),
        guild: maths,
        role: 'Statistics student',
      },
      { courseId: DEMO_COURSES.logic, title: 'Logic', teacher: demoId(3), guild: logic, role: 'Student' },
    ];
    for (const { guild } of [configs[0], configs[2]].flatMap((config) => config ?? [])) {
      await client.query('INSERT INTO discord_guilds (guild_id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
        guild.id,
        guild.name,
      ]);
    }
    for (const config of configs) {
      await client.query(
        `INSERT INTO discord_server_configs (course_id, instructor_id, guild_id, guild_name, invite_channel_id, student_role_id, welcome_message, course_title)
         VALUES ($1, $2, $3, $4, $5, $6, 'Welcome {student} to {course}!', $7)`,
        [
          config.courseId,
          config.teacher,
          config.guild.id,
          config.guild.name,
          config.guild.channelId,
          config.guild.roleIds[config.role],
          config.title,
        ],
      );
    }
    const enrollments = enrollmentsOf(maths, logic);
    for (const { person, courseId } of enrollments) {
      await client.query('INSERT INTO course_enrollments (user_id, course_id) VALUES ($1, $2)', [person.id, courseId]);
    }
    await client.query('COMMIT');
    for (const guild of [maths, logic]) await this.services.health.recheck(guild.id);
    void this.moveOn(world, accounts, enrollments);
  }

  private async connect(client: Client, world: DemoWorld, person: DemoPerson, account: string): Promise<void> {
    const scopes = person.link === 'invites' ? ['identify'] : ['identify', 'guilds.join'];
    const grant = await world.grant(account, scopes);
    const alive = person.link !== 'dead';
    await client.query(
      `INSERT INTO user_discord_connections (user_id, discord_user_id, discord_username, global_name, access_token, refresh_token, expires_at, is_verified, scopes)
       VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7), $8, $9)`,
      [
        person.id,
        account,
        person.username,
        person.name,
        alive ? await this.services.vault.encrypt(person.id, grant.access_token) : null,
        alive ? await this.services.vault.encrypt(person.id, grant.refresh_token) : null,
        grant.expires_in,
        alive,
        scopes,
      ],
    );
  }

  /** What has to happen on Discord first: somebody leaves, and an enrollment ends, once they are in. */
  private async moveOn(
    world: DemoWorld,
    accounts: ReadonlyMap<string, string>,
    enrollments: readonly Enrollment[],
  ): Promise<void> {
    for (const { person, courseId, guild } of enrollments) {
      const account = accounts.get(person.username);
      if (person.fate === 'stays' || !account) continue;
      try {
        if (!(await this.isIn(person.id, courseId))) continue;
        if (person.fate === 'leaves') await world.leave(guild.id, account);
        else await this.endEnrollment(person.id, courseId);
      } catch {
        // The service is being stopped: the demo has one state less to show.
        return;
      }
    }
  }

  private async isIn(userId: string, courseId: string): Promise<boolean> {
    for (const until = Date.now() + PATIENCE; Date.now() < until;) {
      const rows = await this.services.database.query<unknown>(
        `SELECT 1 FROM discord_memberships WHERE user_id = $1 AND course_id = $2 AND status = 'joined'`,
        [userId, courseId],
      );
      if (rows.length > 0) return true;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    return false;
  }

  private async endEnrollment(userId: string, courseId: string): Promise<void> {
    const client = new Client({ connectionString: this.ownerUrl, application_name: 'anycademy-demo' });
    await client.connect();
    try {
      await client.query(`UPDATE course_enrollments SET status = 'cancelled' WHERE user_id = $1 AND course_id = $2`, [
        userId,
        courseId,
      ]);
    } finally {
      await client.end();
    }
  }
}

/** Algebra and Statistics share a server, and some students attend both; Logic has its own. */
function enrollmentsOf(maths: DemoGuild, logic: DemoGuild): Enrollment[] {
  return DEMO_STUDENTS.flatMap((person, index) => [
    ...(index % 3 !== 2 ? [{ person, courseId: DEMO_COURSES.algebra, guild: maths }] : []),
    ...(index % 3 === 2 || index % 6 === 0 ? [{ person, courseId: DEMO_COURSES.statistics, guild: maths }] : []),
    ...(index % 5 === 0 ? [{ person, courseId: DEMO_COURSES.logic, guild: logic }] : []),
  ]);
}
