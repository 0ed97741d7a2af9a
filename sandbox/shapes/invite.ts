import { type Guild, type Invite } from '../world/model';
import { type World } from '../world/world';
import { guildCounts, guildFeatures } from './guild';
import { inviteRoleShape } from './role';
import { pictureHash } from './picture-hash';
import { userShape } from './user';

/** When the invite ends, or null. */
export function inviteExpiry(invite: Invite): string | null {
  if (invite.maxAge === 0) return null;
  return new Date(Date.parse(invite.createdAt) + invite.maxAge * 1000).toISOString();
}

/** What everybody may know of an invite. */
export function inviteShape(world: World, invite: Invite, withCounts: boolean) {
  const guild = world.guild(invite.guildId);
  const channel = guild.channels.get(invite.channelId);
  return {
    type: 0,
    code: invite.code,
    inviter: userShape(world.user(invite.inviterId)),
    expires_at: inviteExpiry(invite),
    guild: inviteGuildShape(guild),
    guild_id: guild.id,
    channel: { id: invite.channelId, type: channel?.type ?? 0, name: channel?.name ?? null },
    flags: 0,
    ...(withCounts ? guildCounts(guild) : {}),
    ...(invite.roleIds.length === 0
      ? {}
      : {
          roles: invite.roleIds.flatMap((id) => {
            const role = guild.roles.get(id);
            return role === undefined ? [] : [inviteRoleShape(role)];
          }),
        }),
  };
}

/** With how it was made and used: for its maker, and for who may manage the server. */
export function inviteWithMetadataShape(world: World, invite: Invite) {
  return {
    ...inviteShape(world, invite, false),
    uses: invite.uses,
    max_uses: invite.maxUses,
    max_age: invite.maxAge,
    temporary: invite.temporary,
    created_at: invite.createdAt,
  };
}

function inviteGuildShape(guild: Guild) {
  return {
    id: guild.id,
    name: guild.name,
    splash: null,
    banner: null,
    description: null,
    icon: pictureHash(guild.id),
    features: guildFeatures(guild),
    verification_level: 0,
    vanity_url_code: null,
    nsfw_level: 0,
    nsfw: false,
    premium_subscription_count: 0,
    premium_tier: 0,
  };
}
