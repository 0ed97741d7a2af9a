import { randomUUID } from 'node:crypto';
import { type Config } from '../../src/config/config';
import { AuditLog } from '../../src/audit-log/audit-log';
import { Linking } from '../../src/auth/linking';
import { JobQueue } from '../../src/jobs/job-queue';
import { Forgetting } from '../../src/membership/forgetting';
import { GuildQueue } from '../../src/membership/guild-queue';
import { type Mark, Marker } from '../../src/membership/mark';
import { Ownership } from '../../src/membership/ownership';
import { Sweep } from '../../src/membership/sweep';
import { SyncRuns } from '../../src/membership/sync-runs';
import { type MigratedDatabase, migratedDatabase } from '../support/migrated-database';
import { type PlatformDatabase, platformDatabase } from '../support/platform-database';
import { Session } from '../support/session';
import { type LogProcess, startLogProcess } from './log-app';

const [student, course, other] = [randomUUID(), randomUUID(), randomUUID()];

/** A table of enrollments as some platform has it. @param columns those beside the ids */
function enrollments(columns: string): string {
  return `CREATE TABLE course_enrollments (user_id uuid, course_id uuid${columns && `, ${columns}`})`;
}

describe('an enrollment table', () => {
  let database: PlatformDatabase;
  let session: Session;
  let heard: { channel: string; payload: unknown }[];
  const told = (channel: string, courseId = course) => ({
    channel,
    payload: { user_id: student, course_id: courseId },
  });

  async function made(columns: string): Promise<void> {
    database = await platformDatabase(enrollments(columns));
    session = database.session;
    heard = await session.listen('discord_invite', 'discord_remove');
  }
  afterEach(() => database.drop());

  /** Runs the statement. @returns what waits to be marked, and what the plan's channels were told */
  async function after(statement: string): Promise<{ marks: unknown[]; told: unknown[] }> {
    heard.length = 0;
    await session.rows(statement);
    const marks = await session.marks();
    return { marks, told: [...heard] };
  }
  const view = () =>
    session.rows('SELECT user_id, course_id, active, expires_at FROM discord_enrollments ORDER BY course_id');

  it('without status and expiry: an enrollment counts while it is there', async () => {
    await made('');
    const marked = [{ pairs: [[student, course]] }];
    expect(await after(`INSERT INTO course_enrollments VALUES ('${student}', '${course}')`)).toEqual({
      marks: marked,
      told: [told('discord_invite')],
    });
    expect(await view()).toEqual([{ user_id: student, course_id: course, active: true, expires_at: null }]);
    expect(await after(`UPDATE course_enrollments SET user_id = user_id`)).toEqual({ marks: [], told: [] });

    const moved = await after(`UPDATE course_enrollments SET course_id = '${other}'`);
    expect(moved.marks).toEqual([
      {
        pairs: expect.arrayContaining([
          [student, course],
          [student, other],
        ]) as unknown,
      },
    ]);
    expect(moved.told).toHaveLength(2);
    expect(moved.told).toEqual(expect.arrayContaining([told('discord_remove'), told('discord_invite', other)]));

    expect(await after('DELETE FROM course_enrollments')).toEqual({
      marks: [{ pairs: [[student, other]] }],
      told: [told('discord_remove', other)],
    });
    expect(await view()).toEqual([]);
  });

  it('gets a status later: it counts at once', async () => {
    await made('');
    await session.rows(`INSERT INTO course_enrollments VALUES ('${student}', '${course}')`);
    await session.rows(`ALTER TABLE course_enrollments ADD status text`);
    await session.rows(`UPDATE course_enrollments SET status = 'cancelled'`);
    expect(await view()).toMatchObject([{ active: false }]);
  });

  it('with status and expiry: beginning and ending are told, and nothing else', async () => {
    await made('status text, expires_at timestamptz, note text');
    const insert = (status: string) =>
      `INSERT INTO course_enrollments VALUES ('${student}', '${course}', '${status}', now() + interval '1 day')`;
    const marks = [{ pairs: [[student, course]] }];
    expect(await after(insert('pending'))).toEqual({ marks, told: [] });
    expect(await after(`UPDATE course_enrollments SET status = 'active'`)).toEqual({
      marks,
      told: [told('discord_invite')],
    });
    expect(await after(`UPDATE course_enrollments SET note = 'paid'`)).toEqual({ marks: [], told: [] });
    expect(await after(`UPDATE course_enrollments SET status = 'completed'`)).toEqual({ marks, told: [] });
    expect(await after(`UPDATE course_enrollments SET expires_at = now() + interval '2 days'`)).toEqual({
      marks,
      told: [],
    });
    expect(await after(`UPDATE course_enrollments SET expires_at = now() - interval '1 second'`)).toEqual({
      marks,
      told: [told('discord_remove')],
    });
    expect(await after('DELETE FROM course_enrollments')).toEqual({ marks, told: [] });
  });

  it('whose expiry has no zone: it is UTC, whatever the TimeZone of whoever asks or writes', async () => {
    await made('expires_at timestamp');
    await session.rows(
      `INSERT INTO course_enrollments VALUES ('${student}', '${course}', now() AT TIME ZONE 'UTC' + interval '1 hour')`,
    );
    for (const zone of ['Asia/Jakarta', 'America/Los_Angeles', 'UTC']) {
      await session.marks();
      await session.rows(`SET TimeZone = '${zone}'`);
      const rows = await session.rows(
        `SELECT active, extract(epoch FROM expires_at - now()) BETWEEN 3000 AND 3600 AS in_an_hour FROM discord_enrollments`,
      );
      expect([zone, rows]).toEqual([zone, [{ active: true, in_an_hour: true }]]);
      // Ends, and begins again.
      const ended = await after(`UPDATE course_enrollments SET expires_at = expires_at - interval '2 hours'`);
      expect([zone, ended.told]).toEqual([zone, [told('discord_remove')]]);
      const begun = await after(`UPDATE course_enrollments SET expires_at = expires_at + interval '2 hours'`);
      expect([zone, begun.told]).toEqual([zone, [told('discord_invite')]]);
    }
  });

  it('with several rows for a student and course: one active row is enough, and the last expiry counts', async () => {
    await made('status text, expires_at timestamptz, plan text');
    const rows = (...values: string[]) =>
      `INSERT INTO course_enrollments VALUES ${values.map((value) => `('${student}', '${course}', ${value})`).join(', ')}`;
    expect(
      await after(
        rows(
          `'cancelled', NULL, 'old'`,
          `'active', '2100-01-01Z', 'month'`,
          `'active', '2101-01-01Z', 'year'`,
          `'active', '2000-01-01Z', 'trial'`,
        ),
      ),
    ).toEqual({ marks: [{ pairs: [[student, course]] }], told: [told('discord_invite')] });
    expect(await view()).toEqual([
      { user_id: student, course_id: course, active: true, expires_at: new Date('2101-01-01Z') },
    ]);
    // One of two ends: still enrolled.
    expect((await after(`DELETE FROM course_enrollments WHERE plan = 'year'`)).told).toEqual([]);
    expect(await view()).toMatchObject([{ active: true, expires_at: new Date('2100-01-01Z') }]);
    // One more begins, without an end: enrolled already.
    expect((await after(rows(`'active', NULL, 'lifelong'`))).told).toEqual([]);
    expect(await view()).toMatchObject([{ active: true, expires_at: null }]);
    // They swap: nothing begins and nothing ends.
    expect(
      (
        await after(
          `UPDATE course_enrollments SET status = CASE plan WHEN 'old' THEN 'active' ELSE 'cancelled' END WHERE plan IN ('old', 'lifelong')`,
        )
      ).told,
    ).toEqual([]);
    // All end.
    expect((await after(`UPDATE course_enrollments SET status = 'cancelled'`)).told).toEqual([told('discord_remove')]);
    expect(await view()).toMatchObject([{ active: false }]);
    expect((await after('DELETE FROM course_enrollments')).told).toEqual([]);
  });

  it('that is truncated: every course with a server, or with somebody in one, is marked', async () => {
    await made('');
    await session.rows(
      `INSERT INTO discord_server_configs (course_id, instructor_id, guild_id, guild_name)
       VALUES ('${course}', gen_random_uuid(), '100000000000000001', 'Algebra')`,
    );
    await session.rows(
      `INSERT INTO discord_memberships (user_id, course_id, guild_id) VALUES ('${student}', '${other}', '100000000000000002')`,
    );
    await session.marks();
    const { marks } = await after('TRUNCATE course_enrollments');
    expect(marks).toEqual([{ courses: expect.arrayContaining([course, other]) as unknown }]);
  });

  it('is not what our own bookkeeping is about: a refreshed token, a renamed server or a kept title marks nobody', async () => {
    await made('');
    await session.rows(
      `INSERT INTO user_discord_connections (user_id, discord_user_id, discord_username, scopes, is_verified)
       VALUES ('${student}', '200000000000000001', 'ayu', '{identify,guilds.join}', true)`,
    );
    await session.rows(
      `INSERT INTO discord_server_configs (course_id, instructor_id, guild_id, guild_name)
       VALUES ('${course}', gen_random_uuid(), '100000000000000001', 'Algebra')`,
    );
    await session.marks();
    const nobody = { marks: [], told: [] };
    expect(
      await after(
        `UPDATE user_discord_connections SET access_token = 'a', refresh_token = 'r', expires_at = now(), updated_at = now(),
           refresh_lease = gen_random_uuid(), refresh_lease_until = now(), discord_username = 'ayu.w', avatar_url = 'x'`,
      ),
    ).toEqual(nobody);
    expect(
      await after(
        `UPDATE discord_server_configs SET guild_name = 'B', course_title = 'T', instructor_id = gen_random_uuid(),
           welcome_message = 'Hi', invite_channel_id = '1', updated_at = now(), ownerless_since = now()`,
      ),
    ).toEqual(nobody);
    // And what is desired is.
    for (const change of [`scopes = '{identify}'`, 'is_verified = false', `discord_user_id = '200000000000000002'`])
      expect((await after(`UPDATE user_discord_connections SET ${change}`)).marks).toEqual([{ users: [student] }]);
    for (const change of [
      `guild_id = '100000000000000002'`,
      `student_role_id = '1'`,
      `removal_policy = 'KEEP'`,
      'removal_grace_hours = 1',
      'is_active = false',
      'auto_invite = false',
      `drift_policy = 'RESPECT'`,
      'role_after_screening = true',
    ])
      expect((await after(`UPDATE discord_server_configs SET ${change}`)).marks).toEqual([{ courses: [course] }]);
  });

  it('is judged in the statement itself, not by a function for each of its rows', async () => {
    await made('status text, expires_at timestamp');
    const plan = await session.rows<{ 'QUERY PLAN': string }>(
      `EXPLAIN (VERBOSE) SELECT m.id FROM discord_memberships m
         LEFT JOIN discord_enrollments e ON e.user_id = m.user_id AND e.course_id = m.course_id WHERE coalesce(e.active, false)`,
    );
    const text = plan.map((row) => row['QUERY PLAN']).join('\n');
    expect(text).toContain('discord_settings');
    expect(text).not.toContain('discord_enrollment_is_active');
    expect(text).not.toContain('_facts');
  });
});

