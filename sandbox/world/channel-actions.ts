import { GatewayIntentBits } from 'discord-api-types/v10';
import { channelShape } from '../shapes/channel';
import { type Channel, type Guild } from './model';
import { type World } from './world';

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
