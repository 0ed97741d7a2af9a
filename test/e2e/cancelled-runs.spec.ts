import { type Classroom, classroom, eventually, type Linked, Service } from './support/service';

const SYNC = 'mutation ($courseId: UUID!) { syncCourse(courseId: $courseId) { id } }';
const CANCEL = 'mutation ($id: UUID!) { cancelSyncRun(id: $id) { status } }';

/** From the moment at which the mutation has answered, however little before that its comparison was. */
describe('a run that is cancelled removes nobody any more', () => {
  let service: Service;

  beforeAll(async () => {
    // Without the schedules: only the run can find whose enrollment has ended.
    service = await Service.start({ config: { roles: new Set(['api', 'worker', 'bot']) } });
  });
  afterEach(async () => {
    await service.discord.noFaults();
    await service.sql('ROLLBACK');
  });
  afterAll(() => service.close());

  const isIn = async ({ account }: Linked, { guildId }: Classroom) =>
    (await service.discord.member(guildId, account)) !== undefined;

  /** A student whose enrollment has ended without anybody's hearing of it, in a class of three. */
  async function ended(): Promise<{ room: Classroom; ayu: Linked }> {
    const room = await classroom(service);
    const students = await service.students(3);
    for (const { userId } of students) await service.enroll(userId, room.courseId);
    for (const { userId } of students) await service.reaches(userId, room.courseId, 'joined', 'ADDED');
    await service.rest();
    const [ayu] = students as [Linked];
    await service.unseen(() => service.unenroll(ayu.userId, room.courseId));
    return { room, ayu };
  }

  async function sync(room: Classroom): Promise<string> {
    const { syncCourse } = await service.query<{ syncCourse: { id: string }[] }>(room.instructorToken, SYNC, {
      courseId: room.courseId,
    });
    return syncCourse[0]!.id;
  }

  /** Asked for, and perhaps not answered yet. */
  function cancel(room: Classroom, id: string): { answer: Promise<unknown>; hasAnswered: () => boolean } {
    let answered = false;
    const answer = service.query(room.instructorToken, CANCEL, { id }).finally(() => (answered = true));
    return { answer, hasAnswered: () => answered };
  }

  /** How many of the service's statements wait for a lock. */
  async function waiting(): Promise<number> {
    const [row] = await service.sql<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return row!.count;
  }

  /** The worker stops where it reads this table next, until the lock is released. */
  async function stopsAt(table: string, room: Classroom): Promise<string> {
    await service.sql('BEGIN');
    await service.sql(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
    const id = await sync(room);
    await eventually(async () => expect(await waiting()).toBeGreaterThan(0));
    return id;
  }

  it.each([
    ['before what it has found is written down', 'user_discord_connections'],
    ['after that, before the brake has looked at it', 'discord_removals'],
  ])('cancelled %s', async (_when, table) => {
    const { room, ayu } = await ended();
    const id = await stopsAt(table, room);
    const { answer, hasAnswered } = cancel(room, id);
    await eventually(async () => expect(hasAnswered() || (await waiting()) > 1).toBe(true));
    await service.sql('COMMIT');
    expect(await answer).toEqual({ cancelSyncRun: { status: 'CANCELLED' } });
    await service.rest();
    expect(await isIn(ayu, room)).toBe(true);
    expect((await service.membership(ayu.userId, room.courseId))?.status).toBe('joined');
  });

  it('cancelled while Discord is just removing somebody: the answer comes after that', async () => {
    const { room, ayu } = await ended();
    await service.discord.faults([
      { method: 'DELETE', route: '/guilds/:id/members/:id', userId: ayu.account, delayMs: 1_500 },
    ]);
    const id = await sync(room);
    await eventually(async () =>
      expect(
        await service.sql(`SELECT FROM discord_memberships WHERE user_id = $1 AND attempt = 'kick'`, [ayu.userId]),
      ).toHaveLength(1),
    );
    const { answer } = cancel(room, id);
    await answer;
    const wasIn = await isIn(ayu, room);
    await service.rest();
    expect(await isIn(ayu, room)).toBe(wasIn);
  });
});
