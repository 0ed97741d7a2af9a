import { AuditLogEvent, GatewayIntentBits, PermissionFlagsBits } from 'discord-api-types/v10';
import { userShape } from '../shapes/user';
import { type Actor, recordAuditLog } from './audit-log';
import { removeMember } from './member-actions';
import { deleteMessagesOf } from './message-actions';
import { type Guild } from './model';
import { type World } from './world';

/**
 * Bans a user, member or not, and deletes what the user wrote in the last seconds; who is banned already stays banned
 * with the first reason, and keeps the messages.
 */
export function banUser(world: World, guild: Guild, actor: Actor, userId: string, deleteMessageSeconds = 0): void {
  if (guild.bans.has(userId)) return;
  guild.bans.set(userId, { userId, reason: actor.reason ?? null });
  removeMember(world, guild, userId);
  announceBan(world, guild, userId, 'GUILD_BAN_ADD');
  if (deleteMessageSeconds > 0) deleteMessagesOf(world, guild, userId, Date.now() - deleteMessageSeconds * 1000);
  recordAuditLog(world, guild, actor, { action: AuditLogEvent.MemberBanAdd, targetId: userId });
}

/** Lifts a ban. Returns false when there was none. */
export function unbanUser(world: World, guild: Guild, actor: Actor, userId: string): boolean {
  if (!guild.bans.delete(userId)) return false;
  announceBan(world, guild, userId, 'GUILD_BAN_REMOVE');
  recordAuditLog(world, guild, actor, { action: AuditLogEvent.MemberBanRemove, targetId: userId });
  return true;
}

function announceBan(world: World, guild: Guild, userId: string, name: 'GUILD_BAN_ADD' | 'GUILD_BAN_REMOVE'): void {
  world.dispatch({
    name,
    guild,
    intents: GatewayIntentBits.GuildModeration,
    permissions: PermissionFlagsBits.BanMembers | PermissionFlagsBits.ViewAuditLog,
    data: () => ({ guild_id: guild.id, user: userShape(world.user(userId)) }),
  });
  world.changed();
}
