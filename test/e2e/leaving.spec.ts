import { type Classroom, classroom, configure, eventually, type Linked, Service } from './support/service';

const REJOIN = 'mutation ($courseId: UUID!) { rejoinCourse(courseId: $courseId) { status reason } }';
const INVITE =
  'mutation ($userId: UUID!, $courseId: UUID!) { inviteStudent(userId: $userId, courseId: $courseId) { status } }';
const REMOVE =
  'mutation ($userId: UUID!, $courseId: UUID!, $reason: String) { removeStudent(userId: $userId, courseId: $courseId, reason: $reason) { status } }';
const SYNC = 'mutation ($courseId: UUID!) { syncCourse(courseId: $courseId) { id } }';
const RUN = 'query ($id: UUID!) { syncRun(id: $id) { status added removed roleChanges } }';
const CHANGED = 'subscription ($userId: UUID) { membershipChanged(userId: $userId) { previousStatus status reason } }';

interface Student {
  readonly id: string;
  readonly token: string;
  readonly discordId: string;
}

interface Run {
  readonly syncRun: { status: string; added: number; removed: number; roleChanges: number };
}

describe('a student who leaves the server', () => {
  let service: Service;
  let room: Classroom;

  beforeAll(async () => {
    service = await Service.start();
    room = await classroom(service);
  });
  afterAll(() => service.close());

  async function joined(): Promise<Student> {
    const { userId: id, account: discordId } = await service.joined('Ayu Wulandari', room.courseId);
    await service.rest();
    return { id, token: await service.token(id), discordId };
  }

  const rolesOf = async ({ discordId }: Student) => (await service.discord.member(room.guildId, discordId))?.roles;
  const reaches = ({ id }: Student, status: string, reason: string) =>
    service.reaches(id, room.courseId, status, reason);
  const rejoin = ({ token }: Student) => service.query(token, REJOIN, { courseId: room.courseId });
  const invite = ({ id }: Student) =>
    service.query(room.instructorToken, INVITE, { userId: id, courseId: room.courseId });

  /** The course is compared with the server in full. */
  async function synced(): Promise<Run['syncRun']> {
    const { syncCourse } = await service.query<{ syncCourse: { id: string }[] }>(room.instructorToken, SYNC, {
      courseId: room.courseId,
    });
    let run: Run | undefined;
    await eventually(async () => {
      run = await service.query<Run>(room.instructorToken, RUN, { id: syncCourse[0]!.id });
      expect(run.syncRun.status).toBe('SUCCEEDED');
    });
    return run!.syncRun;
  }

  describe('by themselves', () => {
    it('has left, and is not dragged back, not even by a sync', async () => {
      const ayu = await joined();
      const stream = service.subscribe<{ membershipChanged: object }>(ayu.token, CHANGED, { userId: ayu.id });
      await new Promise((resolve) => setTimeout(resolve, 300));
      await service.discord.clearRequests();
      await service.discord.leave(room.guildId, ayu.discordId);
      await reaches(ayu, 'left', 'LEFT_BY_CHOICE');
      await eventually(async () => {
        await Promise.resolve();
        expect(stream.received).toEqual([
          { membershipChanged: { previousStatus: 'JOINED', status: 'LEFT', reason: 'LEFT_BY_CHOICE' } },
        ]);
      });
      await stream.close();

      expect(await synced()).toMatchObject({ added: 0, roleChanges: 0 });
      await service.rest();
      expect(await service.discord.calls(ayu.discordId)).toEqual([]);
      await reaches(ayu, 'left', 'LEFT_BY_CHOICE');
      expect(await rolesOf(ayu)).toBeUndefined();
      expect(await service.shown(ayu.token, ayu.id, room.courseId)).toMatchObject({
        status: 'LEFT',
        nextStep: 'REJOIN',
        explanation: 'You left Algebra I server. You can come back whenever you like.',
      });
    });

    it('comes back when they ask to', async () => {
      const ayu = await joined();
      await service.discord.leave(room.guildId, ayu.discordId);
      await reaches(ayu, 'left', 'LEFT_BY_CHOICE');
      await rejoin(ayu);
      await reaches(ayu, 'joined', 'ADDED');
      expect(await rolesOf(ayu)).toEqual([room.roleId]);

      // And may leave again, as freely.
      await service.rest();
      await service.discord.leave(room.guildId, ayu.discordId);
      await reaches(ayu, 'left', 'LEFT_BY_CHOICE');
    });

    it('comes back by their own way, and has their role again', async () => {
      const ayu = await joined();
      await service.discord.leave(room.guildId, ayu.discordId);
      await reaches(ayu, 'left', 'LEFT_BY_CHOICE');
      await service.discord.join(room.guildId, ayu.discordId);
      await eventually(async () => expect(await rolesOf(ayu)).toEqual([room.roleId]));
      await eventually(async () =>
        expect(await service.membership(ayu.id, room.courseId)).toMatchObject({ status: 'joined', in_sync: true }),
      );
    });

    it('and comes back before anybody has looked has their role again, also where a role that somebody takes stays away', async () => {
      const own = await classroom(service, 'Respecting', { driftPolicy: 'RESPECT' });
      const second = await service.createCourse('Another', own.instructorId);
      await configure(service, own.instructorToken, {
        courseId: second,
        guildId: own.guildId,
        studentRoleId: (await service.discord.createRole(own.guildId, 'Another')).id,
        inviteChannelId: own.channelId,
      });
      const ways: ((student: Linked) => Promise<unknown>)[] = [
        ({ account }) => service.discord.join(own.guildId, account),
        ({ userId }) => service.enroll(userId, second),
      ];
      for (const comeBack of ways) {
        const ayu = await service.joined('Ayu Wulandari', own.courseId);
        await service.rest();
        await service.atOnce(own.guildId, async () => {
          await service.discord.leave(own.guildId, ayu.account);
          await comeBack(ayu);
          await eventually(async () =>
            expect(
              await service.sql(
                'SELECT FROM discord_memberships WHERE user_id = $1 AND generation > observed_generation',
                [ayu.userId],
              ),
            ).not.toEqual([]),
          );
        });
        await eventually(async () =>
          expect((await service.discord.member(own.guildId, ayu.account))?.roles).toContain(own.roleId),
        );
      }
    });

    it('and comes back while nobody hears of it has their role again, also where a role that somebody takes stays away', async () => {
      const own = await classroom(service, 'Respecting, deaf', { driftPolicy: 'RESPECT' });
      const comeBack = (student: Linked) => service.discord.join(own.guildId, student.account);
      const goAway = (student: Linked) => service.discord.leave(own.guildId, student.account);
      const ways: ((student: Linked) => Promise<unknown>)[] = [
        async (student) => {
          await service.discord.untold(async () => {
            await goAway(student);
            await comeBack(student);
          });
          await service.synced(own);
        },
        async (student) => {
          await service.discord.untold(() => goAway(student));
          await comeBack(student);
        },
      ];
      for (const leaveAndComeBack of ways) {
        const ayu = await service.joined('Ayu Wulandari', own.courseId);
        await service.rest();
        await leaveAndComeBack(ayu);
        await eventually(async () =>
          expect((await service.discord.member(own.guildId, ayu.account))?.roles).toEqual([own.roleId]),
        );
      }
    });

    it('comes back when staff invites them, or when they enroll anew', async () => {
      const ayu = await joined();
      await service.discord.leave(room.guildId, ayu.discordId);
      await reaches(ayu, 'left', 'LEFT_BY_CHOICE');
      await invite(ayu);
      await reaches(ayu, 'joined', 'ADDED');

      await service.rest();
      await service.discord.leave(room.guildId, ayu.discordId);
      await reaches(ayu, 'left', 'LEFT_BY_CHOICE');
      await service.unenroll(ayu.id, room.courseId);
      await reaches(ayu, 'removed', 'ENROLLMENT_ENDED');
      await service.enroll(ayu.id, room.courseId);
      await reaches(ayu, 'joined', 'ADDED');
    });

    /** Left, and no longer enrolled since. */
    async function gone(): Promise<Student> {
      const ayu = await joined();
      await service.discord.leave(room.guildId, ayu.discordId);
      await reaches(ayu, 'left', 'LEFT_BY_CHOICE');
      await service.unenroll(ayu.id, room.courseId);
      await reaches(ayu, 'removed', 'ENROLLMENT_ENDED');
      return ayu;
    }

    it('comes back when they enroll anew though Discord fails at first', async () => {
      const ayu = await gone();
      await service.discord.faults([
        { method: 'PUT', route: '/guilds/:id/members/:id', userId: ayu.discordId, status: 500, times: 4 },
      ]);
      await service.enroll(ayu.id, room.courseId);
      await service.reaches(ayu.id, room.courseId, 'joined', 'ADDED', 30_000);
    }, 45_000);

    it('is not dragged back by a course that is switched off at that time, and goes on', async () => {
      const ayu = await joined();
      await service.sql('UPDATE discord_server_configs SET is_active = false WHERE id = $1', [room.configId]);
      await service.rest();
      await service.discord.leave(room.guildId, ayu.discordId);
      await eventually(async () =>
        expect(await service.sql('SELECT is_member FROM discord_memberships WHERE user_id = $1', [ayu.id])).toEqual([
          { is_member: false },
        ]),
      );
      await service.rest();
      await service.discord.clearRequests();
      await service.sql('UPDATE discord_server_configs SET is_active = true WHERE id = $1', [room.configId]);
      await reaches(ayu, 'left', 'LEFT_BY_CHOICE');
      await synced();
      expect(await rolesOf(ayu)).toBeUndefined();
      expect(await service.discord.calls(ayu.discordId)).toEqual([]);
    });

    it('comes back when they enroll anew while the course is switched off, once it is on again', async () => {
      const ayu = await gone();
      await service.sql('UPDATE discord_server_configs SET is_active = false WHERE id = $1', [room.configId]);
      await service.enroll(ayu.id, room.courseId);
      await service.rest();
      await service.sql('UPDATE discord_server_configs SET is_active = true WHERE id = $1', [room.configId]);
      await reaches(ayu, 'joined', 'ADDED');
    });

    it('comes back when they enroll anew and the enrollment is changed while they are being brought in', async () => {
      const ayu = await gone();
      await service.discord.faults([
        { method: 'PUT', route: '/guilds/:id/members/:id', userId: ayu.discordId, status: 500, delayMs: 400, times: 4 },
      ]);
      await service.enroll(ayu.id, room.courseId);
      await eventually(async () =>
        expect((await service.discord.calls(ayu.discordId)).filter((call) => call.startsWith('PUT'))).not.toEqual([]),
      );
      await service.sql(`UPDATE course_enrollments SET expires_at = now() + interval '1 day' WHERE user_id = $1`, [
        ayu.id,
      ]);
      await service.reaches(ayu.id, room.courseId, 'joined', 'ADDED', 30_000);
    }, 45_000);

    it('has to be enrolled to come back', async () => {
      const ayu = await joined();
      await service.discord.leave(room.guildId, ayu.discordId);
      await reaches(ayu, 'left', 'LEFT_BY_CHOICE');
      await service.unenroll(ayu.id, room.courseId);
      await reaches(ayu, 'removed', 'ENROLLMENT_ENDED');
      expect((await service.refusal(ayu.token, REJOIN, { courseId: room.courseId })).code).toBe('NOT_ENROLLED');
    });
  });

  /** Their enrollment ends, and they have another one: that brings nobody back whom staff removed, not for a moment. */
  async function enrollsAnew(ayu: Student): Promise<void> {
    await service.unenroll(ayu.id, room.courseId);
    await service.rest();
    await service.discord.clearRequests();
    await service.enroll(ayu.id, room.courseId);
    await service.rest();
    expect(await synced()).toMatchObject({ added: 0, removed: 0 });
    await reaches(ayu, 'removed', 'REMOVED_BY_STAFF');
    expect(await service.discord.calls(ayu.discordId)).toEqual([]);
    expect(await rolesOf(ayu)).toBeUndefined();
  }

  describe('because a moderator kicked them', () => {
    it('counts as removed by staff, which neither they nor a new enrollment can lift', async () => {
      const ayu = await joined();
      await service.discord.kick(room.guildId, ayu.discordId);
      await reaches(ayu, 'removed', 'REMOVED_BY_STAFF');
      expect(await service.refusal(ayu.token, REJOIN, { courseId: room.courseId })).toMatchObject({
        code: 'FORBIDDEN',
        message: expect.stringContaining('Ask them to invite you again') as string,
      });
      await enrollsAnew(ayu);
    });

    it('is lifted by staff', async () => {
      const ayu = await joined();
      await service.discord.kick(room.guildId, ayu.discordId);
      await reaches(ayu, 'removed', 'REMOVED_BY_STAFF');
      await invite(ayu);
      await reaches(ayu, 'joined', 'ADDED');
      expect(await rolesOf(ayu)).toEqual([room.roleId]);
    });
  });

  describe('because a moderator banned them', () => {
    it('counts as banned; staff lifts it once the ban is lifted in Discord', async () => {
      const ayu = await joined();
      await service.discord.ban(room.guildId, ayu.discordId);
      await reaches(ayu, 'removed', 'BANNED');
      expect((await service.refusal(ayu.token, REJOIN, { courseId: room.courseId })).code).toBe('FORBIDDEN');

      // While Discord still refuses them, an invitation says so instead of going on.
      await invite(ayu);
      await reaches(ayu, 'pending', 'BANNED');
      await service.discord.unban(room.guildId, ayu.discordId);
      await invite(ayu);
      await reaches(ayu, 'joined', 'ADDED');
      expect(await rolesOf(ayu)).toEqual([room.roleId]);
    });
  });

  describe('because staff removed them on the platform', () => {
    it('is out at once, cannot come back by themselves, and can be invited again', async () => {
      const ayu = await joined();
      await service.query(room.instructorToken, REMOVE, {
        userId: ayu.id,
        courseId: room.courseId,
        reason: 'Spam in the channel',
      });
      await reaches(ayu, 'removed', 'REMOVED_BY_STAFF');
      expect(await rolesOf(ayu)).toBeUndefined();
      expect((await service.refusal(ayu.token, REJOIN, { courseId: room.courseId })).code).toBe('FORBIDDEN');
      const [entry] = await service.sql(
        `SELECT details, actor_id FROM discord_log WHERE user_id = $1 AND action = 'remove' AND status = 'pending'`,
        [ayu.id],
      );
      expect(entry).toEqual({ details: { reason: 'Spam in the channel' }, actor_id: room.instructorId });
      await invite(ayu);
      await reaches(ayu, 'joined', 'ADDED');
    });

    it('stays out when they enroll anew, whatever is compared: only staff lifts it', async () => {
      const ayu = await joined();
      await service.query(room.instructorToken, REMOVE, { userId: ayu.id, courseId: room.courseId });
      await reaches(ayu, 'removed', 'REMOVED_BY_STAFF');
      await enrollsAnew(ayu);
      expect((await service.refusal(ayu.token, REJOIN, { courseId: room.courseId })).code).toBe('FORBIDDEN');
      await invite(ayu);
      await reaches(ayu, 'joined', 'ADDED');
      expect(await rolesOf(ayu)).toEqual([room.roleId]);
    });

    it('is for the staff of this course only', async () => {
      const ayu = await joined();
      const classmate = await joined();
      const stranger = await service.token(await service.createUser('Sari Dewi', 'instructor'), 'instructor');
      for (const mutation of [INVITE, REMOVE]) {
        const about = { userId: ayu.id, courseId: room.courseId };
        expect((await service.refusal(classmate.token, mutation, about)).code).toBe('FORBIDDEN');
        expect((await service.refusal(stranger, mutation, about)).code).toBe('NOT_FOUND');
      }
      await service.rest();
      expect(await rolesOf(ayu)).toEqual([room.roleId]);
    });
  });
});
