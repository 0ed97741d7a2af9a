import { type Classroom, classroom, configure, eventually, type Linked, Service } from './support/service';
import { syncInFull } from './support/settled-class';
import { justAfter } from './support/statements';

const ADMINISTRATOR = String(1n << 3n);
const MANAGE_SERVER = String(1n << 5n);
const LIST = { method: 'GET', route: '/guilds/:id/members' };
const MEMBER = { method: 'GET', route: '/guilds/:id/members/:id' };

/** Whom a comparison finds unenrolled: it knows their roles from the list, and looks at nobody a second time. */
describe('a full sync removes students whose enrollment has ended, but not', () => {
  let service: Service;
  let room: Classroom;

  beforeAll(async () => {
    service = await Service.start();
    await service.goesOnElsewhere();
  }, 30_000);
  beforeEach(async () => {
    room = await classroom(service, 'Algebra', { adoptExisting: true });
  });
  afterEach(() => service.discord.noFaults());
  afterAll(() => service.close());

  const rolesOf = async (account: string) => (await service.discord.member(room.guildId, account))?.roles;

  async function joined(): Promise<Linked> {
    const ayu = await service.joined('Ayu Wulandari', room.courseId);
    await service.rest();
    return ayu;
  }

  /** The owner gives them this role too, and we have heard of it. */
  async function isGiven({ userId, account }: Linked, roleId: string): Promise<void> {
    await service.discord.join(room.guildId, account, [room.roleId, roleId]);
    await eventually(async () =>
      expect(
        await service.sql('SELECT FROM discord_memberships WHERE user_id = $1 AND $2 = ANY(seen_roles)', [
          userId,
          roleId,
        ]),
      ).toHaveLength(1),
    );
  }

  /** The course is handed over to them. */
  async function instructs(userId: string, courseId: string): Promise<void> {
    await service.sql('UPDATE courses SET instructor_id = $2 WHERE id = $1', [courseId, userId]);
    const taken = 'SELECT FROM discord_server_configs WHERE course_id = $1 AND instructor_id = $2';
    await eventually(async () => expect(await service.sql(taken, [courseId, userId])).toHaveLength(1));
  }

  /** Both are unenrolled and nobody tells us: the other one goes, this one loses our role and nothing else. */
  async function losesOnlyOurRole(who: Linked, rest: string[]): Promise<void> {
    const other = await joined();
    await service.unseen(async () => {
      for (const { userId } of [who, other]) await service.unenroll(userId, room.courseId);
    });
    await service.discord.clearRequests();
    expect(await syncInFull(service, room)).toMatchObject({ status: 'SUCCEEDED', removed: 1, failed: 0 });
    await service.reaches(who.userId, room.courseId, 'removed', 'PROTECTED_MEMBER');
    await service.reaches(other.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
    expect(await rolesOf(who.account)).toEqual(rest);
    expect(await rolesOf(other.account)).toBeUndefined();
    expect((await service.discord.calls(who.account)).filter((call) => !call.startsWith('GET '))).toEqual([
      'DELETE /guilds/:id/members/:id/roles/:id 204',
    ]);
    // And it stays so, at no call.
    await service.discord.clearRequests();
    expect(await syncInFull(service, room)).toMatchObject({ status: 'SUCCEEDED', removed: 0, roleChanges: 0 });
    expect(await service.discord.calls(who.account)).toEqual([]);
  }

  it.each([
    ['an administrator', { permissions: ADMINISTRATOR }],
    ['a moderator', { permissions: MANAGE_SERVER }],
    ['somebody whose role stands above the bot', { above: true }],
  ])('%s, who loses our role only', async (_who, { permissions, above }: { permissions?: string; above?: boolean }) => {
    const ayu = await joined();
    const role = await service.discord.createRole(room.guildId, 'Power', {
      ...(permissions ? { permissions } : {}),
      ...(above ? { position: 2 } : {}),
    });
    if (above) await service.discord.addBot(room.guildId, { position: 2 });
    await service.discord.join(room.guildId, ayu.account, [room.roleId, role.id]);
    await service.rest();
    await losesOnlyOurRole(ayu, [role.id]);
  });

  it('somebody who becomes an administrator when it is their turn already: at one look more', async () => {
    const [ayu, other] = [await joined(), await joined()];
    const role = await service.discord.createRole(room.guildId, 'Power', { permissions: ADMINISTRATOR });
    await service.rest();
    await service.unseen(() => service.unenroll(ayu.userId, room.courseId));
    const becomesAdministrator = () => isGiven(ayu, role.id);
    // What the list has told of them is about to be judged: after the comparison, whose staff it is to whom that is asked.
    justAfter(/UPDATE discord_sync_runs SET status = 'RUNNING'/, () => {
      justAfter(/WITH served AS/, becomesAdministrator);
    });
    await service.discord.clearRequests();
    expect(await syncInFull(service, room)).toMatchObject({ status: 'SUCCEEDED', removed: 0, failed: 0 });
    await service.reaches(ayu.userId, room.courseId, 'removed', 'PROTECTED_MEMBER');
    expect(await rolesOf(ayu.account)).toEqual([role.id]);
    expect(await service.discord.calls(ayu.account)).toEqual([
      'GET /guilds/:id/members/:id 200',
      'DELETE /guilds/:id/members/:id/roles/:id 204',
    ]);
    expect(await rolesOf(other.account)).toEqual([room.roleId]);
  });

  it('somebody whose role becomes an administrator’s when it is their turn already', async () => {
    const ayu = await joined();
    const role = await service.discord.createRole(room.guildId, 'Helpers');
    await isGiven(ayu, role.id);
    await service.rest();
    await service.unseen(() => service.unenroll(ayu.userId, room.courseId));
    justAfter(/UPDATE discord_sync_runs SET status = 'RUNNING'/, async () => {
      const [{ now } = { now: null }] = await service.sql('SELECT clock_timestamp() AS now');
      await service.discord.allow(room.guildId, role.id, ADMINISTRATOR);
      await eventually(async () =>
        expect(
          await service.sql('SELECT FROM discord_guilds WHERE guild_id = $1 AND changed_at > $2', [room.guildId, now]),
        ).toHaveLength(1),
      );
    });
    expect(await syncInFull(service, room)).toMatchObject({ status: 'SUCCEEDED', removed: 0, failed: 0 });
    await service.reaches(ayu.userId, room.courseId, 'removed', 'PROTECTED_MEMBER');
    expect(await rolesOf(ayu.account)).toEqual([role.id]);
  });

  it('the owner of the server, who loses our role only', async () => {
    const owner = room.instructorId;
    await service.enroll(owner, room.courseId);
    await eventually(async () => expect(await rolesOf(room.instructorDiscordId)).toEqual([room.roleId]));
    await service.rest();
    await losesOnlyOurRole({ userId: owner, account: room.instructorDiscordId, name: 'Rina Hartono' }, []);
  });

  it.each<[string, (userId: string, other: string) => Promise<unknown>]>([
    [
      'staff of another course in the server',
      (userId, other) => service.sql('INSERT INTO course_staff (course_id, user_id) VALUES ($1, $2)', [other, userId]),
    ],
    ['the instructor of another course in the server, whose owner is somebody else', instructs],
    [
      'the instructor of a course that is deleted, and still has its place in the server',
      async (userId, other) => {
        await instructs(userId, other);
        await service.sql('DELETE FROM courses WHERE id = $1', [other]);
      },
    ],
    [
      'the instructor of a course that had its place in the server, and had students there',
      async (userId, other) => {
        const student = await service.joined('Budi Santoso', other);
        await instructs(userId, other);
        await service.sql('DELETE FROM discord_server_configs WHERE course_id = $1', [other]);
        await service.reaches(student.userId, other, 'removed');
      },
    ],
  ])('%s, who loses our role only', async (_who, becomes) => {
    const ayu = await joined();
    const other = await service.createCourse('Logic', room.instructorId);
    await configure(service, room.instructorToken, { courseId: other, guildId: room.guildId });
    await becomes(ayu.userId, other);
    await service.rest();
    await losesOnlyOurRole(ayu, []);
  });

  it('a bot, which loses our role only', async () => {
    const robot = await joined();
    const { url, application } = service.sandbox;
    const answer = await fetch(`${url}/api/v10/guilds/${room.guildId}/members?limit=1000`, {
      headers: { authorization: `Bot ${application.botToken}` },
    });
    const members = (await answer.json()) as { user: { id: string; bot?: boolean } }[];
    // Nobody can link a bot here; from now on Discord says that this is one.
    const body = members.map(({ user, ...member }) => ({
      ...member,
      user: user.id === robot.account ? { ...user, bot: true } : user,
    }));
    await service.discord.faults([
      { ...LIST, status: 200, body },
      { ...MEMBER, userId: robot.account, status: 200, body: body.find(({ user }) => user.id === robot.account) },
    ]);
    await service.unseen(() => service.unenroll(robot.userId, room.courseId));
    expect(await syncInFull(service, room)).toMatchObject({ status: 'SUCCEEDED', removed: 0, failed: 0 });
    await service.reaches(robot.userId, room.courseId, 'removed', 'PROTECTED_MEMBER');
    expect(await rolesOf(robot.account)).toEqual([]);
  });
});
