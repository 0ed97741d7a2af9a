import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { AuditLogModule } from '../../src/audit-log/audit-log.module';
import { type Caller } from '../../src/common/caller';
import { DatabaseModule } from '../../src/database/database.module';
import { type MigratedDatabase, migratedDatabase } from '../support/migrated-database';
import { type GraphqlApp, startGraphqlApp, tokenOf } from './graphql-app';
import { caller, entry, like, type LogProcess, startLogProcess } from './log-app';

const [algebra, botany] = [randomUUID(), randomUUID()];
const ada = caller(randomUUID(), 'INSTRUCTOR');
const bela = caller(randomUUID(), 'INSTRUCTOR');
const cora = caller(randomUUID());
const dana = caller(randomUUID());
const admin = caller(randomUUID(), 'ADMIN');
const guildId = '175928847299117063';

/** Numbers of the entries below: who may see them, follows from student and course. */
const ENTRIES = [
  entry(1, { action: 'add', userId: cora.userId, courseId: algebra, guildId, actorId: ada.userId }),
  entry(2, { action: 'add', userId: dana.userId, courseId: botany }),
  entry(3, { action: 'link', userId: cora.userId }),
  entry(4, { action: 'error', status: 'failed', courseId: botany, errorMessage: 'Discord said no.' }),
  entry(5, { action: 'health' }),
];

