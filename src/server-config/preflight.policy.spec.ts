import { ChannelType, OverwriteType, PermissionFlagsBits } from 'discord-api-types/v10';
import { type Server, type ServerMember } from './permissions.policy';
import { concealed, failedChecks, obstaclesIn, preflight, preflightWithoutBot } from './preflight.policy';
import { PreflightCheckId, type PreflightChoice, type PreflightFacts } from './preflight-check';

const GUILD = '100000000000000001';
const OWNER = '100000000000000002';
const BOT = '100000000000000003';
const TEACHER = '100000000000000004';
const BOT_ROLE = '200000000000000001';
const STUDENT_ROLE = '200000000000000002';
const TEACHER_ROLE = '200000000000000003';
const GENERAL = '300000000000000001';
const VOICE = '300000000000000002';

const {
  Administrator,
  CreateInstantInvite,
  KickMembers,
  ManageGuild,
  ManageRoles,
  SendMessages,
  ViewAuditLog,
  ViewChannel,
} = PermissionFlagsBits;
const GRANTED = CreateInstantInvite | KickMembers | ManageRoles | ViewChannel | SendMessages | ViewAuditLog;

const choice: PreflightChoice = { inviteChannelId: GENERAL, studentRoleId: STUDENT_ROLE, removalPolicy: 'KICK' };

interface World {
  readonly botPermissions?: bigint;
  readonly studentPosition?: number;
  readonly studentManaged?: boolean;
  readonly studentPermissions?: bigint;
  /** What the channel denies the bot. */
  readonly denied?: bigint;
  readonly viewerRoles?: readonly string[];
  readonly membersIntent?: boolean;
}

/** A server in which everything is in place, but for what is said. */
function facts(world: World = {}): PreflightFacts {
  const role = (id: string, name: string, position: number, permissions: bigint, managed = false) => ({
    id,
    name,
    position,
    permissions: permissions.toString(),
    color: 0,
    managed,
  });
  const server: Server = {
    id: GUILD,
    name: 'School',
    ownerId: OWNER,
    systemChannelId: GENERAL,
    roles: [
      role(GUILD, '@everyone', 0, 0n),
      role(
        STUDENT_ROLE,
        'Student',
        world.studentPosition ?? 1,
        world.studentPermissions ?? 0n,
        world.studentManaged ?? false,
      ),
      role(TEACHER_ROLE, 'Teacher', 2, ManageGuild),
      role(BOT_ROLE, 'Anycademy', 3, world.botPermissions ?? GRANTED, true),
    ],
    channels: [
      {
        id: GENERAL,
        name: 'general',
        type: ChannelType.GuildText,
        position: 0,
        permissionOverwrites: [
          { id: BOT, type: OverwriteType.Member, allow: '0', deny: (world.denied ?? 0n).toString() },
        ],
      },
      { id: VOICE, name: 'Lounge', type: ChannelType.GuildVoice, position: 1, permissionOverwrites: [] },
    ],
  };
  const viewer: ServerMember = { userId: TEACHER, roles: world.viewerRoles ?? [TEACHER_ROLE] };
  return {
    server,
    bot: { userId: BOT, roles: [BOT_ROLE] },
    viewer: { kind: 'member', member: viewer },
    membersIntent: world.membersIntent ?? true,
  };
}

const notPassed = (inspected: PreflightFacts, chosen = choice) =>
  preflight(inspected, chosen)
    .filter((check) => !check.passed)
    .map((check) => check.id);

const messageOf = (id: PreflightCheckId, inspected: PreflightFacts, chosen = choice) =>
  preflight(inspected, chosen).find((check) => check.id === id)?.message;

