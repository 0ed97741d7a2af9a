import { generateKeyPairSync, sign } from 'node:crypto';
import { SANDBOX_PRIVATE_KEY } from '../../sandbox/credentials';
import { signedHeaders } from '../../sandbox/webhook-signature';
import { type Classroom, classroom, eventually, Service } from './support/service';

interface Reply {
  readonly status: number;
  readonly type: string | null;
  readonly body: Record<string, unknown>;
}

describe('what can be done without GraphQL', () => {
  let service: Service;
  let room: Classroom;
  let studentId: string;
  let account: string;

  beforeAll(async () => {
    service = await Service.start();
    room = await classroom(service);
    ({ userId: studentId, account } = await service.joined('Ayu Lestari', room.courseId));
  }, 60_000);
  afterAll(() => service.close());

  async function call(
    method: 'GET' | 'POST',
    path: string,
    token: string | null,
    body?: object,
    language = 'en',
  ): Promise<Reply> {
    const response = await fetch(`${service.url}/api/discord/${path}`, {
      method,
      headers: {
        'accept-language': language,
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const type = response.headers.get('content-type');
    return { status: response.status, type, body: (await response.json()) as Reply['body'] };
  }

  function refused(reply: Reply, status: number, code: string): void {
    expect(reply).toMatchObject({ status, body: { status, code } });
    expect(reply.type).toMatch(/^application\/problem\+json/);
  }

  it('staff has a course compared', async () => {
    const { status, body } = await call('POST', `sync-course/${room.courseId}`, room.instructorToken);
    expect(status).toBe(202);
    const [run] = body['runs'] as { id: string; guildId: string; status: string }[];
    expect(run).toMatchObject({ guildId: room.guildId, status: 'QUEUED' });
    await eventually(async () =>
      expect(await service.sql('SELECT status, requested_by FROM discord_sync_runs WHERE id = $1', [run!.id])).toEqual([
        { status: 'SUCCEEDED', requested_by: room.instructorId },
      ]),
    );
  });

  it('a student, and staff, ask where the student stands', async () => {
    const path = `status/${studentId}/${room.courseId}`;
    const own = await call('GET', path, await service.token(studentId));
    const standing = { status: 'joined', reason: 'ADDED', nextStep: null, invite_link: null };
    expect(own).toMatchObject({ status: 200, body: { linked: true, ...standing } });
    expect(own.body['memberships']).toMatchObject([
      { ...standing, guildId: room.guildId, guildName: 'Algebra I server' },
    ]);
    const shown = await service.shown(await service.token(studentId), studentId, room.courseId);
    expect(own.body['explanation']).toBe(shown?.explanation);
    const staff = await call('GET', path, room.instructorToken, undefined, 'id');
    expect(staff.body['explanation']).not.toBe(own.body['explanation']);
  });

  it('of two servers, that one is told first which needs a person', async () => {
    const broken = await service.discord.createGuild('Second server', room.instructorDiscordId);
    await service.sql(
      `INSERT INTO discord_memberships (user_id, course_id, guild_id, status, reason, generation, observed_generation)
       VALUES ($1, $2, $3, 'pending', 'SERVER_NOT_READY', 1, 1)`,
      [studentId, room.courseId, broken.id],
    );
    const { body } = await call('GET', `status/${studentId}/${room.courseId}`, room.instructorToken);
    expect(body).toMatchObject({ status: 'pending', reason: 'SERVER_NOT_READY', nextStep: 'FIX_SERVER' });
    expect(body['memberships']).toHaveLength(2);
    await service.sql('DELETE FROM discord_memberships WHERE guild_id = $1', [broken.id]);
  });

  it('staff brings back a student who has left', async () => {
    await service.discord.leave(room.guildId, account);
    await service.reaches(studentId, room.courseId, 'left');
    const invitation = { userId: studentId, courseId: room.courseId };
    const { status, body } = await call('POST', 'invite-student', room.instructorToken, invitation);
    expect({ status, keys: Object.keys(body) }).toEqual({ status: 200, keys: ['invite_link', 'status'] });
    await service.reaches(studentId, room.courseId, 'joined');
  });

  it('refuses whom GraphQL refuses, with the same codes', async () => {
    const other = await service.token(await service.createUser('Budi'));
    const student = await service.token(studentId);
    const nobody = '00000000-0000-4000-8000-00000000dead';
    const bare = await service.createCourse('No server', room.instructorId);
    const invitation = { userId: studentId, courseId: room.courseId };
    refused(await call('POST', `sync-course/${room.courseId}`, null), 401, 'UNAUTHENTICATED');
    refused(await call('POST', `sync-course/${room.courseId}`, 'no.good.token'), 401, 'UNAUTHENTICATED');
    refused(await call('POST', `sync-course/${room.courseId}`, student), 403, 'FORBIDDEN');
    refused(await call('POST', `sync-course/${room.courseId}`, other), 404, 'NOT_FOUND');
    refused(await call('POST', 'sync-course/algebra', room.instructorToken), 400, 'BAD_USER_INPUT');
    const none = await call('POST', `sync-course/${bare}`, room.instructorToken);
    refused(none, 409, 'SERVER_NOT_READY');
    expect(none.body['detail']).toContain('No Discord server configured for this course');
    refused(await call('GET', `status/${studentId}/${room.courseId}`, null), 401, 'UNAUTHENTICATED');
    refused(await call('GET', `status/${studentId}/${room.courseId}`, other), 404, 'NOT_FOUND');
    refused(await call('GET', `status/${nobody}/${room.courseId}`, room.instructorToken), 404, 'NOT_FOUND');
    refused(await call('GET', `status/ayu/${room.courseId}`, room.instructorToken), 400, 'BAD_USER_INPUT');
    refused(await call('POST', 'invite-student', null, invitation), 401, 'UNAUTHENTICATED');
    refused(await call('POST', 'invite-student', student, invitation), 403, 'FORBIDDEN');
    refused(await call('POST', 'invite-student', other, invitation), 404, 'NOT_FOUND');
    refused(await call('POST', 'invite-student', room.instructorToken, { userId: studentId }), 400, 'BAD_USER_INPUT');
    refused(
      await call('POST', 'invite-student', room.instructorToken, { ...invitation, userId: nobody }),
      403,
      'NOT_ENROLLED',
    );
  });

  it('Discord verifies the address of its events, and a student who removes the application is asked to connect again', async () => {
    const url = `${service.url}/api/discord/events`;
    expect((await service.discord.webhookEvents(url)).verification).toMatchObject({ state: 'verified', problem: null });
    const userId = await service.createUser('Citra');
    const account = await service.link(userId);
    await service.discord.revokeGrant(account);
    // Nobody used the token meanwhile: nothing else could have told.
    await eventually(async () =>
      expect(
        await service.sql('SELECT is_verified, access_token FROM user_discord_connections WHERE user_id = $1', [
          userId,
        ]),
      ).toEqual([{ is_verified: false, access_token: null }]),
    );
    expect(
      await service.sql(
        `SELECT status, details ->> 'reason' AS reason FROM discord_log WHERE user_id = $1 AND action = 'link' ORDER BY seq DESC LIMIT 1`,
        [userId],
      ),
    ).toEqual([{ status: 'failed', reason: 'CONNECTION_REVOKED' }]);
    await service.discord.webhookEvents(null);
  });

  describe('an event of Discord', () => {
    const deauthorized = (account: string, at: Date) => ({
      version: 1,
      application_id: service.sandbox.application.id,
      type: 1,
      event: { type: 'APPLICATION_DEAUTHORIZED', timestamp: at.toISOString(), data: { user: { id: account } } },
    });
    async function post(body: string, headers: Record<string, string>): Promise<number> {
      const url = `${service.url}/api/discord/events`;
      const response = await fetch(url, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', ...headers },
      });
      return response.status;
    }

    it('that is older than the grant ends nothing: Discord repeats and reorders them', async () => {
      const userId = await service.createUser('Dewi');
      const account = await service.link(userId);
      const state = () => service.sql('SELECT is_verified FROM user_discord_connections WHERE user_id = $1', [userId]);
      const late = JSON.stringify(deauthorized(account, new Date(Date.now() - 60_000)));
      expect(await post(late, signedHeaders(SANDBOX_PRIVATE_KEY, late))).toBe(204);
      expect(await state()).toEqual([{ is_verified: true }]);
      const now = JSON.stringify(deauthorized(account, new Date(Date.now() + 1_000)));
      expect(await post(now, signedHeaders(SANDBOX_PRIVATE_KEY, now))).toBe(204);
      expect(await state()).toEqual([{ is_verified: false }]);
    });

    it('of another kind, or of somebody unknown, is taken and does nothing', async () => {
      for (const body of [
        JSON.stringify({
          type: 1,
          event: { type: 'ENTITLEMENT_CREATE', timestamp: new Date().toISOString(), data: {} },
        }),
        JSON.stringify(deauthorized('1000000000000000042', new Date())),
      ]) {
        expect(await post(body, signedHeaders(SANDBOX_PRIVATE_KEY, body))).toBe(204);
      }
    });

    it('at a time that there is not is refused', async () => {
      const account = await service.link(await service.createUser('Elok'));
      for (const timestamp of [
        '0000-01-01T00:00:00Z',
        '2026-02-30T00:00:00Z',
        `2026-01-01T00:00:00.${'1'.repeat(300)}Z`,
      ]) {
        const { event, ...rest } = deauthorized(account, new Date());
        const body = JSON.stringify({ ...rest, event: { ...event, timestamp } });
        expect(await post(body, signedHeaders(SANDBOX_PRIVATE_KEY, body))).toBe(400);
      }
    });

    it('without a good signature is refused', async () => {
      const body = JSON.stringify({ type: 0 });
      const good = signedHeaders(SANDBOX_PRIVATE_KEY, body);
      expect(await post(body, good)).toBe(204);
      const stranger = sign(
        null,
        Buffer.from(`${good['x-signature-timestamp']}${body}`),
        generateKeyPairSync('ed25519').privateKey,
      );
      for (const headers of [
        {},
        { 'x-signature-timestamp': good['x-signature-timestamp']! },
        { 'x-signature-ed25519': good['x-signature-ed25519']! },
        { ...good, 'x-signature-timestamp': '1' },
        { ...good, 'x-signature-ed25519': 'zz' },
        { ...good, 'x-signature-ed25519': stranger.toString('hex') },
      ]) {
        expect(await post(body, headers)).toBe(401);
      }
      expect(await post('{"type":1}', good)).toBe(401);
      const bad = '{"kind":1}';
      expect(await post(bad, signedHeaders(SANDBOX_PRIVATE_KEY, bad))).toBe(400);
    });
  });
});
