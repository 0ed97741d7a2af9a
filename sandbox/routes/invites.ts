import { PermissionFlagsBits } from 'discord-api-types/v10';
import { z } from 'zod';
import { type Call, ok, param } from '../http/call';
import { refuse } from '../http/discord-error';
import { boolean, integer, queryFlag, readForm, snowflakeSet } from '../http/form';
import { type Route, route } from '../http/router';
import { inviteShape, inviteWithMetadataShape } from '../shapes/invite';
import { createInvite, deleteInvite, findInvite } from '../world/invite-actions';
import { type Guild, type Invite } from '../world/model';
import { channelPermissions } from '../world/permissions';
import { type Rules } from '../world/rules';
import { type BotChannel, hasPermission, requireChannelPermission, requireGuild, requireGuildChannel } from './access';
import { requireAssignable } from './assignable-roles';
import { readTargetUsers } from './target-users-file';

/** Invites: made in a channel, listed for a channel or a server, resolved by code. */
export const inviteRoutes: readonly Route[] = [
  route('POST', '/channels/:channel_id/invites', { allow: 'bot' }, addInvite),
  route('GET', '/channels/:channel_id/invites', { allow: 'bot' }, listChannelInvites),
  route('GET', '/guilds/:guild_id/invites', { allow: 'bot' }, listGuildInvites),
  route('GET', '/invites/:code', { allow: 'anybody' }, getInvite),
  route('DELETE', '/invites/:code', { allow: 'bot' }, dropInvite),
];

const MAX_INVITES = 1000;

const inviteForm = (rules: Rules) =>
  z.object({
    max_age: integer(0, rules.inviteMaxAgeSeconds).nullish(),
    max_uses: integer(0, 100).nullish(),
    temporary: boolean.nullish(),
    unique: boolean.nullish(),
    target_type: integer(1, 2).nullish(),
    target_user_id: z.string().nullish(),
    target_application_id: z.string().nullish(),
    role_ids: snowflakeSet(250).nullish(),
  });

function addInvite(call: Call) {
  const access = requireGuildChannel(call);
  requireChannelPermission(access, PermissionFlagsBits.CreateInstantInvite);
  // Every field may be left out, but not the body: `{}` has to be sent (which code says so is unverified).
  if (call.body === undefined) throw refuse(50109);
  const form = readForm(call, inviteForm(call.world.rules()));
  const roleIds = form.role_ids ?? [];
  if (roleIds.length > 0) requireAssignable(access, roleIds, call.world.rules());
  const file = call.files.get('target_users_file');
  const fields = {
    maxAge: form.max_age ?? 86_400,
    maxUses: form.max_uses ?? 0,
    temporary: form.temporary ?? false,
    roleIds,
    targetUserIds: file === undefined ? null : readTargetUsers(file),
  };
  const similar = form.unique === true ? undefined : findSimilar(call, access, fields);
  if (similar !== undefined) return ok(inviteWithMetadataShape(call.world, similar));
  const { guild } = access;
  // What has run out of time does not count, and is forgotten by looking for the live ones.
  if (guild.inviteCodes.size >= MAX_INVITES && liveInvites(call, guild).length >= MAX_INVITES) throw refuse(30016);
  const invite = createInvite(call.world, guild, access.channel, call.actor, fields);
  return ok(inviteWithMetadataShape(call.world, invite));
}

/** Unless a new code is asked for, Discord gives out an invite of the same maker and settings again. */
function findSimilar(
  call: Call,
  { guild, channel }: BotChannel,
  fields: Pick<Invite, 'maxAge' | 'maxUses' | 'temporary' | 'roleIds' | 'targetUserIds'>,
): Invite | undefined {
  if (fields.targetUserIds !== null) return undefined;
  return liveInvites(call, guild).find(
    (invite) =>
      invite.channelId === channel.id &&
      invite.inviterId === call.actor.userId &&
      invite.targetUserIds === null &&
      invite.maxAge === fields.maxAge &&
      invite.maxUses === fields.maxUses &&
      invite.temporary === fields.temporary &&
      invite.roleIds.join() === fields.roleIds.join(),
  );
}

function listChannelInvites(call: Call) {
  const access = requireGuildChannel(call);
  requireChannelPermission(access, PermissionFlagsBits.ManageChannels);
  const invites = liveInvites(call, access.guild).filter((invite) => invite.channelId === access.channel.id);
  return ok(invites.map((invite) => inviteWithMetadataShape(call.world, invite)));
}

/** MANAGE_GUILD sees how the invites are used, VIEW_AUDIT_LOG only that they exist. */
function listGuildInvites(call: Call) {
  const access = requireGuild(call);
  const mayManage = hasPermission(access, PermissionFlagsBits.ManageGuild);
  if (!mayManage && !hasPermission(access, PermissionFlagsBits.ViewAuditLog)) throw refuse(50013);
  return ok(
    liveInvites(call, access.guild).map((invite) =>
      mayManage ? inviteWithMetadataShape(call.world, invite) : inviteShape(call.world, invite, false),
    ),
  );
}

function getInvite(call: Call) {
  const invite = findInvite(call.world, param(call, 'code'));
  if (invite === undefined) throw refuse(10006);
  return ok(inviteShape(call.world, invite, queryFlag(call, 'with_counts')));
}

/** The maker may delete its own invite; another's needs MANAGE_GUILD, or MANAGE_CHANNELS on the channel. */
function dropInvite(call: Call) {
  const invite = findInvite(call.world, param(call, 'code'));
  if (invite === undefined) throw refuse(10006);
  const guild = call.world.guild(invite.guildId);
  const bot = guild.members.get(call.world.botUserId);
  if (bot === undefined) throw refuse(50001);
  const channel = guild.channels.get(invite.channelId);
  const inChannel = channel === undefined ? 0n : channelPermissions(guild, channel, bot);
  const mayDelete =
    invite.inviterId === call.world.botUserId ||
    hasPermission({ guild, bot }, PermissionFlagsBits.ManageGuild) ||
    (inChannel & PermissionFlagsBits.ManageChannels) !== 0n;
  if (!mayDelete) throw refuse(50013);
  const answer = ok(inviteShape(call.world, invite, false));
  deleteInvite(call.world, guild, call.actor, invite);
  return answer;
}

function liveInvites(call: Call, guild: Guild): Invite[] {
  return [...guild.inviteCodes].flatMap((code) => findInvite(call.world, code) ?? []);
}
