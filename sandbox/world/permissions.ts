import { PermissionFlagsBits } from 'discord-api-types/v10';
import { type Channel, type Guild, type Member, type Role } from './model';

/** Every permission that exists. */
export const ALL_PERMISSIONS = Object.values(PermissionFlagsBits).reduce((all, bit) => all | bit, 0n);

/**
 * What @everyone may do in a server that Discord has just made, but for one thing: the owner has taken
 * CREATE_INSTANT_INVITE away, as communities do. With it a bot that was installed without the permission would have it
 * all the same, and nobody could see here that it was forgotten.
 */
export const EVERYONE_PERMISSIONS = 2_248_473_465_835_073n & ALL_PERMISSIONS & ~PermissionFlagsBits.CreateInstantInvite;

/** Timed-out members keep only these, whatever their roles say. */
const TIMED_OUT_PERMISSIONS = PermissionFlagsBits.ViewChannel | PermissionFlagsBits.ReadMessageHistory;

/** A member's permissions in the whole server, as topics/permissions computes them. */
export function guildPermissions(guild: Guild, member: Member): bigint {
  if (guild.ownerId === member.userId) return ALL_PERMISSIONS;
  let permissions = BigInt(guild.roles.get(guild.id)?.permissions ?? 0);
  for (const id of member.roles) permissions |= BigInt(guild.roles.get(id)?.permissions ?? 0);
  if ((permissions & PermissionFlagsBits.Administrator) !== 0n) return ALL_PERMISSIONS;
  return isTimedOut(member) ? permissions & TIMED_OUT_PERMISSIONS : permissions;
}

/** A member's permissions in one channel: the server's, then the overwrites of @everyone, of the roles, of the member. */
export function channelPermissions(guild: Guild, channel: Channel, member: Member): bigint {
  let permissions = guildPermissions(guild, member);
  if ((permissions & PermissionFlagsBits.Administrator) !== 0n) return ALL_PERMISSIONS;
  const overwrites = channel.permissionOverwrites;
  const apply = (deny: bigint, allow: bigint) => {
    permissions = (permissions & ~deny) | allow;
  };
  for (const overwrite of overwrites) {
    if (overwrite.id === guild.id) apply(BigInt(overwrite.deny), BigInt(overwrite.allow));
  }
  let deny = 0n;
  let allow = 0n;
  for (const overwrite of overwrites) {
    if (overwrite.type !== 0 || !member.roles.includes(overwrite.id)) continue;
    deny |= BigInt(overwrite.deny);
    allow |= BigInt(overwrite.allow);
  }
  apply(deny, allow);
  for (const overwrite of overwrites) {
    if (overwrite.type === 1 && overwrite.id === member.userId) apply(BigInt(overwrite.deny), BigInt(overwrite.allow));
  }
  if (isTimedOut(member)) permissions &= TIMED_OUT_PERMISSIONS;
  // Who cannot see a channel can do nothing in it.
  return (permissions & PermissionFlagsBits.ViewChannel) === 0n ? 0n : permissions;
}

/** Whether nothing is forbidden to the member: the owner, and whoever has Administrator. */
export function isAdministrator(guild: Guild, member: Member): boolean {
  return guildPermissions(guild, member) === ALL_PERMISSIONS;
}

/** The position of a member's highest role; the owner stands above every role. */
export function highestPosition(guild: Guild, member: Member): number {
  if (guild.ownerId === member.userId) return Number.POSITIVE_INFINITY;
  return member.roles.reduce((highest, id) => Math.max(highest, guild.roles.get(id)?.position ?? 0), 0);
}

/** Whether the member may give, take, edit or move the role: only what lies below its own highest role. */
export function isRoleBelow(guild: Guild, member: Member, role: Role): boolean {
  return role.position < highestPosition(guild, member);
}

/** Whether the member may kick, ban or rename the other one. */
export function isMemberBelow(guild: Guild, member: Member, other: Member): boolean {
  return highestPosition(guild, other) < highestPosition(guild, member);
}

function isTimedOut(member: Member): boolean {
  return member.communicationDisabledUntil !== null && Date.parse(member.communicationDisabledUntil) > Date.now();
}
