import { type Classroom, classroom, configure, eventually, type Linked, Service } from './support/service';

interface Person {
  readonly userId: string;
  readonly account: string;
}

interface Run {
  readonly id: string;
  readonly status: string;
  readonly total: number;
  readonly removed: number;
  readonly error: string | null;
}

const ADMINISTRATOR = String(1n << 3n);
const DELETE = 'mutation ($id: UUID!, $endAccess: Boolean) { deleteServerConfig(id: $id, endAccess: $endAccess) }';
const CONFIG = 'query ($id: UUID!) { serverConfig(id: $id) { id deletion { id status total removed error } } }';

describe('disconnecting a server from a course', () => {
  let service: Service;

  beforeAll(async () => {
    service = await Service.start();
  });
  afterAll(() => service.close());

  async function class_(
    title: string,
    size: number,
    config: object = {},
  ): Promise<{ room: Classroom; students: Person[] }> {
    const room = await classroom(service, title, config);
    const students = await service.students(size);
    for (const { userId } of students) await service.enroll(userId, room.courseId);
    for (const { userId } of students) await service.reaches(userId, room.courseId, 'joined', 'ADDED');
    await service.rest();
    return { room, students };
  }

  const remove = (room: Classroom, endAccess?: boolean): Promise<{ deleteServerConfig: boolean }> =>
    service.query(room.instructorToken, DELETE, {
      id: room.configId,
      ...(endAccess === undefined ? {} : { endAccess }),
    });

  const isGone = async (room: Classroom): Promise<boolean> =>
    (await service.sql('SELECT 1 FROM discord_server_configs WHERE id = $1', [room.configId])).length === 0;

  const deletion = async (room: Classroom): Promise<Run | null> =>
    (
      await service.query<{ serverConfig: { deletion: Run | null } }>(room.instructorToken, CONFIG, {
        id: room.configId,
      })
    ).serverConfig.deletion;

  const decide = (room: Classroom, mutation: string, id: string): Promise<unknown> =>
    service.query(room.instructorToken, `mutation ($id: UUID!) { ${mutation}(id: $id) { id status } }`, { id });

  const run = async (room: Classroom, id: string): Promise<Run> =>
    (
      await service.query<{ syncRun: Run }>(
        room.instructorToken,
        'query ($id: UUID!) { syncRun(id: $id) { id status total removed error } }',
        { id },
      )
    ).syncRun;

  /** Everybody is in with the role, and none of them is ours any more. */
  async function isReleased(room: Classroom, students: readonly Person[]): Promise<void> {
    expect(await isGone(room)).toBe(true);
    expect(await service.sql('SELECT 1 FROM discord_memberships WHERE course_id = $1', [room.courseId])).toEqual([]);
    for (const { userId, account } of students) {
      expect((await service.discord.member(room.guildId, account))?.roles).toContain(room.roleId);
      expect(await service.shown(room.instructorToken, userId, room.courseId)).toBeNull();
    }
  }

  const logged = (room: Classroom): Promise<{ status: string; actor_id: string | null; details: object }[]> =>
    service.sql(
      `SELECT status, actor_id, details FROM discord_integration_logs WHERE course_id = $1 AND action = 'config_delete' ORDER BY created_at`,
      [room.courseId],
    );

  describe('leaving everybody as they are', () => {
    it('takes nothing from anybody, takes unused invites back, and is over at once', async () => {
      const { room, students } = await class_('Algebra', 3);
      const [invitee, other] = [await service.createUser('By Invite'), students[0]!];
      await service.link(invitee, { autoJoin: false });
      await service.enroll(invitee, room.courseId);
      await service.reaches(invitee, room.courseId, 'invited', 'INVITE_OPEN');
      expect((await service.discord.guild(room.guildId)).invites).toHaveLength(1);
      await service.discord.clearRequests();

      expect(await remove(room)).toEqual({ deleteServerConfig: true });
      await isReleased(room, students);
      await eventually(async () => expect((await service.discord.guild(room.guildId)).invites).toEqual([]));
      expect(await logged(room)).toEqual([
        {
          status: 'success',
          actor_id: room.instructorId,
          details: { configId: room.configId, endAccess: false, released: 4 },
        },
      ]);
      expect((await service.refusal(room.instructorToken, CONFIG, { id: room.configId })).code).toBe('NOT_FOUND');
      expect((await service.refusal(room.instructorToken, DELETE, { id: room.configId })).code).toBe('NOT_FOUND');

      // What happens on the platform afterwards is nobody's concern in that server any more.
      await service.unenroll(other.userId, room.courseId);
      await service.rest();
      await isReleased(room, students);
      const changes = (await service.discord.calls()).filter((call) => !call.startsWith('GET'));
      expect(changes.map((call) => call.split(' ')[0])).toEqual(['DELETE']);
    });

    it('can be done by the course’s staff and admins only', async () => {
      const { room, students } = await class_('Biology', 1);
      const stranger = await service.token(await service.createUser('Bayu', 'instructor'), 'instructor');
      for (const token of [stranger, await service.token(students[0]!.userId)]) {
        for (const endAccess of [true, false]) {
          expect((await service.refusal(token, DELETE, { id: room.configId, endAccess })).code).toBe('NOT_FOUND');
        }
      }
      expect(await isGone(room)).toBe(false);
      const admin = await service.token(await service.createUser('Amira', 'admin'), 'admin');
      await service.query(admin, DELETE, { id: room.configId });
      await isReleased(room, students);
    });

    it('drops what waited to be confirmed, also while the server is out of reach', async () => {
      const { room, students } = await class_('Ethics', 5);
      await service.sql('DELETE FROM course_enrollments WHERE course_id = $1', [room.courseId]);
      for (const { userId } of students) await service.reaches(userId, room.courseId, 'joined', 'REMOVAL_HELD');
      await service.discord.removeBot(room.guildId);
      await eventually(async () => {
        const answer = await service.query(
          room.instructorToken,
          'query ($id: UUID!) { serverConfig(id: $id) { health } }',
          {
            id: room.configId,
          },
        );
        expect(answer).toEqual({ serverConfig: { health: 'UNREACHABLE' } });
      });
      await remove(room);
      await isReleased(room, students);
      const runs = await service.sql<{ status: string }>('SELECT status FROM discord_sync_runs WHERE course_id = $1', [
        room.courseId,
      ]);
      expect(runs.map(({ status }) => status)).toEqual(['CANCELLED']);
    });

    it('leaves the other course of the server as it is', async () => {
      const { room, students } = await class_('French', 2);
      const courseId = await service.createCourse('French II', room.instructorId);
      const role = await service.discord.createRole(room.guildId, 'French II');
      await configure(service, room.instructorToken, {
        courseId,
        guildId: room.guildId,
        studentRoleId: role.id,
        inviteChannelId: room.channelId,
      });
      await service.enroll(students[0]!.userId, courseId);
      await service.reaches(students[0]!.userId, courseId, 'joined');
      await remove(room);
      await isReleased(room, students);
      // The released course keeps nobody in any more: the other one ends as it would without it.
      await service.unenroll(students[0]!.userId, courseId);
      await service.reaches(students[0]!.userId, courseId, 'removed', 'ENROLLMENT_ENDED');
      expect(await service.discord.member(room.guildId, students[0]!.account)).toBeUndefined();
      expect((await service.discord.member(room.guildId, students[1]!.account))?.roles).toEqual([room.roleId]);
    });
  });

  describe('while an invite serves another course, too', () => {
    async function twoCourses(title: string) {
      const room = await classroom(service, title);
      const courseId = await service.createCourse(`${title} II`, room.instructorId);
      const { id: roleId } = await service.discord.createRole(room.guildId, `${title} II`);
      const { guildId, channelId: inviteChannelId } = room;
      await configure(service, room.instructorToken, { courseId, guildId, studentRoleId: roleId, inviteChannelId });
      const userId = await service.createUser('By Invite');
      const account = await service.link(userId, { autoJoin: false });
      return { room, other: { courseId, roleId }, userId, account };
    }

    /** The student holds an invite that they can use, and comes in by it with the role of the course that is left. */
    async function comesInByNewInvite({ room, other, userId, account }: Awaited<ReturnType<typeof twoCourses>>) {
      await service.rest();
      await service.reaches(userId, other.courseId, 'invited', 'INVITE_OPEN');
      const code = (await service.membership(userId, other.courseId))?.invite_link?.split('/').pop();
      expect((await service.discord.guild(room.guildId)).invites.map((invite) => invite.code)).toEqual([code]);
      await service.discord.accept(code!, account);
      await service.reaches(userId, other.courseId, 'joined', 'USED_INVITE');
      expect((await service.discord.member(room.guildId, account))?.roles).toEqual([other.roleId]);
    }

    it('takes it back, as it gives the role of this one, and the student is invited to the other one anew', async () => {
      const both = await twoCourses('Greek');
      const { room, other, userId } = both;
      for (const { courseId } of [room, other]) {
        await service.enroll(userId, courseId);
        await service.reaches(userId, courseId, 'invited', 'INVITE_OPEN');
      }
      const [one, same] = [
        await service.membership(userId, room.courseId),
        await service.membership(userId, other.courseId),
      ];
      expect(same?.invite_link).toBe(one?.invite_link);
      await remove(room);
      await comesInByNewInvite(both);
    });

    it('does so also when it was being made at that moment', async () => {
      const both = await twoCourses('Hindi');
      const { room, other, userId } = both;
      await service.discord.faults([{ method: 'POST', route: '/channels/:id/invites', delayMs: 1_500, times: 1 }]);
      await service.atOnce(room.guildId, async () => {
        await service.enroll(userId, room.courseId);
        await service.enroll(userId, other.courseId);
      });
      await eventually(async () => expect((await service.discord.faultRules())[0]).toMatchObject({ times: 0 }));
      await remove(room);
      await comesInByNewInvite(both);
    });
  });

  describe('while another course of the server, which had ended for them, removes', () => {
    const shares = [
      ['of its own', false],
      ['that both give', true],
    ] as const;

    /** Another course in the room's server, of which access has ended while the room's course kept the student. */
    async function endedElsewhere(room: Classroom, { userId }: Person, isShared: boolean): Promise<string> {
      const courseId = await service.createCourse('Farsi II', room.instructorId);
      const role = await service.discord.createRole(room.guildId, 'Farsi II');
      await configure(service, room.instructorToken, {
        courseId,
        guildId: room.guildId,
        studentRoleId: isShared ? room.roleId : role.id,
        inviteChannelId: room.channelId,
      });
      await service.enroll(userId, courseId);
      await service.reaches(userId, courseId, 'joined');
      await service.unenroll(userId, courseId);
      await service.reaches(userId, courseId, 'removed', 'STILL_ENROLLED_ELSEWHERE');
      return courseId;
    }

    it.each(shares)('leaves in whoever was kept by it, with a role %s, and says so', async (_what, isShared) => {
      const { room, students } = await class_('Farsi', 1);
      const [ayu] = students as [Person];
      const courseId = await endedElsewhere(room, ayu, isShared);
      await remove(room);
      await service.reaches(ayu.userId, courseId, 'removed', 'ENROLLMENT_ENDED');
      await isReleased(room, students);
      expect((await service.discord.member(room.guildId, ayu.account))?.roles).toEqual([room.roleId]);
    });

    it.each(shares)('leaves in whoever its policy had let stay, with a role %s', async (_what, isShared) => {
      const { room, students } = await class_('Farsi, kept', 1);
      const [ayu] = students as [Person];
      await service.sql(`UPDATE discord_server_configs SET removal_policy = 'KEEP' WHERE id = $1`, [room.configId]);
      await service.rest();
      await endedElsewhere(room, ayu, isShared);
      await service.unenroll(ayu.userId, room.courseId);
      await service.reaches(ayu.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
      await service.rest();
      await remove(room);
      await service.rest();
      expect((await service.discord.member(room.guildId, ayu.account))?.roles).toEqual([room.roleId]);
    });
  });

  describe('ending everybody’s access', () => {
    it('removes them by policy, and the configuration goes with the last', async () => {
      const { room, students } = await class_('German', 3);
      await remove(room, true);
      await eventually(async () => expect(await isGone(room)).toBe(true), 20_000);
      for (const { account } of students) expect(await service.discord.member(room.guildId, account)).toBeUndefined();
      expect(await service.sql('SELECT 1 FROM discord_memberships WHERE course_id = $1', [room.courseId])).toEqual([]);
      expect(await logged(room)).toMatchObject([
        { status: 'pending', details: { endAccess: true, members: 3 } },
        { status: 'success', details: { endAccess: true } },
      ]);
      expect((await service.refusal(room.instructorToken, DELETE, { id: room.configId, endAccess: true })).code).toBe(
        'NOT_FOUND',
      );
    });

    it('waits for a person when it is too much, says so, and can be asked for twice', async () => {
      const { room, students } = await class_('Hebrew', 6);
      await remove(room, true);
      await remove(room, true);
      for (const { userId } of students) await service.reaches(userId, room.courseId, 'joined', 'REMOVAL_HELD');
      const held = await deletion(room);
      expect(held).toMatchObject({ status: 'AWAITING_CONFIRMATION', total: 6, removed: 0 });
      expect(await service.shown(room.instructorToken, students[0]!.userId, room.courseId)).toMatchObject({
        status: 'JOINED',
        nextStep: 'CONFIRM_REMOVALS',
        explanation: 'Their place in Hebrew server stays as it is until the staff of Hebrew decides.',
      });
      // Nobody new comes in, and nothing is changed about what is about to go.
      const late = await service.createUser('Late');
      await service.link(late);
      await service.enroll(late, room.courseId);
      await service.rest();
      expect(await service.membership(late, room.courseId)).toBeUndefined();
      const update = 'mutation ($id: UUID!) { updateServerConfig(id: $id, input: { removalGraceHours: 5 }) { id } }';
      expect((await service.refusal(room.instructorToken, update, { id: room.configId })).code).toBe('CONFLICT');
      const sync = 'mutation ($id: UUID!) { syncCourse(courseId: $id) { id } }';
      expect((await service.refusal(room.instructorToken, sync, { id: room.courseId })).code).toBe('SERVER_NOT_READY');
      expect(
        (
          await service.refusal(room.instructorToken, 'mutation ($id: UUID!) { undoSyncRun(id: $id) { id } }', {
            id: held!.id,
          })
        ).code,
      ).toBe('CONFLICT');

      await decide(room, 'confirmSyncRun', held!.id);
      await eventually(async () => expect(await isGone(room)).toBe(true), 20_000);
      for (const { account } of students) expect(await service.discord.member(room.guildId, account)).toBeUndefined();
      expect(await run(room, held!.id)).toMatchObject({ status: 'SUCCEEDED', total: 6, removed: 6 });

      // Undone within seven days: the server is connected again, and everybody is back with the role.
      await decide(room, 'undoSyncRun', held!.id);
      for (const { userId, account } of [...students]) {
        await service.reaches(userId, room.courseId, 'joined');
        expect((await service.discord.member(room.guildId, account))?.roles).toEqual([room.roleId]);
      }
      await service.reaches(late, room.courseId, 'joined', 'ADDED');
      expect(await deletion(room)).toBeNull();
      await service.rest();
      expect((await service.discord.guild(room.guildId)).members).toHaveLength(2 + 7);
    });

    it('did not happen when it is cancelled: whoever is enrolled stays, or comes back', async () => {
      const { room, students } = await class_('Icelandic', 4, { autoInvite: true });
      // Two of them cannot be removed for now.
      await service.discord.faults(
        students.slice(2).map(({ account }) => ({
          method: 'DELETE',
          route: '/guilds/:id/members/:id',
          userId: account,
          status: 500,
        })),
      );
      await remove(room, true);
      for (const { userId } of students.slice(0, 2))
        await service.reaches(userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
      const going = await deletion(room);
      expect(going?.status).toBe('RUNNING');
      await decide(room, 'cancelSyncRun', going!.id);
      await service.discord.noFaults();
      for (const { userId } of students) await service.reaches(userId, room.courseId, 'joined', undefined, 20_000);
      for (const { account } of students) {
        expect((await service.discord.member(room.guildId, account))?.roles).toEqual([room.roleId]);
      }
      expect(await deletion(room)).toBeNull();
    });

    it('comes to its end, too, when somebody deletes the configuration by SQL in the middle of it', async () => {
      const { room, students } = await class_('Maltese', 3);
      await service.discord.faults([
        { method: 'DELETE', route: '/guilds/:id/members/:id', userId: students[0]!.account, status: 500 },
      ]);
      await remove(room, true);
      const going = await deletion(room);
      expect(going?.status).toBe('RUNNING');
      await service.sql('DELETE FROM discord_server_configs WHERE id = $1', [room.configId]);
      await service.discord.noFaults();
      for (const { userId } of students)
        await service.reaches(userId, room.courseId, 'removed', 'ENROLLMENT_ENDED', 20_000);
      await eventually(async () =>
        expect(
          await service.sql('SELECT status, total, done FROM discord_sync_runs WHERE id = $1', [going!.id]),
        ).toEqual([{ status: 'SUCCEEDED', total: 3, done: 3 }]),
      );
    });

    it('lets go of the rest when that is asked for in the middle of it', async () => {
      const { room, students } = await class_('Japanese', 6);
      await remove(room, true);
      for (const { userId } of students) await service.reaches(userId, room.courseId, 'joined', 'REMOVAL_HELD');
      const held = await deletion(room);
      await remove(room, false);
      await isReleased(room, students);
      expect((await run(room, held!.id)).status).toBe('CANCELLED');
    });

    it('takes the role only, or nothing, where the policy says so, and leaves another course’s students in', async () => {
      const { room, students } = await class_('Korean', 2, { removalPolicy: 'REMOVE_ROLE' });
      await remove(room, true);
      await eventually(async () => expect(await isGone(room)).toBe(true), 20_000);
      for (const { account } of students)
        expect((await service.discord.member(room.guildId, account))?.roles).toEqual([]);

      const keep = await class_('Latin', 2, { removalPolicy: 'KEEP' });
      await remove(keep.room, true);
      await eventually(() => isReleased(keep.room, keep.students));

      const shared = await class_('Music', 2);
      const courseId = await service.createCourse('Music II', shared.room.instructorId);
      const role = await service.discord.createRole(shared.room.guildId, 'Music II');
      await configure(service, shared.room.instructorToken, {
        courseId,
        guildId: shared.room.guildId,
        studentRoleId: role.id,
        inviteChannelId: shared.room.channelId,
      });
      const [both, one] = shared.students;
      await service.enroll(both!.userId, courseId);
      await service.reaches(both!.userId, courseId, 'joined');
      await remove(shared.room, true);
      await eventually(async () => expect(await isGone(shared.room)).toBe(true));
      expect((await service.discord.member(shared.room.guildId, both!.account))?.roles).toEqual([role.id]);
      expect(await service.discord.member(shared.room.guildId, one!.account)).toBeUndefined();
    });

    describe('takes only the role, and removes nobody, where a student', () => {
      /** The configuration goes, and the others with it; of who stays the log tells why. */
      async function endsAndLeavesIn(who: Person, room: Classroom, rest: string[], others: readonly Person[]) {
        await service.rest();
        await remove(room, true);
        await eventually(async () => expect(await isGone(room)).toBe(true), 20_000);
        await service.rest();
        expect((await service.discord.member(room.guildId, who.account))?.roles).toEqual(rest);
        for (const { account } of others) expect(await service.discord.member(room.guildId, account)).toBeUndefined();
        const ends = await service.sql(
          `SELECT reason FROM discord_log WHERE user_id = $1 AND course_id = $2 AND new_status = 'removed'`,
          [who.userId, room.courseId],
        );
        expect(ends).toEqual([{ reason: 'PROTECTED_MEMBER' }]);
      }

      it('was there before us', async () => {
        const { room, students } = await class_('Persian', 1);
        const [who] = (await service.students(1)) as [Linked];
        await service.discord.join(room.guildId, who.account);
        await service.enroll(who.userId, room.courseId);
        await service.reaches(who.userId, room.courseId, 'joined', 'ALREADY_MEMBER');
        await endsAndLeavesIn(who, room, [], students);
      });

      it('teaches the course, too', async () => {
        const { room, students } = await class_('Polish', 2);
        const [who, other] = students as [Person, Person];
        await service.sql('INSERT INTO course_staff (course_id, user_id) VALUES ($1, $2)', [room.courseId, who.userId]);
        await endsAndLeavesIn(who, room, [], [other]);
      });

      it('has become an administrator', async () => {
        const { room, students } = await class_('Quechua', 2);
        const [who, other] = students as [Person, Person];
        const role = await service.discord.createRole(room.guildId, 'Power', { permissions: ADMINISTRATOR });
        await service.discord.join(room.guildId, who.account, [room.roleId, role.id]);
        await endsAndLeavesIn(who, room, [role.id], [other]);
      });

      it('owns the server', async () => {
        const room = await classroom(service, 'Romanian');
        const [who, other] = (await service.students(2)) as [Linked, Linked];
        const guild = await service.discord.createGuild('Owned server', who.account);
        const role = await service.discord.createRole(guild.id, 'Student');
        const power = await service.discord.createRole(guild.id, 'Power', { permissions: ADMINISTRATOR });
        await service.discord.addBot(guild.id);
        await service.discord.join(guild.id, room.instructorDiscordId, [power.id]);
        const courseId = await service.createCourse('Owned', room.instructorId);
        const server = { courseId, guildId: guild.id };
        // That they were there before us is not what is to protect them here.
        const config = { ...server, studentRoleId: role.id, adoptExisting: true };
        const configId = await configure(service, room.instructorToken, config);
        for (const { userId } of [who, other]) await service.enroll(userId, courseId);
        for (const { userId } of [who, other]) await service.reaches(userId, courseId, 'joined');
        await endsAndLeavesIn(who, { ...room, ...server, configId, roleId: role.id }, [], [other]);
      });
    });

    describe('when the course cannot be served', () => {
      const degrades = ({ guildId }: Classroom) =>
        eventually(async () =>
          expect(await service.sql('SELECT health FROM discord_guilds WHERE guild_id = $1', [guildId])).toEqual([
            { health: 'DEGRADED' },
          ]),
        );

      it.each<[string, string, (room: Classroom) => Promise<unknown>]>([
        ['role is gone', 'KICK', ({ guildId, roleId }) => service.discord.deleteRole(guildId, roleId)],
        ['role is gone', 'REMOVE_ROLE', ({ guildId, roleId }) => service.discord.deleteRole(guildId, roleId)],
        ['channel is gone', 'KICK', ({ channelId }) => service.discord.deleteChannel(channelId)],
        ['channel is gone', 'REMOVE_ROLE', ({ channelId }) => service.discord.deleteChannel(channelId)],
      ])('as its %s, removes them all the same (%s)', async (_what, removalPolicy, breaks) => {
        const { room, students } = await class_('Sanskrit', 2, { removalPolicy });
        const invitee = await service.createUser('By Invite');
        await service.link(invitee, { autoJoin: false });
        await service.enroll(invitee, room.courseId);
        await service.reaches(invitee, room.courseId, 'invited', 'INVITE_OPEN');
        await breaks(room);
        await degrades(room);
        await service.rest();
        await service.discord.clearRequests();

        await remove(room, true);
        await eventually(async () => expect(await isGone(room)).toBe(true), 20_000);
        for (const { account } of students)
          expect((await service.discord.member(room.guildId, account))?.roles).toEqual(
            removalPolicy === 'KICK' ? undefined : [],
          );
        expect((await service.discord.guild(room.guildId)).invites).toEqual([]);
        const refused = (await service.discord.calls()).filter((call) => / 40[03]$/.test(call));
        expect(refused).toEqual([]);
      });

      it('as its role is gone, which nobody told, takes the role that they do not have any more all the same', async () => {
        const { room, students } = await class_('Swahili', 2, { removalPolicy: 'REMOVE_ROLE' });
        await service.discord.untold(() => service.discord.deleteRole(room.guildId, room.roleId));
        await service.discord.clearRequests();
        await remove(room, true);
        await eventually(async () => expect(await isGone(room)).toBe(true), 20_000);
        for (const { account } of students)
          expect(await service.discord.calls(account)).toEqual(['DELETE /guilds/:id/members/:id/roles/:id 404']);
      });

      it('as the bot stands below its role, waits until somebody mends that, and nobody is let go of without', async () => {
        const { room, students } = await class_('Tamil', 2);
        await service.discord.addBot(room.guildId, { position: 1 });
        await degrades(room);
        await service.rest();
        await remove(room, true);
        await service.rest();
        expect(await isGone(room)).toBe(false);
        for (const { account } of students)
          expect((await service.discord.member(room.guildId, account))?.roles).toEqual([room.roleId]);

        await service.discord.addBot(room.guildId);
        await eventually(async () => expect(await isGone(room)).toBe(true), 20_000);
        for (const { account } of students) expect(await service.discord.member(room.guildId, account)).toBeUndefined();
      });

      it('goes on once the role below which the bot stands is gone, too', async () => {
        const { room, students } = await class_('Turkish', 2);
        await service.discord.addBot(room.guildId, { position: 1 });
        await degrades(room);
        await remove(room, true);
        await service.rest();
        expect(await isGone(room)).toBe(false);
        await service.discord.deleteRole(room.guildId, room.roleId);
        await eventually(async () => expect(await isGone(room)).toBe(true), 20_000);
        for (const { account } of students) expect(await service.discord.member(room.guildId, account)).toBeUndefined();
      });
    });

    it('waits while removals are paused, and while the server is out of reach', async () => {
      const { room, students } = await class_('Norse', 2);
      const pause =
        'mutation ($configId: UUID, $paused: Boolean!) { setRemovalsPaused(configId: $configId, paused: $paused) }';
      await service.query(room.instructorToken, pause, { configId: room.configId, paused: true });
      await remove(room, true);
      for (const { userId } of students) await service.reaches(userId, room.courseId, 'joined', 'REMOVAL_HELD');
      expect(await deletion(room)).toMatchObject({ status: 'RUNNING' });

      await service.discord.faults([
        {
          method: 'DELETE',
          route: '/guilds/:id/members/:id',
          status: 403,
          body: { message: 'Missing Permissions', code: 50013 },
        },
      ]);
      await service.query(room.instructorToken, pause, { configId: room.configId, paused: false });
      await eventually(async () =>
        expect(await deletion(room)).toMatchObject({ status: 'RUNNING', error: expect.stringMatching(/\S/) as string }),
      );
      expect(await isGone(room)).toBe(false);
      await service.discord.noFaults();
      await service.query(room.instructorToken, 'mutation ($id: UUID!) { recheckServer(id: $id) { health } }', {
        id: room.configId,
      });
      await eventually(async () => expect(await isGone(room)).toBe(true), 20_000);
      for (const { account } of students) expect(await service.discord.member(room.guildId, account)).toBeUndefined();
    });
  });
});
