import { BOT_PERMISSIONS, type Local, startLocal } from './local';

const KICK = 2;
const BAN = 4;
const ADMINISTRATOR = '8';

describe('members of the local Discord', () => {
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

    it('are set by the owner for who is in, and bring nobody in', async () => {
      const low = await makeRole('set by the owner');
      const eka = await member('eka');
      const path = `/sandbox/guilds/${guild.id}/members/${eka}`;
      await local.control('PATCH', path, { roles: [low] });
      expect((await local.bot('GET', `/guilds/${guild.id}/members/${eka}`)).body['roles']).toEqual([low]);
      await local.control('DELETE', path);
      await expect(local.control('PATCH', path, { roles: [low] })).rejects.toThrow('404');
      expect((await local.bot('GET', `/guilds/${guild.id}/members/${eka}`)).status).toBe(404);
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
});
