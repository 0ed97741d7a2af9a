import { PermissionFlagsBits } from 'discord-api-types/v10';
import { channelPermissions, guildPermissions } from '../world/permissions';
import { type DispatchEvent, type World } from '../world/world';

/** Whether the bot may know of an event at all: it is in the server, sees the channel, has one of the permissions. */
export function botMayHear(world: World, { name, guild, channel, permissions }: DispatchEvent): boolean {
  // The bot is told that it is out when it is no longer in.
  if (guild === null || name === 'GUILD_DELETE') return true;
  if (world.outages.has(guild.id)) return false;
  const bot = guild.members.get(world.botUserId);
  if (bot === undefined) return false;
  if (permissions === undefined && channel === undefined) return true;
  const own = channel === undefined ? guildPermissions(guild, bot) : channelPermissions(guild, channel, bot);
  if (channel !== undefined && (own & PermissionFlagsBits.ViewChannel) === 0n) return false;
  return permissions === undefined || (own & permissions) !== 0n;
}
