import { type AddressInfo } from 'node:net';
import { type INestApplication } from '@nestjs/common';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { Test } from '@nestjs/testing';
import { type GraphQLSchema } from 'graphql';
import { AppModule } from '../../src/app.module';
import { AccessGuard } from '../../src/auth/access.guard';
import { OPERATIONS, type Request } from './support/access-operations';
import { AccessWorld, type CallerName, CALLERS } from './support/access-world';
import { eventually } from './support/service';
import { selectionOf } from './support/selection';

/** Refusals that stand in most lines. */
const SHORT: Readonly<Record<string, string>> = { U: 'UNAUTHENTICATED', F: 'FORBIDDEN', N: 'NOT_FOUND' };

describe('Who may do what', () => {
  let world: AccessWorld;
  beforeAll(async () => {
    world = await AccessWorld.create();
  }, 60_000);
  afterAll(() => world.close());

  it('is said for every operation of the running application, and for nothing else', () => {
    const said = new Set(OPERATIONS.map(([operation]) => operation));
    expect([...said].sort()).toEqual(operationsOf(world.service.nest).sort());
  });

  it.each(OPERATIONS)('%s', async (operation, request, outcomes) => {
    const expected = outcomes.split(/\s+/).map((outcome) => SHORT[outcome] ?? outcome);
    const found: string[] = [];
    for (const caller of CALLERS) found.push(await outcomeOf(world, operation, await request(world, caller), caller));
    expect(named(found)).toEqual(named(expected));
  });
});

describe('Without its guard', () => {
  let world: AccessWorld;
  let open: INestApplication;
  let url: string;

  beforeAll(async () => {
    world = await AccessWorld.create();
    const testing = await Test.createTestingModule({ imports: [AppModule.forRoot(world.service.config)] })
      .overrideProvider(AccessGuard)
      .useValue({ canActivate: () => true })
      .compile();
    open = testing.createNestApplication({ logger: false });
    await open.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(open.getHttpServer() as { address(): AddressInfo }).address().port}/graphql`;
  }, 60_000);
  afterAll(async () => {
    await open.close();
    await world.close();
  });

  /** All that a query gives to this caller, with everything that can be asked of it. */
  async function answer(caller: CallerName, operation: string, asked: string): Promise<unknown> {
    const [kind = '', field = ''] = operation.split('.');
    const query = documentOf(open.get(GraphQLSchemaHost).schema, kind, field, asked, 1);
    const token = world.tokens[caller];
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify({ query }),
    });
    return response.json();
  }

  it('the doors are open indeed', async () => {
    expect(await answer('student', 'Query.serverConfigs', 'serverConfigs')).not.toHaveProperty('errors');
  });

  const queries = OPERATIONS.filter(([operation]) => operation.startsWith('Query.'));

  it.each(queries)('%s shows nothing of others', async (operation, request) => {
    for (const caller of ['anonymous', 'otherStudent', 'otherInstructor'] as const) {
      const asked = await request(world, caller);
      const text = JSON.stringify(await answer(caller, operation, asked as string));
      expect([caller, world.secrets.filter((secret) => text.includes(secret))]).toEqual([caller, []]);
    }
  });

  it.each(queries)('%s shows the student nothing of the teaching side', async (operation, request) => {
    const text = JSON.stringify(await answer('student', operation, (await request(world, 'student')) as string));
    const { runId, otherStudentId, otherRoom } = world;
    const secrets = [runId, otherStudentId, otherRoom.courseId, otherRoom.configId, otherRoom.instructorDiscordId];
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  });
});

function named(outcomes: readonly string[]): Record<string, string | undefined> {
  return Object.fromEntries(CALLERS.map((caller, index) => [caller, outcomes[index]]));
}

/** `Query.course`, `GET /health/live`: everything that the application answers to. */
function operationsOf(nest: INestApplication): string[] {
  const { schema } = nest.get(GraphQLSchemaHost);
  const fields = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
    Object.keys(type?.getFields() ?? {}).map((field) => `${type?.name}.${field}`),
  );
  const express = nest.getHttpAdapter().getInstance() as {
    router: { stack: { route?: { path: string; methods: Record<string, boolean> } }[] };
  };
  // Under every method at once stands middleware (the logger's): it answers nobody.
  const routes = express.router.stack.flatMap(({ route }) =>
    route === undefined || 'purge' in route.methods
      ? []
      : Object.keys(route.methods).map((method) => `${method.toUpperCase()} ${route.path}`),
  );
  return [...fields, ...routes];
}

async function outcomeOf(
  { service, tokens }: AccessWorld,
  operation: string,
  request: Request,
  caller: CallerName,
): Promise<string> {
  const token = tokens[caller];
  if (typeof request !== 'string') return restOutcome(service.url, operation, request, token);

  const [kind = '', field = ''] = operation.split('.');
  const document = documentOf(service.nest.get(GraphQLSchemaHost).schema, kind, field, request);
  if (kind !== 'Subscription') {
    const { data, errors } = await service.graphql<Record<string, unknown>>(token, document);
    return errors?.[0]?.extensions.code ?? (isNothing(data?.[field]) ? 'none' : 'ok');
  }
  const stream = service.subscribe(token, document);
  try {
    await eventually(() => {
      expect(stream.received.length + stream.errors.length).toBeGreaterThan(0);
      return Promise.resolve();
    });
  } finally {
    await stream.close();
  }
  const [error] = stream.errors as { code?: number; extensions?: { code: string } }[];
  // A WebSocket without a token is closed, in the words of graphql-ws.
  if (error?.code === 4401) return 'UNAUTHENTICATED';
  return error?.extensions?.code ?? 'ok';
}

function documentOf(schema: GraphQLSchema, kind: string, field: string, asked: string, depth = 0): string {
  const type = schema.getRootType(kind.toLowerCase() as never)?.getFields()[field]?.type;
  return `${kind.toLowerCase()} { ${asked}${type ? selectionOf(type, depth) : ''} }`;
}

/** Nothing at all, or a page on which nothing stands. */
function isNothing(value: unknown): boolean {
  const list: unknown = typeof value === 'object' && value !== null && 'nodes' in value ? value.nodes : value;
  return list === null || list === undefined || (Array.isArray(list) && list.length === 0);
}

async function restOutcome(
  url: string,
  operation: string,
  { path, body }: Exclude<Request, string>,
  token: string | null,
): Promise<string> {
  const [method = '', route = ''] = operation.split(' ');
  const response = await fetch(`${url}${path ?? route}`, {
    method,
    redirect: 'manual',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  if (response.status < 400) return 'ok';
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json');
  return isProblem ? (JSON.parse(text) as { code: string }).code : String(response.status);
}
