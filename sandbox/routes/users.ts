import { z } from 'zod';
import { type Call, NO_CONTENT, ok, param } from '../http/call';
import { refuse } from '../http/discord-error';
import { queryFlag, queryInteger, querySnowflake, readForm, snowflake } from '../http/form';
import { type Route, route } from '../http/router';
import { channelShape } from '../shapes/channel';
import { ownGuildShape } from '../shapes/guild';
import { memberWithPermissionsShape } from '../shapes/member';
import { ownUserShape, userShape } from '../shapes/user';
import { removeBot } from '../world/guild-actions';
import { directChannel } from '../world/message-actions';
import { compareSnowflakes } from '../world/snowflake';

/** Users: the caller itself, its servers, its direct messages, and others by id. */
export const userRoutes: readonly Route[] = [
  route('GET', '/users/@me', { allow: 'bot or bearer', scope: 'identify' }, getMyUser),
  route('PATCH', '/users/@me', { allow: 'bot' }, updateMyUser),
  route('GET', '/users/:user_id', { allow: 'bot' }, getUser),
  route('GET', '/users/@me/guilds', { allow: 'bot or bearer', scope: 'guilds' }, listMyGuilds),
  route('DELETE', '/users/@me/guilds/:guild_id', { allow: 'bot' }, leaveGuild),
  route('GET', '/users/@me/guilds/:guild_id/member', { allow: 'bearer', scope: 'guilds.members.read' }, getMyMember),
  // Nobody has connected an account of another service here.
  route('GET', '/users/@me/connections', { allow: 'bearer', scope: 'connections' }, () => ok([])),
  route('POST', '/users/@me/channels', { allow: 'bot' }, createDm),
];

function getMyUser(call: Call) {
  const { principal, world } = call;
  if (principal.kind !== 'bearer') return ok(ownUserShape(world.user(world.botUserId), true));
  return ok(ownUserShape(world.user(principal.grant.userId), principal.grant.scopes.includes('email')));
}

const updateMyUserForm = z.object({ username: z.string().min(2).max(32).optional() });

function updateMyUser(call: Call) {
  const form = readForm(call, updateMyUserForm);
  const bot = call.world.user(call.world.botUserId);
  if (form.username !== undefined) bot.username = form.username;
  call.world.changed();
  return ok(ownUserShape(bot, true));
}

function getUser(call: Call) {
  const user = call.world.users.get(param(call, 'user_id'));
  if (user === undefined) throw refuse(10013);
  return ok(userShape(user));
}

function listMyGuilds(call: Call) {
  const limit = queryInteger(call, 'limit', 200, 1, 200);
  const before = querySnowflake(call, 'before');
  const after = querySnowflake(call, 'after');
  const withCounts = queryFlag(call, 'with_counts');
  const userId = call.principal.kind === 'bearer' ? call.principal.grant.userId : call.world.botUserId;
  const mine = [...call.world.guilds.values()]
    .sort((left, right) => compareSnowflakes(left.id, right.id))
    .flatMap((guild) => {
      const member = guild.members.get(userId);
      if (member === undefined) return [];
      if (before !== undefined && compareSnowflakes(guild.id, before) >= 0) return [];
      if (after !== undefined && compareSnowflakes(guild.id, after) <= 0) return [];
      return [ownGuildShape(guild, member, withCounts)];
    });
  return ok(before !== undefined && after === undefined ? mine.slice(-limit) : mine.slice(0, limit));
}

function leaveGuild(call: Call) {
  const guild = call.world.guilds.get(param(call, 'guild_id'));
  if (guild === undefined || !call.world.isBotIn(guild)) throw refuse(10004);
  removeBot(call.world, guild, null);
  return NO_CONTENT;
}

function getMyMember(call: Call) {
  const guild = call.world.guilds.get(param(call, 'guild_id'));
  const member = guild?.members.get(call.actor.userId);
  if (guild === undefined || member === undefined) throw refuse(10004);
  return ok(memberWithPermissionsShape(call.world, guild, member));
}

const createDmForm = z.object({ recipient_id: snowflake });

function createDm(call: Call) {
  const form = readForm(call, createDmForm);
  const recipient = call.world.users.get(form.recipient_id);
  if (recipient === undefined || recipient.bot) throw refuse(50033);
  return ok(channelShape(call.world, directChannel(call.world, recipient.id)));
}
