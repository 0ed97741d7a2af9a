import { Session } from '../support/session';
import { DEFINER_VIEWS, PEOPLE, READS, WITHOUT_POLICIES } from './security-tables';
import { DENIED, GUILD, ID, SecurityWorld } from './security-world';

let world: SecurityWorld;

beforeAll(async () => {
  world = await SecurityWorld.create();
}, 30_000);
afterAll(() => world.close());

const names = async (sql: string) => (await world.owner.rows<{ name: string }>(sql)).map(({ name }) => name);
const inPublic = (kinds: string) =>
  `SELECT relname AS name FROM pg_class WHERE relkind IN (${kinds}) AND relnamespace = 'public'::regnamespace ORDER BY 1`;

const find = (person: object, ...statements: string[]) => world.find(person, ...statements);

describe('The logins', () => {
  it('are no superusers, do not bypass row-level security, make no roles and databases, and own nothing', async () => {
    const logins = `('anycademy_api', 'anycademy_writer', 'anycademy_worker')`;
    const rights = await world.owner.rows(
      `SELECT rolname, rolinherit FROM pg_roles WHERE rolname IN ${logins} AND rolcanlogin AND NOT (rolsuper OR rolbypassrls OR rolcreaterole
         OR rolcreatedb OR rolreplication) ORDER BY 1`,
    );
    expect(rights).toEqual([
      { rolname: 'anycademy_api', rolinherit: false },
      { rolname: 'anycademy_worker', rolinherit: true },
      { rolname: 'anycademy_writer', rolinherit: true },
    ]);
    const owned = `SELECT count(*)::int FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid
      WHERE d.deptype = 'o' AND r.rolname IN ('anycademy_api', 'anycademy_writer', 'anycademy_worker', 'anon', 'authenticated', 'service_role')
        AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())`;
    expect(await world.owner.value(owned)).toBe(0);
  });

  it.each([
    ['apiUrl', ['authenticated']],
    ['writerUrl', []],
    ['workerUrl', ['service_role']],
  ] as const)('%s can become %j and nobody else', async (login, expected) => {
    const session = await Session.open(world.database.logins[login]);
    const superuser = await world.owner.value('SELECT current_user');
    const all = ['anon', 'authenticated', 'service_role', 'anycademy_api', 'anycademy_writer', 'anycademy_worker'];
    const own = await session.value('SELECT current_user');
    try {
      const possible: string[] = [];
      for (const role of [...all.filter((role) => role !== own), String(superuser)])
        if ((await session.outcome(role, 'SELECT 1')) === 'allowed') possible.push(role);
      expect(possible).toEqual(expected);
    } finally {
      await session.close();
    }
  });

  it('the API by itself, and somebody who is not signed in, read no table and no view', async () => {
    for (const name of await names(inPublic(`'r', 'p', 'v', 'm'`))) {
      await expect(world.api.rows(`SELECT FROM ${name}`)).rejects.toMatchObject({ code: DENIED });
      expect([name, await world.owner.outcome('anon', `SELECT FROM ${name}`)]).toEqual([name, DENIED]);
    }
  });
});

describe('Tables and views', () => {
  it('are all named here, and every table has row-level security and policies', async () => {
    expect(Object.keys(READS).sort()).toEqual((await names(inPublic(`'r', 'p', 'v', 'm', 'f'`))).sort());
    expect(
      await names(
        `SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
           AND (NOT relrowsecurity OR NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid)) ORDER BY 1`,
      ),
    ).toEqual(WITHOUT_POLICIES);
  });

  it('no policy lets "authenticated", "anon" or everybody write', async () => {
    expect(
      await world.owner.rows(
        `SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public' AND cmd <> 'SELECT' AND roles && '{public,anon,authenticated}'`,
      ),
    ).toEqual([]);
  });

  it('the policies that the platform knows by name are there, for reading alone', async () => {
    const named = [
      'discord_memberships: Instructors can view memberships for their courses',
      'discord_memberships: Users can view their own memberships',
      'discord_server_configs: Instructors can manage their discord configs',
      'user_discord_connections: Users can manage their own discord connections',
    ];
    const policies = await names(
      `SELECT tablename || ': ' || policyname AS name FROM pg_policies
       WHERE schemaname = 'public' AND cmd = 'SELECT' AND roles = '{authenticated}' ORDER BY 1`,
    );
    expect(policies.filter((policy) => named.includes(policy))).toEqual(named);
  });

  it('views ask as whoever looks, but for those that say themselves who may see what', async () => {
    expect(
      await names(
        `SELECT relname AS name FROM pg_class WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace
           AND NOT coalesce('security_invoker=true' = ANY (reloptions), false) ORDER BY 1`,
      ),
    ).toEqual(DEFINER_VIEWS);
    // Of those that people read, no condition of theirs is asked before ours.
    expect(
      await names(
        `SELECT relname AS name FROM pg_class WHERE relname = ANY ('{${DEFINER_VIEWS.join()}}') AND has_any_column_privilege('authenticated', oid, 'SELECT')
           AND NOT coalesce('security_barrier=true' = ANY (reloptions), false)`,
      ),
    ).toEqual([]);
  });

  it.each(Object.entries(READS))('%s', async (table, expected) => {
    const seen: (string | number)[] = [];
    for (const person of Object.values(PEOPLE)) {
      const found = await find(person, `SELECT 1 FROM ${table}`);
      seen.push(found === DENIED ? 'x' : typeof found === 'string' ? found : found.length);
    }
    expect(seen.join(' ')).toBe(expected);
  });

  it.each(
    Object.keys(READS).filter((name) => !/visible|taught|log$|enrollment_rows|enrollments$|users|teaching/.test(name)),
  )('nobody writes %s past the service', async (table) => {
    const [column] = await names(
      `SELECT attname AS name FROM pg_attribute WHERE attrelid = 'public.${table}'::regclass AND attnum = 1`,
    );
    for (const person of Object.values(PEOPLE))
      for (const statement of [
        `INSERT INTO ${table} DEFAULT VALUES`,
        `UPDATE ${table} SET ${column} = ${column}`,
        `DELETE FROM ${table}`,
        `TRUNCATE ${table}`,
        `SELECT 1 FROM ${table} FOR UPDATE`,
      ])
        expect([statement, await find(person, statement)]).toEqual([statement, DENIED]);
  });
});

