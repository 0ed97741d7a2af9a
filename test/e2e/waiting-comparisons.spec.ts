import { Sweep } from '../../src/membership/sweep';
import { type Classroom, classroom, eventually, type Linked, Service } from './support/service';

const SYNC = 'mutation ($courseId: UUID!) { syncCourse(courseId: $courseId) { id } }';
const LIST = { method: 'GET', route: '/guilds/:id/members' };

interface Run {
  readonly status: string;
  readonly error: string | null;
}

/** Nobody tells us what happens in Discord: only a comparison finds it. */
describe('a comparison that cannot be made just now', () => {
  let service: Service;
  let room: Classroom;

  beforeAll(async () => {
    service = await Service.start({ config: { roles: new Set(['api', 'worker']) } });
  }, 30_000);
  beforeEach(async () => {
    await service.aDayPasses();
    room = await classroom(service);
    await service.discord.clearRequests();
  });
  afterEach(() => service.discord.noFaults());
  afterAll(() => service.close());

  async function joined(): Promise<Linked> {
    const [student] = (await service.students(1)) as [Linked];
    await service.enroll(student.userId, room.courseId);
    await service.reaches(student.userId, room.courseId, 'joined', 'ADDED');
    await service.rest();
    return student;
  }

  /** Nobody asks for it: the daily comparison of every server. */
  const compareOurselves = () => service.nest.get(Sweep).cleanup();

  const ask = () => service.query(room.instructorToken, SYNC, { courseId: room.courseId });

  /** The latest one: ours, or the one that the instructor has asked for. */
  async function run(whose: 'ours' | 'asked'): Promise<Run | undefined> {
    const runs = await service.sql<Run>(
      `SELECT status, error FROM discord_sync_runs WHERE guild_id = $1 AND purpose = 'SYNC' AND (requested_by IS NULL) = $2
       ORDER BY created_at DESC LIMIT 1`,
      [room.guildId, whose === 'ours'],
    );
    return runs[0];
  }

  const ends = (whose: 'ours' | 'asked', status: string) =>
    eventually(async () => expect((await run(whose))?.status).toBe(status), 30_000);

  /** What goes wrong does so in this server only: the comparisons of the others are made. */
  const faults = (...rules: object[]) =>
    service.discord.faults(rules.map((rule) => ({ guildId: room.guildId, ...rule })));

  const wasCheckedLongAgo = () =>
    service.sql(`UPDATE discord_guilds SET checked_at = now() - interval '1 hour' WHERE guild_id = $1`, [room.guildId]);

  it('is made although its turn seems to have come too early, as where the database’s clock is ahead of ours', async () => {
    await joined();
    await faults({ ...LIST, status: 503 });
    await ask();
    await eventually(async () => expect((await run('asked'))?.error).toMatch(/status 503/));
    await service.discord.noFaults();
    await eventually(async () =>
      expect(
        await service.sql(
          `UPDATE graphile_worker._private_jobs SET run_at = now() WHERE key LIKE 'guild-later:%' || $1 || '%' RETURNING 1`,
          [room.guildId],
        ),
      ).not.toEqual([]),
    );
    await ends('asked', 'SUCCEEDED');
  }, 60_000);

  it('waits for as long as it takes when nobody has asked for it; who has asked is told after five minutes', async () => {
    const ayu = await joined();
    await faults({ ...LIST, status: 503 });
    await service.discord.leave(room.guildId, ayu.account);
    await compareOurselves();
    await ask();
    for (const whose of ['ours', 'asked'] as const)
      await eventually(async () =>
        expect(await run(whose)).toEqual({ status: 'QUEUED', error: expect.stringMatching(/status 503/) as string }),
      );
    await service.sql(`UPDATE discord_sync_runs SET due_at = due_at - interval '6 minutes' WHERE guild_id = $1`, [
      room.guildId,
    ]);
    await ends('asked', 'FAILED');
    expect((await run('ours'))?.status).toBe('QUEUED');

    await service.discord.noFaults();
    await ends('ours', 'SUCCEEDED');
    await service.reaches(ayu.userId, room.courseId, 'left', 'LEFT_BY_CHOICE');
  }, 60_000);

  it.each([
    ['before it has begun', { ...LIST, status: 403, code: 50001, times: 1 }],
    [
      'while it mends what it has found',
      { method: 'PUT', route: '/guilds/:id/members/:id/roles/:id', status: 403, code: 50013, times: 1 },
    ],
  ])(
    'waits for a server that refuses us %s, when nobody has asked for it',
    async (_when, refusal) => {
      const [ayu, budi] = [await joined(), await joined()];
      await wasCheckedLongAgo();
      await service.discord.leave(room.guildId, ayu.account);
      await service.discord.join(room.guildId, budi.account, []);
      await faults(refusal);
      await compareOurselves();
      await ends('ours', 'SUCCEEDED');
      await service.reaches(ayu.userId, room.courseId, 'left', 'LEFT_BY_CHOICE');
      expect((await service.discord.member(room.guildId, budi.account))?.roles).toEqual([room.roleId]);
      expect(await service.discord.calls()).toContainEqual(expect.stringMatching(/ 403$/));
    },
    60_000,
  );

  it('is over with why, for who has asked for it, as soon as the server refuses us', async () => {
    await joined();
    await wasCheckedLongAgo();
    await faults({ ...LIST, status: 403, code: 50001, times: 1 });
    await ask();
    await ends('asked', 'FAILED');
    expect((await run('asked'))?.error).toMatch(/^Discord did not let us list the members: .*50001/);
  });

  it('lets everything else in the server go on: bulk, removals, what is tried again', async () => {
    const [member, leaver, late] = [await joined(), await joined(), (await service.students(1))[0]!];
    await faults(
      { ...LIST, status: 503 },
      { method: 'PUT', route: '/guilds/:id/members/:id', userId: late.account, status: 500, times: 1 },
    );
    await compareOurselves();
    await eventually(async () =>
      expect(await run('ours')).toEqual({ status: 'QUEUED', error: expect.stringMatching(/status 503/) as string }),
    );
    await service.unseen(async () => {
      await service.unenroll(leaver.userId, room.courseId);
      await service.enroll(late.userId, room.courseId);
    });
    await service.sql(`SELECT discord_append_mark(jsonb_build_object('courses', jsonb_build_array($1::uuid)))`, [
      room.courseId,
    ]);
    await service.reaches(late.userId, room.courseId, 'joined', 'ADDED', 20_000);
    await service.reaches(leaver.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED', 20_000);
    expect(await service.discord.member(room.guildId, leaver.account)).toBeUndefined();
    expect(await service.membership(member.userId, room.courseId)).toMatchObject({ status: 'joined' });
    expect(await run('ours')).toMatchObject({ status: 'QUEUED' });

    await service.discord.noFaults();
    await ends('ours', 'SUCCEEDED');
  }, 60_000);
});