describe('marking', () => {
  let database: MigratedDatabase;
  let process: LogProcess;
  let marker: Marker;
  let sweep: Sweep;
  let sql: Session;
  const guild = '100000000000000001';
  const users = Array.from({ length: 3 }, () => randomUUID());

  beforeAll(async () => {
    database = await migratedDatabase();
    process = await startLogProcess(database);
    const queue = new GuildQueue(new JobQueue());
    const log = new AuditLog();
    // Nobody is disconnected and no server is compared here.
    const forgetting = new Forgetting(
      process.database,
      Object.create(Linking.prototype) as Linking,
      {
        personRetentionDays: 90,
      } as Config,
    );
    const runs = Object.create(SyncRuns.prototype) as SyncRuns;
    marker = new Marker(process.database, queue, log, forgetting, new Ownership(process.database, log));
    sweep = new Sweep(process.database, marker, queue, runs, forgetting);
    sql = await Session.open(database.url);
    await sql.rows(`INSERT INTO courses (id, title, instructor_id) VALUES ($1, 'Algebra', $2)`, [course, randomUUID()]);
    await sql.rows(`INSERT INTO auth.users (id) SELECT unnest($1::uuid[])`, [users]);
    await sql.rows(
      `INSERT INTO discord_server_configs (course_id, instructor_id, guild_id, guild_name) VALUES ($1, $2, $3, 'Algebra')`,
      [course, randomUUID(), guild],
    );
  }, 30_000);
  /** Many others, in another course. */
  const bystanders = 500;
  afterAll(async () => {
    await sql.close();
    await process.stop();
    await database.drop();
  });
  beforeEach(async () => {
    await sql.rows('DELETE FROM discord_memberships');
    await sql.rows('TRUNCATE course_enrollments');
    await sql.rows('INSERT INTO course_enrollments (user_id, course_id) SELECT unnest($1::uuid[]), $2', [
      users,
      course,
    ]);
    await sql.rows(
      `WITH e AS (INSERT INTO course_enrollments (user_id, course_id)
                  SELECT gen_random_uuid(), $1 FROM generate_series(1, $2) RETURNING user_id, course_id)
       INSERT INTO discord_memberships (user_id, course_id, guild_id, ended_at, observed_generation)
       SELECT user_id, course_id, '100000000000000002', now(), 1 FROM e`,
      [other, bystanders],
    );
  });

  const generations = () =>
    sql.rows<{ userId: string; generation: number }>(
      `SELECT user_id AS "userId", generation::int FROM discord_memberships WHERE user_id = ANY($1) ORDER BY array_position($1, user_id)`,
      [users],
    );

  it.each<[string, (ids: string[]) => Mark, number[]]>([
    [
      'pairs',
      () => ({
        pairs: [
          [users[0] ?? '', course],
          [users[1] ?? '', randomUUID()],
        ],
      }),
      [2, 1, 1],
    ],
    ['courses', () => ({ courses: [course] }), [2, 2, 2]],
    ['users', () => ({ users: users.slice(1) }), [1, 2, 2]],
    ['memberships', (ids) => ({ memberships: ids.slice(2) }), [1, 1, 2]],
    [
      'all of these at once',
      (ids) => ({ pairs: [[users[0] ?? '', course]], users: users.slice(0, 2), memberships: ids.slice(1) }),
      [2, 2, 2],
    ],
  ])('by %s reaches these, once, by an index', async (_, mark, raised) => {
    await marker.mark({ courses: [course] });
    expect((await generations()).map((row) => row.generation)).toEqual([1, 1, 1]);
    const ids = await sql.rows<{ id: string }>(
      'SELECT id FROM discord_memberships WHERE user_id = ANY($1) ORDER BY array_position($1, user_id)',
      [users],
    );
    const read = await process.database.work(async (manager) => {
      const rowsRead = async (): Promise<number> => {
        const [row] = await manager.query<{ rows: number }[]>(
          // What an index scan fetches is counted with the index.
          `SELECT sum(CASE c.relkind WHEN 'r' THEN pg_stat_get_xact_tuples_returned(c.oid) ELSE 0 END + pg_stat_get_xact_tuples_fetched(c.oid))::int AS rows
           FROM pg_class c WHERE c.oid = ANY ($1::regclass[])
             OR c.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = ANY ($1::regclass[]))`,
          [['discord_memberships', 'course_enrollments']],
        );
        return row?.rows ?? -1;
      };
      // The tables are too small for an index to pay, so nothing but the lack of one leads to reading everything.
      await manager.query(
        'SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off',
      );
      const before = await rowsRead();
      await marker.markIn(manager, mark(ids.map(({ id }) => id)));
      return (await rowsRead()) - before;
    });
    expect(read).toBeLessThan(50);
    expect((await generations()).map((row) => row.generation)).toEqual(raised);
  });

  it.each<[string, () => Mark, number]>([
    ['pairs', () => ({ pairs: [[users[0] ?? '', course]] }), 1],
    ['courses', () => ({ courses: [course] }), 3],
    ['users', () => ({ users: users.slice(1) }), 2],
  ])('by %s makes the memberships that are missing', async (_, mark, count) => {
    await marker.mark(mark());
    expect(await generations()).toHaveLength(count);
    await marker.mark(mark());
    expect(await generations()).toHaveLength(count);
  });

  it('what a TRUNCATE has ended without any trigger, the sweep finds', async () => {
    await marker.mark({ courses: [course] });
    await sql.rows('UPDATE discord_memberships SET observed_generation = generation');
    await sql.rows('ALTER TABLE course_enrollments DISABLE TRIGGER USER');
    await sql.rows('TRUNCATE course_enrollments');
    await sql.rows('ALTER TABLE course_enrollments ENABLE TRIGGER USER');
    await sweep.sweep();
    expect((await generations()).map((row) => row.generation)).toEqual([2, 2, 2]);
  });

  it('the sweep finds who is enrolled and was never marked, and leaves the others alone', async () => {
    await marker.mark({ users: users.slice(1) });
    await sql.rows('UPDATE discord_memberships SET observed_generation = generation');
    await sweep.sweep();
    expect((await generations()).map((row) => row.generation)).toEqual([1, 1, 1]);
  });
});
