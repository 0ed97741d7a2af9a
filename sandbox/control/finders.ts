import { type Channel, type Guild, type Invite, type User } from '../world/model';
import { type World } from '../world/world';
import { type ControlCall, ControlError } from './control-call';

/** The server of the path. Throws 404. */
export function guildOf(world: World, call: ControlCall): Guild {
  const id = call.params['guild'] ?? '';
  const guild = world.guilds.get(id);
  if (guild === undefined) throw new ControlError(`There is no server ${id}.`, 404);
  return guild;
}

/** A person by id. Throws 404 for unknown ids and for the bot, who has calls of its own. */
export function personById(world: World, id: string): User {
  const user = world.users.get(id);
  if (user === undefined) throw new ControlError(`There is no user ${id}.`, 404);
  if (user.bot) throw new ControlError(`${user.username} is the bot: use PUT or DELETE /sandbox/guilds/:guild/bot.`);
  return user;
}

/** The person of the path. */
export function personOf(world: World, call: ControlCall): User {
  return personById(world, call.params['user'] ?? '');
}

/** The channel of the path. Throws 404. */
export function channelOf(world: World, call: ControlCall): Channel {
  const id = call.params['channel'] ?? '';
  const channel = world.channels.get(id);
  if (channel === undefined) throw new ControlError(`There is no channel ${id}.`, 404);
  return channel;
}

/** Roles that all exist in the server. Throws 400 for one that does not. */
export function knownRoles(guild: Guild, ids: readonly string[]): string[] {
  for (const id of ids) {
    if (!guild.roles.has(id) || id === guild.id) throw new ControlError(`${guild.name} has no role ${id} to give.`);
  }
  return [...new Set(ids)];
}

/** Who is shown as the maker of what the control API does in a server. */
export function ownerOf(guild: Guild): { userId: string } {
  return { userId: guild.ownerId };
}

/** Live invites of a server. */
export function invitesOf(world: World, guild: Guild): Invite[] {
  return [...guild.inviteCodes].flatMap((code) => world.invites.get(code) ?? []);
}
