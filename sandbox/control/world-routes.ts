import { PermissionFlagsBits } from 'discord-api-types/v10';
import { z } from 'zod';
import { type Route } from '../http/router';
import { banUser, unbanUser } from '../world/ban-actions';
import { createGuild, installBot, removeBot, setMemberScreening } from '../world/guild-actions';
import { acceptInvite, hasRoomForGuild } from '../world/invite-actions';
import { addMember, kickMember, passScreening, removeMember, updateMember } from '../world/member-actions';
import { type Channel, type Guild, type User } from '../world/model';
import { channelPermissions } from '../world/permissions';
import { directChannel, postMessage, sharesServerWithBot } from '../world/message-actions';
import { createRole } from '../world/role-actions';
import { nextSnowflake } from '../world/snowflake';
import { type World } from '../world/world';
import { control, type ControlCall, ControlError, type ControlHandler, readBody } from './control-call';
import { channelOf, guildOf, knownRoles, ownerOf, personById, personOf } from './finders';

/** CREATE_INSTANT_INVITE, KICK_MEMBERS, MANAGE_ROLES, VIEW_CHANNEL, SEND_MESSAGES and VIEW_AUDIT_LOG. */
const DEFAULT_BOT_PERMISSIONS = '268438659';
const MAX_BULK = 500_000;

const id = z.string().regex(/^\d{17,19}$/, 'has to be an id of 17 to 19 digits');
const permissions = z
  .union([z.string().regex(/^\d{1,20}$/), z.int().nonnegative()])
  .transform(String)
  .optional();

/** People, servers and what people do in them. */
export function worldRoutes(world: World): Route<ControlHandler>[] {
  const bind = (handler: (world: World, call: ControlCall) => unknown) => (call: ControlCall) => handler(world, call);
  return [
    control('POST', '/sandbox/users', bind(addUser)),
    control('PATCH', '/sandbox/users/:user', bind(changeUser)),
    control('POST', '/sandbox/users/bulk', bind(addUsers)),
    control('PUT', '/sandbox/users/:user/conversation', bind(openConversation)),
    control('POST', '/sandbox/guilds', bind(addGuild)),
    control('POST', '/sandbox/guilds/:guild/roles', bind(addRole)),
    control('PUT', '/sandbox/guilds/:guild/bot', bind(putBot)),
    control('DELETE', '/sandbox/guilds/:guild/bot', bind(dropBot)),
    control('PUT', '/sandbox/guilds/:guild/member-screening', bind(setScreening)),
    control('PUT', '/sandbox/guilds/:guild/members/:user', bind(putMember)),
    control('PATCH', '/sandbox/guilds/:guild/members/:user', bind(changeMember)),
    control('POST', '/sandbox/guilds/:guild/members/bulk', bind(addMembers)),
    control('POST', '/sandbox/guilds/:guild/members/:user/screening', bind(screenMember)),
    control('POST', '/sandbox/guilds/:guild/members/:user/kick', bind(kickMemberByOwner)),
    control('DELETE', '/sandbox/guilds/:guild/members/:user', bind(dropMember)),
    control('PUT', '/sandbox/guilds/:guild/bans/:user', bind(banMember)),
    control('DELETE', '/sandbox/guilds/:guild/bans/:user', bind(unbanMember)),
    control('POST', '/sandbox/channels/:channel/messages', bind(writeMessage)),
    control('POST', '/sandbox/invites/:code/accept', bind(accept)),
  ];
}

/** A person opens the direct messages with the bot, as clicking on it does. */
function openConversation(world: World, call: ControlCall) {
  const user = personOf(world, call);
  if (!sharesServerWithBot(world, user.id)) throw new ControlError(`${user.username} shares no server with the bot.`);
  return { channelId: directChannel(world, user.id).id };
}

const userForm = z.object({
  username: z.string().min(1).max(32),
  globalName: z.string().min(1).max(32).nullish(),
  dmsClosed: z.boolean().optional(),
});

function addUser(world: World, call: ControlCall) {
  const form = readBody(call, userForm);
  const user = newUser(form.username, form.globalName ?? null, form.dmsClosed ?? false);
  world.users.set(user.id, user);
  world.changed();
  return { id: user.id, username: user.username };
}

