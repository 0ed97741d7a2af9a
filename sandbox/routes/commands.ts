import { isGiven } from '../given';
import { InteractionContextType } from 'discord-api-types/v10';
import { z } from 'zod';
import { type Call, NO_CONTENT, ok, param } from '../http/call';
import { refuse, refuseField } from '../http/discord-error';
import { parseForm, readForm } from '../http/form';
import { type Route, route } from '../http/router';
import { commandShape } from '../shapes/command';
import { type Command } from '../world/model';
import { nextSnowflake } from '../world/snowflake';
import { asBot } from './access';
import { requireOwnApplication } from './applications';
import { type CommandForm, commandForm, commandPatchForm } from './command-form';

const GLOBAL = '/applications/:application_id/commands';
const OF_GUILD = '/applications/:application_id/guilds/:guild_id/commands';

/** Slash commands, global and of one server, which work alike. */
export const commandRoutes: readonly Route[] = [GLOBAL, OF_GUILD].flatMap((path) => [
  route('GET', path, { allow: 'bot' }, listCommands),
  route('PUT', path, { allow: 'bot' }, replaceCommands),
  route('POST', path, { allow: 'bot' }, addCommand),
  route('GET', `${path}/:command_id`, { allow: 'bot' }, getCommand),
  route('PATCH', `${path}/:command_id`, { allow: 'bot' }, changeCommand),
  route('DELETE', `${path}/:command_id`, { allow: 'bot' }, dropCommand),
]);

/** Commands of one place by type: chat input, user and message commands. */
const MAX_COMMANDS: Readonly<Record<number, number>> = { 1: 100, 2: 15, 3: 15 };
const MAX_CREATIONS_PER_DAY = 200;
const DAY_MS = 86_400_000;

function listCommands(call: Call) {
  const guildId = place(call);
  return ok(commandsOf(call, guildId).map(commandShape));
}

const commandListForm = z.array(commandForm).max(130);

/** Bulk overwrite: what is not in the list is gone, what keeps its name keeps its id. */
function replaceCommands(call: Call) {
  const guildId = place(call);
  const forms = parseForm(commandListForm, call.body ?? []);
  const seen = new Set<string>();
  for (const [index, form] of forms.entries()) {
    const key = `${form.type ?? 1} ${form.name}`;
    if (seen.has(key)) {
      const message = 'Application command names must be unique';
      throw refuseField([index], 'APPLICATION_COMMANDS_DUPLICATE_NAME', message);
    }
    seen.add(key);
  }
  for (const [type, most] of Object.entries(MAX_COMMANDS)) {
    if (forms.filter((form) => (form.type ?? 1) === Number(type)).length > most) throw refuse(30032);
  }
  const before = commandsOf(call, guildId);
  const isNew = (form: CommandForm) => findSame(before, form) === undefined;
  countCreations(call, guildId, forms.filter(isNew).length);
  for (const command of before) call.world.commands.delete(command.id);
  const after = forms.map((form) => {
    const same = findSame(before, form);
    return storeCommand(call, newCommand(form, guildId, same?.id));
  });
  return ok(after.map(commandShape));
}

/** 201 for a new name; the same name again overwrites and answers 200. */
function addCommand(call: Call) {
  const guildId = place(call);
  const form = readForm(call, commandForm);
  const mine = commandsOf(call, guildId);
  const same = findSame(mine, form);
  if (same === undefined) {
    const type = form.type ?? 1;
    const most = MAX_COMMANDS[type] ?? 1;
    if (mine.filter((command) => command.type === type).length >= most) throw refuse(30032);
    countCreations(call, guildId, 1);
  }
  const command = storeCommand(call, newCommand(form, guildId, same?.id));
  return { status: same === undefined ? 201 : 200, body: commandShape(command) };
}

function findSame(commands: readonly Command[], form: CommandForm): Command | undefined {
  return commands.find((command) => command.name === form.name && command.type === (form.type ?? 1));
}

