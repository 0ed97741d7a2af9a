import { ApplicationCommandOptionType as Option, ComponentType } from 'discord-api-types/v10';
import { type Channel, type Guild, type Message } from '../world/model';
import { channelPermissions } from '../world/permissions';
import { type World } from '../world/world';
import { CommandInputError } from './command-options';
import { BUTTON, type Component, findComponent, isComponent, STRING_SELECT } from './components';
import { announceInteraction } from './interaction-payload';
import { type Interaction, type Interactions } from './interactions';
import { resolvedShape } from './resolved';

/** A person clicks a button or picks from a menu. */
export interface ComponentUse {
  readonly userId: string;
  readonly messageId: string;
  readonly customId: string;
  /** What was picked, for menus. */
  readonly values: readonly string[];
  readonly locale: string | undefined;
}

/** Sends INTERACTION_CREATE to the bot. Throws CommandInputError when the person could not have done this. */
export function useComponent(world: World, interactions: Interactions, use: ComponentUse): Interaction {
  const { channel, message } = visibleMessage(world, interactions, use);
  const guild = channel.guildId === null ? null : world.guild(channel.guildId);
  const component = findComponent(message.components, use.customId);
  if (component === undefined) throw new CommandInputError(`The message has no component "${use.customId}".`);
  if (component['disabled'] === true) throw new CommandInputError(`"${use.customId}" is disabled.`);
  if (message.authorId !== world.botUserId) throw new CommandInputError('Only components of the bot do anything.');
  const data = { custom_id: use.customId, component_type: component['type'], id: component['id'] ?? 1 };
  const picked = component['type'] === BUTTON ? {} : selection(world, guild, component, use.values);
  const interaction = interactions.create({
    kind: 'component',
    commandName: use.customId,
    userId: use.userId,
    guild,
    channel,
    source: message,
  });
  announceInteraction(world, interaction, use.locale, { ...data, ...picked });
  return interaction;
}

/** The message, once it is sure that the person sees it. */
function visibleMessage(
  world: World,
  interactions: Interactions,
  { userId, messageId }: ComponentUse,
): { channel: Channel; message: Message } {
  for (const channel of world.channels.values()) {
    const message =
      channel.messages.get(messageId) ??
      interactions.ephemeralOf(channel.id, userId).find((each) => each.id === messageId);
    if (message === undefined) continue;
    if (!isAble(world, channel, userId))
      throw new CommandInputError(`The user ${userId} cannot use anything in this channel.`);
    return { channel, message };
  }
  throw new CommandInputError(`The user ${userId} sees no message ${messageId}.`);
}

function isAble(world: World, channel: Channel, userId: string): boolean {
  if (channel.guildId === null) return channel.recipientId === userId;
  const guild = world.guild(channel.guildId);
  const member = guild.members.get(userId);
  // Who cannot see the channel has no permission at all in it.
  return member !== undefined && world.isBotIn(guild) && channelPermissions(guild, channel, member) !== 0n;
}

function selection(world: World, guild: Guild | null, component: Component, values: readonly string[]) {
  const { min_values: least = 1, max_values: most = 1 } = component;
  if (values.length < Number(least) || values.length > Number(most)) {
    throw new CommandInputError(`From ${String(least)} to ${String(most)} values have to be picked.`);
  }
  if (component['type'] === STRING_SELECT) {
    const options = Array.isArray(component['options']) ? component['options'].filter(isComponent) : [];
    const unknown = values.find((value) => options.every((option) => option['value'] !== value));
    if (unknown !== undefined) throw new CommandInputError(`The menu does not offer "${unknown}".`);
    return { values };
  }
  const type = OPTION_TYPES[Number(component['type'])];
  if (type === undefined || guild === null) throw new CommandInputError('This component cannot be used here.');
  const named = values.map((value) => ({ name: String(component['custom_id']), type, value }));
  return { values, resolved: resolvedShape(world, guild, named) ?? {} };
}

/** Menus of people, roles and channels resolve ids as the options of commands do. */
const OPTION_TYPES: Readonly<Record<number, Option>> = {
  [ComponentType.UserSelect]: Option.User,
  [ComponentType.RoleSelect]: Option.Role,
  [ComponentType.MentionableSelect]: Option.Mentionable,
  [ComponentType.ChannelSelect]: Option.Channel,
};
