import { Client } from 'pg';
import { Sweep } from '../../src/membership/sweep';
import { type Classroom, classroom, eventually, type Linked, Service } from './support/service';

describe('what is deleted by plain SQL', () => {
  let service: Service;

  beforeEach(() => service.aDayPasses());
  beforeAll(async () => {
    service = await Service.start();
    await service.goesOnElsewhere();
  });
  afterAll(() => service.close());

  /** A course in a server of its own, with these students in it. */
  async function fullClass(title: string, size: number, config: object = {}) {
    const room = await classroom(service, title, config);
    const students = await service.students(size);
    for (const { userId } of students) await service.enroll(userId, room.courseId);
    for (const { userId } of students) await service.reaches(userId, room.courseId, 'joined', 'ADDED');
    await service.rest();
    return { room, students };
  }

  /** Somebody who was in the server before us, and one who teaches in it: whom we never remove. */
  async function protectedMembers(room: Classroom): Promise<Linked[]> {
    const [before, assistant] = (await service.students(2)) as [Linked, Linked];
    await service.discord.join(room.guildId, before.account);
    for (const { userId } of [before, assistant]) await service.enroll(userId, room.courseId);
    await service.reaches(before.userId, room.courseId, 'joined', 'ALREADY_MEMBER');
    await service.reaches(assistant.userId, room.courseId, 'joined', 'ADDED');
    await service.sql('INSERT INTO course_staff (course_id, user_id) VALUES ($1, $2)', [
      room.courseId,
      assistant.userId,
    ]);
    await service.rest();
    return [before, assistant];
  }

  const rolesOf = async ({ account }: Linked, { guildId }: Classroom) =>
    (await service.discord.member(guildId, account))?.roles;

  /** Who is in the server now, and by which roles, of these. */
  const standing = async (students: readonly Linked[], room: Classroom) =>
    Promise.all(students.map((student) => rolesOf(student, room)));

  const endings: [string, (room: Classroom) => [string, unknown[]]][] = [
    ['a course', ({ courseId }) => ['DELETE FROM courses WHERE id = $1', [courseId]]],
    ['its enrollments', ({ courseId }) => ['DELETE FROM course_enrollments WHERE course_id = $1', [courseId]]],
    ['its configuration', ({ configId }) => ['DELETE FROM discord_server_configs WHERE id = $1', [configId]]],
  ];

  describe.each(endings)('%s', (_what, deletion) => {
    it('leaves nobody with a role, and removes nobody who is protected', async () => {
      const { room, students } = await fullClass('Algebra', 2);
      const people = await protectedMembers(room);
      await service.sql(...deletion(room));
      for (const { userId } of students) await service.reaches(userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
      for (const { userId } of people) await service.reaches(userId, room.courseId, 'removed', 'PROTECTED_MEMBER');
      await service.rest();
      expect(await standing(students, room)).toEqual([undefined, undefined]);
      expect(await standing(people, room)).toEqual([[], []]);
    });

    it.each([
      ['REMOVE_ROLE', 'leaves everybody in, without our role', () => []],
      ['KEEP', 'leaves everybody as they are', ({ roleId }: Classroom) => [roleId]],
    ])('where the policy is %s, %s', async (removalPolicy, _what, rest) => {
      const { room, students } = await fullClass('Algebra', 2, { removalPolicy });
      await service.sql(...deletion(room));
      for (const { userId } of students) await service.reaches(userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
      await service.rest();
      expect(await standing(students, room)).toEqual([rest(room), rest(room)]);
    });

    it('of a whole class is held by the brake', async () => {
      const { room, students } = await fullClass('Calculus', 6);
      await service.sql(...deletion(room));
      for (const { userId } of students) await service.reaches(userId, room.courseId, 'joined', 'REMOVAL_HELD');
      await service.rest();
      expect(await standing(students, room)).toEqual(students.map(() => [room.roleId]));
    });
  });

  describe('users', () => {
    it('leave nobody with a role, and remove nobody who is protected; their tokens are revoked and their accounts free', async () => {
      const { room, students } = await fullClass('Algebra', 2);
      const people = await protectedMembers(room);
      const all = [...students, ...people];
      await service.discord.clearRequests();
      await service.sql('DELETE FROM auth.users WHERE id = ANY($1)', [all.map(({ userId }) => userId)]);
      for (const { userId } of students) await service.reaches(userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
      for (const { userId } of people) {
        await service.reaches(userId, room.courseId, 'removed');
        // Once nothing is known of their account any more, the log still tells.
        expect(
          await service.sql(
            `SELECT reason FROM discord_log WHERE user_id = $1 AND previous_status = 'joined' AND new_status = 'removed'`,
            [userId],
          ),
        ).toEqual([{ reason: 'PROTECTED_MEMBER' }]);
      }
      await eventually(async () => {
        expect(await standing(all, room)).toEqual([undefined, undefined, [], []]);
        expect(
          await service.sql('SELECT FROM user_discord_connections WHERE user_id = ANY($1)', [
            all.map(({ userId }) => userId),
          ]),
        ).toEqual([]);
      });
      await service.rest();
      const revoked = (await service.discord.calls()).filter((call) => call === 'POST /oauth2/token/revoke 200');
      expect(revoked).toHaveLength(4);
      // Nothing of who they were on Discord is kept.
      await eventually(async () => {
        const rest = await service.sql<{ text: string }>(
          `SELECT (SELECT json_agg(m) FROM discord_memberships m WHERE m.user_id = ANY($1))::text
             || (SELECT json_agg(l) FROM discord_log l WHERE l.user_id = ANY($1))::text AS text`,
          [all.map(({ userId }) => userId)],
        );
        for (const { account } of all) expect(rest[0]!.text).not.toContain(account);
      });
      // Under another name they may come again.
      const again = await service.createUser('Ayu Wulandari');
      await service.link(again, { discordUserId: students[0]!.account });
      await service.enroll(again, room.courseId);
      await service.reaches(again, room.courseId, 'joined', 'ADDED');
    });

    it('of a whole class are held by the brake, and nothing has happened once they are there again', async () => {
      const { room, students } = await fullClass('Calculus', 6);
      const ids = students.map(({ userId }) => userId);
      const users = await service.sql<{ id: string }>(
        'DELETE FROM auth.users WHERE id = ANY($1) RETURNING id, email, raw_user_meta_data, raw_app_meta_data',
        [ids],
      );
      for (const { userId } of students) await service.reaches(userId, room.courseId, 'joined', 'REMOVAL_HELD');
      await service.rest();
      expect(await standing(students, room)).toEqual(students.map(() => [room.roleId]));
      // Whoever wants to come under another name meanwhile need not wait for a decision.
      const [first] = students as [Linked];
      const again = await service.createUser('Ayu Wulandari');
      await service.link(again, { discordUserId: first.account });
      await service.enroll(again, room.courseId);
      await service.reaches(again, room.courseId, 'joined');

      await service.sql(
        'INSERT INTO auth.users (id, email, raw_user_meta_data, raw_app_meta_data) SELECT id, email, raw_user_meta_data, raw_app_meta_data FROM json_populate_recordset(NULL::auth.users, $1)',
        [JSON.stringify(users.filter(({ id }) => id !== first.userId))],
      );
      await service.sql(
        "UPDATE course_enrollments SET expires_at = now() + interval '1 year' WHERE user_id = ANY($1)",
        [ids],
      );
      for (const { userId } of students.slice(1)) await service.reaches(userId, room.courseId, 'joined', 'ADDED');
      await service.rest();
      expect(await standing(students, room)).toEqual(students.map(() => [room.roleId]));
    });
  });

  describe('an instructor', () => {
    it('leaves the server without an owner: everybody stays as they are, until the course has an instructor again', async () => {
      const { room, students } = await fullClass('Algebra', 2);
      const [ayu, budi] = students as [Linked, Linked];
      const [newcomer] = (await service.students(1)) as [Linked];
      await service.sql('DELETE FROM auth.users WHERE id = $1', [room.instructorId]);
      await service.rest();
      await service.discord.clearRequests();
      await service.unenroll(ayu.userId, room.courseId);
      await service.enroll(newcomer.userId, room.courseId);
      await service.rest();
      expect((await service.discord.calls()).filter((call) => call.includes('/guilds/:id'))).toEqual([]);
      expect(await standing(students, room)).toEqual([[room.roleId], [room.roleId]]);
      const admin = await service.token(await service.createUser('Dewi', 'admin'), 'admin');
      const { auditLog } = await service.query<{ auditLog: { nodes: object[] } }>(
        admin,
        'query ($courseId: UUID) { auditLog(first: 1, filter: { courseId: $courseId, action: [HEALTH] }) { nodes { status errorMessage } } }',
        { courseId: room.courseId },
      );
      expect(auditLog.nodes).toEqual([
        { status: 'FAILED', errorMessage: expect.stringContaining('The server has no owner') as unknown },
      ]);

      const heir = await service.createUser('Sari Dewi', 'instructor');
      await service.sql('UPDATE courses SET instructor_id = $2 WHERE id = $1', [room.courseId, heir]);
      await service.reaches(ayu.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
      await service.reaches(newcomer.userId, room.courseId, 'joined', 'ADDED');
      await service.reaches(budi.userId, room.courseId, 'joined', 'ADDED');
      expect(await standing([ayu, budi, newcomer], room)).toEqual([undefined, [room.roleId], [room.roleId]]);
    });
  });

  it('a course that was deleted still answers, by the title that it had last', async () => {
    const { room, students } = await fullClass('Algebra', 1);
    const [ayu] = students as [Linked];
    await service.sql(`UPDATE courses SET title = 'Linear algebra' WHERE id = $1`, [room.courseId]);
    await service.rest();
    await service.sql('DELETE FROM courses WHERE id = $1', [room.courseId]);
    await service.reaches(ayu.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
    const answer = await service.query<{ course: { title: string }; memberships: { nodes: unknown[] } }>(
      room.instructorToken,
      `query ($id: UUID!) { course(id: $id) { title }
         memberships(courseId: $id) { nodes { status course { title } } } }`,
      { id: room.courseId },
    );
    expect(answer).toEqual({
      course: { title: 'Linear algebra' },
      memberships: { nodes: [{ status: 'REMOVED', course: { title: 'Linear algebra' } }] },
    });
  });

  describe('is deleted at once', () => {
    it('also while somebody has locked every table of ours, and what nobody was told is found by the sweep', async () => {
      const { room, students } = await fullClass('Algebra', 2);
      const [ayu] = students as [Linked];
      const tables = await service.sql<{ name: string }>(
        `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
           AND relname NOT IN ('courses', 'course_enrollments')`,
      );
      const stalled = new Client({ connectionString: service.database.url });
      await stalled.connect();
      try {
        await stalled.query('BEGIN');
        await stalled.query(`LOCK TABLE ${tables.map(({ name }) => name).join(', ')} IN ACCESS EXCLUSIVE MODE`);
        await service.sql(`SET statement_timeout = '5s'`);
        await service.unenroll(ayu.userId, room.courseId);
        await service.sql('TRUNCATE course_enrollments');
        await service.goesOnElsewhere();
        await service.sql('DELETE FROM courses WHERE id = $1', [room.courseId]);
        await service.sql('DELETE FROM auth.users WHERE id = $1', [ayu.userId]);
      } finally {
        await stalled.end();
        await service.sql('RESET statement_timeout');
      }
      await service.nest.get(Sweep).sweep();
      for (const { userId } of students) await service.reaches(userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
      await service.rest();
      expect(await standing(students, room)).toEqual([undefined, undefined]);
    });

    it('also within a long transaction, which keeps nobody else from being served', async () => {
      const { room, students } = await fullClass('Algebra', 2);
      const [ayu, budi] = students as [Linked, Linked];
      const long = new Client({ connectionString: service.database.url });
      await long.connect();
      try {
        await long.query('BEGIN');
        await long.query('DELETE FROM course_enrollments WHERE user_id = $1', [ayu.userId]);
        await long.query('DELETE FROM auth.users WHERE id = $1', [ayu.userId]);
        await service.unenroll(budi.userId, room.courseId);
        await service.reaches(budi.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
        expect(await rolesOf(ayu, room)).toEqual([room.roleId]);
        await long.query('COMMIT');
      } finally {
        await long.end();
      }
      await service.reaches(ayu.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
      expect(await rolesOf(ayu, room)).toBeUndefined();
    });

    it('also by TRUNCATE, which the brake holds like every other', async () => {
      const { room, students } = await fullClass('Algebra', 6);
      await service.sql('TRUNCATE course_enrollments');
      for (const { userId } of students) await service.reaches(userId, room.courseId, 'joined', 'REMOVAL_HELD');
      expect(await standing(students, room)).toEqual(students.map(() => [room.roleId]));
    });
  });
});
