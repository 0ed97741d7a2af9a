import { Client } from 'pg';
import { Gaps } from '../../src/membership/gaps';
import { type Classroom, classroom, eventually, type Linked, Service } from './support/service';

/** Between the comparisons of two servers, milliseconds. */
const TURN = 200;

interface Run {
  readonly guildId: string;
  readonly status: string;
  readonly dueAt: Date;
  readonly startedAt: Date | null;
}

async function oneJoined(service: Service, room: Classroom): Promise<Linked> {
  const [student] = (await service.students(1)) as [Linked];
  await service.enroll(student.userId, room.courseId);
  await service.reaches(student.userId, room.courseId, 'joined', 'ADDED');
  return student;
}

/** The comparisons of whole servers, which nobody asked for by name, by server. */
function runsOf(service: Service): Promise<Run[]> {
  return service.sql<Run>(
    `SELECT guild_id AS "guildId", status, due_at AS "dueAt", started_at AS "startedAt" FROM discord_sync_runs
     WHERE course_id IS NULL AND purpose = 'SYNC' ORDER BY guild_id, created_at`,
  );
}

/** Everything is done, and no comparison that was asked for so far will be taken for one of those that follow. */
async function forgetRuns(service: Service): Promise<void> {
  await eventually(async () =>
    expect((await runsOf(service)).filter(({ status }) => ['QUEUED', 'RUNNING'].includes(status))).toEqual([]),
  );
  await service.rest();
  await service.sql('DELETE FROM discord_sync_runs');
}

describe('after a gap in the events of Discord', () => {
  let service: Service;
  const rooms: Classroom[] = [];
  const students: Linked[] = [];

  beforeAll(async () => {
    service = await Service.start();
    for (const title of ['Algebra', 'Biology', 'Chemistry', 'Drama', 'Economics', 'French']) {
      const room = await classroom(service, title);
      rooms.push(room);
      students.push(await oneJoined(service, room));
    }
  }, 60_000);
  beforeEach(() => forgetRuns(service));
  afterAll(() => service.close());

  it('every server is compared in full and its health checked, one after the other', async () => {
    await service.discord.untold(async () => {
      for (const [index, { guildId }] of rooms.entries())
        await service.discord.leave(guildId, students[index]!.account);
      await service.discord.deleteRole(rooms[5]!.guildId, rooms[5]!.roleId);
    });
    await service.discord.disconnect({ resumable: false });

    for (const [index, { courseId }] of rooms.entries())
      await service.reaches(students[index]!.userId, courseId, 'left', 'LEFT_BY_CHOICE');
    await eventually(async () => {
      const [guild] = await service.sql<{ health: string }>('SELECT health FROM discord_guilds WHERE guild_id = $1', [
        rooms[5]!.guildId,
      ]);
      expect(guild?.health).toBe('DEGRADED');
    });
    await eventually(async () =>
      expect((await runsOf(service)).map(({ status }) => status)).toEqual(rooms.map(() => 'SUCCEEDED')),
    );
    const runs = await runsOf(service);
    expect(runs.map(({ guildId }) => guildId)).toEqual(rooms.map(({ guildId }) => guildId).sort());
    const first = runs[0]!.dueAt.getTime();
    expect(runs.map(({ dueAt }) => dueAt.getTime() - first)).toEqual(rooms.map((_, index) => index * TURN));
    expect(runs.filter(({ startedAt, dueAt }) => startedAt === null || startedAt < dueAt)).toEqual([]);
  }, 40_000);

  it('who left a server while its only course was switched off has left when the course goes on again', async () => {
    const room = await classroom(service, 'History');
    const student = await oneJoined(service, room);
    const switchCourse = (on: boolean) =>
      service.sql('UPDATE discord_server_configs SET is_active = $2 WHERE id = $1', [room.configId, on]);
    await switchCourse(false);
    await forgetRuns(service);
    await service.discord.untold(() => service.discord.leave(room.guildId, student.account));
    await service.discord.disconnect({ resumable: false });
    await eventually(async () =>
      expect((await runsOf(service)).map(({ status }) => status)).toEqual(
        expect.arrayContaining(rooms.map(() => 'SUCCEEDED')),
      ),
    );
    await service.rest();

    await switchCourse(true);
    await service.reaches(student.userId, room.courseId, 'left', 'LEFT_BY_CHOICE');
    expect(await service.discord.member(room.guildId, student.account)).toBeUndefined();
  }, 40_000);

  it('who leaves unseen once a comparison has read its list is found by another one', async () => {
    const { guildId, courseId } = rooms[0]!;
    const student = await oneJoined(service, rooms[0]!);
    await forgetRuns(service);
    await service.discord.clearRequests();
    const lists = async () =>
      (await service.discord.calls()).filter((call) => call === 'GET /guilds/:id/members 200').length;
    const makeGood = () => service.nest.get(Gaps).makeGood({ guildId });

    // With the list in hand, the comparison waits here for who is enrolled.
    const stalled = new Client({ connectionString: service.database.url });
    await stalled.connect();
    await stalled.query('BEGIN');
    await stalled.query('LOCK TABLE course_enrollments IN ACCESS EXCLUSIVE MODE');
    await makeGood();
    await eventually(async () => expect(await lists()).toBe(1));
    await service.discord.untold(() => service.discord.leave(guildId, student.account));
    await makeGood();
    await stalled.end();

    await service.reaches(student.userId, courseId, 'left', 'LEFT_BY_CHOICE');
    await service.rest();
    expect((await runsOf(service)).map(({ status }) => status)).toEqual(['SUCCEEDED']);
    expect(await lists()).toBe(2);
  }, 40_000);

  it('a connection that is resumed has missed nothing, so nothing is compared', async () => {
    const room = await classroom(service, 'Geometry');
    const student = await oneJoined(service, room);
    await forgetRuns(service);
    await service.discord.disconnect({ code: 4000, resumable: true });
    await service.discord.leave(room.guildId, student.account);
    await service.reaches(student.userId, room.courseId, 'left', 'LEFT_BY_CHOICE');
    expect(await runsOf(service)).toEqual([]);
  }, 40_000);
});

