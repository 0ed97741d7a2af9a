import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { type ProcessRole } from '../../src/config/config';
import { type Child } from './support/child-process';
import { type Classroom, classroom, eventually, Service } from './support/service';

const CLASS = 6;
/** Answers come when the other worker has taken over, or just before, milliseconds. */
const LATE = 9_000;
const ADD = 'PUT /guilds/:id/members/:id';
const WORKER = { roles: new Set<ProcessRole>(['worker']), logLevel: 'warn' } as const;

interface Student {
  readonly userId: string;
  readonly account: string;
}

describe('two workers', () => {
  let service: Service;
  let first: Child;
  let second: Child | undefined;

  beforeAll(async () => {
    service = await Service.start({ config: { roles: new Set<ProcessRole>(['api']) } });
    // When a lease was taken from a silent worker, and how long that worker had been silent: by the database's clock.
    await service.sql(`
      CREATE TABLE takeovers (guild_id text, silence interval);
      CREATE FUNCTION note_takeover() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
      BEGIN
        INSERT INTO public.takeovers VALUES (NEW.guild_id, NEW.heartbeat_at - OLD.heartbeat_at);
        RETURN NULL;
      END $$;
      CREATE TRIGGER takeover AFTER UPDATE OF epoch ON discord_guild_leases FOR EACH ROW
        WHEN (NOT OLD.released AND OLD.holder <> NEW.holder) EXECUTE FUNCTION note_takeover()`);
  }, 30_000);
  beforeEach(async () => {
    first = service.process(WORKER);
    await first.prints(/listening/);
  });
  afterEach(async () => {
    await service.discord.noFaults();
    await first.stop('SIGKILL');
    await second?.stop('SIGKILL');
    second = undefined;
  });
  afterAll(() => service.close());

  async function allAreIn(room: Classroom): Promise<void> {
    await eventually(async () => {
      const [row] = await service.sql(
        `SELECT count(*)::int AS count FROM discord_memberships
         WHERE course_id = $1 AND status = 'joined' AND reason = 'ADDED' AND generation = observed_generation`,
        [room.courseId],
      );
      expect(row).toEqual({ count: CLASS });
    }, 40_000);
  }

  /** Waits until the worker has written down that it is about to add these students, and not what came of it. */
  function announced(students: readonly Student[]): Promise<void> {
    return eventually(async () => {
      const rows = await service.sql(`SELECT FROM discord_memberships WHERE user_id = ANY ($1) AND attempt = 'add'`, [
        students.map(({ userId }) => userId),
      ]);
      expect(rows).toHaveLength(students.length);
    }, 20_000);
  }

  /** Everything that is written down about these courses. */
  async function writtenOf(rooms: readonly Classroom[]): Promise<object> {
    const courses = rooms.map(({ courseId }) => courseId);
    return {
      memberships: await service.sql('SELECT * FROM discord_memberships WHERE course_id = ANY ($1) ORDER BY id', [
        courses,
      ]),
      log: await service.sql('SELECT * FROM discord_log WHERE course_id = ANY ($1) ORDER BY seq', [courses]),
    };
  }

  it('one falls silent in the middle of three servers, is replaced within ten seconds, and does nothing more when it wakes', async () => {
    // What it takes to load is no part of the ten seconds.
    second = service.process(WORKER, { waits: true });
    const rooms: Classroom[] = [];
    const faults: object[] = [];
    const slow: Student[] = [];
    const enrollments: (readonly [string, string])[] = [];
    for (const fault of [
      // What it finds when it wakes: an answer, and a connection that was cut after the effect and before it.
      { delayMs: LATE },
      { delayMs: LATE, drop: 'after' },
      { delayMs: LATE, drop: 'before' },
    ]) {
      const room = await classroom(service, `Course ${rooms.length + 1}`);
      const students = await service.students(CLASS);
      faults.push({ route: ADD, userId: students[2]!.account, times: 1, ...fault });
      slow.push(students[2]!);
      rooms.push(room);
      enrollments.push(...students.map(({ userId }) => [userId, room.courseId] as const));
    }
    await service.rest();
    await service.discord.faults(faults);
    await service.sql(
      'INSERT INTO course_enrollments (user_id, course_id) SELECT * FROM unnest($1::uuid[], $2::uuid[])',
      [enrollments.map(([userId]) => userId), enrollments.map(([, courseId]) => courseId)],
    );
    await announced(slow);
    // Sent by now, or about to be: what is claimed below holds either way.
    await delay(200);
    first.signal('SIGSTOP');
    const answered = delay(LATE + 500);
    second.tell('begin\n');
    for (const room of rooms) await allAreIn(room);
    // Discord counts a call when it is answered: those of before are not to be taken for new ones.
    await answered;

    const takeovers = await service.sql<{ guild_id: string; seconds: number }>(
      'SELECT guild_id, extract(epoch FROM silence)::float AS seconds FROM takeovers',
    );
    expect(takeovers.map(({ guild_id }) => guild_id).sort()).toEqual(rooms.map(({ guildId }) => guildId).sort());
    for (const { seconds } of takeovers) {
      // Two beats are missed at the least: by then the silent one knows that it has to stop.
      expect(seconds).toBeGreaterThan(4);
      expect(seconds).toBeLessThanOrEqual(10);
    }

    const before = await writtenOf(rooms);
    await service.discord.clearRequests();
    first.signal('SIGCONT');
    for (const { guildId } of rooms) {
      await first.prints(new RegExp(`Another worker has taken over the server ${guildId}`));
    }
    await second.stop('SIGTERM');
    // It is at work again, in another server.
    const other = await classroom(service, 'Afterwards');
    const [late] = await service.students(1);
    await service.enroll(late!.userId, other.courseId);
    await service.reaches(late!.userId, other.courseId, 'joined', 'ADDED', 20_000);

    const requests = await service.discord.requests();
    for (const { guildId } of rooms) expect(requests.filter(({ path }) => path.includes(guildId))).toEqual([]);
    expect(await writtenOf(rooms)).toEqual(before);
    for (const { guildId, roleId } of rooms) {
      const { members } = await service.discord.guild(guildId);
      expect(members.filter(({ roles }) => roles.includes(roleId))).toHaveLength(CLASS);
    }
  }, 90_000);

  it('one loses its lease while it is well: what Discord answers it is not written down, and it makes no further call', async () => {
    const room = await classroom(service, 'Drawing');
    const [ayu, budi] = await service.students(2);
    await service.discord.faults([{ route: ADD, userId: ayu!.account, delayMs: 3_000, times: 1 }]);
    await service.enroll(ayu!.userId, room.courseId);
    await announced([ayu!]);
    await service.sql(
      `UPDATE discord_guild_leases SET holder = $2, epoch = epoch + 1, heartbeat_at = now() WHERE guild_id = $1`,
      [room.guildId, randomUUID()],
    );
    await service.enroll(budi!.userId, room.courseId);
    await first.prints(/Another worker has taken over the server/);
    expect(await service.membership(ayu!.userId, room.courseId)).toMatchObject({ status: 'pending', in_sync: false });
    expect(await service.discord.calls(budi!.account)).toEqual([]);

    // The other one is never heard of again: its time runs out, and nothing was lost.
    await service.sql(
      `UPDATE discord_guild_leases SET heartbeat_at = heartbeat_at - interval '1 minute' WHERE guild_id = $1`,
      [room.guildId],
    );
    await service.reaches(ayu!.userId, room.courseId, 'joined', 'ADDED', 30_000);
    await service.reaches(budi!.userId, room.courseId, 'joined', 'ADDED', 30_000);
    const adds = (await service.discord.calls(ayu!.account)).filter((call) => call.startsWith(ADD));
    expect(adds.filter((call) => call.endsWith('201'))).toHaveLength(1);
  }, 60_000);

  describe('one loses its lease', () => {
    let room: Classroom;
    let gone: Student;
    let ended: Student;

    /** One has left the server and the enrollment of another has ended, and nobody has told of either. */
    beforeEach(async () => {
      room = await classroom(service, 'Egyptian');
      const students = await service.students(3);
      [gone, ended] = [students[0]!, students[1]!];
      for (const { userId } of students) await service.enroll(userId, room.courseId);
      for (const { userId } of students) await service.reaches(userId, room.courseId, 'joined', 'ADDED', 20_000);
      // Nothing else is due there; what a worker had in hand that was killed stays its own.
      await eventually(async () => {
        const jobs = `SELECT FROM graphile_worker.jobs WHERE strpos(key, $1) > 0`;
        expect(await service.sql(jobs, [room.guildId])).toEqual([]);
      }, 20_000);
      await service.discord.leave(room.guildId, gone.account);
      await service.unseen(() => service.unenroll(ended.userId, room.courseId));
    }, 60_000);

    /** What a lease is there to protect. What a run has cost is told whoever has it. */
    const written = async () => ({
      ...(await writtenOf([room])),
      runs: await service.sql(
        'SELECT id, status, total, done, started_at, error FROM discord_sync_runs WHERE guild_id = $1 ORDER BY id',
        [room.guildId],
      ),
    });

    /**
     * The worker takes the lease for what it is asked to do, and another one has it when the first reads what it is to decide
     * about. @returns what was written before that.
     */
    async function losesIt(ask: () => Promise<unknown>): Promise<object> {
      const other = new Client({ connectionString: service.database.url });
      await other.connect();
      try {
        await other.query('BEGIN');
        // Read with every membership that is to be decided about, and before that by nobody.
        await other.query('LOCK TABLE discord_link_visits IN ACCESS EXCLUSIVE MODE');
        await ask();
        const before = await written();
        await eventually(async () => {
          const { rows } = await other.query(
            `SELECT FROM pg_locks WHERE relation = 'discord_link_visits'::regclass AND NOT granted`,
          );
          expect(rows).toHaveLength(1);
        }, 20_000);
        // Nobody takes it for silent meanwhile.
        await other.query(
          `UPDATE discord_guild_leases SET holder = $2, epoch = epoch + 1, heartbeat_at = now() + interval '1 hour' WHERE guild_id = $1`,
          [room.guildId, randomUUID()],
        );
        await other.query('COMMIT');
        await first.prints(new RegExp(`Another worker has taken over the server ${room.guildId}`));
        return before;
      } finally {
        await other.end();
      }
    }

    /** The other one is never heard of again. */
    const isSilent = () =>
      service.sql(`UPDATE discord_guild_leases SET heartbeat_at = now() - interval '1 minute' WHERE guild_id = $1`, [
        room.guildId,
      ]);

    it('during a comparison: it writes nothing, so that nobody has left, and nothing is let through or held', async () => {
      const before = await losesIt(() =>
        service.query(room.instructorToken, 'mutation ($id: UUID!) { syncCourse(courseId: $id) { id } }', {
          id: room.courseId,
        }),
      );
      expect(await written()).toEqual(before);
      expect(before).toMatchObject({ runs: [{ status: 'QUEUED' }] });

      await isSilent();
      await service.reaches(gone.userId, room.courseId, 'left', 'LEFT_BY_CHOICE', 30_000);
      await service.reaches(ended.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED', 30_000);
    }, 60_000);

    it('before the brake has looked at a removal that is due: it is neither let through nor held', async () => {
      const before = await losesIt(async () => {
        await service.sql('UPDATE discord_memberships SET due_at = now() WHERE user_id = $1', [ended.userId]);
        await service.sql(`SELECT graphile_worker.add_job('reconcile-guild', json_build_object('guildId', $1::text))`, [
          room.guildId,
        ]);
      });
      expect(await written()).toEqual(before);
      expect(before).toMatchObject({ runs: [] });

      await isSilent();
      await service.reaches(ended.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED', 30_000);
    }, 60_000);
  });
});
