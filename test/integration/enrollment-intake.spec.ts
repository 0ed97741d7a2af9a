import { platformDatabase, type PlatformDatabase } from '../support/platform-database';

const STUDENT = '00000000-0000-4000-8000-000000000001';
const TEACHER = '00000000-0000-4000-8000-000000000002';
const COURSE = '00000000-0000-4000-8000-00000000000c';
/** Tables of a platform's own: each has a column that ours would not have. */
const foreignTables = (columns: string) => `
  CREATE SCHEMA auth;
  CREATE TABLE auth.users (id uuid PRIMARY KEY, email text, raw_user_meta_data jsonb, raw_app_meta_data jsonb, phone text);
  CREATE TABLE courses (id uuid PRIMARY KEY, title text NOT NULL, instructor_id uuid NOT NULL, price integer);
  CREATE TYPE enrollment_status AS ENUM ('pending', 'active', 'refunded');
  CREATE TABLE course_enrollments (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, user_id uuid NOT NULL, course_id uuid NOT NULL${columns && `, ${columns}`});`;

describe('events for the enrollment table of a platform', () => {
  let database: PlatformDatabase;
  afterEach(async () => database.drop());

  async function foreign(columns: string): Promise<void> {
    database = await platformDatabase(foreignTables(columns));
    await database.session.rows(
      `INSERT INTO auth.users (id) VALUES ('${STUDENT}'), ('${TEACHER}');
       INSERT INTO courses (id, title, instructor_id) VALUES ('${COURSE}', 'Algebra', '${TEACHER}')`,
    );
  }

  /** As the login with which requests write. */
  async function take(type: string, occurredAt: string, more: object = {}): Promise<object[]> {
    const event = {
      index: 0,
      type: `enrollment.${type}`,
      occurred_at: occurredAt,
      user_id: STUDENT,
      course_id: COURSE,
    };
    await database.session.rows('SET ROLE anycademy_writer');
    try {
      return await database.session.rows('SELECT outcome FROM discord_take_enrollments($1)', [
        JSON.stringify([{ ...event, ...more }]),
      ]);
    } finally {
      await database.session.rows('RESET ROLE');
    }
  }
  const active = async () =>
    (await database.session.rows<{ active: boolean }>('SELECT active FROM discord_enrollments')).map(
      (row) => row.active,
    );

  it.each([
    ['a status and an expiry', 'status text, expires_at timestamptz'],
    ['an enum as status and an expiry without a zone', 'status enrollment_status, expires_at timestamp'],
    ['an expiry by day', 'expires_at date'],
  ])('begin, end and begin again what it keeps with %s', async (_, columns) => {
    await foreign(columns);
    expect(await take('created', '2026-01-01T00:00:00Z')).toEqual([{ outcome: 'applied' }]);
    expect(await active()).toEqual([true]);
    expect(await take('expired', '2026-01-03T00:00:00Z')).toEqual([{ outcome: 'applied' }]);
    expect(await active()).toEqual([false]);
    expect(await take('created', '2026-01-02T00:00:00Z')).toEqual([{ outcome: 'superseded' }]);
    expect(await active()).toEqual([false]);
    await take('created', '2026-01-04T00:00:00Z', { expires_at: '2999-01-01T00:00:00Z' });
    expect(await active()).toEqual([true]);
    await take('deleted', '2026-01-05T00:00:00Z');
    expect(await active()).toEqual([]);
  });

  it('count in the order of their arrival when they happened at the same time', async () => {
    await foreign('status text, expires_at timestamptz');
    for (const [type, enrolled] of [
      ['created', [true]],
      ['deleted', []],
      ['created', [true]],
    ] as const) {
      expect(await take(type, '2026-01-01T00:00:00Z')).toEqual([{ outcome: 'applied' }]);
      expect(await active()).toEqual(enrolled);
    }
  });

  it('say so when there is no column for an end', async () => {
    await foreign('');
    expect(await take('created', '2026-01-01T00:00:00Z')).toEqual([{ outcome: 'applied' }]);
    expect(await take('expired', '2026-01-02T00:00:00Z')).toEqual([{ outcome: 'NO_EXPIRY_COLUMN' }]);
    expect(await take('created', '2026-01-03T00:00:00Z', { expires_at: '2999-01-01T00:00:00Z' })).toEqual([
      { outcome: 'NO_EXPIRY_COLUMN' },
    ]);
    expect(await active()).toEqual([true]);
  });

  it('create nobody there, and everybody where the tables were made here', async () => {
    await foreign('status text');
    expect(await take('created', '2026-01-01T00:00:00Z', { user_id: COURSE })).toEqual([{ outcome: 'UNKNOWN_USER' }]);
    expect(
      await take('created', '2026-01-01T00:00:00Z', { course_id: STUDENT, title: 'X', instructor_id: TEACHER }),
    ).toEqual([{ outcome: 'UNKNOWN_COURSE' }]);
    await database.drop();
    database = await platformDatabase('SELECT');
    expect(await take('created', '2026-01-01T00:00:00Z', { title: 'X', instructor_id: TEACHER })).toEqual([
      { outcome: 'applied' },
    ]);
    expect(await database.session.rows('SELECT id, role FROM discord_users ORDER BY role')).toEqual([
      { id: TEACHER, role: 'instructor' },
      { id: STUDENT, role: 'student' },
    ]);
  });

  const bare = 'CREATE TABLE courses (id uuid PRIMARY KEY, title text NOT NULL, instructor_id uuid NOT NULL);';
  const withoutIndex = `${bare.replace('KEY', 'KEY DEFAULT gen_random_uuid()')} ALTER TABLE courses ENABLE ROW LEVEL SECURITY;`;
  const asOurs = `${withoutIndex} CREATE INDEX courses_instructor_idx ON courses (instructor_id);`;

  it.each([
    ['has no column but those that ours would have', bare],
    ['is made as ours, but for its index', withoutIndex],
    ['is made as ours, and open to others', `${asOurs} GRANT SELECT ON courses TO PUBLIC`],
    ['is made as ours, with a policy', `${asOurs} CREATE POLICY "Anybody" ON courses USING (true)`],
    ['is made as ours, and referred to', `${asOurs} CREATE TABLE lessons (course_id uuid REFERENCES courses)`],
  ])('create no course in a table that %s', async (_, courses) => {
    const users = 'auth.users (id uuid PRIMARY KEY, email text, raw_user_meta_data jsonb, raw_app_meta_data jsonb)';
    database = await platformDatabase(`CREATE SCHEMA auth; CREATE TABLE ${users}; ${courses}`);
    await database.session.rows(`INSERT INTO auth.users (id) VALUES ('${STUDENT}')`);
    const course = { title: 'X', instructor_id: TEACHER };
    expect(await take('created', '2026-01-01T00:00:00Z', course)).toEqual([{ outcome: 'UNKNOWN_COURSE' }]);
    await database.session.rows(`INSERT INTO courses VALUES ('${COURSE}', 'Algebra', '${TEACHER}')`);
    expect(await take('created', '2026-01-02T00:00:00Z', { user_id: COURSE })).toEqual([{ outcome: 'UNKNOWN_USER' }]);
  });

  it('are nothing that a request could tell by itself', async () => {
    database = await platformDatabase('SELECT');
    for (const role of ['authenticated', 'anon', 'service_role']) {
      await expect(database.session.as(role, null, `SELECT discord_take_enrollments('[]')`)).rejects.toThrow(
        /permission denied/,
      );
      await expect(
        database.session.as(role, null, `UPDATE discord_enrollment_events SET occurred_at = now()`),
      ).rejects.toThrow(/permission denied/);
    }
    await expect(
      database.session.as('authenticated', null, 'SELECT * FROM discord_enrollment_deliveries'),
    ).rejects.toThrow(/permission denied/);
  });
});
