import { setTimeout as delay } from 'node:timers/promises';
import { type ProcessRole } from '../../src/config/config';
import { seededRandom } from '../support/seeded-random';
import { type Child } from './support/child-process';
import { type Classroom, classroom, eventually, Service } from './support/service';

const ADD = 'PUT /guilds/:id/members/:id';
const SERVERS = 10;
const STUDENTS = 2_000;
/** How often a worker is killed in the middle of a batch, at most so many milliseconds after its first claim. */
const KILLS = 30;
const LONGEST_LIFE = 800;
/**
 * Every third one, which is not counted, lives until so many students more are in, so that the kills are spread over all the
 * work, and a moment more, as long as a batch takes.
 */
const PROGRESS = { least: 20, most: 80 };
const BATCH_TIME = 250;

describe(`while ${STUDENTS.toLocaleString('en')} students enroll on ${SERVERS} servers`, () => {
  let service: Service;
  let rooms: Classroom[];
  let students: { userId: string; account: string; name: string; room: Classroom }[];
  const processes: Child[] = [];
  const holders: string[] = [];

  beforeAll(async () => {
    // It hears what happens in Discord, so that the echoes of what the workers do come in before they write it down.
    service = await Service.start({ config: { roles: new Set<ProcessRole>(['api', 'bot']) } });
    rooms = [];
    for (let index = 1; index <= SERVERS; index += 1) {
      rooms.push(await classroom(service, `Course ${index}`, { welcomeMessage: 'Welcome {student}!' }));
    }
    const crowd = await service.crowd(STUDENTS);
    const routes = [ADD, 'GET /guilds/:id/members/:id', 'GET /guilds/:id', 'POST /channels/:id/messages'];
    await service.discord.limits({
      enforce: false,
      buckets: Object.fromEntries(routes.map((route) => [route, { limit: 10_000, windowMs: 1_000 }])),
    });
    students = crowd.map((student, index) => ({ ...student, room: rooms[index % SERVERS]! }));
  }, 60_000);
  afterAll(async () => {
    for (const process of processes) await process.stop('SIGKILL');
    await service.close();
  });

  /** A worker that has loaded its code and begins when it is told to. */
  function worker(...roles: ProcessRole[]): Child {
    const process = service.process(
      { roles: new Set<ProcessRole>(['worker', ...roles]) },
      { waits: true, preload: 'no-global-limit.js' },
    );
    processes.push(process);
    return process;
  }

  /** Waits until a worker that has not been seen before has taken its first server. @returns that worker's id. */
  async function firstClaim(): Promise<string> {
    for (const until = Date.now() + 30_000; Date.now() < until;) {
      const [row] = await service.sql<{ holder: string }>(
        'SELECT holder FROM discord_guild_leases WHERE holder <> ALL ($1::uuid[]) AND NOT released LIMIT 1',
        [holders],
      );
      if (row) {
        holders.push(row.holder);
        return row.holder;
      }
      await delay(5);
    }
    throw new Error('No worker has begun to work within half a minute.');
  }

  /** The calls that this worker, dead by now, has announced itself without writing down what became of them; and how many the gateway told of. */
  async function leftOpen(holder: string, begunAt: Date): Promise<{ calls: number; echoes: number }> {
    const [row] = await service.sql<{ calls: number; echoes: number }>(
      `SELECT count(*)::int AS calls, count(*) FILTER (WHERE m.is_member)::int AS echoes
       FROM discord_memberships m JOIN discord_guild_leases l USING (guild_id)
       WHERE m.attempt IS NOT NULL AND m.attempt_at >= $2 AND NOT l.released AND l.holder = $1`,
      [holder, begunAt],
    );
    return row!;
  }

  /** A worker works for a short time, or until it has brought some more students in. */
  async function lives(isShort: boolean, random: () => number): Promise<void> {
    if (isShort) return delay(random() * LONGEST_LIFE);
    const enough = (await joined()) + PROGRESS.least + random() * (PROGRESS.most - PROGRESS.least);
    await eventually(async () => expect(await joined()).toBeGreaterThan(enough), 60_000);
    await delay(random() * BATCH_TIME);
  }

  /** Some minutes later: what the dead hold is not theirs any more. */
  async function minutesLater(): Promise<void> {
    await service.sql(`UPDATE discord_guild_leases SET heartbeat_at = heartbeat_at - interval '1 minute'`);
    await service.sql(`UPDATE graphile_worker._private_jobs SET locked_at = locked_at - interval '5 minutes'`);
  }

  it(`the worker is killed ${KILLS} times in the middle of a batch: in the end all are in, and nothing was done twice`, async () => {
    const random = seededRandom('killed workers');
    for (const room of rooms) {
      await service.sql('INSERT INTO course_enrollments (user_id, course_id) SELECT unnest($1::uuid[]), $2', [
        students.filter((student) => student.room === room).map(({ userId }) => userId),
        room.courseId,
      ]);
    }

    let next = worker();
    let echoes = 0;
    for (let kills = 0, round = 1; kills < KILLS; round += 1) {
      const isShort = round % 3 > 0;
      const current = next;
      const [now] = await service.sql<{ at: Date }>('SELECT clock_timestamp() AS at');
      current.tell('begin');
      next = worker(...(kills === KILLS - 1 ? (['cron'] as const) : []));
      const holder = await firstClaim();
      await lives(isShort, random);
      await current.stop('SIGKILL');
      const open = await leftOpen(holder, now!.at);
      if (isShort && open.calls > 0) kills += 1;
      echoes += open.echoes;
      if (kills < KILLS) await minutesLater();
    }
    expect(echoes).toBeGreaterThan(0);
    expect(await joined()).toBeGreaterThan(STUDENTS / 4);
    expect(await joined()).toBeLessThan(STUDENTS);

    next.tell('begin');
    await eventually(async () => expect(await joined()).toBe(STUDENTS), 300_000);
    await minutesLater();
    await everybodyIsIn();
    await everyEntryIsThereOnce();
    await everybodyIsWelcomedOnce();
  }, 900_000);

  /** Each in their own server with its role and nowhere else, and Discord was told to add each of them once. */
  async function everybodyIsIn(): Promise<void> {
    const added = (await service.discord.requests())
      .filter(({ method, route, status }) => `${method} ${route}` === ADD && status === 201)
      .map(({ path }) => path.split('/').at(-1)!);
    expect(added).toHaveLength(STUDENTS);
    expect(added.sort()).toEqual(students.map(({ account }) => account).sort());
    for (const room of rooms) {
      const { members } = await service.discord.guild(room.guildId);
      const holders = members.filter(({ roles }) => roles.includes(room.roleId)).map(({ userId }) => userId);
      expect(holders.sort()).toEqual(accountsOf(room).sort());
      // The instructor and the bot.
      expect(members).toHaveLength(holders.length + 2);
    }
  }

  /** One entry when the membership began, and one when the student came in. */
  async function everyEntryIsThereOnce(): Promise<void> {
    const entries = await service.sql(
      `SELECT action, status, new_status, count(*)::int AS entries, count(DISTINCT membership_id)::int AS memberships
       FROM discord_log WHERE membership_id IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1`,
    );
    expect(entries).toEqual([
      { action: 'add', status: 'success', new_status: 'joined', entries: STUDENTS, memberships: STUDENTS },
      { action: 'enrollment', status: 'pending', new_status: 'pending', entries: STUDENTS, memberships: STUDENTS },
    ]);
  }

  /** The first ones right away, the rest of the class together a minute later: by name, or among "… and 100 more". */
  async function everybodyIsWelcomedOnce(): Promise<void> {
    await eventually(async () => {
      await service.sql(
        `UPDATE discord_welcomes SET sent_at = sent_at - interval '2 minutes' WHERE sent_at > now() - interval '1 minute'`,
      );
      await service.sql(
        `UPDATE graphile_worker._private_jobs SET run_at = now(), locked_at = NULL, locked_by = NULL
         WHERE run_at > now() OR locked_at < now() - interval '2 minutes'`,
      );
      // A job that was in hand at nearly every kill has used its attempts up: another one took its place.
      expect(
        await service.sql(
          `SELECT FROM discord_welcomes WHERE sent_at IS NULL UNION ALL
           SELECT FROM graphile_worker.jobs WHERE task_identifier IN ('send-welcome', 'post-welcome') AND attempts < max_attempts`,
        ),
      ).toEqual([]);
    }, 60_000);
    expect(
      await service.sql(
        'SELECT count(*)::int AS welcomes, count(DISTINCT membership_id)::int AS students FROM discord_welcomes',
      ),
    ).toEqual([{ welcomes: STUDENTS, students: STUDENTS }]);
    for (const room of rooms) {
      const { channels } = await service.discord.guild(room.guildId);
      const text = channels.flatMap(({ messages }) => messages.map(({ content }) => content)).join('\n');
      const named = [...text.matchAll(/Student \d+/g)].map(([name]) => name);
      const others = [...text.matchAll(/ and (\d+) more!/g)].reduce((sum, [, count]) => sum + Number(count), 0);
      const own = students.filter((student) => student.room === room).map(({ name }) => name);
      expect(new Set(named).size).toBe(named.length);
      expect(own).toEqual(expect.arrayContaining(named));
      expect(named.length + others).toBe(own.length);
    }
  }

  function accountsOf(room: Classroom): string[] {
    return students.filter((student) => student.room === room).map(({ account }) => account);
  }

  async function joined(): Promise<number> {
    const [row] = await service.sql<{ count: number }>(
      `SELECT count(*)::int AS count FROM discord_memberships
       WHERE status = 'joined' AND reason = 'ADDED' AND brought_in_by_us AND generation = observed_generation AND attempt IS NULL`,
    );
    return row!.count;
  }
});
