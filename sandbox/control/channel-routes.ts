import { PermissionFlagsBits } from 'discord-api-types/v10';
import { z } from 'zod';
import { type Route } from '../http/router';
import { announceChannel, createChannel, deleteChannel } from '../world/channel-actions';
import { announceGuild, announceOutage, renameGuild } from '../world/guild-actions';
import { createInvite } from '../world/invite-actions';
import { type Guild, type Role } from '../world/model';
import { channelPermissions } from '../world/permissions';
import { deleteRole, updateRole } from '../world/role-actions';
import { type World } from '../world/world';
import { control, type ControlCall, ControlError, type ControlHandler, readBody } from './control-call';
import { channelOf, guildOf, knownRoles, ownerOf, personById } from './finders';

const channelForm = z.object({
  name: z.string().min(1).max(100),
  type: z.int().optional(),
  permissionOverwrites: z
    .array(
      z.object({
        id: z.string().regex(/^\d{17,19}$/, 'has to be an id of 17 to 19 digits'),
        type: z.union([z.literal(0), z.literal(1)]),
        allow: z.string().regex(/^\d{1,20}$/),
        deny: z.string().regex(/^\d{1,20}$/),
      }),
    )
    .optional(),
});

const inviteForm = z.object({
  userId: z.string(),
  maxAge: z.int().min(0).max(604_800).optional(),
  maxUses: z.int().min(0).max(100).optional(),
});

/** What owners do to channels, roles and their servers, and what Discord's own bad days do to servers. */
export function channelRoutes(world: World): Route<ControlHandler>[] {
  return [
    control('POST', '/sandbox/guilds/:guild/channels', (call) => addChannel(world, call)),
    control('PATCH', '/sandbox/channels/:channel', (call) => changeChannel(world, call)),
    control('DELETE', '/sandbox/channels/:channel', (call) => dropChannel(world, call)),
    control('POST', '/sandbox/channels/:channel/invites', (call) => addInvite(world, call)),
    control('PATCH', '/sandbox/guilds/:guild', (call) => changeGuild(world, call)),
    control('PATCH', '/sandbox/guilds/:guild/roles/:role', (call) => changeRole(world, call)),
    control('DELETE', '/sandbox/guilds/:guild/roles/:role', (call) => dropRole(world, call)),
    control('PUT', '/sandbox/guilds/:guild/outage', (call) => setOutage(world, call)),
  ];
}

function addChannel(world: World, call: ControlCall) {
  const guild = guildOf(world, call);
  const { name, type = 0, permissionOverwrites = [] } = readBody(call, channelForm);
  requireKnown(world, guild, permissionOverwrites);
  return { id: createChannel(world, guild, { name, type, permissionOverwrites }).id };
}

function changeChannel(world: World, call: ControlCall) {
  const { channel, guild } = guildChannelOf(world, call);
  const form = readBody(call, channelForm.partial());
  requireKnown(world, guild, form.permissionOverwrites ?? []);
  channel.name = form.name ?? channel.name;
  channel.permissionOverwrites = form.permissionOverwrites ?? channel.permissionOverwrites;
  announceChannel(world, guild, channel, 'CHANNEL_UPDATE');
  return { id: channel.id };
}

function requireKnown(world: World, guild: Guild, overwrites: readonly { id: string; type: 0 | 1 }[]): void {
  for (const { id, type } of overwrites) {
    const isKnown = type === 0 ? guild.roles.has(id) : world.users.has(id);
    if (!isKnown) throw new ControlError(`"permissionOverwrites": there is no ${type === 0 ? 'role' : 'user'} ${id}.`);
  }
}

function dropChannel(world: World, call: ControlCall) {
  const { channel, guild } = guildChannelOf(world, call);
  deleteChannel(world, guild, channel);
  return {};
}

/** A person makes an invite. */
function addInvite(world: World, call: ControlCall) {
  const { channel, guild } = guildChannelOf(world, call);
  const { userId, maxAge = 86_400, maxUses = 0 } = readBody(call, inviteForm);
  const user = personById(world, userId);
  const member = guild.members.get(user.id);
  const permissions = member === undefined ? 0n : channelPermissions(guild, channel, member);
  if ((permissions & PermissionFlagsBits.CreateInstantInvite) === 0n) {
    throw new ControlError(`${user.username} may not invite anybody to #${channel.name}.`);
  }
  const fields = { maxAge, maxUses, temporary: false, roleIds: [], targetUserIds: null };
  return { code: createInvite(world, guild, channel, { userId: user.id }, fields).code };
}

function changeGuild(world: World, call: ControlCall) {
  const guild = guildOf(world, call);
  const { name } = readBody(call, z.object({ name: z.string().min(2).max(100) }));
  renameGuild(world, guild, name);
  return { id: guild.id, name: guild.name };
}

function changeRole(world: World, call: ControlCall) {
  const { guild, role } = roleOf(world, call);
  const { permissions } = readBody(call, z.object({ permissions: z.string().regex(/^\d{1,20}$/) }));
  updateRole(world, guild, ownerOf(guild), role, { permissions });
  return { id: role.id };
}

function dropRole(world: World, call: ControlCall) {
  const { guild, role } = roleOf(world, call);
  deleteRole(world, guild, ownerOf(guild), role);
  return {};
}

/** One that the server's owner made, not the bot's. */
function roleOf(world: World, call: ControlCall): { guild: Guild; role: Role } {
  const guild = guildOf(world, call);
  const [id] = knownRoles(guild, [call.params['role'] ?? '']);
  const role = id === undefined ? undefined : guild.roles.get(id);
  if (role === undefined || role.id === guild.botRoleId)
    throw new ControlError('This role cannot be changed or deleted.');
  return { guild, role };
}

/** GUILD_DELETE with `unavailable`, which must not be taken for a removal; GUILD_CREATE once it is over. */
function setOutage(world: World, call: ControlCall) {
  const guild = guildOf(world, call);
  const { unavailable } = readBody(call, z.object({ unavailable: z.boolean() }));
  if (unavailable === world.outages.has(guild.id)) return { unavailable };
  if (unavailable) {
    world.outages.add(guild.id);
    announceOutage(world, guild);
  } else {
    world.outages.delete(guild.id);
    announceGuild(world, guild);
  }
  return { unavailable };
}

function guildChannelOf(world: World, call: ControlCall) {
  const channel = channelOf(world, call);
  if (channel.guildId === null) throw new ControlError('This is a conversation, not the channel of a server.');
  return { channel, guild: world.guild(channel.guildId) };
}
