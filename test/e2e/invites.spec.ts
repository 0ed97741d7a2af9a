import { type Classroom, classroom, configure, eventually, Service } from './support/service';

const REJOIN = 'mutation ($courseId: UUID!) { rejoinCourse(courseId: $courseId) { status reason inviteLink } }';
const INVITE =
  'mutation ($userId: UUID!, $courseId: UUID!) { inviteStudent(userId: $userId, courseId: $courseId) { status } }';
const VERIFIED = '{ viewer { discordConnection { isVerified } } }';
const MEMBERSHIPS = 'query ($courseId: UUID) { memberships(courseId: $courseId) { nodes { inviteLink } totalCount } }';

const ADD = 'PUT /guilds/:id/members/:id';
const REFRESH = 'POST /oauth2/token';

interface Student {
  readonly id: string;
  readonly token: string;
  readonly discordId: string;
}

describe('a student who cannot be added right away', () => {
  let service: Service;
  let room: Classroom;

  beforeAll(async () => {
    service = await Service.start();
    room = await classroom(service);
  });
  afterAll(() => service.close());

  async function linked(options: { autoJoin?: boolean } = {}): Promise<Student> {
    const id = await service.createUser('Ayu Wulandari');
    const discordId = await service.link(id, options);
    return { id, token: await service.token(id), discordId };
  }

  const reaches = ({ id }: Student, status: string, reason: string) =>
    service.reaches(id, room.courseId, status, reason);
  const rolesOf = async ({ discordId }: Student) => (await service.discord.member(room.guildId, discordId))?.roles;
  /** The invites to the server that the student can use. */
  const invitesOf = async ({ discordId }: Student) =>
    (await service.discord.guild(room.guildId)).invites.filter(
      ({ targetUserIds }) => targetUserIds === null || targetUserIds.includes(discordId),
    );

  async function codeOf({ id }: Student): Promise<string> {
    const link = (await service.membership(id, room.courseId))?.invite_link ?? '';
    expect(link).toMatch(new RegExp(`^${service.sandbox.url}/invite/\\w+$`));
    return link.split('/').at(-1)!;
  }

  /** Enrolls, and tells which Discord calls that took. */
  async function callsToEnroll(who: Student, status: string, reason: string): Promise<string[]> {
    await service.rest();
    await service.discord.clearRequests();
    await service.enroll(who.id, room.courseId);
    await reaches(who, status, reason);
    await service.rest();
    return service.discord.calls();
  }

  const isVerified = async ({ token }: Student) =>
    (await service.query<{ viewer: { discordConnection: { isVerified: boolean } } }>(token, VERIFIED)).viewer
      .discordConnection.isVerified;

  /** The platform's clock says that the token has run out, as a week without use does. */
  const letTokenRunOut = ({ id }: Student) =>
    service.sql(`UPDATE user_discord_connections SET expires_at = now() - interval '1 hour' WHERE user_id = $1`, [id]);

  /** It has just been made, for 24 hours. */
  function lastsADay({ expiresAt }: { expiresAt: string | null }): void {
    const hours = (Date.parse(expiresAt!) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThanOrEqual(24);
  }

  describe('because they want to join by themselves', () => {
    it('gets an invite that works once, for them alone, and is in by it with their role', async () => {
      const ayu = await linked({ autoJoin: false });
      const calls = await callsToEnroll(ayu, 'invited', 'INVITE_OPEN');
      expect(calls.filter((call) => call.startsWith('POST /channels/:id/invites'))).toHaveLength(1);
      expect(calls.filter((call) => call.startsWith(ADD))).toEqual([]);

      const code = await codeOf(ayu);
      const [invite] = await invitesOf(ayu);
      expect(invite).toMatchObject({
        code,
        channelId: room.channelId,
        uses: 0,
        maxUses: 1,
        targetUserIds: [ayu.discordId],
      });
      lastsADay(invite!);
      expect(await service.shown(ayu.token, ayu.id, room.courseId)).toMatchObject({
        status: 'INVITED',
        reason: 'INVITE_OPEN',
        nextStep: 'OPEN_INVITE',
      });

      const stranger = await service.discord.createUser(`stranger.${ayu.id.slice(0, 8)}`);
      await expect(service.discord.accept(code, stranger.id)).rejects.toThrow(/10006|Unknown Invite/);
      expect(await service.discord.member(room.guildId, stranger.id)).toBeUndefined();

      const stream = service.subscribe<{ membershipChanged: object }>(
        ayu.token,
        'subscription ($userId: UUID) { membershipChanged(userId: $userId) { previousStatus status reason } }',
        { userId: ayu.id },
      );
      await new Promise((resolve) => setTimeout(resolve, 300));
      await service.discord.accept(code, ayu.discordId);
      await reaches(ayu, 'joined', 'USED_INVITE');
      expect(await rolesOf(ayu)).toEqual([room.roleId]);
      expect(await service.membership(ayu.id, room.courseId)).toMatchObject({ invite_link: null });
      expect(await invitesOf(ayu)).toEqual([]);
      await eventually(async () => {
        await Promise.resolve();
        expect(stream.received).toEqual([
          { membershipChanged: { previousStatus: 'INVITED', status: 'JOINED', reason: 'USED_INVITE' } },
        ]);
      });
      await stream.close();
    });

    it('shows the invite to nobody but the student and the staff', async () => {
      const ayu = await linked({ autoJoin: false });
      const classmate = await linked();
      await service.enroll(classmate.id, room.courseId);
      await reaches(classmate, 'joined', 'ADDED');
      await service.enroll(ayu.id, room.courseId);
      await reaches(ayu, 'invited', 'INVITE_OPEN');
      const { invite_link: link } = (await service.membership(ayu.id, room.courseId))!;

      const linkSeenBy = async (token: string) => (await service.shown(token, ayu.id, room.courseId))?.inviteLink;
      expect(await linkSeenBy(ayu.token)).toBe(link);
      expect(await linkSeenBy(room.instructorToken)).toBe(link);
      expect(await linkSeenBy(await service.token(await service.createUser('Dewi', 'admin'), 'admin'))).toBe(link);
      const others = [
        classmate.token,
        await service.token(await service.createUser('Budi Santoso')),
        await service.token(await service.createUser('Sari Dewi', 'instructor'), 'instructor'),
      ];
      for (const token of others) {
        expect(await linkSeenBy(token)).toBeUndefined();
        expect(JSON.stringify(await service.query(token, MEMBERSHIPS, { courseId: room.courseId }))).not.toContain(
          link,
        );
      }
      // Nor does the log tell the code.
      const [entries] = await service.sql<{ text: string }>(`SELECT json_agg(l)::text AS text FROM discord_log l`);
      expect(entries!.text).not.toContain(await codeOf(ayu));
    });

    it('is recognised too when they come in by another way, and no way in stays open behind them', async () => {
      const ayu = await linked({ autoJoin: false });
      await service.enroll(ayu.id, room.courseId);
      await reaches(ayu, 'invited', 'INVITE_OPEN');
      const code = await codeOf(ayu);
      await service.discord.join(room.guildId, ayu.discordId);
      await eventually(async () => expect(await rolesOf(ayu)).toEqual([room.roleId]));
      await eventually(async () =>
        expect(await service.membership(ayu.id, room.courseId)).toMatchObject({
          status: 'joined',
          in_sync: true,
          invite_link: null,
        }),
      );
      await service.unenroll(ayu.id, room.courseId);
      await reaches(ayu, 'removed', 'ENROLLMENT_ENDED');
      await expect(service.discord.accept(code, ayu.discordId)).rejects.toThrow(/10006|Unknown Invite/);
      expect(await rolesOf(ayu)).toBeUndefined();
    });

    it('is added after all when they connect again and allow it', async () => {
      const ayu = await linked({ autoJoin: false });
      await service.enroll(ayu.id, room.courseId);
      await reaches(ayu, 'invited', 'INVITE_OPEN');
      await service.link(ayu.id, { discordUserId: ayu.discordId });
      await reaches(ayu, 'joined', 'ADDED');
      expect(await rolesOf(ayu)).toEqual([room.roleId]);
      expect(await invitesOf(ayu)).toEqual([]);
      const log = await service.sql(
        'SELECT action, new_status FROM discord_log WHERE user_id = $1 AND membership_id IS NOT NULL ORDER BY seq',
        [ayu.id],
      );
      expect(log).toEqual([
        { action: 'enrollment', new_status: 'pending' },
        { action: 'invite', new_status: 'invited' },
        { action: 'add', new_status: 'joined' },
      ]);
    });

    it('asks for a new invite when somebody deleted theirs', async () => {
      const ayu = await linked({ autoJoin: false });
      await service.enroll(ayu.id, room.courseId);
      await reaches(ayu, 'invited', 'INVITE_OPEN');
      const code = await codeOf(ayu);
      const deleted = await fetch(`${service.sandbox.url}/api/v10/invites/${code}`, {
        method: 'DELETE',
        headers: { authorization: `Bot ${service.sandbox.application.botToken}` },
      });
      expect(deleted.status).toBe(200);
      await eventually(async () => {
        const membership = await service.membership(ayu.id, room.courseId);
        expect(membership).toMatchObject({ status: 'invited', reason: 'INVITE_EXPIRED', in_sync: true });
      }, 12_000);
      expect(await service.shown(ayu.token, ayu.id, room.courseId)).toMatchObject({ nextStep: 'REQUEST_NEW_INVITE' });

      await service.query(ayu.token, REJOIN, { courseId: room.courseId });
      await reaches(ayu, 'invited', 'INVITE_OPEN');
      expect(await codeOf(ayu)).not.toBe(code);
      await service.discord.accept(await codeOf(ayu), ayu.discordId);
      await reaches(ayu, 'joined', 'USED_INVITE');
    });

    it('enrolls again while the invite was being taken back, and the answer to that is lost: the invite that is shown works', async () => {
      const ayu = await linked({ autoJoin: false });
      await service.enroll(ayu.id, room.courseId);
      await reaches(ayu, 'invited', 'INVITE_OPEN');
      const code = await codeOf(ayu);
      await service.discord.faults([{ method: 'DELETE', route: '/invites/:id', drop: 'after' }]);
      await service.unenroll(ayu.id, room.courseId);
      await eventually(async () =>
        expect(
          await service.sql('SELECT attempts > 0 AS failed FROM discord_memberships WHERE user_id = $1', [ayu.id]),
        ).toEqual([{ failed: true }]),
      );
      expect(await invitesOf(ayu)).toEqual([]);
      await service.discord.noFaults();
      await service.enroll(ayu.id, room.courseId);
      await eventually(async () => {
        expect(await service.membership(ayu.id, room.courseId)).toMatchObject({ status: 'invited', in_sync: true });
        expect(await codeOf(ayu)).not.toBe(code);
      }, 15_000);
      await service.discord.accept(await codeOf(ayu), ayu.discordId);
      await reaches(ayu, 'joined', 'USED_INVITE');
    });

    it('comes in by one invite to all their courses in the server', async () => {
      const second = await service.createCourse('Algebra II', room.instructorId);
      const role = await service.discord.createRole(room.guildId, 'Student II');
      await configure(service, room.instructorToken, {
        courseId: second,
        guildId: room.guildId,
        studentRoleId: role.id,
      });
      const ayu = await linked({ autoJoin: false });
      await service.sql('INSERT INTO course_enrollments (user_id, course_id) VALUES ($1, $2), ($1, $3)', [
        ayu.id,
        room.courseId,
        second,
      ]);
      await reaches(ayu, 'invited', 'INVITE_OPEN');
      await service.reaches(ayu.id, second, 'invited', 'INVITE_OPEN');
      expect(await invitesOf(ayu)).toHaveLength(1);
      const { inviteLink } = (await service.shown(ayu.token, ayu.id, second))!;
      expect(inviteLink).toBe((await service.membership(ayu.id, room.courseId))!.invite_link);
      await service.discord.accept(await codeOf(ayu), ayu.discordId);
      await reaches(ayu, 'joined', 'USED_INVITE');
      await service.reaches(ayu.id, second, 'joined', 'USED_INVITE');
      expect([...(await rolesOf(ayu))!].sort()).toEqual([room.roleId, role.id].sort());
    });

    it('keeps the invite that is still good when they ask again', async () => {
      const ayu = await linked({ autoJoin: false });
      await service.enroll(ayu.id, room.courseId);
      await reaches(ayu, 'invited', 'INVITE_OPEN');
      const code = await codeOf(ayu);
      await service.query(ayu.token, REJOIN, { courseId: room.courseId });
      await service.rest();
      expect(await codeOf(ayu)).toBe(code);
    });
  });

  describe('where Discord does not bind invites to people', () => {
    beforeAll(() =>
      service.discord.faults([{ route: '/invites/:id/target-users/job-status', status: 200, body: { status: 3 } }]),
    );
    afterAll(() => service.discord.noFaults());

    it('gets one that works once, is recognised as the one who was invited, and has their role', async () => {
      const ayu = await linked({ autoJoin: false });
      await service.enroll(ayu.id, room.courseId);
      await reaches(ayu, 'invited', 'INVITE_OPEN');
      const code = await codeOf(ayu);
      const invite = (await service.discord.guild(room.guildId)).invites.find((open) => open.code === code);
      expect(invite).toMatchObject({ maxUses: 1, targetUserIds: null });
      lastsADay(invite!);
      await service.discord.accept(code, ayu.discordId);
      await reaches(ayu, 'joined', 'USED_INVITE');
      expect(await rolesOf(ayu)).toEqual([room.roleId]);
    });

    it('finds it used by somebody else: they have no role, staff can read of it, and a new one is there for the asking', async () => {
      const ayu = await linked({ autoJoin: false });
      await service.enroll(ayu.id, room.courseId);
      await reaches(ayu, 'invited', 'INVITE_OPEN');
      const code = await codeOf(ayu);
      const stranger = await service.discord.createUser(`stranger.${ayu.id.slice(0, 8)}`);
      await service.discord.accept(code, stranger.id);
      await eventually(async () => {
        expect(await service.membership(ayu.id, room.courseId)).toMatchObject({
          reason: 'INVITE_EXPIRED',
          in_sync: true,
        });
      }, 20_000);
      expect((await service.discord.member(room.guildId, stranger.id))?.roles).toEqual([]);
      expect(await service.shown(ayu.token, ayu.id, room.courseId)).toMatchObject({
        status: 'INVITED',
        nextStep: 'REQUEST_NEW_INVITE',
      });
      const { auditLog } = await service.query<{ auditLog: { nodes: object[] } }>(
        room.instructorToken,
        `query ($courseId: UUID, $userId: UUID) { auditLog(filter: { courseId: $courseId, userId: $userId, action: [JOIN] }) {
           nodes { status userId courseId guildId details errorMessage } } }`,
        { courseId: room.courseId, userId: ayu.id },
      );
      expect(auditLog.nodes).toEqual([
        {
          status: 'FAILED',
          userId: ayu.id,
          courseId: room.courseId,
          guildId: room.guildId,
          details: expect.objectContaining({ usedByDiscordUserId: stranger.id }) as unknown,
          errorMessage: expect.stringContaining('to Algebra I was used by somebody else') as unknown,
        },
      ]);

      await service.query(ayu.token, REJOIN, { courseId: room.courseId });
      await reaches(ayu, 'invited', 'INVITE_OPEN');
      expect(await codeOf(ayu)).not.toBe(code);
      await service.discord.accept(await codeOf(ayu), ayu.discordId);
      await reaches(ayu, 'joined', 'USED_INVITE');
      expect(await rolesOf(ayu)).toEqual([room.roleId]);

      // Whoever it was may link an account later, and be forgotten: the entry about somebody else names them no longer.
      const other = await service.createUser('Budi Santoso');
      await service.link(other, { discordUserId: stranger.id });
      await service.query(await service.token(other), 'mutation { eraseMyDiscordData }');
      const [named] = await service.sql<{ text: string }>(
        `SELECT json_agg(l)::text AS text FROM discord_log l WHERE action IN ('join', 'link', 'unlink')`,
      );
      expect(named!.text).not.toContain(stranger.id);
    });
  });

  describe('because Discord no longer accepts their authorization', () => {
    it('is invited when that shows at the add call', async () => {
      const ayu = await linked();
      await service.discord.revokeGrant(ayu.discordId);
      const calls = await callsToEnroll(ayu, 'invited', 'INVITE_OPEN');
      // The add is refused (50025), the one attempt to refresh too; nothing is tried a second time.
      expect(calls.filter((call) => call.startsWith(ADD))).toHaveLength(1);
      expect(calls.filter((call) => call.startsWith(REFRESH))).toEqual([`${REFRESH} 400`]);
      expect(calls.filter((call) => call.startsWith('POST /channels/:id/invites'))).toHaveLength(1);
      expect(await isVerified(ayu)).toBe(false);
      const [row] = await service.sql('SELECT * FROM user_discord_connections WHERE user_id = $1', [ayu.id]);
      expect(row).toMatchObject({ access_token: null, refresh_token: null, expires_at: null });

      await service.discord.accept(await codeOf(ayu), ayu.discordId);
      await reaches(ayu, 'joined', 'USED_INVITE');
      expect(await rolesOf(ayu)).toEqual([room.roleId]);
    });

    it('is invited, without an add call, when the token had run out and cannot be refreshed', async () => {
      const ayu = await linked();
      await service.discord.revokeGrant(ayu.discordId);
      await letTokenRunOut(ayu);
      const calls = await callsToEnroll(ayu, 'invited', 'INVITE_OPEN');
      expect(calls.filter((call) => call.startsWith(ADD))).toEqual([]);
      expect(calls.filter((call) => call.startsWith(REFRESH))).toEqual([`${REFRESH} 400`]);
      expect(await isVerified(ayu)).toBe(false);
      await service.discord.accept(await codeOf(ayu), ayu.discordId);
      await reaches(ayu, 'joined', 'USED_INVITE');
    });

    it('is invited to the next course with no attempt at all', async () => {
      const ayu = await linked();
      await service.discord.revokeGrant(ayu.discordId);
      await service.enroll(ayu.id, room.courseId);
      await reaches(ayu, 'invited', 'INVITE_OPEN');
      const second = await service.createCourse('Algebra II', room.instructorId);
      const guild = await service.discord.createGuild('Second server', room.instructorDiscordId);
      await service.discord.addBot(guild.id);
      await configure(service, room.instructorToken, { courseId: second, guildId: guild.id });
      await service.rest();
      await service.discord.clearRequests();
      await service.enroll(ayu.id, second);
      await service.reaches(ayu.id, second, 'invited', 'INVITE_OPEN');
      const calls = await service.discord.calls();
      expect(calls.filter((call) => call.startsWith(ADD) || call.startsWith(REFRESH))).toEqual([]);
    });

    it('reads of the invite, as long as it is open and afterwards, and of the connection that it is revoked', async () => {
      const ayu = await linked();
      await service.discord.revokeGrant(ayu.discordId);
      await service.enroll(ayu.id, room.courseId);
      await reaches(ayu, 'invited', 'INVITE_OPEN');
      const shown = () => service.shown(ayu.token, ayu.id, room.courseId);
      expect(await shown()).toMatchObject({ status: 'INVITED', reason: 'INVITE_OPEN', nextStep: 'OPEN_INVITE' });
      expect(await isVerified(ayu)).toBe(false);

      await service.sql(
        `UPDATE discord_memberships SET invite_expires_at = now(), due_at = now(), generation = generation + 1 WHERE user_id = $1`,
        [ayu.id],
      );
      await service.sql(`SELECT graphile_worker.add_job('reconcile-guild', json_build_object('guildId', $1::text))`, [
        room.guildId,
      ]);
      await reaches(ayu, 'invited', 'INVITE_EXPIRED');
      expect(await shown()).toMatchObject({ reason: 'INVITE_EXPIRED', nextStep: 'REQUEST_NEW_INVITE' });

      const [entry] = await service.sql(
        `SELECT status, details ->> 'reason' AS reason FROM discord_log WHERE user_id = $1 AND action = 'link' ORDER BY seq DESC LIMIT 1`,
        [ayu.id],
      );
      expect(entry).toEqual({ status: 'failed', reason: 'CONNECTION_REVOKED' });
    });

    it('is added after all when they connect again', async () => {
      const ayu = await linked();
      await service.discord.revokeGrant(ayu.discordId);
      await service.enroll(ayu.id, room.courseId);
      await reaches(ayu, 'invited', 'INVITE_OPEN');
      await service.link(ayu.id, { discordUserId: ayu.discordId });
      await reaches(ayu, 'joined', 'ADDED');
      expect(await isVerified(ayu)).toBe(true);
    });

    it('costs those who are in already nothing', async () => {
      const ayu = await linked();
      await service.enroll(ayu.id, room.courseId);
      await reaches(ayu, 'joined', 'ADDED');
      await service.discord.revokeGrant(ayu.discordId);
      await letTokenRunOut(ayu);
      await service.rest();
      await service.discord.clearRequests();
      await service.sql(`UPDATE course_enrollments SET status = 'completed' WHERE user_id = $1`, [ayu.id]);
      await service.rest();
      expect(await service.discord.calls()).toEqual([]);
      expect(await service.membership(ayu.id, room.courseId)).toMatchObject({ status: 'joined', reason: 'ADDED' });
    });
  });

  describe('because their access token has run out', () => {
    async function storedTokens({ id }: Student) {
      return (
        await service.sql<{ access_token: string; refresh_token: string; left: number }>(
          `SELECT access_token, refresh_token, extract(epoch FROM expires_at - now())::int AS left
           FROM user_discord_connections WHERE user_id = $1`,
          [id],
        )
      )[0]!;
    }

    it('is added after exactly one refresh', async () => {
      const ayu = await linked();
      await letTokenRunOut(ayu);
      const before = await storedTokens(ayu);
      const calls = await callsToEnroll(ayu, 'joined', 'ADDED');
      expect(calls.filter((call) => call.startsWith(REFRESH))).toEqual([`${REFRESH} 200`]);
      expect(calls.filter((call) => call.startsWith(ADD))).toEqual([`${ADD} 201`]);
      expect(await rolesOf(ayu)).toEqual([room.roleId]);
      const after = await storedTokens(ayu);
      expect(after.left).toBeGreaterThan(6 * 24 * 3_600);
      expect(after.access_token).not.toBe(before.access_token);
      expect(after.refresh_token).not.toBe(before.refresh_token);
    });

    it('is added after exactly one refresh also when only Discord knows that it has', async () => {
      const ayu = await linked();
      await service.discord.expireToken(ayu.discordId);
      const calls = await callsToEnroll(ayu, 'joined', 'ADDED');
      expect(calls.filter((call) => call.startsWith(REFRESH))).toEqual([`${REFRESH} 200`]);
      expect(calls.filter((call) => call.startsWith(`${ADD} 201`))).toHaveLength(1);
      expect(calls.filter((call) => call.startsWith(ADD))).toHaveLength(2);
      expect(await isVerified(ayu)).toBe(true);
    });

    it('enrolls in several courses at once: still one refresh', async () => {
      const ayu = await linked();
      const second = await service.createCourse('Algebra II', room.instructorId);
      const guild = await service.discord.createGuild('Another server', room.instructorDiscordId);
      await service.discord.addBot(guild.id);
      await configure(service, room.instructorToken, { courseId: second, guildId: guild.id });
      await letTokenRunOut(ayu);
      await service.rest();
      await service.discord.clearRequests();
      await service.sql('INSERT INTO course_enrollments (user_id, course_id) VALUES ($1, $2), ($1, $3)', [
        ayu.id,
        room.courseId,
        second,
      ]);
      await reaches(ayu, 'joined', 'ADDED');
      await service.reaches(ayu.id, second, 'joined', 'ADDED');
      expect((await service.discord.calls()).filter((call) => call.startsWith(REFRESH))).toEqual([`${REFRESH} 200`]);
    });
  });

  describe('because the course invites by hand', () => {
    it('waits, and comes in when staff invites or the student asks', async () => {
      const quiet = await classroom(service, 'Calculus', { autoInvite: false });
      const students = [await linked(), await linked()] as const;
      await service.rest();
      await service.discord.clearRequests();
      for (const { id } of students) await service.enroll(id, quiet.courseId);
      for (const { id } of students) await service.reaches(id, quiet.courseId, 'pending', 'NOT_INVITED');
      await service.rest();
      expect(await service.discord.calls()).toEqual([]);

      const [first, second] = students;
      await service.query(quiet.instructorToken, INVITE, { userId: first.id, courseId: quiet.courseId });
      await service.reaches(first.id, quiet.courseId, 'joined', 'ADDED');
      expect(await service.shown(second.token, second.id, quiet.courseId)).toMatchObject({ nextStep: 'JOIN' });
      await service.query(second.token, REJOIN, { courseId: quiet.courseId });
      await service.reaches(second.id, quiet.courseId, 'joined', 'ADDED');
    });
  });
});
