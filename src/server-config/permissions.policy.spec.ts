import { ChannelType, OverwriteType, PermissionFlagsBits } from 'discord-api-types/v10';
import fc from 'fast-check';
import {
  ALL_PERMISSIONS,
  canAssign,
  canInviteTo,
  channelPermissions,
  defaultChannel,
  type PermissionOverwrite,
  type Server,
  type ServerChannel,
  type ServerMember,
  serverPermissions,
  standsBelow,
} from './permissions.policy';

const { Administrator, CreateInstantInvite, KickMembers, ManageRoles, SendMessages, ViewChannel } = PermissionFlagsBits;

/** Discord's pseudocode, line by line: https://discord.com/developers/docs/topics/permissions#permission-overwrites */
function documented(server: Server, channel: ServerChannel, member: ServerMember): bigint {
  function computeBasePermissions(): bigint {
    if (server.ownerId === member.userId) return ALL_PERMISSIONS;
    const roleEveryone = server.roles.find((role) => role.id === server.id);
    let permissions = BigInt(roleEveryone?.permissions ?? '0');
    for (const role of server.roles) {
      if (member.roles.includes(role.id)) permissions |= BigInt(role.permissions);
    }
    if ((permissions & Administrator) === Administrator) return ALL_PERMISSIONS;
    return permissions;
  }

  function computeOverwrites(basePermissions: bigint): bigint {
    if ((basePermissions & Administrator) === Administrator) return ALL_PERMISSIONS;
    let permissions = basePermissions;
    const overwriteEveryone = channel.permissionOverwrites.find((overwrite) => overwrite.id === server.id);
    if (overwriteEveryone) {
      permissions &= ~BigInt(overwriteEveryone.deny);
      permissions |= BigInt(overwriteEveryone.allow);
    }
    let allow = 0n;
    let deny = 0n;
    for (const roleId of member.roles) {
      const overwriteRole = channel.permissionOverwrites.find((overwrite) => overwrite.id === roleId);
      if (overwriteRole) {
        allow |= BigInt(overwriteRole.allow);
        deny |= BigInt(overwriteRole.deny);
      }
    }
    permissions &= ~deny;
    permissions |= allow;
    const overwriteMember = channel.permissionOverwrites.find((overwrite) => overwrite.id === member.userId);
    if (overwriteMember) {
      permissions &= ~BigInt(overwriteMember.deny);
      permissions |= BigInt(overwriteMember.allow);
    }
    return permissions;
  }

  return computeOverwrites(computeBasePermissions());
}

const GUILD = '100000000000000001';
const OWNER = '100000000000000002';
const BOT = '100000000000000003';
const ROLES = ['200000000000000001', '200000000000000002', '200000000000000003'];

function server(overrides: Partial<Server> = {}): Server {
  return {
    id: GUILD,
    name: 'School',
    ownerId: OWNER,
    systemChannelId: null,
    roles: [role(GUILD, '@everyone', 0, 0n)],
    channels: [],
    ...overrides,
  };
}

function role(id: string, name: string, position: number, permissions: bigint) {
  return { id, name, position, permissions: permissions.toString(), color: 0, managed: false };
}

function channel(id: string, position: number, permissionOverwrites: PermissionOverwrite[] = []): ServerChannel {
  return { id, name: `channel-${id.slice(-1)}`, type: ChannelType.GuildText, position, permissionOverwrites };
}

const bits = fc.integer({ min: 0, max: 0xffff }).map((low) => BigInt(low) | (low % 3 === 0 ? ManageRoles : 0n));

