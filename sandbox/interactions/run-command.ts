import { InteractionType, PermissionFlagsBits } from 'discord-api-types/v10';
import { channelShape } from '../shapes/channel';
import { memberWithPermissionsShape } from '../shapes/member';
import { guildFeatures } from '../shapes/guild';
import { userShape } from '../shapes/user';
import { type Command, type Guild, type Member } from '../world/model';
import { channelPermissions, guildPermissions } from '../world/permissions';
import { type World } from '../world/world';
import { type Interaction, type Interactions } from './interactions';
import { buildOptions, CommandInputError } from './command-options';
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
  const guild = world.guilds.get(run.guildId);
  const member = guild?.members.get(run.userId);
  const bot = guild?.members.get(world.botUserId);
  if (guild === undefined) throw new CommandInputError(`There is no server ${run.guildId}.`);
  if (member === undefined) throw new CommandInputError(`The user ${run.userId} is not in ${guild.name}.`);
  if (bot === undefined) throw new CommandInputError(`The bot is not in ${guild.name}, so nobody can use it there.`);
  const channel = guild.channels.get(run.channelId ?? guild.systemChannelId ?? '') ?? [...guild.channels.values()][0];
  if (channel === undefined) throw new CommandInputError(`${guild.name} has no channel.`);
  const [name = '', ...path] = run.command.replace(/^\//, '').trim().split(/\s+/);
  const command = findCommand(world, guild, name);
  requireAllowed(guild, member, command);
  const options = buildOptions(command, path, run.options, run.focused);
  const interaction = interactions.create({
    kind: run.focused === undefined ? 'command' : 'autocomplete',
    commandName: [command.name, ...path].join(' '),
    userId: run.userId,
    guild,
    channel,
  });
  const locale = run.locale ?? world.user(run.userId).locale;
  const resolved = resolvedShape(world, guild, options);
  world.dispatch({
    name: 'INTERACTION_CREATE',
    guild,
    intents: 0,
    data: () => ({
      id: interaction.id,
      application_id: world.application.id,
      type:
        interaction.kind === 'command'
          ? InteractionType.ApplicationCommand
          : InteractionType.ApplicationCommandAutocomplete,
      token: interaction.token,
      version: 1,
      data: {
        id: command.id,
        name: command.name,
        type: command.type,
        ...(command.guildId === null ? {} : { guild_id: command.guildId }),
        ...(options.length === 0 ? {} : { options }),
        ...(resolved === undefined ? {} : { resolved }),
      },
      guild: { id: guild.id, locale: 'en-US', features: guildFeatures(guild) },
      guild_id: guild.id,
      guild_locale: 'en-US',
      channel: {
        ...channelShape(world, channel),
        permissions: channelPermissions(guild, channel, member).toString(),
      },
      channel_id: channel.id,
      member: {
        ...memberWithPermissionsShape(world, guild, member, channelPermissions(guild, channel, member)),
        user: userShape(world.user(run.userId)),
      },
      locale,
      app_permissions: channelPermissions(guild, channel, bot).toString(),
      entitlements: [],
      entitlement_sku_ids: [],
      authorizing_integration_owners: { 0: guild.id },
      context: 0,
      attachment_size_limit: 10_485_760,
    }),
  });
  return interaction;
}

/** The commands that a person sees in a server: its own ones hide global ones of the same name. */
export function visibleCommands(world: World, guild: Guild, member: Member): Command[] {
  const byName = new Map<string, Command>();
  for (const command of world.commands.values()) {
    if (command.type !== 1 || (command.guildId !== null && command.guildId !== guild.id)) continue;
    if (command.guildId === null && byName.has(command.name)) continue;
    if (isAllowed(guild, member, command)) byName.set(command.name, command);
  }
  return [...byName.values()];
}

function findCommand(world: World, guild: Guild, name: string): Command {
  const named = [...world.commands.values()].filter((command) => command.type === 1 && command.name === name);
  const command = named.find((each) => each.guildId === guild.id) ?? named.find((each) => each.guildId === null);
  if (command !== undefined) return command;
  const known = [...new Set([...world.commands.values()].map((each) => `/${each.name}`))].join(', ');
  throw new CommandInputError(`There is no command /${name} in ${guild.name}. Known: ${known || 'none'}.`);
}

function requireAllowed(guild: Guild, member: Member, command: Command): void {
  if (isAllowed(guild, member, command)) return;
  throw new CommandInputError(
    `Discord hides /${command.name} from this member: its roles lack the permissions for it.`,
  );
}

/** `default_member_permissions`: absent = everybody, "0" = administrators only. */
function isAllowed(guild: Guild, member: Member, command: Command): boolean {
  if (command.defaultMemberPermissions === null) return true;
  const permissions = guildPermissions(guild, member);
  if ((permissions & PermissionFlagsBits.Administrator) !== 0n) return true;
  const needed = BigInt(command.defaultMemberPermissions);
  return needed !== 0n && (permissions & needed) === needed;
}
