import { ServiceMinutes } from '../../src/metrics/service-minutes';
import { type Classroom, classroom, eventually, Service } from './support/service';

const METRICS = `query ($courseId: UUID, $since: DateTime, $until: DateTime, $bucket: MetricsBucket) {
  metrics(courseId: $courseId, since: $since, until: $until) {
    enrolledStudents connectedUsers connectionRate coursesWithServer instructorAdoptionRate activeServers invitationsSent invitationSuccessRate
    retentionRate apiCalls apiErrorRate discordUptime joinClickRate weeklyActiveRate linkAdoptionRate queueDepth timeToRoleP50 timeToRoleP95
    targets { metric target value met } series(bucket: $bucket) { at joined left removed invited errors } } }`;

interface Figures {
  readonly [name: string]: unknown;
  readonly timeToRoleP50: number | null;
  readonly apiCalls: number;
  readonly targets: { metric: string; target: number; value: number | null; met: boolean | null }[];
  readonly series: { at: string; joined: number; left: number; removed: number; invited: number; errors: number }[];
}

const SERIES = `query ($since: DateTime!, $until: DateTime!, $courseId: UUID) { metrics(since: $since, until: $until, courseId: $courseId) {
  series { at apiCalls failedCalls queueDepth timeToRoleP50 timeToRoleP95 } } }`;
const FUNNEL =
  'query ($courseId: UUID) { metrics(courseId: $courseId) { funnel { enrolled linked invited joined stayed7Days stayed30Days } } }';

