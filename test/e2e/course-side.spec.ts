import { randomUUID } from 'node:crypto';
import { type ProcessRole } from '../../src/config/config';
import { type Classroom, classroom, eventually, Service } from './support/service';
import { settledClass } from './support/settled-class';
import { statementsOf } from './support/statements';

const SET_STAFF = `mutation ($courseId: UUID!, $userIds: [UUID!]!) {
  setCourseStaff(courseId: $courseId, userIds: $userIds) { id staff { id displayName } } }`;
const SET_ENROLLMENT = `mutation ($userId: UUID!, $courseId: UUID!, $active: Boolean!, $expiresAt: DateTime) {
  setEnrollment(userId: $userId, courseId: $courseId, active: $active, expiresAt: $expiresAt) }`;
const STATS = 'stats { enrolled linked invited joined left removed pending }';

interface StaffAnswer {
  readonly setCourseStaff: { staff: { id: string; displayName: string | null }[] };
}

describe('what staff sees and does of a course', () => {
  let service: Service;

  beforeAll(async () => {
    service = await Service.start({ config: { roles: new Set<ProcessRole>(['api', 'worker']) } });
  });
  afterAll(() => service.close());

  async function instructor(name: string): Promise<{ id: string; token: string }> {
    const id = await service.createUser(name, 'instructor');
    return { id, token: await service.token(id, 'instructor') };
  }

  describe('co-teachers', () => {
    it('may do at once what the owner may, and no longer once they are taken off', async () => {
      const rina = await instructor('Rina Hartono');
      const sari = await instructor('Sari Dewi');
      const courseId = await service.createCourse('Algebra I', rina.id);
      const ayu = await service.createUser('Ayu Wulandari');
      const enrolls = { userId: ayu, courseId, active: true };
      expect((await service.refusal(sari.token, SET_ENROLLMENT, enrolls)).code).toBe('NOT_FOUND');

      const log = service.subscribe<{ auditLogAppended: { action: string } }>(
        sari.token,
        'subscription ($courseId: UUID!) { auditLogAppended(filter: { courseId: $courseId }, after: "0") { action } }',
        { courseId },
      );
      const set = await service.query<StaffAnswer>(rina.token, SET_STAFF, { courseId, userIds: [sari.id] });
      expect(set.setCourseStaff.staff).toEqual([{ id: sari.id, displayName: 'Sari Dewi' }]);
      await service.query(sari.token, SET_ENROLLMENT, enrolls);
      await eventually(() => {
        expect(log.received.map(({ auditLogAppended }) => auditLogAppended.action)).toEqual([
          'CONFIG_UPDATE',
          'ENROLLMENT',
        ]);
        return Promise.resolve();
      });
      const { viewer } = await service.query<{ viewer: { courses: { nodes: { id: string }[]; totalCount: number } } }>(
        sari.token,
        '{ viewer { courses { nodes { id } totalCount } } }',
      );
      expect(viewer.courses).toEqual({ nodes: [{ id: courseId }], totalCount: 1 });

      await service.query(rina.token, SET_STAFF, { courseId, userIds: [] });
      expect((await service.refusal(sari.token, SET_ENROLLMENT, enrolls)).code).toBe('NOT_FOUND');
      await service.query(rina.token, SET_ENROLLMENT, { ...enrolls, active: false });
      // What comes after it in the log has been judged, so this one was too.
      const watched = await instructor('Watched');
      const other = await service.createCourse('Geometry', watched.id);
      await service.query(watched.token, SET_STAFF, { courseId: other, userIds: [sari.id] });
      const everything = service.subscribe<{ auditLogAppended: { courseId: string } }>(
        sari.token,
        'subscription { auditLogAppended(after: "0") { courseId } }',
      );
      await eventually(() => {
        expect(everything.received.map(({ auditLogAppended }) => auditLogAppended.courseId)).toEqual([other]);
        return Promise.resolve();
      });
      expect(log.received).toHaveLength(2);
      await log.close();
      await everything.close();
    });

    it('are named by the owner and admins only, and only people whom the platform knows', async () => {
      const rina = await instructor('Rina Hartono');
      const sari = await instructor('Sari Dewi');
      const stranger = await instructor('Budi Santoso');
      const courseId = await service.createCourse('Algebra I', rina.id);
      await service.query(rina.token, SET_STAFF, { courseId, userIds: [rina.id, sari.id, sari.id] });
      const people = { courseId, userIds: [stranger.id] };
      expect((await service.refusal(sari.token, SET_STAFF, people)).code).toBe('FORBIDDEN');
      expect((await service.refusal(stranger.token, SET_STAFF, people)).code).toBe('NOT_FOUND');
      expect(
        await service.refusal(rina.token, SET_STAFF, { courseId, userIds: [sari.id, randomUUID()] }),
      ).toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining('knows no user') as string });
      const admin = await service.token(await service.createUser('Amira', 'admin'), 'admin');
      const { setCourseStaff } = await service.query<StaffAnswer>(admin, SET_STAFF, people);
      expect(setCourseStaff.staff.map(({ id }) => id)).toEqual([stranger.id]);

      const ayu = await service.createUser('Ayu Wulandari');
      await service.enroll(ayu, courseId);
      const seen = await service.query(
        await service.token(ayu),
        'query ($id: UUID!) { course(id: $id) { staff { id } } }',
        {
          id: courseId,
        },
      );
      expect(seen).toEqual({ course: { staff: [] } });
    });
  });

  describe('an enrollment', () => {
    const rows = (userId: string, courseId: string) =>
      service.sql<{ status: string; expires_at: Date | null }>(
        'SELECT status, expires_at FROM course_enrollments WHERE user_id = $1 AND course_id = $2',
        [userId, courseId],
      );

    it('that staff or the platform begins brings the student in, and one that they end brings them out', async () => {
      const room = await classroom(service);
      const ayu = await service.createUser('Ayu Wulandari');
      const account = await service.link(ayu);
      const platform = await service.token(randomUUID(), 'service');
      const student = { userId: ayu, courseId: room.courseId };
      await service.query(room.instructorToken, SET_ENROLLMENT, { ...student, active: true });
      await service.reaches(ayu, room.courseId, 'joined', 'ADDED');
      await service.query(platform, SET_ENROLLMENT, { ...student, active: false });
      await eventually(async () => {
        expect(await service.discord.member(room.guildId, account)).toBeUndefined();
      });
      expect(await rows(ayu, room.courseId)).toEqual([]);
      await service.query(platform, SET_ENROLLMENT, { ...student, active: true, expiresAt: '2099-05-06T07:08:09Z' });
      await service.reaches(ayu, room.courseId, 'joined', 'ADDED');
      expect(await rows(ayu, room.courseId)).toEqual([
        { status: 'active', expires_at: new Date('2099-05-06T07:08:09Z') },
      ]);
      // Said again, without an end: the same row, now without one.
      await service.query(platform, SET_ENROLLMENT, { ...student, active: true });
      expect(await rows(ayu, room.courseId)).toEqual([{ status: 'active', expires_at: null }]);
      const log = await service.sql(
        `SELECT actor_id, details ->> 'active' AS active FROM discord_log
         WHERE user_id = $1 AND action = 'enrollment' AND actor_id IS NOT NULL ORDER BY seq LIMIT 1`,
        [ayu],
      );
      expect(log).toEqual([{ actor_id: room.instructorId, active: 'true' }]);
    });

    it('that had been cancelled counts again, and one that is completed stays so', async () => {
      const rina = await instructor('Rina Hartono');
      const courseId = await service.createCourse('Algebra I', rina.id);
      const [ayu, budi] = [await service.createUser('Ayu'), await service.createUser('Budi')];
      await service.sql(
        `INSERT INTO course_enrollments (user_id, course_id, status) VALUES ($1, $3, 'cancelled'), ($2, $3, 'completed')`,
        [ayu, budi, courseId],
      );
      for (const userId of [ayu, budi])
        await service.query(rina.token, SET_ENROLLMENT, { userId, courseId, active: true });
      expect((await rows(ayu, courseId)).map(({ status }) => status)).toEqual(['active']);
      expect((await rows(budi, courseId)).map(({ status }) => status)).toEqual(['completed']);
    });

    it('is refused to students, for nobody, and with an end that contradicts it', async () => {
      const rina = await instructor('Rina Hartono');
      const courseId = await service.createCourse('Algebra I', rina.id);
      const ayu = await service.createUser('Ayu');
      await service.enroll(ayu, courseId);
      const code = async (token: string, change: object) =>
        (await service.refusal(token, SET_ENROLLMENT, { userId: ayu, courseId, active: true, ...change })).code;
      expect(await code(await service.token(ayu), {})).toBe('FORBIDDEN');
      expect(await code(rina.token, { userId: randomUUID() })).toBe('NOT_FOUND');
      expect(await code(rina.token, { courseId: randomUUID() })).toBe('NOT_FOUND');
      expect(await code(rina.token, { active: false, expiresAt: '2099-01-01T00:00:00Z' })).toBe('BAD_USER_INPUT');
    });

    it('is written to a table without status, end or unique key', async () => {
      const rina = await instructor('Rina Hartono');
      const courseId = await service.createCourse('Algebra I', rina.id);
      const ayu = await service.createUser('Ayu');
      await service.sql('ALTER TABLE course_enrollments RENAME TO full_enrollments');
      await service.sql('CREATE TABLE course_enrollments (user_id uuid NOT NULL, course_id uuid NOT NULL)');
      try {
        const change = { userId: ayu, courseId, active: true };
        await Promise.all([
          service.query(rina.token, SET_ENROLLMENT, change),
          service.query(rina.token, SET_ENROLLMENT, change),
        ]);
        expect(await service.sql('SELECT user_id FROM course_enrollments')).toEqual([{ user_id: ayu }]);
        expect(
          await service.refusal(rina.token, SET_ENROLLMENT, { ...change, expiresAt: '2099-01-01T00:00:00Z' }),
        ).toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining('"expires_at"') as string });
      } finally {
        await service.sql('DROP TABLE course_enrollments');
        await service.sql('ALTER TABLE full_enrollments RENAME TO course_enrollments');
      }
    });
  });

  describe('the numbers of a course', () => {
    it('count each student once, by the server where a person is most needed', async () => {
      const rina = await instructor('Rina Hartono');
      const courseId = await service.createCourse('Algebra I', rina.id);
      const standing: [string, string][][] = [
        [['joined', 'ADDED']],
        [
          ['joined', 'ADDED'],
          ['pending', 'QUEUED'],
        ],
        [
          ['joined', 'ADDED'],
          ['left', 'LEFT_BY_CHOICE'],
        ],
        [
          ['joined', 'REMOVAL_HELD'],
          ['pending', 'SERVER_NOT_READY'],
        ],
        [
          ['invited', 'INVITE_OPEN'],
          ['joined', 'ADDED'],
        ],
        [
          ['pending', 'NOT_INVITED'],
          ['invited', 'INVITE_EXPIRED'],
        ],
        [['removed', 'ENROLLMENT_ENDED']],
      ];
      await service.sql('ALTER TABLE course_enrollments DISABLE TRIGGER USER');
      for (const servers of standing) {
        const userId = await service.createUser('Student');
        if (servers[0]![0] !== 'removed') await service.enroll(userId, courseId);
        for (const [index, [status, reason]] of servers.entries())
          await service.sql(
            `INSERT INTO discord_memberships (user_id, course_id, guild_id, status, reason, observed_generation) VALUES ($1, $2, $3, $4, $5, 1)`,
            [userId, courseId, `10000000000000000${index}`, status, reason],
          );
      }
      await service.sql('ALTER TABLE course_enrollments ENABLE TRIGGER USER');
      await service.link(
        (
          await service.sql<{ user_id: string }>(
            'SELECT user_id FROM course_enrollments WHERE course_id = $1 LIMIT 1',
            [courseId],
          )
        )[0]!.user_id,
      );

      const { course } = await service.query<{ course: object }>(
        rina.token,
        `query ($id: UUID!) { course(id: $id) { ${STATS} } }`,
        { id: courseId },
      );
      expect(course).toEqual({
        stats: { enrolled: 6, linked: 1, joined: 2, pending: 1, left: 1, invited: 2, removed: 1 },
      });
    });

    it('are not for those who attend it', async () => {
      const rina = await instructor('Rina Hartono');
      const courseId = await service.createCourse('Algebra I', rina.id);
      const ayu = await service.createUser('Ayu');
      await service.enroll(ayu, courseId);
      const query = `query ($id: UUID!) { course(id: $id) { ${STATS} } }`;
      expect((await service.refusal(await service.token(ayu), query, { id: courseId })).code).toBe('FORBIDDEN');
    });
  });

  describe('direct messages', () => {
    const SET = 'mutation ($enabled: Boolean!) { setDirectMessages(enabled: $enabled) { id directMessages } }';

    it("are off until they are switched on, and the switch is the person's own", async () => {
      const [ayu, budi] = [await service.createUser('Ayu'), await service.createUser('Budi')];
      const [ayus, budis] = [await service.token(ayu), await service.token(budi)];
      const isOn = async (token: string) =>
        (await service.query<{ viewer: { directMessages: boolean } }>(token, '{ viewer { directMessages } }')).viewer
          .directMessages;
      expect(await isOn(ayus)).toBe(false);
      expect(await service.query(ayus, SET, { enabled: true })).toEqual({
        setDirectMessages: { id: ayu, directMessages: true },
      });
      expect([await isOn(ayus), await isOn(budis)]).toEqual([true, false]);
      const { myDiscordData } = await service.query<{ myDiscordData: { settings: object } }>(ayus, '{ myDiscordData }');
      expect(myDiscordData.settings).toMatchObject({ user_id: ayu, direct_messages: true });
      await service.query(ayus, 'mutation { eraseMyDiscordData }');
      expect(await isOn(ayus)).toBe(false);
      await service.query(ayus, SET, { enabled: true });
      await service.query(ayus, SET, { enabled: false });
      expect(await isOn(ayus)).toBe(false);
      const platform = await service.token(randomUUID(), 'service');
      expect((await service.refusal(platform, SET, { enabled: true })).code).toBe('FORBIDDEN');
    });
  });
});