describe('Going around the service by SQL', () => {
  it.each<[string, keyof typeof PEOPLE, string]>([
    [
      'a student takes over another account',
      'student',
      `UPDATE user_discord_connections SET discord_user_id = '999999999999999999' WHERE user_id = '${ID.student}'`,
    ],
    [
      'a student links an account unproven',
      'student',
      `INSERT INTO user_discord_connections (user_id, discord_user_id, discord_username) VALUES ('${ID.student}', '999999999999999999', 'x')`,
    ],
    [
      'an instructor captures a server',
      'instructor',
      `INSERT INTO discord_server_configs (course_id, instructor_id, guild_id, guild_name) VALUES ('${ID.course}', '${ID.instructor}', '999999999999999999', 'x')`,
    ],
    [
      'an instructor moves to a foreign server',
      'instructor',
      `UPDATE discord_server_configs SET guild_id = '999999999999999999' WHERE course_id = '${ID.course}'`,
    ],
    [
      'an instructor makes somebody staff',
      'instructor',
      `INSERT INTO course_staff VALUES ('${ID.otherCourse}', '${ID.instructor}')`,
    ],
    ['an admin rewrites the log', 'admin', `UPDATE discord_integration_logs SET details = NULL`],
    [
      'a student enrolls',
      'student',
      `INSERT INTO course_enrollments (user_id, course_id) VALUES ('${ID.student}', '${ID.otherCourse}')`,
    ],
  ])('%s: denied', async (_, person, statement) => {
    expect(await find(PEOPLE[person], statement)).toBe(DENIED);
  });

  it.each(['access_token', 'refresh_token', 'expires_at', 'refresh_lease', 'refresh_lease_until'])(
    'the column %s of a connection is read by nobody, not even of one’s own',
    async (column) => {
      for (const person of Object.values(PEOPLE))
        for (const statement of [
          `SELECT ${column} FROM user_discord_connections`,
          `SELECT 1 FROM user_discord_connections WHERE ${column} IS NULL`,
          `SELECT to_jsonb(c) FROM user_discord_connections c`,
          `SELECT c FROM user_discord_connections c`,
        ])
          expect(await find(person, statement)).toBe(DENIED);
    },
  );

  it('the secret of a webhook endpoint is read by nobody, not even by admins', async () => {
    for (const person of Object.values(PEOPLE))
      for (const statement of [
        'SELECT secret FROM discord_webhook_endpoints',
        'SELECT 1 FROM discord_webhook_endpoints WHERE secret IS NULL',
        'SELECT to_jsonb(e) FROM discord_webhook_endpoints e',
      ])
        expect([statement, await find(person, statement)]).toEqual([statement, DENIED]);
  });

  it('the users of the platform and the queue of jobs are read by nobody', async () => {
    for (const person of Object.values(PEOPLE))
      for (const table of ['auth.users', 'graphile_worker._private_jobs', 'graphile_worker.jobs'])
        expect([table, await find(person, `SELECT 1 FROM ${table}`)]).toEqual([table, DENIED]);
  });

  it('a server that two courses share shows each instructor their own course alone', async () => {
    const shared = ['discord_server_configs', 'discord_sync_runs', 'discord_memberships', 'discord_integration_logs'];
    for (const table of shared) {
      const courses = `SELECT DISTINCT course_id AS id FROM ${table} WHERE guild_id = '${GUILD}'`;
      expect([table, await find(PEOPLE.instructor, courses)]).toEqual([table, [{ id: ID.course }]]);
      expect([table, await find(PEOPLE.otherInstructor, courses)]).toEqual([table, [{ id: ID.otherCourse }]]);
    }
  });
});
