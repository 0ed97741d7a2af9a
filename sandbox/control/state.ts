import { inviteExpiry } from '../shapes/invite';
import { type Channel, type Guild } from '../world/model';
import { type World } from '../world/world';
import { invitesOf } from './finders';

/**
 * Everything at once, for tests and for people who debug.
 * @param guildIds only these servers, of a world that has become big; empty = all of them
 */
export function stateShape(world: World, guildIds: readonly string[] = []) {
  const { application } = world;
  const guilds =
    guildIds.length === 0 ? [...world.guilds.values()] : guildIds.flatMap((guildId) => world.guilds.get(guildId) ?? []);
  return {
    application: {
      id: application.id,
      botUserId: application.botUserId,
      botToken: application.botToken,
      clientSecret: application.clientSecret,
      publicKey: application.publicKey,
      redirectUris: application.redirectUris,
    },
    users: (guildIds.length === 0 ? [...world.users.values()] : []).map(({ id, username, globalName }) => ({
      id,
      username,
      globalName,
    })),
    guilds: guilds.map((guild) => guildState(world, guild)),
    dms: (guildIds.length === 0 ? [...world.directChannels.values()] : []).map((channel) => ({
      userId: channel.recipientId,
      channelId: channel.id,
      messages: messagesState(channel),
    })),
  };
}

function guildState(world: World, guild: Guild) {
  return {
    id: guild.id,
    name: guild.name,
    ownerId: guild.ownerId,
    botPresent: world.isBotIn(guild),
    members: [...guild.members.values()].map(({ userId, roles, joinedAt, pending }) => ({
      userId,
      roles,
      joinedAt,
      pending,
    })),
    roles: [...guild.roles.values()].map(({ id, name, permissions, position }) => ({
      id,
      name,
      permissions,
      position,
    })),
    channels: [...guild.channels.values()].map((channel) => ({
      id: channel.id,
      name: channel.name,
      messages: messagesState(channel),
    })),
    invites: invitesOf(world, guild).map((invite) => ({
      code: invite.code,
      channelId: invite.channelId,
      uses: invite.uses,
      maxUses: invite.maxUses,
      expiresAt: inviteExpiry(invite),
      roleIds: invite.roleIds,
      targetUserIds: invite.targetUserIds,
    })),
    bans: [...guild.bans.keys()],
    auditLog: guild.auditLog.map(({ actionType, userId, targetId, reason }) => ({
      action: actionType,
      userId,
      targetId,
      reason,
    })),
  };
}

function messagesState(channel: Channel) {
  return [...channel.messages.values()].map(({ id, authorId, content, embeds, timestamp }) => ({
    id,
    authorId,
    content,
    embeds,
    at: timestamp,
  }));
}
