import { type Classroom, classroom, eventually, type Linked, Service } from './support/service';

const HELD = 'query ($courseId: UUID!) { syncRuns(courseId: $courseId, status: [AWAITING_CONFIRMATION]) { id total } }';
const CANCEL = 'mutation ($id: UUID!) { cancelSyncRun(id: $id) { status } }';

describe('the brake’s day', () => {
  let service: Service;

  beforeAll(async () => {
    service = await Service.start();
  });
  afterAll(() => service.close());

  const end = (students: readonly Linked[], { courseId }: Classroom) =>
    service.sql('DELETE FROM course_enrollments WHERE course_id = $1 AND user_id = ANY ($2)', [
      courseId,
      students.map(({ userId }) => userId),
    ]);

  async function reach(students: readonly Linked[], { courseId }: Classroom, status: string, reason: string) {
    for (const { userId } of students) await service.reaches(userId, courseId, status, reason, 20_000);
    await service.rest();
  }

  /** What was removed so far was removed so much earlier. */
  const pass = (hours: number) =>
    service.sql('UPDATE discord_removals SET done_at = done_at - make_interval(hours => $1)', [hours]);

  async function held(room: Classroom): Promise<{ id: string; total: number }[]> {
    const { syncRuns } = await service.query<{ syncRuns: { id: string; total: number }[] }>(
      room.instructorToken,
      HELD,
      { courseId: room.courseId },
    );
    return syncRuns;
  }

  it('counts what was removed 23 hours ago, and not what was removed 25 hours ago', async () => {
    const room = await classroom(service);
    const students = await service.students(16);
    await service.sql('INSERT INTO course_enrollments (user_id, course_id) SELECT unnest($1::uuid[]), $2', [
      students.map(({ userId }) => userId),
      room.courseId,
    ]);
    await reach(students, room, 'joined', 'ADDED');
    const [ten, two, one] = [students.slice(0, 10), students.slice(10, 12), students.slice(12, 13)];
    await end(ten, room);
    await reach(ten, room, 'removed', 'ENROLLMENT_ENDED');

    await pass(23);
    await end(two, room);
    await reach(two, room, 'joined', 'REMOVAL_HELD');
    const [run, ...others] = await held(room);
    expect({ total: run?.total, others }).toEqual({ total: 2, others: [] });
    await service.query(room.instructorToken, CANCEL, { id: run!.id });
    await eventually(async () => expect(await held(room)).toEqual([]));

    await pass(2);
    await end(one, room);
    await reach(one, room, 'removed', 'ENROLLMENT_ENDED');
    await reach(two, room, 'joined', 'REMOVAL_HELD');
  }, 60_000);
});
