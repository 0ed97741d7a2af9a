import { randomUUID } from 'node:crypto';
import { type ProcessRole } from '../../src/config/config';
import { type Classroom, classroom, eventually, Service } from './support/service';
import { statementsOf } from './support/statements';

const INVITE_ALL = `mutation ($courseId: UUID!, $userIds: [UUID!]) {
  inviteStudents(courseId: $courseId, userIds: $userIds) { id guildId status total done } }`;
const PROGRESS = `subscription ($id: UUID!) { syncRunProgressed(id: $id) { status total done added invited } }`;
const MANAGE_SERVER = String(1n << 5n);

interface Run {
  readonly id: string;
  readonly guildId: string;
  readonly status: string;
  readonly total: number;
  readonly done: number;
  readonly added: number;
  readonly invited: number;
}

describe("an instructor's tools", () => {
  let service: Service;

  beforeAll(async () => {
    service = await Service.start({ config: { roles: new Set<ProcessRole>(['api', 'worker']) } });
  });
  afterAll(() => service.close());

  describe('inviting in bulk', () => {
    const invite = (token: string, courseId: string, userIds?: string[]) =>
      service.query<{ inviteStudents: Run[] }>(token, INVITE_ALL, { courseId, ...(userIds ? { userIds } : {}) });

    /** Four students where enrolling alone invites nobody: two could be added, one comes by invite, one has not linked. */
    async function waiting(): Promise<Classroom & { students: string[] }> {
      const room = await classroom(service, 'Algebra I', { autoInvite: false });
      const students: string[] = [];
      for (const how of ['added', 'added', 'invited', 'not linked']) {
        const userId = await service.createUser(how);
        if (how !== 'not linked') await service.link(userId, { autoJoin: how === 'added' });
        await service.enroll(userId, room.courseId);
        students.push(userId);
      }
      for (const userId of students.slice(0, 3)) await service.reaches(userId, room.courseId, 'pending', 'NOT_INVITED');
      await service.reaches(students[3]!, room.courseId, 'pending', 'ACCOUNT_NOT_LINKED');
      return { ...room, students };
    }

    it('brings in everybody who waits for it, and its progress can be followed to the end', async () => {
      const room = await waiting();
      const [ayu, budi, citra, dewi] = room.students as [string, string, string, string];
      const { inviteStudents } = await invite(room.instructorToken, room.courseId);
      expect(inviteStudents).toEqual([expect.objectContaining({ guildId: room.guildId, total: 4 })]);
      const progress = service.subscribe<{ syncRunProgressed: Run }>(room.instructorToken, PROGRESS, {
        id: inviteStudents[0]!.id,
      });
      await eventually(() => {
        expect(progress.received.at(-1)?.syncRunProgressed).toEqual({
          status: 'SUCCEEDED',
          total: 4,
          done: 4,
          added: 2,
          invited: 1,
        });
        return Promise.resolve();
      });
      await progress.close();
      for (const userId of [ayu, budi]) await service.reaches(userId, room.courseId, 'joined', 'ADDED');
      await service.reaches(citra, room.courseId, 'invited', 'INVITE_OPEN');
      // Invited before an account was there: linking is all that is left to do.
      await service.link(dewi);
      await service.reaches(dewi, room.courseId, 'joined', 'ADDED');

      const again = await invite(room.instructorToken, room.courseId);
      expect(again.inviteStudents).toEqual([expect.objectContaining({ status: 'SUCCEEDED', total: 0 })]);
    });

    it('invites who is named, also after they were removed, and nobody if one of them is not enrolled', async () => {
      const room = await waiting();
      const [ayu, budi] = room.students as [string, string];
      await service.query(
        room.instructorToken,
        'mutation ($u: UUID!, $c: UUID!) { removeStudent(userId: $u, courseId: $c) { id } }',
        { u: ayu, c: room.courseId },
      );
      await service.reaches(ayu, room.courseId, 'removed', 'REMOVED_BY_STAFF');
      const stranger = randomUUID();
      const refusal = await service.refusal(room.instructorToken, INVITE_ALL, {
        courseId: room.courseId,
        userIds: [ayu, stranger],
      });
      expect(refusal).toMatchObject({ code: 'NOT_ENROLLED', extensions: { userIds: [stranger] } });
      expect(await service.membership(ayu, room.courseId)).toMatchObject({ reason: 'REMOVED_BY_STAFF' });

      const { inviteStudents } = await invite(room.instructorToken, room.courseId, [ayu, ayu]);
      expect(inviteStudents.map(({ total }) => total)).toEqual([1]);
      await service.reaches(ayu, room.courseId, 'joined', 'ADDED');
      expect(await service.membership(budi, room.courseId)).toMatchObject({ reason: 'NOT_INVITED' });
    });

    it('is refused to others, without a server, and for nobody', async () => {
      const rina = await service.createUser('Rina', 'instructor');
      const token = await service.token(rina, 'instructor');
      const courseId = await service.createCourse('Algebra I', rina);
      const ayu = await service.createUser('Ayu');
      await service.enroll(ayu, courseId);
      const code = async (who: string, variables: object) => (await service.refusal(who, INVITE_ALL, variables)).code;
      expect(await code(token, { courseId })).toBe('SERVER_NOT_READY');
      expect(await code(token, { courseId, userIds: [] })).toBe('BAD_USER_INPUT');
      expect(await code(await service.token(ayu), { courseId })).toBe('FORBIDDEN');
      expect(await code(token, { courseId: randomUUID() })).toBe('NOT_FOUND');
    });
  });

  it("a run's progress is for those who may see the run, and ends for whoever no longer may", async () => {
    const room = await classroom(service);
    const helper = await service.createUser('Sari', 'instructor');
    const helpers = await service.token(helper, 'instructor');
    // In a server in which nothing else happens, so that nobody brings it to its end.
    const [run] = await service.sql<{ id: string }>(
      `INSERT INTO discord_sync_runs (guild_id, course_id, status, total, started_at) VALUES ('100000000000000001', $1, 'RUNNING', 9, now()) RETURNING id`,
      [room.courseId],
    );
    const { id } = run!;
    const stranger = service.subscribe(helpers, PROGRESS, { id });
    await eventually(() => {
      expect(stranger.errors).toEqual([
        expect.objectContaining({ extensions: expect.objectContaining({ code: 'NOT_FOUND' }) as object }),
      ]);
      return Promise.resolve();
    });
    await stranger.close();

    await service.sql('INSERT INTO course_staff (course_id, user_id) VALUES ($1, $2)', [room.courseId, helper]);
    const staff = service.subscribe<{ syncRunProgressed: Run }>(helpers, PROGRESS, { id });
    const owner = service.subscribe<{ syncRunProgressed: Run }>(room.instructorToken, PROGRESS, { id });
    const doneOf = (stream: typeof staff) => stream.received.map(({ syncRunProgressed }) => syncRunProgressed.done);
    const bothSee = (done: number[]) =>
      eventually(() => {
        expect([doneOf(staff), doneOf(owner)]).toEqual([done, done]);
        return Promise.resolve();
      });
    await bothSee([0]);
    await service.sql('UPDATE discord_sync_runs SET done = 5 WHERE id = $1', [id]);
    await bothSee([0, 5]);
    await service.sql('DELETE FROM course_staff WHERE user_id = $1', [helper]);
    await service.sql('UPDATE discord_sync_runs SET done = 7 WHERE id = $1', [id]);
    await eventually(() => {
      expect(doneOf(owner)).toEqual([0, 5, 7]);
      expect(staff.ended()).toBe(true);
      return Promise.resolve();
    });
    expect(doneOf(staff)).toEqual([0, 5]);
    await owner.close();
    await staff.close();
  });

  it('a run is looked at once for all who follow it, however many they are', async () => {
    const room = await classroom(service);
    const start = async (): Promise<string> => {
      const [run] = await service.sql<{ id: string }>(
        `INSERT INTO discord_sync_runs (guild_id, course_id, status, total) VALUES ('100000000000000001', $1, 'RUNNING', 9) RETURNING id`,
        [room.courseId],
      );
      return run!.id;
    };
    const [still, moving] = [await start(), await start()];
    const follow = (id: string) => service.subscribe(room.instructorToken, PROGRESS, { id });
    const crowd = Array.from({ length: 10 }, () => follow(still));
    const one = follow(moving);
    const hears = (stream: typeof one, times: number) =>
      eventually(() => {
        expect(stream.received).toHaveLength(times);
        return Promise.resolve();
      });
    for (const stream of [...crowd, one]) await hears(stream, 1);
    await service.sql('UPDATE discord_sync_runs SET done = 1');
    for (const stream of [...crowd, one]) await hears(stream, 2);

    const statements = await statementsOf(async () => {
      for (let done = 2; done <= 6; done += 1) {
        await service.sql('UPDATE discord_sync_runs SET done = $2 WHERE id = $1', [moving, done]);
        await hears(one, done + 1);
      }
    });
    // Nothing has happened to the run that the crowd follows, so none of them asked for it.
    expect(statements.filter((text) => text.includes('FROM discord_sync_runs WHERE id = $1'))).toHaveLength(5);
    for (const stream of [...crowd, one]) await stream.close();
  }, 30_000);

  it('a server that falls ill and recovers is told to those who teach its course, and to nobody else', async () => {
    const room = await classroom(service);
    const other = await classroom(service, 'Geometry');
    const HEALTH = `subscription ($courseId: UUID) { serverHealthChanged(courseId: $courseId, after: "0") {
      guildId health course { id } preflight { ok } } }`;
    const [own, foreign, chosen] = [
      service.subscribe(room.instructorToken, HEALTH),
      service.subscribe<{ serverHealthChanged: { guildId: string } }>(other.instructorToken, HEALTH),
      service.subscribe(room.instructorToken, HEALTH, { courseId: other.courseId }),
    ];
    const recheck = (token: string, id: string) =>
      service.query(token, 'mutation ($id: UUID!) { recheckServer(id: $id) { id } }', { id });
    await service.discord.addBot(room.guildId, { permissions: '1024' });
    await recheck(room.instructorToken, room.configId);
    await eventually(() => {
      expect(own.received).toEqual([
        {
          serverHealthChanged: {
            guildId: room.guildId,
            health: 'DEGRADED',
            course: { id: room.courseId },
            preflight: { ok: false },
          },
        },
      ]);
      return Promise.resolve();
    });
    await service.discord.addBot(room.guildId);
    await recheck(room.instructorToken, room.configId);
    await eventually(() => {
      expect(own.received.at(-1)).toMatchObject({
        serverHealthChanged: { health: 'HEALTHY', preflight: { ok: true } },
      });
      return Promise.resolve();
    });
    // What comes later has arrived, so what came before was judged.
    await service.discord.addBot(other.guildId, { permissions: '1024' });
    await recheck(other.instructorToken, other.configId);
    await eventually(() => {
      expect(foreign.received.map(({ serverHealthChanged }) => serverHealthChanged.guildId)).toEqual([other.guildId]);
      return Promise.resolve();
    });
    expect(own.received).toHaveLength(2);
    expect(chosen.received).toEqual([]);
    for (const stream of [own, foreign, chosen]) {
      expect(stream.errors).toEqual([]);
      await stream.close();
    }
  });

  describe('the list of servers that could be connected', () => {
    const LIST = '{ manageableGuilds { id name iconUrl botPresent botInstallUrl } }';

    async function instructor(servers: boolean) {
      const id = await service.createUser('Rina', 'instructor');
      const account = await service.link(id, { role: 'instructor', servers });
      return { id, account, token: await service.token(id, 'instructor') };
    }

    it('holds those in which they may add a bot, with and without it, and how to add it', async () => {
      const rina = await instructor(true);
      const someone = await service.discord.createUser('some.owner');
      const owned = await service.discord.createGuild('B owned', rina.account);
      const managed = await service.discord.createGuild('A managed', someone.id);
      const attended = await service.discord.createGuild('C attended', someone.id);
      const role = await service.discord.createRole(managed.id, 'Moderator', { permissions: MANAGE_SERVER });
      await service.discord.join(managed.id, rina.account, [role.id]);
      await service.discord.join(attended.id, rina.account);
      await service.discord.addBot(managed.id);
      await service.discord.addBot(attended.id);

      const { manageableGuilds } = await service.query<{
        manageableGuilds: { id: string; name: string; botPresent: boolean; botInstallUrl: string }[];
      }>(rina.token, LIST);
      expect(manageableGuilds.map(({ id, name, botPresent }) => ({ id, name, botPresent }))).toEqual([
        { id: managed.id, name: 'A managed', botPresent: true },
        { id: owned.id, name: 'B owned', botPresent: false },
      ]);
      const install = new URL(manageableGuilds[1]!.botInstallUrl);
      expect(Object.fromEntries(install.searchParams)).toMatchObject({
        client_id: service.config.discord.clientId,
        permissions: '268438659',
        guild_id: owned.id,
        scope: 'bot applications.commands',
      });
    });

    it('has to be allowed, and to be allowed again once Discord refuses it', async () => {
      const shy = await instructor(false);
      expect(await service.refusal(shy.token, LIST)).toMatchObject({
        code: 'NOT_LINKED',
        message: expect.stringContaining('servers: true') as string,
      });
      const unlinked = await service.token(await service.createUser('Budi', 'instructor'), 'instructor');
      expect((await service.refusal(unlinked, LIST)).code).toBe('NOT_LINKED');
      const rina = await instructor(true);
      await service.discord.expireToken(rina.account);
      expect(await service.query(rina.token, LIST)).toEqual({ manageableGuilds: [] });
      await service.discord.revokeGrant(rina.account);
      expect(await service.refusal(rina.token, LIST)).toMatchObject({
        code: 'NOT_LINKED',
        message: expect.stringContaining('Connect it again') as string,
      });
      await service.discord.faults([{ route: '/users/@me/guilds', status: 503 }]);
      const sari = await instructor(true);
      expect((await service.refusal(sari.token, LIST)).code).toBe('DISCORD_UNAVAILABLE');
      await service.discord.noFaults();
    });
  });
});