describe('preflight', () => {
  it('finds nothing wrong in a server where everything is in place, and says so check by check', () => {
    const checks = preflight(facts(), choice);
    expect(checks.map((check) => check.id).sort()).toEqual(Object.values(PreflightCheckId).sort());
    expect(checks.filter((check) => !check.passed)).toEqual([]);
    for (const check of checks) expect(check.message).toMatch(/\.$/);
  });

  it.each<[PreflightCheckId, World, RegExp]>([
    ['CREATE_INVITE', { botPermissions: GRANTED & ~CreateInstantInvite }, /“Create Invite”.*Server settings → Roles/],
    ['CREATE_INVITE', { denied: CreateInstantInvite }, /#general.*“Create Invite” in that channel's settings/],
    ['KICK_MEMBERS', { botPermissions: GRANTED & ~KickMembers }, /“Kick Members”.*Server settings → Roles/],
    ['MANAGE_ROLES', { botPermissions: GRANTED & ~ManageRoles }, /“Manage Roles”.*Server settings → Roles/],
    ['VIEW_CHANNEL', { botPermissions: GRANTED & ~ViewChannel }, /“View Channel”.*Server settings → Roles/],
    ['VIEW_CHANNEL', { denied: ViewChannel }, /see #general.*“View Channel” in that channel's settings/],
    ['SEND_MESSAGES', { botPermissions: GRANTED & ~SendMessages }, /“Send Messages”.*Server settings → Roles/],
    ['SEND_MESSAGES', { denied: SendMessages }, /write in #general.*“Send Messages” in that channel's settings/],
    ['VIEW_AUDIT_LOG', { botPermissions: GRANTED & ~ViewAuditLog }, /“View Audit Log”.*Everything works without it/],
    ['ROLE_BELOW_BOT', { studentPosition: 9 }, /Drag the bot's role above “Student” in Server settings → Roles\./],
    ['ROLE_BELOW_BOT', { studentManaged: true }, /belongs to a bot or an integration/],
    ['ROLE_BELOW_BOT', { studentPermissions: Administrator }, /“Student” has “Administrator”/],
    ['MEMBERS_INTENT', { membersIntent: false }, /“Server Members Intent”.*Developer Portal/],
    ['VIEWER_MANAGES_GUILD', { viewerRoles: [] }, /“Manage Server”/],
  ])('reports %s alone, and how to mend it (%j)', (id, world, message) => {
    expect(notPassed(facts(world))).toEqual([id]);
    expect(messageOf(id, facts(world))).toMatch(message);
  });

  it.each<[what: string, world: World, choice: Partial<PreflightChoice>]>([
    ['permissions', { botPermissions: 0n, membersIntent: false, viewerRoles: [] }, {}],
    ['a channel', { denied: CreateInstantInvite | ViewChannel | SendMessages }, {}],
    ['a role above the bot', { studentPosition: 9 }, {}],
    ['a role of an integration', { studentManaged: true }, {}],
    ['a role of power', { studentPermissions: Administrator }, {}],
    ['@everyone', {}, { studentRoleId: GUILD }],
    ['what is gone', {}, { studentRoleId: '299999999999999999', inviteChannelId: '399999999999999999' }],
    ['a channel for talking', {}, { inviteChannelId: VOICE }],
  ])('says the same in Indonesian, with the same names: %s', (_, world, chosen) => {
    const failed = preflight(facts(world), { ...choice, ...chosen }).filter((check) => !check.passed);
    expect(failed).not.toEqual([]);
    const named = (sentence = '') => new Set(sentence.match(/“[^”]+”|[#@]\w+/g));
    for (const { message, inIndonesian } of failed) {
      expect(inIndonesian).toMatch(/\.$/);
      expect(inIndonesian).not.toBe(message);
      expect(named(inIndonesian)).toEqual(named(message));
    }
  });

  it('reports a role that is gone, and @everyone', () => {
    const gone = { ...choice, studentRoleId: '299999999999999999' };
    expect(notPassed(facts(), gone)).toEqual(['ROLE_EXISTS', 'ROLE_BELOW_BOT']);
    expect(messageOf('ROLE_EXISTS', facts(), gone)).toMatch(/does not exist.*Choose another role/);
    const everyone = { ...choice, studentRoleId: GUILD };
    expect(notPassed(facts(), everyone)).toEqual(['ROLE_BELOW_BOT']);
    expect(messageOf('ROLE_BELOW_BOT', facts(), everyone)).toMatch(/@everyone/);
  });

  it('reports a channel that is gone, and one that is no text channel', () => {
    const gone = { ...choice, inviteChannelId: '399999999999999999' };
    expect(notPassed(facts(), gone)).toEqual(['CHANNEL_EXISTS']);
    const voice = { ...choice, inviteChannelId: VOICE };
    expect(notPassed(facts(), voice)).toEqual(['CHANNEL_EXISTS']);
    expect(messageOf('CHANNEL_EXISTS', facts(), voice)).toMatch(/“Lounge” is not a text channel/);
  });

  it.each<[string, World, Partial<PreflightChoice>, 'server' | 'course']>([
    ['a permission that the bot lacks', { botPermissions: GRANTED & ~ManageRoles }, {}, 'server'],
    ['the right to create invites anywhere', { botPermissions: GRANTED & ~CreateInstantInvite }, {}, 'server'],
    ['the right to create invites to the channel', { denied: CreateInstantInvite }, {}, 'course'],
    ['a channel that the bot does not see', { denied: ViewChannel }, {}, 'course'],
    ['a role above the bot', { studentPosition: 9 }, {}, 'course'],
    ['a role that is gone', {}, { studentRoleId: '299999999999999999' }, 'course'],
    ['a channel that is gone', {}, { inviteChannelId: '399999999999999999' }, 'course'],
    ['the intent', { membersIntent: false }, {}, 'server'],
  ])('knows whom %s stops', (_, world, change, concerns) => {
    const found = obstaclesIn(preflight(facts(world), { ...choice, ...change }));
    expect(found[concerns]).toMatch(/\.$/);
    expect(found[concerns === 'server' ? 'course' : 'server']).toBeNull();
  });

  it.each<[string, World, Partial<PreflightChoice>, RegExp | null]>([
    ['a role that is gone', {}, { studentRoleId: '299999999999999999' }, null],
    ['a channel that is gone', {}, { inviteChannelId: '399999999999999999' }, null],
    ['a channel that the bot does not see', { denied: ViewChannel }, {}, null],
    ['a role above the bot', { studentPosition: 9 }, {}, /^The bot stands below/],
  ])('knows whether members can be taken out in spite of %s', (_, world, change, obstacle) => {
    const { ending } = obstaclesIn(preflight(facts(world), { ...choice, ...change }));
    if (obstacle) expect(ending).toMatch(obstacle);
    else expect(ending).toBeNull();
  });

  it('says which channel is used when none is chosen, and that there is none', () => {
    const none = { ...choice, inviteChannelId: null };
    expect(messageOf('CHANNEL_EXISTS', facts(), none)).toBe('No channel is chosen: #general is used.');
    const empty = facts();
    expect(notPassed({ ...empty, server: { ...empty.server, channels: [] } }, none)).toEqual(['CHANNEL_EXISTS']);
  });

  it('asks nothing about a role when none is given', () => {
    const none = { ...choice, studentRoleId: null };
    expect(notPassed(facts(), none)).toEqual([]);
    expect(messageOf('ROLE_EXISTS', facts(), none)).toMatch(/^No role is given/);
    expect(messageOf('ROLE_BELOW_BOT', facts(), none)).toMatch(/^No role is given/);
  });

  it('does not require Kick Members unless people are to be removed, nor View Audit Log ever', () => {
    const weak = facts({ botPermissions: GRANTED & ~KickMembers & ~ViewAuditLog });
    expect(failedChecks(preflight(weak, choice)).map((check) => check.id)).toEqual(['KICK_MEMBERS']);
    expect(failedChecks(preflight(weak, { ...choice, removalPolicy: 'REMOVE_ROLE' }))).toEqual([]);
    expect(failedChecks(preflight(weak, { ...choice, removalPolicy: 'KEEP' }))).toEqual([]);
  });

  it('takes the owner and administrators as managing the server', () => {
    const owner = { kind: 'member', member: { userId: OWNER, roles: [] } } as const;
    expect(notPassed({ ...facts(), viewer: owner })).toEqual([]);
    const admin = facts({ studentPermissions: Administrator, viewerRoles: [STUDENT_ROLE] });
    expect(notPassed(admin, { ...choice, studentRoleId: null })).toEqual([]);
  });

  it('asks a viewer without an account to connect one, and one who is not in the server to join it', () => {
    const unlinked = { ...facts(), viewer: { kind: 'not-linked' } } as const;
    expect(notPassed(unlinked)).toEqual(['VIEWER_MANAGES_GUILD']);
    expect(messageOf('VIEWER_MANAGES_GUILD', unlinked)).toMatch(/Connect it/);
    const outside = { ...facts(), viewer: { kind: 'not-member' } } as const;
    expect(messageOf('VIEWER_MANAGES_GUILD', outside)).toMatch(/not a member of this server/);
  });

  it("requires nothing of the viewer for the service itself and for the platform's admins", () => {
    for (const kind of ['nobody', 'exempt'] as const) {
      expect(failedChecks(preflight({ ...facts(), viewer: { kind } }, choice))).toEqual([]);
    }
  });

  it('has one thing to do when the bot is not there', () => {
    const checks = preflightWithoutBot(choice, { kind: 'nobody' }, 'https://discord.com/oauth2/authorize?…');
    expect(checks.every((check) => !check.passed)).toBe(true);
    expect(checks[0]).toMatchObject({
      id: 'BOT_PRESENT',
      message: expect.stringContaining('https://discord.com/oauth2/') as string,
    });
    for (const check of checks.slice(1)) expect(check.message).toMatch(/add the bot first/);
  });

  it('tells nothing of a server to somebody who does not manage it', () => {
    const checks = concealed(preflight(facts({ viewerRoles: [], studentPosition: 9 }), choice));
    expect(JSON.stringify(checks)).not.toMatch(/Student|general|School/);
    expect(checks.every((check) => !check.passed)).toBe(true);
  });
});
