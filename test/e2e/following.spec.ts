import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { type ProcessRole } from '../../src/config/config';
import { type Child } from './support/child-process';
import { eventually, Service } from './support/service';
import { Stream } from './support/stream';

const GUILD = '175928847299117063';
const WRITERS = 8;
/** Long enough for a machine that has little time for us. */
const PATIENCE = 150_000;

interface Changed {
  readonly membershipChanged: { readonly seq: string; readonly membership?: { readonly id: string } };
}

const CHANGES = 'subscription ($after: String) { membershipChanged(after: $after) { seq status } }';
const FULL_CHANGES =
  'subscription ($after: String) { membershipChanged(after: $after) { seq membership { id student { id } } } }';

describe('Following what changes', () => {
  let service: Service;
  let other: { url: string; process: Child };
  let adminToken: string;
  let courseId: string;
  let membershipId: string;

  beforeAll(async () => {
    const roles = new Set<ProcessRole>(['api']);
    service = await Service.start({ config: { roles } });
    const child = service.process({ roles });
    const [, url] = await child.prints(/listening at (\S+)/);
    other = { url: url!, process: child };
    adminToken = await service.token(randomUUID(), 'admin');
    const student = await service.createUser('Ayu Lestari');
    courseId = await service.createCourse('Algebra I', await service.createUser('Rina Hartono', 'instructor'));
    const [row] = await service.sql<{ id: string }>(
      'INSERT INTO discord_memberships (user_id, course_id, guild_id) VALUES ($1, $2, $3) RETURNING id',
      [student, courseId, GUILD],
    );
    membershipId = row!.id;
  }, PATIENCE);

  afterAll(async () => {
    await other.process.stop('SIGTERM');
    await service.close();
  });

  const change = (count: number) =>
    `INSERT INTO discord_integration_logs (action, status, user_id, course_id, membership_id, new_status, reason)
     SELECT 'add', 'success', user_id, course_id, id, 'joined', 'ADDED'
     FROM discord_memberships, generate_series(1, ${count}) WHERE id = $1`;

  /** Connections of the platform, ready to write at once. */
  const connectWriters = () =>
    Promise.all(
      Array.from({ length: WRITERS }, async () => {
        const client = new Client({ connectionString: service.database.url, application_name: 'platform' });
        await client.connect();
        return client;
      }),
    );

  /** Changes of the membership, each committed by itself, by several writers at once; `each` is told how many there are. */
  async function write(writers: Client[], total: number, each: (written: number) => void): Promise<void> {
    let begun = 0;
    let written = 0;
    const work = async (client: Client): Promise<void> => {
      while (begun < total) {
        begun += 1;
        await client.query(change(1), [membershipId]);
        each((written += 1));
      }
      await client.end();
    };
    await Promise.all(writers.map(work));
  }

  async function end(): Promise<string> {
    const [last] = await service.sql<{ seq: string }>('SELECT coalesce(max(seq), 0) AS seq FROM discord_log_sequence');
    return last!.seq;
  }

  const seqs = ({ received }: Stream<Changed>) => received.map(({ membershipChanged }) => membershipChanged.seq);

  /** Waits until everything of the log after this place has arrived: once each, in its order, and nothing else. */
  async function expectAllAfter(place: string, streams: readonly Stream<Changed>[]): Promise<void> {
    const rows = await service.sql<{ seq: string }>('SELECT seq FROM discord_log WHERE seq > $1 ORDER BY seq', [place]);
    const expected = rows.map(({ seq }) => seq);
    for (const stream of streams) {
      await eventually(() => {
        expect([stream.closing, stream.errors]).toEqual([undefined, []]);
        expect(stream.received.length).toBeGreaterThanOrEqual(expected.length);
        return Promise.resolve();
      }, PATIENCE);
      expect(seqs(stream)).toEqual(expected);
      stream.close();
    }
  }

  it('misses nothing and gets nothing twice while 5,000 changes arrive during the replay, from either of two processes', async () => {
    const before = await end();
    await service.sql(change(10_000), [membershipId]);
    const writers = await connectWriters();
    const early = await Promise.all(
      [service.url, other.url].map((url) => Stream.open<Changed>(url, adminToken, CHANGES, { after: before })),
    );
    let middle: { place: string; streams: Promise<Stream<Changed>[]> } | undefined;
    let receivedAtFirst: number[] = [];
    await write(writers, 5_000, (written) => {
      if (written === 1) receivedAtFirst = early.map(({ received }) => received.length);
      if (written < 2_500 || middle) return;
      // Somebody comes back after what they received last, and others begin where the log ends.
      const place = seqs(early[0]!).at(-1) ?? before;
      middle = {
        place,
        streams: Promise.all(
          [service.url, other.url].map((url) => Stream.open<Changed>(url, adminToken, CHANGES, { after: place })),
        ),
      };
    });
    for (const count of receivedAtFirst) expect(count).toBeLessThan(10_000);
    await expectAllAfter(before, early);
    await expectAllAfter(middle!.place, await middle!.streams);
  }, 180_000);

  it('goes on when every connection to the database is cut, again and again', async () => {
    const before = await end();
    await service.sql(change(1_000), [membershipId]);
    const streams = await Promise.all(
      [service.url, other.url].map((url) => Stream.open<Changed>(url, adminToken, FULL_CHANGES, { after: before })),
    );
    const cuts: Promise<{ pid: number }[]>[] = [];
    const cut = () =>
      service.sql<{ pid: number }>(
        `SELECT pg_terminate_backend(pid), pid FROM pg_stat_activity
         WHERE datname = current_database() AND application_name LIKE 'anycademy-%'`,
      );
    await eventually(() => {
      for (const { received } of streams) expect(received.length).toBeGreaterThan(0);
      return Promise.resolve();
    }, PATIENCE);
    await write(await connectWriters(), 1_500, (written) => {
      if (written % 100 === 0) cuts.push(cut());
    });
    expect((await Promise.all(cuts)).flat().length).toBeGreaterThan(cuts.length);
    await expectAllAfter(before, streams);
  }, 400_000);

  describe('ends for an instructor with the first change after', () => {
    it.each([
      ['they were taken off the staff', 'DELETE FROM course_staff WHERE course_id = $1 AND user_id = $2'],
      [
        'the course was given to somebody else',
        'UPDATE courses SET instructor_id = gen_random_uuid() WHERE id = $1 AND instructor_id = $2',
      ],
    ])(
      '%s',
      async (_what, removal) => {
        const isStaff = removal.includes('course_staff');
        const instructor = await service.createUser('Sari Dewi', 'instructor');
        const course = await service.createCourse('Botany', isStaff ? randomUUID() : instructor);
        if (isStaff)
          await service.sql('INSERT INTO course_staff (course_id, user_id) VALUES ($1, $2)', [course, instructor]);
        const token = await service.token(instructor, 'instructor');
        const place = await end();
        const log = await Promise.all(
          [service.url, other.url].flatMap((url) =>
            [
              'subscription ($after: String) { membershipChanged(after: $after) { reason } }',
              'subscription ($after: String) { auditLogAppended(after: $after) { action } }',
            ].map((query) => Stream.open(url, token, query, { after: place })),
          ),
        );
        const happens = (userId: string, reason: string, action: string) =>
          service.sql(
            `INSERT INTO discord_integration_logs (action, status, user_id, course_id, membership_id, new_status, reason)
           VALUES ($1, 'success', $2, $3, gen_random_uuid(), 'joined', $4)`,
            [action, userId, course, reason],
          );
        const changes = ['ADDED', 'USED_INVITE'].map((reason) => ({ membershipChanged: { reason } }));
        const entries = ['ADD', 'JOIN'].map((action) => ({ auditLogAppended: { action } }));

        await happens(randomUUID(), 'ADDED', 'add');
        await eventually(() => {
          for (const { received } of log) expect(received).toHaveLength(1);
          return Promise.resolve();
        }, PATIENCE);
        await service.sql(removal, [course, instructor]);
        await happens(randomUUID(), 'QUEUED', 'invite');
        // What comes after it and concerns themselves: when that has arrived, the other will not come any more.
        await happens(instructor, 'USED_INVITE', 'join');
        await eventually(() => {
          for (const { received } of log) expect(received.length).toBeGreaterThanOrEqual(2);
          return Promise.resolve();
        }, PATIENCE);
        for (const [index, stream] of log.entries()) {
          expect(stream.errors).toEqual([]);
          expect(stream.received).toEqual(index % 2 === 0 ? changes : entries);
          stream.close();
        }
      },
      120_000,
    );
  });

  it('shows a student what becomes of their own enrollment, also its end, and never anybody else', async () => {
    const [student, neighbour] = [await service.createUser('Budi'), await service.createUser('Citra')];
    await service.enroll(student, courseId);
    const stream = await Stream.open<object>(
      service.url,
      await service.token(student),
      'subscription ($after: String) { membershipChanged(after: $after) { status } }',
      { after: await end() },
    );
    const happens = (userId: string, status: string) =>
      service.sql(
        `INSERT INTO discord_integration_logs (action, status, user_id, course_id, membership_id, new_status, reason)
         VALUES ('add', 'success', $1, $2, gen_random_uuid(), $3, 'ADDED')`,
        [userId, courseId, status],
      );
    await happens(student, 'joined');
    await happens(neighbour, 'invited');
    await service.unenroll(student, courseId);
    await happens(neighbour, 'left');
    await happens(student, 'removed');
    await eventually(() => {
      expect(stream.received.at(-1)).toEqual({ membershipChanged: { status: 'REMOVED' } });
      return Promise.resolve();
    }, PATIENCE);
    expect(stream.received).toEqual(['JOINED', 'REMOVED'].map((status) => ({ membershipChanged: { status } })));
    stream.close();
  });
});
