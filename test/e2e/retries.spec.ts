import { classroom, eventually, type Linked, Service } from './support/service';

const SYNC = 'mutation ($courseId: UUID!) { syncCourse(courseId: $courseId) { id } }';
const COUNTS = 'status total done added removed failed';

interface Run {
  readonly status: string;
  readonly total: number;
  readonly done: number;
  readonly added: number;
  readonly removed: number;
  readonly failed: number;
}

describe('a run in which Discord fails', () => {
  let service: Service;

  beforeEach(() => service.aDayPasses());
  afterEach(() => service.discord.noFaults());
  beforeAll(async () => {
    service = await Service.start();
  });
  afterAll(() => service.close());

  const fails = ({ account }: Linked, method: string) =>
    service.discord.faults([{ method, route: '/guilds/:id/members/:id', userId: account, status: 500 }]);

  const failedOnce = ({ userId }: Linked) =>
    eventually(async () =>
      expect(
        await service.sql('SELECT FROM discord_memberships WHERE user_id = $1 AND attempts > 0', [userId]),
      ).toHaveLength(1),
    );

  const lastRun = async (token: string, courseId: string): Promise<Run | undefined> =>
    (
      await service.query<{ syncRuns: Run[] }>(
        token,
        `query ($courseId: UUID!) { syncRuns(courseId: $courseId, first: 1) { ${COUNTS} } }`,
        { courseId },
      )
    ).syncRuns[0];

  it('counts whom it added or removed at the second try', async () => {
    const room = await classroom(service);
    const students = await service.students(3);
    const [ayu] = students as [Linked];
    await service.rest();
    await service.unseen(async () => {
      for (const { userId } of students) await service.enroll(userId, room.courseId);
    });
    await fails(ayu, 'PUT');
    await service.query(room.instructorToken, SYNC, { courseId: room.courseId });
    await failedOnce(ayu);
    expect(await lastRun(room.instructorToken, room.courseId)).toMatchObject({ status: 'RUNNING', failed: 0 });
    await service.discord.noFaults();
    await eventually(
      async () =>
        expect(await lastRun(room.instructorToken, room.courseId)).toEqual({
          status: 'SUCCEEDED',
          total: 3,
          done: 3,
          added: 3,
          removed: 0,
          failed: 0,
        }),
      20_000,
    );

    await service.rest();
    await fails(ayu, 'DELETE');
    await service.sql('DELETE FROM course_enrollments WHERE user_id = ANY($1)', [
      students.slice(0, 2).map(({ userId }) => userId),
    ]);
    await failedOnce(ayu);
    await service.discord.noFaults();
    await eventually(
      async () =>
        expect(await lastRun(room.instructorToken, room.courseId)).toEqual({
          status: 'SUCCEEDED',
          total: 2,
          done: 2,
          added: 0,
          removed: 2,
          failed: 0,
        }),
      20_000,
    );
  }, 60_000);

  it('waits for nobody who fails again and again, and says so', async () => {
    const room = await classroom(service);
    const students = await service.students(2);
    const [ayu] = students as [Linked];
    await service.rest();
    await service.unseen(async () => {
      for (const { userId } of students) await service.enroll(userId, room.courseId);
    });
    await fails(ayu, 'PUT');
    await service.query(room.instructorToken, SYNC, { courseId: room.courseId });
    await eventually(
      async () =>
        expect(await lastRun(room.instructorToken, room.courseId)).toEqual({
          status: 'SUCCEEDED',
          total: 2,
          done: 1,
          added: 1,
          removed: 0,
          failed: 1,
        }),
      40_000,
    );
  }, 60_000);
});
