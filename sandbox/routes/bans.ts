import { AuditLogEvent, PermissionFlagsBits } from 'discord-api-types/v10';
import { z } from 'zod';
import { type Call, NO_CONTENT, ok, param } from '../http/call';
import { refuse, refuseField } from '../http/discord-error';
import { boolean, integer, queryInteger, querySnowflake, readForm, snowflakeSet } from '../http/form';
import { type Route, route } from '../http/router';
import { userShape } from '../shapes/user';
import { recordAuditLog } from '../world/audit-log';
import { banUser, unbanUser } from '../world/ban-actions';
import { removeMember } from '../world/member-actions';
import { type Ban, type Member } from '../world/model';
import { isMemberBelow } from '../world/permissions';
import { compareSnowflakes } from '../world/snowflake';
import { type BotGuild, requireGuild, requirePermission } from './access';

/** Bans, and the pruning of idle members. */
export const banRoutes: readonly Route[] = [
  route('GET', '/guilds/:guild_id/bans', { allow: 'bot' }, listBans),
  route('GET', '/guilds/:guild_id/bans/:user_id', { allow: 'bot' }, getBan),
  route('PUT', '/guilds/:guild_id/bans/:user_id', { allow: 'bot' }, ban),
  route('DELETE', '/guilds/:guild_id/bans/:user_id', { allow: 'bot' }, unban),
  route('POST', '/guilds/:guild_id/bulk-ban', { allow: 'bot' }, bulkBan),
  route('GET', '/guilds/:guild_id/prune', { allow: 'bot' }, previewPrune),
  route('POST', '/guilds/:guild_id/prune', { allow: 'bot' }, prune),
];

function requireBanMembers(call: Call): BotGuild {
  const access = requireGuild(call);
  requirePermission(access, PermissionFlagsBits.BanMembers);
  return access;
}

function banShape(call: Call, entry: Ban) {
  return { user: userShape(call.world.user(entry.userId)), reason: entry.reason };
}

function listBans(call: Call) {
  const { guild } = requireBanMembers(call);
  const limit = queryInteger(call, 'limit', 1000, 1, 1000);
  const before = querySnowflake(call, 'before');
  // `before` wins when both are given.
  const after = before === undefined ? querySnowflake(call, 'after') : undefined;
  const bans = [...guild.bans.values()]
    .filter((each) => before === undefined || compareSnowflakes(each.userId, before) < 0)
    .filter((each) => after === undefined || compareSnowflakes(each.userId, after) > 0)
    .sort((left, right) => compareSnowflakes(left.userId, right.userId));
  return ok((before === undefined ? bans.slice(0, limit) : bans.slice(-limit)).map((each) => banShape(call, each)));
}

function getBan(call: Call) {
  const found = requireBanMembers(call).guild.bans.get(param(call, 'user_id'));
  if (found === undefined) throw refuse(10026);
  return ok(banShape(call, found));
}

const banForm = z.object({
  delete_message_seconds: integer(0, 604_800).nullish(),
  delete_message_days: integer(0, 7).nullish(),
});

function ban(call: Call) {
  const access = requireBanMembers(call);
  const form = readForm(call, banForm);
  const userId = param(call, 'user_id');
  if (!call.world.users.has(userId)) throw refuse(10013);
  if (!mayBan(access, userId)) throw refuse(50013);
  // The days are the deprecated way to say it.
  const seconds = form.delete_message_seconds ?? (form.delete_message_days ?? 0) * 86_400;
  banUser(call.world, access.guild, call.actor, userId, seconds);
  return NO_CONTENT;
}

function unban(call: Call) {
  const { guild } = requireBanMembers(call);
  if (!unbanUser(call.world, guild, call.actor, param(call, 'user_id'))) throw refuse(10026);
  return NO_CONTENT;
}

const bulkBanForm = z.object({
  user_ids: snowflakeSet(200),
  delete_message_seconds: integer(0, 604_800).nullish(),
});

function bulkBan(call: Call) {
  const access = requireBanMembers(call);
  requirePermission(access, PermissionFlagsBits.ManageGuild);
  const form = readForm(call, bulkBanForm);
  const banned: string[] = [];
  const failed: string[] = [];
  for (const userId of form.user_ids) {
    const canBan = call.world.users.has(userId) && !access.guild.bans.has(userId) && mayBan(access, userId);
    (canBan ? banned : failed).push(userId);
  }
  if (banned.length === 0) throw refuse(500000);
  const seconds = form.delete_message_seconds ?? 0;
  for (const userId of banned) banUser(call.world, access.guild, call.actor, userId, seconds);
  return ok({ banned_users: banned, failed_users: failed });
}

function mayBan({ guild, bot }: BotGuild, userId: string): boolean {
  const member = guild.members.get(userId);
  return member === undefined || isMemberBelow(guild, bot, member);
}

const pruneForm = z.object({
  days: integer(1, 30).nullish(),
  compute_prune_count: boolean.nullish(),
  include_roles: snowflakeSet(100).nullish(),
});

function previewPrune(call: Call) {
  const access = requirePrune(call);
  queryInteger(call, 'days', 7, 1, 30);
  const included = call.query.get('include_roles')?.split(',').filter(Boolean) ?? [];
  return ok({ pruned: idleMembers(access, included).length });
}

function prune(call: Call) {
  const access = requirePrune(call);
  const form = readForm(call, pruneForm);
  const idle = idleMembers(access, form.include_roles ?? []);
  for (const member of idle) removeMember(call.world, access.guild, member.userId);
  if (idle.length > 0) {
    recordAuditLog(call.world, access.guild, call.actor, {
      action: AuditLogEvent.MemberPrune,
      targetId: null,
      options: { delete_member_days: String(form.days ?? 7), members_removed: String(idle.length) },
    });
  }
  return ok({ pruned: form.compute_prune_count === false ? null : idle.length });
}

function requirePrune(call: Call): BotGuild {
  const access = requireGuild(call);
  requirePermission(access, PermissionFlagsBits.ManageGuild | PermissionFlagsBits.KickMembers);
  return access;
}

/** Nobody is ever online here, so who has no role but the included ones counts as idle, whatever the days. */
function idleMembers({ guild, bot }: BotGuild, included: readonly string[]): Member[] {
  for (const id of included) {
    if (!guild.roles.has(id)) throw refuseField(['include_roles'], 'INVALID_ROLE', 'Invalid role');
  }
  return [...guild.members.values()].filter(
    (member) => member.roles.every((id) => included.includes(id)) && isMemberBelow(guild, bot, member),
  );
}
