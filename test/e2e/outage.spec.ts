import { rm } from 'node:fs/promises';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/database/embedded-postgres';
import { type ProcessRole } from '../../src/config/config';
import { scratchDirectory } from '../support/scratch';
import { type Classroom, classroom, eventually, Service } from './support/service';

const ADD = 'PUT /guilds/:id/members/:id';
const MEMBERS = 1_000;
/** Of those: who is enrolled and not in, who is in without the role, and whose access has ended. The others are as they should be. */
const NEWCOMERS = 100;
const ROLELESS = 50;
const ENDED = 30;
/** People in the server whom nobody has enrolled. */
const STRANGERS = 50;

/** We wait this long for an answer, and what takes too long is done this long after the call, milliseconds. */
const PATIENCE = 1_000;
const LATE = 1_300;
/** How often a rule can fire at the most: by what is left of it the local Discord tells how often it did. */
const TIMES = 100_000;
/**
 * Four calls in ten are to fail the whole time, so that of some 500 calls chance leaves no fewer than three in ten, in three
 * ways that are equally frequent: a refusal, an answer (and with it the effect) that comes after we have given up, and a
 * connection that is cut after the effect. A rule is only asked where none before it has fired.
 */
const SHARE = 0.134;
const WEATHER = [
  { status: 500, probability: SHARE },
  { delayMs: LATE, probability: SHARE / (1 - SHARE) },
  { drop: 'after', probability: SHARE / (1 - 2 * SHARE) },
].map((rule) => ({ ...rule, times: TIMES }));

const SETTINGS = { fsync: 'off', autovacuum: 'off' };

const SYNC = 'mutation ($courseId: UUID!) { syncCourse(courseId: $courseId) { id } }';
const RUN = 'query ($id: UUID!) { syncRun(id: $id) { status error total done failed } }';

interface Run {
  readonly status: string;
  readonly error: string | null;
  readonly total: number;
  readonly done: number;
  readonly failed: number;
}

