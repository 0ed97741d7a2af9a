import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { Database } from '../../src/database/database';
import { INTERNALS } from './support/internals';
import { type Answer, type Classroom, classroom, Service } from './support/service';

const CREATE = 'mutation ($input: CreateServerConfigInput!) { createServerConfig(input: $input) { id } }';
const UPDATE =
  'mutation ($id: UUID!, $input: UpdateServerConfigInput!) { updateServerConfig(id: $id, input: $input) { id } }';
const SYNC = 'mutation ($courseId: UUID!) { syncCourse(courseId: $courseId) { id } }';
const INVITE =
  'mutation ($userId: UUID!, $courseId: UUID!) { inviteStudent(userId: $userId, courseId: $courseId) { id } }';
const REMOVE =
  'mutation ($userId: UUID!, $courseId: UUID!, $reason: String) { removeStudent(userId: $userId, courseId: $courseId, reason: $reason) { id } }';
const REJOIN = 'mutation ($courseId: UUID!) { rejoinCourse(courseId: $courseId) { id } }';
const VIEWER = '{ viewer { id } }';

describe('a request that is not right', () => {
  let service: Service;
  let room: Classroom;
  let studentId: string;
  let studentToken: string;
  let rows: Record<string, number>;

  beforeAll(async () => {
    service = await Service.start();
    room = await classroom(service);
    studentId = await service.createUser('Ayu Wulandari');
    await service.link(studentId);
    await service.enroll(studentId, room.courseId);
    await service.reaches(studentId, room.courseId, 'joined');
    studentToken = await service.token(studentId);
    await service.rest();
    rows = await counts();
  }, 30_000);
  afterAll(() => service.close());

  // Whatever was refused, nothing of it was written.
  afterEach(async () => expect(await counts()).toEqual(rows));

  async function counts(): Promise<Record<string, number>> {
    const tables = await service.sql<{ name: string }>(
      `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
       WHERE table_type = 'BASE TABLE' AND table_schema IN ('public', 'auth')
         -- Written by the clock, not by requests.
         AND table_name NOT IN ('cron_runs', 'discord_service_minutes') ORDER BY 1`,
    );
    const found: Record<string, number> = {};
    for (const { name } of tables) {
      const [row] = await service.sql<{ count: number }>(`SELECT count(*)::int AS count FROM ${name}`);
      found[name] = row!.count;
    }
    // What a request that wrote something would have added; the service's own jobs come and go meanwhile.
    const [jobs] = await service.sql<{ count: number }>(
      `SELECT count(*)::int AS count FROM graphile_worker.jobs WHERE task_identifier IN ('mark-memberships', 'revoke-tokens')`,
    );
    return { ...found, jobs: jobs!.count };
  }

  /** The refusal, once it is certain that it tells nothing of our inside. */
  async function refusal(
    token: string | null,
    query: string,
    variables: object = {},
  ): Promise<{ code: string; message: string }> {
    const { code, message, extensions } = await service.refusal(token, query, variables);
    expect(JSON.stringify({ message, extensions })).not.toMatch(INTERNALS);
    expect(message).toMatch(/[.?”"]$/);
    return { code, message };
  }

  /** Posts whatever it is to GraphQL. */
  async function post(body: string, headers: Record<string, string>): Promise<{ status: number; code: string }> {
    const response = await fetch(`${service.url}/graphql`, { method: 'POST', body, headers });
    const text = await response.text();
    expect(text).not.toMatch(INTERNALS);
    const { errors } = JSON.parse(text) as Answer<unknown>;
    return { status: response.status, code: errors![0]!.extensions.code };
  }

  /** The problem document of a REST request. */
  async function problem(path: string, init: RequestInit = {}): Promise<Record<string, unknown>> {
    const response = await fetch(`${service.url}${path}`, { redirect: 'manual', ...init });
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const text = await response.text();
    expect(text).not.toMatch(INTERNALS);
    const document = JSON.parse(text) as Record<string, unknown>;
    expect(document['status']).toBe(response.status);
    return document;
  }

  describe('names what there is not', () => {
    it('a course, a run, a configuration, a student', async () => {
      const teacher = room.instructorToken;
      const nothing = randomUUID();
      const { guildId } = room;
      const refused = await Promise.all([
        refusal(teacher, CREATE, { input: { courseId: nothing, guildId } }),
        refusal(teacher, UPDATE, { id: nothing, input: { autoInvite: false } }),
        refusal(teacher, SYNC, { courseId: nothing }),
        refusal(teacher, INVITE, { userId: studentId, courseId: nothing }),
        refusal(teacher, REMOVE, { userId: nothing, courseId: room.courseId }),
      ]);
      expect(refused.map(({ code }) => code)).toEqual(Array(5).fill('NOT_FOUND'));
      expect(await refusal(teacher, INVITE, { userId: nothing, courseId: room.courseId })).toMatchObject({
        code: 'NOT_ENROLLED',
      });
      expect(await refusal(studentToken, REJOIN, { courseId: nothing })).toMatchObject({ code: 'NOT_ENROLLED' });
      expect(
        await service.query(teacher, 'query ($id: UUID!) { syncRun(id: $id) { id } course(id: $id) { id } }', {
          id: nothing,
        }),
      ).toEqual({ syncRun: null, course: null });
    });

    it('a server that the bot is not in, or that does not exist', async () => {
      const courseId = await service.createCourse('Logic', room.instructorId);
      const strange = await service.discord.createGuild('Without the bot', room.instructorDiscordId);
      rows = await counts();
      for (const guildId of [strange.id, '1234567890123456789']) {
        const answer = await service.refusal(room.instructorToken, CREATE, { input: { courseId, guildId } });
        expect(['SERVER_NOT_READY', 'GUILD_NOT_MANAGED']).toContain(answer.code);
        expect(answer.message).not.toMatch(INTERNALS);
      }
    });
  });

  describe('concerns a course of somebody else', () => {
    it('and is refused, by what the caller may see of it', async () => {
      const { courseId, guildId, configId } = room;
      const strangerId = await service.createUser('Bayu Saputra', 'instructor');
      const stranger = await service.token(strangerId, 'instructor');
      const nobody = await service.token(await service.createUser('Budi Santoso'));
      rows = await counts();
      for (const [document, variables] of [
        [CREATE, { input: { courseId, guildId } }],
        [UPDATE, { id: configId, input: { isActive: false } }],
        [SYNC, { courseId }],
        [INVITE, { userId: studentId, courseId }],
        [REMOVE, { userId: studentId, courseId }],
      ] as const) {
        expect(await refusal(stranger, document, variables)).toMatchObject({ code: 'NOT_FOUND' });
      }
      // Their own course, but they do not teach it.
      for (const [document, variables] of [
        [CREATE, { input: { courseId, guildId } }],
        [SYNC, { courseId }],
        [INVITE, { userId: studentId, courseId }],
        [REMOVE, { userId: studentId, courseId }],
      ] as const) {
        expect(await refusal(studentToken, document, variables)).toMatchObject({ code: 'FORBIDDEN' });
      }
      expect(await refusal(studentToken, UPDATE, { id: configId, input: { isActive: false } })).toMatchObject({
        code: 'NOT_FOUND',
      });
      expect(await refusal(nobody, REJOIN, { courseId })).toMatchObject({ code: 'NOT_ENROLLED' });
      const peek =
        'query ($userId: UUID!, $courseId: UUID!) { membership(userId: $userId, courseId: $courseId) { status } memberships(courseId: $courseId) { totalCount } }';
      for (const token of [stranger, nobody]) {
        expect(await service.query(token, peek, { userId: studentId, courseId })).toEqual({
          membership: null,
          memberships: { totalCount: 0 },
        });
      }
    });
  });

  describe('is malformed', () => {
    it.each([
      ['a UUID', SYNC, { courseId: 'algebra' }],
      ['a UUID with SQL in it', SYNC, { courseId: `' OR 1=1 --` }],
      ['a Discord id', CREATE, { input: { courseId: randomUUID(), guildId: '12' } }],
      ['a Discord id as a number', CREATE, { input: { courseId: randomUUID(), guildId: 1234567890123456 } }],
      [
        'a value that there is not',
        CREATE,
        { input: { courseId: randomUUID(), guildId: '1', removalPolicy: 'SHOUT' } },
      ],
      ['nothing where something has to be', SYNC, {}],
      ['a cursor', '{ memberships(after: "no cursor") { nodes { id } } }', {}],
      ['a page too large', '{ memberships(first: 100000) { nodes { id } } }', {}],
      ['more runs than are shown', '{ syncRuns(first: 1000) { id } }', {}],
    ])('%s', async (_what, document, variables) => {
      expect(await refusal(room.instructorToken, document, variables)).toMatchObject({ code: 'BAD_USER_INPUT' });
    });

    it('a reason longer than Discord takes', async () => {
      const variables = { userId: studentId, courseId: room.courseId, reason: 'x'.repeat(5_000) };
      expect(await refusal(room.instructorToken, REMOVE, variables)).toMatchObject({ code: 'BAD_USER_INPUT' });
    });

    it('a character that PostgreSQL does not store', async () => {
      const search = 'query ($search: String) { memberships(filter: { search: $search }) { totalCount } }';
      expect(await refusal(room.instructorToken, search, { search: 'a\u0000b' })).toMatchObject({
        code: 'BAD_USER_INPUT',
      });
      const variables = { userId: studentId, courseId: room.courseId, reason: 'a\u0000b' };
      expect(await refusal(room.instructorToken, REMOVE, variables)).toMatchObject({ code: 'BAD_USER_INPUT' });
    });

    it('a character that only this database does not store, which is not said to be another', async () => {
      const refused = service.nest
        .get(Database)
        .write((manager) => manager.query(`SELECT convert_from('\\xff', 'UTF8')`));
      await expect(refused).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
        message: 'A text holds a character that the database cannot store. Remove it.',
      });
    });

    it('half a character, which is kept as the one that stands for what cannot be read', async () => {
      const userId = await service.createUser('Citra Dewi');
      await service.enroll(userId, room.courseId);
      await service.reaches(userId, room.courseId, 'pending', 'ACCOUNT_NOT_LINKED');
      await service.query(room.instructorToken, REMOVE, { userId, courseId: room.courseId, reason: 'a\ud800' });
      expect(
        await service.sql(
          `SELECT details ->> 'reason' AS reason FROM discord_integration_logs WHERE user_id = $1 AND actor_id = $2`,
          [userId, room.instructorId],
        ),
      ).toEqual([{ reason: 'a\ufffd' }]);
      await service.rest();
      rows = await counts();
    });

    it('a token with half a character, or one that cannot be stored, where nobody looks', async () => {
      const strange = { full_name: 'a\ud800', 'b\ud800': 'c\u0000' };
      const token = await service.token(studentId, 'student', {
        user_metadata: strange,
        app_metadata: { role: 'student', ...strange },
      });
      expect(await service.query(token, VIEWER)).toEqual({ viewer: { id: studentId } });
    });

    it('a document, a body, a content type', async () => {
      const json = { 'content-type': 'application/json', authorization: `Bearer ${room.instructorToken}` };
      // In application/json the status of what was read and refused is 200, as GraphQL over HTTP asks.
      expect(await post('{"query": "{ viewer { userId }"}', json)).toEqual({
        status: 200,
        code: 'GRAPHQL_PARSE_FAILED',
      });
      expect(await post('{"query": "{ viewer { salary } }"}', json)).toEqual({
        status: 200,
        code: 'GRAPHQL_VALIDATION_FAILED',
      });
      expect(await post('{"query": ', json)).toEqual({ status: 400, code: 'BAD_USER_INPUT' });
      expect(await post('[]', json)).toMatchObject({ status: 400 });
      expect(await post('{}', json)).toMatchObject({ status: 400 });
      expect(await post(`{"query": "${VIEWER}", "pad": "${'x'.repeat(1_100_000)}"}`, json)).toEqual({
        status: 413,
        code: 'BAD_USER_INPUT',
      });
      // A form of a foreign site could send these without being asked.
      for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
        const { status } = await post(JSON.stringify({ query: VIEWER }), { ...json, 'content-type': type });
        expect(status).toBe(400);
      }
    });
  });

  describe('is not signed in', () => {
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

    async function tokens(): Promise<Record<string, string>> {
      const good = await service.token(studentId);
      const [header, , signature] = good.split('.') as [string, string, string];
      const claims = { role: 'authenticated', sub: studentId, app_metadata: { role: 'admin' } };
      const exp = Math.floor(Date.now() / 1_000) + 600;
      const signed = (secret: string) =>
        new SignJWT({ ...claims, exp }).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret));
      return {
        expired: await service.token(studentId, 'student', { exp: Math.floor(Date.now() / 1_000) - 600 }),
        'not valid yet': await service.token(studentId, 'student', { nbf: exp }),
        'signed by somebody else': await signed('another-secret-that-is-long-enough-too'),
        'changed after signing': [header, encode({ ...claims, exp }), signature].join('.'),
        'without a signature': [encode({ alg: 'none' }), encode({ ...claims, exp }), ''].join('.'),
        'cut short': good.slice(0, -4),
        'not a token': 'let-me-in',
        'of nobody': await service.token('', 'student'),
        'of a role that there is not': await service.token(studentId, 'student', { role: 'anon' }),
      };
    }

    it('at all', async () => {
      expect(await refusal(null, VIEWER)).toMatchObject({ code: 'UNAUTHENTICATED' });
      expect(await refusal(null, SYNC, { courseId: room.courseId })).toMatchObject({ code: 'UNAUTHENTICATED' });
      expect(await problem('/auth/discord')).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    });

    it('by a token that is good', async () => {
      for (const [kind, token] of Object.entries(await tokens())) {
        expect({ kind, ...(await refusal(token, VIEWER)) }).toMatchObject({ kind, code: 'UNAUTHENTICATED' });
        const headers = { authorization: `Bearer ${token}` };
        expect(await problem('/auth/discord', { headers })).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
      }
      const basic = await fetch(`${service.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Basic YTpi' },
        body: JSON.stringify({ query: VIEWER }),
      });
      expect(JSON.stringify(await basic.json())).toContain('UNAUTHENTICATED');
    });

    it('on a subscription', async () => {
      const stream = service.subscribe('let-me-in', 'subscription { membershipChanged { seq } }');
      const deadline = Date.now() + 5_000;
      while (stream.errors.length === 0 && Date.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 25));
      expect(stream.errors).toHaveLength(1);
      expect(stream.received).toEqual([]);
      await stream.close();
    });
  });

  describe('comes by REST', () => {
    it('to an address that there is not', async () => {
      expect(await problem('/api/discord/nothing')).toMatchObject({
        status: 404,
        code: 'NOT_FOUND',
        type: 'urn:anycademy:problem:not_found',
        title: 'Not found',
      });
      expect(await problem('/health/ready', { method: 'DELETE' })).toMatchObject({ status: 404 });
    });

    it('with a body that is not right', async () => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${studentToken}` };
      const callback = (body: string, type = headers['content-type']) =>
        problem('/oauth/callback', { method: 'POST', body, headers: { ...headers, 'content-type': type } });
      for (const body of ['{"code": ', '{}', '[]', '"text"', '{"code": 1, "state": {}}', '{"code":"a","state":"b"}']) {
        expect({ body, ...(await callback(body)) }).toMatchObject({ body, status: 400, code: 'BAD_USER_INPUT' });
      }
      expect(await callback('code=a&state=b', 'text/plain')).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    });

    it('with an address that is not well-formed', async () => {
      expect(await problem('/health/%E0%A4%A')).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    });
  });
});
