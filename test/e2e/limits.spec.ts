import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, parse, specifiedRules, validate } from 'graphql';
import { assertAffordable, costOf } from '../../src/graphql/cost';
import { OWN_RULES } from '../../src/graphql/document-rules';
import { LIMITS } from '../../src/graphql/limits';
import { closing, firstRefusal, overSocket } from './support/operations';
import { PAGES } from './support/pages';
import { type Answer, eventually, Service } from './support/service';

const times = (count: number, text: string | ((index: number) => string)) =>
  Array.from({ length: count }, (_, index) => (typeof text === 'string' ? text : text(index))).join(' ');

/** A path of so many levels, round and round between memberships and their course. */
function path(levels: number): string {
  const ring = ['memberships(first: 1)', 'nodes', 'course'];
  const names = ['viewer', ...Array.from({ length: levels - 2 }, (_, index) => ring[index % 3]!), '__typename'];
  return (
    names.reduceRight((inner, name) => (inner === '' ? name : `${name} { ${inner} }`), '').replace(/^/, '{ ') + ' }'
  );
}

/** A document that has exactly so much of what a limit counts, and of everything else as little as that needs. */
const EXACTLY: Readonly<
  Record<'tokens' | 'depth' | 'aliases' | 'directives' | 'selections' | 'cost', (n: number) => string>
> = {
  tokens: (n) => `{ memberships(filter: { status: [${times(n - 16, 'LEFT')}] }) { __typename } }`,
  depth: path,
  aliases: (n) => `{ ${times(n, (index) => `a${index}: viewer { id }`)} }`,
  directives: (n) => `{ viewer { id ${times(n, 'role @include(if: true)')} } }`,
  // A fragment of 98 fields, 101 times, in one field.
  selections: (n) =>
    `{ viewer { ${times(101, '...F')} ${times(n - 10_000, 'id')} } } fragment F on Viewer { ${times(98, 'id')} }`,
  // viewer, memberships, and 200 times nodes with 498 fields; the rest beside them.
  cost: (n) => `{ viewer { memberships(first: 200) { nodes { ${times(498, 'id')} } } ${times(n - 99_802, 'id')} } }`,
};

