import { type Classroom, classroom, eventually, type Linked, Service } from './support/service';

interface Run {
  readonly id: string;
  readonly status: string;
  readonly total: number;
  readonly added: number;
}

const UNDO = 'mutation ($id: UUID!) { undoSyncRun(id: $id) { id status total added } }';

describe('undoing what a run removed', () => {
  let service: Service;

  beforeAll(async () => {
    service = await Service.start();
    await service.goesOnElsewhere();
  });
  afterAll(() => service.close());

  /** A student whose enrollment has ended, and the run that removed them. */
  async function removed(title: string): Promise<{ room: Classroom; ayu: Linked; runId: string }> {
    const room = await classroom(service, title);
    const [ayu] = (await service.students(1)) as [Linked];
    await service.enroll(ayu.userId, room.courseId);
    await service.reaches(ayu.userId, room.courseId, 'joined', 'ADDED');
    await service.unenroll(ayu.userId, room.courseId);
    await service.reaches(ayu.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
    let runId = '';
    await eventually(async () => {
      const runs = await service.sql<{ id: string }>(
        `SELECT id FROM discord_sync_runs WHERE course_id = $1 AND status = 'SUCCEEDED' AND removed = 1`,
        [room.courseId],
      );
      expect(runs).toHaveLength(1);
      runId = runs[0]!.id;
    });
    return { room, ayu, runId };
  }

  /** So many days pass since the run. */
  async function daysPass(runId: string, days: number): Promise<void> {
    await service.sql(
      'UPDATE discord_sync_runs SET finished_at = finished_at - make_interval(days => $2) WHERE id = $1',
      [runId, days],
    );
    await service.sql('UPDATE discord_removals SET done_at = done_at - make_interval(days => $2) WHERE run_id = $1', [
      runId,
      days,
    ]);
  }

  const runOf = async (room: Classroom, id: string): Promise<Run> =>
    (
      await service.query<{ syncRun: Run }>(
        room.instructorToken,
        'query ($id: UUID!) { syncRun(id: $id) { id status total added } }',
        { id },
      )
    ).syncRun;

  it('works on the sixth day: they are in again, with the role, and the undo is a run of its own', async () => {
    const { room, ayu, runId } = await removed('Algebra');
    await daysPass(runId, 6);
    const { undoSyncRun } = await service.query<{ undoSyncRun: Run }>(room.instructorToken, UNDO, { id: runId });
    expect(undoSyncRun.id).not.toBe(runId);
    await service.reaches(ayu.userId, room.courseId, 'joined', 'REMOVAL_HELD');
    expect((await service.discord.member(room.guildId, ayu.account))?.roles).toEqual([room.roleId]);
    await eventually(async () =>
      expect(await runOf(room, undoSyncRun.id)).toMatchObject({ status: 'SUCCEEDED', total: 1, added: 1 }),
    );
  });

  it('is not done a second time by itself: whoever is back by it and leaves while nobody hears of it has left', async () => {
    const { room, ayu, runId } = await removed('Back and gone');
    await service.query(room.instructorToken, UNDO, { id: runId });
    await service.reaches(ayu.userId, room.courseId, 'joined', 'REMOVAL_HELD');
    await service.rest();
    await service.discord.untold(() => service.discord.leave(room.guildId, ayu.account));
    await service.discord.clearRequests();
    await service.synced(room);
    await service.reaches(ayu.userId, room.courseId, 'left', 'LEFT_BY_CHOICE');
    await service.rest();
    expect(await service.discord.calls(ayu.account)).toEqual([]);
    expect(await service.discord.member(room.guildId, ayu.account)).toBeUndefined();
  });

  it('is refused on the eighth day, which says that it is too late and what helps; nobody is asked anything', async () => {
    const { room, ayu, runId } = await removed('Biology');
    await service.rest();
    await daysPass(runId, 8);
    await service.discord.clearRequests();
    expect(await service.refusal(room.instructorToken, UNDO, { id: runId })).toMatchObject({
      code: 'CONFLICT',
      message:
        'It is more than 7 days since this run removed anybody, and removals can be undone for 7 days. Whoever is to be back has to be enrolled again.',
    });
    await service.rest();
    expect(await service.discord.calls(ayu.account)).toEqual([]);
    expect(await service.membership(ayu.userId, room.courseId)).toMatchObject({
      status: 'removed',
      reason: 'ENROLLMENT_ENDED',
    });
    // What it recommends does help.
    await service.enroll(ayu.userId, room.courseId);
    await service.reaches(ayu.userId, room.courseId, 'joined', 'ADDED');
  });

  it('is done once, also when it is asked for twice at the same moment', async () => {
    const { room, ayu, runId } = await removed('Chemistry');
    const answers = await Promise.all(
      [1, 2].map(() => service.graphql<{ undoSyncRun: Run }>(room.instructorToken, UNDO, { id: runId })),
    );
    expect(answers.map(({ errors }) => errors?.[0]?.extensions.code).sort()).toEqual(['CONFLICT', undefined]);
    await service.reaches(ayu.userId, room.courseId, 'joined', 'REMOVAL_HELD');
    await service.rest();
    await service.discord.clearRequests();
    expect(await service.refusal(room.instructorToken, UNDO, { id: runId })).toMatchObject({
      code: 'CONFLICT',
      message: 'What this run removed has been undone already.',
    });
    await service.rest();
    expect(await service.discord.calls(ayu.account)).toEqual([]);
    expect(
      await service.sql(`SELECT FROM discord_sync_runs WHERE course_id = $1 AND purpose = 'UNDO'`, [room.courseId]),
    ).toHaveLength(1);
  });

  it('is refused for a run that removed nobody', async () => {
    const room = await classroom(service, 'Drama');
    const { syncCourse } = await service.query<{ syncCourse: Run[] }>(
      room.instructorToken,
      'mutation ($courseId: UUID!) { syncCourse(courseId: $courseId) { id } }',
      { courseId: room.courseId },
    );
    const [{ id }] = syncCourse as [Run];
    await eventually(async () => expect((await runOf(room, id)).status).toBe('SUCCEEDED'));
    expect(await service.refusal(room.instructorToken, UNDO, { id })).toMatchObject({
      code: 'CONFLICT',
      message: 'This run removed nobody: there is nothing to undo.',
    });
  });
});
