import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Local, startLocal } from './local';

describe('a receiver of webhook events that fails', () => {
  let receiver: Server;
  let local: Local;
  let url: string;
  /** What it answers to the request of this number. */
  let statusOf: (count: number) => number;
  const at: number[] = [];

  beforeAll(async () => {
    receiver = createServer((request, response) => {
      request.resume();
      request.on('end', () => {
        at.push(Date.now());
        response.writeHead(statusOf(at.length)).end();
      });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => receiver.once('listening', resolve));
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    local = await startLocal();
  });
  afterAll(async () => {
    await local.close();
    receiver.closeAllConnections();
    await new Promise((resolve) => receiver.close(resolve));
  });
  beforeEach(async () => {
    statusOf = () => 500;
    await local.control('PUT', '/sandbox/webhook-events', { url });
    at.length = 0;
  });

  const limits = (more: Record<string, number>) => local.control('PUT', '/sandbox/limits', { enforce: false, ...more });
  const isDisabled = async () => (await local.control('GET', '/sandbox/webhook-events'))['isDisabled'];
  const publicStatus = async () => (await local.bot('GET', '/applications/@me')).body['event_webhooks_status'];
  const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  async function causeEvent() {
    const person = await local.person('ayu');
    await local.grant(person);
    await local.control('DELETE', `/sandbox/oauth/grants/${person}`);
  }
  async function until(isSo: () => boolean | Promise<boolean>) {
    while (!(await isSo())) await pause(10);
  }

  it('is asked again after pauses that double, and given up after ten minutes', async () => {
    expect(await local.control('GET', '/sandbox/limits')).toMatchObject({
      webhookRetryMs: 500,
      webhookGiveUpMs: 600_000,
    });
    await limits({ webhookRetryMs: 100, webhookGiveUpMs: 1_200 });
    await causeEvent();
    await until(async () => (await isDisabled()) === true);
    const pauses = at.slice(1).map((time, index) => time - at[index]!);
    // 100, 200, 400 and what is left of the 1,200.
    expect(pauses).toHaveLength(4);
    expect(pauses[0]).toBeGreaterThanOrEqual(95);
    expect(pauses[1]).toBeGreaterThanOrEqual(195);
    expect(pauses[2]).toBeGreaterThanOrEqual(395);
    expect(at.at(-1)! - at[0]!).toBeGreaterThanOrEqual(1_150);
    expect(await publicStatus()).toBe(3);
    await causeEvent();
    await pause(100);
    expect(at).toHaveLength(5);
  });

  it('is sent events again once its URL is set anew', async () => {
    await limits({ webhookGiveUpMs: 0 });
    await causeEvent();
    await until(async () => (await isDisabled()) === true);
    statusOf = () => 204;
    expect(await local.control('PUT', '/sandbox/webhook-events', { url })).toMatchObject({ url, isDisabled: false });
    expect(await publicStatus()).toBe(2);
    at.length = 0;
    await causeEvent();
    await until(() => at.length === 1);
  });

  it.each([200, 202, 301, 400, 401])('has taken nothing when it answers %i: only 204 counts', async (status) => {
    await limits({ webhookRetryMs: 10, webhookGiveUpMs: 60_000 });
    statusOf = (count) => (count < 3 ? status : 204);
    await causeEvent();
    await until(() => at.length === 3);
    expect(await isDisabled()).toBe(false);
  });

  it('is switched on again by the developer after Discord switched it off', async () => {
    await limits({ webhookGiveUpMs: 0 });
    await causeEvent();
    await until(async () => (await isDisabled()) === true);
    statusOf = () => 204;
    const { body } = await local.bot('PATCH', '/applications/@me', { event_webhooks_status: 2 });
    expect(body['event_webhooks_status']).toBe(2);
    at.length = 0;
    await causeEvent();
    await until(() => at.length === 1);
  });

  it('is not given up when it recovers in time', async () => {
    await limits({ webhookRetryMs: 30, webhookGiveUpMs: 600 });
    statusOf = (count) => (count > 2 ? 204 : 500);
    await causeEvent();
    await until(() => at.length === 3);
    await pause(700);
    expect(at).toHaveLength(3);
    expect(await isDisabled()).toBe(false);
  });
});
