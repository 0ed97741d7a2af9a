import { type Classroom, classroom, configure, eventually, Service } from './support/service';
import { syncInFull } from './support/settled-class';
import { justAfter } from './support/statements';

const REJOIN = 'mutation ($courseId: UUID!) { rejoinCourse(courseId: $courseId) { status reason } }';
const UPDATE =
  'mutation ($id: UUID!, $input: UpdateServerConfigInput!) { updateServerConfig(id: $id, input: $input) { id } }';
const MEMBER = '/guilds/:id/members/:id';
const GRANT = '/guilds/:id/members/:id/roles/:id';

describe('what Discord tells while we are at work in a server', () => {
  let service: Service;
  let room: Classroom;

  beforeAll(async () => {
    service = await Service.start();
    room = await classroom(service, 'Algebra');
  }, 30_000);
  afterEach(() => service.discord.noFaults());
  afterAll(() => service.close());

  /** Waits until this is known of the membership: what is about to be done, or what was seen last. */
  const known = (userId: string, courseId: string, expected: object) =>
    eventually(async () => {
      const [row] = await service.sql(
        'SELECT is_member, seen_roles, attempt FROM discord_memberships WHERE user_id = $1 AND course_id = $2',
        [userId, courseId],
      );
      expect(row).toMatchObject(expected);
    }, 20_000);

  it('is newer than the list of the members that was just read: whoever has come in since is in', async () => {
    const userId = await service.createUser('Ayu Wulandari');
    const account = await service.link(userId, { autoJoin: false });
    await service.enroll(userId, room.courseId);
    await service.reaches(userId, room.courseId, 'invited', 'INVITE_OPEN', 20_000);
    const code = (await service.membership(userId, room.courseId))!.invite_link!.split('/').at(-1)!;
    await service.quiet();

    const arrival = new Promise<void>((resolve, reject) => {
      // Whoever runs the server's courses is read after the list, and before what is known of its members.
      justAfter(/WITH served AS/, async () => {
        await service.discord.accept(code, account);
        await known(userId, room.courseId, { is_member: true }).then(resolve, reject);
      });
    });
    expect(await syncInFull(service, room)).toMatchObject({ status: 'SUCCEEDED', failed: 0 });
    await arrival;
    await service.reaches(userId, room.courseId, 'joined', 'USED_INVITE', 20_000);
    expect((await service.discord.member(room.guildId, account))?.roles).toEqual([room.roleId]);
  }, 90_000);

  it('is not taken for an echo of what we do: whoever comes in by themselves while we cannot add them is in', async () => {
    const [student] = await service.students(1);
    const { userId, account } = student!;
    await service.enroll(userId, room.courseId);
    await service.reaches(userId, room.courseId, 'joined', 'ADDED', 20_000);
    await service.quiet();
    await service.discord.leave(room.guildId, account);
    await service.reaches(userId, room.courseId, 'left', 'LEFT_BY_CHOICE', 20_000);
    await service.quiet();

    await service.discord.faults([
      { method: 'PUT', route: MEMBER, userId: account, delayMs: 3_000, status: 400, code: 30001, times: 1 },
    ]);
    await service.query(await service.token(userId), REJOIN, { courseId: room.courseId });
    await known(userId, room.courseId, { attempt: 'add' });
    await service.discord.join(room.guildId, account, []);
    await known(userId, room.courseId, { is_member: true });
    await service.reaches(userId, room.courseId, 'joined', undefined, 20_000);
    await service.rest(20_000);
    expect((await service.discord.member(room.guildId, account))?.roles).toEqual([room.roleId]);
  }, 90_000);

  it('and what is found is not lost by it: whoever was found to have left has left, though their enrollment changes just then', async () => {
    const [student] = await service.students(1);
    const { userId, account } = student!;
    await service.enroll(userId, room.courseId);
    await service.reaches(userId, room.courseId, 'joined', 'ADDED', 20_000);
    await service.quiet();
    await service.discord.untold(() => service.discord.leave(room.guildId, account));
    const { id: roleId } = await service.discord.createRole(room.guildId, 'New student');
    await service.discord.faults([{ method: 'PUT', route: GRANT, userId: account, delayMs: 3_000, times: 1 }]);
    await service.query(room.instructorToken, UPDATE, { id: room.configId, input: { studentRoleId: roleId } });
    await known(userId, room.courseId, { attempt: 'grant-role' });
    await service.sql(`UPDATE course_enrollments SET expires_at = now() + interval '1 day' WHERE user_id = $1`, [
      userId,
    ]);
    await service.marked();
    await service.reaches(userId, room.courseId, 'left', 'LEFT_BY_CHOICE', 20_000);
    await service.rest(20_000);
    expect(await service.discord.member(room.guildId, account)).toBeUndefined();
    room = { ...room, roleId };
  }, 90_000);

  it('is not taken for an echo of what we do: a role that a moderator takes while we give another is given again', async () => {
    const courseId = await service.createCourse('Geometry', room.instructorId);
    const { id: roleId } = await service.discord.createRole(room.guildId, 'Geometry student');
    await configure(service, room.instructorToken, { courseId, guildId: room.guildId, studentRoleId: roleId });
    const [student] = await service.students(1);
    const { userId, account } = student!;
    await service.enroll(userId, room.courseId);
    await service.reaches(userId, room.courseId, 'joined', 'ADDED', 20_000);
    await service.quiet();

    await service.discord.faults([{ method: 'PUT', route: GRANT, userId: account, delayMs: 5_000, times: 1 }]);
    await service.discord.clearRequests();
    await service.enroll(userId, courseId);
    await known(userId, courseId, { attempt: 'grant-role' });
    await service.discord.join(room.guildId, account, []);
    await known(userId, courseId, { seen_roles: [] });
    // The echo of our own call would tell the same once more, if it came after all is written.
    await service.discord.untold(() =>
      eventually(async () => expect(await service.discord.calls(account)).toContain(`PUT ${GRANT} 204`), 20_000),
    );
    await eventually(async () =>
      expect((await service.discord.member(room.guildId, account))?.roles.toSorted()).toEqual(
        [room.roleId, roleId].toSorted(),
      ),
    );
    await service.reaches(userId, room.courseId, 'joined', 'ADDED', 20_000);
  }, 90_000);
});
