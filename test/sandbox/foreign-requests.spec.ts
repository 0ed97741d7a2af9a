import { request } from 'node:http';
import { WebSocket } from 'ws';
import { type Local, startLocal } from './local';

/** A web page of somewhere else must not drive the local Discord, neither directly nor by a name bent to this machine. */
describe('requests of foreign web pages', () => {
  let local: Local;

  beforeAll(async () => {
    local = await startLocal({ redirectUris: ['http://localhost:3000/cb'] });
  });
  afterAll(() => local.close());

  /** fetch sets the Host itself, so this goes below it. */
  const ask = (method: string, path: string, headers: Record<string, string>, body = '') =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const sent = request({ port: local.port, host: '127.0.0.1', method, path, headers }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      sent.on('error', reject);
      sent.end(body);
    });
  const users = async () => (await local.control<{ users: unknown[] }>('GET', '/sandbox/state')).users.length;

  const FOREIGN: [string, Record<string, string>][] = [
    ['a foreign Host', { host: 'evil.example' }],
    ['a Host that begins like this machine', { host: '127.0.0.1.evil.example' }],
    ['a Host that is an address of the network', { host: '192.168.0.7:4000' }],
    ['a foreign Origin', { origin: 'https://evil.example' }],
    ['the Origin of a sandboxed frame', { origin: 'null' }],
    ['an Origin on another port of this machine', { origin: 'http://127.0.0.1:1' }],
  ];

  it.each(FOREIGN)('with %s are refused everywhere, and do nothing', async (_, headers) => {
    const before = await users();
    const json = { ...headers, 'content-type': 'application/json' };
    const answers = [
      await ask('POST', '/sandbox/users', json, '{"username":"evil"}'),
      await ask('GET', '/sandbox/state', headers),
      await ask('GET', '/sandbox/events', headers),
      await ask('GET', '/api/v10/gateway', headers),
      await ask('POST', '/api/oauth2/token', json, '{}'),
      await ask(
        'GET',
        `/oauth2/authorize?client_id=${local.application.id}&scope=identify&response_type=code`,
        headers,
      ),
      await ask('GET', '/', headers),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 403));
    for (const { text } of answers) expect(text).toContain('foreign');
    expect(await users()).toBe(before);
  });

  it.each(FOREIGN)('with %s get no WebSocket', async (_, headers) => {
    const socket = new WebSocket(`ws://127.0.0.1:${local.port}/gateway?v=10&encoding=json`, { headers });
    const outcome = await new Promise<string>((resolve) => {
      socket.on('open', () => resolve('open'));
      socket.on('error', () => resolve('refused'));
    });
    socket.terminate();
    expect(outcome).toBe('refused');
  });

  it.each(['127.0.0.1', 'localhost', '[::1]'])('and those of its own pages at %s are served', async (name) => {
    const host = `${name}:${local.port}`;
    expect((await ask('GET', '/api/v10/gateway', { host, origin: `http://${host}` })).status).toBe(200);
    const socket = new WebSocket(`ws://127.0.0.1:${local.port}/gateway?v=10&encoding=json`, {
      headers: { host, origin: `http://${host}` },
    });
    const [first] = await new Promise<[Buffer]>((resolve, reject) => {
      socket.on('message', (data: Buffer) => resolve([data]));
      socket.on('error', reject);
    });
    expect(JSON.parse(first.toString())).toMatchObject({ op: 10 });
    socket.terminate();
  });
});
