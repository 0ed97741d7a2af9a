import { isGiven } from '../given';
import { ApplicationFlags, GuildMemberFlags, PermissionFlagsBits } from 'discord-api-types/v10';
import { z } from 'zod';
import { liveGrant } from '../http/authentication';
import { type Call, type Handler, NO_CONTENT, ok, param } from '../http/call';
import { DiscordError, refuse, refuseField } from '../http/discord-error';
import { boolean, integer, queryInteger, querySnowflake, readForm, snowflake, snowflakeSet } from '../http/form';
import { type Route, route } from '../http/router';
import { memberShape, memberWithPermissionsShape } from '../shapes/member';
import { requireRoomForGuild } from '../world/invite-actions';
import { addMember, kickMember, type MemberFields, updateMember } from '../world/member-actions';
import { type Member } from '../world/model';
import { isAdministrator, isMemberBelow } from '../world/permissions';
import { type BotGuild, hasPermission, requireGuild, requirePermission } from './access';
import { requireAssignable, requireAssignableChange } from './assignable-roles';

/** A server's members. */
export const memberRoutes: readonly Route[] = [
  route('GET', '/guilds/:guild_id/members', { allow: 'bot' }, listMembers),
  route('GET', '/guilds/:guild_id/members/search', { allow: 'bot' }, searchMembers),
  route('GET', '/guilds/:guild_id/members/:user_id', { allow: 'bot' }, getMember),
  route('PUT', '/guilds/:guild_id/members/:user_id', { allow: 'bot' }, joinMember),
  route('PATCH', '/guilds/:guild_id/members/@me', { allow: 'bot' }, changeOwnMember),
  route('PATCH', '/guilds/:guild_id/members/@me/nick', { allow: 'bot' }, changeOwnNick),
  route('PATCH', '/guilds/:guild_id/members/:user_id', { allow: 'bot' }, changeMember),
  route('DELETE', '/guilds/:guild_id/members/:user_id', { allow: 'bot' }, doneIfAbsent(kick)),
  route('PUT', '/guilds/:guild_id/members/:user_id/roles/:role_id', { allow: 'bot' }, doneIfAbsent(giveRole)),
  route('DELETE', '/guilds/:guild_id/members/:user_id/roles/:role_id', { allow: 'bot' }, doneIfAbsent(takeRole)),
];

/** The only member flag that can be set; the others are Discord's own. */
const EDITABLE_FLAGS = GuildMemberFlags.BypassesVerification;
/** A timeout lasts no longer. */
const MAX_TIMEOUT_MS = 28 * 86_400_000;

const MEMBERS_INTENT = ApplicationFlags.GatewayGuildMembers | ApplicationFlags.GatewayGuildMembersLimited;

/** Depends on the application's setting, whatever intents its gateway connection asked for. */
function listMembers(call: Call) {
  const { guild } = requireGuild(call);
  if ((call.world.application.flags & MEMBERS_INTENT) === 0) throw refuse(50001);
  const limit = queryInteger(call, 'limit', 1, 1, 1000);
  const after = querySnowflake(call, 'after') ?? '0';
  return ok(guild.members.page(after, limit).map((member) => memberShape(call.world, member)));
}

