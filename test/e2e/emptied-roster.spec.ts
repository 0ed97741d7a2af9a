import { Sweep } from '../../src/membership/sweep';
import { type Classroom, classroom, eventually, type Linked, Service } from './support/service';

interface Run {
  readonly id: string;
  readonly status: string;
  readonly removed: number;
  readonly error: string | null;
}

/** A dropped table, or one that is being restored, looks like everybody's leaving at once. */
describe('a platform that lists nobody at all', () => {
  let service: Service;
  let small: Classroom;
  let smaller: Classroom;
  let students: Linked[];

  const joined = async (room: Classroom, some: readonly Linked[]) => {
    for (const { userId } of some) await service.reaches(userId, room.courseId, 'joined', 'ADDED');
  };

  beforeAll(async () => {
    service = await Service.start();
    small = await classroom(service, 'Small');
    smaller = await classroom(service, 'Smaller');
    students = await service.students(3);
    for (const { userId } of students.slice(0, 2)) await service.enroll(userId, small.courseId);
    await service.enroll(students[2]!.userId, smaller.courseId);
    await joined(small, students.slice(0, 2));
    await joined(smaller, students.slice(2));
    await service.sql('CREATE TABLE saved_courses AS SELECT * FROM courses');
    await service.sql('CREATE TABLE saved_enrollments AS SELECT * FROM course_enrollments');
    await service.rest();
  });
  afterAll(() => service.close());

  const membersOf = async ({ guildId }: Classroom) => (await service.discord.guild(guildId)).members.length;

  const lastRun = async (room: Classroom): Promise<Run | undefined> =>
    (
      await service.query<{ syncRuns: Run[] }>(
        room.instructorToken,
        'query ($courseId: UUID!) { syncRuns(courseId: $courseId, first: 1) { id status removed error } }',
        { courseId: room.courseId },
      )
    ).syncRuns[0];

  /** Nobody is removed from either server, and staff is told why. */
  async function isHeld(): Promise<void> {
    for (const { userId } of students.slice(0, 2))
      await service.reaches(userId, small.courseId, 'joined', 'REMOVAL_HELD');
    await service.reaches(students[2]!.userId, smaller.courseId, 'joined', 'REMOVAL_HELD');
    expect([await membersOf(small), await membersOf(smaller)]).toEqual([4, 3]);
    for (const room of [small, smaller]) {
      const [run] = await service.sql<Run>(
        `SELECT status, removed, error FROM discord_sync_runs WHERE guild_id = $1 ORDER BY created_at DESC LIMIT 1`,
        [room.guildId],
      );
      expect(run).toEqual({
        status: 'AWAITING_CONFIRMATION',
        removed: 0,
        error: expect.stringMatching(/lists nobody.*confirm/i) as string,
      });
    }
  }

  it.each(['TRUNCATE course_enrollments', 'DELETE FROM course_enrollments', 'DELETE FROM courses'])(
    'removes nobody, not even from classes that no brake would hold (%s); once it is back, that is over',
    async (mishap) => {
      await service.sql(mishap);
      await isHeld();

      await service.sql('INSERT INTO courses SELECT * FROM saved_courses ON CONFLICT DO NOTHING');
      await service.sql('INSERT INTO course_enrollments SELECT * FROM saved_enrollments ON CONFLICT DO NOTHING');
      await service.nest.get(Sweep).sweep();
      await joined(small, students.slice(0, 2));
      await joined(smaller, students.slice(2));
      for (const room of [small, smaller])
        await eventually(async () => expect(await lastRun(room)).toMatchObject({ status: 'CANCELLED', removed: 0 }));
      expect(await service.sql('SELECT FROM discord_removals')).toEqual([]);
    },
  );

  it('removes them once staff confirms that it is right', async () => {
    await service.sql('DELETE FROM course_enrollments');
    await isHeld();
    const run = await lastRun(small);
    await service.query(small.instructorToken, 'mutation ($id: UUID!) { confirmSyncRun(id: $id) { id } }', {
      id: run!.id,
    });
    for (const { userId } of students.slice(0, 2))
      await service.reaches(userId, small.courseId, 'removed', 'ENROLLMENT_ENDED');
    await eventually(async () =>
      expect(await lastRun(small)).toMatchObject({ status: 'SUCCEEDED', removed: 2, error: null }),
    );
    // Of the other server nobody has said anything.
    expect([await membersOf(small), await membersOf(smaller)]).toEqual([2, 3]);
    await service.query(smaller.instructorToken, 'mutation ($id: UUID!) { confirmSyncRun(id: $id) { id } }', {
      id: (await lastRun(smaller))!.id,
    });
    await service.reaches(students[2]!.userId, smaller.courseId, 'removed', 'ENROLLMENT_ENDED');
  });

  it('takes out the last one who is in, as everybody else: one person’s end is no mishap', async () => {
    await service.rest();
    const [ayu] = students as [Linked];
    await service.enroll(ayu.userId, small.courseId);
    await joined(small, [ayu]);
    await service.rest();
    await service.unenroll(ayu.userId, small.courseId);
    await service.reaches(ayu.userId, small.courseId, 'removed', 'ENROLLMENT_ENDED');
    expect(await membersOf(small)).toBe(2);
  });
});
