import { randomUUID } from 'node:crypto';
import { createApplication } from '../../src/main';
import { Schedule } from '../../src/membership/schedule';
import { CLEANUP, Sweep } from '../../src/membership/sweep';
import { type Classroom, classroom, eventually, Service } from './support/service';

interface Run {
  readonly id: string;
  readonly status: string;
  readonly total: number;
  readonly done: number;
  readonly added: number;
  readonly roleChanges: number;
  readonly removed: number;
  readonly failed: number;
  readonly apiCalls: number;
  readonly error: string | null;
}

const RUN = '{ id status total done added roleChanges removed failed apiCalls error }';

describe('keeping a course in step', () => {
  let service: Service;
  let room: Classroom;
  let students: { userId: string; account: string }[];

  beforeAll(async () => {
    service = await Service.start();
    room = await classroom(service, 'Algebra I');
    students = await service.students(40);
    await service.sql('INSERT INTO course_enrollments (user_id, course_id) SELECT unnest($1::uuid[]), $2', [
      students.map(({ userId }) => userId),
      room.courseId,
    ]);
    await eventually(async () => expect(await standing()).toEqual({ joined: 40 }));
    await service.rest();
  }, 60_000);
  afterAll(() => service.close());

  /** How many memberships of the course stand how. */
  async function standing(): Promise<Record<string, number>> {
    const rows = await service.sql<{ status: string; count: number }>(
      'SELECT status, count(*)::int AS count FROM discord_memberships WHERE course_id = $1 GROUP BY status',
      [room.courseId],
    );
    return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
  }

  async function sync(): Promise<string> {
    const { syncCourse } = await service.query<{ syncCourse: Run[] }>(
      room.instructorToken,
      `mutation ($courseId: UUID!) { syncCourse(courseId: $courseId) ${RUN} }`,
      { courseId: room.courseId },
    );
    expect(syncCourse).toHaveLength(1);
    return syncCourse[0]!.id;
  }

  async function run(id: string): Promise<Run> {
    const document = `query ($id: UUID!) { syncRun(id: $id) ${RUN} }`;
    return (await service.query<{ syncRun: Run }>(room.instructorToken, document, { id })).syncRun;
  }

  async function finished(id: string): Promise<Run> {
    await eventually(async () => expect((await run(id)).status).toBe('SUCCEEDED'));
    return run(id);
  }

  /** What was asked of Discord for this server, without the bot's own attempts to connect. */
  async function calls(): Promise<{ lists: number; others: string[] }> {
    const asked = (await service.discord.requests()).filter(({ route }) => route !== '/gateway/bot');
    const isList = (request: { method: string; route: string }): boolean =>
      request.method === 'GET' && request.route === '/guilds/:id/members';
    return {
      lists: asked.filter(isList).length,
      others: asked.filter((request) => !isList(request)).map(({ method, route }) => `${method} ${route}`),
    };
  }

  /** Everything that we hold about the course's members, to see that nothing changed. */
  function memberships(): Promise<object[]> {
    return service.sql(
      'SELECT id, status, reason, granted_role_id, left_by_choice, updated_at FROM discord_memberships WHERE course_id = $1 ORDER BY id',
      [room.courseId],
    );
  }

  it('repairs what nobody told us of, for one list of the members and one call for each difference', async () => {
    const [robbed, gone, favoured, newcomer] = students;
    const tutor = await service.discord.untold(() => service.discord.createRole(room.guildId, 'Tutor'));
    await service.unseen(() => service.unenroll(newcomer!.userId, room.courseId));
    await service.discord.leave(room.guildId, newcomer!.account);
    await service.sql('DELETE FROM discord_memberships WHERE user_id = $1', [newcomer!.userId]);
    await service.rest();

    // The bot hears nothing of what follows.
    await service.discord.gateway(false);
    await service.discord.disconnect({ resumable: false });
    await service.discord.join(room.guildId, robbed!.account, []);
    await service.discord.leave(room.guildId, gone!.account);
    await service.discord.join(room.guildId, favoured!.account, [room.roleId, tutor.id]);
    await service.quiet();
    await service.unseen(() => service.enroll(newcomer!.userId, room.courseId));
    await service.discord.clearRequests();

    const first = await finished(await sync());

    expect((await service.discord.member(room.guildId, robbed!.account))?.roles).toEqual([room.roleId]);
    expect((await service.discord.member(room.guildId, newcomer!.account))?.roles).toEqual([room.roleId]);
    expect((await service.discord.member(room.guildId, favoured!.account))?.roles.sort()).toEqual(
      [room.roleId, tutor.id].sort(),
    );
    expect(await service.membership(gone!.userId, room.courseId)).toMatchObject({
      status: 'left',
      reason: 'LEFT_BY_CHOICE',
    });
    expect(await standing()).toEqual({ joined: 39, left: 1 });
    expect(first).toMatchObject({ total: 40, done: 40, added: 1, roleChanges: 1, removed: 0, failed: 0, error: null });
    const { lists, others } = await calls();
    expect(lists).toBe(1);
    expect(others.length).toBeLessThanOrEqual(3 + 3);
    expect(first.apiCalls).toBe(lists + others.length);
  });

  it('changes nothing when there is nothing to do, and lists a large server page by page', async () => {
    const strangers = await service.discord.createUsers(1_000);
    await service.discord.joinAll(room.guildId, strangers);
    const before = await memberships();
    await service.quiet();
    await service.discord.clearRequests();

    const second = await finished(await sync());

    expect(await memberships()).toEqual(before);
    expect(second).toMatchObject({ total: 40, done: 40, added: 0, roleChanges: 0, removed: 0, failed: 0 });
    const { lists, others } = await calls();
    expect(lists).toBe(2);
    expect(others.every((call) => call.startsWith('GET '))).toBe(true);
    expect(others.length).toBeLessThanOrEqual(3);
    expect(second.apiCalls).toBe(lists + others.length);
    // Everybody who is in and is none of ours is still in.
    expect((await service.discord.guild(room.guildId)).members).toHaveLength(39 + 1_000 + 2);
  });

  it('shows the course’s runs to those who teach it, the latest first', async () => {
    const document = `query ($courseId: UUID!) { syncRuns(courseId: $courseId) { id status requestedBy } }`;
    const variables = { courseId: room.courseId };
    const { syncRuns } = await service.query<{ syncRuns: { id: string; status: string; requestedBy: string }[] }>(
      room.instructorToken,
      document,
      variables,
    );
    expect(syncRuns.map(({ status, requestedBy }) => [status, requestedBy])).toEqual([
      ['SUCCEEDED', room.instructorId],
      ['SUCCEEDED', room.instructorId],
    ]);

    const other = await service.createUser('Bayu Saputra', 'instructor');
    const foreign = await service.token(other, 'instructor');
    expect((await service.query<{ syncRuns: unknown[] }>(foreign, document, variables)).syncRuns).toEqual([]);
    const one = await service.query(foreign, 'query ($id: UUID!) { syncRun(id: $id) { id } }', { id: syncRuns[0]!.id });
    expect(one).toEqual({ syncRun: null });
  });

  it.each([
    ['fails', { status: 500 }],
    ['is empty', { status: 200, body: [] }],
    ['comes without its owner', 'without-owner' as const],
  ])('removes nobody when the list of members %s, and goes on when it is whole', async (_how, fault) => {
    const before = await memberships();
    const rule =
      fault === 'without-owner'
        ? { status: 200, body: [{ user: { id: service.sandbox.application.botUserId, bot: true }, roles: [] }] }
        : fault;
    await service.discord.faults([{ method: 'GET', route: '/guilds/:id/members', ...rule }]);

    const id = await sync();
    await eventually(async () => {
      const { status, error } = await run(id);
      expect({ status, error }).toEqual({ status: 'QUEUED', error: expect.stringMatching(/^\S.*\.$/) as string });
    });
    expect(await memberships()).toEqual(before);

    await service.discord.noFaults();
    expect(await finished(id)).toMatchObject({ removed: 0, failed: 0, error: null });
    expect(await memberships()).toEqual(before);
  });

  it('hears again what happens once the gateway is back', async () => {
    await service.discord.gateway(true);
    await service.listens();
    await service.rest();
    await service.discord.leave(room.guildId, students[4]!.account);
    await service.reaches(students[4]!.userId, room.courseId, 'left', 'LEFT_BY_CHOICE');
  });

  describe('every minute', () => {
    const sweep = (): Promise<void> => service.nest.get(Sweep, { strict: false }).sweep();

    it('finds who was enrolled, and whose enrollment ended, without any trigger', async () => {
      const [, , , , , leaver] = students;
      const [newcomer] = await service.students(1);
      await service.rest();
      await service.unseen(async () => {
        await service.enroll(newcomer!.userId, room.courseId);
        await service.unenroll(leaver!.userId, room.courseId);
      });
      await service.rest();
      expect(await service.membership(newcomer!.userId, room.courseId)).toBeUndefined();
      expect(await service.membership(leaver!.userId, room.courseId)).toMatchObject({ status: 'joined' });

      await sweep();
      await service.reaches(newcomer!.userId, room.courseId, 'joined', 'ADDED');
      await service.reaches(leaver!.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
      expect(await service.discord.member(room.guildId, leaver!.account)).toBeUndefined();
    });

    it('ends what has expired', async () => {
      const { userId, account } = students[6]!;
      await service.unseen(() =>
        service.sql(`UPDATE course_enrollments SET expires_at = now() - interval '1 second' WHERE user_id = $1`, [
          userId,
        ]),
      );
      await sweep();
      await service.reaches(userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
      expect(await service.discord.member(room.guildId, account)).toBeUndefined();
    });

    it('is not even needed for an end that was known beforehand', async () => {
      const { userId, account } = students[7]!;
      await service.sql(`UPDATE course_enrollments SET expires_at = now() + interval '1 second' WHERE user_id = $1`, [
        userId,
      ]);
      await service.reaches(userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
      expect(await service.discord.member(room.guildId, account)).toBeUndefined();
    });
  });

  describe('once a day', () => {
    const cleanup = (): Promise<void> => service.nest.get(Sweep, { strict: false }).cleanup();

    async function invited(): Promise<{ userId: string; code: string }> {
      const userId = await service.createUser('Citra Lestari');
      await service.link(userId, { autoJoin: false });
      await service.enroll(userId, room.courseId);
      await service.reaches(userId, room.courseId, 'invited', 'INVITE_OPEN');
      const [row] = await service.sql<{ invite_code: string }>(
        'SELECT invite_code FROM discord_memberships WHERE user_id = $1',
        [userId],
      );
      return { userId, code: row!.invite_code };
    }

    it('repairs what was missed', async () => {
      const [newcomer] = await service.students(1);
      await service.rest();
      await service.unseen(() => service.enroll(newcomer!.userId, room.courseId));
      await service.discord.gateway(false);
      await service.discord.disconnect({ resumable: false });
      await service.discord.join(room.guildId, students[8]!.account, []);

      await cleanup();
      await service.reaches(newcomer!.userId, room.courseId, 'joined', 'ADDED');
      await eventually(async () =>
        expect((await service.discord.member(room.guildId, students[8]!.account))?.roles).toEqual([room.roleId]),
      );
      await service.discord.gateway(true);
      await service.listens();
      await service.rest();
    });

    it('takes back the invite of somebody who is no longer enrolled, and says of an old one that it has expired', async () => {
      const ended = await invited();
      const late = await invited();
      await service.unseen(() => service.unenroll(ended.userId, room.courseId));
      await service.sql(
        `UPDATE discord_memberships SET invite_expires_at = now() - interval '1 minute', due_at = NULL WHERE user_id = $1`,
        [late.userId],
      );

      await cleanup();
      await service.reaches(ended.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
      await service.reaches(late.userId, room.courseId, 'invited', 'INVITE_EXPIRED');
      const open = (await service.discord.guild(room.guildId)).invites.map(({ code }) => code);
      expect(open).not.toContain(ended.code);
      expect((await service.membership(ended.userId, room.courseId))?.invite_link).toBeNull();
    });

    it('runs once, however many replicas there are', async () => {
      const replica = await createApplication({ ...service.config, roles: new Set(['worker', 'cron']) });
      const wholeServerRuns = async (): Promise<number> =>
        (await service.sql('SELECT 1 FROM discord_sync_runs WHERE course_id IS NULL')).length;
      await replica.init();
      try {
        await service.rest();
        const before = await wholeServerRuns();
        const slot = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000);
        const schedules = [service.nest, replica].map((process) => process.get(Schedule, { strict: false }));
        const added = await Promise.all([...schedules, ...schedules].map((one) => one.slot(CLEANUP, slot)));
        expect(added.filter(Boolean)).toHaveLength(1);
        await service.rest();
        expect((await wholeServerRuns()) - before).toBe(1);
      } finally {
        await replica.close();
      }
    });
  });

  it('says plainly why there is nothing to sync', async () => {
    const courseId = await service.createCourse('No server yet', room.instructorId);
    const document = 'mutation ($courseId: UUID!) { syncCourse(courseId: $courseId) { id } }';
    expect(await service.refusal(room.instructorToken, document, { courseId })).toMatchObject({
      code: 'SERVER_NOT_READY',
    });
    expect(await service.refusal(room.instructorToken, document, { courseId: randomUUID() })).toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});
