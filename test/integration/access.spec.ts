import { randomUUID } from 'node:crypto';
import { migratedDatabase } from '../support/migrated-database';
import { type PlatformDatabase, platformDatabase } from '../support/platform-database';
import { supabaseDefaultPrivileges } from '../support/supabase-shape';

const DENIED = '42501';

describe("in a database whose default privileges give everything to the platform's roles", () => {
  let database: PlatformDatabase;
  let tables: string[];

  beforeAll(async () => {
    // Makes the roles, which belong to the whole server.
    await (await migratedDatabase()).drop();
    database = await platformDatabase(supabaseDefaultPrivileges('current_user'));
    tables = (
      await database.session.rows<{ name: string }>(
        `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1`,
      )
    ).map(({ name }) => name);
  }, 30_000);
  afterAll(() => database.drop());

  /** Of these statements, those that the role may run. */
  async function allowed(role: string, statements: readonly string[]): Promise<string[]> {
    const outcomes: string[] = [];
    for (const statement of statements)
      if ((await database.session.outcome(role, statement)) !== DENIED) outcomes.push(statement);
    return outcomes;
  }

  const writes = (table: string) => [
    `INSERT INTO ${table} DEFAULT VALUES`,
    `DELETE FROM ${table}`,
    `TRUNCATE ${table} CASCADE`,
    `LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`,
    `CREATE TRIGGER mine AFTER INSERT ON ${table} EXECUTE FUNCTION tsvector_update_trigger()`,
  ];

  it.each(['anon', 'authenticated', 'anycademy_api'])('%s writes nothing', async (role) => {
    expect(tables).toEqual(expect.arrayContaining(['courses', 'course_enrollments', 'discord_migrations']));
    expect(await allowed(role, tables.flatMap(writes))).toEqual([]);
  });

  it.each(['anon', 'anycademy_api'])('%s reads nothing', async (role) => {
    const views = await database.session.rows<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relkind IN ('v', 'S') AND relnamespace = 'public'::regnamespace`,
    );
    const all = [...tables, ...views.map(({ name }) => name)];
    expect(
      await allowed(
        role,
        all.map((name) => `SELECT * FROM ${name}`),
      ),
    ).toEqual([]);
  });

  it('authenticated reads neither tokens, nor enrollments, nor what belongs to the service alone', async () => {
    const closed = [
      'SELECT refresh_token FROM user_discord_connections',
      'SELECT * FROM course_enrollments',
      'SELECT * FROM courses',
      'SELECT * FROM discord_enrollments',
      'SELECT * FROM discord_users',
      'SELECT * FROM discord_teaching',
      'SELECT * FROM discord_migrations',
      'SELECT * FROM discord_link_states',
      `SELECT nextval('discord_log_seq')`,
    ];
    expect(await allowed('authenticated', closed)).toEqual([]);
  });

  it.each(['service_role', 'anycademy_worker', 'anycademy_writer'])(
    '%s changes no log and no enrollment',
    async (role) => {
      const final = ['discord_integration_logs', 'discord_log_sequence'];
      const platform = ['courses', 'course_enrollments'];
      const statements = [
        ...tables.map((table) => `TRUNCATE ${table} CASCADE`),
        ...final.map((table) => `DELETE FROM ${table}`),
        `UPDATE discord_integration_logs SET details = NULL`,
        `UPDATE discord_log_sequence SET seq = 1`,
        ...platform.flatMap(writes),
        `UPDATE courses SET instructor_id = gen_random_uuid()`,
        `UPDATE course_enrollments SET status = 'active'`,
        ...writes('discord_migrations'),
        'SELECT * FROM discord_migrations',
        `SELECT setval('discord_log_seq', 1)`,
        `UPDATE discord_settings SET name = 'mine'`,
        'DELETE FROM discord_settings',
      ];
      expect(await allowed(role, statements)).toEqual([]);
      expect(await allowed(role, ['SELECT * FROM courses', 'SELECT * FROM discord_enrollments'])).toHaveLength(2);
    },
  );

  it('no function of ours is open to everybody, and every table has row-level security', async () => {
    expect(
      await database.session.rows(
        `SELECT p.proname, r.rolname FROM pg_proc p, (VALUES ('anon'), ('service_role'), ('authenticated')) r(rolname)
         WHERE p.pronamespace = 'public'::regnamespace AND p.proname ~ 'discord' AND has_function_privilege(r.rolname, p.oid, 'EXECUTE')
           AND NOT (r.rolname = 'authenticated' AND p.proname IN ('discord_is_admin', 'discord_teaches', 'discord_taught', 'discord_enrolled',
             'discord_course_facts', 'discord_user_facts', 'discord_my_data', 'discord_shut_out', 'discord_course_stats',
             'discord_taught_enrollments', 'discord_weekly_activity'))
           AND NOT (r.rolname = 'service_role' AND p.proname IN ('discord_is_admin', 'discord_teaches', 'discord_enrollment_is_active',
             'discord_append_mark', 'discord_add_job', 'discord_utc', 'discord_enrollment_facts', 'discord_course_facts', 'discord_user_facts',
             'discord_erase_from_log', 'discord_drop_revocations'))`,
      ),
    ).toEqual([]);
    expect(
      await database.session.rows(
        `SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND NOT relrowsecurity`,
      ),
    ).toEqual([]);
  });
});

describe('what a statement costs does not grow with calls for each of its rows', () => {
  let database: PlatformDatabase;
  const [teacher, coTeacher, student, stranger] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  const claims = (userId: string, role = 'student') => ({ sub: userId, role: 'authenticated', app_metadata: { role } });

  beforeAll(async () => {
    database = await platformDatabase('');
    const { session } = database;
    // Three courses of the teacher with 200 students each, and one of somebody else's.
    await session.rows(`SET session_replication_role = replica`);
    await session.rows(
      `WITH c AS (
         INSERT INTO courses (title, instructor_id) VALUES ('A', '${teacher}'), ('B', '${teacher}'), ('C', '${teacher}'), ('Z', '${stranger}')
         RETURNING id, title, instructor_id
       ), k AS (
         INSERT INTO discord_server_configs (course_id, instructor_id, guild_id, guild_name)
         SELECT id, instructor_id, '10000000000000000' || ascii(title), title FROM c RETURNING course_id, guild_id
       ), s AS (
         INSERT INTO course_staff (course_id, user_id) SELECT id, '${coTeacher}' FROM c WHERE title = 'A'
       ), g AS (
         INSERT INTO discord_guilds (guild_id, name) SELECT guild_id, 'Server' FROM k
       ), u AS (
         INSERT INTO auth.users (id) SELECT CASE n WHEN 1 THEN '${student}'::uuid ELSE gen_random_uuid() END FROM generate_series(1, 200) n RETURNING id
       ), e AS (
         INSERT INTO course_enrollments (user_id, course_id) SELECT u.id, c.id FROM u, c
       ), l AS (
         INSERT INTO user_discord_connections (user_id, discord_user_id, discord_username, refresh_token)
         SELECT id, (200000000000000000 + row_number() OVER ())::text, 'name', 'secret' FROM u
       ), t AS (
         INSERT INTO discord_integration_logs (user_id, course_id, action, status) SELECT u.id, c.id, 'add', 'success' FROM u, c
       ), x AS (
         INSERT INTO course_discord_links (course_id, discord_invite_link) SELECT id, 'https://discord.gg/x' FROM c
       ), r AS (
         INSERT INTO discord_sync_runs (course_id, guild_id) SELECT course_id, guild_id FROM k, generate_series(1, 50)
       )
       INSERT INTO discord_memberships (user_id, course_id, guild_id) SELECT u.id, k.course_id, k.guild_id FROM u, k`,
    );
    await session.rows('RESET session_replication_role');
    await session.rows(`SET track_functions = 'all'`);
    await session.rows('ANALYZE');
  }, 30_000);
  afterAll(() => database.drop());

  /** How many rows this person sees, and how often a function of ours was called for it. */
  async function look(userId: string, from: string, role?: string): Promise<{ seen: number; calls: number }> {
    // What a session has counted stays with it for a while.
    const calls = `SELECT coalesce(sum(pg_stat_get_xact_function_calls(oid)), 0)::int AS calls FROM pg_proc WHERE proname LIKE 'discord\\_%'`;
    const [found] = await database.session.as<{ seen: number; calls: number }>(
      'authenticated',
      claims(userId, role),
      `SELECT set_config('test.before', (${calls})::text, true)`,
      `CREATE TEMPORARY TABLE seen ON COMMIT DROP AS SELECT count(*)::int AS seen FROM ${from}`,
      `SELECT seen, (${calls}) - current_setting('test.before')::int AS calls FROM seen`,
    );
    return found ?? { seen: -1, calls: -1 };
  }

  it.each<[table: string, teachers: number, coTeachers: number, students: number, all: number]>([
    ['discord_memberships', 600, 200, 4, 800],
    ['discord_server_configs', 3, 1, 0, 4],
    ['(SELECT user_id FROM user_discord_connections) c', 200, 200, 1, 200],
    ['discord_guilds', 3, 1, 4, 4],
    ['discord_sync_runs', 150, 50, 0, 200],
    ['course_discord_links', 3, 1, 4, 4],
    ['course_staff', 1, 1, 0, 1],
    ['discord_integration_logs', 600, 200, 4, 800],
    ['discord_visible_users', 200, 200, 1, 200],
    ['discord_visible_courses', 3, 1, 4, 4],
  ])('%s: everybody sees what is theirs', async (table, teachers, coTeachers, students, all) => {
    const what = table.startsWith('discord_memberships') ? '(SELECT id FROM discord_memberships) m' : table;
    const looks = {
      teacher: await look(teacher, what),
      coTeacher: await look(coTeacher, what),
      student: await look(student, what),
      admin: await look(randomUUID(), what, 'admin'),
      nobody: await look(randomUUID(), what),
    };
    expect(Object.values(looks).map(({ seen }) => seen)).toEqual([teachers, coTeachers, students, all, 0]);
    for (const { calls } of Object.values(looks)) expect(calls).toBeLessThan(10);
  });
});
