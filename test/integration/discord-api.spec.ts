import { type Config } from '../../src/config/config';
import { BotHttp } from '../../src/discord-api/bot-http';
import { DiscordFailure } from '../../src/discord-api/discord-failure';
import { DiscordOAuth } from '../../src/discord-api/discord-oauth';
import { DiscordRest } from '../../src/discord-api/discord-rest';
import { OAuthRefused } from '../../src/discord-api/oauth-refused';
import { HealthRegistry } from '../../src/telemetry/health-registry';
import { ProcessMetrics } from '../../src/telemetry/process-metrics';
import { type Local, startLocal } from '../sandbox/local';

/** Manage Server aside, what the service asks for, but without Manage Roles. */
const WITHOUT_ROLES = String(268438659n & ~(1n << 28n));

function configOf(local: Local, discord: Partial<Config['discord']> = {}): Config {
  return {
    production: false,
    publicUrl: 'http://127.0.0.1:3000',
    discord: {
      clientId: local.application.id,
      clientSecret: local.application.clientSecret,
      botToken: local.application.botToken,
      apiUrl: `${local.url}/api`,
      oauthUrl: `${local.url}/api`,
      timeoutMs: 15_000,
      ...discord,
    },
  } as Config;
}

async function failureOf(work: Promise<unknown>): Promise<DiscordFailure> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DiscordFailure);
  return error as DiscordFailure;
}

