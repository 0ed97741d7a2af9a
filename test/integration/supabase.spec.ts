import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setLoginPasswords } from '../../src/database/logins';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/database/embedded-postgres';
import { migrate } from '../../src/database/migrate';
import { MIGRATION_COUNT } from '../support/migration-files';
import { scratchDirectory } from '../support/scratch';
import { Session } from '../support/session';
import { PLATFORM_OWNER, platformTables, supabaseDatabase } from '../support/supabase-shape';

const SETTINGS = { enrollmentActiveStatuses: ['active', 'completed'] };
const STUDENT = '00000000-0000-4000-8000-000000000001';
const TEACHER = '00000000-0000-4000-8000-000000000002';
const COURSE = '00000000-0000-4000-8000-00000000000c';

/** Roles belong to the whole server, and here they are Supabase's. */
let server: EmbeddedPostgres;

beforeAll(async () => {
  server = await startEmbeddedPostgres({
    dataDir: join(await scratchDirectory(), 'data'),
    settings: { fsync: 'off', log_min_messages: 'notice' },
  });
}, 30_000);
afterAll(() => server.stop());

/** The notices and warnings that the server has given since the last call. */
let read = 0;
async function complaints(): Promise<string[]> {
  const log = await readFile(join(server.dataDirectory, 'postgres.log'), 'utf8');
  const fresh = log.slice(read);
  read = log.length;
  return fresh.split('\n').filter((line) => /\b(NOTICE|WARNING):/.test(line));
}

describe('a Supabase project that has courses and enrollments of its own', () => {
  it.each([
    ['neither status nor expires_at', ''],
    ['a status', 'status text'],
    ['an enum as status and an expiry without a zone', 'status enrollment_status, expires_at timestamp'],
  ])('is attached to, twice, without a word, with %s', async (_, columns) => {
    const { ownerUrl, superuserUrl } = await supabaseDatabase(
      server.url,
      `CREATE TYPE enrollment_status AS ENUM ('active', 'refunded'); ${platformTables(columns)}`,
    );
    await complaints();
    expect(await migrate(ownerUrl, SETTINGS)).toHaveLength(MIGRATION_COUNT);
    expect(await migrate(ownerUrl, SETTINGS)).toEqual([]);
    await setLoginPasswords(ownerUrl, { anycademy_api: 'test', anycademy_writer: 'test', anycademy_worker: 'test' });
    expect(await complaints()).toEqual([]);

    const owner = await Session.open(ownerUrl);
    const superuser = await Session.open(superuserUrl);
    try {
      await superuser.rows(
        `INSERT INTO auth.users (id, raw_user_meta_data) VALUES ('${STUDENT}', '{"full_name": "Ayu"}'), ('${TEACHER}', '{}')`,
      );
      await owner.rows(`INSERT INTO courses (id, title, instructor_id) VALUES ('${COURSE}', 'Algebra', '${TEACHER}')`);
      await owner.rows(`INSERT INTO course_enrollments (user_id, course_id) VALUES ('${STUDENT}', '${COURSE}')`);

      // The platform's row-level security hides nothing from the worker.
      const seen = `SELECT e.active, e.status, e.expires_at, c.title, u.display_name FROM discord_enrollments e
        JOIN courses c ON c.id = e.course_id JOIN discord_users u ON u.id = e.user_id`;
      for (const role of ['anycademy_worker', 'anycademy_writer']) {
        expect(await superuser.as(role, null, seen)).toEqual([
          { active: true, status: null, expires_at: null, title: 'Algebra', display_name: 'Ayu' },
        ]);
      }
      expect(await superuser.marks()).toEqual([{ pairs: [[STUDENT, COURSE]] }]);
      // Whoever deletes a user there is not us.
      await superuser.rows('SET ROLE supabase_auth_admin');
      await superuser.rows(`DELETE FROM auth.users WHERE id = '${STUDENT}'`);
      await superuser.rows('RESET ROLE');
      expect(await superuser.marks()).toEqual([{ users: [STUDENT] }]);
      // The teacher sees what a request of theirs sees.
      const claims = { sub: TEACHER, role: 'authenticated' };
      expect(await superuser.as('authenticated', claims, 'SELECT title FROM discord_visible_courses')).toEqual([
        { title: 'Algebra' },
      ]);
    } finally {
      await owner.close();
      await superuser.close();
    }
  });

  it('is refused where its row-level security would hide the students from us', async () => {
    const { ownerUrl, superuserUrl } = await supabaseDatabase(server.url, platformTables(''));
    const superuser = await Session.open(superuserUrl);
    await superuser.rows(`ALTER ROLE ${PLATFORM_OWNER} NOBYPASSRLS`);
    const printed = jest.spyOn(console, 'log').mockReturnValue();
    try {
      await expect(migrate(ownerUrl, SETTINGS)).rejects.toThrow(
        'The row-level security of auth.users applies to platform_owner, from whom it would hide students.',
      );
    } finally {
      printed.mockRestore();
      await superuser.rows(`ALTER ROLE ${PLATFORM_OWNER} BYPASSRLS`);
      await superuser.close();
    }
  });
});

