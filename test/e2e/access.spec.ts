import { type INestApplication } from '@nestjs/common';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { OPERATIONS, type Request } from './support/access-operations';
import { AccessWorld, type CallerName, CALLERS } from './support/access-world';
import { eventually } from './support/service';
import { documentOf } from './support/selection';

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
