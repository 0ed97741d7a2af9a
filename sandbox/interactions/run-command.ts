import { ApplicationCommandType, PermissionFlagsBits } from 'discord-api-types/v10';
import { type Channel, type Command, type Guild, type Member } from '../world/model';
import { channelPermissions, guildPermissions } from '../world/permissions';
import { type World } from '../world/world';
import { type Interaction, type Interactions } from './interactions';
import { buildOptions, CommandInputError } from './command-options';
import { announceInteraction } from './interaction-payload';
import { resolvedShape } from './resolved';

/** A person runs a command, or types into an option that completes itself. */
export interface CommandRun {
  readonly guildId: string;
  readonly userId: string;
  /** `name`, or with subcommands `name sub` or `name group sub`; a leading slash does not matter. */
  readonly command: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly locale: string | undefined;
  readonly channelId: string | undefined;
  /** The option that is being typed, for autocompletion. */
  readonly focused: string | undefined;
}

/** Sends INTERACTION_CREATE to the bot. Throws CommandInputError when the person could not have done this. */
export function runCommand(world: World, interactions: Interactions, run: CommandRun): Interaction {
  const { guild, member, channel } = placeOf(world, run);
  const [name = '', ...path] = run.command.replace(/^\//, '').trim().split(/\s+/);
  const command = findCommand(world, guild, member, { type: CHAT_INPUT, name });
  const options = buildOptions(command, path, run.options, run.focused);
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
export function placeOf(
  world: World,
  run: Pick<CommandRun, 'guildId' | 'userId' | 'channelId'>,
): { guild: Guild; member: Member; channel: Channel } {
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

/** The commands of all types that a person sees in a server: its own ones hide global ones of the same name. */
export function visibleCommands(world: World, guild: Guild, member: Member): Command[] {
  const byName = new Map<string, Command>();
  for (const command of world.commands.values()) {
    const key = `${command.type} ${command.name}`;
    if (command.guildId !== null && command.guildId !== guild.id) continue;
    if (command.guildId === null && byName.has(key)) continue;
    if (isAllowed(guild, member, command)) byName.set(key, command);
  }
  return [...byName.values()];
}

/** The command of this type and name. Throws CommandInputError when the member does not see one. */
export function findCommand(
  world: World,
  guild: Guild,
  member: Member,
  { type, name }: Pick<Command, 'type' | 'name'>,
): Command {
  const ofType = [...world.commands.values()].filter((command) => command.type === type);
  const named = ofType.filter((command) => command.name === name);
  const command = named.find((each) => each.guildId === guild.id) ?? named.find((each) => each.guildId === null);
  const written = (each: string) => (type === CHAT_INPUT ? `/${each}` : `"${each}"`);
  if (command === undefined) {
    const known = [...new Set(ofType.map((each) => written(each.name)))].join(', ');
    const kind = KINDS[type] ?? 'command';
    throw new CommandInputError(`There is no ${kind} ${written(name)} in ${guild.name}. Known: ${known || 'none'}.`);
  }
  if (isAllowed(guild, member, command)) return command;
  throw new CommandInputError(
    `Discord hides ${written(name)} from this member: its roles lack the permissions for it.`,
  );
}

const CHAT_INPUT: number = ApplicationCommandType.ChatInput;
const KINDS: Readonly<Record<number, string>> = {
  [ApplicationCommandType.User]: 'user command',
  [ApplicationCommandType.Message]: 'message command',
};

/** `default_member_permissions`: absent = everybody, "0" = administrators only. */
function isAllowed(guild: Guild, member: Member, command: Command): boolean {
  if (command.defaultMemberPermissions === null) return true;
  const permissions = guildPermissions(guild, member);
  if ((permissions & PermissionFlagsBits.Administrator) !== 0n) return true;
  const needed = BigInt(command.defaultMemberPermissions);
  return needed !== 0n && (permissions & needed) === needed;
}
