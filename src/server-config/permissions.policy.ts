import { ChannelType, OverwriteType, PermissionFlagsBits } from 'discord-api-types/v10';

/** What the rules need to know of a role; Discord's own role object fits. */
export interface ServerRole {
  readonly id: string;
  readonly name: string;
  readonly color: number;
  readonly position: number;
  /** Permission bits as a decimal string. */
  readonly permissions: string;
  /** Belongs to a bot or an integration, which alone can give it. */
  readonly managed: boolean;
}

/** One exception that a channel makes for a role or for a member. */
export interface PermissionOverwrite {
  readonly id: string;
  readonly type: OverwriteType;
  readonly allow: string;
  readonly deny: string;
}

/** What the rules need to know of a channel. */
export interface ServerChannel {
  readonly id: string;
  readonly name: string;
  readonly type: ChannelType;
  readonly position: number;
  readonly permissionOverwrites: readonly PermissionOverwrite[];
}

/** What the rules need to know of a server; its @everyone role has the server's own id. */
export interface Server {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly systemChannelId: string | null;
  readonly roles: readonly ServerRole[];
  readonly channels: readonly ServerChannel[];
}

/** Somebody in the server: a person, or the bot. `roles` does not name @everyone. */
export interface ServerMember {
  readonly userId: string;
  readonly roles: readonly string[];
}

/** Every permission that exists. */
export const ALL_PERMISSIONS = Object.values(PermissionFlagsBits).reduce((all, bit) => all | bit, 0n);

/** Whether all the bits of `wanted` are among `permissions`. */
export function holds(permissions: bigint, wanted: bigint): boolean {
  return (permissions & wanted) === wanted;
}

/**
 * What a member may do in the whole server: the owner everything, everybody else what @everyone and their roles allow
 * together, where Administrator means everything.
 * @see https://discord.com/developers/docs/topics/permissions#permission-overwrites
 */
export function serverPermissions(server: Server, member: ServerMember): bigint {
  if (member.userId === server.ownerId) return ALL_PERMISSIONS;
  const permissions = server.roles
    .filter((role) => role.id === server.id || member.roles.includes(role.id))
    .reduce((sum, role) => sum | BigInt(role.permissions), 0n);
  return holds(permissions, PermissionFlagsBits.Administrator) ? ALL_PERMISSIONS : permissions;
}

/**
 * What a member may do in one channel: the server's permissions, changed by the channel's overwrites for @everyone, then
 * for the member's roles together (what one role allows beats what another denies), then for the member.
 *
 * As in Discord's own pseudocode the answer holds the bits as they are: that nobody can do anything in a channel which
 * they cannot see is for the caller to ask (View Channel), so that one missing permission is not reported as many.
 * @see https://discord.com/developers/docs/topics/permissions#permission-overwrites
 */
export function channelPermissions(server: Server, channel: ServerChannel, member: ServerMember): bigint {
  const base = serverPermissions(server, member);
  if (holds(base, PermissionFlagsBits.Administrator)) return ALL_PERMISSIONS;
  const ofEveryone = channel.permissionOverwrites.filter((overwrite) => overwrite.id === server.id);
  const ofRoles = channel.permissionOverwrites.filter(
    ({ id, type }) => type === OverwriteType.Role && id !== server.id && member.roles.includes(id),
  );
  const ofMember = channel.permissionOverwrites.filter(
    ({ id, type }) => type === OverwriteType.Member && id === member.userId,
  );
  return [ofEveryone, ofRoles, ofMember].reduce(apply, base);
}

/** Allowed beats denied among overwrites of the same step. */
function apply(permissions: bigint, overwrites: readonly PermissionOverwrite[]): bigint {
  const deny = overwrites.reduce((sum, overwrite) => sum | BigInt(overwrite.deny), 0n);
  const allow = overwrites.reduce((sum, overwrite) => sum | BigInt(overwrite.allow), 0n);
  return (permissions & ~deny) | allow;
}

/** Whether the member sees the channel and may create invites to it. */
export function canInviteTo(server: Server, channel: ServerChannel, member: ServerMember): boolean {
  return (
    holds(serverPermissions(server, member), PermissionFlagsBits.CreateInstantInvite) &&
    holds(
      channelPermissions(server, channel, member),
      PermissionFlagsBits.ViewChannel | PermissionFlagsBits.CreateInstantInvite,
    )
  );
}

/**
 * Whether the role stands below the member's highest one, which Discord demands of whoever gives or takes it,
 * Administrator or not. Of two roles at the same position the older one (lower id) is the higher.
 * @see https://discord.com/developers/docs/topics/permissions#permission-hierarchy
 */
export function standsBelow(server: Server, role: ServerRole, member: ServerMember): boolean {
  if (member.userId === server.ownerId) return true;
  return server.roles
    .filter((own) => member.roles.includes(own.id))
    .some(
      (own) => own.position > role.position || (own.position === role.position && BigInt(own.id) < BigInt(role.id)),
    );
}

/** Permissions that let their holder run the server: a student role with one of them is a mistake, or an attack. */
const POWERS: readonly (readonly [bigint, string])[] = [
  [PermissionFlagsBits.Administrator, 'Administrator'],
  [PermissionFlagsBits.ManageGuild, 'Manage Server'],
  [PermissionFlagsBits.ManageRoles, 'Manage Roles'],
  [PermissionFlagsBits.ManageChannels, 'Manage Channels'],
  [PermissionFlagsBits.ManageWebhooks, 'Manage Webhooks'],
  [PermissionFlagsBits.BanMembers, 'Ban Members'],
  [PermissionFlagsBits.KickMembers, 'Kick Members'],
];

/** Discord's name of a permission by which this role could run the server; null when it has none. */
export function powerOf(role: ServerRole): string | null {
  return POWERS.find(([bit]) => holds(BigInt(role.permissions), bit))?.[1] ?? null;
}

/** Whether the member may give this role to others. */
export function canAssign(server: Server, role: ServerRole, member: ServerMember): boolean {
  return (
    holds(serverPermissions(server, member), PermissionFlagsBits.ManageRoles) &&
    role.id !== server.id &&
    !role.managed &&
    powerOf(role) === null &&
    standsBelow(server, role, member)
  );
}

/** Whether the channel holds messages and can be invited to: text and announcement channels. */
export function isTextChannel(channel: ServerChannel): boolean {
  return channel.type === ChannelType.GuildText || channel.type === ChannelType.GuildAnnouncement;
}

/** The channel that is meant when none is chosen: the system channel, or the first, where the bot may create invites. */
export function defaultChannel(server: Server, bot: ServerMember): ServerChannel | null {
  const candidates = server.channels
    .filter(isTextChannel)
    .sort((a, b) => rank(server, a) - rank(server, b) || a.position - b.position);
  return candidates.find((channel) => canInviteTo(server, channel, bot)) ?? candidates[0] ?? null;
}

function rank(server: Server, channel: ServerChannel): number {
  return channel.id === server.systemChannelId ? 0 : 1;
}
