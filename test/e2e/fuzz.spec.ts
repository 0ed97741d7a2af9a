import { Agent, request } from 'node:http';
import WebSocket from 'ws';
import { Randomness } from '../sandbox/fuzz-input';
import { AccessWorld } from './support/access-world';
import { frames, GENERATORS, type HostileRequest, next, upgradeHeaders } from './support/hostile-requests';
import { type HostileWorld, hostileWorld } from './support/hostile-world';
import { INTERNALS } from './support/internals';
import { type Child } from './support/child-process';
import { type Service } from './support/service';
import { CURRENT_SECRET } from './support/signed';

const REQUESTS_EACH = 4_000;
const SOCKETS_EACH = 100;
const FRAMES_EACH = 10;
const AT_ONCE = 20;

/** How much more the process may hold after the second half than after the first, MB. */
const MORE_MEMORY = 30;

describe('the service under hostile requests', () => {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  const random = new Randomness(seed);
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const seen = new Map<string, number>();
  const failures: unknown[] = [];
  let bySession = 0;
  let service: Service;
  let child: Child;
  let world: HostileWorld;
  let secrets: string[];

  beforeAll(async () => {
    const access = await AccessWorld.create({ logLevel: 'error' });
    service = access.service;
    await service.down();
    child = await service.upAsProcess({ preload: 'report-memory.js' });
    world = await hostileWorld(access);
    const { discord, jwt, encryptionKeys, database } = service.config;
    const key = Buffer.from(encryptionKeys[0].key).toString('base64');
    secrets = [discord.botToken, discord.clientSecret, jwt.secret ?? '', key, CURRENT_SECRET];
    secrets.push(database.apiUrl, database.ownerUrl);
  }, 60_000);
  afterAll(async () => {
    agent.destroy();
    await service.close();
  });

  function judge(what: string, sent: unknown, status: number, text: string): void {
    seen.set(`${what} ${status}`, (seen.get(`${what} ${status}`) ?? 0) + 1);
    // Whoever asks for all that is kept of them is told in which columns.
    const leak =
      INTERNALS.exec(text.replaceAll('discord_user_id', ''))?.[0] ?? secrets.find((secret) => text.includes(secret));
    if (status < 500 && leak === undefined && !text.includes('INTERNAL_SERVER_ERROR')) return;
    failures.push({ what, sent: JSON.stringify(sent).slice(0, 600), status, leak, text: text.slice(-400) });
  }

  const send = ({ method, path, headers, body }: HostileRequest): Promise<{ status: number; text: string }> =>
    new Promise((resolve, reject) => {
      const sending = request(`${service.url}${path}`, { method, headers, agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            text: `${JSON.stringify(response.headers)} ${Buffer.concat(chunks).toString()}`,
          }),
        );
      });
      sending.on('error', (error) => reject(new Error(`${String(error)}: ${method} ${path}`)));
      sending.end(body);
    });

  /** Says everything on one WebSocket; what comes back is judged like any answer. */
  const talk = (texts: readonly (string | Buffer)[], headers: Record<string, string>): Promise<void> =>
    new Promise((resolve) => {
      const socket = new WebSocket(`${service.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers });
      const answers: string[] = [];
      socket.on('message', (data: Buffer) => answers.push(data.toString()));
      socket.on('error', (error) => answers.push(error.message));
      socket.on('open', () => {
        texts.forEach((text) => socket.send(text));
        // Answered after everything before it, unless the service has had enough earlier.
        socket.ping();
        socket.once('pong', () => socket.close());
      });
      socket.on('close', (code, reason) => {
        judge(
          'frames',
          texts,
          code === 4500 || code === 1011 ? 500 : code === 1006 ? 599 : 200,
          `${answers.join('\n')} ${reason.toString()}`,
        );
        resolve();
      });
    });

  async function half(): Promise<number> {
    for (let sent = 0; sent < REQUESTS_EACH; sent += AT_ONCE) {
      const group = Array.from({ length: AT_ONCE }, () => next(random, world));
      await Promise.all(
        group.map(async ([what, each]) => {
          const { status, text } = await send(each);
          judge(what, each, status, text);
          const isOfSession = each.headers['cookie']?.includes('anycademy_session') && !each.headers['authorization'];
          if (isOfSession && status === 200 && !/UNAUTHENTICATED|FORBIDDEN/.test(text)) bySession += 1;
        }),
      );
    }
    for (let opened = 0; opened < SOCKETS_EACH; opened += AT_ONCE) {
      await Promise.all(
        Array.from({ length: AT_ONCE }, () => talk(frames(random, world), upgradeHeaders(random, world))),
      );
    }
    return memory();
  }

  /** What the process holds, garbage taken away, MB. */
  async function memory(): Promise<number> {
    const before = child.output.length;
    child.signal('SIGUSR2');
    for (;;) {
      const found = /memory (\d+) MB/.exec(child.output.slice(before))?.[1];
      if (found !== undefined) return Number(found);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  it('answers 10,000 of them, breaks at none, tells nothing of its inside and grows no fatter', async () => {
    process.stdout.write(`Hostile requests with SEED=${seed}\n`);
    const first = await half();
    const second = await half();
    process.stdout.write(
      `${first} MB, then ${second} MB ${JSON.stringify(Object.fromEntries([...seen].sort()), null, 1)}\n`,
    );

    expect(failures.slice(0, 5)).toEqual([]);
    expect(2 * (REQUESTS_EACH + SOCKETS_EACH * FRAMES_EACH)).toBeGreaterThanOrEqual(10_000);
    for (const what of Object.keys(GENERATORS)) {
      expect([...seen.keys()].filter((key) => key.startsWith(what))).not.toEqual([]);
    }
    // Enough of them came past the signatures and the sign-in, else this would test nothing but those.
    expect([...seen.keys()]).toEqual(
      expect.arrayContaining([
        ...[202, 400, 401].map((status) => `enrollments told by webhook ${status}`),
        ...[204, 400, 401].map((status) => `events of Discord ${status}`),
      ]),
    );
    expect(bySession).toBeGreaterThan(100);
    expect(second - first).toBeLessThan(MORE_MEMORY);
    // It is the same process, and well.
    expect(
      (await service.graphql(world.tokens[0]!.slice('Bearer '.length), '{ viewer { id } }')).errors,
    ).toBeUndefined();
    expect(child.output).not.toMatch(/unhandled|uncaught/i);
  }, 300_000);
});
