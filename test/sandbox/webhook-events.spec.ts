import { createPublicKey, verify } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Local, startLocal } from './local';

interface Received {
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

describe('webhook events of the local Discord', () => {
  let receiver: Server;
  let local: Local;
  const received: Received[] = [];
  let failures = 0;
  let arrived: () => void = () => undefined;

  beforeAll(async () => {
    receiver = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        if (failures > 0) {
          failures -= 1;
          response.writeHead(500).end();
          return;
        }
        received.push({ headers: request.headers, body });
        response.writeHead(204).end();
        arrived();
      });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => receiver.once('listening', resolve));
    const { port } = receiver.address() as AddressInfo;
    local = await startLocal({ webhookEventsUrl: `http://127.0.0.1:${port}/events` });
  });
  afterAll(async () => {
    await local.close();
    receiver.closeAllConnections();
    await new Promise((resolve) => receiver.close(resolve));
  });

  const next = () =>
    new Promise<Received>((resolve) => {
      arrived = () => resolve(received.at(-1)!);
    });

  function isSigned({ headers, body }: Received): boolean {
    const key = createPublicKey({
      key: Buffer.concat([
        Buffer.from('302a300506032b6570032100', 'hex'),
        Buffer.from(local.application.publicKey, 'hex'),
      ]),
      format: 'der',
      type: 'spki',
    });
    const signature = Buffer.from(String(headers['x-signature-ed25519']), 'hex');
    return verify(null, Buffer.from(String(headers['x-signature-timestamp']) + body), key, signature);
  }

  it('tell, signed, that a person took the authorization back', async () => {
    const ayu = await local.person('ayu');
    await local.grant(ayu);
    const coming = next();
    await local.control('DELETE', `/sandbox/oauth/grants/${ayu}`);
    const event = await coming;
    expect(JSON.parse(event.body)).toMatchObject({
      version: 1,
      application_id: local.application.id,
      type: 1,
      event: { type: 'APPLICATION_DEAUTHORIZED', data: { user: { id: ayu } } },
    });
    expect(isSigned(event)).toBe(true);
    expect(isSigned({ ...event, body: event.body + ' ' })).toBe(false);
  });

  it('tell that the application itself revoked the authorization, once', async () => {
    const fajar = await local.person('fajar');
    const { refresh_token: token } = await local.grant(fajar);
    const coming = next();
    const { id: client_id, clientSecret: client_secret } = local.application;
    const revoke = () =>
      fetch(`${local.url}/api/oauth2/token/revoke`, {
        method: 'POST',
        body: new URLSearchParams({ token, client_id, client_secret }),
      });
    expect((await revoke()).status).toBe(200);
    const { event } = JSON.parse((await coming).body) as { event: Record<string, unknown> };
    expect(event).toMatchObject({ type: 'APPLICATION_DEAUTHORIZED', data: { user: { id: fajar } } });
    expect((await revoke()).status).toBe(200);
    const gita = await local.person('gita');
    await local.grant(gita);
    const another = next();
    await local.control('DELETE', `/sandbox/oauth/grants/${gita}`);
    await another;
    expect(received.filter(({ body }) => body.includes(fajar))).toHaveLength(1);
  });

  it('are sent again when the receiver fails', async () => {
    failures = 1;
    const budi = await local.person('budi');
    await local.grant(budi);
    const coming = next();
    await local.control('DELETE', `/sandbox/oauth/grants/${budi}`);
    expect((await coming).body).toContain(budi);
  });

  it('tell that a person authorized the application', async () => {
    await local.control('PUT', '/sandbox/oauth/redirect-uris', { redirectUris: ['http://localhost:3000/cb'] });
    const citra = await local.person('citra');
    const coming = next();
    const query = `response_type=code&client_id=${local.application.id}&scope=identify`;
    await local.control('POST', '/sandbox/oauth/approve', {
      userId: citra,
      authorizeUrl: `${local.url}/oauth2/authorize?${query}`,
    });
    const { event } = JSON.parse((await coming).body) as { event: Record<string, unknown> };
    expect(event).toMatchObject({
      type: 'APPLICATION_AUTHORIZED',
      data: { scopes: ['identify'], user: { id: citra } },
    });
  });

  describe('are verified when their URL is set', () => {
    /** A receiver that answers as it is told, and what it was asked. */
    async function receiverThat(answers: (isWellSigned: boolean) => number, withType = true) {
      const asked: { type: unknown; isWellSigned: boolean }[] = [];
      const server = createServer((request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => {
          const isWellSigned = isSigned({ headers: request.headers, body });
          asked.push({ type: (JSON.parse(body) as { type: unknown }).type, isWellSigned });
          response.writeHead(answers(isWellSigned), withType ? { 'content-type': 'application/json' } : {}).end();
        });
      }).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      return { url, asked, close: () => new Promise((resolve) => server.close(resolve)) };
    }
    const set = (url: string | null) =>
      local.control<{ url: string | null; verification: Record<string, unknown> | null }>(
        'PUT',
        '/sandbox/webhook-events',
        { url },
      );

    it('by a PING and by a request with a wrong signature', async () => {
      const receiver = await receiverThat((isWellSigned) => (isWellSigned ? 204 : 401));
      const state = await set(receiver.url);
      expect(state).toMatchObject({
        url: receiver.url,
        verification: { state: 'verified', ping: 204, badSignature: 401, problem: null },
      });
      expect(receiver.asked).toEqual([
        { type: 0, isWellSigned: true },
        { type: 0, isWellSigned: false },
      ]);
      expect(await local.control('GET', '/sandbox/webhook-events')).toEqual(state);
      const saved = await local.bot('PATCH', '/applications/@me', { event_webhooks_url: receiver.url });
      expect(saved.body).toMatchObject({ event_webhooks_url: receiver.url, event_webhooks_status: 2 });
      await receiver.close();
    });

    it('and one that believes every signature is refused by the API', async () => {
      const receiver = await receiverThat(() => 204);
      const refused = await local.bot('PATCH', '/applications/@me', { event_webhooks_url: receiver.url });
      expect(refused).toMatchObject({ status: 400, body: { code: 50035, errors: { event_webhooks_url: {} } } });
      const state = await set(receiver.url);
      expect(state.verification).toMatchObject({ state: 'failed', badSignature: 204 });
      expect(String(state.verification?.['problem'])).toContain('401');
      expect(await set(null)).toEqual({ url: null, isDisabled: false, verification: null });
      await receiver.close();
    });

    it('and one that answers the PING without a Content-Type is refused', async () => {
      const receiver = await receiverThat((isWellSigned) => (isWellSigned ? 204 : 401), false);
      const refused = await local.bot('PATCH', '/applications/@me', { event_webhooks_url: receiver.url });
      expect([refused.status, refused.text.includes('Content-Type')]).toEqual([400, true]);
      expect((await local.bot('GET', '/applications/@me')).body['event_webhooks_url']).not.toBe(receiver.url);
      await receiver.close();
    });

    it('and one that redirects the PING is followed nowhere', async () => {
      const receiver = await receiverThat((isWellSigned) => (isWellSigned ? 204 : 401));
      const redirecting = createServer((_, response) => response.writeHead(307, { location: receiver.url }).end());
      await new Promise<void>((resolve) => redirecting.listen(0, '127.0.0.1', resolve));
      const state = await set(`http://127.0.0.1:${(redirecting.address() as AddressInfo).port}/`);
      expect(state.verification).toMatchObject({ state: 'failed', ping: 307 });
      expect(receiver.asked).toEqual([]);
      redirecting.closeAllConnections();
      await Promise.all([receiver.close(), new Promise((resolve) => redirecting.close(resolve)), set(null)]);
    });

    it('and are switched on and chosen by PATCH /applications/@me, as at Discord', async () => {
      const receiver = await receiverThat((isWellSigned) => (isWellSigned ? 204 : 401));
      await local.control('POST', '/sandbox/reset');
      await set(null);
      const patch = async (body: Record<string, unknown>) => {
        const answer = await local.bot('PATCH', '/applications/@me', body);
        return [answer.status, answer.body['event_webhooks_status'], answer.body['event_webhooks_types']];
      };
      const types = ['APPLICATION_DEAUTHORIZED'];
      const person = await local.person('hana');
      // One event is told of the grant's end; who hears of it shows in what has arrived once a later one has.
      const deauthorize = async () => {
        await local.grant(person);
        await local.control('DELETE', `/sandbox/oauth/grants/${person}`);
      };
      const events = () => receiver.asked.filter(({ type }) => type === 1).length;
      expect(await patch({ event_webhooks_status: 3 })).toEqual([400, undefined, undefined]);
      expect(await patch({ event_webhooks_types: ['NO_SUCH_EVENT'] })).toEqual([400, undefined, undefined]);
      // The URL alone sends nothing: events are off until they are switched on.
      expect(await patch({ event_webhooks_url: receiver.url, event_webhooks_types: types })).toEqual([200, 1, types]);
      await deauthorize();
      expect(await patch({ event_webhooks_status: 2, event_webhooks_types: [] })).toEqual([200, 2, []]);
      await deauthorize();
      expect(await patch({ event_webhooks_types: types })).toEqual([200, 2, types]);
      await deauthorize();
      while (events() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(events()).toBe(1);
      expect(await patch({ event_webhooks_status: 1 })).toEqual([200, 1, types]);
      await set(null);
      await receiver.close();
    });

    it('and one that is not there at the start is waited for', async () => {
      const receiver = await receiverThat((isWellSigned) => (isWellSigned ? 204 : 401));
      const { url } = receiver;
      await receiver.close();
      const early = await startLocal({ webhookEventsUrl: url });
      const late = createServer((_, response) => response.writeHead(204).end()).listen(
        Number(new URL(url).port),
        '127.0.0.1',
      );
      let state: string | undefined;
      while (state !== 'failed') {
        await new Promise((resolve) => setTimeout(resolve, 50));
        const { verification } = await early.control<{ verification: { state: string; ping: number | null } | null }>(
          'GET',
          '/sandbox/webhook-events',
        );
        if (verification?.ping === 204) ({ state } = verification);
      }
      await early.close();
      late.closeAllConnections();
      await new Promise((resolve) => late.close(resolve));
    });
  });
});
