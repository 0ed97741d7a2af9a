import { withClockAt } from '../support/clock';
import { type Classroom, classroom, configure, eventually, Service } from './support/service';

const UPDATE =
  'mutation ($id: UUID!, $input: UpdateServerConfigInput!) { updateServerConfig(id: $id, input: $input) { id } }';
const ADMINISTRATOR = String(1n << 3n);
const MANAGE_SERVER = String(1n << 5n);

interface Student {
  readonly id: string;
  readonly discordId: string;
}

describe('a student whose access ends', () => {
  let service: Service;
  let room: Classroom;

  beforeEach(() => service.aDayPasses());
  beforeAll(async () => {
    service = await Service.start();
    room = await classroom(service);
  });
  afterAll(() => service.close());

  async function linked(options: { autoJoin?: boolean; discordUserId?: string } = {}): Promise<Student> {
    const id = await service.createUser('Ayu Wulandari');
    return { id, discordId: await service.link(id, options) };
  }

  async function joined(...courses: Pick<Classroom, 'courseId'>[]): Promise<Student> {
    const ayu = await linked();
    for (const { courseId } of courses) await service.enroll(ayu.id, courseId);
    for (const { courseId } of courses)
      await eventually(async () =>
        expect(await service.membership(ayu.id, courseId)).toMatchObject({ status: 'joined', in_sync: true }),
      );
    await service.rest();
    return ayu;
  }

  const rolesOf = async ({ discordId }: Student, { guildId } = room) =>
    (await service.discord.member(guildId, discordId))?.roles;

  /** Another course of the room's instructor in the room's server, with a role of its own unless one is given. */
  async function secondCourse(first: Classroom, config: { studentRoleId?: string; removalPolicy?: string } = {}) {
    const courseId = await service.createCourse('Algebra II', first.instructorId);
    const roleId = config.studentRoleId ?? (await service.discord.createRole(first.guildId, 'Student II')).id;
    const configId = await configure(service, first.instructorToken, {
      courseId,
      guildId: first.guildId,
      inviteChannelId: first.channelId,
      studentRoleId: roleId,
      ...config,
    });
    return { ...first, courseId, roleId, configId };
  }

  async function logOf({ id }: Student): Promise<string[]> {
    const rows = await service.sql<{ entry: string }>(
      `SELECT concat_ws(' ', action, status, new_status) AS entry FROM discord_log WHERE user_id = $1 AND action <> 'link' ORDER BY seq`,
      [id],
    );
    return rows.map(({ entry }) => entry);
  }

  describe('in a course that removes', () => {
    const endings: [string, string][] = [
      ['the enrollment is deleted', 'DELETE FROM course_enrollments WHERE user_id = $1'],
      ['its status changes', `UPDATE course_enrollments SET status = 'cancelled' WHERE user_id = $1`],
      [
        'it is set to have expired',
        `UPDATE course_enrollments SET expires_at = now() - interval '1 day' WHERE user_id = $1`,
      ],
      ['the user is deleted', 'DELETE FROM auth.users WHERE id = $1'],
    ];
    it.each(endings)('is removed from the server when %s', async (_how, statement) => {
      const ayu = await joined(room);
      await service.sql(statement, [ayu.id]);
      await service.reaches(ayu.id, room.courseId, 'removed');
      expect(await rolesOf(ayu)).toBeUndefined();
      await service.rest();
      expect(await rolesOf(ayu)).toBeUndefined();
      expect((await logOf(ayu)).filter((entry) => entry.startsWith('remove'))).toEqual(['remove success removed']);
    });

    it('is told why, and the audit log of the server too', async () => {
      const ayu = await joined(room);
      const token = await service.token(ayu.id);
      const stream = service.subscribe<{ membershipChanged: object }>(
        token,
        'subscription ($userId: UUID) { membershipChanged(userId: $userId) { previousStatus status reason } }',
        { userId: ayu.id },
      );
      await new Promise((resolve) => setTimeout(resolve, 300));
      await service.unenroll(ayu.id, room.courseId);
      await service.reaches(ayu.id, room.courseId, 'removed', 'ENROLLMENT_ENDED');
      await eventually(async () => {
        await Promise.resolve();
        expect(stream.received).toEqual([
          { membershipChanged: { previousStatus: 'JOINED', status: 'REMOVED', reason: 'ENROLLMENT_ENDED' } },
        ]);
      });
      await stream.close();
      expect(await service.shown(token, ayu.id, room.courseId)).toMatchObject({
        status: 'REMOVED',
        nextStep: null,
        explanation: 'Your access to Algebra I has ended, and with it your access to Algebra I server.',
      });
      const { auditLog } = await service.discord.guild(room.guildId);
      expect(auditLog.filter((entry) => entry.targetId === ayu.discordId).at(-1)).toMatchObject({
        reason: 'No longer enrolled in the course',
      });
    });

    it('is removed when the enrollment runs out while they are in, though nobody writes anything then', async () => {
      const ayu = await linked();
      await service.sql(
        `INSERT INTO course_enrollments (user_id, course_id, expires_at) VALUES ($1, $2, now() + interval '1.5 seconds')`,
        [ayu.id, room.courseId],
      );
      await service.reaches(ayu.id, room.courseId, 'joined', 'ADDED');
      await service.reaches(ayu.id, room.courseId, 'removed', 'ENROLLMENT_ENDED');
      expect(await rolesOf(ayu)).toBeUndefined();
    });

    it('stays while the enrollment counts: another active status, or an expiry that is put off', async () => {
      const ayu = await joined(room);
      await service.discord.clearRequests();
      await service.sql(`UPDATE course_enrollments SET status = 'completed' WHERE user_id = $1`, [ayu.id]);
      await service.sql(`UPDATE course_enrollments SET expires_at = now() + interval '1 second' WHERE user_id = $1`, [
        ayu.id,
      ]);
      await service.rest();
      await service.sql(`UPDATE course_enrollments SET expires_at = now() + interval '1 day' WHERE user_id = $1`, [
        ayu.id,
      ]);
      await service.rest();
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await service.rest();
      expect(await service.discord.calls(ayu.discordId)).toEqual([]);
      expect(await service.membership(ayu.id, room.courseId)).toMatchObject({ status: 'joined', reason: 'ADDED' });
    });

    it('is brought back by a new enrollment', async () => {
      const ayu = await joined(room);
      await service.unenroll(ayu.id, room.courseId);
      await service.reaches(ayu.id, room.courseId, 'removed', 'ENROLLMENT_ENDED');
      await service.enroll(ayu.id, room.courseId);
      await service.reaches(ayu.id, room.courseId, 'joined', 'ADDED');
      expect(await rolesOf(ayu)).toEqual([room.roleId]);
    });

    it('ends for the whole class when the course is deleted', async () => {
      const doomed = await classroom(service, 'Doomed');
      const class_ = [await joined(doomed), await joined(doomed)];
      await service.sql('DELETE FROM courses WHERE id = $1', [doomed.courseId]);
      for (const ayu of class_) {
        await service.reaches(ayu.id, doomed.courseId, 'removed', 'ENROLLMENT_ENDED');
        expect(await rolesOf(ayu, doomed)).toBeUndefined();
      }
    });
  });

  describe('in a course with a milder policy', () => {
    it('loses the role and stays in the server', async () => {
      const mild = await classroom(service, 'Mild', { removalPolicy: 'REMOVE_ROLE' });
      const ayu = await joined(mild);
      await service.unenroll(ayu.id, mild.courseId);
      await service.reaches(ayu.id, mild.courseId, 'removed', 'ENROLLMENT_ENDED');
      expect(await rolesOf(ayu, mild)).toEqual([]);
      await service.enroll(ayu.id, mild.courseId);
      await eventually(async () => expect(await rolesOf(ayu, mild)).toEqual([mild.roleId]));
    });

    it('keeps everything', async () => {
      const kind = await classroom(service, 'Kind', { removalPolicy: 'KEEP' });
      const ayu = await joined(kind);
      await service.discord.clearRequests();
      await service.unenroll(ayu.id, kind.courseId);
      await service.reaches(ayu.id, kind.courseId, 'removed', 'ENROLLMENT_ENDED');
      await service.rest();
      expect(await rolesOf(ayu, kind)).toEqual([kind.roleId]);
      expect(await service.discord.calls(ayu.discordId)).toEqual([]);
    });

    it('keeps everything until a stricter policy is set, which concerns whoever has the role by then', async () => {
      const kind = await classroom(service, 'Kind no more', { removalPolicy: 'KEEP' });
      const [ayu, guest] = [await joined(kind), await joined(kind)];
      for (const { id } of [ayu, guest]) {
        await service.unenroll(id, kind.courseId);
        await service.reaches(id, kind.courseId, 'removed', 'ENROLLMENT_ENDED');
      }
      // A member like any other, as far as the course is concerned: staff has taken the role and let them stay.
      await service.discord.join(kind.guildId, guest.discordId, []);
      await eventually(async () =>
        expect(
          await service.sql('SELECT granted_role_id FROM discord_memberships WHERE user_id = $1', [guest.id]),
        ).toEqual([{ granted_role_id: null }]),
      );
      await service.rest();
      await service.query(kind.instructorToken, UPDATE, { id: kind.configId, input: { removalPolicy: 'KICK' } });
      await eventually(async () => expect(await rolesOf(ayu, kind)).toBeUndefined());
      await service.rest();
      expect(await rolesOf(guest, kind)).toEqual([]);
    });
  });

  describe('in one of two courses that share a server', () => {
    it('stays, and loses only the role that the ended course gave', async () => {
      const first = await classroom(service, 'Shared');
      const second = await secondCourse(first);
      const ayu = await joined(first, second);
      expect([...(await rolesOf(ayu, first))!].sort()).toEqual([first.roleId, second.roleId].sort());

      await service.unenroll(ayu.id, first.courseId);
      await service.reaches(ayu.id, first.courseId, 'removed', 'STILL_ENROLLED_ELSEWHERE');
      await eventually(async () => expect(await rolesOf(ayu, first)).toEqual([second.roleId]));
      await service.reaches(ayu.id, second.courseId, 'joined');

      await service.unenroll(ayu.id, second.courseId);
      await service.reaches(ayu.id, second.courseId, 'removed', 'ENROLLMENT_ENDED');
      expect(await rolesOf(ayu, first)).toBeUndefined();
      await service.reaches(ayu.id, first.courseId, 'removed', 'ENROLLMENT_ENDED');
    });

    it('keeps a role that both courses give', async () => {
      const first = await classroom(service, 'Same role');
      const second = await secondCourse(first, { studentRoleId: first.roleId });
      const ayu = await joined(first, second);
      await service.discord.clearRequests();
      await service.unenroll(ayu.id, first.courseId);
      await service.reaches(ayu.id, first.courseId, 'removed', 'STILL_ENROLLED_ELSEWHERE');
      await service.rest();
      expect(await rolesOf(ayu, first)).toEqual([first.roleId]);
      expect(await service.discord.calls(ayu.discordId)).toEqual([]);
    });

    it('keeps a role that both courses gave where the milder one takes nothing', async () => {
      const kind = await classroom(service, 'Same role, kept', { removalPolicy: 'KEEP' });
      const strict = await secondCourse(kind, { studentRoleId: kind.roleId, removalPolicy: 'REMOVE_ROLE' });
      const ayu = await joined(kind, strict);
      for (const { courseId } of [kind, strict]) {
        await service.unenroll(ayu.id, courseId);
        await service.reaches(ayu.id, courseId, 'removed');
      }
      await service.rest();
      expect(await rolesOf(ayu, kind)).toEqual([kind.roleId]);
    });

    it('is treated by the mildest policy of both when the second ends too', async () => {
      const first = await classroom(service, 'Mildest');
      const second = await secondCourse(first, { removalPolicy: 'REMOVE_ROLE' });
      const ayu = await joined(first, second);
      await service.unenroll(ayu.id, second.courseId);
      await service.reaches(ayu.id, second.courseId, 'removed', 'STILL_ENROLLED_ELSEWHERE');
      await service.unenroll(ayu.id, first.courseId);
      await service.reaches(ayu.id, first.courseId, 'removed', 'ENROLLMENT_ENDED');
      await service.rest();
      expect(await rolesOf(ayu, first)).toEqual([]);
    });

    it('stays when the first course ended before the second one began to hold them', async () => {
      const first = await classroom(service, 'Successor');
      const second = await secondCourse(first);
      const ayu = await joined(first);
      await service.sql(
        `WITH gone AS (DELETE FROM course_enrollments WHERE user_id = $1)
         INSERT INTO course_enrollments (user_id, course_id) VALUES ($1, $2)`,
        [ayu.id, second.courseId],
      );
      await service.reaches(ayu.id, second.courseId, 'joined');
      await service.reaches(ayu.id, first.courseId, 'removed', 'STILL_ENROLLED_ELSEWHERE');
      await eventually(async () => expect(await rolesOf(ayu, first)).toEqual([second.roleId]));
      const { auditLog } = await service.discord.guild(first.guildId);
      expect(auditLog.filter((entry) => entry.targetId === ayu.discordId && Number(entry.action) === 20)).toEqual([]);
    });
  });

  describe('in one course and, before they were served there, in another one of the server', () => {
    /** Both end before anything was done for the second. */
    async function bothEnd(title: string, end: (ayu: Student) => Promise<unknown>) {
      const first = await classroom(service, title);
      const second = await secondCourse(first);
      const ayu = await joined(first);
      await service.discord.clearRequests();
      await service.atOnce(first.guildId, async () => {
        await service.enroll(ayu.id, second.courseId);
        await service.marked();
        await end(ayu);
      });
      return { first, second, ayu };
    }

    it('is removed, by one call', async () => {
      const { first, second, ayu } = await bothEnd('Both over', ({ id }) =>
        service.sql('DELETE FROM course_enrollments WHERE user_id = $1', [id]),
      );
      await service.reaches(ayu.id, first.courseId, 'removed', 'ENROLLMENT_ENDED');
      await service.reaches(ayu.id, second.courseId, 'removed', 'ENROLLMENT_ENDED');
      expect(await rolesOf(ayu, first)).toBeUndefined();
      const calls = await service.discord.calls(ayu.discordId);
      expect(calls.filter((call) => !call.startsWith('GET'))).toEqual(['DELETE /guilds/:id/members/:id 204']);
    });

    it('is removed also when their user is deleted, or their account given up, in the same moment', async () => {
      const gone = await bothEnd('Deleted', ({ id }) => service.sql('DELETE FROM auth.users WHERE id = $1', [id]));
      const unlinked = await bothEnd('Disconnected', async ({ id }) => {
        await service.sql('DELETE FROM course_enrollments WHERE user_id = $1', [id]);
        await service.query(await service.token(id), 'mutation { unlinkDiscord }');
      });
      for (const { first, ayu } of [gone, unlinked])
        await eventually(async () => expect(await rolesOf(ayu, first)).toBeUndefined());
    });
  });

  describe('and whom a course that is switched off has kept', () => {
    const unenrolled = ({ id }: Student, { courseId }: Classroom) => service.unenroll(id, courseId);
    const removed = ({ id }: Student, { courseId, instructorToken }: Classroom) =>
      service.query(
        instructorToken,
        'mutation ($id: UUID!, $courseId: UUID!) { removeStudent(userId: $id, courseId: $courseId) { status } }',
        { id, courseId },
      );

    it.each<[string, typeof unenrolled, (ayu: Student) => Promise<unknown>]>([
      [
        'disconnects',
        unenrolled,
        async ({ id }) => service.query(await service.token(id), 'mutation { unlinkDiscord }'),
      ],
      ['is deleted', unenrolled, ({ id }) => service.sql('DELETE FROM auth.users WHERE id = $1', [id])],
      ['exchanges accounts', unenrolled, ({ id }) => service.link(id)],
      ['exchanges accounts, removed by staff', removed, ({ id }) => service.link(id)],
    ])('is removed when it goes on, though nothing was done for it before: %s', async (_what, ends, goes) => {
      const first = await classroom(service, 'Kept by another');
      const second = await secondCourse(first);
      const switched = (on: boolean) =>
        service.sql('UPDATE discord_server_configs SET is_active = $2 WHERE id = $1', [second.configId, on]);
      const ayu = await joined(first);
      await service.atOnce(first.guildId, async () => {
        await service.enroll(ayu.id, second.courseId);
        await service.marked();
        await switched(false);
      });
      await service.rest();
      await ends(ayu, first);
      await service.reaches(ayu.id, first.courseId, 'removed');
      await service.rest();
      expect(await rolesOf(ayu, first)).toEqual([]);
      await goes(ayu);
      await service.rest();
      await switched(true);
      await eventually(async () => expect(await rolesOf(ayu, first)).toBeUndefined());
    });
  });

  describe('in a course with a grace', () => {
    it('stays for the grace, and enrolling again within it changes nothing on Discord', async () => {
      const patient = await classroom(service, 'Patient', { removalGraceHours: 24 });
      const ayu = await joined(patient);
      await service.discord.clearRequests();
      await service.unenroll(ayu.id, patient.courseId);
      await service.reaches(ayu.id, patient.courseId, 'joined', 'GRACE_PERIOD');
      const [row] = await service.sql<{ hours: string }>(
        `SELECT extract(epoch FROM removal_due_at - now()) / 3600 AS hours FROM discord_memberships WHERE user_id = $1`,
        [ayu.id],
      );
      expect(Number(row!.hours)).toBeCloseTo(24, 1);
      await service.enroll(ayu.id, patient.courseId);
      await service.reaches(ayu.id, patient.courseId, 'joined', 'ADDED');
      await service.rest();
      expect(await rolesOf(ayu, patient)).toEqual([patient.roleId]);
      expect(await service.discord.calls(ayu.discordId)).toEqual([]);
    });

    it('has the role for the grace where only that is to be taken, and stays without it afterwards', async () => {
      const mild = await classroom(service, 'Patient and mild', {
        removalPolicy: 'REMOVE_ROLE',
        removalGraceHours: 24,
      });
      const ayu = await joined(mild);
      await service.unenroll(ayu.id, mild.courseId);
      await service.reaches(ayu.id, mild.courseId, 'joined', 'GRACE_PERIOD');
      expect(await rolesOf(ayu, mild)).toEqual([mild.roleId]);
      await service.query(mild.instructorToken, UPDATE, { id: mild.configId, input: { removalGraceHours: 0 } });
      await service.reaches(ayu.id, mild.courseId, 'removed', 'ENROLLMENT_ENDED');
      expect(await rolesOf(ayu, mild)).toEqual([]);
    });

    it('has to go when the grace is over, or is taken away', async () => {
      const patient = await classroom(service, 'Impatient', { removalGraceHours: 24 });
      const ayu = await joined(patient);
      await service.unenroll(ayu.id, patient.courseId);
      await service.reaches(ayu.id, patient.courseId, 'joined', 'GRACE_PERIOD');
      await service.query(patient.instructorToken, UPDATE, { id: patient.configId, input: { removalGraceHours: 0 } });
      await service.reaches(ayu.id, patient.courseId, 'removed', 'ENROLLMENT_ENDED');
      expect(await rolesOf(ayu, patient)).toBeUndefined();

      // The grace runs from the enrollment's own end, not from when anybody noticed.
      const budi = await joined(room);
      const slow = await secondCourse(room);
      await service.query(room.instructorToken, UPDATE, { id: slow.configId, input: { removalGraceHours: 1 } });
      await service.enroll(budi.id, slow.courseId);
      await service.reaches(budi.id, slow.courseId, 'joined');
      await service.sql(
        `UPDATE course_enrollments SET expires_at = now() - interval '1 hour' + interval '2 seconds' WHERE user_id = $1 AND course_id = $2`,
        [budi.id, slow.courseId],
      );
      await service.reaches(budi.id, slow.courseId, 'joined', 'GRACE_PERIOD');
      await service.reaches(budi.id, slow.courseId, 'removed', 'STILL_ENROLLED_ELSEWHERE');
      await eventually(async () => expect(await rolesOf(budi)).toEqual([room.roleId]));
    });
  });

  describe('before they have used their invite', () => {
    it('finds the invite taken back', async () => {
      const ayu = await linked({ autoJoin: false });
      await service.enroll(ayu.id, room.courseId);
      await service.reaches(ayu.id, room.courseId, 'invited', 'INVITE_OPEN');
      const { invite_link: link } = (await service.membership(ayu.id, room.courseId))!;
      await service.unenroll(ayu.id, room.courseId);
      await service.reaches(ayu.id, room.courseId, 'removed', 'ENROLLMENT_ENDED');
      expect((await service.discord.guild(room.guildId)).invites).toEqual([]);
      await expect(service.discord.accept(link!.split('/').at(-1)!, ayu.discordId)).rejects.toThrow();
      expect(await service.membership(ayu.id, room.courseId)).toMatchObject({ invite_link: null });
    });

    it('or, having used it while the bot was away, has to go like everybody else', async () => {
      const away = await classroom(service, 'Away');
      const ayu = await service.createUser('Ayu');
      const account = await service.link(ayu, { autoJoin: false });
      await service.enroll(ayu, away.courseId);
      await service.reaches(ayu, away.courseId, 'invited', 'INVITE_OPEN');
      const { invite_link: link } = (await service.membership(ayu, away.courseId))!;
      await service.discord.removeBot(away.guildId);
      await service.discord.accept(link!.split('/').at(-1)!, account);
      await service.unenroll(ayu, away.courseId);
      await service.discord.addBot(away.guildId);
      await service.reaches(ayu, away.courseId, 'removed', 'ENROLLMENT_ENDED', 20_000);
      expect(await service.discord.member(away.guildId, account)).toBeUndefined();
    });

    it('has another one when another course in the server still wants them', async () => {
      const first = await classroom(service, 'Invited twice');
      const second = await secondCourse(first);
      const ayu = await linked({ autoJoin: false });
      await service.enroll(ayu.id, first.courseId);
      await service.reaches(ayu.id, first.courseId, 'invited', 'INVITE_OPEN');
      await service.enroll(ayu.id, second.courseId);
      await service.reaches(ayu.id, second.courseId, 'invited', 'INVITE_OPEN');
      const former = (await service.membership(ayu.id, first.courseId))!.invite_link;
      // One invite leads into the server, for both courses.
      expect((await service.membership(ayu.id, second.courseId))!.invite_link).toBe(former);

      await service.unenroll(ayu.id, first.courseId);
      await service.reaches(ayu.id, first.courseId, 'removed', 'ENROLLMENT_ENDED');
      await service.reaches(ayu.id, second.courseId, 'invited', 'INVITE_OPEN');
      // The former one would give the ended course's role as well.
      const link = (await service.membership(ayu.id, second.courseId))!.invite_link!;
      expect(link).not.toBe(former);
      expect((await service.discord.guild(first.guildId)).invites).toHaveLength(1);
      await service.discord.accept(link.split('/').at(-1)!, ayu.discordId);
      await service.reaches(ayu.id, second.courseId, 'joined', 'USED_INVITE');
      await eventually(async () => expect(await rolesOf(ayu, first)).toEqual([second.roleId]));
    });
  });

  describe('who must not be removed from the server', () => {
    /** Access ends; they are in still, without the role. */
    async function losesOnlyTheRole(who: Student, where: Classroom, rest: string[] = []): Promise<void> {
      await service.unenroll(who.id, where.courseId);
      await service.reaches(who.id, where.courseId, 'removed', 'PROTECTED_MEMBER');
      await service.rest();
      expect(await rolesOf(who, where)).toEqual(rest);
    }

    it.each([
      ['a moment', 0],
      ['weeks', -21 * 24 * 3_600_000],
    ])('was there %s before us', async (_how, offset) => {
      const ayu = await linked();
      await withClockAt(offset, () => service.discord.join(room.guildId, ayu.discordId));
      await service.enroll(ayu.id, room.courseId);
      await service.reaches(ayu.id, room.courseId, 'joined', 'ALREADY_MEMBER');
      expect(await rolesOf(ayu)).toEqual([room.roleId]);
      await losesOnlyTheRole(ayu, room);
    });

    it('was there before us, with nothing but an invite to expect', async () => {
      const ayu = await linked({ autoJoin: false });
      await service.discord.join(room.guildId, ayu.discordId);
      await service.enroll(ayu.id, room.courseId);
      await service.reaches(ayu.id, room.courseId, 'joined', 'ALREADY_MEMBER');
      expect((await service.discord.guild(room.guildId)).invites).toEqual([]);
      await losesOnlyTheRole(ayu, room);
    });

    it('is managed like everybody else where the course adopts those who were there', async () => {
      const adopting = await classroom(service, 'Adopting', { adoptExisting: true });
      const ayu = await linked();
      await service.discord.join(adopting.guildId, ayu.discordId);
      await service.enroll(ayu.id, adopting.courseId);
      await eventually(async () => expect(await rolesOf(ayu, adopting)).toEqual([adopting.roleId]));
      await service.rest();
      await service.unenroll(ayu.id, adopting.courseId);
      await service.reaches(ayu.id, adopting.courseId, 'removed', 'ENROLLMENT_ENDED');
      expect(await rolesOf(ayu, adopting)).toBeUndefined();
    });

    it('is managed like everybody else once the course adopts those who are enrolled, but not whose access had ended', async () => {
      const course = await classroom(service, 'Adopting later');
      const [ayu, budi] = [await linked(), await linked()];
      for (const { id, discordId } of [ayu, budi]) {
        await service.discord.join(course.guildId, discordId);
        await service.enroll(id, course.courseId);
        await service.reaches(id, course.courseId, 'joined', 'ALREADY_MEMBER');
      }
      await service.rest();
      await losesOnlyTheRole(budi, course);
      await service.query(course.instructorToken, UPDATE, { id: course.configId, input: { adoptExisting: true } });
      await service.rest();
      expect(await rolesOf(ayu, course)).toEqual([course.roleId]);
      await service.unenroll(ayu.id, course.courseId);
      await service.reaches(ayu.id, course.courseId, 'removed', 'ENROLLMENT_ENDED');
      await service.rest();
      expect(await rolesOf(ayu, course)).toBeUndefined();
      expect(await rolesOf(budi, course)).toEqual([]);
    });

    it.each([
      ['an administrator', ADMINISTRATOR],
      ['a moderator', MANAGE_SERVER],
    ])('has become %s a moment ago', async (_who, permissions) => {
      const ayu = await joined(room);
      const role = await service.discord.createRole(room.guildId, 'Power', { permissions });
      await service.discord.join(room.guildId, ayu.discordId, [room.roleId, role.id]);
      await losesOnlyTheRole(ayu, room, [role.id]);
    });

    it('owns the server', async () => {
      const id = await service.createUser('Owner Wibowo');
      const discordId = await service.link(id);
      const guild = await service.discord.createGuild('Owned server', discordId);
      const role = await service.discord.createRole(guild.id, 'Student');
      const power = await service.discord.createRole(guild.id, 'Power', { permissions: MANAGE_SERVER });
      await service.discord.addBot(guild.id);
      await service.discord.join(guild.id, room.instructorDiscordId, [power.id]);
      const courseId = await service.createCourse('Owned', room.instructorId);
      await configure(service, room.instructorToken, {
        courseId,
        guildId: guild.id,
        studentRoleId: role.id,
        adoptExisting: true,
      });
      const owned = { ...room, courseId, guildId: guild.id, roleId: role.id };
      await service.enroll(id, courseId);
      await eventually(async () => expect(await rolesOf({ id, discordId }, owned)).toEqual([role.id]));
      await losesOnlyTheRole({ id, discordId }, owned);
    });

    it('teaches a course in the server', async () => {
      const shared = await classroom(service, 'With staff');
      const assistant = await joined(shared);
      await service.sql('INSERT INTO course_staff (course_id, user_id) VALUES ($1, $2)', [
        shared.courseId,
        assistant.id,
      ]);
      await losesOnlyTheRole(assistant, shared);
    });
  });
});
