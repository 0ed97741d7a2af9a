import { z, type ZodType } from 'zod';
import { LocalDiscord } from '../../sandbox/local-discord';
import { loadDiscordOperations, loadDiscordSchemas } from './discord-schemas';
import { type ApiAnswer, startLocal } from './local';
import { makeOperationWorld, type OperationWorld, perform } from './operation-world';
import { type Operation, OPERATIONS, type Refusal } from './operations';

/** Served as well, though Discord's OpenAPI file leaves them out: outside-the-file.spec.ts holds them to the documentation. */
const OUTSIDE_THE_FILE = [
  'PATCH /guilds/{guild_id}/members/@me/nick',
  'POST /oauth2/token',
  'POST /oauth2/token/revoke',
];

/**
 * The documentation's errors tree. The file says that the codes in it are numbers, which no example and no client of
 * the service has seen.
 */
const errorsTree: ZodType = z.lazy(() =>
  z.union([
    z.strictObject({
      _errors: z.array(z.strictObject({ code: z.string().regex(/^[A-Z_]+$/), message: z.string() })).min(1),
    }),
    z.record(z.string(), errorsTree).refine((fields) => Object.keys(fields).length > 0),
  ]),
);

describe('every operation of Discord’s OpenAPI file that matters here', () => {
  const schemas = loadDiscordSchemas();
  let world: OperationWorld;
  const checked = {
    operations: new Set<string>(),
    bodiesBySchema: 0,
    bodiesByType: 0,
    queries: 0,
    answers: 0,
    errors: 0,
  };

  beforeAll(async () => {
    world = await makeOperationWorld(await startLocal());
  });
  afterAll(async () => {
    world.close();
    await world.local.close();
    process.stdout.write(
      `${checked.operations.size} operations: ${checked.bodiesBySchema} request bodies by schema, ` +
        `${checked.bodiesByType} request bodies and ${checked.queries} queries by type, ` +
        `${checked.answers} answers and ${checked.errors} errors were checked.\n`,
    );
  });

  function problems(schema: string, value: unknown): unknown[] {
    const known: ZodType | undefined = schemas[`${schema.replace('[]', '')}Schema`];
    if (known === undefined) throw new Error(`Discord has no schema ${schema}.`);
    const values = schema.endsWith('[]') && Array.isArray(value) ? (value as unknown[]) : [value];
    return values.flatMap((each) => known.safeParse(each).error?.issues ?? []);
  }

  function expectRequest({ request, query }: Operation, body: unknown): void {
    if (Object.keys(query).length > 0) checked.queries += 1;
    if (request !== undefined) {
      expect(problems(request, body)).toEqual([]);
      checked.bodiesBySchema += 1;
    } else if (body !== undefined) checked.bodiesByType += 1;
  }

  function expectAnswer(schema: string | undefined, answer: ApiAnswer): void {
    checked.answers += 1;
    if (schema === undefined || schema === '[]') expect(answer.text).toBe(schema ?? '');
    else if (schema.includes('/')) expect(answer.headers.get('content-type')).toBe(schema);
    else if (schema.endsWith('[]')) {
      expect(answer.list.length).toBeGreaterThan(0);
      expect(problems(schema, answer.list)).toEqual([]);
    } else expect(problems(schema, answer.body)).toEqual([]);
  }

  function expectError(status: number, code: number | undefined, answer: ApiAnswer): void {
    checked.errors += 1;
    expect({ status: answer.status, code: answer.body['code'], body: answer.body }).toMatchObject({ status, code });
    if (status === 429) {
      // The file demands a code too; the documentation's example and the live service have none.
      const [retry_after, message] = [expect.any(Number) as number, expect.any(String) as string];
      expect(answer.body).toEqual({ message, retry_after, global: expect.any(Boolean) as boolean });
      return;
    }
    const { errors, ...rest } = answer.body;
    expect(problems('ErrorResponse', rest)).toEqual([]);
    if (code === 50035) expect(errorsTree.safeParse(errors).error?.issues).toBeUndefined();
    else expect(errors).toBeUndefined();
  }

  it('covers what the local Discord serves, each once', () => {
    const discord = new LocalDiscord({ port: 0 });
    const anonymous = (name: string) => name.replace(/:[a-z_]+|\{[a-z_]+\}/g, '{}');
    const served = discord.api.router.routes.map(({ method, template }) => anonymous(`${method} ${template}`));
    discord.close();
    const rows = OPERATIONS.map(({ name }) => name);
    expect([...rows, ...OUTSIDE_THE_FILE].map(anonymous).sort()).toEqual(served.sort());
    const official = new Set(loadDiscordOperations());
    expect(rows.filter((name) => !official.has(name))).toEqual([]);
    expect(OUTSIDE_THE_FILE.filter((name) => official.has(name))).toEqual([]);
  });

  it.each(OPERATIONS.map((operation) => [operation.name, operation] as const))('%s succeeds', async (_, operation) => {
    const prepared = (await operation.prepare?.(world)) ?? {};
    const body = prepared.body ?? operation.body;
    expectRequest(operation, body);
    const ids = { ...world.places.full, ...prepared.ids };
    const answer = await perform(world, { ...operation, ids, body });
    const [status, schema] = operation.answer;
    expect([answer.status, answer.status >= 400 ? answer.body : {}]).toEqual([status, {}]);
    expectAnswer(schema, answer);
    checked.operations.add(operation.name);
  });

  const refusals = OPERATIONS.flatMap((operation) =>
    operation.refused.map((refusal): [string, string, Operation, Refusal] => [
      operation.name,
      refusal.because,
      operation,
      refusal,
    ]),
  );
  it.each(refusals)('%s fails when %s', async (_, _because, operation, refusal) => {
    const prepared = (await refusal.prepare?.(world)) ?? {};
    const ids = { ...world.places[refusal.at ?? 'full'], ...refusal.ids, ...prepared.ids };
    const { as = operation.as, query = operation.query } = refusal;
    const body = prepared.body ?? refusal.body ?? operation.body;
    const answer = await perform(world, { ...operation, ids, as, query, body });
    await prepared.undo?.();
    expectError(refusal.status, refusal.code, answer);
  });

  it.each(OPERATIONS.filter(({ path }) => path.includes('{')).map((operation) => [operation.name, operation] as const))(
    '%s is refused for what does not exist',
    async (_, operation) => {
      const answer = await perform(world, { ...operation, ids: world.places.unknown });
      expect(answer.status).toBe(404);
      expect(answer.body['code']).toBeGreaterThan(10_000);
      expectError(404, Number(answer.body['code']), answer);
    },
  );

  it.each(OPERATIONS.filter(({ as }) => as !== 'nobody').map((operation) => [operation.name, operation] as const))(
    '%s is refused without a token',
    async (_, operation) => {
      const answer = await perform(world, { ...operation, ids: world.places.full, as: 'nobody' });
      expect(answer.body).toEqual({ message: '401: Unauthorized', code: 0 });
      expectError(401, 0, answer);
    },
  );
});
