import { Sweep } from '../../src/membership/sweep';
import { type Classroom, classroom, configure, eventually, type Linked, Service } from './support/service';

const DELETE = 'mutation ($id: UUID!) { deleteServerConfig(id: $id, endAccess: true) }';
const DELETION = 'query ($id: UUID!) { serverConfig(id: $id) { deletion { id } } }';
const INVITE =
  'mutation ($userId: UUID!, $courseId: UUID!) { inviteStudent(userId: $userId, courseId: $courseId) { id } }';
const REMOVE =
  'mutation ($userId: UUID!, $courseId: UUID!) { removeStudent(userId: $userId, courseId: $courseId) { id } }';
const PAUSE =
  'mutation ($configId: UUID, $paused: Boolean!) { setRemovalsPaused(configId: $configId, paused: $paused) }';

/** Deleted with everybody's access, and brought back: whom the deletion removed is in again, and nobody else. */
describe('a deleted configuration that is brought back', () => {
  let service: Service;

  beforeEach(() => service.aDayPasses());
  afterEach(() => service.discord.noFaults());
  beforeAll(async () => {
    service = await Service.start();
  });
  afterAll(() => service.close());

  const rolesOf = async ({ account }: Linked, { guildId }: Classroom) =>
    (await service.discord.member(guildId, account))?.roles;

  const ask = (room: Classroom, mutation: string, variables: object) =>
    service.query(room.instructorToken, mutation, variables);

  const decide = (room: Classroom, mutation: string, id: string) =>
    ask(room, `mutation ($id: UUID!) { ${mutation}(id: $id) { id } }`, { id });

  async function class_(size: number, config: object = {}): Promise<{ room: Classroom; students: Linked[] }> {
    const room = await classroom(service, 'Algebra', config);
    const students = await service.students(size);
    for (const { userId } of students) await service.enroll(userId, room.courseId);
    for (const { userId } of students) await service.reaches(userId, room.courseId, 'joined', 'ADDED');
    await service.rest();
    return { room, students };
  }

  /** Two who are in, and one each who has left, whom staff removed, whom a moderator kicked and whom one banned. */
  async function mixedClass() {
    const { room, students } = await class_(6);
    const [ayu, budi, left, removed, kicked, banned] = students as [Linked, Linked, Linked, Linked, Linked, Linked];
    await service.discord.leave(room.guildId, left.account);
    await ask(room, REMOVE, { userId: removed.userId, courseId: room.courseId });
    await service.discord.kick(room.guildId, kicked.account);
    await service.discord.ban(room.guildId, banned.account);
    // So that Discord itself refuses nobody: that a moderator has removed them stands all the same.
    await service.discord.unban(room.guildId, banned.account);
    const outside = [
      [left, 'left', 'LEFT_BY_CHOICE'],
      [removed, 'removed', 'REMOVED_BY_STAFF'],
      [kicked, 'removed', 'REMOVED_BY_STAFF'],
      [banned, 'removed', 'REMOVED_BY_STAFF'],
    ] as const;
    const areOutside = async () => {
      for (const [{ userId }, status, reason] of outside) await service.reaches(userId, room.courseId, status, reason);
      await service.rest();
      for (const [student] of outside) expect(await rolesOf(student, room)).toBeUndefined();
    };
    await areOutside();
    return { room, ayu, budi, areOutside };
  }

  /** Asks for the deletion. @returns its run. */
  async function begin(room: Classroom): Promise<string> {
    await ask(room, DELETE, { id: room.configId });
    const { serverConfig } = await service.query<{ serverConfig: { deletion: { id: string } } }>(
      room.instructorToken,
      DELETION,
      { id: room.configId },
    );
    return serverConfig.deletion.id;
  }

  const isGone = (room: Classroom) =>
    eventually(async () =>
      expect(await service.sql('SELECT FROM discord_server_configs WHERE id = $1', [room.configId])).toEqual([]),
    );

  const cannotBeKicked = ({ account }: Linked) =>
    service.discord.faults([{ method: 'DELETE', route: '/guilds/:id/members/:id', userId: account, status: 500 }]);

  it('when it is cancelled: who had left stays outside, and so does whom people had removed', async () => {
    const { room, ayu, budi, areOutside } = await mixedClass();
    await cannotBeKicked(budi);
    const id = await begin(room);
    await service.reaches(ayu.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
    await eventually(async () =>
      expect(
        await service.sql(`SELECT FROM discord_memberships WHERE course_id = $1 AND status = 'left'`, [room.courseId]),
      ).toEqual([]),
    );
    await decide(room, 'cancelSyncRun', id);
    await service.discord.noFaults();
    for (const student of [ayu, budi]) {
      await service.reaches(student.userId, room.courseId, 'joined', undefined, 20_000);
      expect(await rolesOf(student, room)).toEqual([room.roleId]);
    }
    await areOutside();
    // They may come back as ever.
    const rows = await service.sql('SELECT ended_at FROM discord_memberships WHERE course_id = $1', [room.courseId]);
    expect(rows).toEqual(Array.from({ length: 6 }, () => ({ ended_at: null })));
  });

  it('when it is undone: who had left stays outside, and so does whom people had removed', async () => {
    const { room, ayu, budi, areOutside } = await mixedClass();
    const id = await begin(room);
    await isGone(room);
    for (const student of [ayu, budi]) expect(await rolesOf(student, room)).toBeUndefined();
    await decide(room, 'undoSyncRun', id);
    for (const student of [ayu, budi]) {
      await service.reaches(student.userId, room.courseId, 'joined');
      expect(await rolesOf(student, room)).toEqual([room.roleId]);
    }
    await areOutside();
  });

  it('when it is undone: whom a moderator has removed since then from the server, for another course, stays outside', async () => {
    const { room, students } = await class_(3);
    const [ayu, kicked, banned] = students as [Linked, Linked, Linked];
    const courseId = await service.createCourse('Algebra II', room.instructorId);
    await configure(service, room.instructorToken, {
      courseId,
      guildId: room.guildId,
      studentRoleId: (await service.discord.createRole(room.guildId, 'Algebra II')).id,
      inviteChannelId: room.channelId,
    });
    for (const { userId } of students) await service.enroll(userId, courseId);
    for (const { userId } of students) await service.reaches(userId, courseId, 'joined');
    const id = await begin(room);
    await isGone(room);
    await service.discord.kick(room.guildId, kicked.account);
    await service.discord.ban(room.guildId, banned.account);
    await service.discord.unban(room.guildId, banned.account);
    for (const { userId } of [kicked, banned]) await service.reaches(userId, courseId, 'removed', 'REMOVED_BY_STAFF');

    await decide(room, 'undoSyncRun', id);
    await service.reaches(ayu.userId, room.courseId, 'joined');
    expect(await rolesOf(ayu, room)).toContain(room.roleId);
    for (const student of [kicked, banned]) {
      await service.reaches(student.userId, room.courseId, 'removed', 'REMOVED_BY_STAFF');
      await service.rest();
      expect(await rolesOf(student, room)).toBeUndefined();
    }
  });

  it('when it is undone: also whom a comparison of the whole server found before it was their turn', async () => {
    const { room, students } = await class_(2);
    const [ayu, budi] = students as [Linked, Linked];
    await ask(room, PAUSE, { configId: room.configId, paused: true });
    const id = await begin(room);
    for (const { userId } of students) await service.reaches(userId, room.courseId, 'joined', 'REMOVAL_HELD');
    await service.rest();
    // Nothing tells of it, so that the comparison is the first to see that they may go.
    await service.sql('ALTER TABLE discord_server_configs DISABLE TRIGGER USER');
    await service.sql('UPDATE discord_server_configs SET removals_paused = false WHERE id = $1', [room.configId]);
    await service.sql('ALTER TABLE discord_server_configs ENABLE TRIGGER USER');
    await service.nest.get(Sweep).cleanup();
    await isGone(room);
    for (const student of [ayu, budi]) expect(await rolesOf(student, room)).toBeUndefined();

    await decide(room, 'undoSyncRun', id);
    for (const student of [ayu, budi]) {
      await service.reaches(student.userId, room.courseId, 'joined');
      expect(await rolesOf(student, room)).toEqual([room.roleId]);
    }
  });

  it('when the course is connected with the server again: who had left stays outside, and so does whom people had removed', async () => {
    const { room, ayu, budi, areOutside } = await mixedClass();
    await ask(room, 'mutation ($id: UUID!) { deleteServerConfig(id: $id) }', { id: room.configId });
    await service.rest();
    for (const student of [ayu, budi]) expect(await rolesOf(student, room)).toEqual([room.roleId]);
    await configure(service, room.instructorToken, {
      courseId: room.courseId,
      guildId: room.guildId,
      studentRoleId: room.roleId,
      inviteChannelId: room.channelId,
    });
    for (const student of [ayu, budi]) await service.reaches(student.userId, room.courseId, 'joined');
    await areOutside();
  });

  it('when it is cancelled: whose invite was taken back is invited again', async () => {
    const { room, students } = await class_(1);
    await ask(room, 'mutation ($id: UUID!) { updateServerConfig(id: $id, input: { autoInvite: false }) { id } }', {
      id: room.configId,
    });
    const userId = await service.createUser('By Invite');
    await service.link(userId, { autoJoin: false });
    await service.enroll(userId, room.courseId);
    await service.reaches(userId, room.courseId, 'pending', 'NOT_INVITED');
    await ask(room, INVITE, { userId, courseId: room.courseId });
    await service.reaches(userId, room.courseId, 'invited', 'INVITE_OPEN');

    await cannotBeKicked(students[0]!);
    const id = await begin(room);
    await service.reaches(userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
    await decide(room, 'cancelSyncRun', id);
    await service.reaches(userId, room.courseId, 'invited', 'INVITE_OPEN');
  });

  it('when it is cancelled: who was brought back after their enrollment had ended is brought back again', async () => {
    const { room, students } = await class_(2);
    const [ayu, budi] = students as [Linked, Linked];
    await service.unenroll(ayu.userId, room.courseId);
    await service.reaches(ayu.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
    await service.rest();
    const [run] = await service.sql<{ id: string }>('SELECT id FROM discord_sync_runs WHERE course_id = $1', [
      room.courseId,
    ]);
    await decide(room, 'undoSyncRun', run!.id);
    await service.reaches(ayu.userId, room.courseId, 'joined', 'REMOVAL_HELD');
    await service.aDayPasses();

    await cannotBeKicked(budi);
    const id = await begin(room);
    await service.reaches(ayu.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
    await decide(room, 'cancelSyncRun', id);
    await service.reaches(ayu.userId, room.courseId, 'joined', 'REMOVAL_HELD');
  });

  it('when it is cancelled before anybody was removed: nothing has changed for anybody', async () => {
    const { room, students } = await class_(2);
    await ask(room, PAUSE, { configId: room.configId, paused: true });
    const id = await begin(room);
    for (const { userId } of students) await service.reaches(userId, room.courseId, 'joined', 'REMOVAL_HELD');
    await decide(room, 'cancelSyncRun', id);
    for (const { userId } of students) await service.reaches(userId, room.courseId, 'joined', 'ADDED');
    await ask(room, PAUSE, { configId: room.configId, paused: false });
    await service.rest();
    for (const student of students) expect(await rolesOf(student, room)).toEqual([room.roleId]);
  });
});