describe('a platform that changes its own tables afterwards', () => {
  let owner: Session;
  let superuser: Session;

  beforeEach(async () => {
    const { ownerUrl, superuserUrl } = await supabaseDatabase(
      server.url,
      platformTables(`status text DEFAULT 'active', expires_at timestamptz`),
    );
    await migrate(ownerUrl, SETTINGS);
    owner = await Session.open(ownerUrl);
    superuser = await Session.open(superuserUrl);
    await superuser.rows(
      `INSERT INTO auth.users (id, raw_user_meta_data) VALUES ('${STUDENT}', '{"full_name": "Ayu"}'), ('${TEACHER}', '{}')`,
    );
    await owner.rows(`INSERT INTO courses (id, title, instructor_id) VALUES ('${COURSE}', 'Algebra', '${TEACHER}')`);
    await owner.rows(
      `INSERT INTO course_enrollments (user_id, course_id, expires_at) VALUES ('${STUDENT}', '${COURSE}', now() + interval '1 day')`,
    );
    await superuser.marks();
  });
  afterEach(async () => {
    await owner.close();
    await superuser.close();
  });

  const seen = () =>
    superuser.as<{ status: string | null; ends: boolean; active: boolean }>(
      'anycademy_worker',
      null,
      `SELECT status, expires_at IS NOT NULL AS ends, active FROM discord_enrollments WHERE user_id = '${STUDENT}'`,
    );
  /** Who writes there is heard, in the same session too. */
  const isHeard = async () => {
    await owner.rows('DELETE FROM course_enrollments');
    expect(await superuser.marks()).toEqual([{ pairs: [[STUDENT, COURSE]] }]);
    await owner.rows(`INSERT INTO course_enrollments (user_id, course_id) VALUES ('${STUDENT}', '${COURSE}')`);
    expect(await superuser.marks()).toEqual([{ pairs: [[STUDENT, COURSE]] }]);
  };

  it.each<[string, string[], { status: string | null; ends: boolean }]>([
    [
      'the type of the status',
      ['ALTER TABLE course_enrollments ALTER COLUMN status TYPE varchar(20)'],
      { status: 'active', ends: true },
    ],
    [
      'the status to an enum',
      [
        `CREATE TYPE enrollment_state AS ENUM ('active', 'refunded')`,
        `ALTER TABLE course_enrollments ALTER COLUMN status DROP DEFAULT`,
        'ALTER TABLE course_enrollments ALTER COLUMN status TYPE enrollment_state USING status::enrollment_state',
        `ALTER TABLE course_enrollments ALTER COLUMN status SET DEFAULT 'active'`,
      ],
      { status: 'active', ends: true },
    ],
    [
      'the expiry to one without a zone',
      ['ALTER TABLE course_enrollments ALTER COLUMN expires_at TYPE timestamp'],
      { status: 'active', ends: true },
    ],
    [
      'nothing but to drop the expiry',
      ['ALTER TABLE course_enrollments DROP COLUMN expires_at'],
      { status: 'active', ends: false },
    ],
    [
      'nothing but to drop the status',
      ['ALTER TABLE course_enrollments DROP COLUMN status'],
      { status: null, ends: true },
    ],
    [
      'a dropped column back',
      [
        'ALTER TABLE course_enrollments DROP COLUMN status',
        `ALTER TABLE course_enrollments ADD COLUMN status text DEFAULT 'completed'`,
      ],
      { status: 'completed', ends: true },
    ],
  ])('may change %s, and the service reads it as it is from then on', async (_, statements, expected) => {
    expect(await seen()).toEqual([{ status: 'active', ends: true, active: true }]);
    for (const statement of statements) await owner.rows(statement);
    expect(await seen()).toEqual([{ ...expected, active: true }]);
    await isHeard();
    expect(await seen()).toMatchObject([{ active: true }]);
  });

  it('may make the expiry something that is no time: nothing ends by it', async () => {
    await owner.rows('ALTER TABLE course_enrollments ALTER COLUMN expires_at TYPE integer USING 7');
    expect(await seen()).toEqual([{ status: 'active', ends: false, active: true }]);
    await isHeard();
  });

  it("may change a course's title and what it keeps of its users", async () => {
    const names = () =>
      superuser.as(
        'authenticated',
        { sub: TEACHER, role: 'authenticated' },
        'SELECT title FROM discord_visible_courses',
      );
    await owner.rows('ALTER TABLE courses ALTER COLUMN title TYPE varchar(100)');
    expect(await names()).toEqual([{ title: 'Algebra' }]);
    await owner.rows('ALTER TABLE courses DROP COLUMN title');
    expect(await names()).toEqual([{ title: '' }]);
    const user = () =>
      superuser.as('anycademy_worker', null, `SELECT display_name, role FROM discord_users WHERE id = '${STUDENT}'`);
    await superuser.rows('ALTER TABLE auth.users ALTER COLUMN raw_user_meta_data TYPE json');
    expect(await user()).toEqual([{ display_name: 'Ayu', role: 'student' }]);
    await superuser.rows('ALTER TABLE auth.users DROP COLUMN raw_user_meta_data, DROP COLUMN raw_app_meta_data');
    expect(await user()).toEqual([{ display_name: null, role: 'student' }]);
  });
});

it('an empty Supabase project gets the tables too', async () => {
  const { ownerUrl, superuserUrl } = await supabaseDatabase(server.url, '');
  await complaints();
  expect(await migrate(ownerUrl, SETTINGS)).toHaveLength(MIGRATION_COUNT);
  expect(await migrate(ownerUrl, SETTINGS)).toEqual([]);
  expect(await complaints()).toEqual([]);
  const session = await Session.open(superuserUrl);
  try {
    for (const role of ['anon', 'authenticated', 'service_role'])
      for (const table of ['courses', 'course_enrollments', 'discord_migrations', 'discord_integration_logs'])
        expect([role, table, await session.outcome(role, `TRUNCATE ${table}`)]).toEqual([role, table, '42501']);
  } finally {
    await session.close();
  }
});