describe('Talking to Discord', () => {
  let local: Local;
  let http: BotHttp;
  let rest: DiscordRest;
  let oauth: DiscordOAuth;
  let server: Awaited<ReturnType<Local['server']>>;
  let student: string;

  const open = (discord: Partial<Config['discord']> = {}) => {
    const config = configOf(local, discord);
    http = new BotHttp(config, new ProcessMetrics(new HealthRegistry()));
    rest = new DiscordRest(http);
    oauth = new DiscordOAuth(config);
  };
  const fault = (...rules: object[]) => local.control('PUT', '/sandbox/faults', { rules });
  const calls = async () => (await local.control<{ total: number }>('GET', '/sandbox/requests/summary')).total;
  const newRole = async (name = 'Student') =>
    (await local.control<{ id: string }>('POST', `/sandbox/guilds/${server.id}/roles`, { name, position: 1 })).id;

  beforeAll(async () => {
    local = await startLocal();
  });

  afterAll(() => local.close());

  beforeEach(async () => {
    await local.control('POST', '/sandbox/reset');
    await local.control('DELETE', '/sandbox/requests');
    open();
    server = await local.server();
    student = await local.person('ada');
  });

  afterEach(() => http.close());

  describe('what the bot does in a server', () => {
    it('reads the server with its roles and how many people are in it', async () => {
      const guild = await rest.getGuild(server.id);
      expect(guild).toMatchObject({ id: server.id, name: 'Algebra', approximate_member_count: 2 });
      expect(guild.roles.map((role) => role.id)).toContain(server.botRoleId);
      expect((await rest.getChannels(server.id)).map((channel) => channel.id)).toContain(server.channelId);
    });

    it('brings a student in with the role, and sees the second time that they are there', async () => {
      const role = await newRole();
      const { access_token: accessToken } = await local.grant(student);
      const first = await rest.addMember(server.id, student, { accessToken, roleIds: [role] });
      expect(first).toMatchObject({ added: true, member: { roles: [role], user: { id: student } } });
      expect(await rest.addMember(server.id, student, { accessToken, roleIds: [role] })).toEqual({ added: false });
    });

    it('finds a member, or nobody', async () => {
      expect(await rest.getMember(server.id, student)).toBeNull();
      await local.control('PUT', `/sandbox/guilds/${server.id}/members/${student}`, {});
      expect(await rest.getMember(server.id, student)).toMatchObject({ user: { id: student } });
    });

    it('lists all members, a thousand at a time, each one once', async () => {
      const { ids } = await local.control<{ ids: string[] }>('POST', '/sandbox/users/bulk', { count: 2_300 });
      await local.control('POST', `/sandbox/guilds/${server.id}/members/bulk`, { userIds: ids });
      const { result: pages, calls: made } = await rest.metered(server.id, async () => {
        const found: string[][] = [];
        for await (const page of rest.listMembers(server.id)) found.push(page.map(({ user }) => user.id));
        return found;
      });
      expect(pages.map((page) => page.length)).toEqual([1000, 1000, 302]);
      expect(new Set(pages.flat()).size).toBe(2_302);
      expect(made).toBe(3);
    });

    it('gives a role and takes it away, and counts what was gone already as done', async () => {
      const role = await newRole();
      await local.control('PUT', `/sandbox/guilds/${server.id}/members/${student}`, {});
      await rest.addRole(server.id, student, role, 'Enrolled in "Algebra"');
      expect(await rest.getMember(server.id, student)).toMatchObject({ roles: [role] });
      await rest.removeRole(server.id, student, role, 'No longer enrolled');
      expect(await rest.getMember(server.id, student)).toMatchObject({ roles: [] });
      await local.control('DELETE', `/sandbox/guilds/${server.id}/members/${student}`);
      await rest.removeRole(server.id, student, role, 'No longer enrolled');
    });

    it("removes a student, with the reason in the server's audit log", async () => {
      await local.control('PUT', `/sandbox/guilds/${server.id}/members/${student}`, {});
      await rest.kick(server.id, student, 'Nicht mehr eingeschrieben – „Algebra“ 🎓'.padEnd(700, '.'));
      await rest.kick(server.id, student, 'once more');
      expect(await rest.getMember(server.id, student)).toBeNull();
      const { guilds } = await local.control<{ guilds: { id: string; auditLog: { reason: string | null }[] }[] }>(
        'GET',
        '/sandbox/state',
      );
      const reasons = guilds.find(({ id }) => id === server.id)?.auditLog.map(({ reason }) => reason);
      expect(reasons).toContainEqual(expect.stringMatching(/^Nicht mehr eingeschrieben – „Algebra“ 🎓\.+$/));
    });

    it('makes an invite that only its student can use', async () => {
      const role = await newRole();
      const invite = await rest.createInvite(server.channelId, {
        maxAgeSeconds: 86_400,
        maxUses: 1,
        targetUserIds: [student],
        roleIds: [role],
        reason: 'Invited by the course',
      });
      const stranger = await local.person('mallory');
      await expect(
        local.control('POST', `/sandbox/invites/${invite.code}/accept`, { userId: stranger }),
      ).rejects.toThrow(/10006/);
      await local.control('POST', `/sandbox/invites/${invite.code}/accept`, { userId: student });
      expect(await rest.getMember(server.id, student)).toMatchObject({ roles: [role] });
      expect(await rest.getMember(server.id, stranger)).toBeNull();
    });

    it('leaves no invite behind that could not be bound to its student', async () => {
      await fault({ route: '/invites/:id/target-users/job-status', status: 200, body: { status: 3 } });
      const failure = await failureOf(
        rest.createInvite(server.channelId, { maxAgeSeconds: 60, maxUses: 1, targetUserIds: [student], reason: 'x' }),
      );
      expect(failure.kind).toBe('transient');
      const { guilds } = await local.control<{ guilds: { id: string; invites: unknown[] }[] }>('GET', '/sandbox/state');
      expect(guilds.find(({ id }) => id === server.id)?.invites).toEqual([]);
    });

    it('revokes an invite once, and says what it found', async () => {
      const make = () => rest.createInvite(server.channelId, { maxAgeSeconds: 60, maxUses: 1, reason: 'x' });
      const { code } = await make();
      expect(await rest.deleteInvite(code, 'The enrollment has ended')).toBe('deleted');
      expect(await rest.deleteInvite(code, 'The enrollment has ended')).toBe('gone');
      const { code: theirs } = await make();
      await fault({ method: 'DELETE', route: '/invites/:id', status: 403, code: 50013 });
      expect(await failureOf(rest.deleteInvite(theirs, 'The enrollment has ended'))).toMatchObject({ kind: 'server' });
    });

    it('posts a message that pings nobody, once however often it is sent', async () => {
      const message = { content: 'Welcome @everyone', nonce: 'welcome-1' };
      await rest.postMessage(server.channelId, message);
      await rest.postMessage(server.channelId, message);
      const { guilds } = await local.control<{ guilds: { id: string; channels: { messages: unknown[] }[] }[] }>(
        'GET',
        '/sandbox/state',
      );
      expect(guilds.find(({ id }) => id === server.id)?.channels[0]?.messages).toHaveLength(1);
    });

    it('knows who it is', async () => {
      expect(await rest.currentUser()).toMatchObject({ id: local.application.botUserId, bot: true });
      expect(await rest.currentApplication()).toMatchObject({ id: local.application.id });
    });
  });

  describe('whom a refusal concerns', () => {
    it('a ban: this student', async () => {
      await local.control('PUT', `/sandbox/guilds/${server.id}/bans/${student}`);
      const { access_token: accessToken } = await local.grant(student);
      const failure = await failureOf(rest.addMember(server.id, student, { accessToken, roleIds: [] }));
      expect(failure).toMatchObject({ kind: 'person', code: 40007 });
      expect(`${failure.message} ${JSON.stringify(failure)}`).not.toContain(accessToken);
    });

    it("another person's token: this student", async () => {
      const { access_token: accessToken } = await local.grant(await local.person('grace'));
      const failure = await failureOf(rest.addMember(server.id, student, { accessToken, roleIds: [] }));
      expect(failure).toMatchObject({ kind: 'person', code: 50025 });
    });

    it('a lost permission: the server', async () => {
      const role = await newRole();
      await local.control('PUT', `/sandbox/guilds/${server.id}/bot`, { permissions: WITHOUT_ROLES });
      await local.control('PUT', `/sandbox/guilds/${server.id}/members/${student}`, {});
      const failure = await failureOf(rest.addRole(server.id, student, role, 'x'));
      expect(failure).toMatchObject({ kind: 'server', code: 50013, status: 403 });
      expect(failure.message).toBe('Discord did not let us give a role: Missing Permissions (status 403, code 50013).');
    });

    it('a removed bot: the server', async () => {
      await local.control('DELETE', `/sandbox/guilds/${server.id}/bot`);
      expect(await failureOf(rest.getGuild(server.id))).toMatchObject({ kind: 'server', code: 10004 });
      expect(await failureOf(rest.kick(server.id, student, 'x'))).toMatchObject({ kind: 'server' });
    });
  });

  describe('when Discord is not well', () => {
    it('repeats once what is safe to repeat', async () => {
      await fault({ method: 'GET', route: '/guilds/:id', status: 502, times: 1 });
      const { result, calls: made } = await rest.metered(server.id, () => rest.getGuild(server.id));
      expect(result.id).toBe(server.id);
      expect(made).toBe(2);
    });

    it('says so when it lasts', async () => {
      await fault({ method: 'GET', route: '/guilds/:id', status: 503 });
      expect(await failureOf(rest.getGuild(server.id))).toMatchObject({ kind: 'transient', status: 503 });
    });

    it('never makes a second invite because the answer to the first was lost', async () => {
      await fault({ method: 'POST', route: '/channels/:id/invites', drop: true });
      const making = rest.createInvite(server.channelId, { maxAgeSeconds: 60, maxUses: 1, reason: 'x' });
      expect(await failureOf(making)).toMatchObject({ kind: 'transient', status: null });
      const { guilds } = await local.control<{ guilds: { id: string; invites: unknown[] }[] }>('GET', '/sandbox/state');
      expect(guilds.find(({ id }) => id === server.id)?.invites).toHaveLength(1);
    });

    it('waits a short rate limit out', async () => {
      await local.control('PUT', '/sandbox/limits', {
        enforce: true,
        buckets: { 'GET /guilds/:id': { limit: 2, windowMs: 600 } },
      });
      for (let n = 0; n < 5; n += 1) await rest.getGuild(server.id);
      const { invalid } = await local.control<{ invalid: number }>('GET', '/sandbox/requests/summary');
      expect(invalid).toBe(0);
    });

    it('shares the calls of a second with discord.js, so that no second has too many', async () => {
      const often = { limit: 1_000, windowMs: 1_000 };
      await local.control('PUT', '/sandbox/limits', {
        enforce: true,
        globalPerSecond: 50,
        buckets: { 'GET /guilds/:id': often, 'GET /guilds/:id/channels': often, 'GET /guilds/:id/roles': often },
      });
      const discordJs = http.rest.setToken(local.application.botToken);
      // The second at Discord begins with these; ours would begin with the next if calls were counted by the second.
      await rest.getGuild(server.id);
      await new Promise((resolve) => setTimeout(resolve, 700));
      const many = (call: () => Promise<unknown>) => Array.from({ length: 45 }, call);
      await Promise.all([
        ...many(() => rest.getGuild(server.id)),
        ...many(() => rest.getChannels(server.id)),
        ...many(() => discordJs.get(`/guilds/${server.id}/roles`)),
      ]);
      const { total, rateLimited } = await local.control<{ total: number; rateLimited: number }>(
        'GET',
        '/sandbox/requests/summary',
      );
      expect({ total, rateLimited }).toEqual({ total: 136, rateLimited: 0 });
    });

    it('does not take a call’s waiting for its turn for Discord’s silence', async () => {
      open({ timeoutMs: 500 });
      const often = { limit: 1_000, windowMs: 1_000 };
      await local.control('PUT', '/sandbox/limits', { enforce: false, buckets: { 'GET /guilds/:id': often } });
      // More than a second takes: the last of them wait for longer than Discord may for its answer.
      const found = await Promise.all(Array.from({ length: 60 }, () => rest.getGuild(server.id)));
      expect(new Set(found.map(({ id }) => id))).toEqual(new Set([server.id]));
    });

    it('gives a call up to which Discord gives no answer', async () => {
      open({ timeoutMs: 500 });
      await fault({ method: 'GET', route: '/guilds/:id', delayMs: 5_000 });
      expect(await failureOf(rest.getGuild(server.id))).toMatchObject({ kind: 'transient', status: null });
    });

    it('leaves a rate limit at once to work that has no patience', async () => {
      await local.control('PUT', '/sandbox/limits', {
        enforce: true,
        buckets: { 'GET /guilds/:id': { limit: 2, windowMs: 10_000 } },
      });
      // The library knows which bucket a route has from its first answer, and how full that is from the second.
      for (let n = 0; n < 2; n += 1) await rest.getGuild(server.id);
      const hasty = rest.within({ patience: 0, givesWay: true }, () => rest.getGuild(server.id));
      expect(await failureOf(hasty)).toMatchObject({ kind: 'transient', isRateLimit: true });
      expect(await calls()).toBe(2);
    });

    it('does not wait for a long rate limit, but says how long it is', async () => {
      await local.control('PUT', '/sandbox/limits', {
        enforce: true,
        buckets: { 'GET /guilds/:id': { limit: 1, windowMs: 30_000 } },
      });
      await rest.getGuild(server.id);
      const failure = await failureOf(rest.getGuild(server.id));
      expect(failure).toMatchObject({ kind: 'transient', status: 429 });
      expect(failure.retryAfterMs).toBeGreaterThan(5_000);
      expect(failure.retryAfterMs).toBeLessThan(31_000);
    });

    it('is told apart from a Discord that is not there', async () => {
      open({ apiUrl: 'http://127.0.0.1:9/api' });
      expect(await failureOf(rest.getGuild(server.id))).toMatchObject({
        kind: 'transient',
        status: null,
        code: 'ECONNREFUSED',
      });
    });
  });

  describe('when Discord refuses the bot token', () => {
    it('makes one call and no more, however many are asked for', async () => {
      await fault({ status: 401, code: 0 });
      const failures = await Promise.all(
        Array.from({ length: 20 }, () => failureOf(rest.getMember(server.id, student))),
      );
      expect(new Set(failures.map(({ kind }) => kind))).toEqual(new Set(['process']));
      expect(await calls()).toBe(1);
      expect(rest.circuitState.open).toBe(true);
      expect((await failureOf(rest.getGuild(server.id))).retryAfterMs).toBeGreaterThan(0);
      expect(await calls()).toBe(1);
    });

    it('works again by itself when the token does', async () => {
      await fault({ status: 401, code: 0, times: 1 });
      await failureOf(rest.getGuild(server.id));
      const later = Date.now() + 11_000;
      const clock = jest.spyOn(Date, 'now').mockImplementation(() => later);
      try {
        expect((await rest.getGuild(server.id)).id).toBe(server.id);
        expect((await rest.getGuild(server.id)).id).toBe(server.id);
        expect(rest.circuitState).toEqual({ open: false, since: null });
      } finally {
        clock.mockRestore();
      }
    });

    it('makes no call at all without a token', async () => {
      open({ botToken: '' });
      expect(await failureOf(rest.getGuild(server.id))).toMatchObject({ kind: 'process' });
      expect(await calls()).toBe(0);
    });
  });

  describe("a person's own authorization", () => {
    const REDIRECT = 'http://127.0.0.1:3000/auth/discord/callback';

    it('is refreshed for new tokens, once per refresh token', async () => {
      const { refresh_token: first } = await local.grant(student);
      const tokens = await oauth.refresh(first);
      expect(tokens.scopes).toEqual(expect.arrayContaining(['identify', 'guilds.join']));
      expect(tokens.expiresAt.getTime() - Date.now()).toBeGreaterThan(6 * 86_400_000);
      expect((await oauth.currentUser(tokens.accessToken)).id).toBe(student);
      await expect(oauth.refresh(first)).rejects.toThrow(OAuthRefused);
      await expect(oauth.refresh(first)).rejects.toMatchObject({ error: 'invalid_grant' });
      expect((await oauth.refresh(tokens.refreshToken)).accessToken).not.toBe(tokens.accessToken);
    });

    it('ends when it is revoked', async () => {
      const grant = await local.grant(student);
      await oauth.revoke(grant.refresh_token);
      expect(await failureOf(oauth.currentUser(grant.access_token))).toMatchObject({ kind: 'person', status: 401 });
      await expect(oauth.refresh(grant.refresh_token)).rejects.toThrow(OAuthRefused);
    });

    it('does not count as withdrawn when it is our secret that is wrong', async () => {
      open({ clientSecret: 'not-the-secret' });
      const { refresh_token: refreshToken } = await local.grant(student);
      expect(await failureOf(oauth.refresh(refreshToken))).toMatchObject({ kind: 'process' });
    });

    it('does not count as withdrawn when Discord cannot say', async () => {
      const { refresh_token: refreshToken } = await local.grant(student);
      await fault({ route: '/oauth2/token', status: 500 });
      expect(await failureOf(oauth.refresh(refreshToken))).toMatchObject({ kind: 'transient' });
      await fault({ route: '/oauth2/token', status: 429, body: { message: 'slow down', retry_after: 2 } });
      expect(await failureOf(oauth.refresh(refreshToken))).toMatchObject({ kind: 'transient' });
      open({ oauthUrl: 'http://127.0.0.1:9/api' });
      expect(await failureOf(oauth.refresh(refreshToken))).toMatchObject({ kind: 'transient', status: null });
    });

    it('begins with a code that is exchanged once', async () => {
      await expect(oauth.exchange('never-issued', REDIRECT, 'v'.repeat(43))).rejects.toThrow(OAuthRefused);
    });
  });
});
