import {
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  PermissionFlagsBits,
} from 'discord-api-types/v10';
import { directChannel, sharesServerWithBot } from '../world/message-actions';
import { type Channel, type Command, type Guild, type Member } from '../world/model';
import { channelPermissions, guildPermissions } from '../world/permissions';
import { type World } from '../world/world';
import { type Interaction, type Interactions } from './interactions';
import { buildOptions, CommandInputError } from './command-options';
import { announceInteraction } from './interaction-payload';
import { resolvedShape } from './resolved';

/** A person runs a command, or types into an option that completes itself. */
export interface CommandRun {
  /** Undefined = in the person's direct messages with the bot. */
  readonly guildId: string | undefined;
  readonly userId: string;
  /** `name`, or with subcommands `name sub` or `name group sub`; a leading slash does not matter. */
  readonly command: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly locale: string | undefined;
  readonly channelId: string | undefined;
  /** The option that is being typed, for autocompletion. */
  readonly focused: string | undefined;
}

/** Where somebody runs a command; in direct messages there is neither a server nor a member. */
interface CommandPlace {
  readonly guild: Guild | null;
  readonly member: Member | null;
  readonly channel: Channel;
}

/** Sends INTERACTION_CREATE to the bot. Throws CommandInputError when the person could not have done this. */
export function runCommand(world: World, interactions: Interactions, run: CommandRun): Interaction {
  const place = placeOf(world, run);
  const { guild, channel } = place;
  const [name = '', ...path] = run.command.replace(/^\//, '').trim().split(/\s+/);
  const command = findCommand(world, place, { type: CHAT_INPUT, name });
  const options = buildOptions(command, {
    path,
    values: run.options,
    focused: run.focused,
    channelType: (id) => guild?.channels.get(id)?.type,
  });
  const resolved = resolvedShape(world, guild, options);
  const interaction = interactions.create({
    kind: run.focused === undefined ? 'command' : 'autocomplete',
    commandName: [command.name, ...path].join(' '),
    userId: run.userId,
    guild,
    channel,
  });
  announceInteraction(world, interaction, run.locale, {
    id: command.id,
    name: command.name,
    type: command.type,
    ...(command.guildId === null ? {} : { guild_id: command.guildId }),
    ...(options.length === 0 ? {} : { options }),
    ...(resolved === undefined ? {} : { resolved }),
  });
  return interaction;
}

/** Where somebody runs a command. Throws CommandInputError where that is not possible. */
export function placeOf(world: World, run: Pick<CommandRun, 'guildId' | 'userId' | 'channelId'>): CommandPlace {
  if (run.guildId === undefined) return directPlace(world, run.userId);
  const guild = world.guilds.get(run.guildId);
  const member = guild?.members.get(run.userId);
  const bot = guild?.members.get(world.botUserId);
  if (guild === undefined) throw new CommandInputError(`There is no server ${run.guildId}.`);
  if (member === undefined) throw new CommandInputError(`The user ${run.userId} is not in ${guild.name}.`);
  if (bot === undefined) throw new CommandInputError(`The bot is not in ${guild.name}, so nobody can use it there.`);
  const channel = guild.channels.get(run.channelId ?? guild.systemChannelId ?? '') ?? [...guild.channels.values()][0];
  if (channel === undefined) throw new CommandInputError(`${guild.name} has no channel.`);
  const own = channelPermissions(guild, channel, member);
  if ((own & PermissionFlagsBits.UseApplicationCommands) === 0n) {
    throw new CommandInputError(`The user ${run.userId} may not use commands in #${channel.name}.`);
  }
  return { guild, member, channel };
}

/** A bot can be written to by whom it shares a server with. */
function directPlace(world: World, userId: string): CommandPlace {
  if (!sharesServerWithBot(world, userId))
    throw new CommandInputError(`The user ${userId} shares no server with the bot.`);
  return { guild: null, member: null, channel: directChannel(world, userId) };
}

/** The commands of all types that a person sees there: a server's own ones hide global ones of the same name. */
export function visibleCommands(world: World, place: Pick<CommandPlace, 'guild' | 'member'>): Command[] {
  const byName = new Map<string, Command>();
  for (const command of world.commands.values()) {
    const key = `${command.type} ${command.name}`;
    if (command.guildId === null ? byName.has(key) : command.guildId !== place.guild?.id) continue;
    if (whyHidden(command, place) === undefined) byName.set(key, command);
  }
  return [...byName.values()];
}

/** The command of this type and name. Throws CommandInputError when the person does not see one. */
export function findCommand(
  world: World,
  place: CommandPlace,
  { type, name }: Pick<Command, 'type' | 'name'>,
): Command {
  const { guild } = place;
  const here = guild?.name ?? 'direct messages';
  const ofType = [...world.commands.values()].filter((command) => command.type === type);
  const named = ofType.filter((command) => command.name === name);
  const own = guild === null ? undefined : named.find((each) => each.guildId === guild.id);
  const command = own ?? named.find((each) => each.guildId === null);
  const written = (each: string) => (type === CHAT_INPUT ? `/${each}` : `"${each}"`);
  if (command === undefined) {
    const known = [...new Set(ofType.map((each) => written(each.name)))].join(', ');
    const kind = KINDS[type] ?? 'command';
    throw new CommandInputError(`There is no ${kind} ${written(name)} in ${here}. Known: ${known || 'none'}.`);
  }
  const reason = whyHidden(command, place);
  if (reason === undefined) return command;
  throw new CommandInputError(`Discord hides ${written(name)} here: ${reason}.`);
}

const CHAT_INPUT: number = ApplicationCommandType.ChatInput;
const KINDS: Readonly<Record<number, string>> = {
  [ApplicationCommandType.User]: 'user command',
  [ApplicationCommandType.Message]: 'message command',
};

/** Why a person does not see a command there; undefined = it is to be seen. */
function whyHidden(command: Command, { guild, member }: Pick<CommandPlace, 'guild' | 'member'>): string | undefined {
  const { Guild: inGuild, BotDM: inDirect } = InteractionContextType;
  // Servers install applications here, people do not.
  if (!command.integrationTypes.includes(GUILD_INSTALL)) return 'it is only for who has installed the application';
  const contexts = command.contexts ?? [inGuild, inDirect];
  if (guild === null) return contexts.includes(inDirect) ? undefined : 'it cannot be used in direct messages';
  if (!contexts.includes(inGuild)) return 'it cannot be used in servers';
  const isAllowed = member !== null && hasPermissions(guild, member, command.defaultMemberPermissions);
  return isAllowed ? undefined : "the member's roles lack the permissions for it";
}

const GUILD_INSTALL: number = ApplicationIntegrationType.GuildInstall;

/** `default_member_permissions`: null = everybody, "0" = administrators only. */
function hasPermissions(guild: Guild, member: Member, required: string | null): boolean {
  if (required === null) return true;
  const permissions = guildPermissions(guild, member);
  if ((permissions & PermissionFlagsBits.Administrator) !== 0n) return true;
  const needed = BigInt(required);
  return needed !== 0n && (permissions & needed) === needed;
}
