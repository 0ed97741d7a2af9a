import { ApplicationCommandOptionType, ApplicationCommandType } from 'discord-api-types/v10';
import { messageShape } from '../shapes/message';
import { type Channel, type Guild } from '../world/model';
import { type World } from '../world/world';
import { CommandInputError } from './command-options';
import { announceInteraction } from './interaction-payload';
import { type ContextMenuTarget, type Interaction, type Interactions } from './interactions';
import { resolvedShape } from './resolved';
import { type CommandRun, findCommand, placeOf } from './run-command';

/** A person runs a command from the menu of a member or of a message. */
export interface ContextMenuRun extends Pick<CommandRun, 'guildId' | 'userId' | 'command' | 'locale' | 'channelId'> {
  readonly target: ContextMenuTarget;
}

const TYPES = { user: ApplicationCommandType.User, message: ApplicationCommandType.Message } as const;

/** Sends INTERACTION_CREATE to the bot. Throws CommandInputError when the person could not have done this. */
export function runContextMenu(world: World, interactions: Interactions, run: ContextMenuRun): Interaction {
  const { target } = run;
  const channelId = target.type === 'message' ? channelOfMessage(world, run) : run.channelId;
  const place = placeOf(world, { ...run, channelId });
  const { guild, channel } = place;
  const command = findCommand(world, place, { type: TYPES[target.type], name: run.command });
  const resolved = resolveTarget(world, guild, channel, target);
  const interaction = interactions.create({
    kind: 'command',
    commandName: command.name,
    userId: run.userId,
    guild,
    channel,
    target,
  });
  announceInteraction(world, interaction, run.locale, {
    id: command.id,
    name: command.name,
    type: command.type,
    ...(command.guildId === null ? {} : { guild_id: command.guildId }),
    target_id: target.id,
    resolved,
  });
  return interaction;
}

/** A message is acted on where it stands. */
function channelOfMessage(world: World, { guildId, userId, target }: ContextMenuRun): string {
  const channels =
    guildId === undefined
      ? [world.directChannels.get(userId)]
      : [...(world.guilds.get(guildId)?.channels.values() ?? [])];
  const channel = channels.find((each) => each?.messages.has(target.id));
  if (channel === undefined) throw new CommandInputError(`There is no message ${target.id} in this place.`);
  return channel.id;
}

/** The person with its membership, or the whole message: its content needs no intent here. */
function resolveTarget(world: World, guild: Guild | null, channel: Channel, { type, id }: ContextMenuTarget) {
  const message = channel.messages.get(id);
  if (type === 'message' && message !== undefined) return { messages: { [id]: messageShape(world, message) } };
  return resolvedShape(world, guild, [{ name: 'The target', type: ApplicationCommandOptionType.User, value: id }]);
}
