import { PermissionFlagsBits } from 'discord-api-types/v10';
import { type Call, NO_CONTENT, ok, param } from '../http/call';
import { refuse, refuseField } from '../http/discord-error';
import { type Route, route } from '../http/router';
import { findInvite } from '../world/invite-actions';
import { type Invite } from '../world/model';
import { admittedUserIds, newTargetUsersJob, targetUsersJobShape } from '../world/target-users-job';
import { hasPermission } from './access';
import { readTargetUsers } from './target-users-file';

/** Who an invite is for, when it is not for everybody. */
export const inviteTargetRoutes: readonly Route[] = [
  route('GET', '/invites/:code/target-users', { allow: 'bot' }, getTargets),
  route('PUT', '/invites/:code/target-users', { allow: 'bot' }, setTargets),
  route('GET', '/invites/:code/target-users/job-status', { allow: 'bot' }, getJob),
];

function getTargets(call: Call) {
  const invite = requireInvite(call, PermissionFlagsBits.ViewAuditLog);
  const content = ['user_id', ...(invite.targetUserIds ?? [])].join('\n') + '\n';
  return { status: 200, text: { type: 'text/csv', content } };
}

function setTargets(call: Call) {
  const invite = requireInvite(call, 0n);
  const file = call.files.get('target_users_file');
  if (file === undefined) throw refuseField(['target_users_file'], 'BASE_TYPE_REQUIRED', 'This field is required');
  const ids = readTargetUsers(file);
  // Who was admitted stays so until the new list has been read; an invite that was for everybody is for nobody so long.
  invite.targetUsersJob = newTargetUsersJob(call.world, ids, admittedUserIds(call.world, invite) ?? []);
  invite.targetUserIds = ids;
  call.world.changed();
  return NO_CONTENT;
}

function getJob(call: Call) {
  return ok(targetUsersJobShape(call.world, requireInvite(call, PermissionFlagsBits.ViewAuditLog).targetUsersJob));
}

/** The invite, for its maker, for MANAGE_GUILD, and for who has the other permission (0 = none will do). */
function requireInvite(call: Call, sufficient: bigint): Invite {
  const invite = findInvite(call.world, param(call, 'code'));
  if (invite === undefined) throw refuse(10006);
  const guild = call.world.guild(invite.guildId);
  const bot = guild.members.get(call.world.botUserId);
  if (bot === undefined) throw refuse(50001);
  const mayRead =
    invite.inviterId === call.world.botUserId ||
    hasPermission({ guild, bot }, PermissionFlagsBits.ManageGuild) ||
    (sufficient !== 0n && hasPermission({ guild, bot }, sufficient));
  if (!mayRead) throw refuse(50013);
  return invite;
}