describe(`a sync of ${MEMBERS.toLocaleString('en')} members while Discord fails three calls in ten and PostgreSQL is restarted`, () => {
  let directory: string;
  let postgres: EmbeddedPostgres;
  let service: Service;
  let room: Classroom;
  const usualServer = process.env['TEST_POSTGRES_URL'];

  // A cluster of this file's own, because others use the one of the run.
  beforeAll(async () => {
    directory = await scratchDirectory();
    postgres = await startEmbeddedPostgres({ dataDir: directory, settings: SETTINGS });
    process.env['TEST_POSTGRES_URL'] = postgres.url;
    service = await Service.start({ started: false });
    await service.up({
      config: {
        roles: new Set<ProcessRole>(['api', 'worker', 'cron']),
        discord: { ...service.config.discord, timeoutMs: PATIENCE },
      },
    });
    room = await classroom(service, 'Algebra');
  }, 60_000);
  afterAll(async () => {
    await service.close();
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
    process.env['TEST_POSTGRES_URL'] = usualServer;
  }, 30_000);

  async function progress(): Promise<number> {
    const rows = await service.sql<{ count: number }>(
      `SELECT count(*)::int AS count FROM discord_memberships WHERE status = 'joined' AND reason = 'ADDED'`,
    );
    return rows[0]!.count;
  }

  /** Whoever was met by the weather again and again waits minutes for the next try: those pass. */
  async function triesAgain(): Promise<void> {
    const waiting = await service.sql(
      `UPDATE discord_memberships m SET due_at = now()
       FROM (SELECT id FROM discord_memberships WHERE attempts > 0 AND due_at > now() ORDER BY id FOR UPDATE SKIP LOCKED) w
       WHERE m.id = w.id RETURNING 1`,
    );
    if (waiting.length === 0) return;
    await service.sql(
      `SELECT graphile_worker.add_job('reconcile-guild', json_build_object('guildId', $1::text), job_key => 'tries again')`,
      [room.guildId],
    );
  }

  it('everybody is in with the role, whose access ended is out, nobody else was touched, and each is counted once', async () => {
    const students = await service.students(MEMBERS);
    const ended = students.slice(0, ENDED);
    const newcomers = students.slice(ENDED, ENDED + NEWCOMERS);
    const roleless = students.slice(ENDED + NEWCOMERS, ENDED + NEWCOMERS + ROLELESS);
    const kept = students.slice(ENDED + NEWCOMERS + ROLELESS);
    const enroll = (some: typeof students) =>
      service.sql('INSERT INTO course_enrollments (user_id, course_id) SELECT unnest($1::uuid[]), $2', [
        some.map(({ userId }) => userId),
        room.courseId,
      ]);
    const sync = async () => {
      const { syncCourse } = await service.query<{ syncCourse: { id: string }[] }>(room.instructorToken, SYNC, {
        courseId: room.courseId,
      });
      return syncCourse[0]!.id;
    };
    const succeeded = async (id: string, total: number) => {
      const { syncRun } = await service.query<{ syncRun: Run }>(room.instructorToken, RUN, { id });
      // Whoever was met by the weather three times does not hold the run up; they come out right afterwards all the same.
      const { done, failed, ...rest } = syncRun;
      expect({ ...rest, settled: done + failed }).toEqual({ status: 'SUCCEEDED', error: null, total, settled: total });
      expect(failed).toBeLessThan(total / 20);
    };
    const accountsOf = (some: typeof students) => some.map(({ account }) => account);

    await enroll(ended);
    await eventually(async () => expect(await progress()).toBe(ENDED), 30_000);
    await service.discord.joinAll(room.guildId, accountsOf(kept), [room.roleId]);
    await service.unseen(() => enroll(kept));
    const fair = await sync();
    await eventually(() => succeeded(fair, kept.length + ENDED), 30_000);
    await service.rest();

    // Nobody tells the service of any of this: only the sync finds it.
    const strangers = await service.discord.createUsers(STRANGERS);
    await service.discord.joinAll(room.guildId, [...strangers, ...accountsOf(roleless)]);
    await service.unseen(async () => {
      await enroll([...newcomers, ...roleless]);
      await service.sql('DELETE FROM course_enrollments WHERE user_id = ANY ($1)', [ended.map(({ userId }) => userId)]);
    });
    await service.discord.clearRequests();
    await service.discord.faults(WEATHER);
    const run = await sync();
    await eventually(async () => expect(await progress()).toBeGreaterThan(ENDED + NEWCOMERS / 4), 180_000);
    await postgres.stop();
    postgres = await startEmbeddedPostgres({ dataDir: directory, settings: SETTINGS });
    await service.databaseReturns();
    expect(await progress()).toBeLessThan(ENDED + NEWCOMERS);

    await eventually(() => succeeded(run, MEMBERS), 300_000);
    await eventually(async () => {
      await triesAgain();
      expect(
        await service.sql(
          `SELECT status, reason, count(*)::int AS count FROM discord_memberships
           WHERE generation = observed_generation AND attempt IS NULL GROUP BY 1, 2 ORDER BY 1, 2`,
        ),
      ).toEqual([
        { status: 'joined', reason: 'ADDED', count: NEWCOMERS },
        { status: 'joined', reason: 'ALREADY_MEMBER', count: MEMBERS - ENDED - NEWCOMERS },
        { status: 'removed', reason: 'ENROLLMENT_ENDED', count: ENDED },
      ]);
    }, 120_000);
    const failed = (await service.discord.faultRules()).map(({ times = 0 }) => TIMES - times);
    const calls = (await service.discord.requests()).length;
    for (const some of failed) expect(some).toBeGreaterThanOrEqual(10);
    expect(failed.reduce((sum, some) => sum + some)).toBeGreaterThanOrEqual(0.3 * calls);

    const { members } = await service.discord.guild(room.guildId);
    const holders = members.filter(({ roles }) => roles.includes(room.roleId)).map(({ userId }) => userId);
    expect(holders.sort()).toEqual([...newcomers, ...roleless, ...kept].map(({ account }) => account).sort());
    const others = members.filter(({ roles }) => !roles.includes(room.roleId)).map(({ userId }) => userId);
    const bot = service.sandbox.application.botUserId;
    expect(others.sort()).toEqual([...strangers, room.instructorDiscordId, bot].sort());

    expect(await logged('add', 'joined')).toEqual([...ended, ...newcomers].map(({ userId }) => userId).sort());
    expect(await logged('remove', 'removed')).toEqual(ended.map(({ userId }) => userId).sort());
    expect(
      await service.sql(
        'SELECT count(*)::int AS removals, count(DISTINCT membership_id)::int AS students FROM discord_removals',
      ),
    ).toEqual([{ removals: ENDED, students: ENDED }]);
    const added = (await service.discord.requests()).filter(
      ({ method, route, status }) => `${method} ${route}` === ADD && status === 201,
    );
    expect(new Set(added.map(({ path }) => path)).size).toBe(added.length);
  }, 900_000);

  /** Of whom the log tells this, once for each entry. */
  async function logged(action: string, status: string): Promise<string[]> {
    const rows = await service.sql<{ userId: string }>(
      `SELECT user_id AS "userId" FROM discord_log WHERE action = $1 AND new_status = $2 AND status = 'success'`,
      [action, status],
    );
    return rows.map(({ userId }) => userId).sort();
  }
});