function changeUser(world: World, call: ControlCall) {
  const user = personOf(world, call);
  const form = readBody(call, userForm.partial());
  if (form.username !== undefined) user.username = form.username;
  if (form.globalName !== undefined) user.globalName = form.globalName;
  if (form.dmsClosed !== undefined) user.dmsClosed = form.dmsClosed;
  world.changed();
  return { id: user.id, username: user.username };
}

function addUsers(world: World, call: ControlCall) {
  const form = readBody(call, z.object({ count: z.int().min(1).max(MAX_BULK), prefix: z.string().max(24).optional() }));
  const ids: string[] = [];
  for (let index = 1; index <= form.count; index += 1) {
    const user = newUser(`${form.prefix ?? 'user'}${index}`, null, false);
    world.users.set(user.id, user);
    ids.push(user.id);
  }
  world.changed();
  return { ids };
}

function newUser(username: string, globalName: string | null, dmsClosed: boolean): User {
  return { id: nextSnowflake(), username, globalName, bot: false, dmsClosed, locale: 'en-US' };
}

function addGuild(world: World, call: ControlCall) {
  const form = readBody(call, z.object({ name: z.string().min(2).max(100), ownerId: id }));
  personById(world, form.ownerId);
  const { guild, general } = createGuild(world, form.name, form.ownerId);
  return { id: guild.id, generalChannelId: general.id, everyoneRoleId: guild.id };
}

function addRole(world: World, call: ControlCall) {
  const guild = guildOf(world, call);
  const form = readBody(
    call,
    z.object({
      name: z.string().min(1).max(100),
      permissions,
      position: z.int().min(1).optional(),
      color: z.int().min(0).max(0xffffff).optional(),
      mentionable: z.boolean().optional(),
    }),
  );
  const { name, permissions: allowed = '0', color = 0, mentionable = false } = form;
  const fields = { name, permissions: allowed, color, mentionable };
  return { id: createRole(world, guild, ownerOf(guild), fields, form.position).id };
}

function putBot(world: World, call: ControlCall) {
  const guild = guildOf(world, call);
  const form = readBody(call, z.object({ permissions, position: z.int().min(1).optional() }));
  const roleId = installBot(world, guild, ownerOf(guild), {
    permissions: form.permissions ?? DEFAULT_BOT_PERMISSIONS,
    position: form.position,
  });
  return { roleId };
}

function dropBot(world: World, call: ControlCall) {
  const guild = guildOf(world, call);
  if (!world.isBotIn(guild)) throw new ControlError(`The bot is not in ${guild.name}.`, 404);
  removeBot(world, guild, ownerOf(guild));
  return {};
}

function setScreening(world: World, call: ControlCall) {
  const guild = guildOf(world, call);
  setMemberScreening(world, guild, readBody(call, z.object({ enabled: z.boolean() })).enabled);
  return { enabled: guild.memberScreening };
}

function screenMember(world: World, call: ControlCall) {
  const guild = guildOf(world, call);
  const user = personOf(world, call);
  const member = guild.members.get(user.id);
  if (member === undefined) throw new ControlError(`${user.username} is not in ${guild.name}.`, 404);
  passScreening(world, guild, member);
  return { pending: member.pending };
}

function putMember(world: World, call: ControlCall) {
  const guild = guildOf(world, call);
  const user = personOf(world, call);
  const form = readBody(call, z.object({ roles: z.array(id).optional() }));
  const roles = form.roles === undefined ? undefined : knownRoles(guild, form.roles);
  const member = guild.members.get(user.id);
  if (member === undefined) {
    if (guild.bans.has(user.id)) throw new ControlError(`${user.username} is banned from ${guild.name}.`);
    if (!hasRoomForGuild(world, user.id)) {
      throw new ControlError(`${user.username} is in ${world.rules().guildsPerUser} servers already.`);
    }
    addMember(world, guild, user.id, { roles: roles ?? [] });
  } else if (roles !== undefined) {
    updateMember(world, guild, ownerOf(guild), member, { roles });
  }
  return { userId: user.id, roles: guild.members.get(user.id)?.roles ?? [] };
}

