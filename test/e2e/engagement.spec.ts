import { GatewayIntentBits } from 'discord-api-types/v10';
import { Sweep } from '../../src/membership/sweep';
import { type Classroom, classroom, eventually, type Linked, Service } from './support/service';

const ACTIVE = `query ($courseId: UUID, $until: DateTime) { metrics(courseId: $courseId, until: $until) {
  weeklyActiveRate targets { metric value met } } }`;
const ALWAYS =
  GatewayIntentBits.Guilds |
  GatewayIntentBits.GuildMembers |
  GatewayIntentBits.GuildModeration |
  GatewayIntentBits.GuildInvites;

interface Day {
  readonly day: string;
  readonly guild_id: string;
  readonly user_id: string;
}

/** Who writes in a server: which member on which day, and nothing else. */
describe('how many of a class write', () => {
  let service: Service;

  beforeAll(async () => {
    service = await Service.start({ config: { engagementMetrics: true } });
  });
  afterAll(() => service.close());

  const days = () =>
    service.sql<Day>(`SELECT to_jsonb(d) - 'day' || jsonb_build_object('day', d.day::text) AS d FROM discord_active_days d
      ORDER BY day, user_id`) as Promise<unknown> as Promise<{ d: Day }[]>;
  const daysOf = async ({ userId }: Linked) =>
    (await days()).map(({ d }) => d).filter(({ user_id: id }) => id === userId);
  const today = () => new Date().toISOString().slice(0, 10);
  const write = ({ channelId }: Classroom, account: string, content = 'Hello') =>
    service.discord.write(channelId, account, content);

  async function rate(room: Classroom, variables: object = {}, token = room.instructorToken) {
    const { metrics } = await service.query<{ metrics: { weeklyActiveRate: number | null } }>(token, ACTIVE, {
      courseId: room.courseId,
      ...variables,
    });
    return metrics.weeklyActiveRate;
  }

  async function joined(room: Classroom, count: number): Promise<Linked[]> {
    const students = await service.students(count);
    for (const { userId } of students) await service.enroll(userId, room.courseId);
    for (const { userId } of students) await service.reaches(userId, room.courseId, 'joined', 'ADDED');
    await service.rest();
    return students;
  }

  it('is a share of those who are in: of everybody else nothing is written down, nor what was written', async () => {
    const room = await classroom(service, 'Algebra');
    const [ayu, budi] = (await joined(room, 4)) as [Linked, Linked];
    expect(await rate(room)).toBe(0);

    const stranger = (await service.discord.createUser('stranger')).id;
    await service.discord.join(room.guildId, stranger);
    await write(room, stranger);
    await write(room, room.instructorDiscordId, 'Welcome, all of you');
    for (const content of ['A secret', 'and another']) await write(room, ayu.account, content);
    await write(room, budi.account);
    await eventually(async () => expect(await rate(room)).toBe(0.5));
    expect((await days()).map(({ d }) => d)).toEqual(
      [ayu, budi]
        .map(({ userId }) => ({ day: today(), guild_id: room.guildId, user_id: userId }))
        .sort((a, b) => (a.user_id < b.user_id ? -1 : 1)),
    );
    const { metrics } = await service.query<{ metrics: { targets: object[] } }>(room.instructorToken, ACTIVE, {
      courseId: room.courseId,
    });
    expect(metrics.targets).toContainEqual({ metric: 'weeklyActiveRate', value: 0.5, met: true });
  });

  it('counts the last seven days, of the courses that the viewer teaches', async () => {
    const room = await classroom(service, 'Physics');
    const [ayu] = (await joined(room, 2)) as [Linked];
    await write(room, ayu.account);
    await eventually(async () => expect(await rate(room)).toBe(0.5));
    const back = (count: number) =>
      service.sql('UPDATE discord_active_days SET day = $2::date - $3::int WHERE user_id = $1', [
        ayu.userId,
        today(),
        count,
      ]);
    await back(6);
    expect(await rate(room)).toBe(0.5);
    await back(7);
    expect(await rate(room)).toBe(0);
    // Somebody else's instructor sees of it nothing.
    const other = await classroom(service, 'Poetry');
    expect(await rate(other)).toBe(0);
    await expect(rate(room, {}, other.instructorToken)).rejects.toThrow('There is no such course');
  });

  it('cannot be told of a time of which nothing is kept any more', async () => {
    const room = await classroom(service, 'History');
    const daysAgo = (count: number) => new Date(Date.now() - count * 86_400_000).toISOString();
    expect(await rate(room, { until: daysAgo(20) })).toBe(0);
    expect(await rate(room, { until: daysAgo(40) })).toBeNull();
  });

  it('is known for 35 days, seen by oneself alone, and erased with everything else', async () => {
    const room = await classroom(service, 'Chemistry');
    const [ayu, budi] = (await joined(room, 2)) as [Linked, Linked];
    for (const { account } of [ayu, budi]) await write(room, account);
    await eventually(async () => expect(await rate(room)).toBe(1));
    await service.sql(
      `INSERT INTO discord_active_days (day, guild_id, user_id)
       SELECT (now() AT TIME ZONE 'UTC')::date - n, $1, $2 FROM unnest('{34,35,36}'::int[]) n`,
      [room.guildId, ayu.userId],
    );
    await service.nest.get(Sweep).sweep();
    expect((await daysOf(ayu)).map(({ day }) => day)).toEqual([
      new Date(Date.now() - 34 * 86_400_000).toISOString().slice(0, 10),
      today(),
    ]);

    const token = await service.token(ayu.userId);
    const { myDiscordData } = await service.query<{ myDiscordData: { active_days: unknown[] } }>(
      token,
      '{ myDiscordData }',
    );
    expect(myDiscordData.active_days).toContainEqual({ day: today(), guild_id: room.guildId, user_id: ayu.userId });
    expect(myDiscordData.active_days).toHaveLength(2);

    await service.query(token, 'mutation { eraseMyDiscordData }');
    expect(await daysOf(ayu)).toEqual([]);
    expect(await daysOf(budi)).toHaveLength(1);
  });

  it('asks Discord for messages only then, and never for what they say', async () => {
    const intents = async () => (await service.discord.identifies()).map((one) => one.intents);
    expect(await intents()).toEqual([ALWAYS | GatewayIntentBits.GuildMessages]);
    await service.down();
    await service.discord.clearRequests();
    await service.up({ config: { engagementMetrics: false } });
    expect(await intents()).toEqual([ALWAYS]);

    const room = await classroom(service, 'Music');
    expect(await rate(room)).toBeNull();
  }, 40_000);
});
