import { GatewayIntentBits } from 'discord-api-types/v10';
import { channelShape } from '../shapes/channel';
import { newChannel } from './guild-actions';
import { forgetInvite } from './invite-actions';
import { type Channel, type Guild } from './model';
import { type World } from './world';

/** Adds a channel below those that are there. */
export function createChannel(
  world: World,
  guild: Guild,
  fields: Pick<Channel, 'name' | 'type' | 'permissionOverwrites'>,
): Channel {
  const channel = newChannel(guild.id, fields.type, fields.name);
  channel.position = guild.channels.size;
  channel.permissionOverwrites = fields.permissionOverwrites;
  guild.channels.set(channel.id, channel);
  world.channels.set(channel.id, channel);
  announceChannel(world, guild, channel, 'CHANNEL_CREATE');
  return channel;
}

/** Deletes a channel with its messages and its invites. */
export function deleteChannel(world: World, guild: Guild, channel: Channel): void {
  for (const code of guild.inviteCodes) {
    const invite = world.invites.get(code);
    if (invite?.channelId === channel.id) forgetInvite(world, invite);
  }
  announceChannel(world, guild, channel, 'CHANNEL_DELETE');
  guild.channels.delete(channel.id);
  world.channels.delete(channel.id);
  if (guild.systemChannelId === channel.id) guild.systemChannelId = null;
  world.changed();
}

/** CHANNEL_CREATE, CHANNEL_UPDATE and CHANNEL_DELETE carry the same payload. */
export function announceChannel(
  world: World,
  guild: Guild,
  channel: Channel,
  name: 'CHANNEL_CREATE' | 'CHANNEL_UPDATE' | 'CHANNEL_DELETE',
): void {
  world.dispatch({
    name,
    guild,
    channel,
    intents: GatewayIntentBits.Guilds,
    data: () => channelShape(world, channel),
  });
  world.changed();
}
