import { Logger } from '@nestjs/common';
import { TokenVault } from '../../src/auth/token-vault';
import { type ProcessRole } from '../../src/config/config';
import { type Classroom, classroom, eventually, Service } from './support/service';

const ADD = 'PUT /guilds/:id/members/:id';
const KICK = 'DELETE /guilds/:id/members/:id';
const TOKEN = 'POST /oauth2/token';
const SYNC = 'mutation ($courseId: UUID!) { syncCourse(courseId: $courseId) { id } }';
/** What Discord does that its documentation mentions in passing, or not at all. */
describe('Discord bites:', () => {
  let service: Service;
  let room: Classroom;

  beforeAll(async () => {
    service = await Service.start();
    room = await classroom(service, 'Algebra');
  }, 30_000);
  afterEach(() => service.discord.noFaults());
  afterAll(() => service.close());

  async function student(): Promise<{ userId: string; account: string }> {
    const [one] = await service.students(1);
    await service.rest();
    await service.discord.clearRequests();
    return one!;
  }

  /** Enrolled, in the server by us, with the role. */
  async function member(): Promise<{ userId: string; account: string }> {
    const one = await student();
    await service.enroll(one.userId, room.courseId);
    await service.reaches(one.userId, room.courseId, 'joined', 'ADDED');
    await service.rest();
    await service.discord.clearRequests();
    return one;
  }

  const callsTo = async (route: string, account?: string) =>
    (await service.discord.calls(account)).filter((call) => call.startsWith(`${route} `));
  const roles = async (account: string) => (await service.discord.member(room.guildId, account))?.roles;
  const sync = () => service.query(room.instructorToken, SYNC, { courseId: room.courseId });

  it('a bot token that is revoked and given back stops the work of all servers at one alarm, and the work goes on by itself', async () => {
    const rooms = [room];
    for (const title of ['Biology', 'Chemistry', 'Grammar', 'History']) rooms.push(await classroom(service, title));
    const students = await service.students(20);
    const classes = rooms.map((where, index) => ({ room: where, students: students.slice(index * 4, index * 4 + 4) }));
    await service.quiet();
    await service.discord.clearRequests();
    const alarms: unknown[] = [];
    const spy = jest
      .spyOn(Logger.prototype, 'error')
      .mockImplementation((message: unknown) => void alarms.push(message));
    const { botToken } = service.sandbox.application;
    await service.discord.resetBotToken();
    await service.sql(
      'INSERT INTO course_enrollments (user_id, course_id) SELECT * FROM unnest($1::uuid[], $2::uuid[])',
      [
        students.map(({ userId }) => userId),
        classes.flatMap(({ room: { courseId }, students: some }) => some.map(() => courseId)),
      ],
    );
    await eventually(async () =>
      expect((await service.health()).parts['discord-rest']).toMatchObject({
        up: false,
        message: expect.stringContaining('Check DISCORD_BOT_TOKEN') as string,
      }),
    );
    await service.marked();
    for (let index = 0; index < 5; index += 1)
      for (const { instructorToken, courseId } of rooms) await service.query(instructorToken, SYNC, { courseId });
    await eventually(async () => expect((await refusedCalls()).probes.length).toBeGreaterThanOrEqual(1), 40_000);
    const { underWay, probes, others } = await refusedCalls();
    expect(others).toEqual([]);
    // One of each server, and the gateway's.
    expect(underWay.length).toBeLessThanOrEqual(rooms.length + 1);
    for (const [index, at] of probes.entries())
      expect(at - (probes[index - 1] ?? underWay.at(-1)!)).toBeGreaterThan(9_900);
    for (const { room: where, students: some } of classes)
      for (const { userId, account } of some) {
        expect(await service.membership(userId, where.courseId)).toMatchObject({ status: 'pending' });
        expect(await service.discord.member(where.guildId, account)).toBeUndefined();
      }

    await service.discord.resetBotToken(botToken);
    for (const { room: where, students: some } of classes)
      for (const { userId } of some) await service.reaches(userId, where.courseId, 'joined', 'ADDED', 40_000);
    expect(alarms.filter((message) => /all work stops/.test(String(message)))).toHaveLength(1);
    spy.mockRestore();
    await service.rest();
    await eventually(async () => expect((await service.health()).parts['discord-gateway']?.up).toBe(true), 40_000);
  }, 180_000);

  /** When the calls since the token was revoked arrived, milliseconds: until the first refusal was heard, and later. */
  async function refusedCalls(): Promise<{ underWay: number[]; probes: number[]; others: string[] }> {
    const requests = await service.discord.requests();
    const times = requests.filter(({ status }) => status === 401).map(({ at }) => Date.parse(at));
    const heard = Math.min(...times) + 1_000;
    return {
      underWay: times.filter((at) => at <= heard).toSorted((one, other) => one - other),
      probes: times.filter((at) => at > heard).toSorted((one, other) => one - other),
      others: requests
        .filter(({ status }) => status !== 401)
        .map(({ method, route, status }) => `${method} ${route} ${status}`),
    };
  }

  it('an add that is answered 204 applies no role and sends no event: the role is given by a call of its own', async () => {
    const { userId, account } = await student();
    await service.discord.gateway(false);
    await service.discord.disconnect({ resumable: false });
    await service.discord.join(room.guildId, account);
    await service.enroll(userId, room.courseId);
    await service.reaches(userId, room.courseId, 'joined', 'ALREADY_MEMBER');
    expect(await callsTo(ADD, account)).toEqual([`${ADD} 204`]);
    expect(await callsTo('PUT /guilds/:id/members/:id/roles/:id', account)).toHaveLength(1);
    expect(await roles(account)).toEqual([room.roleId]);
    await service.discord.gateway(true);
    await service.listens();
    await service.rest();
  }, 30_000);

  it('a refresh token is good for one use: processes that need it at the same moment spend it once', async () => {
    const students = await service.students(4);
    const others = [await classroom(service, 'Logic'), await classroom(service, 'Physics')];
    for (const { account } of students) await service.discord.expireToken(account);
    await service.sql('UPDATE user_discord_connections SET expires_at = now() WHERE discord_user_id = ANY ($1)', [
      students.map(({ account }) => account),
    ]);
    await service.rest();
    await service.discord.clearRequests();
    await service.discord.faults([{ route: '/oauth2/token', delayMs: 1_000 }]);
    const second = service.process({ roles: new Set<ProcessRole>(['worker']) });
    await second.prints(/listening/);
    // Each process has a server, and both need the tokens of the same students.
    await service.sql(
      'INSERT INTO course_enrollments (user_id, course_id) SELECT u, c FROM unnest($1::uuid[]) u, unnest($2::uuid[]) c',
      [students.map(({ userId }) => userId), [room, ...others].map(({ courseId }) => courseId)],
    );
    for (const { userId } of students)
      for (const { courseId } of [room, ...others]) await service.reaches(userId, courseId, 'joined', 'ADDED', 30_000);
    expect(await callsTo(TOKEN)).toEqual(students.map(() => `${TOKEN} 200`));
    await second.stop('SIGTERM');
  }, 60_000);

  it('a token of somebody else is refused (50025): it is refreshed once, then the student is invited, and it is not tried again', async () => {
    const [own, foreign] = await service.students(2);
    const vault = new TokenVault(service.config);
    const grant = await service.discord.grant(foreign!.account, ['identify', 'guilds.join']);
    await service.sql('UPDATE user_discord_connections SET access_token = $2, refresh_token = $3 WHERE user_id = $1', [
      own!.userId,
      await vault.encrypt(own!.userId, grant.access_token),
      await vault.encrypt(own!.userId, grant.refresh_token),
    ]);
    await service.rest();
    await service.discord.clearRequests();
    await service.enroll(own!.userId, room.courseId);
    await service.reaches(own!.userId, room.courseId, 'invited', 'INVITE_OPEN');
    expect(await callsTo(ADD, own!.account)).toEqual([`${ADD} 403`, `${ADD} 403`]);
    expect(await callsTo(TOKEN)).toHaveLength(1);
    await service.discord.clearRequests();
    await sync();
    await service.rest();
    expect(await callsTo(ADD)).toEqual([]);
    expect(await service.discord.member(room.guildId, foreign!.account)).toBeUndefined();
  }, 30_000);

  it('a server that is unavailable has not thrown the bot out; one that is gone without that word has', async () => {
    const other = await classroom(service, 'Botany');
    const { userId } = await member();
    const health = async ({ instructorToken, configId }: Classroom) => {
      const { serverConfig } = await service.query<{ serverConfig: { health: string } }>(
        instructorToken,
        'query ($id: UUID!) { serverConfig(id: $id) { health } }',
        { id: configId },
      );
      return serverConfig.health;
    };
    await service.quiet();
    await service.discord.clearRequests();
    await service.discord.outage(room.guildId, true);
    await service.discord.removeBot(other.guildId);
    await eventually(async () => expect(await health(other)).toBe('UNREACHABLE'), 20_000);
    // Told first, this server would have been looked at by now as well.
    await service.rest();
    expect((await service.discord.requests()).filter(({ path }) => path.includes(room.guildId))).toEqual([]);
    expect(await health(room)).toBe('HEALTHY');
    expect(await service.membership(userId, room.courseId)).toMatchObject({ status: 'joined' });
    await service.discord.outage(room.guildId, false);

    await service.discord.removeBot(room.guildId);
    await eventually(async () => expect(await health(room)).toBe('UNREACHABLE'), 20_000);
    expect(await service.membership(userId, room.courseId)).toMatchObject({ status: 'joined' });
    await service.discord.addBot(room.guildId);
    await eventually(async () => expect(await health(room)).toBe('HEALTHY'), 20_000);
  }, 60_000);

  it('all members may be asked for by the gateway once in half a minute: a comparison lists them by REST, as often as it likes', async () => {
    const { userId, account } = await member();
    for (let times = 0; times < 4; times += 1) {
      await service.discord.gateway(false);
      await service.discord.disconnect({ resumable: false });
      await service.discord.join(room.guildId, account, []);
      await service.discord.gateway(true);
      await service.listens();
      await sync();
      await eventually(async () => expect(await roles(account)).toEqual([room.roleId]), 20_000);
    }
    const lists = (await service.discord.requests()).filter(
      ({ method, route, path, status }) =>
        `${method} ${route} ${status}` === 'GET /guilds/:id/members 200' && path.includes(room.guildId),
    );
    expect(lists.length).toBeGreaterThanOrEqual(4);
    // Op 8: Request Guild Members.
    expect((await service.discord.received()).payloads['8']).toBeUndefined();
    expect(await service.membership(userId, room.courseId)).toMatchObject({ status: 'joined' });
  }, 90_000);

  it('a newcomer is pending until the screening is passed, and where the course waits for it the role comes after', async () => {
    const screened = await classroom(service, 'Geometry', { roleAfterScreening: true });
    await service.discord.screening(screened.guildId, true);
    const { userId, account } = await student();
    const rolesThere = async () => (await service.discord.member(screened.guildId, account))?.roles;
    await service.enroll(userId, screened.courseId);
    await service.reaches(userId, screened.courseId, 'joined', 'SCREENING_PENDING');
    expect(await rolesThere()).toEqual([]);
    await service.discord.passScreening(screened.guildId, account);
    await service.reaches(userId, screened.courseId, 'joined', 'ADDED');
    expect(await rolesThere()).toEqual([screened.roleId]);
  }, 30_000);

  it('a role above the bot cannot be given (403, 50013): the server waits at one refused call, until the role is below it again', async () => {
    const high = await classroom(service, 'Calculus');
    const [ayu, budi] = [await student(), await student()];
    await service.quiet();
    // The refusal itself tells of it: neither the gateway does, nor a look at the server of just now.
    await service.discord.untold(() => service.discord.addBot(high.guildId, { position: 1 }));
    await service.sql(`UPDATE discord_guilds SET checked_at = now() - interval '1 hour' WHERE guild_id = $1`, [
      high.guildId,
    ]);
    await service.discord.clearRequests();
    for (const { userId } of [ayu, budi]) await service.enroll(userId, high.courseId);
    await eventually(async () => {
      for (const { userId } of [ayu, budi])
        expect(await service.membership(userId, high.courseId)).toMatchObject({ reason: 'SERVER_NOT_READY' });
    }, 20_000);
    await service.rest();
    expect(await callsTo(ADD)).toEqual([`${ADD} 403`]);
    await service.discord.addBot(high.guildId, { position: 99 });
    for (const { userId } of [ayu, budi]) await service.reaches(userId, high.courseId, 'joined', 'ADDED', 20_000);
  }, 60_000);

  it.each([
    ['of the bot', { retry_after: 0.3, global: false }],
    ['of everybody', { retry_after: 0.3, global: true }],
    ['longer than anybody waits', { retry_after: 6, global: false }],
  ])(
    'a 429 %s is waited for, and nothing is lost',
    async (_whose, body) => {
      const { userId, account } = await student();
      await service.discord.faults([{ route: ADD, userId: account, status: 429, body, times: 1 }]);
      await service.enroll(userId, room.courseId);
      await service.reaches(userId, room.courseId, 'joined', 'ADDED', 20_000);
      expect(await callsTo(ADD, account)).toEqual([`${ADD} 429`, `${ADD} 201`]);
    },
    40_000,
  );

  it.each([
    ['204', { status: 204 }],
    ['404', { status: 404, code: 10_007 }],
  ])(
    'somebody who is gone already is removed with %s: that is done, not failed',
    async (_answer, fault) => {
      const { userId, account } = await member();
      await service.discord.faults([{ route: KICK, userId: account, ...fault }]);
      await service.unenroll(userId, room.courseId);
      await service.reaches(userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
      await service.rest();
      expect(await callsTo(KICK, account)).toHaveLength(1);
      await service.aDayPasses();
    },
    30_000,
  );

  it.each([
    ['limited by Discord in joining', 340_015, 'JOINING_LIMITED'],
    ['in as many servers as Discord allows', 30_001, 'GUILD_LIMIT_REACHED'],
    ['banned', 40_007, 'BANNED'],
  ])(
    'a student who is %s (%s) gets no invite, which would not help, and costs nothing more',
    async (_who, code, reason) => {
      const { userId, account } = await student();
      await service.discord.faults([{ route: ADD, userId: account, code }]);
      await service.enroll(userId, room.courseId);
      await service.reaches(userId, room.courseId, 'pending', reason);
      expect(await callsTo(ADD, account)).toHaveLength(1);
      expect(await callsTo('POST /channels/:id/invites')).toEqual([]);
      expect((await service.membership(userId, room.courseId))?.invite_link).toBeNull();
      const log = await service.sql('SELECT 1 FROM discord_log WHERE user_id = $1 AND membership_id IS NOT NULL', [
        userId,
      ]);
      await service.discord.clearRequests();
      await sync();
      await service.rest();
      expect(await service.discord.calls(account)).toEqual([]);
      expect(
        await service.sql('SELECT 1 FROM discord_log WHERE user_id = $1 AND membership_id IS NOT NULL', [userId]),
      ).toEqual(log);
    },
    30_000,
  );

  // Booting while Discord is down: see "while Discord is down" in downtime.spec.ts. That nobody is fetched by the gateway:
  // large-server.spec.ts. Limits that several share: discord-limits.spec.ts. Servers that come and go: discord-events.spec.ts.
});
