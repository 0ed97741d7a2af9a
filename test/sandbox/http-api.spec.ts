import { BOT_PERMISSIONS, type Local, startLocal } from './local';

const KICK = 2;
const BAN = 4;
const ADMINISTRATOR = '8';

describe('the HTTP API of the local Discord', () => {
  let local: Local;
  let guild: Awaited<ReturnType<Local['server']>>;

  beforeAll(async () => {
    local = await startLocal();
    guild = await local.server();
  });
  afterAll(() => local.close());

  const makeRole = async (name: string, position?: number) =>
    (
      await local.control<{ id: string }>('POST', `/sandbox/guilds/${guild.id}/roles`, {
        name,
        ...(position === undefined ? {} : { position }),
      })
    ).id;

  /** Adds a new person to the server and returns its id. */
  const member = async (name: string, roles: string[] = []) => {
    const id = await local.person(name);
    await local.control('PUT', `/sandbox/guilds/${guild.id}/members/${id}`, { roles });
    return id;
  };

  describe('answers as Discord does to what it cannot serve', () => {
    it.each([
      ['an unknown route', 'GET', '/nothing/here', 404, { message: '404: Not Found', code: 0 }],
      ['a method that the route lacks', 'PATCH', '/gateway', 405, { message: '405: Method Not Allowed', code: 0 }],
      ['an unknown server', 'GET', '/guilds/111111111111111111', 404, { message: 'Unknown Guild', code: 10004 }],
      ['an unknown channel', 'GET', '/channels/111111111111111111', 404, { message: 'Unknown Channel', code: 10003 }],
      ['an unknown invite', 'GET', '/invites/nope', 404, { message: 'Unknown Invite', code: 10006 }],
    ])('%s', async (_, method, path, status, body) => {
      const answer = await local.bot(method, path);
      expect(answer.status).toBe(status);
      expect(answer.body).toEqual(body);
      expect(answer.headers.get('content-type')).toBe('application/json');
    });

    it('a missing, a wrong and a person’s token', async () => {
      const unauthorized = { message: '401: Unauthorized', code: 0 };
      const path = `/api/v10/guilds/${guild.id}`;
      const { access_token } = await local.grant(await local.person('x'));
      for (const headers of [{}, { authorization: 'Bot wrong' }, { authorization: `Bearer ${access_token}` }]) {
        const answer = await local.call('GET', path, undefined, { ...headers });
        expect([answer.status, answer.body]).toEqual([401, unauthorized]);
      }
    });

    it('broken JSON', async () => {
      const answer = await local.bot('POST', `/guilds/${guild.id}/roles`, '{"name":');
      expect([answer.status, answer.body['code']]).toEqual([400, 50109]);
    });

    it('wrong types, with the place of each', async () => {
      const answer = await local.bot('POST', `/channels/${guild.channelId}/messages`, {
        content: 5,
        embeds: [{ title: 'x'.repeat(300) }],
      });
      expect(answer.body).toEqual({
        code: 50035,
        message: 'Invalid Form Body',
        errors: {
          content: { _errors: [{ code: 'STRING_TYPE_CONVERT', message: 'Could not interpret "5" as string.' }] },
          embeds: {
            0: { title: { _errors: [{ code: 'BASE_TYPE_MAX_LENGTH', message: 'Must be 256 or fewer in length.' }] } },
          },
        },
      });
    });

    it('a missing field', async () => {
      const answer = await local.bot('PUT', `/guilds/${guild.id}/members/${guild.ownerId}`, {});
      expect(answer.body['errors']).toEqual({
        access_token: { _errors: [{ code: 'BASE_TYPE_REQUIRED', message: 'This field is required' }] },
      });
    });

    it('an id that is none', async () => {
      const answer = await local.bot('GET', '/guilds/abc');
      expect([answer.status, answer.body['code']]).toEqual([400, 50035]);
    });
  });

  it('refuses requests of foreign pages', async () => {
    const origin = await local.call('GET', '/sandbox/state', undefined, { origin: 'https://evil.example' });
    expect(origin.status).toBe(403);
    const own = await local.call('GET', '/sandbox/state', undefined, { origin: local.url });
    expect(own.status).toBe(200);
  });

  describe('Add Guild Member', () => {
    const join = (userId: string, body: Record<string, unknown>) =>
      local.bot('PUT', `/guilds/${guild.id}/members/${userId}`, body);

    it('answers 201 with the member and its roles, then 204 and changes nothing', async () => {
      const role = await makeRole('Student');
      const ayu = await local.person('ayu');
      const { access_token } = await local.grant(ayu);
      const first = await join(ayu, { access_token, roles: [role] });
      expect(first.status).toBe(201);
      expect(first.body).toMatchObject({ roles: [role], pending: false, user: { id: ayu, username: 'ayu' } });
      const second = await join(ayu, { access_token, roles: [] });
      expect([second.status, second.text]).toEqual([204, '']);
      const { body } = await local.bot('GET', `/guilds/${guild.id}/members/${ayu}`);
      expect(body['roles']).toEqual([role]);
    });

    it('refuses tokens that are wrong, of another person, stale, or without the scope', async () => {
      const budi = await local.person('budi');
      const other = await local.grant(await local.person('other'));
      const narrow = await local.grant(budi, ['identify']);
      const stale = await local.grant(budi);
      await local.control('POST', '/sandbox/oauth/expire', { userId: budi });
      const fresh = await local.grant(budi, ['identify']);
      const codes: unknown[] = [];
      for (const access_token of [
        'nope',
        other.access_token,
        stale.access_token,
        narrow.access_token,
        fresh.access_token,
      ]) {
        const answer = await join(budi, { access_token });
        codes.push([answer.status, answer.body['code']]);
      }
      expect(codes).toEqual([
        [403, 50025],
        [403, 50025],
        [403, 50025],
        [403, 50025],
        [403, 50026],
      ]);
    });

    it('refuses the banned with 40007', async () => {
      const banned = await local.person('banned');
      await local.control('PUT', `/sandbox/guilds/${guild.id}/bans/${banned}`);
      const { access_token } = await local.grant(banned);
      expect(await join(banned, { access_token })).toMatchObject({ status: 403, body: { code: 40007 } });
    });

    it('refuses who is in 100 servers with 30001', async () => {
      const busy = await local.person('busy');
      for (let index = 0; index < 100; index += 1) {
        await local.control('POST', '/sandbox/guilds', { name: `S${index}`, ownerId: busy });
      }
      const { access_token } = await local.grant(busy);
      expect(await join(busy, { access_token })).toMatchObject({ status: 400, body: { code: 30001 } });
    });

    it('lets people in as pending where there is screening', async () => {
      await local.control('PUT', `/sandbox/guilds/${guild.id}/member-screening`, { enabled: true });
      const citra = await local.person('citra');
      const { access_token } = await local.grant(citra);
      expect((await join(citra, { access_token })).body['pending']).toBe(true);
      await local.control('POST', `/sandbox/guilds/${guild.id}/members/${citra}/screening`);
      expect((await local.bot('GET', `/guilds/${guild.id}/members/${citra}`)).body['pending']).toBe(false);
      await local.control('PUT', `/sandbox/guilds/${guild.id}/member-screening`, { enabled: false });
    });

    it('needs CREATE_INSTANT_INVITE, and MANAGE_ROLES for roles below the bot', async () => {
      const weak = await local.server('Weak', String(KICK));
      const dewi = await local.person('dewi');
      const { access_token } = await local.grant(dewi);
      const answer = await local.bot('PUT', `/guilds/${weak.id}/members/${dewi}`, { access_token });
      expect(answer).toMatchObject({ status: 403, body: { code: 50013 } });
    });
  });

  describe('roles', () => {
    it('can be given and taken below the bot, and not above it', async () => {
      const low = await makeRole('low');
      const eka = await member('eka');
      expect((await local.bot('PUT', `/guilds/${guild.id}/members/${eka}/roles/${low}`)).status).toBe(204);
      expect((await local.bot('DELETE', `/guilds/${guild.id}/members/${eka}/roles/${low}`)).status).toBe(204);
      await local.control('PUT', `/sandbox/guilds/${guild.id}/bot`, { permissions: BOT_PERMISSIONS, position: 1 });
      const refused = await local.bot('PUT', `/guilds/${guild.id}/members/${eka}/roles/${low}`);
      expect(refused).toMatchObject({ status: 403, body: { code: 50013 } });
      await local.control('PUT', `/sandbox/guilds/${guild.id}/bot`, { permissions: BOT_PERMISSIONS });
      const managed = await local.bot('PUT', `/guilds/${guild.id}/members/${eka}/roles/${guild.botRoleId}`);
      expect(managed).toMatchObject({ status: 400, body: { code: 50028 } });
    });

    it('shift when one is put between them, with the bot’s on top', async () => {
      const first = await makeRole('first', 1);
      const second = await makeRole('second', 1);
      const roles = (await local.bot('GET', `/guilds/${guild.id}/roles`)).list;
      const position = (id: string) => roles.find((role) => role['id'] === id)?.['position'];
      expect(position(second)).toBe(1);
      expect(position(first)).toBe(2);
      expect(position(guild.botRoleId)).toBe(roles.length - 1);
    });

    it('are made, changed and deleted by the bot, whose permissions they cannot exceed', async () => {
      const made = await local.bot('POST', `/guilds/${guild.id}/roles`, { name: 'Made', permissions: '0', color: 255 });
      expect(made.body).toMatchObject({ name: 'Made', color: 255, position: 1, managed: false });
      const path = `/guilds/${guild.id}/roles/${String(made.body['id'])}`;
      expect((await local.bot('PATCH', path, { name: 'Changed' })).body['name']).toBe('Changed');
      expect(await local.bot('PATCH', path, { permissions: ADMINISTRATOR })).toMatchObject({ body: { code: 50013 } });
      expect((await local.bot('DELETE', path)).status).toBe(204);
      expect((await local.bot('GET', path)).body['code']).toBe(10011);
    });
  });

  describe('kicks and bans', () => {
    it('need the permission and a lower member, and keep the reason in the audit log', async () => {
      const fajar = await member('fajar');
      const reason = { 'x-audit-log-reason': encodeURIComponent('Kursus selesai ✓') };
      expect((await local.bot('DELETE', `/guilds/${guild.id}/members/${fajar}`, undefined, reason)).status).toBe(204);
      const { audit_log_entries: entries } = (await local.bot('GET', `/guilds/${guild.id}/audit-logs?action_type=20`))
        .body;
      expect(entries).toEqual([
        expect.objectContaining({ target_id: fajar, user_id: local.application.botUserId, reason: 'Kursus selesai ✓' }),
      ]);
      const again = await local.bot('DELETE', `/guilds/${guild.id}/members/${fajar}`);
      expect(again).toMatchObject({ status: 404, body: { code: 10007 } });
      const owner = await local.bot('DELETE', `/guilds/${guild.id}/members/${guild.ownerId}`);
      expect(owner).toMatchObject({ status: 403, body: { code: 50013 } });
      const ban = await local.bot('PUT', `/guilds/${guild.id}/bans/${fajar}`, {});
      expect(ban).toMatchObject({ status: 403, body: { code: 50013 } });
    });

    it('can be listed, made in bulk and lifted', async () => {
      const strict = await local.server('Strict', String(BAN + 32));
      const [one, two] = [await local.person('one'), await local.person('two')];
      const bulk = await local.bot('POST', `/guilds/${strict.id}/bulk-ban`, { user_ids: [one, two, strict.ownerId] });
      expect(bulk.body).toEqual({ banned_users: [one, two], failed_users: [strict.ownerId] });
      expect((await local.bot('GET', `/guilds/${strict.id}/bans`)).list).toHaveLength(2);
      expect((await local.bot('DELETE', `/guilds/${strict.id}/bans/${one}`)).status).toBe(204);
      expect((await local.bot('GET', `/guilds/${strict.id}/bans/${one}`)).body['code']).toBe(10026);
    });
  });

  describe('invites', () => {
    const invite = (body: Record<string, unknown>) => local.bot('POST', `/channels/${guild.channelId}/invites`, body);
    const accept = (code: unknown, userId: string) =>
      local.call('POST', `/sandbox/invites/${String(code)}/accept`, { userId });

    it('end when they are used up, and when their time is over', async () => {
      const { body } = await invite({ max_uses: 1, unique: true });
      expect((await accept(body['code'], await local.person('g1'))).body).toEqual({ guildId: guild.id });
      expect((await accept(body['code'], await local.person('g2'))).body['code']).toBe(10006);
      const short = await invite({ max_age: 1, unique: true });
      await new Promise((resolve) => setTimeout(resolve, 1100));
      expect((await local.bot('GET', `/invites/${String(short.body['code'])}`)).body['code']).toBe(10006);
    });

    it('are the same again unless unique ones are asked for', async () => {
      const [first, second, third] = [await invite({}), await invite({}), await invite({ unique: true })];
      expect(second.body['code']).toBe(first.body['code']);
      expect(third.body['code']).not.toBe(first.body['code']);
    });

    it('can be for some people only, by a file that can be read back and replaced', async () => {
      const hadi = await local.person('hadi');
      const form = new FormData();
      form.set('payload_json', JSON.stringify({ max_uses: 1, unique: true }));
      form.set('target_users_file', new Blob([`user_id\n${hadi}\n`]), 'users.csv');
      const headers = { authorization: `Bot ${local.application.botToken}` };
      const response = await fetch(`${local.url}/api/v10/channels/${guild.channelId}/invites`, {
        method: 'POST',
        headers,
        body: form,
      });
      const { code } = (await response.json()) as { code: string };
      expect((await local.bot('GET', `/invites/${code}/target-users`)).text).toBe(`user_id\n${hadi}\n`);
      expect((await local.bot('GET', `/invites/${code}/target-users/job-status`)).body).toMatchObject({
        status: 2,
        total_users: 1,
      });
      expect((await accept(code, await local.person('stranger'))).body['code']).toBe(10006);
      const bad = new FormData();
      bad.set('target_users_file', new Blob(['user_id\nhadi\n']), 'users.csv');
      const refused = await fetch(`${local.url}/api/v10/invites/${code}/target-users`, {
        method: 'PUT',
        headers,
        body: bad,
      });
      expect(refused.status).toBe(400);
      expect(await refused.json()).toHaveProperty('target_users_file');
      expect((await accept(code, hadi)).status).toBe(200);
    });

    it('are listed and deleted', async () => {
      const { body } = await invite({ unique: true });
      const listed = (await local.bot('GET', `/guilds/${guild.id}/invites`)).list;
      expect(listed.map((each) => each['code'])).toContain(body['code']);
      // VIEW_AUDIT_LOG alone does not show how invites are used.
      expect(listed[0]).not.toHaveProperty('uses');
      expect((await local.bot('DELETE', `/invites/${String(body['code'])}`)).body['code']).toBe(body['code']);
      expect((await local.bot('GET', `/invites/${String(body['code'])}`)).status).toBe(404);
    });
  });

  describe('messages', () => {
    it('are not written twice when the nonce is enforced', async () => {
      const body = { content: 'Welcome', nonce: 'abc', enforce_nonce: true, allowed_mentions: { parse: [] } };
      const first = await local.bot('POST', `/channels/${guild.channelId}/messages`, body);
      const second = await local.bot('POST', `/channels/${guild.channelId}/messages`, body);
      expect(second.body['id']).toBe(first.body['id']);
      const empty = await local.bot('POST', `/channels/${guild.channelId}/messages`, { content: ' ' });
      expect(empty).toMatchObject({ status: 400, body: { code: 50006 } });
    });

    it('reach people who take them, and nobody else', async () => {
      const open = await member('open');
      const closed = await local.person('closed', { dmsClosed: true });
      await local.control('PUT', `/sandbox/guilds/${guild.id}/members/${closed}`, {});
      const codes: unknown[] = [];
      for (const recipient_id of [open, closed]) {
        const dm = await local.bot('POST', '/users/@me/channels', { recipient_id });
        const sent = await local.bot('POST', `/channels/${String(dm.body['id'])}/messages`, { content: 'Hello' });
        codes.push([sent.status, sent.body['code']]);
      }
      expect(codes).toEqual([
        [200, undefined],
        [403, 50007],
      ]);
      const { dms } = await local.control<{ dms: { userId: string; messages: unknown[] }[] }>('GET', '/sandbox/state');
      expect(dms.find((dm) => dm.userId === open)?.messages).toHaveLength(1);
    });
  });

  it('lists members a page at a time, and only while the application has the intent', async () => {
    const { list } = await local.bot('GET', `/guilds/${guild.id}/members?limit=2`);
    const after = (list[1]?.['user'] as { id: string }).id;
    const rest = (await local.bot('GET', `/guilds/${guild.id}/members?limit=1000&after=${after}`)).list;
    expect(rest.every((each) => BigInt((each['user'] as { id: string }).id) > BigInt(after))).toBe(true);
    const { flags } = (await local.bot('GET', '/applications/@me')).body;
    await local.bot('PATCH', '/applications/@me', { flags: 0 });
    expect(await local.bot('GET', `/guilds/${guild.id}/members?limit=2`)).toMatchObject({
      status: 403,
      body: { code: 50001 },
    });
    await local.bot('PATCH', '/applications/@me', { flags });
  });

  it('says 50001 for the routes of a server that the bot is not in', async () => {
    const elsewhere = await local.control<{ id: string }>('POST', '/sandbox/guilds', {
      name: 'Elsewhere',
      ownerId: guild.ownerId,
    });
    expect((await local.bot('GET', `/guilds/${elsewhere.id}`)).body['code']).toBe(10004);
    expect(await local.bot('GET', `/guilds/${elsewhere.id}/roles`)).toMatchObject({
      status: 403,
      body: { code: 50001 },
    });
  });

  it('computes channel overwrites', async () => {
    const { id: hidden } = await local.control<{ id: string }>('POST', `/sandbox/guilds/${guild.id}/channels`, {
      name: 'hidden',
      permissionOverwrites: [{ id: guild.id, type: 0, allow: '0', deny: '1024' }],
    });
    expect((await local.bot('GET', `/channels/${hidden}/messages`)).body['code']).toBe(50001);
  });
});
