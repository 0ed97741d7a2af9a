import { randomUUID } from 'node:crypto';
import { type Server } from 'node:http';
import { type Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import { type ProcessRole } from '../../src/config/config';
import { UNSENT_BYTES } from '../../src/graphql/subscription-socket';
import { eventually, Service } from './support/service';
import { Stream } from './support/stream';

const OWN = 'http://127.0.0.1:3000';
/** More than the two kernels keep for a client that does not read. */
const ENTRIES = 2_000;
const ENTRY_BYTES = 20_000;
/** Long enough for a machine that has little time for us. */
const PATIENCE = 90_000;

const LOG = 'subscription ($after: String) { auditLogAppended(after: $after) { seq details } }';

interface Entry {
  readonly auditLogAppended: { readonly seq: string };
}

let service: Service;
let adminToken: string;
/** The service's ends of all connections, and the most that each had to keep because its client did not take it. */
const unsent = new Map<Socket, number>();
let watch: NodeJS.Timeout;
let logged: jest.SpyInstance;

beforeAll(async () => {
  service = await Service.start({ config: { roles: new Set<ProcessRole>(['api']) } });
  adminToken = await service.token(randomUUID(), 'admin');
  (service.nest.getHttpServer() as Server).on('upgrade', (_request, socket: Socket) => unsent.set(socket, 0));
  watch = setInterval(() => {
    for (const [socket, most] of unsent) unsent.set(socket, Math.max(most, socket.writableLength));
  }, 2);
}, PATIENCE);
afterAll(async () => {
  clearInterval(watch);
  await service.close();
});
beforeEach(() => {
  unsent.clear();
  logged = jest.spyOn(Logger.prototype, 'log');
});
afterEach(() => logged.mockRestore());

const log = (token: string, after: string, url = service.url) => Stream.open<Entry>(url, token, LOG, { after });
const seqs = ({ received }: Stream<Entry>) => received.map(({ auditLogAppended }) => auditLogAppended.seq);

async function write(entries: number, bytes: number): Promise<void> {
  await service.sql(
    `INSERT INTO discord_integration_logs (action, status, details)
     SELECT 'sync', 'success', json_build_object('text', repeat('x', $2)) FROM generate_series(1, $1)`,
    [entries, bytes],
  );
}

async function end(): Promise<string> {
  const [last] = await service.sql<{ seq: string }>('SELECT coalesce(max(seq), 0) AS seq FROM discord_log_sequence');
  return last!.seq;
}

async function arrives(stream: Stream<unknown>, count: number): Promise<void> {
  await eventually(() => {
    expect(stream.errors).toEqual([]);
    expect(stream.received.length).toBeGreaterThanOrEqual(count);
    return Promise.resolve();
  }, PATIENCE);
}

async function isClosed(stream: Stream<unknown>, code: number, reason: RegExp): Promise<void> {
  await eventually(() => {
    expect(stream.closing).toEqual({ code, reason: expect.stringMatching(reason) as string });
    return Promise.resolve();
  }, PATIENCE);
}

/** Waits until the service has given a client up, who cannot see it as long as they do not read. */
async function isGivenUp(): Promise<void> {
  await eventually(() => {
    expect(logged).toHaveBeenCalledWith(expect.stringMatching(/does not read/));
    return Promise.resolve();
  }, PATIENCE);
}

describe('A client that stops reading', () => {
  it('is disconnected and told to go on with "after", costs little memory until then, and keeps nobody else waiting', async () => {
    const before = await end();
    await write(ENTRIES, ENTRY_BYTES);
    const slow = await log(adminToken, before);
    await arrives(slow, 1);
    slow.pause();
    const quick = await log(adminToken, before);
    await arrives(quick, ENTRIES);
    await write(1, 1);
    await arrives(quick, ENTRIES + 1);

    await isGivenUp();
    for (const most of unsent.values()) expect(most).toBeLessThan(UNSENT_BYTES);
    slow.resume();
    await isClosed(slow, 4420, /"after"/);
    // What it had been sent is a beginning without a gap.
    const read = seqs(slow);
    expect(read.length).toBeLessThan(ENTRIES);
    expect(read).toEqual(seqs(quick).slice(0, read.length));
    expect(quick.closing).toBeUndefined();

    const again = await log(adminToken, read.at(-1)!);
    await arrives(again, ENTRIES + 1 - read.length);
    expect([...read, ...seqs(again)]).toEqual(seqs(quick));
    quick.close();
    again.close();
  }, 240_000);

  it('is disconnected when it asks and asks: answers do not pile up', async () => {
    const stream = await log(adminToken, await end());
    await write(1, 1);
    await arrives(stream, 1);
    stream.pause();
    await stream.ask(500, 100_000);
    await isGivenUp();
    for (const most of unsent.values()) expect(most).toBeLessThan(UNSENT_BYTES + 200_000);
    stream.resume();
    await isClosed(stream, 4420, /"after"/);
  }, 120_000);

  it('and then vanishes is no failure of the service', async () => {
    const failed = jest.spyOn(Logger.prototype, 'error');
    const before = await end();
    await write(ENTRIES, ENTRY_BYTES);
    const slow = await log(adminToken, before);
    await arrives(slow, 1);
    slow.pause();
    // The second waits until the first has left: that one fails when there is no connection any more.
    slow.send({ type: 'subscribe', id: 'two', payload: { query: LOG, variables: { after: before } } });
    const [connection] = [...unsent.keys()];
    await eventually(() => {
      expect(connection!.writableLength).toBeGreaterThan(1.5 * ENTRY_BYTES);
      return Promise.resolve();
    }, PATIENCE);
    slow.close();
    await eventually(() => {
      expect(connection!.closed).toBe(true);
      return Promise.resolve();
    }, PATIENCE);
    // Somebody else is served after that.
    const quick = await log(adminToken, before);
    await arrives(quick, 1);
    quick.close();
    expect(failed).not.toHaveBeenCalled();
    failed.mockRestore();
  }, 120_000);
});

describe('A WebSocket does not outlive', () => {
  const VIEWER = 'subscription { auditLogAppended { seq } }';

  async function signIn(userId: string): Promise<string> {
    const response = await fetch(`${service.url}/auth/session`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await service.token(userId)}` },
    });
    return response.headers.getSetCookie()[0]!.split(';')[0]!;
  }

  it('the session that opened it: signing out closes it, and none of another session', async () => {
    const userId = randomUUID();
    const [cookie, elsewhere] = [await signIn(userId), await signIn(userId)];
    const [stream, other] = await Promise.all([
      Stream.open<Entry>(service.url, { cookie, origin: OWN }, VIEWER),
      Stream.open<Entry>(service.url, { cookie: elsewhere, origin: OWN }, VIEWER),
    ]);
    const happens = () =>
      service.sql(`INSERT INTO discord_integration_logs (action, status, user_id) VALUES ('link', 'success', $1)`, [
        userId,
      ]);
    await eventually(async () => {
      await happens();
      for (const { received } of [stream, other]) expect(received.length).toBeGreaterThan(0);
    }, PATIENCE);

    const out = await fetch(`${service.url}/auth/session`, { method: 'DELETE', headers: { cookie, origin: OWN } });
    expect(out.status).toBe(204);
    await isClosed(stream, 4403, /^Your session has ended/);
    const [seen, before] = [stream.received.length, other.received.length];
    await happens();
    await arrives(other, before + 1);
    expect(stream.received).toHaveLength(seen);
    expect(other.closing).toBeUndefined();
    other.close();
  }, 120_000);

  it('the token that opened it; with a new one the client goes on where it was', async () => {
    const now = Math.floor(Date.now() / 1_000);
    const before = await end();
    await write(3, 1);
    // Ten seconds are granted for clocks that differ.
    const stream = await log(await service.token(randomUUID(), 'admin', { exp: now - 5 }), before);
    await arrives(stream, 3);
    await isClosed(stream, 4403, /^Token expired/);
    await write(2, 1);
    const again = await log(adminToken, seqs(stream).at(-1)!);
    await arrives(again, 2);
    const rows = await service.sql<{ seq: string }>('SELECT seq FROM discord_log WHERE seq > $1 ORDER BY seq', [
      before,
    ]);
    expect([...seqs(stream), ...seqs(again)]).toEqual(rows.map(({ seq }) => seq));
    again.close();
  }, 120_000);
});
