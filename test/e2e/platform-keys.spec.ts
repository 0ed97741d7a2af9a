import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { WebSocket } from 'ws';
import { type Child } from './support/child-process';
import { INTERNALS } from './support/internals';
import { eventually, Service } from './support/service';

const VIEWER = '{ viewer { id } }';
/** In graphql-ws: the server failed. 4403 would say that the token is to blame. */
const FAILED = 4500;

describe("while the platform's keys cannot be had", () => {
  const userId = randomUUID();
  let platform: Server;
  let answers = false;
  let service: Service;
  let child: Child;
  let token: string;

  beforeAll(async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const keys = [{ ...(await exportJWK(publicKey)), kid: 'one', use: 'sig' }];
    platform = createServer((_, response) => {
      if (answers) response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }));
      else response.writeHead(503).end();
    }).listen(0, '127.0.0.1');
    await once(platform, 'listening');
    const jwksUrl = `http://127.0.0.1:${(platform.address() as AddressInfo).port}/jwks.json`;
    service = await Service.start({
      started: false,
      config: { roles: new Set(['api']), logLevel: 'error', jwt: { jwksUrl } },
    });
    child = await service.upAsProcess();
    token = await new SignJWT({ sub: userId, role: 'authenticated' })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setExpirationTime('1h')
      .sign(privateKey);
  }, 60_000);
  beforeEach(() => (answers = false));
  afterAll(async () => {
    await service.close();
    platform.close();
  });

  /** The answer tells an id and nothing else; under that id the log has the cause. */
  async function isLogged(answer: unknown, correlationId: unknown): Promise<void> {
    expect(JSON.stringify(answer)).not.toMatch(INTERNALS);
    expect(correlationId).toMatch(/^[\w-]{8,64}$/);
    await eventually(() => {
      const lines = child.output.split('\n').filter((text) => text.includes(String(correlationId)));
      expect(lines.join('\n')).toContain('PlatformKeysUnavailable');
      return Promise.resolve();
    });
  }

  /** How a WebSocket that presents the token ends, or that it is acknowledged. */
  async function connect(): Promise<{ code: number; reason: string } | 'acknowledged'> {
    const socket = new WebSocket(`${service.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
    return new Promise((resolve) => {
      socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
      socket.once('message', () => {
        resolve('acknowledged');
        socket.close();
      });
    });
  }

  it('GraphQL answers with an id, and serves as soon as they can be had', async () => {
    const { errors = [] } = await service.graphql(token, VIEWER);
    expect(errors).toHaveLength(1);
    const { correlationId, ...others } = errors[0]!.extensions as Record<string, unknown>;
    expect(others).toEqual({ code: 'INTERNAL_SERVER_ERROR' });
    await isLogged(errors, correlationId);
    answers = true;
    expect(await service.query(token, VIEWER)).toEqual({ viewer: { id: userId } });
  });

  it('REST answers with a problem document and an id', async () => {
    await restart();
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${service.url}/auth/discord`, { redirect: 'manual', headers });
    expect(response.status).toBe(500);
    const body = (await response.json()) as Record<string, unknown>;
    expect(body).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    await isLogged(body, body['correlationId']);
  });

  it('a WebSocket is closed as by a failure of ours: its token is not refused', async () => {
    const closed = await connect();
    expect(closed).toMatchObject({ code: FAILED });
    await isLogged(closed, /\(([\w-]+)\)/.exec((closed as { reason: string }).reason)?.[1]);
    answers = true;
    expect(await connect()).toBe('acknowledged');
  });

  /** Without what the process remembers of the keys. */
  async function restart(): Promise<void> {
    await service.down();
    child = await service.upAsProcess();
  }
});