describe('what a list costs the database', () => {
  let service: Service;
  let room: Classroom;

  beforeAll(async () => {
    service = await Service.start({ config: { roles: new Set<ProcessRole>(['api']) } });
    room = await classroom(service);
    await settledClass(service, room, 60);
  });
  afterAll(() => service.close());

  it('does not grow with the students: 50 memberships with student, course and connection are at most 5 statements', async () => {
    let nodes: unknown[] = [];
    const statements = await statementsOf(async () => {
      const answer = await service.query<{ memberships: { nodes: unknown[] } }>(
        room.instructorToken,
        `query ($courseId: UUID!) { memberships(courseId: $courseId, first: 50) { totalCount nodes {
           id status explanation student { id displayName discordConnection { username } } course { id title } } } }`,
        { courseId: room.courseId },
      );
      nodes = answer.memberships.nodes;
    });
    expect(nodes).toHaveLength(50);
    expect(statements.length).toBeGreaterThanOrEqual(4);
    expect(statements.length).toBeLessThanOrEqual(5);
  });

  it('does not grow with the courses: their numbers, staff and servers are one statement each', async () => {
    for (let index = 0; index < 20; index += 1) await service.createCourse(`Course ${index}`, room.instructorId);
    let nodes: unknown[] = [];
    const statements = await statementsOf(async () => {
      const answer = await service.query<{ courses: { nodes: unknown[] } }>(
        room.instructorToken,
        `{ courses { nodes { id ${STATS} staff { id } serverConfigs { id } } } }`,
      );
      nodes = answer.courses.nodes;
    });
    expect(nodes).toHaveLength(21);
    expect(statements).toHaveLength(4);
  });
});
