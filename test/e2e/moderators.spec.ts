import { type Classroom, classroom, configure, eventually, type Linked, Service } from './support/service';
import { syncInFull } from './support/settled-class';

const INVITE =
  'mutation ($userId: UUID!, $courseId: UUID!) { inviteStudent(userId: $userId, courseId: $courseId) { id } }';
const INVITE_ALL =
  'mutation ($userId: UUID!, $courseId: UUID!) { inviteStudents(courseId: $courseId, userIds: [$userId]) { id } }';
const REMOVE =
  'mutation ($userId: UUID!, $courseId: UUID!) { removeStudent(userId: $userId, courseId: $courseId) { id } }';
const PLAN = 'query ($courseId: UUID!) { syncPlan(courseId: $courseId) { add kick actions { action reason } } }';

/** A kick or a ban by a moderator in Discord concerns the server: only course staff lifts it, each for its course. */
describe('what a moderator did', () => {
  let service: Service;

  beforeEach(() => service.aDayPasses());
  beforeAll(async () => {
    service = await Service.start();
  });
  afterAll(() => service.close());

  const isIn = async ({ account }: Linked, { guildId }: Classroom) =>
    (await service.discord.member(guildId, account)) !== undefined;

  const rolesOf = async ({ account }: Linked, { guildId }: Classroom) =>
    (await service.discord.member(guildId, account))?.roles;

  const ask = (room: Classroom, mutation: string, { userId }: Linked) =>
    service.query(room.instructorToken, mutation, { userId, courseId: room.courseId });

  async function oneJoined(room: Classroom): Promise<Linked> {
    const [student] = (await service.students(1)) as [Linked];
    await service.enroll(student.userId, room.courseId);
    await service.reaches(student.userId, room.courseId, 'joined', 'ADDED');
    await service.rest();
    return student;
  }

  async function secondCourse(room: Classroom): Promise<Classroom> {
    const courseId = await service.createCourse('Second course', room.instructorId);
    const { id: roleId } = await service.discord.createRole(room.guildId, 'Student II');
    const input = { courseId, guildId: room.guildId, studentRoleId: roleId };
    return { ...room, courseId, roleId, configId: await configure(service, room.instructorToken, input) };
  }

  /** Has been in, is enrolled no longer, and is out. */
  async function former(room: Classroom): Promise<Linked> {
    const ayu = await oneJoined(room);
    await service.unenroll(ayu.userId, room.courseId);
    await service.reaches(ayu.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
    return ayu;
  }

  const does = {
    kicked: ({ account }: Linked, { guildId }: Classroom) => service.discord.kick(guildId, account),
    banned: ({ account }: Linked, { guildId }: Classroom) => service.discord.ban(guildId, account),
  };
  /** Staff can bring somebody back whom Discord itself lets in. */
  const lets = {
    kicked: () => Promise.resolve(),
    banned: async ({ userId, account }: Linked, { guildId, courseId }: Classroom) => {
      await service.discord.unban(guildId, account);
      await service.reaches(userId, courseId, 'removed', 'REMOVED_BY_STAFF');
    },
  };
  const kinds = [
    ['kicked', 'REMOVED_BY_STAFF'],
    ['banned', 'BANNED'],
  ] as const;

  describe.each(kinds)('(%s)', (kind, reason) => {
    it('holds for a guest whose enrollment had ended, also when they enroll again', async () => {
      const room = await classroom(service, 'Guests', { removalPolicy: 'REMOVE_ROLE' });
      const ayu = await former(room);
      expect(await isIn(ayu, room)).toBe(true);
      await does[kind](ayu, room);
      await service.reaches(ayu.userId, room.courseId, 'removed', reason);
      await service.enroll(ayu.userId, room.courseId);
      await service.rest();
      await service.reaches(ayu.userId, room.courseId, 'removed', reason);
      expect(await isIn(ayu, room)).toBe(false);

      await lets[kind](ayu, room);
      await ask(room, INVITE, ayu);
      await service.reaches(ayu.userId, room.courseId, 'joined', 'ADDED');
    });

    it('holds for a course of the same server in which they enroll later, until its staff invites them', async () => {
      const room = await classroom(service);
      const second = await secondCourse(room);
      const ayu = await oneJoined(room);
      await does[kind](ayu, room);
      await service.reaches(ayu.userId, room.courseId, 'removed', reason);

      await service.unseen(() => service.enroll(ayu.userId, second.courseId));
      expect(await service.query(room.instructorToken, PLAN, { courseId: second.courseId })).toEqual({
        syncPlan: [{ add: 0, kick: 0, actions: [{ action: 'NONE', reason }] }],
      });
      await service.sql(`SELECT discord_append_mark(jsonb_build_object('users', jsonb_build_array($1::uuid)))`, [
        ayu.userId,
      ]);
      await service.reaches(ayu.userId, second.courseId, 'removed', reason);
      expect(await isIn(ayu, room)).toBe(false);

      await lets[kind](ayu, room);
      await ask(second, INVITE, ayu);
      await service.reaches(ayu.userId, second.courseId, 'joined', 'ADDED');
      expect(await rolesOf(ayu, room)).toEqual([second.roleId]);
      await service.reaches(ayu.userId, room.courseId, 'removed', 'REMOVED_BY_STAFF');
    });

    it('is told to staff with who did it, and to nobody once the moderator has erased what names them', async () => {
      const room = await classroom(service);
      const ayu = await oneJoined(room);
      await does[kind](ayu, room);
      await service.reaches(ayu.userId, room.courseId, 'removed', reason);
      const entries = async () => {
        const { auditLog } = await service.query<{ auditLog: { nodes: { details: { by?: string } | null }[] } }>(
          room.instructorToken,
          `query ($filter: AuditLogFilter) { auditLog(filter: $filter, first: 20) { nodes { actorId userId status details } } }`,
          { filter: { userId: ayu.userId, action: ['REMOVE'] } },
        );
        return auditLog.nodes.filter(({ details }) => details?.by === 'moderator');
      };
      const entry = (moderatorDiscordUserId: string) => ({
        actorId: room.instructorId,
        userId: ayu.userId,
        status: 'SUCCESS',
        details: { by: 'moderator', kind: kind === 'kicked' ? 'kick' : 'ban', moderatorDiscordUserId },
      });
      await eventually(async () => expect(await entries()).toEqual([entry(room.instructorDiscordId)]));

      const { myDiscordData } = await service.query<{ myDiscordData: object }>(
        await service.token(ayu.userId),
        '{ myDiscordData }',
      );
      expect(JSON.stringify(myDiscordData)).not.toContain(room.instructorDiscordId);
      await service.query(room.instructorToken, 'mutation { eraseMyDiscordData }');
      expect(await entries()).toEqual([entry('erased')]);
    });
  });

  it.each([
    ['alone', INVITE],
    ['among many', INVITE_ALL],
  ])('is over once staff has invited them (%s): another course of the server takes them in', async (_, invite) => {
    const room = await classroom(service);
    const ayu = await oneJoined(room);
    await does.kicked(ayu, room);
    await service.reaches(ayu.userId, room.courseId, 'removed', 'REMOVED_BY_STAFF');
    await ask(room, invite, ayu);
    await service.reaches(ayu.userId, room.courseId, 'joined', 'ADDED');

    const second = await secondCourse(room);
    await service.enroll(ayu.userId, second.courseId);
    await service.reaches(ayu.userId, second.courseId, 'joined', 'ALREADY_MEMBER');
    expect((await rolesOf(ayu, room))?.sort()).toEqual([room.roleId, second.roleId].sort());
  });

  it.each([
    ['seen to be gone, is in again', true],
    ['was not missed yet, comes back', false],
  ])(
    'is over once staff has invited them, though Discord tells of it only then: who %s',
    async (_who, isMissed) => {
      const room = await classroom(service);
      const [ayu, budi] = [await oneJoined(room), await oneJoined(room)];
      await service.discord.gateway(false);
      await service.discord.disconnect({ code: 4000, resumable: true });
      await does.kicked(ayu, room);
      if (isMissed) {
        await syncInFull(service, room);
        await service.reaches(ayu.userId, room.courseId, 'left', 'LEFT_BY_CHOICE');
      }
      await ask(room, INVITE, ayu);
      if (isMissed) await eventually(async () => expect(await isIn(ayu, room)).toBe(true));
      await service.rest();
      await service.discord.leave(room.guildId, budi.account);
      await service.discord.gateway(true);
      // Whatever happened before that has been told by then.
      await service.reaches(budi.userId, room.courseId, 'left', 'LEFT_BY_CHOICE', 30_000);
      await service.rest();
      await service.reaches(ayu.userId, room.courseId, 'joined');
      expect(await rolesOf(ayu, room)).toEqual([room.roleId]);
      // A kick that comes after the invitation is one.
      await does.kicked(ayu, room);
      await service.reaches(ayu.userId, room.courseId, 'removed', 'REMOVED_BY_STAFF');
    },
    60_000,
  );

  it('is known of somebody who was out already: who was banned then does not come back by enrolling', async () => {
    const room = await classroom(service);
    const ayu = await former(room);
    await does.banned(ayu, room);
    await service.reaches(ayu.userId, room.courseId, 'removed', 'BANNED');
    await service.enroll(ayu.userId, room.courseId);
    await service.rest();
    await service.reaches(ayu.userId, room.courseId, 'removed', 'BANNED');
    expect(await isIn(ayu, room)).toBe(false);
  });

  it('comes before what course staff did: whoever is banned after their removal reads that they are banned', async () => {
    const room = await classroom(service);
    const ayu = await oneJoined(room);
    await ask(room, REMOVE, ayu);
    await service.reaches(ayu.userId, room.courseId, 'removed', 'REMOVED_BY_STAFF');
    await service.discord.ban(room.guildId, ayu.account);
    await service.reaches(ayu.userId, room.courseId, 'removed', 'BANNED');
    await ask(room, REMOVE, ayu);
    await service.rest();
    await service.reaches(ayu.userId, room.courseId, 'removed', 'BANNED');
  });

  it('is no ban any more once that is lifted: who was enrolled meanwhile and kept out by it alone comes in', async () => {
    const room = await classroom(service);
    const [ayu] = (await service.students(1)) as [Linked];
    // Told late, it would concern somebody who is enrolled already.
    await service.discord.untold(() => service.discord.ban(room.guildId, ayu.account));
    await service.enroll(ayu.userId, room.courseId);
    await service.reaches(ayu.userId, room.courseId, 'pending', 'BANNED');
    await service.discord.unban(room.guildId, ayu.account);
    await service.reaches(ayu.userId, room.courseId, 'joined', 'ADDED');
  });

  it('is more than what course staff did, which concerns their course only', async () => {
    const room = await classroom(service);
    const second = await secondCourse(room);
    const ayu = await oneJoined(room);
    await ask(room, REMOVE, ayu);
    await service.reaches(ayu.userId, room.courseId, 'removed', 'REMOVED_BY_STAFF');
    await service.enroll(ayu.userId, second.courseId);
    await service.reaches(ayu.userId, second.courseId, 'joined', 'ADDED');
    expect(await rolesOf(ayu, room)).toEqual([second.roleId]);
  });

  it('is the moderators’ to undo for a guest who is enrolled nowhere: we do not kick whom they let in again', async () => {
    const room = await classroom(service);
    const ayu = await former(room);
    await service.discord.join(room.guildId, ayu.account);
    await service.discord.kick(room.guildId, ayu.account);
    await service.reaches(ayu.userId, room.courseId, 'removed', 'REMOVED_BY_STAFF');
    await service.discord.join(room.guildId, ayu.account);
    await service.rest();
    await service.query(room.instructorToken, 'mutation ($id: UUID!) { syncCourse(courseId: $id) { id } }', {
      id: room.courseId,
    });
    await eventually(async () =>
      expect(
        await service.sql('SELECT status FROM discord_sync_runs WHERE course_id = $1 AND purpose = $2', [
          room.courseId,
          'SYNC',
        ]),
      ).toEqual([{ status: 'SUCCEEDED' }]),
    );
    await service.rest();
    expect(await isIn(ayu, room)).toBe(true);
  });
});
