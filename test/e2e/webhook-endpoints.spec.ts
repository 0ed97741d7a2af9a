import { Webhook } from 'standardwebhooks';
import { type ProcessRole } from '../../src/config/config';
import { MAX_ATTEMPTS } from '../../src/webhooks/attempt.policy';
import { type Received, Receiver } from './support/receiver';
import { type Classroom, classroom, eventually, Service } from './support/service';

const SET = `mutation ($url: String!, $id: UUID, $active: Boolean, $newSecret: Boolean) {
  setWebhookEndpoint(url: $url, id: $id, active: $active, newSecret: $newSecret) { secret endpoint { id url active } } }`;
const LIST = `{ webhookEndpoints { id url active pending delivered failed lastError
  deliveries { id seq status attempts lastError } } }`;
const PATIENCE = 40_000;

interface Endpoint {
  readonly id: string;
  readonly pending: number;
  readonly delivered: number;
  readonly failed: number;
  readonly lastError: string | null;
  readonly deliveries: { id: string; seq: string; status: string; attempts: number; lastError: string | null }[];
}

describe('the platform is told of membership changes', () => {
  let service: Service;
  let room: Classroom;
  let admin: string;
  const receivers: Receiver[] = [];

  beforeAll(async () => {
    service = await Service.start({ config: { roles: new Set<ProcessRole>(['api', 'worker']) } });
    room = await classroom(service);
    admin = await service.token(await service.createUser('Amira', 'admin'), 'admin');
  }, 60_000);
  afterEach(async () => {
    for (const { id } of await endpoints())
      await service.query(admin, 'mutation ($id: UUID!) { deleteWebhookEndpoint(id: $id) }', { id });
    for (const receiver of receivers.splice(0)) await receiver.close();
  });
  afterAll(() => service.close());

  const endpoints = async () => (await service.query<{ webhookEndpoints: Endpoint[] }>(admin, LIST)).webhookEndpoints;
  const endpoint = async (id: string) => (await endpoints()).find((each) => each.id === id)!;

  async function receiver(): Promise<Receiver> {
    const started = await Receiver.start();
    receivers.push(started);
    return started;
  }
  async function set(url: string, more: object = {}): Promise<{ id: string; secret: string }> {
    const { setWebhookEndpoint: made } = await service.query<{
      setWebhookEndpoint: { secret: string; endpoint: { id: string } };
    }>(admin, SET, { url, ...more });
    return { id: made.endpoint.id, secret: made.secret };
  }
  /** Somebody enrolls, and is given up again: changes of one membership, one after the other. */
  async function changes(): Promise<string> {
    const userId = await service.createUser('Ayu');
    await service.enroll(userId, room.courseId);
    await service.reaches(userId, room.courseId, 'pending', 'ACCOUNT_NOT_LINKED', PATIENCE);
    await service.unenroll(userId, room.courseId);
    await service.reaches(userId, room.courseId, 'removed', 'ENROLLMENT_ENDED', PATIENCE);
    return userId;
  }
  async function logged(userId: string): Promise<string[]> {
    const rows = await service.sql<{ seq: string }>(
      'SELECT seq FROM discord_log WHERE user_id = $1 AND membership_id IS NOT NULL ORDER BY seq',
      [userId],
    );
    expect(rows.length).toBeGreaterThanOrEqual(3);
    return rows.map(({ seq }) => seq);
  }
  const told = ({ received }: Receiver, userId: string) => received.filter(({ data }) => data.userId === userId);
  const seqs = (events: readonly Received[]) => events.map(({ data }) => data.seq);
  /** Waits until this is what it was told of somebody. */
  const arrived = (there: Receiver, userId: string, expected: (string | undefined)[]) =>
    eventually(() => Promise.resolve().then(() => expect(seqs(told(there, userId))).toEqual(expected)), PATIENCE);
  /** What is to be tried again is due now, and nobody rests. */
  async function later(): Promise<void> {
    await service.sql(`UPDATE discord_webhook_deliveries SET due_at = now() WHERE status = 'pending'`);
    await service.sql('UPDATE discord_webhook_endpoints SET rest_until = NULL');
  }

  it('of every change, in order, signed, each once where all goes well', async () => {
    const there = await receiver();
    const { secret } = await set(there.url);
    const [one, other] = await Promise.all([changes(), changes()]);
    for (const userId of [one, other]) {
      const expected = await logged(userId);
      await arrived(there, userId, expected);
    }
    const [first] = told(there, one);
    expect(first!.data).toMatchObject({ status: 'pending', courseId: room.courseId, guildId: room.guildId });
    const webhook = new Webhook(secret);
    for (const { headers, text } of there.received) {
      const signed = Object.fromEntries(
        ['id', 'timestamp', 'signature'].map((name) => [`webhook-${name}`, String(headers[`webhook-${name}`])]),
      );
      expect(webhook.verify(text, signed)).toMatchObject({ type: 'membership.changed' });
    }
    expect(new Set(there.received.map(({ headers }) => headers['webhook-id'])).size).toBe(there.received.length);
  }, 90_000);

  it('again when it did not take a change, under the same id, before anything later of that membership', async () => {
    const there = await receiver();
    let refused = 0;
    there.answer = (response) => void response.writeHead(refused++ < 2 ? 503 : 200).end();
    const { id } = await set(there.url);
    const userId = await changes();
    const expected = await logged(userId);
    await eventually(async () => {
      await later();
      expect((await endpoint(id)).delivered).toBe(expected.length);
    }, PATIENCE);
    const events = told(there, userId);
    expect(seqs(events)).toEqual([expected[0], expected[0], ...expected]);
    expect(new Set(events.slice(0, 3).map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(await endpoint(id)).toMatchObject({ delivered: expected.length, failed: 0, pending: 0 });
  }, 90_000);

  it('while another endpoint never answers, and servers are kept in step', async () => {
    const [dead, alive] = [await receiver(), await receiver()];
    dead.answer = () => undefined;
    const { id } = await set(dead.url);
    await set(alive.url);
    const people = await Promise.all(Array.from({ length: 6 }, () => changes()));
    for (const userId of people) {
      const expected = await logged(userId);
      await arrived(alive, userId, expected);
    }
    await eventually(
      async () => expect((await endpoint(id)).lastError).toBe('No complete answer within 10 s.'),
      PATIENCE,
    );
    expect((await endpoint(id)).delivered).toBe(0);
  }, 120_000);

  it('until it has failed too often: then it is seen, and can be told again', async () => {
    const there = await receiver();
    there.answer = (response) => void response.writeHead(500).end();
    const { id } = await set(there.url);
    const userId = await changes();
    const expected = await logged(userId);
    await eventually(async () => expect((await endpoint(id)).lastError).toBe('Answered 500; 2xx is needed.'), PATIENCE);
    await eventually(async () => {
      await service.sql('UPDATE discord_webhook_deliveries SET attempts = greatest(attempts, $1)', [MAX_ATTEMPTS - 1]);
      await later();
      expect(await endpoint(id)).toMatchObject({ failed: expected.length, pending: 0 });
    }, PATIENCE);
    there.answer = (response) => void response.writeHead(200).end();
    there.received.length = 0;
    const again = 'mutation ($id: UUID!) { redeliverWebhooks(endpointId: $id) }';
    expect((await service.refusal(admin, again, { id: userId })).code).toBe('NOT_FOUND');
    expect(await service.query(admin, again, { id })).toEqual({ redeliverWebhooks: expected.length });
    expect(
      await service.sql(
        `SELECT details FROM discord_log WHERE action = 'config_update' AND details ->> 'webhookEndpointId' = $1`,
        [id],
      ),
    ).toContainEqual({ details: { webhookEndpointId: id, redelivered: expected.length } });
    await eventually(
      async () => expect(await endpoint(id)).toMatchObject({ delivered: expected.length, failed: 0 }),
      PATIENCE,
    );
    expect(seqs(told(there, userId))).toEqual(expected);
  }, 120_000);

  it('by another worker when one is killed before the answer', async () => {
    const there = await receiver();
    there.answer = () => undefined;
    await service.down();
    await service.upAsProcess({ config: { roles: new Set<ProcessRole>(['api', 'worker']) } });
    await set(there.url);
    const userId = await changes();
    const expected = await logged(userId);
    await arrived(there, userId, expected.slice(0, 1));
    await service.kill();
    there.answer = (response) => void response.writeHead(204).end();
    // What the dead worker holds is its own for half a minute.
    await service.sql(`UPDATE discord_webhook_deliveries SET claimed_until = now() WHERE claimed_until IS NOT NULL`);
    await service.up();
    await arrived(there, userId, [expected[0], ...expected]);
    const [lost, repeated] = told(there, userId);
    expect(repeated!.headers['webhook-id']).toBe(lost!.headers['webhook-id']);
  }, 120_000);

  it('nowhere by a redirect, and not by an answer that has no end', async () => {
    const [there, elsewhere] = [await receiver(), await receiver()];
    there.answer = (response) => void response.writeHead(307, { location: elsewhere.url }).end();
    const { id } = await set(there.url);
    await changes();
    await eventually(
      async () => expect((await endpoint(id)).lastError).toMatch(/^Answered 307; redirects are not followed/),
      PATIENCE,
    );
    expect(elsewhere.connections).toBe(0);
    there.answer = (response) => void response.writeHead(200).write('x'.repeat(100_000));
    await eventually(async () => {
      await later();
      expect((await endpoint(id)).lastError).toBe('The answer is longer than 16 kB.');
    }, PATIENCE);
  }, 90_000);

  it('only at addresses of the public internet, where nothing else is configured', async () => {
    const there = await receiver();
    await service.down();
    await service.up({ config: { webhooks: { secrets: [], allowPrivate: false } } });
    for (const url of [
      there.url,
      `https://127.0.0.1:${there.port}/`,
      'https://169.254.169.254/',
      'https://[::1]/',
      'https://2130706433/',
    ])
      expect(await service.refusal(admin, SET, { url })).toMatchObject({ code: 'BAD_USER_INPUT' });
    // A name can be given any address at any time, so it is looked at when it is used.
    const { id } = await set(`https://localhost:${there.port}/hooks`);
    await changes();
    await eventually(
      async () =>
        expect((await endpoint(id)).lastError).toBe(
          'localhost leads to an address that is not of the public internet.',
        ),
      PATIENCE,
    );
    // Also one that was allowed when it was set.
    await service.sql('UPDATE discord_webhook_endpoints SET url = $2 WHERE id = $1', [
      id,
      `https://127.0.0.1:${there.port}/hooks`,
    ]);
    await eventually(async () => {
      await later();
      expect((await endpoint(id)).lastError).toMatch(/^The URL may not be used/);
    }, PATIENCE);
    expect(there.connections).toBe(0);
    await service.down();
    await service.up();
  }, 120_000);

  it('and of a server that becomes ill and well again, in order', async () => {
    const sick = await classroom(service, 'Geometry');
    const there = await receiver();
    const { id, secret } = await set(there.url);
    const recheck = () =>
      service.query(sick.instructorToken, 'mutation ($id: UUID!) { recheckServer(id: $id) { health } }', {
        id: sick.configId,
      });
    await service.discord.addBot(sick.guildId, { permissions: '1024' });
    expect(await recheck()).toEqual({ recheckServer: { health: 'DEGRADED' } });
    await service.discord.addBot(sick.guildId);
    expect(await recheck()).toEqual({ recheckServer: { health: 'HEALTHY' } });
    const of = { courseId: sick.courseId, guildId: sick.guildId };
    const events = () =>
      there.received
        .map(({ text }) => JSON.parse(text) as { type: string; data: object })
        .filter(({ type }) => type !== 'membership.changed');
    await eventually(() => {
      expect(events()).toEqual([
        {
          type: 'server.health_changed',
          timestamp: expect.any(String) as string,
          data: {
            ...of,
            seq: expect.any(String) as string,
            healthy: false,
            message: expect.stringMatching(/bot/) as string,
          },
        },
        {
          type: 'server.health_changed',
          timestamp: expect.any(String) as string,
          data: { ...of, seq: expect.any(String) as string, healthy: true, message: null },
        },
      ]);
      return Promise.resolve();
    }, PATIENCE);
    const [{ headers, text }] = there.received as [Received];
    const signed = Object.fromEntries(
      ['id', 'timestamp', 'signature'].map((name) => [`webhook-${name}`, String(headers[`webhook-${name}`])]),
    );
    expect(new Webhook(secret).verify(text, signed)).toMatchObject({ data: of });
    const { webhookEndpoints } = await service.query<{ webhookEndpoints: { id: string; deliveries: object[] }[] }>(
      admin,
      '{ webhookEndpoints { id deliveries { membershipId } } }',
    );
    expect(webhookEndpoints.find((each) => each.id === id)?.deliveries).toEqual([
      { membershipId: null },
      { membershipId: null },
    ]);
  }, 60_000);

  it('as only admins decide, who see the secret once', async () => {
    const { id, secret } = await set('https://learn.example.org/hooks', { active: false });
    expect(secret).toMatch(/^whsec_/);
    const [row] = await service.sql<{ secret: string }>('SELECT secret FROM discord_webhook_endpoints WHERE id = $1', [
      id,
    ]);
    expect(row!.secret).toMatch(/^eyJ/);
    expect((await set('https://learn.example.org/other', { id, active: false })).secret).toBeNull();
    expect((await set('https://learn.example.org/other', { id, active: false, newSecret: true })).secret).not.toBe(
      secret,
    );
    expect(await service.refusal(admin, SET, { url: 'https://learn.example.org/other' })).toMatchObject({
      code: 'CONFLICT',
    });
    const remove = 'mutation ($id: UUID!) { deleteWebhookEndpoint(id: $id) }';
    expect(await service.refusal(admin, remove, { id: room.courseId })).toMatchObject({ code: 'NOT_FOUND' });
    for (const token of [room.instructorToken, await service.token(await service.createUser('Budi'))]) {
      expect(await service.refusal(token, LIST)).toMatchObject({ code: 'FORBIDDEN' });
      expect(await service.refusal(token, SET, { url: 'https://x.example.org/' })).toMatchObject({ code: 'FORBIDDEN' });
      expect(await service.refusal(token, remove, { id })).toMatchObject({ code: 'FORBIDDEN' });
    }
    // Nor by SQL: not the rows for others, and the secret for nobody.
    await service.sql('BEGIN');
    await service.sql('SET LOCAL ROLE authenticated');
    expect(await service.sql('SELECT id FROM discord_webhook_endpoints')).toEqual([]);
    await expect(service.sql('SELECT secret FROM discord_webhook_endpoints')).rejects.toThrow(/permission denied/);
    await service.sql('ROLLBACK');
  });
});
