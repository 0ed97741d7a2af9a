import { randomBytes } from 'node:crypto';
import { AuditLogEvent, GatewayIntentBits, PermissionFlagsBits } from 'discord-api-types/v10';
import { refuse } from '../http/discord-error';
import { inviteExpiry } from '../shapes/invite';
import { userShape } from '../shapes/user';
import { type Actor, recordAuditLog } from './audit-log';
import { addMember, updateMember } from './member-actions';
import { admits, newTargetUsersJob } from './target-users-job';
import { type Channel, type Guild, type Invite } from './model';
import { type World } from './world';

/** What an invite is made with; the rest follows. */
type InviteFields = Pick<Invite, 'maxAge' | 'maxUses' | 'temporary' | 'roleIds' | 'targetUserIds'>;

/** Creates an invite to a channel. */
export function createInvite(world: World, guild: Guild, channel: Channel, actor: Actor, fields: InviteFields): Invite {
  const createdAt = new Date().toISOString();
  const invite: Invite = {
    code: newInviteCode(),
    guildId: guild.id,
    channelId: channel.id,
    inviterId: actor.userId,
    createdAt,
    ...fields,
    uses: 0,
    targetUsersJob: fields.targetUserIds === null ? null : newTargetUsersJob(world, fields.targetUserIds, []),
  };
  world.invites.set(invite.code, invite);
  guild.inviteCodes.add(invite.code);
  world.dispatch({
    name: 'INVITE_CREATE',
    guild,
    channel,
    intents: GatewayIntentBits.GuildInvites,
    permissions: INVITE_EVENT_PERMISSIONS,
    data: () => ({
      channel_id: channel.id,
      code: invite.code,
      created_at: createdAt,
      guild_id: guild.id,
      inviter: userShape(world.user(actor.userId)),
      max_age: invite.maxAge,
      max_uses: invite.maxUses,
      temporary: invite.temporary,
      uses: 0,
      type: 0,
      expires_at: inviteExpiry(invite),
      ...(invite.roleIds.length === 0 ? {} : { role_ids: invite.roleIds }),
    }),
  });
  recordAuditLog(world, guild, actor, {
    action: AuditLogEvent.InviteCreate,
    targetId: null,
    changes: [
      { key: 'code', new_value: invite.code },
      { key: 'channel_id', new_value: channel.id },
      { key: 'max_uses', new_value: invite.maxUses },
      { key: 'max_age', new_value: invite.maxAge },
    ],
  });
  world.changed();
  return invite;
}

/** The invite of a code; what has run out of time or uses is forgotten on the way, and so is unknown. */
export function findInvite(world: World, code: string): Invite | undefined {
  const invite = world.invites.get(code);
  if (invite === undefined) return undefined;
  const expiry = inviteExpiry(invite);
  if (expiry === null || Date.parse(expiry) > Date.now()) return invite;
  forgetInvite(world, invite);
  return undefined;
}

/** Deletes an invite by hand. */
export function deleteInvite(world: World, guild: Guild, actor: Actor, invite: Invite): void {
  forgetInvite(world, invite);
  recordAuditLog(world, guild, actor, {
    action: AuditLogEvent.InviteDelete,
    targetId: null,
    changes: [{ key: 'code', old_value: invite.code }],
  });
}

/** Takes an invite away and says so: deleted, used up, or out of time. */
export function forgetInvite(world: World, invite: Invite): void {
  const guild = world.guild(invite.guildId);
  world.invites.delete(invite.code);
  guild.inviteCodes.delete(invite.code);
  const channel = guild.channels.get(invite.channelId);
  world.dispatch({
    name: 'INVITE_DELETE',
    guild,
    ...(channel === undefined ? {} : { channel }),
    intents: GatewayIntentBits.GuildInvites,
    permissions: INVITE_EVENT_PERMISSIONS,
    data: () => ({ channel_id: invite.channelId, guild_id: invite.guildId, code: invite.code }),
  });
  world.changed();
}

/**
 * A person accepts an invite: joins, or merely gets the roles when already in. Throws Discord's refusals: 10006 for
 * unknown, used up or meant for others, 40007 for the banned, 30001 for people who are in too many servers.
 */
export function acceptInvite(world: World, code: string, userId: string): Guild {
  const invite = findInvite(world, code);
  if (invite === undefined) throw refuse(10006);
  // Who is not among the target users cannot see that the invite exists.
  if (!admits(world, invite, userId)) throw refuse(10006);
  const guild = world.guild(invite.guildId);
  if (guild.bans.has(userId)) throw refuse(40007);
  const roles = invite.roleIds.filter((id) => guild.roles.has(id));
  const member = guild.members.get(userId);
  if (member !== undefined) {
    const missing = roles.filter((id) => !member.roles.includes(id));
    if (missing.length > 0) {
      updateMember(world, guild, { userId: invite.inviterId }, member, { roles: [...member.roles, ...missing] });
    }
    return guild;
  }
  requireRoomForGuild(world, userId);
  addMember(world, guild, userId, { roles });
  invite.uses += 1;
  if (invite.maxUses > 0 && invite.uses >= invite.maxUses) forgetInvite(world, invite);
  return guild;
}

/** Throws 30001 when the user is in as many servers as a person can be. */
export function requireRoomForGuild(world: World, userId: string): void {
  if (hasRoomForGuild(world, userId)) return;
  throw refuse(30001, `Maximum number of servers reached (${world.rules().guildsPerUser})`);
}

/** Whether the user can join one more server. */
export function hasRoomForGuild(world: World, userId: string): boolean {
  let count = 0;
  for (const guild of world.guilds.values()) if (guild.members.has(userId)) count += 1;
  return count < world.rules().guildsPerUser;
}

/** Only who manages the channel hears of its invites (events/gateway-events, Invite Create and Invite Delete). */
const INVITE_EVENT_PERMISSIONS = PermissionFlagsBits.ManageChannels;

/** Eight characters without look-alikes; a code never reads as an id, since it does not consist of digits alone. */
function newInviteCode(): string {
  const alphabet = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789';
  const code = [...randomBytes(8)].map((byte) => alphabet.charAt(byte % alphabet.length)).join('');
  return /[a-z]/i.test(code) ? code : newInviteCode();
}
