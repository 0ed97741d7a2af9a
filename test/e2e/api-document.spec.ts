import { SANDBOX_PRIVATE_KEY } from '../../sandbox/credentials';
import { signedHeaders } from '../../sandbox/webhook-signature';
import { type ProcessRole } from '../../src/config/config';
import { EXAMPLE } from '../../src/openapi/described';
import { type OpenApi, type Operation, operations, readOpenApi, schemaOf } from '../support/openapi-rules';
import { Service } from './support/service';
import { CURRENT_SECRET, deliver } from './support/signed';

type Example = { value: unknown; 'x-status'?: number };

describe('the document of the REST addresses', () => {
  let service: Service;
  let json: unknown;
  let document: OpenApi;
  let admin: string;

  beforeAll(async () => {
    service = await Service.start({
      config: { roles: new Set<ProcessRole>(['api']), webhooks: { secrets: [CURRENT_SECRET], allowPrivate: true } },
    });
    const instructorId = await service.createUser('Rina', 'instructor');
    admin = await service.token(await service.createUser('Amira', 'admin'), 'admin');
    await service.sql('INSERT INTO courses (id, title, instructor_id) VALUES ($1, $2, $3)', [
      EXAMPLE.course,
      'Logic',
      instructorId,
    ]);
    await service.sql('INSERT INTO auth.users (id) VALUES ($1)', [EXAMPLE.student]);
    await service.sql(
      `INSERT INTO discord_server_configs (course_id, instructor_id, guild_id, guild_name) VALUES ($1, $2, '1000000000000000009', 'Logic')`,
      [EXAMPLE.course, instructorId],
    );
    const response = await fetch(`${service.url}/api/docs.json`);
    json = await response.json();
    document = readOpenApi(json);
  }, 60_000);
  afterAll(() => service.close());

  /** The student is enrolled, and known to the server: what every example begins with. */
  async function asInTheExamples(): Promise<void> {
    await service.sql('DELETE FROM discord_enrollment_events');
    await service.sql('INSERT INTO course_enrollments (user_id, course_id) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      EXAMPLE.student,
      EXAMPLE.course,
    ]);
    await service.sql(
      `INSERT INTO discord_memberships (user_id, course_id, guild_id) VALUES ($1, $2, '1000000000000000009') ON CONFLICT DO NOTHING`,
      [EXAMPLE.student, EXAMPLE.course],
    );
  }

  it('is OpenAPI 3.1 and names every address', () => {
    expect(
      operations(document)
        .map(({ method, path }) => `${method} ${path}`)
        .sort(),
    ).toEqual([
      'DELETE /auth/session',
      'GET /api/discord/status/{userId}/{courseId}',
      'GET /auth/discord',
      'GET /auth/discord/callback',
      'GET /auth/discord/sign-in',
      'GET /auth/ways-in',
      'GET /health/live',
      'GET /health/ready',
      'GET /metrics',
      'POST /api/discord/enrollment-changed',
      'POST /api/discord/events',
      'POST /api/discord/invite-student',
      'POST /api/discord/sync-course/{courseId}',
      'POST /auth/demo-session',
      'POST /auth/discord',
      'POST /auth/hand-off',
      'POST /auth/session',
      'POST /oauth/callback',
    ]);
    expect(() => readOpenApi({ ...document, openapi: '3.0.0' })).toThrow();
    expect(() => readOpenApi({ ...document, paths: { '/x': { get: { summary: 'x', responses: {} } } } })).toThrow();
  });

  it('says of every refusal that it is a problem document', () => {
    for (const { path, operation } of operations(document).filter(({ path: at }) => at.startsWith('/api/discord'))) {
      const refusals = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);
      expect({ path, count: refusals.length }).not.toEqual({ path, count: 0 });
      for (const [, { content }] of refusals) expect(Object.keys(content ?? {})).toEqual(['application/problem+json']);
    }
  });

  function examplesOf(operation: Operation): [string, Example][] {
    const bodies = operation.requestBody?.content['application/json']?.examples;
    const parameters = operation.parameters?.find(({ examples }) => examples)?.examples;
    return Object.entries((bodies ?? parameters ?? {}) as Record<string, Example>);
  }

  async function send(method: string, path: string, operation: Operation, name: string, value: unknown) {
    if (path.endsWith('/enrollment-changed')) {
      const secret = name === 'badSignature' ? `whsec_${Buffer.alloc(32, 9).toString('base64')}` : CURRENT_SECRET;
      return deliver(service, value, { secret });
    }
    const body = operation.requestBody ? JSON.stringify(value) : undefined;
    const address = path.replace(/\{(\w+)\}/g, (_, parameter: string) => {
      const found = operation.parameters?.find((each) => each.name === parameter);
      return String(found?.examples ? value : (found?.schema as { examples: unknown[] }).examples[0]);
    });
    const signature = path.endsWith('/events')
      ? signedHeaders(SANDBOX_PRIVATE_KEY, name === 'badSignature' ? 'x' : body!)
      : {};
    const response = await fetch(`${service.url}${address}`, {
      method,
      headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json', ...signature },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    const type = response.headers.get('content-type');
    return { status: response.status, type, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
  }

  it('gives examples that are answered as it says, and requests and answers that fit what it describes', async () => {
    let made = 0;
    for (const { method, path, operation } of operations(document)) {
      for (const [name, { value, 'x-status': status }] of examplesOf(operation)) {
        await asInTheExamples();
        const reply = await send(method, path, operation, name, value);
        expect({ path, name, status: reply.status }).toEqual({ path, name, status });
        const answer = operation.responses[String(status)];
        expect({ path, name, described: answer !== undefined }).toEqual({ path, name, described: true });
        const type = reply.type?.split(';')[0] ?? '';
        const described = answer?.content?.[type]?.schema;
        if (described && status !== 204) {
          const fits = schemaOf(described);
          expect({ path, name, fits: fits(reply.body), errors: fits.errors }).toEqual({
            path,
            name,
            fits: true,
            errors: null,
          });
        }
        const asked = operation.requestBody?.content['application/json']?.schema;
        if (asked && name !== 'wrong')
          expect({ path, name, asked: schemaOf(asked)(value) }).toEqual({ path, name, asked: true });
        made += 1;
      }
    }
    expect(made).toBeGreaterThanOrEqual(18);
  });

  it('has examples for everything under /api/discord', () => {
    for (const { path, operation } of operations(document).filter(({ path: at }) => at.startsWith('/api/discord')))
      expect({ path, count: examplesOf(operation).length }).not.toEqual({ path, count: 0 });
  });
});
