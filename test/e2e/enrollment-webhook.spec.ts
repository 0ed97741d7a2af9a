import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { type ProcessRole } from '../../src/config/config';
import { Sweep } from '../../src/membership/sweep';
import { Service } from './support/service';
import { CURRENT_SECRET, deliver, FORMER_SECRET, type Reply } from './support/signed';

type Kind = 'created' | 'deleted' | 'expired';

describe('the platform tells of enrollments by webhook', () => {
  let service: Service;
  let courseId: string;

  beforeAll(async () => {
    service = await Service.start({
      config: {
        roles: new Set<ProcessRole>(['api']),
        webhooks: { secrets: [CURRENT_SECRET, FORMER_SECRET], allowPrivate: true },
      },
    });
    courseId = await service.createCourse('Algebra I', await service.createUser('Rina Hartono', 'instructor'));
  }, 60_000);
  afterAll(() => service.close());

  const event = (kind: Kind, userId: string, at = new Date(), data: object = {}) => ({
    type: `enrollment.${kind}`,
    timestamp: at.toISOString(),
    data: { userId, courseId, ...data },
  });
  const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1_000);

  async function enrolled(userId: string): Promise<boolean> {
    const rows = await service.sql('SELECT FROM discord_enrollments WHERE user_id = $1 AND active', [userId]);
    return rows.length > 0;
  }
  const indexes = (reply: Reply) => (reply.body['errors'] as { index: number }[]).map(({ index }) => index);
  async function stored(): Promise<object | undefined> {
    const [counts] = await service.sql(
      `SELECT (SELECT count(*) FROM course_enrollments) AS enrollments, (SELECT count(*) FROM auth.users) AS users,
         (SELECT count(*) FROM courses) AS courses, (SELECT count(*) FROM discord_enrollment_events) AS events,
         (SELECT count(*) FROM discord_enrollment_deliveries) AS deliveries`,
    );
    return counts;
  }

  it('enrolls, ends at a given time, enrolls again and unenrolls', async () => {
    const userId = await service.createUser('Ayu Lestari');
    const reply = await deliver(service, event('created', userId, secondsAgo(40)));
    expect(reply).toMatchObject({ status: 202, body: { accepted: 1, applied: 1, results: ['applied'] } });
    expect(reply.type).toMatch(/^application\/json/);
    expect(await enrolled(userId)).toBe(true);
    await deliver(service, event('expired', userId, secondsAgo(30)));
    expect(await enrolled(userId)).toBe(false);
    const end = new Date(Date.now() + 86_400_000);
    await deliver(service, event('created', userId, secondsAgo(20), { expiresAt: end.toISOString() }));
    expect(await enrolled(userId)).toBe(true);
    expect(await service.sql('SELECT expires_at FROM course_enrollments WHERE user_id = $1', [userId])).toEqual([
      { expires_at: end },
    ]);
    await deliver(service, event('deleted', userId, secondsAgo(10)));
    expect(await service.sql('SELECT FROM course_enrollments WHERE user_id = $1', [userId])).toEqual([]);
  });

  it('lets an enrollment count again that the platform had given another status, and leaves one that counts', async () => {
    const [refunded, completed] = [await service.createUser('Budi'), await service.createUser('Citra')];
    await service.sql(
      `INSERT INTO course_enrollments (user_id, course_id, status) VALUES ($1, $3, 'refunded'), ($2, $3, 'completed')`,
      [refunded, completed, courseId],
    );
    await deliver(service, [event('created', refunded), event('created', completed)]);
    const rows = await service.sql<{ user_id: string; status: string }>(
      'SELECT user_id, status FROM course_enrollments WHERE user_id = ANY($1::uuid[])',
      [[refunded, completed]],
    );
    expect(Object.fromEntries(rows.map((row) => [row.user_id, row.status]))).toEqual({
      [refunded]: 'active',
      [completed]: 'completed',
    });
  });

  it('creates users, courses and their instructors who are not known yet', async () => {
    const [userId, newCourse, instructorId] = [randomUUID(), randomUUID(), randomUUID()];
    const data = { courseId: newCourse, user: { displayName: 'Dewi Anggraini' } };
    const course = { title: 'Logic', instructorId };
    await deliver(service, [
      event('created', userId, new Date(), { ...data, course }),
      event('created', await service.createUser('Eka'), new Date(), { courseId: newCourse }),
    ]);
    expect(
      await service.sql('SELECT id, display_name, role FROM discord_users WHERE id = ANY($1::uuid[]) ORDER BY role', [
        [userId, instructorId],
      ]),
    ).toEqual([
      { id: instructorId, display_name: null, role: 'instructor' },
      { id: userId, display_name: 'Dewi Anggraini', role: 'student' },
    ]);
    expect(await service.sql('SELECT title, instructor_id FROM courses WHERE id = $1', [newCourse])).toEqual([
      { title: 'Logic', instructor_id: instructorId },
    ]);
    expect(await enrolled(userId)).toBe(true);
    // Nobody is created to be deleted.
    const nobody = randomUUID();
    expect((await deliver(service, event('deleted', nobody))).status).toBe(202);
    expect(await service.sql('SELECT FROM auth.users WHERE id = $1', [nobody])).toEqual([]);
  });

  it('refuses a course of which it was told nothing, and users and courses that only the platform creates', async () => {
    const known = event('created', await service.createUser('Fajar'));
    const undescribed = event('created', randomUUID(), new Date(), { courseId: randomUUID() });
    const before = await stored();
    const refused = await deliver(service, [known, undescribed, known, undescribed]);
    expect(refused).toMatchObject({ status: 422, body: { status: 422, code: 'BAD_USER_INPUT' } });
    expect(refused.type).toMatch(/^application\/problem\+json/);
    // The same pair once more, further on: the newest of it is what would be taken.
    expect(indexes(refused)).toEqual([3]);
    expect(refused.text).toContain('data.course');
    expect(await stored()).toEqual(before);

    await service.sql(
      `UPDATE discord_settings SET value = '{"auth.users": false, "public.courses": false}' WHERE name = 'platform_tables_made_here'`,
    );
    try {
      const described = { user: { displayName: 'X' }, course: { title: 'X', instructorId: randomUUID() } };
      const foreign = await deliver(service, [
        known,
        event('created', randomUUID(), new Date(), described),
        event('created', known.data.userId, new Date(), { ...described, courseId: randomUUID() }),
        event('deleted', randomUUID()),
      ]);
      expect(foreign.status).toBe(422);
      expect(indexes(foreign)).toEqual([1, 2]);
      expect(foreign.text).toContain('created by the platform only');
      expect(await stored()).toEqual(before);
      expect((await deliver(service, known)).status).toBe(202);
    } finally {
      await service.sql(
        `UPDATE discord_settings SET value = '{"auth.users": true, "public.courses": true}' WHERE name = 'platform_tables_made_here'`,
      );
    }
  });

  it('believes the newest event of a user and a course, in whatever order they arrive', async () => {
    const [late, early, mixed] = [await service.createUser('Gita'), await service.createUser('Hadi'), randomUUID()];
    await deliver(service, event('deleted', late, secondsAgo(10)));
    const stale = await deliver(service, event('created', late, secondsAgo(20)));
    expect(stale.body).toEqual({ accepted: 1, applied: 0, results: ['superseded'] });
    expect(await enrolled(late)).toBe(false);
    await deliver(service, event('created', early, secondsAgo(10)));
    await deliver(service, event('deleted', early, secondsAgo(20)));
    expect(await enrolled(early)).toBe(true);
    // Also within one call.
    const one = await deliver(service, [
      event('deleted', mixed, secondsAgo(30)),
      event('created', mixed, secondsAgo(10)),
      event('expired', mixed, secondsAgo(20)),
    ]);
    expect(one.body['results']).toEqual(['superseded', 'applied', 'superseded']);
    expect(await enrolled(mixed)).toBe(true);
  });

  it('what staff has set since overrules what arrives late, and what the platform tells then counts again', async () => {
    const userId = await service.createUser('Indah');
    const platform = await service.token(randomUUID(), 'service');
    const set = (active: boolean) =>
      service.query(
        platform,
        'mutation ($u: UUID!, $c: UUID!, $on: Boolean!) { setEnrollment(userId: $u, courseId: $c, active: $on) }',
        { u: userId, c: courseId, on: active },
      );
    await set(false);
    const late = await deliver(service, event('created', userId, secondsAgo(20)));
    expect(late.body['results']).toEqual(['superseded']);
    expect(await enrolled(userId)).toBe(false);
    // By a clock that is ahead of ours.
    await deliver(service, event('created', userId, secondsAgo(-60)));
    expect(await enrolled(userId)).toBe(true);
    await set(false);
    expect(await enrolled(userId)).toBe(false);
    const newer = await deliver(service, event('created', userId, secondsAgo(-61)));
    expect(newer.body['results']).toEqual(['applied']);
    expect(await enrolled(userId)).toBe(true);
  });

  it('comes to the same end when calls with the same people arrive at once, in opposite orders', async () => {
    const people = Array.from({ length: 40 }, () => randomUUID());
    const rounds = Array.from({ length: 10 }, (_, round) =>
      people.map((userId) =>
        event(round === 7 || round % 2 === 0 ? 'created' : 'deleted', userId, secondsAgo(100 - round)),
      ),
    );
    const calls = rounds.map((events, round) => deliver(service, round % 2 ? events.toReversed() : events));
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(rounds.map(() => 202));
    // The last round says deleted.
    for (const userId of people) expect(await enrolled(userId)).toBe(false);
    expect(await service.sql('SELECT FROM course_enrollments WHERE user_id = ANY($1::uuid[])', [people])).toEqual([]);
  });

  it('answers a repeat exactly as the first, also at once and after a restart, and takes it once', async () => {
    const userId = randomUUID();
    const body = JSON.stringify(event('created', userId, secondsAgo(20)));
    const id = `msg_${randomUUID()}`;
    const replies = await Promise.all(Array.from({ length: 8 }, () => deliver(service, body, { id })));
    expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(replies[0]).toMatchObject({ status: 202, body: { applied: 1 } });
    // Something else has happened since: the repeat changes nothing.
    await service.sql('DELETE FROM course_enrollments WHERE user_id = $1', [userId]);
    await service.down();
    await service.up();
    expect(await deliver(service, body, { id, at: secondsAgo(60) })).toEqual(replies[0]);
    expect(await enrolled(userId)).toBe(false);

    expect(await deliver(service, event('deleted', userId), { id })).toMatchObject({
      status: 409,
      body: { code: 'CONFLICT' },
    });
  });

  it('forgets a refused delivery, so that it can be sent again once it can be taken', async () => {
    const [newCourse, userId] = [randomUUID(), randomUUID()];
    const body = JSON.stringify(event('created', userId, new Date(), { courseId: newCourse }));
    const id = `msg_${randomUUID()}`;
    expect((await deliver(service, body, { id })).status).toBe(422);
    await service.sql('INSERT INTO courses (id, title, instructor_id) VALUES ($1, $2, $3)', [
      newCourse,
      'Sets',
      randomUUID(),
    ]);
    expect((await deliver(service, body, { id })).status).toBe(202);
    expect(await enrolled(userId)).toBe(true);
  });

  it('keeps answers for a week', async () => {
    await deliver(service, event('deleted', randomUUID()), { id: 'an-old-one' });
    await deliver(service, event('deleted', randomUUID()), { id: 'a-new-one' });
    await service.sql(
      `UPDATE discord_enrollment_deliveries SET received_at = now() - interval '8 days' WHERE webhook_id = 'an-old-one'`,
    );
    await service.nest.get(Sweep, { strict: false }).sweep();
    expect(
      await service.sql(`SELECT webhook_id FROM discord_enrollment_deliveries WHERE webhook_id LIKE 'a%one'`),
    ).toEqual([{ webhook_id: 'a-new-one' }]);
  });

  it('takes a thousand events in as many statements as one, and appends as many marks', async () => {
    const people = (count: number) =>
      Array.from({ length: count }, () => event('created', randomUUID(), new Date(), { user: { displayName: 'N.' } }));
    const marks = async () =>
      (
        await service.sql<{ count: number }>(
          `SELECT count(*)::int AS count FROM graphile_worker.jobs WHERE task_identifier = 'mark-memberships'`,
        )
      )[0]!.count;
    const statements = jest.spyOn(Client.prototype, 'query');
    try {
      const cost = async (count: number) => {
        const markedBefore = await marks();
        statements.mockClear();
        const reply = await deliver(service, people(count));
        const asked = statements.mock.calls.length;
        expect(reply).toMatchObject({ status: 202, body: { applied: count } });
        return { asked, marked: (await marks()) - markedBefore };
      };
      const one = await cost(1);
      expect(one.asked).toBeGreaterThan(3);
      expect(await cost(1_000)).toEqual(one);
      expect(one.marked).toBe(1);
    } finally {
      statements.mockRestore();
    }
  });

  it('takes either secret while one is being replaced', async () => {
    for (const secret of [CURRENT_SECRET, FORMER_SECRET])
      expect((await deliver(service, event('deleted', randomUUID()), { secret })).status).toBe(202);
  });

  it.each<[string, Parameters<typeof deliver>[2]]>([
    ['another secret', { secret: `whsec_${Buffer.alloc(32, 3).toString('base64')}` }],
    ['no signature', { headers: { 'webhook-signature': '' } }],
    ['no id', { headers: { 'webhook-id': '' } }],
    ['a signature of another version', { headers: { 'webhook-signature': 'v2,AAAA' } }],
    ['nonsense as signature', { headers: { 'webhook-signature': 'v1' } }],
    ['another id than was signed', { headers: { 'webhook-id': 'msg_other' } }],
    ['another time than was signed', { headers: { 'webhook-timestamp': String(Math.floor(Date.now() / 1_000) - 7) } }],
    ['a time that is none', { headers: { 'webhook-timestamp': 'now' } }],
    ['another body than was signed', { sent: '[]' }],
    ['a time of six minutes ago', { at: new Date(Date.now() - 360_000) }],
    ['a time in six minutes', { at: new Date(Date.now() + 360_000) }],
  ])('refuses %s', async (_, delivery) => {
    const userId = await service.createUser('Indah');
    const reply = await deliver(service, event('created', userId), delivery);
    expect(reply).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED', status: 401 } });
    expect(reply.type).toMatch(/^application\/problem\+json/);
    expect(await enrolled(userId)).toBe(false);
  });

  it('names each bad event, and stores nothing', async () => {
    const good = event('created', await service.createUser('Joko'));
    const before = await stored();
    const reply = await deliver(service, [
      good,
      { ...good, type: 'enrollment.paused' },
      good,
      event('created', 'not-an-id'),
      { ...good, timestamp: 'yesterday' },
      event('created', randomUUID(), new Date(Date.now() + 3_600_000)),
      'nothing',
      event('created', randomUUID(), new Date(), { user: { displayName: 'a\0b' } }),
    ]);
    expect(reply).toMatchObject({ status: 400, body: { code: 'BAD_USER_INPUT', status: 400 } });
    expect(indexes(reply)).toEqual([1, 3, 4, 5, 6, 7]);
    expect(reply.body['errors']).toContainEqual(expect.objectContaining({ index: 3, pointer: '/data/userId' }));
    expect(await stored()).toEqual(before);
  });

  it.each<[string, object]>([
    ['half a character in a name', { user: { displayName: 'A\ud800' } }],
    ['half a character in a title', { course: { title: '\udc00', instructorId: randomUUID() } }],
    ['an end in the year 0', { expiresAt: '0000-01-01T00:00:00Z' }],
    ['an end after the year 9999', { expiresAt: '9999-12-31T23:59:59-01:00' }],
    ['an end on a day that there is not', { expiresAt: '2026-02-30T00:00:00Z' }],
    ['an end in a time zone that there is not', { expiresAt: '2026-01-01T00:00:00+20:00' }],
    ['an end in another one', { expiresAt: '2026-01-01T00:00:00-23:00' }],
    ['an end with 300 decimal places', { expiresAt: `2026-01-01T00:00:00.${'1'.repeat(300)}Z` }],
  ])('names an event with %s as a bad one', async (_, data) => {
    const reply = await deliver(service, event('created', randomUUID(), new Date(), data));
    expect(reply).toMatchObject({ status: 400, body: { code: 'BAD_USER_INPUT' } });
    expect(indexes(reply)).toEqual([0]);
  });

  it('refuses the same instants as the time of an event', async () => {
    const timestamps = ['0000-01-01T00:00:00Z', '2026-01-01T00:00:00+20:00', `2026-01-01T00:00:00.${'1'.repeat(300)}Z`];
    const good = event('deleted', randomUUID());
    const reply = await deliver(
      service,
      timestamps.map((timestamp) => ({ ...good, timestamp })),
    );
    expect(reply.status).toBe(400);
    expect(reply.body['errors']).toEqual(
      timestamps.map((_, index) => expect.objectContaining({ index, pointer: '/timestamp' }) as unknown),
    );
  });

  it('tells events of one millisecond apart by what follows it', async () => {
    const userId = await service.createUser('Kartika');
    const at = (fraction: string) => ({
      ...event('created', userId),
      timestamp: `2026-01-01T00:00:00.000${fraction}Z`,
    });
    await deliver(service, { ...at('9'), type: 'enrollment.deleted' });
    expect((await deliver(service, at('1'))).body['results']).toEqual(['superseded']);
  });

  it.each<[string, unknown, number, Parameters<typeof deliver>[2]]>([
    ['no event at all', [], 400, {}],
    ['1,001 events', Array.from({ length: 1_001 }, () => ({})), 400, {}],
    ['what is no JSON', '{"type":', 400, {}],
    ['null', 'null', 400, {}],
    ['a text', '"enrollment.created"', 400, {}],
    ['another type of content', {}, 415, { headers: { 'content-type': 'text/plain' } }],
    ['a form', {}, 415, { headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    ['more than a megabyte', JSON.stringify(['x'.repeat(1_100_000)]), 413, {}],
    ['an id that is too long', {}, 400, { id: 'x'.repeat(300) }],
  ])('refuses %s', async (_, events, status, delivery) => {
    const reply = await deliver(service, events, delivery);
    expect(reply).toMatchObject({ status, body: { status } });
    expect(reply.type).toMatch(/^application\/problem\+json/);
  });

  it('takes nothing where no secret is set', async () => {
    await service.down();
    await service.up({ config: { webhooks: { secrets: [], allowPrivate: true } } });
    const reply = await deliver(service, event('deleted', randomUUID()));
    expect(reply.status).toBe(401);
    expect(reply.body['detail']).toContain('Set WEBHOOK_SECRETS');
  });
});
