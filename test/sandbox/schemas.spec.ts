import { type ZodType } from 'zod';
import { loadDiscordSchemas } from './discord-schemas';
import { type Local, startLocal } from './local';

/** Answers as they are, checked with the schemas that Discord publishes. */
describe('the answers of the local Discord', () => {
  const schemas = loadDiscordSchemas();
  let local: Local;
  let guild: Awaited<ReturnType<Local['server']>>;
  let member: string;
  let bearer: string;
  let checked = 0;

  beforeAll(async () => {
    local = await startLocal({ redirectUris: ['http://localhost:3000/callback'] });
    guild = await local.server('Algebra', '8');
    member = await local.person('ayu');
    await local.control('PUT', `/sandbox/guilds/${guild.id}/members/${member}`, {});
    const scopes = [
      'identify',
      'email',
      'openid',
      'guilds',
      'guilds.join',
      'guilds.members.read',
      'role_connections.write',
    ];
    bearer = (await local.grant(member, scopes)).access_token;
    const banned = await local.person('banned');
    await local.control('PUT', `/sandbox/guilds/${guild.id}/bans/${banned}`);
    await local.bot('PUT', `/applications/${local.application.id}/commands`, [
      { name: 'status', description: 'How am I doing', options: [{ type: 3, name: 'course', description: 'Which' }] },
    ]);
    await local.bot('POST', `/channels/${guild.channelId}/messages`, {
      content: `Hello <@${member}>`,
      embeds: [{ title: 'T', fields: [{ name: 'a', value: 'b' }] }],
    });
    await local.bot('POST', `/channels/${guild.channelId}/invites`, { max_age: 60 });
  });
  afterAll(async () => {
    await local.close();
    process.stdout.write(`${checked} answers were checked with Discord's schemas.\n`);
  });

  function expectShape(schema: string, value: unknown): void {
    const known: ZodType | undefined = schemas[`${schema}Schema`];
    if (known === undefined) throw new Error(`There is no schema ${schema}.`);
    const result = known.safeParse(value);
    expect(result.success ? [] : result.error.issues).toEqual([]);
    checked += 1;
  }

  it.each([
    ['GatewayBotResponse', () => '/gateway/bot'],
    ['GatewayResponse', () => '/gateway'],
    ['UserPIIResponse', () => '/users/@me'],
    ['UserResponse', () => `/users/${member}`],
    ['PrivateApplicationResponse', () => '/applications/@me'],
    ['PrivateApplicationResponse', () => '/oauth2/applications/@me'],
    ['OAuth2GetKeys', () => '/oauth2/keys'],
    ['GuildWithCountsResponse', () => `/guilds/${guild.id}?with_counts=true`],
    ['GuildMemberResponse', () => `/guilds/${guild.id}/members/${member}`],
    ['GuildRoleResponse', () => `/guilds/${guild.id}/roles/${guild.botRoleId}`],
    ['GuildAuditLogResponse', () => `/guilds/${guild.id}/audit-logs`],
    ['GuildPruneResponse', () => `/guilds/${guild.id}/prune`],
    ['GuildChannelResponse', () => `/channels/${guild.channelId}`],
  ])('%s', async (schema, path) => {
    const answer = await local.bot('GET', path());
    expect(answer.status).toBe(200);
    expectShape(schema, answer.body);
  });

  it.each([
    ['MyGuildResponse', () => '/users/@me/guilds'],
    ['GuildChannelResponse', () => `/guilds/${guild.id}/channels`],
    ['GuildRoleResponse', () => `/guilds/${guild.id}/roles`],
    ['GuildMemberResponse', () => `/guilds/${guild.id}/members?limit=10`],
    ['GuildMemberResponse', () => `/guilds/${guild.id}/members/search?query=ayu`],
    ['GuildBanResponse', () => `/guilds/${guild.id}/bans`],
    ['GuildInviteResponse', () => `/guilds/${guild.id}/invites`],
    ['GuildInviteResponse', () => `/channels/${guild.channelId}/invites`],
    ['MessageResponse', () => `/channels/${guild.channelId}/messages`],
    ['ApplicationCommandResponse', () => `/applications/${local.application.id}/commands`],
  ])('a list of %s', async (schema, path) => {
    const answer = await local.bot('GET', path());
    expect(answer.status).toBe(200);
    expect(answer.list.length).toBeGreaterThan(0);
    for (const each of answer.list) expectShape(schema, each);
  });

  it.each([
    ['OAuth2GetAuthorizationResponse', () => '/oauth2/@me'],
    ['OAuth2GetOpenIDConnectUserInfoResponse', () => '/oauth2/userinfo'],
    ['UserPIIResponse', () => '/users/@me'],
    ['PrivateGuildMemberResponse', () => `/users/@me/guilds/${guild.id}/member`],
    ['ApplicationUserRoleConnectionResponse', () => `/users/@me/applications/${local.application.id}/role-connection`],
  ])('%s for a person', async (schema, path) => {
    const answer = await local.call('GET', `/api/v10${path()}`, undefined, { authorization: `Bearer ${bearer}` });
    expect(answer.status).toBe(200);
    expectShape(schema, answer.body);
  });

  it.each([
    ['PrivateChannelResponse', 'POST', () => '/users/@me/channels', () => ({ recipient_id: member })],
    ['GuildRoleResponse', 'POST', () => `/guilds/${guild.id}/roles`, () => ({ name: 'x' })],
    ['MessageResponse', 'POST', () => `/channels/${guild.channelId}/messages`, () => ({ content: 'x' })],
    ['GuildInviteResponse', 'POST', () => `/channels/${guild.channelId}/invites`, () => ({ unique: true })],
    ['GuildMemberResponse', 'PATCH', () => `/guilds/${guild.id}/members/${member}`, () => ({ nick: 'Ay' })],
    ['PrivateGuildMemberResponse', 'PATCH', () => `/guilds/${guild.id}/members/@me`, () => ({ nick: 'Bot' })],
    [
      'ApplicationCommandResponse',
      'POST',
      () => `/applications/${local.application.id}/guilds/${guild.id}/commands`,
      () => ({ name: 'y', description: 'z' }),
    ],
  ])('%s after %s', async (schema, method, path, body) => {
    const answer = await local.bot(method, path(), body());
    expect([200, 201]).toContain(answer.status);
    expectShape(schema, answer.body);
  });

  it('ErrorResponse', async () => {
    expectShape('ErrorResponse', (await local.bot('GET', '/guilds/111111111111111111')).body);
  });
});