describe('the metrics', () => {
  let service: Service;
  let admin: string;

  beforeAll(async () => {
    service = await Service.start({ config: { logLevel: 'error' } });
    admin = await service.token(await service.createUser('Sari Dewi', 'admin'), 'admin');
  }, 30_000);
  afterAll(() => service.close());

  async function figures(token: string, variables: object = {}): Promise<Figures> {
    return (await service.query<{ metrics: Figures }>(token, METRICS, variables)).metrics;
  }

  describe('of two courses, one of which has a server', () => {
    let room: Classroom;
    let other: { token: string; courseId: string };

    beforeAll(async () => {
      room = await classroom(service, 'Algebra I');
      const instructor = await service.createUser('Budi Santoso', 'instructor');
      other = {
        token: await service.token(instructor, 'instructor'),
        courseId: await service.createCourse('Poetry', instructor),
      };

      // Two come in, of whom one leaves; one is invited and comes; one is invited and does not; one has no account.
      const [stays, leaves] = await service.students(2);
      await service.enroll(stays!.userId, room.courseId);
      await service.enroll(leaves!.userId, room.courseId);
      await service.reaches(stays!.userId, room.courseId, 'joined', 'ADDED');
      await service.reaches(leaves!.userId, room.courseId, 'joined', 'ADDED');
      await service.discord.leave(room.guildId, leaves!.account);
      await service.reaches(leaves!.userId, room.courseId, 'left', 'LEFT_BY_CHOICE');

      const invited: { userId: string; account: string }[] = [];
      for (const name of ['Ayu Wulandari', 'Gita Maharani']) {
        const userId = await service.createUser(name);
        invited.push({ userId, account: await service.link(userId, { autoJoin: false }) });
        await service.enroll(userId, room.courseId);
        await service.reaches(userId, room.courseId, 'invited', 'INVITE_OPEN');
      }
      const [comes] = invited;
      const membership = await service.membership(comes!.userId, room.courseId);
      await service.discord.accept(membership!.invite_link!.split('/').at(-1)!, comes!.account);
      await service.reaches(comes!.userId, room.courseId, 'joined', 'USED_INVITE');

      const unlinked = await service.createUser('Hadi Susanto');
      await service.enroll(unlinked, room.courseId);
      await service.reaches(unlinked, room.courseId, 'pending', 'ACCOUNT_NOT_LINKED');
      // In both courses, and one person all the same.
      await service.enroll(stays!.userId, other.courseId);
      await service.rest();
    }, 60_000);

    it('are what can be counted by hand', async () => {
      const found = await figures(room.instructorToken, { courseId: room.courseId });
      expect(found).toMatchObject({
        enrolledStudents: 5,
        connectedUsers: 4,
        connectionRate: 0.8,
        coursesWithServer: 1,
        instructorAdoptionRate: 1,
        activeServers: 1,
        invitationsSent: 2,
        invitationSuccessRate: 0.5,
        retentionRate: 2 / 3,
        queueDepth: 0,
        weeklyActiveRate: null,
        joinClickRate: 0,
        linkAdoptionRate: 0,
      });
      expect(found.timeToRoleP50).toBeGreaterThan(0);
      expect(found.timeToRoleP50).toBeLessThan(60);
      expect(found.series.at(-1)).toMatchObject({ joined: 3, left: 1, removed: 0, invited: 2, errors: 0 });
      expect(found.targets).toContainEqual({ metric: 'connectionRate', target: 0.6, value: 0.8, met: true });
      expect(found.targets).toContainEqual({ metric: 'weeklyActiveRate', target: 0.4, value: null, met: null });
    });

    it('count everything for admins, and each person once', async () => {
      expect(await figures(admin)).toMatchObject({
        enrolledStudents: 5,
        coursesWithServer: 1,
        instructorAdoptionRate: 0.5,
        invitationsSent: 2,
      });
    });

    it('tell how far those who are enrolled have come, each person once', async () => {
      const funnel = async (token: string, courseId?: string) =>
        (await service.query<{ metrics: { funnel: object } }>(token, FUNNEL, { courseId })).metrics.funnel;
      const none = { enrolled: 0, linked: 0, invited: 0, joined: 0, stayed7Days: 0, stayed30Days: 0 };
      // Who has left was there once; whoever came in today has not stayed for a week.
      const found = { ...none, enrolled: 5, linked: 4, invited: 4, joined: 3 };
      expect(await funnel(admin)).toEqual(found);
      expect(await funnel(other.token)).toEqual({ ...none, enrolled: 1, linked: 1 });
      const longAgo = (days: number) =>
        service.sql(
          `UPDATE discord_memberships SET joined_at = now() - $1 * interval '1 day' WHERE joined_at IS NOT NULL`,
          [days],
        );
      await longAgo(8);
      expect(await funnel(room.instructorToken, room.courseId)).toEqual({ ...found, stayed7Days: 2 });
      await longAgo(30);
      expect(await funnel(room.instructorToken)).toEqual({ ...found, stayed7Days: 2, stayed30Days: 2 });
    });

    it("count an instructor's own courses only", async () => {
      expect(await figures(other.token)).toMatchObject({
        enrolledStudents: 1,
        connectedUsers: 1,
        coursesWithServer: 0,
        instructorAdoptionRate: 0,
        invitationsSent: 0,
        retentionRate: 0,
        apiCalls: 0,
      });
    });

    it('are refused to those who do not teach', async () => {
      const student = await service.token(await service.createUser('Joko Widodo'));
      await expect(service.query(student, METRICS)).rejects.toThrow(
        'Only those who teach a course may see its metrics.',
      );
      await expect(service.query(other.token, METRICS, { courseId: room.courseId })).rejects.toThrow(
        'There is no such course',
      );
      await expect(service.query(student, METRICS, { courseId: room.courseId })).rejects.toThrow(
        'There is no such course',
      );
    });

    it('count the calls for the servers of a course, and of all', async () => {
      await service.nest.get(ServiceMinutes).write(new Date());
      const [{ sent }] = (await service.sql<{ sent: number }>(
        `SELECT sum(calls)::int AS sent FROM discord_service_minutes WHERE guild_id = $1`,
        [room.guildId],
      )) as [{ sent: number }];
      const until = new Date(Date.now() + 60_000).toISOString();
      const ofCourse = await figures(room.instructorToken, { courseId: room.courseId, until });
      expect(ofCourse.apiCalls).toBe(sent);
      // Two were added, and the two invites are of this server too, though their route does not name it.
      expect(ofCourse.apiCalls).toBeGreaterThanOrEqual(4);
      expect((await figures(admin, { until })).apiCalls).toBeGreaterThan(sent);
    });
  });

  it('are refused for an empty window, and for a series without end', async () => {
    const day = (date: string) => `2026-01-${date}T00:00:00.000Z`;
    await expect(figures(admin, { since: day('02'), until: day('01') })).rejects.toThrow('must be before');
    await expect(
      figures(admin, { since: '2020-01-01T00:00:00.000Z', until: day('01'), bucket: 'HOUR' }),
    ).rejects.toThrow('the limit is 1000');
  });

  describe('over a window of the past, written down by hand', () => {
    const SINCE = '2026-06-01T00:00:00.000Z';
    const UNTIL = '2026-06-08T00:00:00.000Z';
    let token: string;
    let courseId: string;

    beforeAll(async () => {
      const instructor = await service.createUser('Rina Hartono', 'instructor');
      token = await service.token(instructor, 'instructor');
      courseId = await service.createCourse('History', instructor);
      const log = (at: string, action: string, entry: object = {}) =>
        service.sql(
          `INSERT INTO discord_integration_logs (created_at, action, status, course_id, guild_id, user_id, membership_id, previous_status, new_status, details)
           SELECT $1, $2, coalesce(r.status, 'success'), $3, '100000000000000001', r.user_id, r.user_id, r.previous, r.new, r.details
           FROM jsonb_to_record($4::jsonb) AS r(status text, user_id uuid, previous text, new text, details jsonb)`,
          [at, action, courseId, JSON.stringify(entry)],
        );
      const who = (index: number) => `00000000-0000-4000-8000-00000000000${index}`;
      // Waits of 2, 4 and 12 seconds: the median is 4, and 95 of 100 are below 11.2.
      for (const [index, seconds] of [2, 4, 12].entries()) {
        const waitedSince = new Date(Date.parse('2026-06-02T10:00:00Z') - seconds * 1_000).toISOString();
        await log('2026-06-02T10:00:00Z', 'add', {
          user_id: who(index),
          previous: 'pending',
          new: 'joined',
          details: { waitedSince },
        });
      }
      await log('2026-06-03T09:00:00Z', 'invite', {
        user_id: who(5),
        previous: 'pending',
        new: 'invited',
        details: {},
      });
      await log('2026-06-03T09:30:00Z', 'invite', { user_id: who(5), details: { revoked: true } });
      await log('2026-06-04T09:00:00Z', 'leave', { user_id: who(1), previous: 'joined', new: 'left' });
      await log('2026-06-04T23:59:59Z', 'remove', { user_id: who(2), previous: 'joined', new: 'removed', details: {} });
      await log('2026-06-05T00:00:00Z', 'error', { status: 'failed', details: { code: 0 } });
      // Outside the window, by the last and the first moment.
      await log(UNTIL, 'leave', { user_id: who(0), previous: 'joined', new: 'left' });
      await log('2026-05-31T23:59:59.999Z', 'add', {
        user_id: who(7),
        previous: 'pending',
        new: 'joined',
        details: {},
      });
    });

    it('are what was written', async () => {
      const found = await figures(token, { courseId, since: SINCE, until: UNTIL });
      expect(found).toMatchObject({
        invitationsSent: 1,
        invitationSuccessRate: 0,
        timeToRoleP50: 4,
        timeToRoleP95: 11.2,
      });
      const none = { joined: 0, left: 0, removed: 0, invited: 0, errors: 0 };
      const day = (date: string, counts: object = {}) => ({ at: `2026-06-${date}T00:00:00.000Z`, ...none, ...counts });
      expect(found.series).toEqual([
        day('01'),
        day('02', { joined: 3 }),
        day('03', { invited: 1 }),
        day('04', { left: 1, removed: 1 }),
        day('05', { errors: 1 }),
        day('06'),
        day('07'),
      ]);
      expect((await figures(token, { courseId, since: SINCE, until: UNTIL, bucket: 'WEEK' })).series).toEqual([
        day('01', { joined: 3, left: 1, removed: 1, invited: 1, errors: 1 }),
      ]);
      expect((await figures(token, { courseId, since: SINCE, until: UNTIL, bucket: 'HOUR' })).series).toHaveLength(168);
    });

    it('tell as up only the minutes that were written down as such', async () => {
      // Ten minutes: six up, one without the gateway, one in which most calls failed, two without a row.
      const minute = (index: number, ready: boolean, calls = 0, failed = 0) =>
        service.sql(
          `INSERT INTO discord_service_minutes (minute, gateway_ready, calls, failed_calls)
           VALUES ('2026-06-01T00:00:00Z'::timestamptz + $1 * interval '1 minute', $2, $3, $4)`,
          [index, ready, calls, failed],
        );
      for (const index of [0, 1, 2, 3]) await minute(index, true);
      await minute(4, true, 10, 5);
      await minute(5, true, 20, 0);
      await minute(6, false);
      await minute(7, true, 10, 6);
      await service.sql(
        `UPDATE discord_service_minutes SET waiting = 2 + extract(minute FROM minute) WHERE minute < '2026-06-01T00:02:00Z' AND guild_id = ''`,
      );
      const found = await figures(admin, { since: '2026-05-31T00:00:00.000Z', until: '2026-06-01T00:10:00.000Z' });
      expect(found).toMatchObject({ discordUptime: 0.6, apiCalls: 40, apiErrorRate: 11 / 40 });
      expect(found.targets).toContainEqual({ metric: 'discordUptime', target: 0.995, value: 0.6, met: false });

      const points = async (asker: string, of: object = {}) =>
        (
          await service.query<{ metrics: { series: object[] } }>(asker, SERIES, {
            since: SINCE,
            until: '2026-06-03T00:00:00.000Z',
            ...of,
          })
        ).metrics.series;
      const calls = { apiCalls: 40, failedCalls: 11, queueDepth: 3 };
      const none = { apiCalls: 0, failedCalls: 0, queueDepth: null };
      const quick = { timeToRoleP50: null, timeToRoleP95: null };
      const waited = { timeToRoleP50: 4, timeToRoleP95: 11.2 };
      const [first, second] = ['2026-06-01T00:00:00.000Z', '2026-06-02T00:00:00.000Z'];
      expect(await points(admin)).toEqual([
        { at: first, ...calls, ...quick },
        { at: second, ...none, ...waited },
      ]);
      // How long all queues are is nothing of a course.
      expect(await points(token, { courseId })).toEqual([
        { at: first, ...none, ...quick },
        { at: second, ...none, ...waited },
      ]);
    });
  });

  it('write down that the gateway was away', async () => {
    const ready = async () =>
      (
        await service.sql<{ gateway_ready: boolean }>(
          `SELECT gateway_ready FROM discord_service_minutes WHERE minute = '2026-05-05T05:05:00Z' AND guild_id = ''`,
        )
      )[0]?.gateway_ready;
    const at = new Date('2026-05-05T05:05:30Z');
    await service.discordVanishes();
    await eventually(async () => expect((await service.health()).parts['discord-gateway']?.up).toBe(false));
    await service.nest.get(ServiceMinutes).write(at);
    expect(await ready()).toBe(false);
    await service.discordReturns();
    await eventually(async () => expect((await service.health()).parts['discord-gateway']?.up).toBe(true), 30_000);
    await service.nest.get(ServiceMinutes).write(at);
    expect(await ready()).toBe(true);
  }, 60_000);
});
