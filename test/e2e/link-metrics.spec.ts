import { METRIC_TARGETS, type ProcessRole } from '../../src/config/config';
import { classroom, Service } from './support/service';

const METRICS =
  '{ metrics { linkAdoptionRate joinClickRate queueDepth connectionRate targets { metric target value met } } }';

interface Figures {
  readonly targets: { metric: string; target: number; value: number | null; met: boolean | null }[];
}

describe('the metrics of courses with plain links, beside targets of the operator’s own', () => {
  let service: Service;

  beforeAll(async () => {
    const metricTargets = { ...METRIC_TARGETS, joinClickRate: 0.25, connectionRate: 0.9 };
    service = await Service.start({ config: { roles: new Set<ProcessRole>(['api']), metricTargets } });
  }, 30_000);
  afterAll(() => service.close());

  it('are what can be counted by hand', async () => {
    // Of three instructors two have a link, of four students one has pressed Join (twice), and of one course three wait.
    const room = await classroom(service, 'Algebra I');
    const links = [room.courseId];
    for (const name of ['Budi Santoso', 'Sari Dewi'])
      links.push(await service.createCourse(name, await service.createUser(name, 'instructor')));
    const admin = await service.token(await service.createUser('Amira', 'admin'), 'admin');
    for (const courseId of links.slice(1))
      await service.query(
        admin,
        `mutation ($id: UUID!) { setCourseDiscordLink(courseId: $id, inviteLink: "https://discord.gg/abc") { id } }`,
        { id: courseId },
      );
    const students: string[] = [];
    for (const [index, name] of ['Ayu', 'Citra', 'Dewi', 'Eka'].entries()) {
      students.push(await service.createUser(name));
      await service.enroll(students[index]!, links[1 + (index % 2)]!);
    }
    for (let press = 0; press < 2; press += 1)
      await service.query(
        await service.token(students[0]!),
        'mutation ($id: UUID!) { joinCourseDiscord(courseId: $id) { url } }',
        { id: links[1] },
      );
    for (const userId of students.slice(0, 3)) {
      await service.enroll(userId, room.courseId);
      await service.sql('INSERT INTO discord_memberships (user_id, course_id, guild_id) VALUES ($1, $2, $3)', [
        userId,
        room.courseId,
        room.guildId,
      ]);
    }

    const { metrics } = await service.query<{ metrics: Figures }>(admin, METRICS);
    expect(metrics).toMatchObject({ linkAdoptionRate: 2 / 3, joinClickRate: 0.25, queueDepth: 3, connectionRate: 0 });
    expect(metrics.targets).toEqual([
      { metric: 'connectionRate', target: 0.9, value: 0, met: false },
      { metric: 'weeklyActiveRate', target: 0.4, value: null, met: null },
      { metric: 'instructorAdoptionRate', target: 0.7, value: 1 / 3, met: false },
      { metric: 'discordUptime', target: 0.995, value: null, met: null },
      { metric: 'linkAdoptionRate', target: 0.3, value: 2 / 3, met: true },
      { metric: 'joinClickRate', target: 0.25, value: 0.25, met: true },
    ]);
  });
});

describe('the uptime of a service that began with plain links', () => {
  let service: Service;

  beforeAll(async () => {
    service = await Service.start({ started: false });
  }, 30_000);
  afterAll(() => service.close());

  it('counts from the first minute in which there was a bot', async () => {
    const admin = await service.token(await service.createUser('Sari Dewi', 'admin'), 'admin');
    const uptime = async () => {
      const { metrics } = await service.query<{ metrics: Figures }>(admin, METRICS);
      return metrics.targets.find(({ metric }) => metric === 'discordUptime');
    };
    // Each minute is written down at its end, and when the service stops.
    const minutes = () => service.sql<{ count: number }>('SELECT count(*)::int FROM discord_service_minutes');

    const discord = { ...service.config.discord, botToken: '' };
    await service.upAsProcess({ config: { discord }, waits: false });
    expect(await uptime()).toEqual({ metric: 'discordUptime', target: 0.995, value: null, met: null });
    await service.down();
    expect(await minutes()).toEqual([{ count: 0 }]);

    await service.upAsProcess();
    await service.down();
    expect(await minutes()).not.toEqual([{ count: 0 }]);
    await service.sql(`UPDATE discord_service_minutes SET minute = minute - interval '1 minute'`);
    await service.upAsProcess();
    expect((await uptime())?.value).toEqual(expect.any(Number));
  }, 60_000);
});