describe('the audit log', () => {
  let database: MigratedDatabase;
  let log: LogProcess;
  let app: GraphqlApp;

  beforeAll(async () => {
    database = await migratedDatabase();
    log = await startLogProcess(database);
    app = await startGraphqlApp({
      config: { database: database.logins },
      imports: [DatabaseModule.forRoot(), AuditLogModule],
    });
    await teaches(ada, algebra);
    await teaches(bela, botany);
    for (const one of ENTRIES) await log.append(one);
  });

  afterAll(async () => {
    await app.stop();
    await log.stop();
    await database.drop();
  });

  const teaches = async (instructor: Caller, course: string): Promise<void> => {
    const platform = new Client({ connectionString: database.url });
    await platform.connect();
    await platform.query('INSERT INTO courses (id, title, instructor_id) VALUES ($1, $2, $3)', [
      course,
      'A course',
      instructor.userId,
    ]);
    await platform.end();
  };

  interface Connection {
    nodes: { details: { number: number } }[];
    edges: { cursor: string }[];
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
  }

  const page = async (as: Caller, args = ''): Promise<Connection> => {
    const query = `{ auditLog${args && `(${args})`} { nodes { details } edges { cursor } pageInfo { hasNextPage endCursor } } }`;
    const { data, errors } = await app.ask(query, { as });
    expect(errors).toBeUndefined();
    return data?.['auditLog'] as Connection;
  };
  const numbers = (connection: Connection) => connection.nodes.map((node) => node.details.number);

  describe('looked through, newest first', () => {
    it.each([
      ['an admin', admin, [5, 4, 3, 2, 1]],
      ['an instructor', ada, [1]],
      ['another instructor', bela, [4, 2]],
      ['a student', cora, [3, 1]],
      ['somebody of whom there is nothing', caller(randomUUID()), []],
    ])('shows %s what they may see', async (_who, as, expected) => {
      expect(numbers(await page(as))).toEqual(expected);
    });

    it.each([
      ['action: [ADD, HEALTH]', [5, 2, 1]],
      ['status: [FAILED]', [4]],
      [`courseId: "${botany}"`, [4, 2]],
      [`userId: "${cora.userId.toUpperCase()}"`, [3, 1]],
      [`guildId: "${guildId}"`, [1]],
      ['until: "2020-01-01T00:00:00Z"', []],
      ['since: "2020-01-01T00:00:00Z", action: [LINK]', [3]],
    ])('can be narrowed by %s', async (filter, expected) => {
      expect(numbers(await page(admin, `filter: { ${filter} }`))).toEqual(expected);
    });

    it('shows a student nothing of somebody else, whatever is asked for', async () => {
      expect(numbers(await page(dana, `filter: { userId: "${cora.userId}" }`))).toEqual([]);
      expect(numbers(await page(dana, `filter: { courseId: "${algebra}" }`))).toEqual([]);
    });

    it('comes in pages without overlap, also while entries are added', async () => {
      const first = await page(admin, 'first: 2');
      await log.append(entry(6, { action: 'click' }));
      const second = await page(admin, `first: 2, after: "${first.pageInfo.endCursor}"`);
      const third = await page(admin, `first: 2, after: "${second.pageInfo.endCursor}"`);
      expect([first, second, third].map(numbers)).toEqual([[5, 4], [3, 2], [1]]);
      expect([first, second, third].map(({ pageInfo }) => pageInfo.hasNextPage)).toEqual([true, true, false]);
    });

    it('takes null for an argument as if it were absent', async () => {
      expect(numbers(await page(cora, 'first: null, after: null, filter: null'))).toEqual([3, 1]);
    });

    it('tells everything about an entry', async () => {
      const { data } = await app.ask(
        '{ auditLog(filter: { guildId: "175928847299117063" }) { nodes { id seq action status actorId userId courseId guildId details errorMessage createdAt } } }',
        { as: admin },
      );
      expect(data).toEqual({
        auditLog: {
          nodes: [
            {
              id: like(/^[0-9a-f-]{36}$/),
              seq: like(/^\d+$/),
              action: 'ADD',
              status: 'SUCCESS',
              actorId: ada.userId,
              userId: cora.userId,
              courseId: algebra,
              guildId,
              details: { number: 1 },
              errorMessage: null,
              createdAt: like(/^\d{4}-.*Z$/),
            },
          ],
        },
      });
    });

    it.each([
      ['first: 0', /"first" must be between 1 and 200/],
      ['first: 201', /"first" must be between/],
      ['after: "nonsense"', /"after" is not a cursor of this list/],
      [`after: "${Buffer.from('["1; DROP TABLE x"]').toString('base64url')}"`, /"after"/],
      ['filter: { since: "2026-02-01T00:00:00Z", until: "2026-01-01T00:00:00Z" }', /"since" must be earlier/],
    ])('refuses %s with a sentence', async (args, message) => {
      const { errors } = await app.ask(`{ auditLog(${args}) { nodes { id } } }`, { as: admin });
      expect(errors).toEqual([expect.objectContaining({ message: like(message) })]);
      expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' });
    });

    it('is for people who have signed in', async () => {
      const { errors } = await app.ask('{ auditLog { nodes { id } } }');
      expect(errors?.[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED' });
    });
  });

  describe('followed', () => {
    const follow = (as: Caller, args = '') =>
      app
        .connect({ authorization: tokenOf(as) })
        .iterate<{ auditLogAppended: { seq: string; action: string; details: { number: number } } }>({
          query: `subscription { auditLogAppended${args && `(${args})`} { seq action details } }`,
        });
    type Stream = ReturnType<typeof follow>;

    const next = async (stream: Stream, count: number): Promise<unknown[]> => {
      const seen: unknown[] = [];
      while (seen.length < count) {
        const step = await stream.next();
        if (step.done === true) throw new Error(`The stream ended after ${seen.length} of ${count} entries.`);
        seen.push(step.value.data?.auditLogAppended.details.number);
      }
      return seen;
    };

    it.each([
      ['an admin', admin, [1, 2, 3, 4, 5]],
      ['an instructor', ada, [1]],
      ['another instructor', bela, [2, 4]],
      ['a student', cora, [1, 3]],
    ])('from the beginning shows %s what they may see', async (_who, as, expected) => {
      const stream = follow(as, 'after: "0"');
      expect(await next(stream, expected.length)).toEqual(expected);
      await stream.return?.();
    });

    it.each([
      ['an admin', admin, [30, 31, 32]],
      ['an instructor', ada, [31]],
      ['another instructor', bela, [32]],
      ['a student', cora, [31, 32]],
    ])('from now on shows %s what comes, as far as they may see it', async (_who, as, expected) => {
      const stream = follow(as);
      const seen = next(stream, expected.length);
      await sleep(300);
      await log.append(entry(30, { action: 'health' }));
      await log.append(entry(31, { action: 'join', userId: cora.userId, courseId: algebra }));
      await log.append(entry(32, { action: 'leave', userId: cora.userId, courseId: botany }));
      expect(await seen).toEqual(expected);
      await stream.return?.();
    });

    it('is narrowed by the same filter', async () => {
      const stream = follow(admin, 'after: "0", filter: { action: [LINK, HEALTH] }');
      expect(await next(stream, 2)).toEqual([3, 5]);
      await stream.return?.();
    });

    it('shows an instructor a course that became theirs while they watched', async () => {
      const course = randomUUID();
      const stream = follow(ada);
      const first = next(stream, 1);
      await sleep(300);
      await teaches(ada, course);
      await log.append(entry(20, { action: 'config_create', courseId: course }));
      expect(await first).toEqual([20]);
      await log.append(entry(21, { courseId: course }));
      expect(await next(stream, 1)).toEqual([21]);
      await stream.return?.();
    });

    it('refuses a place that is none', async () => {
      const { value } = (await follow(admin, 'after: "-5"').next()) as {
        value: { errors: readonly { extensions: object }[] };
      };
      expect(value.errors[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' });
    });
  });
});
