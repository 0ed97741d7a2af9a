import { type Local, startLocal } from './local';

const CREATE_INVITE = 1n;
const KICK = 2n;
const BAN = 4n;
const MANAGE_CHANNELS = 16n;
const MANAGE_GUILD = 32n;
const VIEW = 1024n;
const SEND = 2048n;
const READ_HISTORY = 65_536n;
const MUTE = 1n << 22n;
const DEAFEN = 1n << 23n;
const MOVE = 1n << 24n;
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
      'counting who would be pruned',
      KICK | MANAGE_GUILD,
      (guild, _, roleId) => ['GET', `/guilds/${guild.id}/prune?days=7&include_roles=${roleId}`],
    ],
    [
      'pruning members with a role',
      KICK | MANAGE_GUILD,
      (guild, _, roleId) => ['POST', `/guilds/${guild.id}/prune`, { days: 7, include_roles: [roleId] }],
    ],
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
    ['listing the invites of a channel', MANAGE_CHANNELS, (guild) => ['GET', `/channels/${guild.channelId}/invites`]],
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

  it('pruning spares members with other roles than those that are named', async () => {
    const guild = await local.server('Pruned', String(KICK | MANAGE_GUILD));
    const [guest, student] = [await role(guild.id), await role(guild.id)];
    const people = [await member(guild.id), await member(guild.id, [guest]), await member(guild.id, [guest, student])];
    const left = async () => {
      const { list } = await local.call('GET', `/api/v10/guilds/${guild.id}/members?limit=100`, undefined, {
        authorization: `Bot ${local.application.botToken}`,
      });
      const ids = list.map((each) => (each['user'] as { id: string }).id);
      return people.map((id) => ids.includes(id));
    };
    const named = { days: 7, include_roles: [guest] };
    expect((await local.bot('GET', `/guilds/${guild.id}/prune?include_roles=${guest}`)).body).toEqual({ pruned: 2 });
    expect((await local.bot('POST', `/guilds/${guild.id}/prune`, { days: 7 })).body).toEqual({ pruned: 1 });
    expect(await left()).toEqual([false, true, true]);
    expect((await local.bot('POST', `/guilds/${guild.id}/prune`, named)).body).toEqual({ pruned: 1 });
    expect(await left()).toEqual([false, false, true]);
    const unknown = { days: 7, include_roles: [guild.ownerId] };
    expect(await code(local.bot('POST', `/guilds/${guild.id}/prune`, unknown))).toEqual([400, 50035]);
  });

  it.each<[string, bigint, Record<string, unknown>]>([
    ['muting', MUTE, { mute: true }],
    ['unmuting', MUTE, { mute: false }],
    ['deafening', DEAFEN, { deaf: true }],
    ['moving', MOVE, { channel_id: '100000000000000000' }],
  ])('%s needs its permission, and somebody in a voice channel, where nobody ever is', async (_, needed, body) => {
    for (const [permissions, expected] of [
      [0n, FORBIDDEN],
      [needed, [400, 40032]],
    ] as const) {
      const guild = await local.server('Voice', String(permissions));
      const path = `/guilds/${guild.id}/members/${await member(guild.id)}`;
      expect(await code(local.bot('PATCH', path, body))).toEqual(expected);
    }
  });

  it('flags of members need MANAGE_GUILD, MANAGE_ROLES, or the three of moderation together', async () => {
    for (const [permissions, expected] of [
      [MANAGE_GUILD, 200],
      [ROLES, 200],
      [MODERATE | KICK | BAN, 200],
      [MODERATE | KICK, FORBIDDEN],
      [MODERATE | BAN, FORBIDDEN],
      [KICK | BAN, FORBIDDEN],
    ] as const) {
      const guild = await local.server('Flags', String(permissions));
      const path = `/guilds/${guild.id}/members/${await member(guild.id)}`;
      expect(await code(local.bot('PATCH', path, { flags: 4 }))).toEqual(expected);
    }
  });

  it('no timeout for administrators and owners, however low they stand', async () => {
    const guild = await local.server('Timeouts', String(ADMINISTRATOR));
    const low = await role(guild.id, { permissions: String(ADMINISTRATOR) });
    const until = new Date(Date.now() + 60_000).toISOString();
    const timeout = async (id: string, value: string | null) =>
      code(local.bot('PATCH', `/guilds/${guild.id}/members/${id}`, { communication_disabled_until: value }));
    const person = await member(guild.id);
    expect(await timeout(person, until)).toBe(200);
    await local.control('PUT', `/sandbox/guilds/${guild.id}/members/${person}`, { roles: [low] });
    expect(await timeout(person, until)).toEqual(FORBIDDEN);
    expect(await timeout(person, null)).toBe(200);
    expect(await timeout(guild.ownerId, until)).toEqual(FORBIDDEN);
  });

  it('invites go by the permissions in their channel', async () => {
    const guild = await local.server('Invites', String(VIEW | CREATE_INVITE));
    const channel = async (allow: bigint, deny: bigint) => {
      const overwrite = { id: guild.botRoleId, type: 0, allow: String(allow), deny: String(deny) };
      const made = await local.control<{ id: string }>('POST', `/sandbox/guilds/${guild.id}/channels`, {
        name: 'c',
        permissionOverwrites: [overwrite],
      });
      return made.id;
    };
    const foreign = async (channelId: string) =>
      (
        await local.control<{ code: string }>('POST', `/sandbox/channels/${channelId}/invites`, {
          userId: guild.ownerId,
        })
      ).code;
    const drop = async (invite: unknown) => code(local.bot('DELETE', `/invites/${String(invite)}`));
    const [shut, managed, plain] = [
      await channel(0n, CREATE_INVITE),
      await channel(MANAGE_CHANNELS, 0n),
      guild.channelId,
    ];
    expect(await code(local.bot('POST', `/channels/${shut}/invites`, {}))).toEqual(FORBIDDEN);
    expect(await code(local.bot('GET', `/channels/${plain}/invites`))).toEqual(FORBIDDEN);
    expect(await code(local.bot('GET', `/channels/${managed}/invites`))).toBe(200);
    const own = await local.bot('POST', `/channels/${plain}/invites`, {});
    expect(await drop(own.body['code'])).toBe(200);
    expect(await drop(await foreign(plain))).toEqual(FORBIDDEN);
    expect(await drop(await foreign(managed))).toBe(200);
    const manager = String(VIEW | MANAGE_CHANNELS);
    await local.control('PUT', `/sandbox/guilds/${guild.id}/bot`, { permissions: manager });
    expect(await drop(await foreign(await channel(0n, MANAGE_CHANNELS)))).toEqual(FORBIDDEN);
    await local.control('PUT', `/sandbox/guilds/${guild.id}/bot`, { permissions: String(VIEW | MANAGE_GUILD) });
    expect(await drop(await foreign(plain))).toBe(200);
    // A person cannot give out what it may not give.
    const person = await member(guild.id);
    const refused = await local.call('POST', `/sandbox/channels/${plain}/invites`, { userId: person });
    expect([refused.status, refused.body['message']]).toEqual([400, expect.stringContaining('may not invite')]);
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