describe('permissions', () => {
  it('are those of the documented pseudocode, for every server, channel and member', () => {
    const overwrite = (id: string, type: OverwriteType) =>
      fc.record({ allow: bits, deny: bits }).map(({ allow, deny }) => ({
        id,
        type,
        allow: allow.toString(),
        deny: deny.toString(),
      }));
    const overwrites = fc
      .tuple(
        fc.option(overwrite(GUILD, OverwriteType.Role), { nil: null }),
        ...ROLES.map((id) => fc.option(overwrite(id, OverwriteType.Role), { nil: null })),
        fc.option(overwrite(BOT, OverwriteType.Member), { nil: null }),
      )
      .map((all) => all.filter((one) => one !== null));
    fc.assert(
      fc.property(
        fc.array(bits, { minLength: 4, maxLength: 4 }),
        fc.subarray(ROLES),
        overwrites,
        fc.boolean(),
        (permissions, roles, permissionOverwrites, owns) => {
          const school = server({
            ownerId: owns ? BOT : OWNER,
            roles: [GUILD, ...ROLES].map((id, index) => role(id, id, index, permissions[index] ?? 0n)),
          });
          const room = channel('300000000000000001', 0, permissionOverwrites);
          const member = { userId: BOT, roles };
          expect(channelPermissions(school, room, member)).toBe(documented(school, room, member));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('are all the owner has, whatever the roles say', () => {
    expect(serverPermissions(server(), { userId: OWNER, roles: [] })).toBe(ALL_PERMISSIONS);
  });

  it('let a role allow in a channel what another one denies', () => {
    const [muted = '', speaker = ''] = ROLES;
    const school = server({ roles: [role(GUILD, '@everyone', 0, SendMessages), role(muted, 'Muted', 1, 0n)] });
    const room = channel('300000000000000001', 0, [
      { id: muted, type: OverwriteType.Role, allow: '0', deny: SendMessages.toString() },
      { id: speaker, type: OverwriteType.Role, allow: SendMessages.toString(), deny: '0' },
    ]);
    expect(channelPermissions(school, room, { userId: BOT, roles: [muted] }) & SendMessages).toBe(0n);
    expect(channelPermissions(school, room, { userId: BOT, roles: [muted, speaker] }) & SendMessages).toBe(
      SendMessages,
    );
  });
});

describe('inviting', () => {
  const [own = ''] = ROLES;
  const bot = { userId: BOT, roles: [own] };
  const roles = [role(GUILD, '@everyone', 0, ViewChannel), role(own, 'Bot', 1, CreateInstantInvite)];

  it('needs a channel that the bot sees', () => {
    const hidden = channel('300000000000000001', 0, [
      { id: GUILD, type: OverwriteType.Role, allow: '0', deny: ViewChannel.toString() },
    ]);
    expect(canInviteTo(server({ roles }), channel('300000000000000002', 0), bot)).toBe(true);
    expect(canInviteTo(server({ roles }), hidden, bot)).toBe(false);
  });

  it('goes to the system channel when none is chosen, or to the first where the bot may', () => {
    const closed = [{ id: own, type: OverwriteType.Role, allow: '0', deny: CreateInstantInvite.toString() }];
    const first = channel('300000000000000001', 0, closed);
    const second = channel('300000000000000002', 1);
    const third = channel('300000000000000003', 2);
    const school = server({ roles, channels: [third, second, first], systemChannelId: third.id });
    expect(defaultChannel(school, bot)?.id).toBe(third.id);
    expect(defaultChannel({ ...school, systemChannelId: null }, bot)?.id).toBe(second.id);
    expect(defaultChannel({ ...school, channels: [first] }, bot)?.id).toBe(first.id);
    expect(defaultChannel({ ...school, channels: [] }, bot)).toBeNull();
  });
});

describe('giving a role', () => {
  const [own = '', student = '', above = ''] = ROLES;
  const bot = { userId: BOT, roles: [own] };
  const botRole = role(own, 'Bot', 2, ManageRoles);
  const school = (...others: ReturnType<typeof role>[]) =>
    server({ roles: [role(GUILD, '@everyone', 0, 0n), botRole, ...others] });

  it('is possible below the bot only', () => {
    const low = role(student, 'Student', 1, 0n);
    const high = role(above, 'Above', 3, 0n);
    expect(canAssign(school(low, high), low, bot)).toBe(true);
    expect(canAssign(school(low, high), high, bot)).toBe(false);
  });

  it('is possible at the same position to the newer role, which Discord sorts below', () => {
    const newer = role(student, 'Student', 2, 0n);
    expect(standsBelow(school(newer), newer, bot)).toBe(true);
    const older = { ...newer, id: '150000000000000001' };
    expect(standsBelow(school(older), older, bot)).toBe(false);
  });

  it('is refused for roles of integrations, @everyone, and roles by which a student could run the server', () => {
    const managed = { ...role(student, 'Integration', 1, 0n), managed: true };
    const powerful = role(student, 'Moderator', 1, KickMembers);
    expect(canAssign(school(managed), managed, bot)).toBe(false);
    expect(canAssign(school(powerful), powerful, bot)).toBe(false);
    expect(canAssign(school(), role(GUILD, '@everyone', 0, 0n), bot)).toBe(false);
  });
});
