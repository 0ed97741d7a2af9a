import { AuditLogEvent, ChannelType, GatewayIntentBits } from 'discord-api-types/v10';
import { gatewayGuildShape, guildShape } from '../shapes/guild';
import { type Actor, recordAuditLog } from './audit-log';
import { newMember } from './member-actions';
import { MemberList } from './member-list';
import { type Channel, type Guild } from './model';
import { EVERYONE_PERMISSIONS } from './permissions';
import { insertRole, newRole, removeRole } from './role-actions';
import { nextSnowflake } from './snowflake';
import { type World } from './world';

/** Large servers are announced to the bot without their members, whatever its intents are. */
const LARGE_THRESHOLD = 50;

/** A new server with its owner, the @everyone role (its id is the server's) and the channel #general. */
export function createGuild(world: World, name: string, ownerId: string): { guild: Guild; general: Channel } {
  const id = nextSnowflake();
  const general = newChannel(id, ChannelType.GuildText, 'general');
  const guild: Guild = {
    id,
    name,
    ownerId,
    memberScreening: false,
    botRoleId: null,
    botRoleOnTop: true,
    systemChannelId: general.id,
    roles: new Map([[id, newRole({ id, name: '@everyone', permissions: EVERYONE_PERMISSIONS.toString() })]]),
    members: new MemberList(),
    formerMemberIds: new Set(),
    channels: new Map([[general.id, general]]),
    bans: new Map(),
    inviteCodes: new Set(),
    auditLog: [],
  };
  guild.members.add(newMember(ownerId));
  world.guilds.set(id, guild);
  world.channels.set(general.id, general);
  world.changed();
  return { guild, general };
}

/** A channel of a server, before it is put there. */
export function newChannel(guildId: string, type: number, name: string): Channel {
  return {
    id: nextSnowflake(),
    type,
    guildId,
    recipientId: null,
    name,
    topic: null,
    position: 0,
    parentId: null,
    nsfw: false,
    permissionOverwrites: [],
    lastMessageId: null,
    messages: new Map(),
  };
}

/**
 * Adds the bot with its managed role, as installing the application does; for a bot that is there already it sets the
 * role's permissions and moves it. Without a position the role goes on top and stays there.
 */
export function installBot(
  world: World,
  guild: Guild,
  actor: Actor,
  options: { permissions: string; position?: number | undefined },
): string {
  const bot = world.user(world.botUserId);
  const existing = guild.botRoleId === null ? undefined : guild.roles.get(guild.botRoleId);
  const isNew = !world.isBotIn(guild);
  if (existing !== undefined) removeRole(world, guild, existing, { silent: true });
  guild.botRoleOnTop = options.position === undefined;
  const role = newRole({
    ...(existing ?? {}),
    id: existing?.id ?? nextSnowflake(),
    name: world.application.name,
    permissions: options.permissions,
    managed: true,
    botId: bot.id,
  });
  guild.botRoleId = role.id;
  insertRole(world, guild, role, options.position ?? guild.roles.size, {
    announceAs: existing === undefined ? 'GUILD_ROLE_CREATE' : 'GUILD_ROLE_UPDATE',
  });
  if (isNew) {
    guild.members.add({ ...newMember(bot.id), roles: [role.id] });
    recordAuditLog(world, guild, actor, { action: AuditLogEvent.BotAdd, targetId: bot.id });
    announceGuild(world, guild);
  } else {
    const member = guild.members.get(bot.id);
    if (member !== undefined && !member.roles.includes(role.id)) member.roles.push(role.id);
  }
  world.changed();
  return role.id;
}

/** The bot leaves or is removed: its managed role goes with it, and it hears GUILD_DELETE. */
export function removeBot(world: World, guild: Guild, kickedBy: Actor | null): void {
  if (guild.members.remove(world.botUserId) === undefined) return;
  const role = guild.botRoleId === null ? undefined : guild.roles.get(guild.botRoleId);
  if (role !== undefined) removeRole(world, guild, role, { silent: true });
  guild.botRoleId = null;
  guild.botRoleOnTop = true;
  if (kickedBy !== null) {
    recordAuditLog(world, guild, kickedBy, { action: AuditLogEvent.MemberKick, targetId: world.botUserId });
  }
  announceGuildGone(world, guild);
  world.changed();
}

/** GUILD_CREATE, as when the bot joins. */
export function announceGuild(world: World, guild: Guild): void {
  world.dispatch({
    name: 'GUILD_CREATE',
    guild,
    intents: GatewayIntentBits.Guilds,
    data: (intents) =>
      gatewayGuildShape(world, guild, (intents & GatewayIntentBits.GuildPresences) !== 0, LARGE_THRESHOLD),
  });
}

/** Turns membership screening on or off. Who is in already stays as it is. */
export function setMemberScreening(world: World, guild: Guild, isEnabled: boolean): void {
  guild.memberScreening = isEnabled;
  announceGuildUpdate(world, guild);
}

export function renameGuild(world: World, guild: Guild, name: string): void {
  guild.name = name;
  announceGuildUpdate(world, guild);
}

function announceGuildUpdate(world: World, guild: Guild): void {
  world.dispatch({
    name: 'GUILD_UPDATE',
    guild,
    intents: GatewayIntentBits.Guilds,
    data: () => guildShape(guild),
  });
  world.changed();
}

/** GUILD_DELETE with `unavailable`: the bot is still in, Discord cannot reach the server for a while. */
export function announceOutage(world: World, guild: Guild): void {
  if (!world.isBotIn(guild)) return;
  world.dispatch({
    name: 'GUILD_DELETE',
    guild,
    intents: GatewayIntentBits.Guilds,
    data: () => ({ id: guild.id, unavailable: true }),
  });
}

/** GUILD_DELETE without `unavailable`: the bot is out, this is no outage. */
export function announceGuildGone(world: World, guild: Guild): void {
  world.dispatch({
    name: 'GUILD_DELETE',
    guild,
    intents: GatewayIntentBits.Guilds,
    data: () => ({ id: guild.id }),
  });
}
