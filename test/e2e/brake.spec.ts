import { type ProcessRole } from '../../src/config/config';
import { type Classroom, classroom, eventually, Service } from './support/service';
import { settledClass, type Student } from './support/settled-class';

interface Run {
  id: string;
  status: string;
  total: number;
  removed: number;
}

describe('the brake', () => {
  let service: Service;

  beforeAll(async () => {
    service = await Service.start();
  });
  afterAll(() => service.close());

  /** A class of students who are all in. */
  async function fullClass(
    title: string,
    size: number,
  ): Promise<{ room: Classroom; students: { id: string; account: string }[] }> {
    const room = await classroom(service, title);
    const students: { id: string; account: string }[] = [];
    for (let index = 0; index < size; index += 1) {
      const id = await service.createUser(`Student ${index}`);
      students.push({ id, account: await service.link(id) });
    }
    for (const { id } of students) await service.enroll(id, room.courseId);
    await eventually(async () => expect(await membersIn(room)).toBe(size + 2));
    await service.rest();
    return { room, students };
  }

  const membersIn = async (room: Classroom): Promise<number> =>
    (await service.discord.guild(room.guildId)).members.length;

  const runs = async (room: Classroom, status: string): Promise<Run[]> =>
    (
      await service.query<{ syncRuns: Run[] }>(
        room.instructorToken,
        'query ($courseId: UUID, $status: [SyncRunStatus!]) { syncRuns(courseId: $courseId, status: $status) { id status total removed } }',
        { courseId: room.courseId, status: [status] },
      )
    ).syncRuns;

  const decide = async (room: Classroom, mutation: string, id: string): Promise<Run> =>
    (
      await service.query<Record<string, Run>>(
        room.instructorToken,
        `mutation ($id: UUID!) { ${mutation}(id: $id) { id status total removed } }`,
        { id },
      )
    )[mutation]!;

  it('holds the emptying of a class until staff confirms; whoever enrolls meanwhile comes in', async () => {
    const { room, students } = await fullClass('Algebra', 6);
    await service.sql('DELETE FROM course_enrollments WHERE course_id = $1', [room.courseId]);

    for (const { id } of students) await service.reaches(id, room.courseId, 'joined', 'REMOVAL_HELD');
    expect(await membersIn(room)).toBe(8);
    const [held] = await runs(room, 'AWAITING_CONFIRMATION');
    expect(held).toMatchObject({ total: 6, removed: 0 });

    await service.joined('Late Comer', room.courseId);

    await decide(room, 'confirmSyncRun', held!.id);
    for (const { id } of students) await service.reaches(id, room.courseId, 'removed', 'ENROLLMENT_ENDED');
    expect(await membersIn(room)).toBe(3);
    await eventually(async () =>
      expect(await runs(room, 'SUCCEEDED')).toEqual([expect.objectContaining({ id: held!.id, removed: 6 })]),
    );
    expect(
      (
        await service.refusal(room.instructorToken, 'mutation ($id: UUID!) { confirmSyncRun(id: $id) { id } }', {
          id: held!.id,
        })
      ).code,
    ).toBe('CONFLICT');
  });

  it('drops held removals when staff cancels, and lets them be when nothing changes', async () => {
    const { room, students } = await fullClass('Biology', 5);
    await service.sql(`UPDATE course_enrollments SET status = 'cancelled' WHERE course_id = $1`, [room.courseId]);
    for (const { id } of students) await service.reaches(id, room.courseId, 'joined', 'REMOVAL_HELD');
    const [held] = await runs(room, 'AWAITING_CONFIRMATION');

    expect((await decide(room, 'cancelSyncRun', held!.id)).status).toBe('CANCELLED');
    await service.query(room.instructorToken, 'mutation ($id: UUID!) { syncCourse(courseId: $id) { id } }', {
      id: room.courseId,
    });
    await eventually(async () => expect(await runs(room, 'SUCCEEDED')).toHaveLength(1));
    expect(await membersIn(room)).toBe(7);

    // Re-enrolling ends the suspension: the next end is an end like any other.
    const [first] = students;
    await service.sql(`UPDATE course_enrollments SET status = 'active' WHERE course_id = $1 AND user_id = $2`, [
      room.courseId,
      first!.id,
    ]);
    await service.reaches(first!.id, room.courseId, 'joined', 'ADDED');
    await service.sql(`DELETE FROM course_enrollments WHERE course_id = $1 AND user_id = $2`, [
      room.courseId,
      first!.id,
    ]);
    await service.reaches(first!.id, room.courseId, 'removed', 'ENROLLMENT_ENDED');
  });

  it('counts many single deletions as it counts one big one', async () => {
    const { room, students } = await fullClass('Chemistry', 16);
    for (const { id } of students.slice(0, 12)) {
      await service.unenroll(id, room.courseId);
      await service.rest();
    }
    expect(await membersIn(room)).toBe(16 + 2 - 10);
    expect(await runs(room, 'AWAITING_CONFIRMATION')).toEqual([expect.objectContaining({ total: 2 })]);
  });

  it('holds a class to its last student, however many batches that takes, and whoever ends meanwhile with them', async () => {
    const room = await classroom(service, 'Chemistry II');
    const students = await settledClass(service, room, 45);
    const [late] = students.splice(0, 1) as [Student];
    const ids = students.map(({ userId }) => userId);
    await service.sql('DELETE FROM course_enrollments WHERE user_id = ANY($1)', [ids]);
    for (const id of ids) await service.reaches(id, room.courseId, 'joined', 'REMOVAL_HELD');
    await service.unenroll(late.userId, room.courseId);
    await service.reaches(late.userId, room.courseId, 'joined', 'REMOVAL_HELD');
    await service.rest();
    expect(await membersIn(room)).toBe(45 + 2);
    expect(await runs(room, 'AWAITING_CONFIRMATION')).toEqual([expect.objectContaining({ total: 45, removed: 0 })]);
  });

  it('brings back whom a run removed, with the role, and keeps them', async () => {
    const { room, students } = await fullClass('Drama', 3);
    const [first] = students;
    await service.unenroll(first!.id, room.courseId);
    await service.reaches(first!.id, room.courseId, 'removed', 'ENROLLMENT_ENDED');
    await eventually(async () =>
      expect(await runs(room, 'SUCCEEDED')).toEqual([expect.objectContaining({ total: 1, removed: 1 })]),
    );
    const [run] = await runs(room, 'SUCCEEDED');

    await decide(room, 'undoSyncRun', run!.id);
    await service.reaches(first!.id, room.courseId, 'joined', 'REMOVAL_HELD');
    expect((await service.discord.member(room.guildId, first!.account))?.roles).toEqual([room.roleId]);
    expect(
      (
        await service.refusal(room.instructorToken, 'mutation ($id: UUID!) { undoSyncRun(id: $id) { id } }', {
          id: run!.id,
        })
      ).code,
    ).toBe('CONFLICT');
  });

  it('removes nobody while the stop switch is on, and does what waited when it is lifted', async () => {
    const { room, students } = await fullClass('Ethics', 3);
    const PAUSE =
      'mutation ($configId: UUID, $paused: Boolean!) { setRemovalsPaused(configId: $configId, paused: $paused) }';
    await service.query(room.instructorToken, PAUSE, { configId: room.configId, paused: true });
    const [first, second] = students;
    await service.unenroll(first!.id, room.courseId);
    await service.reaches(first!.id, room.courseId, 'joined', 'REMOVAL_HELD');
    await service.query(room.instructorToken, PAUSE, { configId: room.configId, paused: false });
    await service.reaches(first!.id, room.courseId, 'removed', 'ENROLLMENT_ENDED');

    expect((await service.refusal(room.instructorToken, PAUSE, { paused: true })).code).toBe('FORBIDDEN');
    const admin = await service.token(await service.createUser('Amira', 'admin'), 'admin');
    await service.query(admin, PAUSE, { paused: true });
    await service.unenroll(second!.id, room.courseId);
    await service.reaches(second!.id, room.courseId, 'joined', 'REMOVAL_HELD');
    await service.query(admin, PAUSE, { paused: false });
    await service.reaches(second!.id, room.courseId, 'removed', 'ENROLLMENT_ENDED');
  });

  describe('when many are missing at once, by one reading of the members', () => {
    const SYNC = 'mutation ($id: UUID!) { syncCourse(courseId: $id) { id } }';
    const MEMBERS = { method: 'GET', route: '/guilds/:id/members' };

    beforeAll(async () => {
      // Nobody tells us who leaves.
      await service.discord.gateway(false);
      await service.discord.disconnect({ resumable: false });
    });
    afterAll(async () => {
      await service.discord.gateway(true);
      await service.listens();
      await service.rest();
    });

    const sync = (room: Classroom) => service.query(room.instructorToken, SYNC, { id: room.courseId });

    /** What was changed in Discord since the journal was emptied. */
    const changes = async (): Promise<string[]> =>
      (await service.discord.calls()).filter((call) => !call.startsWith('GET'));

    /** A list of members that is cut short: whoever belongs to it least. */
    const shortList = (room: Classroom) =>
      [room.instructorDiscordId, service.sandbox.application.botUserId].map((id) => ({
        user: { id, username: 'someone', discriminator: '0', avatar: null, bot: id !== room.instructorDiscordId },
        roles: [],
        joined_at: '2020-01-01T00:00:00.000Z',
      }));

    it('reads again, and takes whoever is on the second list to be there', async () => {
      const { room, students } = await fullClass('Greek', 12);
      await service.discord.clearRequests();
      await service.discord.faults([{ ...MEMBERS, status: 200, body: shortList(room), times: 1 }]);
      await sync(room);
      await eventually(async () => expect(await runs(room, 'SUCCEEDED')).toHaveLength(1));
      for (const { id } of students) await service.reaches(id, room.courseId, 'joined', 'ADDED');
      expect(await runs(room, 'AWAITING_CONFIRMATION')).toEqual([]);
      expect(await changes()).toEqual([]);
    });

    it('concludes nothing from a wrong list, tells staff, and forgets it once they are seen again', async () => {
      const { room, students } = await fullClass('Hebrew', 12);
      await service.discord.clearRequests();
      await service.discord.faults([{ ...MEMBERS, status: 200, body: shortList(room) }]);
      await sync(room);
      for (const { id } of students) await service.reaches(id, room.courseId, 'joined', 'REMOVAL_HELD');
      expect(await runs(room, 'AWAITING_CONFIRMATION')).toEqual([expect.objectContaining({ total: 12, removed: 0 })]);
      expect(await service.shown(room.instructorToken, students[0]!.id, room.courseId)).toMatchObject({
        nextStep: 'CONFIRM_REMOVALS',
      });
      const [hold] = await service.sql<{ details: object }>(
        `SELECT details FROM discord_integration_logs WHERE course_id = $1 AND action = 'hold'`,
        [room.courseId],
      );
      expect(hold?.details).toEqual({ missing: 12 });
      // The same again changes nothing: they are doubted already.
      await sync(room);
      await eventually(async () => expect(await runs(room, 'SUCCEEDED')).toHaveLength(2));
      expect(await runs(room, 'AWAITING_CONFIRMATION')).toEqual([expect.objectContaining({ total: 12 })]);

      await service.discord.noFaults();
      await sync(room);
      for (const { id } of students) await service.reaches(id, room.courseId, 'joined', 'ADDED');
      expect(await changes()).toEqual([]);
      await eventually(async () => expect(await runs(room, 'AWAITING_CONFIRMATION')).toEqual([]));
    });

    it('respects that they have left once staff says so; who asks to come back comes back', async () => {
      const { room, students } = await fullClass('Icelandic', 12);
      for (const { account } of students.slice(0, 11)) await service.discord.leave(room.guildId, account);
      await sync(room);
      for (const { id } of students.slice(0, 11)) await service.reaches(id, room.courseId, 'joined', 'REMOVAL_HELD');
      await service.reaches(students[11]!.id, room.courseId, 'joined', 'ADDED');
      expect(await membersIn(room)).toBe(3);

      const [first, second] = students;
      await service.query(
        await service.token(first!.id),
        'mutation ($id: UUID!) { rejoinCourse(courseId: $id) { id } }',
        {
          id: room.courseId,
        },
      );
      await service.reaches(first!.id, room.courseId, 'joined', 'ADDED');
      expect(await service.discord.member(room.guildId, first!.account)).toBeDefined();

      const [held] = await runs(room, 'AWAITING_CONFIRMATION');
      await decide(room, 'confirmSyncRun', held!.id);
      for (const { id } of students.slice(1, 11)) await service.reaches(id, room.courseId, 'left', 'LEFT_BY_CHOICE');
      await service.reaches(first!.id, room.courseId, 'joined', 'ADDED');
      expect(await membersIn(room)).toBe(4);
      await service.query(room.instructorToken, SYNC, { id: room.courseId });
      await service.rest();
      expect((await service.membership(second!.id, room.courseId))?.status).toBe('left');
    });

    it('brings them back when staff says that they have not left', async () => {
      const { room, students } = await fullClass('Japanese', 6);
      for (const { account } of students) await service.discord.leave(room.guildId, account);
      await sync(room);
      for (const { id } of students) await service.reaches(id, room.courseId, 'joined', 'REMOVAL_HELD');
      expect(await membersIn(room)).toBe(2);
      const [held] = await runs(room, 'AWAITING_CONFIRMATION');
      await decide(room, 'cancelSyncRun', held!.id);
      for (const { id } of students) await service.reaches(id, room.courseId, 'joined', 'ADDED');
      expect(await membersIn(room)).toBe(8);
      expect((await service.discord.member(room.guildId, students[0]!.account))?.roles).toEqual([room.roleId]);
    });

    it('ends the access of somebody whose enrollment ends meanwhile, and believes a few who are missing', async () => {
      const { room, students } = await fullClass('Korean', 12);
      for (const { account } of students.slice(0, 6)) await service.discord.leave(room.guildId, account);
      await sync(room);
      for (const { id } of students.slice(0, 6)) await service.reaches(id, room.courseId, 'left', 'LEFT_BY_CHOICE');
      expect(await runs(room, 'AWAITING_CONFIRMATION')).toEqual([]);

      for (const { account } of students.slice(6)) await service.discord.leave(room.guildId, account);
      await sync(room);
      for (const { id } of students.slice(6)) await service.reaches(id, room.courseId, 'joined', 'REMOVAL_HELD');
      await service.unenroll(students[6]!.id, room.courseId);
      await service.reaches(students[6]!.id, room.courseId, 'removed', 'ENROLLMENT_ENDED');
    });
  });

  describe('when a whole class accepts its invites and ends while the bot hears nothing', () => {
    it.each([
      ['and the worker goes on', new Set<ProcessRole>(['api', 'worker'])],
      ['because nothing runs', null],
    ])(
      '%s: holds them all, whoever is asked first',
      async (_, roles) => {
        const room = await classroom(service, 'Latin');
        const students: Student[] = [];
        for (let index = 0; index < 6; index += 1) {
          const userId = await service.createUser(`Student ${index}`);
          students.push({ userId, account: await service.link(userId, { autoJoin: false }) });
          await service.enroll(userId, room.courseId);
        }
        for (const { userId } of students) await service.reaches(userId, room.courseId, 'invited', 'INVITE_OPEN');
        await service.rest();

        await service.down();
        if (roles) await service.up({ config: { roles } });
        for (const { userId, account } of students) {
          const link = (await service.membership(userId, room.courseId))?.invite_link;
          await service.discord.accept(link!.split('/').at(-1)!, account);
        }
        await service.sql('DELETE FROM course_enrollments WHERE course_id = $1', [room.courseId]);
        if (roles) await service.rest();
        await service.down();
        await service.up();
        for (const { userId } of students) await service.reaches(userId, room.courseId, 'joined', 'REMOVAL_HELD');
        await service.rest();
        expect(await membersIn(room)).toBe(8);
        expect(await runs(room, 'AWAITING_CONFIRMATION')).toMatchObject([{ total: 6 }]);
      },
      40_000,
    );
  });

  it('lets nobody decide about a run of a course that they do not teach', async () => {
    const { room } = await fullClass('French', 1);
    const stranger = await service.token(await service.createUser('Bayu', 'instructor'), 'instructor');
    const [{ id }] = (await service.sql<{ id: string }>(
      `INSERT INTO discord_sync_runs (guild_id, course_id, status) VALUES ($1, $2, 'AWAITING_CONFIRMATION') RETURNING id`,
      [room.guildId, room.courseId],
    )) as [{ id: string }];
    for (const mutation of ['confirmSyncRun', 'cancelSyncRun', 'undoSyncRun']) {
      expect(
        (await service.refusal(stranger, `mutation ($id: UUID!) { ${mutation}(id: $id) { id } }`, { id })).code,
      ).toBe('NOT_FOUND');
    }
  });
});
