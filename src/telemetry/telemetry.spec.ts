import { Controller, Get, Global, Logger as NestLogger, Module, type Type } from '@nestjs/common';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { Logger, LoggerModule } from 'nestjs-pino';
import { CONFIG, type Config } from '../config/config';
import { HealthModule } from './health.module';
import { HealthRegistry } from './health-registry';
import { loggerOptions } from './logger-options';

const config = {
  production: true,
  logLevel: 'info',
  discord: { botToken: 'the-bots-own-token', clientSecret: 'the-client-secret' },
  jwt: { secret: 'the-jwt-secret' },
  webhooks: { secrets: ['the-webhook-secret'] as readonly string[] },
} as Config;

@Controller()
class Pages {
  private readonly logger = new NestLogger('Pages');

  @Get('callback')
  callback(): string {
    this.logger.log({ accessToken: 'dXNlcnM', guildId: '1' }, 'Linked with the-bots-own-token and the-webhook-secret');
    return 'linked';
  }

  @Get('broken')
  broken(): string {
    throw Object.assign(new Error('the-client-secret was refused'), { requestBody: { access_token: 'dXNlcnM' } });
  }
}

describe('telemetry', () => {
  let app: NestExpressApplication;
  let url: string;
  let lines: string[];

  beforeAll(async () => {
    lines = [];
    const output = { write: (line: string) => lines.push(line) };
    @Global()
    @Module({ providers: [{ provide: CONFIG, useValue: config }], exports: [CONFIG] })
    class Configuration {}
    @Module({
      imports: [Configuration as Type, LoggerModule.forRoot(loggerOptions(config, output)), HealthModule],
      controllers: [Pages],
    })
    class App {}
    const testing = await Test.createTestingModule({ imports: [App] }).compile();
    app = testing.createNestApplication<NestExpressApplication>();
    app.useLogger(app.get(Logger));
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });

  beforeEach(() => {
    lines.length = 0;
  });

  afterAll(() => app.close());

  const entries = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);

  it('logs a request as one entry with its id, and answers with the id', async () => {
    const response = await fetch(`${url}/callback?code=c0de&state=5tate`, {
      headers: { 'x-request-id': 'caller-0001', authorization: 'Bearer s3cret', cookie: 'session=s3ssion' },
    });
    expect(response.headers.get('x-request-id')).toBe('caller-0001');
    const completed = entries().find((entry) => entry['msg'] === 'request completed');
    expect(completed).toMatchObject({
      req: { id: 'caller-0001', method: 'GET', path: '/callback' },
      res: { status: 200 },
      responseTime: expect.any(Number) as number,
    });
  });

  it("gives the request's id to everything that is logged while it is served", async () => {
    await fetch(`${url}/callback`, { headers: { 'x-request-id': 'caller-0002' } });
    expect(entries().find((entry) => entry['context'] === 'Pages')).toMatchObject({
      requestId: 'caller-0002',
      guildId: '1',
      accessToken: '[redacted]',
      msg: 'Linked with [redacted] and [redacted]',
    });
  });

  it('never shows a header, a query, a token or a body, not even of an error', async () => {
    await fetch(`${url}/callback?code=c0de&state=5tate`, {
      headers: { authorization: 'Bearer s3cret', cookie: 'session=s3ssion', 'x-request-id': 'not sane' },
    });
    await fetch(`${url}/broken`, { headers: { authorization: 'Bearer s3cret' } });
    const log = lines.join('');
    expect(log).toContain('[redacted] was refused');
    expect(log).not.toMatch(/c0de|5tate|s3cret|s3ssion|dXNlcnM|the-bots-own-token|the-client-secret|not sane/);
  });

  it('does not log the checks of a load balancer', async () => {
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect(lines).toEqual([]);
  });

  it('is ready while every required part is up, and says how the others are', async () => {
    const parts = { database: true, gateway: false };
    const health = app.get(HealthRegistry);
    const check = (name: keyof typeof parts) => () => Promise.resolve({ up: parts[name], message: `${name} speaks.` });
    health.register({ name: 'database', required: true, check: check('database') });
    health.register({ name: 'gateway', required: false, check: check('gateway') });

    const ready = await fetch(`${url}/health/ready`);
    expect(ready.status).toBe(200);
    expect(ready.headers.get('cache-control')).toBe('no-store');
    expect(await ready.json()).toEqual({
      status: 'ok',
      parts: {
        database: { up: true, required: true, message: 'database speaks.' },
        gateway: { up: false, required: false, message: 'gateway speaks.' },
      },
    });

    parts.database = false;
    const unready = await fetch(`${url}/health/ready`);
    expect(unready.status).toBe(503);
    expect(await unready.json()).toMatchObject({ status: 'unavailable' });
    parts.database = true;
  });

  it('says no more than that a check failed', async () => {
    app.get(HealthRegistry).register({
      name: 'worker',
      required: true,
      check: () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7:5432')),
    });
    const body = await (await fetch(`${url}/health/ready`)).text();
    expect(body).toContain('The check failed; see the log.');
    expect(body).not.toContain('10.0.0.7');
  });
});