function changeMember(world: World, call: ControlCall) {
  const guild = guildOf(world, call);
  const user = personOf(world, call);
  const roles = knownRoles(guild, readBody(call, z.object({ roles: z.array(id) })).roles);
  const member = guild.members.get(user.id);
  if (member === undefined) throw new ControlError(`${user.username} is not in ${guild.name}.`, 404);
  updateMember(world, guild, ownerOf(guild), member, { roles });
  return { userId: user.id, roles: guild.members.get(user.id)?.roles ?? [] };
}

function addMembers(world: World, call: ControlCall) {
  const guild = guildOf(world, call);
  const form = readBody(call, z.object({ userIds: z.array(z.string()).max(MAX_BULK), roles: z.array(id).optional() }));
  const roles = knownRoles(guild, form.roles ?? []);
  let added = 0;
  for (const userId of form.userIds) {
    if (!world.users.has(userId))
      throw new ControlError(`There is no user ${userId}. ${added} were added before.`, 404);
    if (guild.members.has(userId) || guild.bans.has(userId)) continue;
    addMember(world, guild, userId, { roles: [...roles] });
    added += 1;
  }
  return { added };
}

function dropMember(world: World, call: ControlCall) {
  const guild = guildOf(world, call);
  const user = personOf(world, call);
  if (user.id === guild.ownerId) throw new ControlError(`${user.username} owns ${guild.name} and cannot leave it.`);
  if (!removeMember(world, guild, user.id)) throw new ControlError(`${user.username} is not in ${guild.name}.`, 404);
  return {};
}

function kickMemberByOwner(world: World, call: ControlCall) {
  const guild = guildOf(world, call);
  const user = personOf(world, call);
  if (user.id === guild.ownerId) throw new ControlError(`${user.username} owns ${guild.name} and cannot be kicked.`);
  if (!kickMember(world, guild, ownerOf(guild), user.id))
    throw new ControlError(`${user.username} is not in ${guild.name}.`, 404);
  return {};
}

function banMember(world: World, call: ControlCall) {
  const guild = guildOf(world, call);
  const user = personOf(world, call);
  if (user.id === guild.ownerId) throw new ControlError(`${user.username} owns ${guild.name} and cannot be banned.`);
  banUser(world, guild, ownerOf(guild), user.id);
  return {};
}

function unbanMember(world: World, call: ControlCall) {
  const guild = guildOf(world, call);
  if (!unbanUser(world, guild, ownerOf(guild), personOf(world, call).id)) {
    throw new ControlError('This user is not banned.', 404);
  }
  return {};
}

function writeMessage(world: World, call: ControlCall) {
  const channel = channelOf(world, call);
  const form = readBody(call, z.object({ authorId: id, content: z.string().min(1).max(2000) }));
  const author = personById(world, form.authorId);
  const guild = channel.guildId === null ? undefined : world.guild(channel.guildId);
  if (guild === undefined && channel.recipientId !== author.id) {
    throw new ControlError(`This is not a conversation of ${author.username}.`);
  }
  if (guild === undefined && !sharesServerWithBot(world, author.id)) {
    throw new ControlError(`${author.username} shares no server with the bot.`);
  }
  if (guild?.members.has(author.id) === false) {
    throw new ControlError(`${author.username} is not in ${guild.name}.`);
  }
  if (guild !== undefined && !mayWrite(guild, channel, author.id)) {
    throw new ControlError(`${author.username} may not write in #${channel.name}.`);
  }
  return { id: postMessage(world, channel, author.id, { content: form.content }).id };
}

function mayWrite(guild: Guild, channel: Channel, userId: string): boolean {
  const member = guild.members.get(userId);
  return member !== undefined && (channelPermissions(guild, channel, member) & PermissionFlagsBits.SendMessages) !== 0n;
}

function accept(world: World, call: ControlCall) {
  const form = readBody(call, z.object({ userId: id }));
  const user = personById(world, form.userId);
  return { guildId: acceptInvite(world, call.params['code'] ?? '', user.id).id };
}
