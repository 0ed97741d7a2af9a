import { type Classroom, classroom } from '../test/e2e/support/service';
import { onItsOwnStand, table, until } from './stand';

/**
 * Onboarding a thousand students into 25 servers while Discord enforces its limits: how much of what they allow is used,
 * from the commit of the enrollments to the last one's being in. Run by `npm run bench:onboarding`.
 */
const STUDENTS = 1_000;
const SERVERS = 25;
const GLOBAL_PER_SECOND = 50;
const ADDS = { limit: 10, windowMs: 10_000 };
/** What has to be used at least. */
const PROMISE = 0.9;

/**
 * The shortest time in which the limits allow it, seconds. Every server's windows begin with its first add, at best all at
 * once; those adds that are left for the last windows are then as many as the limit of all calls lets through, which
 * allows the first of them at once.
 */
function shortest(): number {
  const perServer = STUDENTS / SERVERS;
  const windows = Math.ceil(perServer / ADDS.limit);
  const inTheLast = SERVERS * (perServer - (windows - 1) * ADDS.limit);
  return ((windows - 1) * ADDS.windowMs) / 1_000 + (Math.ceil(inTheLast / GLOBAL_PER_SECOND) - 1);
}

void onItsOwnStand(
  async (service) => {
    await service.upAsProcess();
    const rooms: Classroom[] = [];
    for (let index = 1; index <= SERVERS; index += 1) rooms.push(await classroom(service, `Course ${index}`));
    const students = await service.crowd(STUDENTS);
    await service.rest(60_000);

    await service.discord.limits({
      enforce: true,
      globalPerSecond: GLOBAL_PER_SECOND,
      buckets: { 'PUT /guilds/:id/members/:id': ADDS },
    });
    await service.discord.clearRequests();
    await service.sql(
      'INSERT INTO course_enrollments (user_id, course_id) SELECT * FROM unnest($1::uuid[], $2::uuid[])',
      [students.map(({ userId }) => userId), students.map((_, index) => rooms[index % SERVERS]?.courseId)],
    );
    const committedAt = Date.now();
    await until(async () => {
      const [row] = await service.sql<{ joined: number }>(
        `SELECT count(*)::int AS joined FROM discord_memberships WHERE status = 'joined'`,
      );
      return row?.joined === STUDENTS;
    }, 300_000);

    const calls = await service.discord.requests();
    const adds = calls.filter(({ method, route }) => `${method} ${route}` === 'PUT /guilds/:id/members/:id');
    const times = adds.filter(({ status }) => status === 201).map(({ at }) => Date.parse(at));
    const took = (Math.max(...times) - committedAt) / 1_000;
    const refused = calls.filter(({ status }) => status === 429).length;
    const { peakPerSecond } = await service.discord.summary();
    const used = shortest() / took;
    console.log(
      table(
        ['students', 'servers', 'adds', 'other calls', '429', 'peak/s', 'seconds', 'at best', 'used'],
        [
          [
            STUDENTS,
            SERVERS,
            adds.length,
            calls.length - adds.length,
            refused,
            peakPerSecond,
            took.toFixed(1),
            shortest(),
            used.toFixed(2),
          ],
        ],
      ),
    );
    return refused === 0 && used >= PROMISE && times.length === STUDENTS;
  },
  { started: false },
);
