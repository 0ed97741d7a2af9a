import { type Classroom, classroom, eventually, Service } from './support/service';

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

    const late = await service.createUser('Late Comer');
    await service.link(late);
    await service.enroll(late, room.courseId);
    await service.reaches(late, room.courseId, 'joined', 'ADDED');

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

  it('brings back whom a run removed, with the role, and keeps them', async () => {
    const { room, students } = await fullClass('Drama', 3);
    const [first] = students;
    await service.unenroll(first!.id, room.courseId);
    await service.reaches(first!.id, room.courseId, 'removed', 'ENROLLMENT_ENDED');
    await service.rest();
    const [run] = await runs(room, 'SUCCEEDED');
    expect(run).toMatchObject({ total: 1, removed: 1 });

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