describe('a bot with several connections (shards), as many as Discord recommends', () => {
  let service: Service;
  /** A server that each of the two tells of. */
  let rooms: [Classroom, Classroom];

  beforeAll(async () => {
    service = await Service.start({ started: false });
    await service.discord.recommendShards(2);
    await service.up();
    const found = new Map<number, Classroom>();
    while (found.size < 2) {
      const room = await classroom(service);
      found.set(Number((BigInt(room.guildId) >> 22n) % 2n), room);
    }
    rooms = [found.get(0)!, found.get(1)!];
  }, 60_000);
  afterAll(() => service.close());

  it('hears of every server, and is up when all of them are', async () => {
    expect((await service.discord.identifies()).map(({ shard }) => shard)).toEqual([
      [0, 2],
      [1, 2],
    ]);
    for (const room of rooms) {
      const student = await oneJoined(service, room);
      await service.discord.leave(room.guildId, student.account);
      await service.reaches(student.userId, room.courseId, 'left', 'LEFT_BY_CHOICE');
    }
  }, 40_000);

  it('compares only the servers of the connection that has missed something', async () => {
    const students = [await oneJoined(service, rooms[0]), await oneJoined(service, rooms[1])];
    await forgetRuns(service);
    await service.discord.untold(async () => {
      for (const [index, { guildId }] of rooms.entries())
        await service.discord.leave(guildId, students[index]!.account);
    });
    await service.discord.disconnect({ resumable: false, shard: 1 });
    await service.reaches(students[1]!.userId, rooms[1].courseId, 'left', 'LEFT_BY_CHOICE');
    const compared = new Set((await runsOf(service)).map(({ guildId }) => guildId));
    expect(compared).toContain(rooms[1].guildId);
    expect(compared).not.toContain(rooms[0].guildId);
  }, 40_000);
});
