import WebSocket from 'ws';
import { type ProcessRole } from '../../src/config/config';
import { classroom, eventually, Service } from './support/service';

describe('the figures of a process', () => {
  let service: Service;
  let platform: string;
  let admin: string;

  beforeAll(async () => {
    service = await Service.start();
    const id = await service.createUser('Amira', 'admin');
    admin = await service.token(id, 'admin');
    platform = await service.token(id, 'service');
  }, 60_000);
  afterAll(() => service.close());

  async function figures(token = platform): Promise<string> {
    const response = await fetch(`${service.url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain;.* version=0\.0\.4/);
    return response.text();
  }
  /** The value of a line that begins like this. */
  const valueOf = (text: string, line: string) =>
    Number(
      text
        .split('\n')
        .find((each) => each.startsWith(`${line} `))
        ?.slice(line.length),
    );

  it('count requests by route, calls, jobs, sockets and what waits, and how each part is', async () => {
    const room = await classroom(service);
    const { userId: ayu } = await service.joined('Ayu', room.courseId);
    await service.rest();
    const stream = service.subscribe(room.instructorToken, 'subscription { auditLogAppended(after: "0") { id } }');
    await eventually(() => {
      expect(stream.received.length).toBeGreaterThan(0);
      return Promise.resolve();
    });
    await fetch(`${service.url}/api/discord/status/${ayu}/${room.courseId}`, {
      headers: { authorization: `Bearer ${room.instructorToken}` },
    });
    await fetch(`${service.url}/made/up/${ayu}`);
    await service.query(admin, '{ viewer { id } }');

    const text = await figures(admin);
    const counted = (name: string, labels: string) => valueOf(text, `${name}_count{${labels}}`);
    const status = 'route="/api/discord/status/:userId/:courseId"';
    expect(counted('http_request_duration_seconds', `method="GET",${status},status="200"`)).toBe(1);
    expect(counted('http_request_duration_seconds', 'method="GET",route="none",status="404"')).toBe(1);
    expect(counted('http_request_duration_seconds', 'method="POST",route="/graphql",status="200"')).toBeGreaterThan(0);
    expect(counted('discord_request_duration_seconds', 'method="PUT",status="201"')).toBe(1);
    expect(counted('job_duration_seconds', 'job="reconcile-guild",outcome="done"')).toBeGreaterThan(0);
    expect(valueOf(text, 'graphql_websockets')).toBe(1);
    expect(valueOf(text, 'memberships_waiting')).toBe(0);
    expect(valueOf(text, 'part_up{part="database"}')).toBe(1);
    expect(valueOf(text, 'part_up{part="worker"}')).toBe(1);
    expect(valueOf(text, 'process_resident_memory_bytes')).toBeGreaterThan(0);

    // Nobody and nothing in particular is named: neither an id, nor an address that somebody made up.
    const labels = text.match(/\{.*\}/g)?.join('\n');
    expect(labels).toContain('route=');
    expect(labels).not.toMatch(/\d{17}|[0-9a-f]{8}-[0-9a-f]{4}|made/);
    await stream.close();
    await eventually(async () => expect(valueOf(await figures(), 'graphql_websockets')).toBe(0));

    await service.sql('UPDATE discord_memberships SET generation = generation + 1, due_at = $1 WHERE user_id = $2', [
      'infinity',
      ayu,
    ]);
    expect(valueOf(await figures(), 'memberships_waiting')).toBe(1);
  }, 60_000);
});

describe('a process without the role "api"', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start({ config: { roles: new Set<ProcessRole>(['worker', 'cron']) } });
  }, 60_000);
  afterAll(() => service.close());

  it('tells how it is and serves nothing else', async () => {
    const admin = await service.token(await service.createUser('Amira', 'admin'), 'admin');
    const headers = { authorization: `Bearer ${admin}`, 'content-type': 'application/json' };
    const status = async (method: string, path: string, body?: string) =>
      (await fetch(`${service.url}${path}`, { method, headers, redirect: 'manual', ...(body ? { body } : {}) })).status;
    const open = ['/health/live', '/health/ready', '/metrics'];
    expect(await Promise.all(open.map((path) => status('GET', path)))).toEqual([200, 200, 200]);
    const asked: [string, string, string?][] = [
      ['POST', '/graphql', '{"query":"{ __typename }"}'],
      ['POST', '/graphql/', '{"query":"{ __typename }"}'],
      ['GET', '/graphql'],
      ['GET', '/'],
      ['GET', '/me'],
      ['GET', '/api/docs'],
      ['GET', '/api/docs.json'],
      ['POST', '/api/discord/enrollment-changed', '{}'],
      ['GET', '/auth/discord/sign-in'],
      ['POST', '/auth/session'],
      ['GET', '/healthy'],
      ['GET', '//health/live/../../me'],
    ];
    for (const [method, path, body] of asked)
      expect([method, path, await status(method, path, body)]).toEqual([method, path, 404]);
    const response = await fetch(`${service.url}/me`);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await response.json()).toMatchObject({
      code: 'NOT_FOUND',
      detail: expect.stringContaining('ROLES') as string,
    });
    const socket = new WebSocket(`${service.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const refusal = await new Promise((resolve) => {
      socket.on('unexpected-response', (_request, answer) => resolve(answer.statusCode));
      socket.on('error', () => undefined);
      socket.on('open', () => resolve('open'));
    });
    expect(refusal).toBe(404);
  }, 60_000);
});
