import { type Classroom, classroom, eventually, type Linked, Service } from './support/service';

const PAUSE =
  'mutation ($configId: UUID, $paused: Boolean!) { setRemovalsPaused(configId: $configId, paused: $paused) }';
const SYNC = 'mutation ($id: UUID!) { syncCourse(courseId: $id) { id } }';
const DELETE = 'mutation ($id: UUID!) { deleteServerConfig(id: $id, endAccess: true) }';
const REMOVE =
  'mutation ($userId: UUID!, $courseId: UUID!) { removeStudent(userId: $userId, courseId: $courseId) { id } }';

type Ending = (room: Classroom, ayu: Linked) => Promise<unknown>;

/** The stop switch is for what nobody has asked for: whom a person removes by name goes all the same. */
describe('while removals are paused', () => {
  let service: Service;
  let admin: string;

  beforeEach(() => service.aDayPasses());
  beforeAll(async () => {
    service = await Service.start();
    admin = await service.token(await service.createUser('Amira', 'admin'), 'admin');
    const elsewhere = await service.createCourse('Elsewhere', await service.createUser('Sari Dewi', 'instructor'));
    await service.enroll(await service.createUser('Tono'), elsewhere);
  });
  afterEach(async () => {
    await service.discord.noFaults();
    await service.query(admin, PAUSE, { paused: false });
  });
  afterAll(() => service.close());

  const rolesOf = async ({ account }: Linked, { guildId }: Classroom) =>
    (await service.discord.member(guildId, account))?.roles;

  async function joined(): Promise<{ room: Classroom; ayu: Linked }> {
    const room = await classroom(service);
    const [ayu] = (await service.students(1)) as [Linked];
    await service.enroll(ayu.userId, room.courseId);
    await service.reaches(ayu.userId, room.courseId, 'joined', 'ADDED');
    await service.rest();
    return { room, ayu };
  }

  const everywhere = (paused: boolean) => service.query(admin, PAUSE, { paused });
  it('everywhere, everybody can see that they are', async () => {
    const student = await service.token(await service.createUser('Ayu Wulandari'));
    const isPaused = async () =>
      (await service.query<{ removalsPaused: boolean }>(student, '{ removalsPaused }')).removalsPaused;
    expect(await isPaused()).toBe(false);
    await everywhere(true);
    expect(await isPaused()).toBe(true);
  });

  const here = ({ configId }: Classroom, paused: boolean) => service.query(admin, PAUSE, { configId, paused });

  const endings: Record<string, Ending> = {
    'a sync that finds an enrollment gone': async ({ courseId, instructorToken }, { userId }) => {
      await service.unseen(() => service.unenroll(userId, courseId));
      await service.query(instructorToken, SYNC, { id: courseId });
    },
    'a deleted enrollment': ({ courseId }, { userId }) => service.unenroll(userId, courseId),
    'an enrollment that expires': (_room, { userId }) =>
      service.sql(`UPDATE course_enrollments SET expires_at = now() WHERE user_id = $1`, [userId]),
    'a deleted course': ({ courseId }) => service.sql('DELETE FROM courses WHERE id = $1', [courseId]),
    'a deleted user': (_room, { userId }) => service.sql('DELETE FROM auth.users WHERE id = $1', [userId]),
    'a configuration that is deleted with everybody’s access': ({ configId, instructorToken }) =>
      service.query(instructorToken, DELETE, { id: configId }),
  };

  async function waits({ room, ayu }: { room: Classroom; ayu: Linked }): Promise<void> {
    await service.reaches(ayu.userId, room.courseId, 'joined', 'REMOVAL_HELD');
    await service.rest();
    expect(await rolesOf(ayu, room)).toEqual([room.roleId]);
  }
  const isOut = ({ room, ayu }: { room: Classroom; ayu: Linked }) =>
    eventually(async () => expect(await rolesOf(ayu, room)).toBeUndefined());

  it.each(Object.keys(endings))('%s removes nobody, and does once they are resumed', async (ending) => {
    const one = await joined();
    await everywhere(true);
    await endings[ending]!(one.room, one.ayu);
    await waits(one);
    await everywhere(false);
    await isOut(one);

    const other = await joined();
    await here(other.room, true);
    await endings[ending]!(other.room, other.ayu);
    await waits(other);
    await here(other.room, false);
    await isOut(other);
  });

  it('a run that is confirmed waits too', async () => {
    const room = await classroom(service);
    const students = await service.students(5);
    for (const { userId } of students) await service.enroll(userId, room.courseId);
    for (const { userId } of students) await service.reaches(userId, room.courseId, 'joined', 'ADDED');
    await service.sql('DELETE FROM course_enrollments WHERE course_id = $1', [room.courseId]);
    for (const { userId } of students) await service.reaches(userId, room.courseId, 'joined', 'REMOVAL_HELD');
    await service.rest();
    const [run] = await service.sql<{ id: string }>('SELECT id FROM discord_sync_runs WHERE course_id = $1', [
      room.courseId,
    ]);
    await everywhere(true);
    await service.query(room.instructorToken, 'mutation ($id: UUID!) { confirmSyncRun(id: $id) { id } }', {
      id: run!.id,
    });
    for (const ayu of students) await waits({ room, ayu });
    await everywhere(false);
    for (const ayu of students) await isOut({ room, ayu });
  });

  const asked: Record<string, Ending> = {
    'by their course’s staff': ({ courseId, instructorToken }, { userId }) =>
      service.query(instructorToken, REMOVE, { userId, courseId }),
    'by disconnecting their account': async (_room, { userId }) =>
      service.query(await service.token(userId), 'mutation { unlinkDiscord }'),
    'by exchanging it for another, which stays': async ({ courseId }, { userId }) => {
      await service.link(userId);
      await service.reaches(userId, courseId, 'joined', 'ADDED');
    },
    'by a moderator’s ban': ({ guildId }, { account }) => service.discord.ban(guildId, account),
  };

  it.each(Object.keys(asked))('whom a person removes goes all the same: %s', async (way) => {
    const one = await joined();
    await everywhere(true);
    await asked[way]!(one.room, one.ayu);
    await isOut(one);
  });

  it('from the moment of the answer: a removal that Discord is just doing is over by then', async () => {
    const { room, ayu } = await joined();
    await service.discord.faults([
      { method: 'DELETE', route: '/guilds/:id/members/:id', userId: ayu.account, delayMs: 1_500 },
    ]);
    await service.unenroll(ayu.userId, room.courseId);
    await eventually(async () =>
      expect(
        await service.sql(`SELECT FROM discord_memberships WHERE user_id = $1 AND attempt = 'kick'`, [ayu.userId]),
      ).toHaveLength(1),
    );
    await everywhere(true);
    const roles = await rolesOf(ayu, room);
    await service.rest();
    expect(await rolesOf(ayu, room)).toEqual(roles);
  });
});
