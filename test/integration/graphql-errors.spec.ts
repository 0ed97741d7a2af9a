import { Controller, ForbiddenException, Get, HttpException, Logger, Post } from '@nestjs/common';
import { Args, Context, Field, Int, ObjectType, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { DomainError } from '../../src/common/domain-error';
import { toPage } from '../../src/common/page';
import { type GraphqlContext } from '../../src/graphql/context';
import { loaders } from '../../src/graphql/loaders';
import { countedConnectionType, toCountedConnection } from '../../src/graphql/page-type';
import { printSchemaOf } from '../../src/graphql/print-schema';
import { GraphQLSnowflake, GraphQLUuid } from '../../src/graphql/scalars';
import { type GraphqlApp, startGraphqlApp } from './graphql-app';
import { caller, like } from './log-app';

const SECRET = 'SELECT access_token FROM user_discord_connections';
const STUDENT = '7c9e6679-7425-40de-944b-e07fc1f90ae7';

@ObjectType()
class Fruit {
  @Field(() => GraphQLUuid)
  id!: string;

  @Field(() => Date)
  pickedAt!: Date;
}

@ObjectType()
class FruitConnection extends countedConnectionType('Fruit', () => Fruit) {}

let counted = 0;
const batches: number[] = [];

@Resolver(() => Fruit)
class FruitResolver {
  @Query(() => String, { nullable: true })
  whoAmI(@Context() { caller: me }: GraphqlContext) {
    return me?.userId ?? null;
  }

  @Query(() => FruitConnection)
  fruits(@Args('first', { type: () => Int, defaultValue: 2 }) first: number) {
    const fruits = [1, 2, 3].map((day) => ({
      id: STUDENT.replace('7c', `0${day}`),
      pickedAt: new Date(Date.UTC(2026, 0, day)),
    }));
    return toCountedConnection(
      toPage(fruits, first, (fruit) => fruit.id),
      () => Promise.resolve((counted += 1) && fruits.length),
    );
  }

  @Query(() => String)
  fail(@Args('how') how: string): string {
    if (how === 'refused')
      throw new DomainError('NOT_ENROLLED', 'You are not enrolled in this course.', { courseId: 'c' });
    if (how === 'forbidden') throw new ForbiddenException('Not yours.');
    if (how === 'null') return null as unknown as string;
    throw new Error(SECRET);
  }

  @Query(() => String)
  guild(@Args('id', { type: () => GraphQLSnowflake }) id: string): string {
    return id;
  }

  @ResolveField(() => String)
  async owner(@Context() context: GraphqlContext): Promise<string> {
    const owner = loaders(context).get<string, string>('fruit/owner', (keys) => {
      batches.push(keys.length);
      return Promise.resolve(keys.map((key) => `owner of ${key}`));
    });
    return owner.load('basket');
  }
}

@Controller('rest')
class RestController {
  @Get('refused')
  refused(): never {
    throw new DomainError('SERVER_NOT_READY', 'No Discord server configured for this course.', { courseId: 'c' });
  }

  @Get('signed-out')
  signedOut(): never {
    throw new DomainError('UNAUTHENTICATED', 'Sign in first.');
  }

  @Get('broken')
  broken(): never {
    throw new Error(SECRET);
  }

  @Post('events')
  events(): never {
    throw new HttpException(
      { statusCode: 422, message: 'One event is bad.', error: 'x', invalid: [{ index: 3 }] },
      422,
    );
  }
}

describe('what a caller is told when something goes wrong', () => {
  let app: GraphqlApp;
  let logged: jest.SpyInstance;

  beforeAll(async () => {
    app = await startGraphqlApp({ providers: [FruitResolver], controllers: [RestController] });
    logged = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
  });

  afterAll(async () => {
    logged.mockRestore();
    await app.stop();
  });

  beforeEach(() => logged.mockClear());

  const only = (answer: Awaited<ReturnType<GraphqlApp['ask']>>) => {
    expect(answer.errors).toHaveLength(1);
    return answer.errors![0]!;
  };

  describe('over GraphQL', () => {
    it('is the code, the sentence and the details of a refusal', async () => {
      const answer = await app.ask('{ fail(how: "refused") }');
      expect(answer.status).toBe(200);
      expect(only(answer)).toMatchObject({
        message: 'You are not enrolled in this course.',
        path: ['fail'],
        extensions: { code: 'NOT_ENROLLED', courseId: 'c' },
      });
      expect(logged).not.toHaveBeenCalled();
    });

    it("is FORBIDDEN for Nest's own refusal", async () => {
      const error = only(await app.ask('{ fail(how: "forbidden") }'));
      expect(error.extensions).toEqual({ code: 'FORBIDDEN' });
    });

    it.each(['bug', 'null'])('is nothing but a correlation id for what nobody expected (%s)', async (how) => {
      const answer = await app.ask(`{ fail(how: "${how}") }`);
      const { message, extensions } = only(answer);
      expect(extensions).toEqual({
        code: 'INTERNAL_SERVER_ERROR',
        correlationId: like(/^[0-9a-f-]{36}$/),
      });
      expect(message).toMatch(/^Something went wrong on our side/);
      expect(JSON.stringify(answer)).not.toMatch(/access_token|non-nullable|\.ts/);
      expect(JSON.stringify(logged.mock.calls)).toContain(extensions['correlationId']);
    });

    it.each([
      ['a document that is no GraphQL', '{ fail(', 'GRAPHQL_PARSE_FAILED', undefined],
      ['an unknown field', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED', undefined],
      ['a malformed id in the document', '{ guild(id: "12") }', 'BAD_USER_INPUT', undefined],
      ['a malformed id in a variable', 'query ($id: Snowflake!) { guild(id: $id) }', 'BAD_USER_INPUT', { id: 5 }],
      [
        'null where a default stood',
        'query ($first: Int = 1) { fruits(first: $first) { totalCount } }',
        'BAD_USER_INPUT',
        { first: null },
      ],
      ['a missing variable', 'query ($id: Snowflake!) { guild(id: $id) }', 'BAD_USER_INPUT', {}],
    ])('names what is wrong with %s', async (_what, query, code, variables) => {
      const error = only(await app.ask(query, variables && { variables }));
      expect(error.extensions).toEqual({ code });
      expect(logged).not.toHaveBeenCalled();
    });

    it('is UNAUTHENTICATED with HTTP 401 for a token that is not good, and nobody without one', async () => {
      const response = await fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer nonsense' },
        body: '{"query":"{ whoAmI }"}',
      });
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({
        errors: [{ message: 'The token is not one of the platform.', extensions: { code: 'UNAUTHENTICATED' } }],
      });
      expect((await app.ask('{ whoAmI }')).data).toEqual({ whoAmI: null });
      expect((await app.ask('{ whoAmI }', { as: caller(STUDENT) })).data).toEqual({ whoAmI: STUDENT });
    });

    it('hides why a token could not be checked', async () => {
      const response = await fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer broken' },
        body: '{"query":"{ whoAmI }"}',
      });
      expect(response.status).toBe(500);
      expect(await response.text()).not.toContain('10.0.0.7');
    });

    it('is a GraphQL error also for a body that cannot be read', async () => {
      for (const [body, status] of [
        ['{"query":', 400],
        [JSON.stringify({ query: 'x'.repeat(1_100_000) }), 413],
      ] as const) {
        const response = await fetch(`${app.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
        });
        expect(response.status).toBe(status);
        expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
      }
    });

    it('refuses what a foreign web page could make a browser send', async () => {
      const response = await fetch(`${app.url}/graphql?query={whoAmI}`);
      expect(response.status).toBe(400);
      expect(await response.text()).toContain('Cross-Site Request Forgery');
    });
  });

  describe('over REST', () => {
    const get = async (path: string, init?: RequestInit) => {
      const response = await fetch(`${app.url}${path}`, init);
      return { response, body: (await response.json()) as Record<string, unknown> };
    };

    it('is a problem document', async () => {
      const { response, body } = await get('/rest/refused');
      expect(response.status).toBe(409);
      expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(body).toEqual({
        type: 'urn:anycademy:problem:server_not_ready',
        title: 'The Discord server is not ready',
        status: 409,
        detail: 'No Discord server configured for this course.',
        code: 'SERVER_NOT_READY',
        courseId: 'c',
      });
    });

    it('says how to sign in', async () => {
      const { response } = await get('/rest/signed-out');
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
    });

    it('carries what an exception says about its parts', async () => {
      const { body } = await get('/rest/events', { method: 'POST' });
      expect(body).toMatchObject({
        status: 422,
        code: 'BAD_USER_INPUT',
        detail: 'One event is bad.',
        invalid: [{ index: 3 }],
      });
      expect(body).not.toHaveProperty('statusCode');
    });

    it('is 404 for an address that does not exist', async () => {
      const { body } = await get('/rest/nowhere');
      expect(body).toMatchObject({ status: 404, code: 'NOT_FOUND', detail: 'Cannot GET /rest/nowhere' });
    });

    it('is 400 for JSON that is none, 413 for a body that is too large', async () => {
      const post = (body: string) =>
        get('/rest/events', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      expect((await post('{')).body).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
      expect((await post(JSON.stringify('x'.repeat(1_100_000)))).body).toMatchObject({
        status: 413,
        code: 'BAD_USER_INPUT',
      });
      expect(logged).not.toHaveBeenCalled();
    });

    it('is nothing but a correlation id for what nobody expected', async () => {
      const { response, body } = await get('/rest/broken');
      expect(response.status).toBe(500);
      expect(body).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', correlationId: like(/^[0-9a-f-]{36}$/) });
      expect(JSON.stringify(body)).not.toContain('access_token');
      expect(JSON.stringify(logged.mock.calls)).toContain(body['correlationId']);
    });
  });

  it('tells a person who opens the address in a browser what it is', async () => {
    const response = await fetch(`${app.url}/graphql`, { headers: { accept: 'text/html' } });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/text\/html/);
    expect(await response.text()).toContain('schema.gql');
  });
});

describe('a list', () => {
  let app: GraphqlApp;

  beforeAll(async () => {
    app = await startGraphqlApp({ providers: [FruitResolver] });
  });
  afterAll(() => app.stop());

  it('comes in pages, and is counted only when asked', async () => {
    counted = 0;
    const { data } = await app.ask(
      '{ fruits { nodes { id } edges { cursor node { pickedAt } } pageInfo { hasNextPage endCursor } } }',
    );
    expect(data).toMatchObject({
      fruits: {
        nodes: [{}, {}],
        edges: [{ node: { pickedAt: '2026-01-01T00:00:00.000Z' } }, { node: { pickedAt: '2026-01-02T00:00:00.000Z' } }],
        pageInfo: { hasNextPage: true, endCursor: STUDENT.replace('7c', '02') },
      },
    });
    expect(counted).toBe(0);
    expect((await app.ask('{ fruits(first: 3) { totalCount pageInfo { hasNextPage } } }')).data).toEqual({
      fruits: { totalCount: 3, pageInfo: { hasNextPage: false } },
    });
    expect(counted).toBe(1);
  });

  it('loads what its rows share once per request, and again for the next one', async () => {
    batches.length = 0;
    await app.ask('{ fruits(first: 3) { nodes { owner } } }');
    await app.ask('{ fruits(first: 3) { nodes { owner } } }');
    expect(batches).toEqual([1, 1]);
  });
});

describe('in production', () => {
  let app: GraphqlApp;

  beforeAll(async () => {
    app = await startGraphqlApp({ config: { introspection: false }, providers: [FruitResolver] });
  });
  afterAll(() => app.stop());

  it('the schema is not told, nor guessed at', async () => {
    const introspection = await app.ask('{ __schema { types { name } } }');
    expect(introspection.errors?.[0]?.extensions).toEqual({ code: 'GRAPHQL_VALIDATION_FAILED' });
    expect((await app.ask('{ whoAmi }')).errors?.[0]?.message).not.toContain('whoAmI');
  });
});

describe('the schema as text', () => {
  it('is made without starting anything, sorted, with our scalars', async () => {
    const text = await printSchemaOf([FruitResolver]);
    expect(text).toContain('type FruitConnection {\n');
    expect(text).toContain('type FruitEdge {\n');
    expect(text).toContain('pickedAt: DateTime!');
    expect(text).toContain('"""ISO 8601 instant, always UTC."""\nscalar DateTime');
    expect(text.indexOf('type Fruit ')).toBeLessThan(text.indexOf('type Query'));
  });
});