/** Throws 30034 for more new commands in 24 hours than Discord takes, in a server or globally. */
function countCreations(call: Call, guildId: string | null, count: number): void {
  const place = guildId ?? 'global';
  const now = Date.now();
  const recent = (call.world.commandCreations.get(place) ?? []).filter((at) => at > now - DAY_MS);
  if (recent.length + count > MAX_CREATIONS_PER_DAY) throw refuse(30034);
  call.world.commandCreations.set(place, [...recent, ...Array<number>(count).fill(now)]);
}

function getCommand(call: Call) {
  return ok(commandShape(requireCommand(call)));
}

function changeCommand(call: Call) {
  const command = requireCommand(call);
  const form = readForm(call, commandPatchForm);
  // What comes of it has to be a command that could be registered.
  parseForm(commandForm, {
    type: command.type,
    name: form.name ?? command.name,
    description: form.description === undefined ? command.description : form.description,
    options: form.options === undefined ? command.options : form.options,
    name_localizations: form.name_localizations ?? command.nameLocalizations,
    description_localizations: form.description_localizations ?? command.descriptionLocalizations,
  });
  if (form.name !== undefined) command.name = form.name;
  if (form.description !== undefined) command.description = form.description ?? '';
  if (form.options !== undefined) command.options = form.options ?? [];
  if (form.default_member_permissions !== undefined) command.defaultMemberPermissions = form.default_member_permissions;
  if (form.name_localizations !== undefined) command.nameLocalizations = form.name_localizations;
  if (form.description_localizations !== undefined) command.descriptionLocalizations = form.description_localizations;
  const isPlaced = form.contexts !== undefined || form.dm_permission !== undefined;
  if (isPlaced && command.guildId === null) command.contexts = contextsOf(form);
  if (isGiven(form.integration_types)) command.integrationTypes = form.integration_types;
  if (isGiven(form.nsfw)) command.nsfw = form.nsfw;
  command.version = nextSnowflake();
  return ok(commandShape(storeCommand(call, command)));
}

function dropCommand(call: Call) {
  call.world.commands.delete(requireCommand(call).id);
  call.world.changed();
  return NO_CONTENT;
}

/** The server that the commands are for, null = everywhere. Throws 50001 where the bot is not. */
function place(call: Call): string | null {
  requireOwnApplication(call);
  const guildId = call.params['guild_id'];
  if (guildId === undefined) return null;
  const guild = call.world.guilds.get(guildId);
  if (guild === undefined) throw refuse(50001);
  return asBot(call, guild).guild.id;
}

function commandsOf(call: Call, guildId: string | null): Command[] {
  return [...call.world.commands.values()].filter((command) => command.guildId === guildId);
}

function requireCommand(call: Call): Command {
  const guildId = place(call);
  const command = call.world.commands.get(param(call, 'command_id'));
  if (command?.guildId !== guildId) throw refuse(10063);
  return command;
}

function storeCommand(call: Call, command: Command): Command {
  call.world.commands.set(command.id, command);
  call.world.changed();
  return command;
}

function newCommand(form: CommandForm, guildId: string | null, id: string = nextSnowflake()): Command {
  return {
    id,
    guildId,
    version: nextSnowflake(),
    type: form.type ?? 1,
    name: form.name,
    nameLocalizations: form.name_localizations ?? null,
    description: form.description ?? '',
    descriptionLocalizations: form.description_localizations ?? null,
    options: form.options ?? [],
    defaultMemberPermissions: form.default_member_permissions ?? null,
    contexts: guildId === null ? contextsOf(form) : null,
    integrationTypes: form.integration_types ?? [0],
    nsfw: form.nsfw ?? false,
  };
}

/** Where a global command can be used; null = in servers and in the bot's direct messages. */
function contextsOf({ contexts, dm_permission }: Pick<CommandForm, 'contexts' | 'dm_permission'>): number[] | null {
  if (isGiven(contexts)) return contexts;
  return dm_permission === false ? [InteractionContextType.Guild] : null;
}
