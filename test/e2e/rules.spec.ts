import { Gaps } from '../../src/membership/gaps';
import { Sweep } from '../../src/membership/sweep';
import { type Classroom, classroom, configure, eventually, type Linked, Service } from './support/service';

const UPDATE =
  'mutation ($id: UUID!, $input: UpdateServerConfigInput!) { updateServerConfig(id: $id, input: $input) { id } }';
const SYNC = 'mutation ($courseId: UUID!) { syncCourse(courseId: $courseId) { id } }';
const RUN = 'query ($id: UUID!) { syncRun(id: $id) { status } }';
const MEMBER = '/guilds/:id/members/:id';
const GRANT = '/guilds/:id/members/:id/roles/:id';
const JOURNAL_OF_ROLES = /^(PUT|DELETE) \/guilds\/:id\/members\/:id\/roles\/:id /;

/** Each test reads as a rule of the service; those that other files tell as stories are not repeated. */
describe('the rules', () => {
  let service: Service;

  beforeEach(() => service.aDayPasses());
  afterEach(() => service.discord.noFaults());
  beforeAll(async () => {
    service = await Service.start();
    await service.goesOnElsewhere();
  });
  afterAll(() => service.close());

  const rolesOf = async ({ account }: Linked, { guildId }: Pick<Classroom, 'guildId'>) =>
    (await service.discord.member(guildId, account))?.roles.toSorted();
  const update = (room: Classroom, input: object) =>
    service.query(room.instructorToken, UPDATE, { id: room.configId, input });

  async function joined(room: Pick<Classroom, 'courseId'>, count = 1): Promise<Linked[]> {
    const students = await service.students(count);
    for (const { userId } of students) await service.enroll(userId, room.courseId);
    for (const { userId } of students) await service.reaches(userId, room.courseId, 'joined', 'ADDED');
    await service.rest();
    return students;
  }
  async function oneJoined(room: Pick<Classroom, 'courseId'>): Promise<Linked> {
    return (await joined(room))[0]!;
  }

  /** The room's course gets another server. */
  async function secondServer(room: Classroom): Promise<Pick<Classroom, 'guildId' | 'roleId' | 'configId'>> {
    const guild = await service.discord.createGuild('Second server', room.instructorDiscordId);
    const role = await service.discord.createRole(guild.id, 'Student');
    await service.discord.addBot(guild.id);
    const configId = await configure(service, room.instructorToken, {
      courseId: room.courseId,
      guildId: guild.id,
      studentRoleId: role.id,
    });
    return { guildId: guild.id, roleId: role.id, configId };
  }

  /** Another course in the room's server. */
  async function secondCourse(room: Classroom, config: object = {}): Promise<Classroom> {
    const courseId = await service.createCourse('Second course', room.instructorId);
    const { id: roleId } = await service.discord.createRole(room.guildId, 'Student II');
    const input = { courseId, guildId: room.guildId, studentRoleId: roleId, ...config };
    return { ...room, courseId, roleId, configId: await configure(service, room.instructorToken, input) };
  }

  describe('where a course has several servers', () => {
    it('a student is in all of them, and out of all of them when the enrollment ends', async () => {
      const room = await classroom(service);
      const second = await secondServer(room);
      const [ayu] = (await service.students(1)) as [Linked];
      await service.enroll(ayu.userId, room.courseId);
      await eventually(async () => {
        expect(await rolesOf(ayu, room)).toEqual([room.roleId]);
        expect(await rolesOf(ayu, second)).toEqual([second.roleId]);
      });
      await service.unenroll(ayu.userId, room.courseId);
      await eventually(async () => {
        expect(await rolesOf(ayu, room)).toBeUndefined();
        expect(await rolesOf(ayu, second)).toBeUndefined();
      });
    });

    it('whoever leaves one of them stays in the other', async () => {
      const room = await classroom(service);
      const second = await secondServer(room);
      const [ayu] = (await service.students(1)) as [Linked];
      await service.enroll(ayu.userId, room.courseId);
      await eventually(async () => expect(await rolesOf(ayu, room)).toEqual([room.roleId]));
      await eventually(async () => expect(await rolesOf(ayu, second)).toEqual([second.roleId]));
      await service.rest();
      await service.discord.leave(room.guildId, ayu.account);
      await eventually(async () =>
        expect(
          await service.sql('SELECT guild_id, status FROM discord_memberships WHERE user_id = $1 ORDER BY status', [
            ayu.userId,
          ]),
        ).toEqual([
          { guild_id: second.guildId, status: 'joined' },
          { guild_id: room.guildId, status: 'left' },
        ]),
      );
      await service.rest();
      expect(await rolesOf(ayu, second)).toEqual([second.roleId]);
    });
  });

  it('foreign roles are never touched: our own are given and taken one at a time, never as a whole list', async () => {
    const room = await classroom(service, 'Algebra', { removalPolicy: 'REMOVE_ROLE' });
    const tutor = await service.discord.createRole(room.guildId, 'Tutor');
    const next = await service.discord.createRole(room.guildId, 'Student II');
    const ayu = await oneJoined(room);
    await service.discord.join(room.guildId, ayu.account, [room.roleId, tutor.id]);
    await service.rest();
    await service.discord.clearRequests();

    await update(room, { studentRoleId: next.id });
    await eventually(async () => expect(await rolesOf(ayu, room)).toEqual([tutor.id, next.id].toSorted()));
    await service.unenroll(ayu.userId, room.courseId);
    await service.reaches(ayu.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
    expect(await rolesOf(ayu, room)).toEqual([tutor.id]);

    const changing = (await service.discord.requests()).filter(
      ({ method, path }) => method !== 'GET' && path.includes(ayu.account),
    );
    expect(changing).toHaveLength(3);
    for (const { method, route, status, path } of changing) {
      expect(`${method} ${route} ${status}`).toMatch(JOURNAL_OF_ROLES);
      expect(path).not.toContain(tutor.id);
    }
  });

  it('people whom we do not know are never touched: a stranger who holds the student role keeps it', async () => {
    const room = await classroom(service);
    await joined(room);
    const stranger = await service.discord.createUser('stranger.rules');
    await service.discord.join(room.guildId, stranger.id);
    await service.discord.join(room.guildId, stranger.id, [room.roleId]);
    await service.rest();
    await service.discord.clearRequests();
    await service.query(room.instructorToken, SYNC, { courseId: room.courseId });
    await service.rest();
    expect((await service.discord.member(room.guildId, stranger.id))?.roles).toEqual([room.roleId]);
    expect(await service.discord.calls(stranger.id)).toEqual([]);
  });

  it('a course that is switched off keeps whom another course in the server would remove', async () => {
    const room = await classroom(service);
    const paused = await secondCourse(room);
    const [ayu] = (await service.students(1)) as [Linked];
    for (const { courseId } of [room, paused]) await service.enroll(ayu.userId, courseId);
    for (const { courseId } of [room, paused]) await service.reaches(ayu.userId, courseId, 'joined');
    await update(paused, { isActive: false });
    await service.unenroll(ayu.userId, room.courseId);
    await service.reaches(ayu.userId, room.courseId, 'removed', 'STILL_ENROLLED_ELSEWHERE');
    await service.rest();
    expect(await rolesOf(ayu, room)).toEqual([paused.roleId]);
  });

  // Nothing is made for a course that is switched off; of the other one the mark is still under way.
  it.each([
    ['in a course that is switched off', false],
    ['whose mark has not come yet', true],
  ])('an enrollment %s keeps whom another course in the server would remove', async (_what, isActive) => {
    const room = await classroom(service);
    const other = await secondCourse(room);
    await update(other, { isActive });
    await service.quiet();
    const ayu = await oneJoined(room);
    await service.unseen(() => service.enroll(ayu.userId, other.courseId));
    await service.unenroll(ayu.userId, room.courseId);
    await service.reaches(ayu.userId, room.courseId, 'removed', 'STILL_ENROLLED_ELSEWHERE');
    await service.rest();
    expect(await rolesOf(ayu, room)).not.toContain(room.roleId);
    expect((await service.discord.calls(ayu.account)).filter((call) => call === `DELETE ${MEMBER} 204`)).toEqual([]);

    await update(other, { isActive: true });
    await service.reaches(ayu.userId, other.courseId, 'joined');
    expect(await rolesOf(ayu, room)).toEqual([other.roleId]);
    await service.unenroll(ayu.userId, other.courseId);
    await service.reaches(ayu.userId, other.courseId, 'removed', 'ENROLLMENT_ENDED');
    expect(await rolesOf(ayu, room)).toBeUndefined();
  });

  it('a course that is switched off makes no call for who enrolls or whose enrollment ends, and serves both when it goes on', async () => {
    const room = await classroom(service);
    const [leaver, returner] = (await joined(room, 2)) as [Linked, Linked];
    const [newcomer] = (await service.students(1)) as [Linked];
    await service.unenroll(returner.userId, room.courseId);
    await service.reaches(returner.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
    await update(room, { isActive: false });
    await service.quiet();
    await service.discord.clearRequests();
    for (const { userId } of [newcomer, returner]) await service.enroll(userId, room.courseId);
    await service.unenroll(leaver.userId, room.courseId);
    await service.marked();
    await service.rest();
    await service.nest.get(Sweep).sweep();
    await service.rest();
    for (const { account } of [newcomer, returner, leaver]) expect(await service.discord.calls(account)).toEqual([]);
    const invites = `/channels/${room.channelId}/`;
    expect((await service.discord.requests()).filter(({ path }) => path.includes(invites))).toEqual([]);
    for (const ayu of [newcomer, returner]) expect(await rolesOf(ayu, room)).toBeUndefined();
    expect(await rolesOf(leaver, room)).toEqual([room.roleId]);

    await update(room, { isActive: true });
    for (const { userId } of [newcomer, returner]) await service.reaches(userId, room.courseId, 'joined', 'ADDED');
    await service.reaches(leaver.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
    for (const ayu of [newcomer, returner]) expect(await rolesOf(ayu, room)).toEqual([room.roleId]);
    expect(await rolesOf(leaver, room)).toBeUndefined();
  });

  it('a changed role in a configuration moves everybody, and takes the old role away', async () => {
    const room = await classroom(service);
    const students = await joined(room, 6);
    const next = await service.discord.createRole(room.guildId, 'Student II');
    await update(room, { studentRoleId: next.id });
    for (const ayu of students) await eventually(async () => expect(await rolesOf(ayu, room)).toEqual([next.id]));
    await update(room, { studentRoleId: null });
    for (const ayu of students) await eventually(async () => expect(await rolesOf(ayu, room)).toEqual([]));
    for (const { userId } of students) await service.reaches(userId, room.courseId, 'joined', 'ADDED');
  });

  describe('a server that is changed by SQL', () => {
    async function moved(room: Classroom): Promise<Pick<Classroom, 'guildId' | 'roleId'>> {
      const guild = await service.discord.createGuild('New server', room.instructorDiscordId);
      const role = await service.discord.createRole(guild.id, 'Student');
      await service.discord.addBot(guild.id);
      await service.sql(
        'UPDATE discord_server_configs SET guild_id = $2, student_role_id = $3, invite_channel_id = NULL WHERE id = $1',
        [room.configId, guild.id, role.id],
      );
      return { guildId: guild.id, roleId: role.id };
    }

    it('moves everybody, and takes them out of the old one', async () => {
      const room = await classroom(service);
      const students = await joined(room, 2);
      const next = await moved(room);
      for (const ayu of students)
        await eventually(async () => {
          expect(await rolesOf(ayu, next)).toEqual([next.roleId]);
          expect(await rolesOf(ayu, room)).toBeUndefined();
        });
    });

    it.each([
      ['REMOVE_ROLE', 'they stay in the old one, without our role', () => []],
      ['KEEP', 'they stay in the old one as they are', ({ roleId }: Classroom) => [roleId]],
    ])('moves everybody; where the policy is %s, %s', async (removalPolicy, _what, rest) => {
      const room = await classroom(service, 'Algebra I', { removalPolicy });
      const students = await joined(room, 2);
      const next = await moved(room);
      for (const ayu of students)
        await eventually(async () => {
          expect(await rolesOf(ayu, next)).toEqual([next.roleId]);
          expect(await rolesOf(ayu, room)).toEqual(rest(room));
        });
      await service.rest();
      for (const ayu of students) expect(await rolesOf(ayu, room)).toEqual(rest(room));
    });

    it('brings a whole class into the new one, and the brake holds its going from the old one', async () => {
      const room = await classroom(service);
      const students = await joined(room, 6);
      const next = await moved(room);
      for (const ayu of students) await eventually(async () => expect(await rolesOf(ayu, next)).toEqual([next.roleId]));
      await service.rest();
      for (const ayu of students) expect(await rolesOf(ayu, room)).toEqual([room.roleId]);
      const runs = await service.sql(
        `SELECT total FROM discord_sync_runs WHERE guild_id = $1 AND status = 'AWAITING_CONFIRMATION'`,
        [room.guildId],
      );
      expect(runs).toEqual([{ total: 6 }]);
    });
  });

  it('an enrollment that is switched off ends, and one that is switched on again returns', async () => {
    const room = await classroom(service);
    const ayu = await oneJoined(room);
    await service.sql(`UPDATE course_enrollments SET status = 'suspended' WHERE user_id = $1`, [ayu.userId]);
    await service.reaches(ayu.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
    expect(await rolesOf(ayu, room)).toBeUndefined();
    await service.sql(`UPDATE course_enrollments SET status = 'active' WHERE user_id = $1`, [ayu.userId]);
    await service.reaches(ayu.userId, room.courseId, 'joined', 'ADDED');
    expect(await rolesOf(ayu, room)).toEqual([room.roleId]);
  });

  /** A student of two courses that share a server: access to the one with a grace has ended. */
  async function inGrace(): Promise<{ room: Classroom; patient: Classroom; ayu: Linked }> {
    const room = await classroom(service);
    const patient = await secondCourse(room, { removalGraceHours: 24 });
    const [ayu] = (await service.students(1)) as [Linked];
    for (const { courseId } of [room, patient]) await service.enroll(ayu.userId, courseId);
    for (const { courseId } of [room, patient]) await service.reaches(ayu.userId, courseId, 'joined');
    await service.unenroll(ayu.userId, patient.courseId);
    await service.reaches(ayu.userId, patient.courseId, 'joined', 'GRACE_PERIOD');
    return { room, patient, ayu };
  }

  it('in a shared server every grace must be over before anybody is removed', async () => {
    const { room, patient, ayu } = await inGrace();
    await service.unenroll(ayu.userId, room.courseId);
    await service.reaches(ayu.userId, room.courseId, 'removed', 'STILL_ENROLLED_ELSEWHERE');
    await service.rest();
    expect(await rolesOf(ayu, room)).toEqual([patient.roleId]);
    await update(patient, { removalGraceHours: 0 });
    await service.reaches(ayu.userId, patient.courseId, 'removed', 'ENROLLMENT_ENDED');
    expect(await rolesOf(ayu, room)).toBeUndefined();
  });

  it('so must the grace of a course that is switched off', async () => {
    const { room, patient, ayu } = await inGrace();
    await update(patient, { isActive: false });
    await service.unenroll(ayu.userId, room.courseId);
    await service.reaches(ayu.userId, room.courseId, 'removed', 'STILL_ENROLLED_ELSEWHERE');
    await service.rest();
    expect(await rolesOf(ayu, room)).toEqual([patient.roleId]);
    await update(patient, { isActive: true });
    await service.rest();
    await service.reaches(ayu.userId, patient.courseId, 'joined', 'GRACE_PERIOD');
    await update(patient, { removalGraceHours: 0 });
    await eventually(async () => expect(await rolesOf(ayu, room)).toBeUndefined());
  });

  it('whoever holds a role above the bot is never kicked: they lose our role', async () => {
    const room = await classroom(service);
    const high = await service.discord.createRole(room.guildId, 'High', { position: 2 });
    await service.discord.addBot(room.guildId, { position: 2 });
    const ayu = await oneJoined(room);
    await service.discord.join(room.guildId, ayu.account, [room.roleId, high.id]);
    await service.rest();
    await service.unenroll(ayu.userId, room.courseId);
    await service.reaches(ayu.userId, room.courseId, 'removed', 'PROTECTED_MEMBER');
    expect(await rolesOf(ayu, room)).toEqual([high.id]);
  });

  it('what is desired is read again immediately before each kick: whoever has just enrolled again stays', async () => {
    const room = await classroom(service);
    const ayu = await oneJoined(room);
    await service.discord.clearRequests();
    await service.discord.faults([{ method: 'GET', route: '/guilds/:id', delayMs: 1_500 }]);
    await service.unenroll(ayu.userId, room.courseId);
    // The worker has read that access has ended, and looks whom it has before it.
    await eventually(async () =>
      expect((await service.discord.calls()).some((call) => call.startsWith('GET /guilds/:id/members/:id'))).toBe(true),
    );
    await service.enroll(ayu.userId, room.courseId);
    await service.discord.noFaults();
    await service.reaches(ayu.userId, room.courseId, 'joined', 'ADDED');
    expect(
      (await service.discord.calls()).filter((call) => call.startsWith('DELETE /guilds/:id/members/:id ')),
    ).toEqual([]);
  });

  it.each([
    [30001, 'GUILD_LIMIT_REACHED', 'LEAVE_A_SERVER', 400],
    [340015, 'JOINING_LIMITED', 'WAIT', 400],
    [40007, 'BANNED', null, 403],
  ])(
    '%s is what no invite can solve: it says %s, invites nobody and stops nobody else',
    async (code, reason, step, status) => {
      const room = await classroom(service);
      const [ayu, budi] = (await service.students(2)) as [Linked, Linked];
      // Their linking has been heard of.
      await service.rest();
      await service.discord.faults([
        { method: 'PUT', route: '/guilds/:id/members/:id', userId: ayu.account, status, code },
      ]);
      await service.discord.clearRequests();
      for (const { userId } of [ayu, budi]) await service.enroll(userId, room.courseId);
      await service.reaches(ayu.userId, room.courseId, 'pending', reason);
      await service.reaches(budi.userId, room.courseId, 'joined', 'ADDED');
      await service.rest();
      const calls = await service.discord.calls();
      expect(calls.filter((call) => call.includes('/invites'))).toEqual([]);
      expect(calls.filter((call) => call === `PUT /guilds/:id/members/:id ${status}`)).toHaveLength(1);
      const shown = await service.shown(await service.token(ayu.userId), ayu.userId, room.courseId);
      expect(shown).toMatchObject({ reason, nextStep: step });
      // A terminal outcome costs nothing afterwards.
      await service.discord.clearRequests();
      await service.nest.get(Sweep).sweep();
      await service.rest();
      expect(await service.discord.calls(ayu.account)).toEqual([]);
    },
  );

  it.each(['KICK', 'REMOVE_ROLE', 'KEEP'])(
    'a course that has ended (%s) causes no call at all, however often it is marked, and whatever day it is',
    async (policy) => {
      const room = await classroom(service);
      await service.sql('UPDATE discord_server_configs SET removal_policy = $2 WHERE id = $1', [room.configId, policy]);
      const ayu = await oneJoined(room);
      const LIST = 'GET /guilds/:id/members';
      // Servers are compared one after the other: until it is this one's turn, its run waits.
      const isCompared = async () => {
        const waiting = `SELECT FROM discord_sync_runs WHERE guild_id = $1 AND status IN ('QUEUED', 'RUNNING')`;
        await eventually(async () => expect(await service.sql(waiting, [room.guildId])).toEqual([]), 30_000);
        await service.rest();
      };
      const callsFor = async (work: () => Promise<void>) => {
        await isCompared();
        await service.discord.clearRequests();
        await work();
        await isCompared();
        const requests = await service.discord.requests();
        return requests
          .filter(({ path }) => path.includes(room.guildId))
          .map(({ method, route }) => `${method} ${route}`);
      };
      const day = () =>
        callsFor(async () => {
          await service.nest.get(Sweep).sweep();
          await service.nest.get(Sweep).cleanup();
        });
      const gap = () => callsFor(() => service.nest.get(Gaps).makeGood({ guildId: room.guildId }));
      expect(await day()).toContain(LIST);
      expect(await gap()).toContain(LIST);
      await service.unenroll(ayu.userId, room.courseId);
      await service.reaches(ayu.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
      await service.rest();
      await service.sql(`SELECT discord_append_mark(jsonb_build_object('users', jsonb_build_array($1::uuid)))`, [
        ayu.userId,
      ]);
      await service.sql('UPDATE courses SET title = $2 WHERE id = $1', [room.courseId, 'Another title']);
      expect(await day()).toEqual([]);
      // Whether the server is well is looked at all the same; who is in it, no more.
      expect(await gap()).not.toContain(LIST);
    },
    60_000,
  );

  it('an unused invite that we may not revoke expires: that stops neither the student nor the server', async () => {
    const room = await classroom(service);
    const userId = await service.createUser('Ayu Wulandari');
    await service.link(userId, { autoJoin: false });
    await service.enroll(userId, room.courseId);
    await service.reaches(userId, room.courseId, 'invited', 'INVITE_OPEN');
    await service.discord.faults([{ method: 'DELETE', route: '/invites/:id', status: 403, code: 50013 }]);
    await service.unenroll(userId, room.courseId);
    await service.reaches(userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
    const [guild] = await service.sql('SELECT health, paused_until FROM discord_guilds WHERE guild_id = $1', [
      room.guildId,
    ]);
    expect(guild).toEqual({ health: 'HEALTHY', paused_until: null });
  });

  describe('screening', () => {
    it('shows who has not passed it yet; the role is there from the beginning', async () => {
      const room = await classroom(service);
      await service.discord.screening(room.guildId, true);
      const [ayu] = (await service.students(1)) as [Linked];
      await service.enroll(ayu.userId, room.courseId);
      await service.reaches(ayu.userId, room.courseId, 'joined', 'SCREENING_PENDING');
      expect(await rolesOf(ayu, room)).toEqual([room.roleId]);
      expect(await service.shown(await service.token(ayu.userId), ayu.userId, room.courseId)).toMatchObject({
        nextStep: 'COMPLETE_SCREENING',
      });
      await service.discord.passScreening(room.guildId, ayu.account);
      await service.reaches(ayu.userId, room.courseId, 'joined', 'ADDED');
    });

    it('holds the role back until it is passed, where the course wants that', async () => {
      const room = await classroom(service, 'Strict', { roleAfterScreening: true });
      await service.discord.screening(room.guildId, true);
      const [ayu] = (await service.students(1)) as [Linked];
      await service.enroll(ayu.userId, room.courseId);
      await service.reaches(ayu.userId, room.courseId, 'joined', 'SCREENING_PENDING');
      expect(await rolesOf(ayu, room)).toEqual([]);
      await service.discord.passScreening(room.guildId, ayu.account);
      await service.reaches(ayu.userId, room.courseId, 'joined', 'ADDED');
      expect(await rolesOf(ayu, room)).toEqual([room.roleId]);
    });
  });

  it.each([
    ['REPAIR', 'is given again'],
    ['RESPECT', 'stays away'],
  ])('%s: a role that a moderator took %s', async (driftPolicy) => {
    const room = await classroom(service, 'Drift', { driftPolicy });
    const ayu = await oneJoined(room);
    await service.discord.join(room.guildId, ayu.account, []);
    await service.rest();
    const expected = driftPolicy === 'REPAIR' ? [room.roleId] : [];
    await eventually(async () => expect(await rolesOf(ayu, room)).toEqual(expected));
    const { syncCourse } = await service.query<{ syncCourse: { id: string }[] }>(room.instructorToken, SYNC, {
      courseId: room.courseId,
    });
    await eventually(async () =>
      expect(await service.query(room.instructorToken, RUN, { id: syncCourse[0]!.id })).toEqual({
        syncRun: { status: 'SUCCEEDED' },
      }),
    );
    expect(await rolesOf(ayu, room)).toEqual(expected);
    await service.reaches(ayu.userId, room.courseId, 'joined', 'ADDED');
  });

  it('RESPECT: a role that a moderator took stays away also when we take the role of another course', async () => {
    const room = await classroom(service, 'Drift', { driftPolicy: 'RESPECT' });
    const second = await secondCourse(room);
    const ayu = await oneJoined(room);
    await service.enroll(ayu.userId, second.courseId);
    await eventually(async () => expect(await rolesOf(ayu, room)).toContain(second.roleId));
    await service.discord.join(room.guildId, ayu.account, [second.roleId]);
    await service.rest();
    await service.unenroll(ayu.userId, second.courseId);
    await service.reaches(ayu.userId, second.courseId, 'removed', 'STILL_ENROLLED_ELSEWHERE');
    await service.rest();
    expect(await rolesOf(ayu, room)).toEqual([]);
  });

  it('RESPECT: a role that we took ourselves is given again, also where the next one could not be taken', async () => {
    const room = await classroom(service, 'Drift', { driftPolicy: 'RESPECT', removalPolicy: 'REMOVE_ROLE' });
    const second = await secondCourse(room, { driftPolicy: 'RESPECT', removalPolicy: 'REMOVE_ROLE' });
    const courses = [room, second].map(({ courseId }) => courseId);
    const [ayu] = (await service.students(1)) as [Linked];
    for (const courseId of courses) await service.enroll(ayu.userId, courseId);
    for (const courseId of courses) await service.reaches(ayu.userId, courseId, 'joined');
    await service.rest();
    await service.discord.faults([
      { method: 'DELETE', route: GRANT, userId: ayu.account, delayMs: 1, times: 1 },
      { method: 'DELETE', route: GRANT, userId: ayu.account, status: 500 },
    ]);
    await service.sql('DELETE FROM course_enrollments WHERE user_id = $1', [ayu.userId]);
    await eventually(async () => {
      expect(await rolesOf(ayu, room)).toHaveLength(1);
      expect(
        await service.sql('SELECT FROM discord_memberships WHERE user_id = $1 AND attempts > 0', [ayu.userId]),
      ).not.toEqual([]);
    });
    for (const courseId of courses) await service.enroll(ayu.userId, courseId);
    await service.discord.noFaults();
    for (const courseId of courses) await service.reaches(ayu.userId, courseId, 'joined');
    await service.rest();
    expect(await rolesOf(ayu, room)).toEqual([room.roleId, second.roleId].toSorted());
  });

  it('an account that two students have swapped is cleaned up for neither: each has the role of its own course', async () => {
    const room = await classroom(service);
    const second = await secondCourse(room);
    const ayu = await oneJoined(room);
    const budi = await oneJoined(second);
    await service.discord.clearRequests();
    await service.platform.query('BEGIN');
    await service.sql(
      'CREATE TEMPORARY TABLE swapped ON COMMIT DROP AS SELECT * FROM user_discord_connections WHERE user_id = ANY($1)',
      [[ayu.userId, budi.userId]],
    );
    await service.sql('DELETE FROM user_discord_connections WHERE user_id = ANY($1)', [[ayu.userId, budi.userId]]);
    await service.sql('UPDATE swapped SET user_id = CASE user_id WHEN $1::uuid THEN $2::uuid ELSE $1::uuid END', [
      ayu.userId,
      budi.userId,
    ]);
    await service.sql('INSERT INTO user_discord_connections SELECT * FROM swapped');
    await service.platform.query('COMMIT');
    await eventually(async () => {
      expect(await rolesOf(ayu, room)).toEqual([second.roleId]);
      expect(await rolesOf(budi, room)).toEqual([room.roleId]);
    });
    await service.rest();
    expect(
      (await service.discord.calls()).filter((call) => call.startsWith('DELETE /guilds/:id/members/:id ')),
    ).toEqual([]);
  });

  describe('a server to which the bot comes back', () => {
    const withoutBot = async (room: Classroom, meanwhile: () => Promise<unknown>) => {
      await service.discord.removeBot(room.guildId);
      await eventually(async () =>
        expect(
          await service.sql('SELECT FROM discord_guilds WHERE guild_id = $1 AND paused_until > now()', [room.guildId]),
        ).toHaveLength(1),
      );
      await meanwhile();
      await service.discord.addBot(room.guildId);
    };

    it('is compared with what is desired, since nothing was told of it: who left meanwhile has left', async () => {
      const room = await classroom(service);
      const [ayu, budi] = await joined(room, 2);
      await withoutBot(room, () => service.discord.leave(room.guildId, ayu!.account));
      await service.reaches(ayu!.userId, room.courseId, 'left', 'LEFT_BY_CHOICE');
      await service.reaches(budi!.userId, room.courseId, 'joined', 'ADDED');
    });

    it('who has exchanged accounts meanwhile has not left: the new one comes in, and the former one goes', async () => {
      const room = await classroom(service);
      const ayu = await oneJoined(room);
      const former = ayu.account;
      let account = '';
      await withoutBot(room, async () => (account = await service.link(ayu.userId)));
      await service.reaches(ayu.userId, room.courseId, 'joined', 'ADDED');
      await eventually(async () => {
        expect(await service.discord.member(room.guildId, former)).toBeUndefined();
        expect(await rolesOf({ ...ayu, account }, room)).toEqual([room.roleId]);
      });
    });
  });

  describe('a list of members that Discord does not give in full', () => {
    it.each([
      ['empty', { status: 200, body: [] }],
      ['refused', { status: 500 }],
    ])('(%s) removes nobody and says of nobody that they have left', async (_how, answer) => {
      const room = await classroom(service);
      const students = await joined(room, 2);
      await service.discord.faults([{ method: 'GET', route: '/guilds/:id/members', ...answer }]);
      await service.discord.clearRequests();
      await service.query(room.instructorToken, SYNC, { courseId: room.courseId });
      await eventually(async () =>
        expect(
          (await service.discord.calls()).filter((call) => call.startsWith('GET /guilds/:id/members ')),
        ).not.toEqual([]),
      );
      await eventually(async () =>
        expect(
          await service.sql('SELECT FROM discord_sync_runs WHERE guild_id = $1 AND error IS NOT NULL', [room.guildId]),
        ).toHaveLength(1),
      );
      for (const { userId } of students) await service.reaches(userId, room.courseId, 'joined', 'ADDED');
      for (const ayu of students) expect(await rolesOf(ayu, room)).toEqual([room.roleId]);
      expect((await service.discord.calls()).filter((call) => call.startsWith('DELETE'))).toEqual([]);
    });
  });
});
