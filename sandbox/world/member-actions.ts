import { AuditLogEvent, GatewayIntentBits, GuildMemberFlags } from 'discord-api-types/v10';
import { memberShape } from '../shapes/member';
import { userShape } from '../shapes/user';
import { type Actor, recordAuditLog } from './audit-log';
import { type AuditLogChange, type Guild, type Member } from './model';
import { type World } from './world';

/** What can be set on a member. */
export type MemberFields = Partial<
  Pick<Member, 'nick' | 'roles' | 'mute' | 'deaf' | 'communicationDisabledUntil' | 'flags'>
>;

/** A member that joins now. */
export function newMember(userId: string): Member {
  return {
    userId,
    roles: [],
    joinedAt: new Date().toISOString(),
    nick: null,
    pending: false,
    mute: false,
    deaf: false,
    communicationDisabledUntil: null,
    flags: 0,
  };
}

/** A user joins, by whatever way. The caller has checked that it may. */
export function addMember(world: World, guild: Guild, userId: string, fields: MemberFields = {}): Member {
  const member = { ...newMember(userId), ...fields, pending: guild.memberScreening };
  if (guild.formerMemberIds.delete(userId)) member.flags |= GuildMemberFlags.DidRejoin;
  guild.members.add(member);
  world.dispatch({
    name: 'GUILD_MEMBER_ADD',
    guild,
    intents: GatewayIntentBits.GuildMembers,
    data: () => ({ ...memberShape(world, member), guild_id: guild.id }),
  });
  world.changed();
  return member;
}

/** A member is gone: it left, or was kicked, banned or pruned, which all look the same to the gateway. */
export function removeMember(world: World, guild: Guild, userId: string): boolean {
  if (guild.members.remove(userId) === undefined) return false;
  guild.formerMemberIds.add(userId);
  world.dispatch({
    name: 'GUILD_MEMBER_REMOVE',
    guild,
    intents: GatewayIntentBits.GuildMembers,
    data: () => ({ guild_id: guild.id, user: userShape(world.user(userId)) }),
  });
  world.changed();
  return true;
}

/** Kicks a member. */
export function kickMember(world: World, guild: Guild, actor: Actor, userId: string): boolean {
  if (!removeMember(world, guild, userId)) return false;
  recordAuditLog(world, guild, actor, { action: AuditLogEvent.MemberKick, targetId: userId });
  return true;
}

/** Changes a member's fields; roles and the rest are two kinds of audit log entries. */
export function updateMember(world: World, guild: Guild, actor: Actor, member: Member, fields: MemberFields): void {
  const { roles, ...rest } = fields;
  let isChanged = roles !== undefined && setRoles(world, guild, actor, member, roles);
  const changes: AuditLogChange[] = [];
  for (const [key, value] of Object.entries(rest)) {
    const old: unknown = member[key as keyof typeof rest];
    if (value !== old)
      changes.push({ key: AUDIT_LOG_KEYS[key as keyof typeof rest], old_value: old, new_value: value });
  }
  if (changes.length > 0) {
    Object.assign(member, rest);
    recordAuditLog(world, guild, actor, { action: AuditLogEvent.MemberUpdate, targetId: member.userId, changes });
    isChanged = true;
  }
  if (isChanged) announceMemberUpdate(world, guild, member);
}

/** The member agrees to the server's rules. */
export function passScreening(world: World, guild: Guild, member: Member): void {
  if (!member.pending) return;
  member.pending = false;
  member.flags |= GuildMemberFlags.CompletedOnboarding;
  announceMemberUpdate(world, guild, member);
}

/** GUILD_MEMBER_UPDATE; about itself the bot always hears. */
export function announceMemberUpdate(world: World, guild: Guild, member: Member): void {
  world.dispatch({
    name: 'GUILD_MEMBER_UPDATE',
    guild,
    intents: member.userId === world.botUserId ? 0 : GatewayIntentBits.GuildMembers,
    data: () => ({ ...memberShape(world, member), guild_id: guild.id }),
  });
  world.changed();
}

const AUDIT_LOG_KEYS = {
  nick: 'nick',
  mute: 'mute',
  deaf: 'deaf',
  flags: 'flags',
  communicationDisabledUntil: 'communication_disabled_until',
} as const satisfies Record<keyof Omit<MemberFields, 'roles'>, string>;

function setRoles(world: World, guild: Guild, actor: Actor, member: Member, roles: readonly string[]): boolean {
  const added = roles.filter((id) => !member.roles.includes(id));
  const removed = member.roles.filter((id) => !roles.includes(id));
  if (added.length === 0 && removed.length === 0) return false;
  member.roles = [...roles];
  const named = (ids: string[]) => ids.map((id) => ({ id, name: guild.roles.get(id)?.name ?? '' }));
  const changes: AuditLogChange[] = [];
  if (added.length > 0) changes.push({ key: '$add', new_value: named(added) });
  if (removed.length > 0) changes.push({ key: '$remove', new_value: named(removed) });
  recordAuditLog(world, guild, actor, { action: AuditLogEvent.MemberRoleUpdate, targetId: member.userId, changes });
  return true;
}
