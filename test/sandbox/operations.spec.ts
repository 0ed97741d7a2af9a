import { type ZodType } from 'zod';
import { loadDiscordSchemas } from './discord-schemas';
import { type ApiAnswer, startLocal } from './local';
import { makeOperationWorld, perform } from './operation-world';
import { OPERATIONS } from './operations';

/** Names that nothing has, for a world in which an operation must fail. */
const UNKNOWN = {
  application_id: '111111111111111111',
  guild_id: '111111111111111111',
  channel_id: '111111111111111111',
  user_id: '111111111111111111',
  role_id: '111111111111111111',
  command_id: '111111111111111111',
  message_id: '111111111111111111',
  webhook_id: '111111111111111111',
  webhook_token: 'unknown',
  interaction_id: '111111111111111111',
  interaction_token: 'unknown',
  code: 'unknown',
};

describe('every operation of Discord’s OpenAPI file that matters here', () => {
  const schemas = loadDiscordSchemas();
  let world: Awaited<ReturnType<typeof makeOperationWorld>>;
  let requests = 0;
  let responses = 0;

  beforeAll(async () => {
    world = await makeOperationWorld(await startLocal());
  });
  afterAll(async () => {
    world.close();
    await world.local.close();
    process.stdout.write(
      `${OPERATIONS.length} operations, ${requests} requests and ${responses} responses were checked.\n`,
    );
  });

  function problems(schema: string, value: unknown): unknown[] {
    const known: ZodType | undefined = schemas[`${schema}Schema`];
    if (known === undefined) throw new Error(`Discord has no schema ${schema}.`);
    const result = known.safeParse(value);
    return result.success ? [] : result.error.issues;
  }

  function expectResponse(schema: string | undefined, answer: ApiAnswer): void {
    responses += 1;
    if (schema === undefined) {
      expect(answer.text).toBe('');
    } else if (schema.includes('/')) {
      expect(answer.headers.get('content-type')).toBe(schema);
    } else if (schema.endsWith('[]')) {
      expect(answer.list.length).toBeGreaterThan(0);
      for (const each of answer.list) expect(problems(schema.slice(0, -2), each)).toEqual([]);
    } else {
      expect(problems(schema, answer.body)).toEqual([]);
    }
  }

  it.each(OPERATIONS.map((operation) => [operation.id, operation] as const))('%s succeeds', async (_, operation) => {
    const prepared = (await operation.prepare?.(world)) ?? {};
    const body = prepared.body ?? operation.body;
    if (operation.request !== undefined) {
      expect(problems(operation.request, body)).toEqual([]);
      requests += 1;
    }
    const answer = await perform(world, operation, prepared.ids ?? {}, body);
    expect([answer.status, answer.status >= 400 ? answer.body : {}]).toEqual([operation.status, {}]);
    expectResponse(operation.response, answer);
  });

  it.each(OPERATIONS.filter(({ path }) => path.includes('{')).map((operation) => [operation.id, operation] as const))(
    '%s is refused for what does not exist',
    async (_, operation) => {
      const answer = await perform(world, operation, UNKNOWN, operation.body);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(answer.body['code']).not.toBe(0);
      expectResponse('ErrorResponse', answer);
    },
  );

  it.each(OPERATIONS.filter(({ auth }) => auth !== 'none').map((operation) => [operation.id, operation] as const))(
    '%s is refused without a token',
    async (_, operation) => {
      const answer = await perform(world, { ...operation, auth: 'none' }, {}, operation.body);
      expect([answer.status, answer.body]).toEqual([401, { message: '401: Unauthorized', code: 0 }]);
      expectResponse('ErrorResponse', answer);
    },
  );
});
