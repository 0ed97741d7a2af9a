import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type WorldSnapshot } from '../../sandbox/world/snapshot';
import { contradictions } from './consistency';
import { randomFrame } from './fuzz-frames';
import { Randomness } from './fuzz-input';
import { type RandomRequest, RandomRequests } from './fuzz-requests';
import { FuzzWorld, MOST_INTENTS } from './fuzz-world';
import { type Local, startLocal } from './local';
import { RawClient } from './raw-client';

const ROUNDS = 9;
const REQUESTS_EACH = 400;
const AT_ONCE = 40;
const CONNECTIONS_EACH = 8;
const FRAMES_EACH = 20;

/** What no HTTP client would send: half a request, no Host, lengths that lie. */
const RAW_BYTES = (host: string) => [
  'nonsense\r\n\r\n',
  'GET / HTTP/1.1\r\n\r\n',
  `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nhost: ${host}\r\n\r\n`,
  `POST /api/v10/users/@me/channels HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 50\r\n\r\n{"recip`,
  `POST /sandbox/users HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 50\r\n\r\n{"user`,
  `POST /api/v10/users/@me/channels HTTP/1.1\r\nhost: ${host}\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n`,
  `GET /gateway HTTP/1.1\r\nhost: ${host}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`,
  `GET // HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`,
  `GET http://[ HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`,
  `CONNECT a:1 HTTP/1.1\r\nhost: ${host}\r\n\r\n`,
];

describe('the local Discord under nonsense', () => {
  const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  const random = new Randomness(seed);
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const statuses = new Map<number, number>();
  let folder: string;
  let local: Local;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'local-discord-fuzz-'));
    local = await startLocal({ stateFile: join(folder, 'state.json') });
  });
  afterAll(async () => {
    agent.destroy();
    await local.close();
    rmSync(folder, { recursive: true });
  });

  const send = ({ method, path, headers, body }: RandomRequest): Promise<{ status: number; text: string }> =>
    new Promise((resolve, reject) => {
      const sending = request(`${local.url}${path}`, { method, headers, agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      });
      // A connection that is cut without an answer is as wrong as a 500.
      sending.on('error', (error) =>
        reject(new Error(`${String(error)}: ${JSON.stringify({ method, path, headers })}`)),
      );
      sending.end(body);
    });

  /** Requests in groups. Returns those that Discord would not have answered so. */
  async function storm(world: FuzzWorld, requests: RandomRequests, count: number): Promise<unknown[]> {
    const failures: unknown[] = [];
    for (let sent = 0; sent < count; sent += AT_ONCE) {
      const group = Array.from({ length: AT_ONCE }, () => requests.next());
      const answers = await Promise.all(group.map(async (each) => ({ each, ...(await send(each)) })));
      for (const { each, status, text } of answers) {
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (status >= 500) failures.push([each, status, text]);
        if (status < 300) world.learn(each.path, text);
      }
    }
    return failures;
  }

  async function chatter(world: FuzzWorld, isIdentified: boolean): Promise<void> {
    const client = await RawClient.connect(local, random.pick(['', '?v=10&encoding=json']));
    if (isIdentified) {
      const shard = random.pick([undefined, undefined, [0, 1], [1, 2]]);
      client.identify(local, { intents: random.pick([0, 1, MOST_INTENTS]), shard });
      await Promise.race([client.event('READY'), client.closed]);
    }
    for (let count = 0; count < FRAMES_EACH; count += 1) client.socket.send(randomFrame(random, world));
    if (random.chance(0.5)) client.socket.close();
    else client.socket.terminate();
    await client.closed;
  }

  async function rawBytes(text: string): Promise<string> {
    const socket = connect(local.port, '127.0.0.1');
    let answer = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.end(text);
    await new Promise((resolve) => socket.once('close', resolve));
    return answer;
  }

  it('answers 5,000 random requests and frames, and its state stays whole', async () => {
    process.stdout.write(`Nonsense with FUZZ_SEED=${seed}\n`);
    const complaints = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const world = await FuzzWorld.make(local);
    const requests = new RandomRequests(random, world);
    const failures: unknown[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      failures.push(...(await storm(world, requests, REQUESTS_EACH)));
      await Promise.all(Array.from({ length: CONNECTIONS_EACH }, (_, index) => chatter(world, index > 1)));
      await world.tend();
    }
    for (const text of RAW_BYTES(`127.0.0.1:${local.port}`)) expect(await rawBytes(text)).not.toMatch(/^HTTP\/1\.1 5/);

    const sent = [...statuses.values()].reduce((sum, count) => sum + count, 0);
    const frames = ROUNDS * CONNECTIONS_EACH * FRAMES_EACH;
    process.stdout.write(`${sent} requests ${JSON.stringify(Object.fromEntries(statuses))}, ${frames} frames\n`);
    expect(sent + frames).toBeGreaterThanOrEqual(5_000);
    // A mistake of its own is answered with 500 and printed.
    expect(failures.slice(0, 5)).toEqual([]);
    expect(complaints.mock.calls.slice(0, 5)).toEqual([]);
    complaints.mockRestore();
    // Enough of it was sensible to change something.
    expect((statuses.get(200) ?? 0) + (statuses.get(201) ?? 0) + (statuses.get(204) ?? 0)).toBeGreaterThan(sent / 4);

    expect((await local.bot('GET', '/users/@me')).status).toBe(200);
    expect(({} as Record<string, unknown>)['polluted'] ?? Object.keys(Object.prototype)).toEqual([]);
    await expectWholeJournal();
    world.close();
    await expectWholeState();
  }, 120_000);

  async function expectWholeJournal(): Promise<void> {
    const { requests } = await local.control<{ requests: Record<string, unknown>[] }>('GET', '/sandbox/requests');
    const { total, byRoute } = await local.control<{ total: number; byRoute: Record<string, Record<string, number>> }>(
      'GET',
      '/sandbox/requests/summary',
    );
    requests.forEach((entry, index) => {
      expect(entry).toMatchObject({ n: index + 1, at: expect.stringMatching(/^\d{4}-.*Z$/) as string });
      expect(Number.isInteger(entry['status'])).toBe(true);
      expect(String(entry['route'])).not.toMatch(/\/\d{17,19}(\/|$)/);
    });
    const counted = Object.values(byRoute).flatMap((byStatus) => Object.values(byStatus));
    expect([total, counted.reduce((sum, count) => sum + count, 0)]).toEqual([requests.length, requests.length]);
  }

  /** What it wrote to its file has no contradiction in it, and starts as the same world. */
  async function expectWholeState(): Promise<void> {
    const before = await local.control('GET', '/sandbox/state');
    const file = join(folder, 'state.json');
    const saved = async () => {
      await local.close();
      return JSON.parse(readFileSync(file, 'utf8')) as WorldSnapshot;
    };
    const first = await saved();
    expect(contradictions(first)).toEqual([]);
    local = await startLocal({ stateFile: file });
    expect(await local.control('GET', '/sandbox/state')).toEqual(before);
    const second = await saved();
    expect({ ...second, lastId: '' }).toEqual({ ...first, lastId: '' });
  }
});