describe('the limits of the GraphQL boundary', () => {
  let service: Service;
  let token: string;

  beforeAll(async () => {
    service = await Service.start({ config: { roles: new Set(['api']) } });
    token = await service.token(await service.createUser('Ayu Wulandari'));
  }, 30_000);
  afterAll(() => service.close());

  const ways: Record<string, (query: string, variables?: Record<string, unknown>) => Promise<Answer<unknown>>> = {
    HTTP: (query, variables) => service.graphql(token, query, variables),
    WebSocket: (query, variables) => overSocket(service, token, query, variables),
  };

  describe.each(Object.keys(ways))('over %s', (way) => {
    const ask = ways[way]!;

    it.each(Object.keys(EXACTLY) as (keyof typeof EXACTLY)[])(
      '%s: just as much works, one more does not',
      async (limit) => {
        const most = await ask(EXACTLY[limit](LIMITS[limit]));
        expect(most.errors).toBeUndefined();
        expect(most.data).not.toBeNull();

        const { errors = [], data } = await ask(EXACTLY[limit](LIMITS[limit] + 1));
        expect(data ?? null).toBeNull();
        expect(errors).toHaveLength(1);
        expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', limit, maximum: LIMITS[limit] });
        expect(errors[0]?.message).toContain(`"${limit}" is ${LIMITS[limit]}`);
        // graphql-js and the counting of fields stop as soon as it is too much.
        if (!['tokens', 'selections'].includes(limit)) expect(errors[0]?.extensions['found']).toBe(LIMITS[limit] + 1);
      },
    );

    it('fragments within fragments do not hide how much there is', async () => {
      const levels = times(20, (n) => `fragment F${n} on Viewer { ...F${n + 1} ...F${n + 1} }`);
      const { errors } = await ask(`{ viewer { ...F0 } } ${levels} fragment F20 on Viewer { id }`);
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', limit: 'selections' } }]);
    });

    it('values within values are no deeper than can be read', async () => {
      const { errors } = await ask(`{ memberships(filter: { search: ${'['.repeat(LIMITS.tokens - 20)}`);
      expect(errors).toMatchObject([{ extensions: { code: expect.stringMatching(/BAD_USER_INPUT|PARSE/) as string } }]);
    });

    it('an argument that does not fit hides no cost of the fields beside it', async () => {
      const query = `query ($id: UUID = "7c9e6679-7425-40de-944b-e07fc1f90ae7") {
        course(id: $id) { id } ${EXACTLY.cost(LIMITS.cost + 1).slice(1)}`;
      const { errors, data } = await ask(query, { id: null });
      expect(data ?? null).toBeNull();
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    });

    it.each([
      'subscription { auditLogAppended @include(if: tue) { id } }',
      'subscription ($wanted: Boolean!) { auditLogAppended @skip(if: $wanted) { id } }',
      'subscription { ... @include(if: "yes") { auditLogAppended { id } } }',
      'subscription { ...F } fragment F on Subscription { ...F ... { auditLogAppended @include(if: true) { id } } }',
      'subscription { ...F @skip(if: 1) } fragment F on Subscription { auditLogAppended { id } }',
    ])('a condition on all of a subscription is refused in words: %s', async (query) => {
      const { errors } = await ask(query, { wanted: false });
      expect(errors).toMatchObject([
        {
          message: 'The only field of a subscription has no @skip or @include: leave the whole operation out instead.',
          extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
        },
      ]);
    });
  });

  describe('of what is sent at once', () => {
    const VIEWER = '{ viewer { id } }';
    const post = (body: string) =>
      fetch(`${service.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body,
      });
    const padded = (bytes: number, message: (query: string) => string) =>
      message(`${VIEWER} #${'x'.repeat(bytes - message(`${VIEWER} #`).length)}`);

    it('a body of so many bytes works, one of one more does not', async () => {
      const body = (bytes: number) => padded(bytes, (query) => JSON.stringify({ query }));
      expect(await (await post(body(LIMITS.bytes))).json()).toHaveProperty('data.viewer.id');
      const refused = await post(body(LIMITS.bytes + 1));
      expect(refused.status).toBe(413);
      expect(await refused.json()).toMatchObject({
        errors: [
          { extensions: { code: 'BAD_USER_INPUT', limit: 'bytes', maximum: LIMITS.bytes, found: LIMITS.bytes + 1 } },
        ],
      });
    });

    it('a WebSocket message of so many bytes works, one of one more closes the connection', async () => {
      const init = JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
      const message = (bytes: number) =>
        padded(bytes, (query) => JSON.stringify({ type: 'subscribe', id: 'a', payload: { query } }));
      // What follows a message that works is a second connection_init: that is what closes this connection.
      expect((await closing(service, [init, message(LIMITS.bytes), init]))[0]).toBe(4429);
      expect(await closing(service, [init, message(LIMITS.bytes + 1)])).toEqual([
        1009,
        `The limit "bytes" is ${LIMITS.bytes} bytes; this request has ${LIMITS.bytes + 1}.`,
      ]);
      // Far too much is not read to its end.
      expect((await closing(service, [init, message(3 * LIMITS.bytes)]))[0]).toBe(1009);
    });

    it.each([1, 2, 50])('a list of %d operations is refused', async (count) => {
      const response = await post(JSON.stringify(Array.from({ length: count }, () => ({ query: VIEWER }))));
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({
        errors: [{ extensions: { code: 'BAD_USER_INPUT', limit: 'operations', maximum: 1, found: count } }],
      });
    });

    it('so many subscriptions run on one WebSocket, and not one more', async () => {
      const streams = (count: number) =>
        Array.from({ length: count }, () => 'subscription { auditLogAppended { id } }');
      const one = await firstRefusal(service, token, streams(LIMITS.subscriptions + 1));
      expect(one).toMatchObject([
        { extensions: { code: 'BAD_USER_INPUT', limit: 'subscriptions', found: LIMITS.subscriptions + 1 } },
      ]);
      // With one less, what is refused first is what comes after all of them.
      const two = await firstRefusal(service, token, [...streams(LIMITS.subscriptions - 1), '{ nothing }']);
      expect(two).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
    });
  });

  it('sockets: one person holds so many open and no more, until one is closed; the platform any number', async () => {
    const id = await service.createUser('Budi Santoso');
    const budi = await service.token(id);
    const follow = async (who: string) => {
      // The first entry of their log is told, so the connection is in use.
      const stream = service.subscribe(who, 'subscription { auditLogAppended(after: "0") { action } }');
      await eventually(() => {
        expect(stream.received.length + stream.errors.length).toBeGreaterThan(0);
        return Promise.resolve();
      });
      return stream;
    };
    await service.sql(
      `INSERT INTO discord_integration_logs (user_id, action, status) VALUES ($1, 'click', 'success')`,
      [id],
    );
    const open: Awaited<ReturnType<typeof follow>>[] = [];
    try {
      for (let count = 0; count < LIMITS.sockets; count += 1) open.push(await follow(budi));
      expect(open.flatMap(({ errors }) => errors)).toEqual([]);
      const refused = await follow(budi);
      expect(refused.errors).toMatchObject([
        { code: 1013, reason: expect.stringContaining(`"sockets" is ${LIMITS.sockets} open WebSockets`) as string },
      ]);
      await open.pop()?.close();
      await eventually(async () => {
        const next = await follow(budi);
        open.push(next);
        expect(next.errors).toEqual([]);
      });
      const platform = await service.token(randomUUID(), 'service');
      for (let count = 0; count <= LIMITS.sockets; count += 1) open.push(await follow(platform));
      expect(open.slice(LIMITS.sockets).flatMap(({ errors }) => errors)).toEqual([]);
    } finally {
      for (const stream of open) await stream.close();
    }
  }, 60_000);
});

describe('the limits let through', () => {
  const contract = buildSchema(readFileSync(join(__dirname, '../contract.graphql'), 'utf8'));

  it.each(Object.entries(PAGES))('%s', (_name, query) => {
    const document = parse(query, { maxLexicalTokens: LIMITS.tokens });
    expect(validate(contract, document, [...specifiedRules, ...OWN_RULES])).toEqual([]);
    expect(() => assertAffordable({ schema: contract, document })).not.toThrow();
    expect(costOf({ schema: contract, document })).toBeGreaterThan(0);
  });
});
