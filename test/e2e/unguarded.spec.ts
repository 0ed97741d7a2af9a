import { type AddressInfo } from 'node:net';
import { type ExecutionContext, type INestApplication } from '@nestjs/common';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { Test } from '@nestjs/testing';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { AppModule } from '../../src/app.module';
import { AccessGuard } from '../../src/auth/access.guard';
import { Authenticator } from '../../src/auth/authenticator';
import { type CallerRequest } from '../../src/auth/request-context';
import { OPERATIONS, type Request } from './support/access-operations';
import { AccessWorld, type CallerName, CALLERS } from './support/access-world';
import { eventually } from './support/service';
import { documentOf } from './support/selection';

/** The guard finds out who is calling, as it does, and refuses nobody. */
const openGuard = (authenticator: Authenticator) => ({
  canActivate: async (context: ExecutionContext): Promise<boolean> => {
    if (context.getType<string>() !== 'http') return true;
    const request = context.switchToHttp().getRequest<CallerRequest>();
    const { headers, method } = request;
    const caller = await authenticator.authenticate(headers.authorization, method, headers);
    if (caller) request.caller = caller;
    return true;
  },
});

describe('Without its guard', () => {
  let world: AccessWorld;
  let open: INestApplication;
  let url: string;

  beforeAll(async () => {
    world = await AccessWorld.create();
    const testing = await Test.createTestingModule({ imports: [AppModule.forRoot(world.service.config)] })
      .overrideProvider(AccessGuard)
      .useFactory({ factory: openGuard, inject: [Authenticator] })
      .compile();
    open = testing.createNestApplication({ logger: false });
    await open.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(open.getHttpServer() as { address(): AddressInfo }).address().port}`;
  }, 60_000);
  afterAll(async () => {
    await open.close();
    await world.close();
  });

  const schema = () => open.get(GraphQLSchemaHost).schema;

  /** All that is given to this caller, with everything that can be asked of it. */
  async function answer(caller: CallerName, operation: string, request: Request): Promise<string> {
    const token = world.tokens[caller];
    const [kind = '', field = ''] = operation.split('.');
    if (kind === 'Subscription') return followed(caller, documentOf(schema(), kind, field, request as string, 1));
    const [method = '', route = ''] = operation.split(' ');
    const sent =
      typeof request === 'string'
        ? { method: 'POST', path: '/graphql', body: { query: documentOf(schema(), kind, field, request, 1) } }
        : { method, path: request.path ?? route, body: request.body };
    const response = await fetch(`${url}${sent.path}`, {
      method: sent.method,
      redirect: 'manual',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      ...(sent.body ? { body: JSON.stringify(sent.body) } : {}),
    });
    return response.text();
  }

  /** What a stream tells from the beginning on, up to the last of what there is for this caller, or until it refuses. */
  async function followed(caller: CallerName, query: string): Promise<string> {
    const last = await world.lastFor(caller);
    const client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${world.tokens[caller]}` },
      retryAttempts: 0,
    });
    const told: unknown[] = [];
    let isOver = false;
    client.subscribe(
      { query },
      {
        next: (result) => {
          told.push(result);
          isOver ||= result.errors !== undefined || last.some((mark) => JSON.stringify(result).includes(mark));
        },
        error: (error) => {
          told.push(error);
          isOver = true;
        },
        complete: () => (isOver = true),
      },
    );
    try {
      await eventually(() => {
        expect(isOver).toBe(true);
        return Promise.resolve();
      }, 20_000);
    } finally {
      await client.dispose();
    }
    return JSON.stringify(told);
  }

  it('the doors are open indeed', async () => {
    expect(await answer('student', 'Query.serverConfigs', 'serverConfigs')).toContain('"data":{"serverConfigs":');
    const path = `/api/discord/status/${world.studentId}/${world.room.courseId}`;
    expect(await answer('student', 'GET /api/discord/status', { path })).toContain('"linked":true');
    const streams = OPERATIONS.filter(([operation]) => operation.startsWith('Subscription.'));
    for (const [operation, request] of streams)
      expect(await answer('instructor', operation, await request(world, 'instructor'))).toContain(world.room.guildId);
  });

  const reads = OPERATIONS.filter(([operation]) => /^(Query|Subscription)\.|^GET \/api\/discord\//.test(operation));

  it.each(reads)('%s shows nothing of others', async (operation, request) => {
    for (const caller of ['anonymous', 'otherStudent', 'otherInstructor'] as const) {
      const text = await answer(caller, operation, await request(world, caller));
      expect([caller, world.secrets.filter((secret) => text.includes(secret))]).toEqual([caller, []]);
    }
  });

  it.each(reads)('%s shows the student nothing of the teaching side', async (operation, request) => {
    const text = await answer('student', operation, await request(world, 'student'));
    const { runId, otherStudentId, otherRoom } = world;
    const secrets = [runId, otherStudentId, otherRoom.courseId, otherRoom.configId, otherRoom.instructorDiscordId];
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  });

  const changes = OPERATIONS.filter(([operation]) => /^Mutation\.|^(POST|DELETE) /.test(operation));

  it.each(changes)('%s does nothing for whom it is refused', async (operation, request, outcomes) => {
    const refused = outcomes.split(/\s+/);
    for (const caller of ['anonymous', 'student', 'otherStudent', 'instructor', 'otherInstructor'] as const) {
      if (refused[CALLERS.indexOf(caller)] === 'ok') continue;
      const asked = await request(world, caller);
      const before = await world.written();
      const text = await answer(caller, operation, asked);
      expect([caller, (/"code":"(\w+)"/.exec(text) ?? [])[1]]).toEqual([
        caller,
        expect.stringMatching(/^(UNAUTHENTICATED|FORBIDDEN|NOT_FOUND|NOT_ENROLLED|GUILD_NOT_MANAGED|BAD_USER_INPUT)$/),
      ]);
      expect([caller, await world.written()]).toEqual([caller, before]);
    }
  });
});
