import { type Local, startLocal } from './local';

const CREATE_INVITE = 1n;
const KICK = 2n;
const BAN = 4n;
const MANAGE_GUILD = 32n;
const VIEW = 1024n;
const SEND = 2048n;
const READ_HISTORY = 65_536n;
const NICKNAMES = 1n << 27n;
const ROLES = 1n << 28n;
const MODERATE = 1n << 40n;
const ADMINISTRATOR = 8n;

describe('permissions on the local Discord', () => {
  let local: Local;

  beforeAll(async () => {
    local = await startLocal();
  });
  afterAll(() => local.close());

  const member = async (guildId: string, roles: string[] = []) => {
    const id = await local.person('m');
    await local.control('PUT', `/sandbox/guilds/${guildId}/members/${id}`, { roles });
    return id;
  };
  const role = async (guildId: string, more: Record<string, unknown> = {}) =>
    (await local.control<{ id: string }>('POST', `/sandbox/guilds/${guildId}/roles`, { name: 'r', ...more })).id;
  const code = async (answer: ReturnType<Local['bot']>) => {
    const { status, body } = await answer;
    return status < 300 ? status : [status, body['code']];
  };
  const FORBIDDEN = [403, 50013];

  it.each<
    [
      string,
      bigint,
      (guild: { id: string; channelId: string }, person: string, roleId: string) => [string, string, unknown?],
    ]
  >([
    ['kicking', KICK, (guild, person) => ['DELETE', `/guilds/${guild.id}/members/${person}`]],
    ['banning', BAN, (guild, person) => ['PUT', `/guilds/${guild.id}/bans/${person}`, {}]],
    ['listing bans', BAN, (guild) => ['GET', `/guilds/${guild.id}/bans`]],
    [
      'bulk banning',
      BAN | MANAGE_GUILD,
      (guild, person) => ['POST', `/guilds/${guild.id}/bulk-ban`, { user_ids: [person] }],
    ],
    ['pruning', KICK | MANAGE_GUILD, (guild) => ['POST', `/guilds/${guild.id}/prune`, { days: 7 }]],
    [
      'giving a role',
      ROLES,
      (guild, person, roleId) => ['PUT', `/guilds/${guild.id}/members/${person}/roles/${roleId}`],
    ],
    ['making a role', ROLES, (guild) => ['POST', `/guilds/${guild.id}/roles`, { name: 'x', permissions: '0' }]],
    ['renaming', NICKNAMES, (guild, person) => ['PATCH', `/guilds/${guild.id}/members/${person}`, { nick: 'n' }]],
    [
      'timing out',
      MODERATE,
      (guild, person) => [
        'PATCH',
        `/guilds/${guild.id}/members/${person}`,
        { communication_disabled_until: new Date(Date.now() + 60_000).toISOString() },
      ],
    ],
    ['inviting', CREATE_INVITE, (guild) => ['POST', `/channels/${guild.channelId}/invites`, {}]],
    [
      'inviting with roles',
      CREATE_INVITE | ROLES,
      (guild, _, roleId) => ['POST', `/channels/${guild.channelId}/invites`, { role_ids: [roleId] }],
    ],
    ['listing invites', MANAGE_GUILD, (guild) => ['GET', `/guilds/${guild.id}/invites`]],
    ['reading the audit log', 128n, (guild) => ['GET', `/guilds/${guild.id}/audit-logs`]],
  ])('%s needs its permission, each part of it', async (_, needed, act) => {
    const parts = Array.from({ length: 50 }, (_, bit) => needed & (1n << BigInt(bit))).filter((bit) => bit !== 0n);
    for (const missing of parts) {
      const guild = await local.server('Without', String(needed & ~missing));
      const [method, path, body] = act(guild, await member(guild.id), await role(guild.id));
      expect(await code(local.bot(method, path, body))).toEqual(FORBIDDEN);
    }
    for (const enough of [needed, ADMINISTRATOR]) {
      const guild = await local.server('With', String(enough));
      const [method, path, body] = act(guild, await member(guild.id), await role(guild.id));
      expect([200, 204]).toContain(await code(local.bot(method, path, body)));
    }
  });

  it('Administrator does not lift the hierarchy, and nobody acts on the owner', async () => {
    const guild = await local.server('High', String(ADMINISTRATOR));
    const high = await role(guild.id);
    await local.control('PUT', `/sandbox/guilds/${guild.id}/bot`, { permissions: String(ADMINISTRATOR), position: 1 });
    const boss = await member(guild.id, [high]);
    const path = `/guilds/${guild.id}`;
    for (const [method, rest, body] of [
      ['DELETE', `/members/${boss}`],
      ['PUT', `/bans/${boss}`, {}],
      ['PATCH', `/members/${boss}`, { nick: 'x' }],
      ['PUT', `/members/${boss}/roles/${high}`],
      ['DELETE', `/members/${boss}/roles/${high}`],
      ['PATCH', `/roles/${high}`, { name: 'x' }],
      ['DELETE', `/roles/${high}`],
      ['PATCH', '/roles', [{ id: high, position: 1 }]],
      ['DELETE', `/members/${guild.ownerId}`],
      ['PUT', `/bans/${guild.ownerId}`, {}],
      ['DELETE', `/members/${local.application.botUserId}`],
    ] as const) {
      expect([method, rest, await code(local.bot(method, path + rest, body))]).toEqual([method, rest, FORBIDDEN]);
    }
  });

  it('overwrites apply in order: everyone, then roles with allow over deny, then the member', async () => {
    const guild = await local.server('Overwrites', String(VIEW | SEND | READ_HISTORY));
    const channel = async (permissionOverwrites: { id: string; type: 0 | 1; allow: bigint; deny: bigint }[]) =>
      (
        await local.control<{ id: string }>('POST', `/sandbox/guilds/${guild.id}/channels`, {
          name: 'c',
          permissionOverwrites: permissionOverwrites.map((each) => ({
            ...each,
            allow: String(each.allow),
            deny: String(each.deny),
          })),
        })
      ).id;
    const write = async (id: string) => code(local.bot('POST', `/channels/${id}/messages`, { content: 'x' }));
    const everyone = { id: guild.id, type: 0 as const };
    const bot = { id: guild.botRoleId, type: 0 as const };
    const self = { id: local.application.botUserId, type: 1 as const };
    expect(await write(await channel([{ ...everyone, allow: 0n, deny: SEND }]))).toEqual(FORBIDDEN);
    expect(
      await write(
        await channel([
          { ...everyone, allow: 0n, deny: SEND },
          { ...bot, allow: SEND, deny: 0n },
        ]),
      ),
    ).toBe(200);
    expect(
      await write(
        await channel([
          { ...self, allow: SEND, deny: 0n },
          { ...bot, allow: 0n, deny: SEND },
        ]),
      ),
    ).toBe(200);
    expect(await write(await channel([{ ...self, allow: 0n, deny: SEND }]))).toEqual(FORBIDDEN);
    // Who cannot see the channel lacks access, not a permission.
    expect(await write(await channel([{ ...everyone, allow: 0n, deny: VIEW }]))).toEqual([403, 50001]);
    expect(
      await write(
        await channel([
          { ...everyone, allow: 0n, deny: VIEW },
          { ...self, allow: VIEW, deny: 0n },
        ]),
      ),
    ).toBe(200);
  });

  it('a member in a timeout keeps only seeing and reading', async () => {
    const guild = await local.server('Timeout', String(MODERATE));
    const person = await member(guild.id, [await role(guild.id, { permissions: String(KICK) })]);
    await local.bot('PUT', `/applications/${local.application.id}/commands`, [
      { name: 'kick', description: 'x', default_member_permissions: String(KICK) },
    ]);
    const visible = async () => {
      const { body } = await local.call('GET', `/sandbox/view/guilds/${guild.id}?as=${person}`);
      return (body['commands'] as unknown[]).length;
    };
    expect(await visible()).toBe(1);
    const until = new Date(Date.now() + 60_000).toISOString();
    const path = `/guilds/${guild.id}/members/${person}`;
    expect((await local.bot('PATCH', path, { communication_disabled_until: until })).status).toBe(200);
    expect(await visible()).toBe(0);
    const write = { authorId: person, content: 'x' };
    const refused = await local.call('POST', `/sandbox/channels/${guild.channelId}/messages`, write);
    expect(refused.body['message']).toContain('may not write');
    await local.bot('PATCH', path, { communication_disabled_until: null });
    expect(await visible()).toBe(1);
  });

  it('where the bot is not, everything is 50001, and the server itself 10004', async () => {
    const guild = await local.server('Gone', '8');
    await local.control('DELETE', `/sandbox/guilds/${guild.id}/bot`);
    expect(await code(local.bot('GET', `/guilds/${guild.id}`))).toEqual([404, 10004]);
    for (const path of ['members', 'roles', 'channels', 'bans', 'invites', 'audit-logs', `members/${guild.ownerId}`]) {
      expect(await code(local.bot('GET', `/guilds/${guild.id}/${path}`))).toEqual([403, 50001]);
    }
    expect(await code(local.bot('GET', `/channels/${guild.channelId}`))).toEqual([403, 50001]);
  });
});
