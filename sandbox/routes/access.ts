import { PermissionFlagsBits } from 'discord-api-types/v10';
import { type Call, param } from '../http/call';
import { refuse } from '../http/discord-error';
import { type Channel, type Guild, type Member } from '../world/model';
import { channelPermissions, guildPermissions } from '../world/permissions';

/** A server as the bot stands in it. */
export interface BotGuild {
  readonly guild: Guild;
  readonly bot: Member;
}

/** The server of the path. Throws 10004 when it is unknown, 50001 when the bot is not in it. */
export function requireGuild(call: Call): BotGuild {
  const guild = call.world.guilds.get(param(call, 'guild_id'));
  if (guild === undefined) throw refuse(10004);
  return asBot(call, guild);
}

/** The server with the bot as its member. Throws 50001 when the bot is not in it. */
export function asBot(call: Call, guild: Guild): BotGuild {
  const bot = guild.members.get(call.world.botUserId);
  if (bot === undefined) throw refuse(50001);
  return { guild, bot };
}

/** Throws 50013 unless the bot has all of these in the server. */
export function requirePermission({ guild, bot }: BotGuild, permission: bigint): void {
  if (!hasPermission({ guild, bot }, permission)) throw refuse(50013);
}

/** Whether the bot has all of these in the server. */
export function hasPermission({ guild, bot }: BotGuild, permission: bigint): boolean {
  return (guildPermissions(guild, bot) & permission) === permission;
}

/** A channel of a server, as the bot stands in it. */
export interface BotChannel extends BotGuild {
  readonly channel: Channel;
  readonly permissions: bigint;
}

/** The channel of the path. Throws 10003 when it is unknown. */
export function requireChannel(call: Call): Channel {
  const channel = call.world.channels.get(param(call, 'channel_id'));
  if (channel === undefined) throw refuse(10003);
  return channel;
}

/** A server's channel that the bot can see. Throws 50001 when it cannot, 50003 for direct messages. */
export function requireGuildChannel(call: Call): BotChannel {
  return guildChannel(call, requireChannel(call));
}

/** A server's channel that the bot can see. Throws 50001 when it cannot, 50003 for direct messages. */
export function guildChannel(call: Call, channel: Channel): BotChannel {
  if (channel.guildId === null) throw refuse(50003);
  const { guild, bot } = asBot(call, call.world.guild(channel.guildId));
  const permissions = channelPermissions(guild, channel, bot);
  if ((permissions & PermissionFlagsBits.ViewChannel) === 0n) throw refuse(50001);
  return { guild, bot, channel, permissions };
}

/** Throws 50013 unless the bot has it in the channel. */
export function requireChannelPermission(channel: BotChannel, permission: bigint): void {
  if ((channel.permissions & permission) !== permission) throw refuse(50013);
}
