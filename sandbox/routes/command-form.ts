import { ApplicationCommandOptionType, ApplicationCommandType } from 'discord-api-types/v10';
import { z } from 'zod';
import { commandSize } from './command-size';
import { boolean, integer, permissionSet, snowflake } from '../http/form';

/** Lower case in every script that has cases, with digits, dashes and underscores. */
const CHAT_INPUT_NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;

const chatInputName = z
  .string()
  .min(1)
  .max(32)
  .refine((name) => CHAT_INPUT_NAME.test(name) && name === name.toLowerCase(), {
    params: { discord: 'APPLICATION_COMMAND_INVALID_NAME' },
    message: 'Command name is invalid',
  });
/** Characters of all names, descriptions and values of a command together. */
const MAX_SIZE = 8000;

const localizations = z.record(z.string(), z.string()).nullish();

const choice = z.object({
  name: z.string().min(1).max(100),
  name_localizations: localizations,
  value: z.union([z.string().max(6000), z.number()]),
});

const optionBase = {
  name: chatInputName,
  name_localizations: localizations,
  description: z.string().min(1).max(100),
  description_localizations: localizations,
  required: boolean.nullish(),
};

const valueOption = z.object({
  ...optionBase,
  type: integer(ApplicationCommandOptionType.String, ApplicationCommandOptionType.Attachment),
  choices: z.array(choice).max(25).nullish(),
  autocomplete: boolean.nullish(),
  channel_types: z.array(z.int()).nullish(),
  min_value: z.number().nullish(),
  max_value: z.number().nullish(),
  min_length: integer(0, 6000).nullish(),
  max_length: integer(1, 6000).nullish(),
});

const subcommand = z.object({
  ...optionBase,
  type: integer(1, 1),
  options: orderedOptions(z.array(valueOption).max(25)).nullish(),
});

const subcommandGroup = z.object({
  ...optionBase,
  type: integer(2, 2),
  options: orderedOptions(z.array(subcommand).max(25)).nullish(),
});

/** By its type, so that the errors tree speaks of the kind of option that was meant. */
const option = z.unknown().transform((value, context) => {
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
  const schema = type === 1 ? subcommand : type === 2 ? subcommandGroup : valueOption;
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return { ...result.data };
  for (const issue of result.error.issues) context.issues.push({ ...issue, input: issue.input } as never);
  return z.NEVER;
});

/** A command as PUT and POST take it. */
export const commandForm = z
  .object({
    id: snowflake.nullish(),
    type: integer(ApplicationCommandType.ChatInput, ApplicationCommandType.PrimaryEntryPoint).nullish(),
    name: z.string().min(1).max(32),
    name_localizations: localizations,
    description: z.string().max(100).nullish(),
    description_localizations: localizations,
    options: z.array(option).max(25).nullish(),
    default_member_permissions: permissionSet.nullish(),
    dm_permission: boolean.nullish(),
    contexts: z.array(integer(0, 2)).nullish(),
    integration_types: z.array(integer(0, 1)).nullish(),
    nsfw: boolean.nullish(),
  })
  .superRefine((command, context) => {
    if (commandSize(command) > MAX_SIZE) {
      const message = `Command exceeds maximum size (${MAX_SIZE})`;
      context.addIssue(invalid([], 'APPLICATION_COMMAND_TOO_LARGE', message));
    }
    const type = command.type ?? 1;
    if (CONTEXT_MENU.has(type)) checkContextMenu(command, context);
    if (type !== 1) return;
    const name = chatInputName.safeParse(command.name);
    if (!name.success)
      context.addIssue(invalid(['name'], 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid'));
    if ((command.description ?? '') === '') {
      context.addIssue(invalid(['description'], 'BASE_TYPE_REQUIRED', 'This field is required'));
    }
    checkOptions(command.options ?? [], (path, code, message) => context.addIssue(invalid(path, code, message)));
  });

export type CommandForm = z.infer<typeof commandForm>;

/** What PATCH takes: any part of it. */
export const commandPatchForm = z.object({
  name: z.string().min(1).max(32).optional(),
  name_localizations: localizations,
  description: z.string().max(100).nullish(),
  description_localizations: localizations,
  options: z.array(option).max(25).nullish(),
  default_member_permissions: permissionSet.nullish(),
  contexts: z.array(integer(0, 2)).nullish(),
  integration_types: z.array(integer(0, 1)).nullish(),
  nsfw: boolean.nullish(),
});

const CONTEXT_MENU: ReadonlySet<number> = new Set([ApplicationCommandType.User, ApplicationCommandType.Message]);

/** Commands of context menus are a name and nothing else (the code for options is unverified). */
function checkContextMenu(
  command: { description?: string | null | undefined; options?: unknown[] | null | undefined },
  context: z.RefinementCtx,
): void {
  if ((command.description ?? '') !== '') {
    const message = 'Context menu commands cannot have description';
    context.addIssue(invalid(['description'], 'APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID', message));
  }
  if ((command.options ?? []).length > 0) {
    const message = 'Context menu commands cannot have options';
    context.addIssue(invalid(['options'], 'APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS_INVALID', message));
  }
}

function invalid(path: (string | number)[], discord: string, message: string) {
  return { code: 'custom' as const, path, message, params: { discord } };
}

/** Required options come first, and no name comes twice. */
function orderedOptions<T extends z.ZodType<{ name: string; required?: boolean | null | undefined }[]>>(schema: T) {
  return schema.superRefine((options, context) => {
    checkOptions(options, (path, code, message) => context.addIssue(invalid(path.slice(1), code, message)));
  });
}

function checkOptions(
  options: readonly { name?: unknown; required?: unknown }[],
  report: (path: (string | number)[], code: string, message: string) => void,
): void {
  const names = new Set<unknown>();
  let sawOptional = false;
  for (const [index, each] of options.entries()) {
    if (names.has(each.name)) {
      report(['options', index], 'APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS', 'Option name already exists');
    }
    names.add(each.name);
    if (each.required !== true) sawOptional = true;
    else if (sawOptional) {
      const message = 'Required options must be placed before non-required options';
      report(['options', index], 'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID', message);
    }
  }
}
