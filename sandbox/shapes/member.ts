import { type Guild, type Member } from '../world/model';
import { guildPermissions } from '../world/permissions';
import { type World } from '../world/world';
import { userShape } from './user';

/** A member with its user, as list, get and add answer. */
export function memberShape(world: World, member: Member) {
  return { ...memberWithoutUserShape(member), user: userShape(world.user(member.userId)) };
}

/** A member inside something that names the user already, such as a message. */
export function memberWithoutUserShape(member: Member) {
  return {
    avatar: null,
    banner: null,
    communication_disabled_until: member.communicationDisabledUntil,
    flags: member.flags,
    joined_at: member.joinedAt,
    nick: member.nick,
    pending: member.pending,
    premium_since: null,
    roles: [...member.roles],
    mute: member.mute,
    deaf: member.deaf,
  };
}

/** A member with what it may do, as interactions carry it. */
export function memberWithPermissionsShape(world: World, guild: Guild, member: Member, permissions?: bigint) {
  return {
    ...memberShape(world, member),
    permissions: (permissions ?? guildPermissions(guild, member)).toString(),
  };
}
