import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { type LogRow } from '../../src/audit-log/log-row';
import { type MigratedDatabase, migratedDatabase } from '../support/migrated-database';
import { caller, entry, type LogProcess, numbersOf, startLogProcess, take } from './log-app';

const admin = caller(randomUUID(), 'ADMIN');
const everything = () => true;

describe('following the log', () => {
  let database: MigratedDatabase;
  let process: LogProcess;

  beforeAll(async () => {
    database = await migratedDatabase();
    process = await startLogProcess(database);
  });

  afterAll(async () => {
    await process.stop();
    await database.drop();
  });

  const follow = (options: { after?: string; visible?: (row: LogRow) => boolean } = {}) =>
    process.tail.follow({ caller: admin, visible: everything, ...options });

  /** Waits until the stream has found its beginning: from then on it is owed every entry. */
  const settled = async (): Promise<void> => sleep(200);

  const end = async (): Promise<string> => {
    const [row] = await process.database.query<{ seq: string }>(
      'SELECT coalesce(max(seq), 0) AS seq FROM discord_log_sequence',
    );
    return row!.seq;
  };

  const insertBy = (client: Client, number: number) =>
    client.query(`INSERT INTO discord_integration_logs (action, status, details) VALUES ('sync', 'success', $1)`, [
      { number },
    ]);

  it('shows an entry within a moment of its commit', async () => {
    const stream = follow();
    await settled();
    const appendedAt = Date.now();
    await process.append(entry(1));
    const [row] = await take(stream, 1);
    expect(row).toMatchObject({ action: 'sync', status: 'success', details: { number: 1 }, membershipId: null });
    expect(row?.createdAt).toBeInstanceOf(Date);
    expect(Date.now() - appendedAt).toBeLessThan(1_000);
  });

  it('gives nothing of what was there before, unless it is asked for', async () => {
    await process.append(entry(1));
    const stream = follow();
    await settled();
    await process.append(entry(2));
    expect(numbersOf(await take(stream, 1))).toEqual([2]);
  });

  it('begins after the entry that the client saw last', async () => {
    const before = await end();
    await process.append(entry(1), entry(2), entry(3));
    const [first] = await take(follow({ after: before }), 1);
    expect(numbersOf(await take(follow({ after: first!.seq }), 2))).toEqual([2, 3]);
  });

  it('lets through only what may be seen', async () => {
    const student = randomUUID();
    const before = await end();
    await process.append(entry(1), entry(2, { userId: student }), entry(3), entry(4, { userId: student }));
    const stream = follow({ after: before, visible: (row) => row.userId === student });
    expect(numbersOf(await take(stream, 2))).toEqual([2, 4]);
  });

  it.each(['-1', '1.5', '', ' 1', '0x1', '9223372036854775808', '1e3'])('refuses %j as a place in the log', (after) => {
    expect(() => follow({ after })).toThrow(/^"after" must be the seq of a log entry/);
  });

  it('shows nothing more once the token of the follower has expired', async () => {
    const before = await end();
    await process.append(entry(1));
    const stream = process.tail.follow({
      after: before,
      caller: { ...admin, expiresAt: Date.now() / 1_000 - 1 },
      visible: everything,
    });
    await expect(stream.next()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(stream.next()).resolves.toEqual({ done: true, value: undefined });
  });

  it('can be left at any moment, also while it waits for an entry that never comes', async () => {
    const stream = follow();
    const waiting = stream.next();
    await settled();
    await expect(stream.return?.()).resolves.toEqual({ done: true, value: undefined });
    await expect(waiting).resolves.toEqual({ done: true, value: undefined });
  });

  it('never lets an entry appear behind one that was already shown, whoever began first', async () => {
    const slow = new Client({ connectionString: database.logins.workerUrl });
    const quick = new Client({ connectionString: database.logins.workerUrl });
    await Promise.all([slow.connect(), quick.connect()]);
    for (const client of [slow, quick]) await client.query('SET ROLE service_role');
    try {
      const before = await end();
      const stream = follow({ after: before });

      await slow.query('BEGIN');
      await insertBy(slow, 1);
      await quick.query('BEGIN');
      await insertBy(quick, 2);
      await quick.query('COMMIT');
      const first = await stream.next();
      await slow.query('COMMIT');
      const second = await stream.next();
      await stream.return?.();

      expect(numbersOf([first.value!, second.value!])).toEqual([2, 1]);
      expect(BigInt(second.value!.seq)).toBeGreaterThan(BigInt(first.value!.seq));
      expect(numbersOf(await take(follow({ after: first.value!.seq }), 1))).toEqual([1]);
    } finally {
      await Promise.all([slow.end(), quick.end()]);
    }
  });

  describe('while 2,000 entries are appended by eight writers', () => {
    const total = 2_000;

    const appendAll = async (): Promise<void> => {
      const numbers = Array.from({ length: total }, (_, index) => index);
      const writer = async (): Promise<void> => {
        for (let number = numbers.pop(); number !== undefined; number = numbers.pop()) {
          await process.append(entry(number));
        }
      };
      await Promise.all(Array.from({ length: 8 }, writer));
    };

    const expectAllOnceInOrder = (rows: readonly LogRow[]): void => {
      expect(new Set(numbersOf(rows)).size).toBe(total);
      const places = rows.map((row) => BigInt(row.seq));
      expect(places.every((place, index) => index === 0 || place > places[index - 1]!)).toBe(true);
    };

    it('gives everybody each of them once and in order, wherever they begin and however many processes there are', async () => {
      const other = await startLogProcess(database);
      try {
        const before = await end();
        const early = [process, other].map(({ tail }) =>
          take(tail.follow({ caller: admin, visible: everything }), total),
        );
        await settled();
        const appending = appendAll();
        await sleep(150);
        // Joins in the middle: what it missed is replayed while more is coming.
        const late = take(other.tail.follow({ after: before, caller: admin, visible: everything }), total);
        await appending;
        const all = await Promise.all([...early, late]);
        for (const rows of all) expectAllOnceInOrder(rows);
        expect(all[1]).toEqual(all[0]);
        expect(all[2]).toEqual(all[0]);
      } finally {
        await other.stop();
      }
    });

    it('loses nothing when the listening connection is killed again and again', async () => {
      const stream = follow();
      const received = take(stream, total);
      await settled();
      const appending = appendAll();
      let killed = 0;
      for (let round = 0; round < 4; round += 1) {
        await sleep(150);
        const superuser = new Client({ connectionString: database.url });
        await superuser.connect();
        const { rowCount } = await superuser.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE application_name = 'anycademy-log-tail' AND datname = current_database()`,
        );
        killed += rowCount ?? 0;
        await superuser.end();
      }
      await appending;
      expectAllOnceInOrder(await received);
      expect(killed).toBeGreaterThan(0);
    });

    it('reads what a follower who stood still has missed from the table, when it is no longer kept', async () => {
      const stream = follow();
      const first = stream.next();
      await settled();
      await appendAll();
      const rows = [(await first).value!, ...(await take(stream, total - 1))];
      expectAllOnceInOrder(rows);
    });
  });
});
