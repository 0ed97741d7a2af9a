import { ApplicationCommandOptionType as Option } from 'discord-api-types/v10';
import { channelShape } from '../shapes/channel';
import { memberWithoutUserShape } from '../shapes/member';
import { roleShape } from '../shapes/role';
import { userShape } from '../shapes/user';
import { type Guild } from '../world/model';
import { channelPermissions, guildPermissions } from '../world/permissions';
import { type World } from '../world/world';
import { CommandInputError, type SentOption } from './command-options';

/** The users, roles and channels that the options name by id; in direct messages, users. Throws for an id that names nothing. */
export function resolvedShape(
  world: World,
  guild: Guild | null,
  options: readonly SentOption[],
): Record<string, Record<string, unknown>> | undefined {
  const resolved: Record<string, Record<string, unknown>> = {};
  for (const option of leaves(options)) {
    const id = String(option.value);
    const { type } = option;
    const user = USERS.has(type) ? world.users.get(id) : undefined;
    const role = ROLES.has(type) ? guild?.roles.get(id) : undefined;
    const channel = CHANNELS.has(type) ? guild?.channels.get(id) : undefined;
    if (user !== undefined) {
      (resolved['users'] ??= {})[id] = userShape(user);
      const member = guild?.members.get(id);
      if (guild !== null && member !== undefined) {
        const permissions = guildPermissions(guild, member).toString();
        (resolved['members'] ??= {})[id] = { ...memberWithoutUserShape(member), permissions };
      }
    } else if (role !== undefined) {
      (resolved['roles'] ??= {})[id] = roleShape(role);
    } else if (guild !== null && channel !== undefined) {
      const bot = guild.members.get(world.botUserId);
      const permissions = bot === undefined ? '0' : channelPermissions(guild, channel, bot).toString();
      (resolved['channels'] ??= {})[id] = { ...channelShape(world, channel), permissions };
    } else if (USERS.has(type) || ROLES.has(type) || CHANNELS.has(type)) {
      throw new CommandInputError(`"${option.name}" names ${id}, which does not exist here.`);
    }
  }
  return Object.keys(resolved).length === 0 ? undefined : resolved;
}

/** Which kinds of options name what; a mentionable is a user or a role. */
const USERS: ReadonlySet<number> = new Set([Option.User, Option.Mentionable]);
const ROLES: ReadonlySet<number> = new Set([Option.Role, Option.Mentionable]);
const CHANNELS: ReadonlySet<number> = new Set([Option.Channel]);

function leaves(options: readonly SentOption[]): SentOption[] {
  return options.flatMap((option) => (option.options === undefined ? [option] : leaves(option.options)));
}