function searchMembers(call: Call) {
  const { guild } = requireGuild(call);
  const query = call.query.get('query')?.toLowerCase();
  if (query === undefined || query === '') throw refuseField(['query'], 'BASE_TYPE_REQUIRED', 'This field is required');
  if (query.length > 100) throw refuseField(['query'], 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 100 in length.');
  const limit = queryInteger(call, 'limit', 1, 1, 1000);
  const found: Member[] = [];
  for (const member of guild.members.values()) {
    if (found.length === limit) break;
    const user = call.world.user(member.userId);
    const names = [user.username, user.globalName, member.nick];
    if (names.some((name) => name?.toLowerCase().startsWith(query))) found.push(member);
  }
  return ok(found.map((member) => memberShape(call.world, member)));
}

function getMember(call: Call) {
  const { guild } = requireGuild(call);
  return ok(memberShape(call.world, requireMember(call, guild.members.get(param(call, 'user_id')))));
}

const joinForm = z.object({
  access_token: z.string().max(10_240),
  nick: z.string().max(32).nullish(),
  roles: snowflakeSet(250).nullish(),
  mute: boolean.nullish(),
  deaf: boolean.nullish(),
  flags: integer(0, 0x7fffffff).nullish(),
});

/** Add Guild Member: 201 with the member, or 204 and nothing changed for who is in already. */
function joinMember(call: Call) {
  const access = requireGuild(call);
  const { guild } = access;
  const userId = param(call, 'user_id');
  const form = readForm(call, joinForm);
  requirePermission(access, PermissionFlagsBits.CreateInstantInvite);
  const grant = liveGrant(call.world, form.access_token);
  if (grant?.userId !== userId) throw refuse(50025);
  if (!grant.scopes.includes('guilds.join')) throw refuse(50026);
  const present = guild.members.get(userId);
  if (present !== undefined) return rejoin(call, access, present, form.roles ?? []);
  if (isGiven(form.nick)) requirePermission(access, PermissionFlagsBits.ManageNicknames);
  if (isGiven(form.mute)) requirePermission(access, PermissionFlagsBits.MuteMembers);
  if (isGiven(form.deaf)) requirePermission(access, PermissionFlagsBits.DeafenMembers);
  const roles = form.roles ?? [];
  if (roles.length > 0) requireAssignable(access, roles, call.world.rules());
  if (guild.bans.has(userId)) throw refuse(40007);
  requireRoomForGuild(call.world, userId);
  const member = addMember(call.world, guild, userId, {
    roles,
    nick: form.nick ?? null,
    mute: form.mute ?? false,
    deaf: form.deaf ?? false,
    flags: (form.flags ?? 0) & EDITABLE_FLAGS,
  });
  return { status: 201, body: memberShape(call.world, member) };
}

/** Nothing changes for who is in already, unless the rules say that the roles are given nevertheless. */
function rejoin(call: Call, access: BotGuild, member: Member, roles: readonly string[]) {
  const added = roles.filter((id) => !member.roles.includes(id));
  if (call.world.rules().rejoinAppliesRoles && added.length > 0) {
    requireAssignable(access, added, call.world.rules());
    updateMember(call.world, access.guild, call.actor, member, { roles: [...member.roles, ...added] });
  }
  return NO_CONTENT;
}

const changeForm = z.object({
  nick: z.string().max(32).nullish(),
  roles: snowflakeSet(350).nullish(),
  mute: boolean.nullish(),
  deaf: boolean.nullish(),
  channel_id: snowflake.nullish(),
  communication_disabled_until: z.iso
    .datetime({ offset: true })
    .refine((until) => Date.parse(until) <= Date.now() + MAX_TIMEOUT_MS, {
      params: { discord: 'INVALID_COMMUNICATION_DISABLED_TIMESTAMP' },
      error: 'Invalid communication disabled timestamp',
    })
    .nullish(),
  flags: integer(0, 0x7fffffff).nullish(),
});

function changeMember(call: Call) {
  const access = requireGuild(call);
  const { guild, bot } = access;
  const member = requireMember(call, guild.members.get(param(call, 'user_id')));
  const form = readForm(call, changeForm);
  const fields: MemberFields = {};
  if (form.nick !== undefined) {
    requirePermission(access, PermissionFlagsBits.ManageNicknames);
    if (member !== bot && !isMemberBelow(guild, bot, member)) throw refuse(50013);
    fields.nick = form.nick === '' ? null : form.nick;
  }
  if (isGiven(form.roles)) fields.roles = requireAssignableChange(access, member, form.roles, call.world.rules());
  if (form.communication_disabled_until !== undefined) {
    requirePermission(access, PermissionFlagsBits.ModerateMembers);
    const isUntouchable = form.communication_disabled_until !== null && isAdministrator(guild, member);
    if (isUntouchable || !isMemberBelow(guild, bot, member)) throw refuse(50013);
    fields.communicationDisabledUntil = form.communication_disabled_until;
  }
  if (isGiven(form.flags)) {
    if (!FLAG_PERMISSIONS.some((enough) => hasPermission(access, enough))) throw refuse(50013);
    fields.flags = (member.flags & ~EDITABLE_FLAGS) | (form.flags & EDITABLE_FLAGS);
  }
  requireVoice(access, form);
  updateMember(call.world, guild, call.actor, member, fields);
  return ok(memberShape(call.world, member));
}

/** Any of these is enough to set flags. */
const FLAG_PERMISSIONS = [
  PermissionFlagsBits.ManageGuild,
  PermissionFlagsBits.ManageRoles,
  PermissionFlagsBits.ModerateMembers | PermissionFlagsBits.KickMembers | PermissionFlagsBits.BanMembers,
];

/** Throws 50013 without the permission, and 40032 with it: there is no voice here, so nobody is ever connected. */
function requireVoice(access: BotGuild, form: z.infer<typeof changeForm>): void {
  if (isGiven(form.mute)) requirePermission(access, PermissionFlagsBits.MuteMembers);
  if (isGiven(form.deaf)) requirePermission(access, PermissionFlagsBits.DeafenMembers);
  if (form.channel_id !== undefined) requirePermission(access, PermissionFlagsBits.MoveMembers);
  if (isGiven(form.mute) || isGiven(form.deaf) || form.channel_id !== undefined) throw refuse(40032);
}

const ownForm = z.object({ nick: z.string().max(32).nullish() });

function changeOwnMember(call: Call) {
  const access = requireGuild(call);
  const form = readForm(call, ownForm);
  if (form.nick !== undefined) {
    requirePermission(access, PermissionFlagsBits.ChangeNickname);
    const nick = form.nick === '' ? null : form.nick;
    updateMember(call.world, access.guild, call.actor, access.bot, { nick });
  }
  return ok(memberWithPermissionsShape(call.world, access.guild, access.bot));
}

/** Deprecated for the call above, and still used by old clients. */
function changeOwnNick(call: Call) {
  changeOwnMember(call);
  return ok({ nick: requireGuild(call).bot.nick });
}

function kick(call: Call) {
  const access = requireGuild(call);
  requirePermission(access, PermissionFlagsBits.KickMembers);
  const member = requireMember(call, access.guild.members.get(param(call, 'user_id')));
  // The bot cannot kick itself either: it leaves by DELETE /users/@me/guilds/:id.
  if (!isMemberBelow(access.guild, access.bot, member)) throw refuse(50013);
  kickMember(call.world, access.guild, call.actor, member.userId);
  return NO_CONTENT;
}

function giveRole(call: Call) {
  const { access, member, roleId } = roleChange(call);
  if (!member.roles.includes(roleId)) {
    updateMember(call.world, access.guild, call.actor, member, { roles: [...member.roles, roleId] });
  }
  return NO_CONTENT;
}

function takeRole(call: Call) {
  const { access, member, roleId } = roleChange(call);
  if (member.roles.includes(roleId)) {
    const roles = member.roles.filter((id) => id !== roleId);
    updateMember(call.world, access.guild, call.actor, member, { roles });
  }
  return NO_CONTENT;
}

function roleChange(call: Call): { access: BotGuild; member: Member; roleId: string } {
  const access = requireGuild(call);
  const roleId = param(call, 'role_id');
  requirePermission(access, PermissionFlagsBits.ManageRoles);
  const member = requireMember(call, access.guild.members.get(param(call, 'user_id')));
  if (!access.guild.roles.has(roleId)) throw refuse(10011);
  requireAssignable(access, [roleId], call.world.rules());
  return { access, member, roleId };
}

/** By the rules, 204 instead of 10007: Discord has been seen to answer either way. */
function doneIfAbsent(handler: Handler): Handler {
  return (call) => {
    try {
      return handler(call);
    } catch (error) {
      const isAbsent = error instanceof DiscordError && error.code === 10007;
      if (isAbsent && call.world.rules().absentMemberStatus === 204) return NO_CONTENT;
      throw error;
    }
  };
}

/** Throws 10013 for a user that does not exist, 10007 for one that is no member. */
function requireMember(call: Call, member: Member | undefined): Member {
  if (member !== undefined) return member;
  throw refuse(call.world.users.has(param(call, 'user_id')) ? 10007 : 10013);
}
