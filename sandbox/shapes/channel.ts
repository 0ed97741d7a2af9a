import { type Channel } from '../world/model';
import { type World } from '../world/world';
import { userShape } from './user';

/** A channel: of a server, or a direct message. */
export function channelShape(world: World, channel: Channel): Record<string, unknown> {
  if (channel.guildId === null) {
    return {
      id: channel.id,
      type: channel.type,
      last_message_id: channel.lastMessageId,
      flags: 0,
      recipients: channel.recipientId === null ? [] : [userShape(world.user(channel.recipientId))],
    };
  }
  return {
    id: channel.id,
    type: channel.type,
    last_message_id: channel.lastMessageId,
    flags: 0,
    guild_id: channel.guildId,
    name: channel.name,
    parent_id: channel.parentId,
    rate_limit_per_user: 0,
    topic: channel.topic,
    position: channel.position,
    permission_overwrites: channel.permissionOverwrites,
    nsfw: channel.nsfw,
  };
}
