import { ApplicationCommandType } from 'discord-api-types/v10';
import { z } from 'zod';
import { boolean, byType, integer, permissionSet, snowflake } from '../http/form';
import { chatInputName, commandOptions, localizations, text } from './command-option-form';
import { commandSize } from './command-size';

/** Characters of all names, descriptions and values of a command together. */
const MAX_SIZE = 8000;

/** Where a command can be used, or by whom the application was installed: one at least, each once. */
function someOf(last: number) {
  return z
    .array(integer(0, last))
    .min(1)
    .refine((list) => new Set(list).size === list.length, { params: { discord: 'SET_TYPE_ALREADY_CONTAINS_VALUE' } })
    .nullish();
}

const changeable = {
  name: text(1, 32),
  name_localizations: localizations(text(1, 32)),
  description: z.string().max(100).nullish(),
  description_localizations: localizations(text(1, 100)),
  options: commandOptions.nullish(),
  default_member_permissions: permissionSet.nullish(),
  /** Deprecated for `contexts`. */
  dm_permission: boolean.nullish(),
  contexts: someOf(2),
  integration_types: someOf(1),
  nsfw: boolean.nullish(),
};

const anyCommand = z.object({
  ...changeable,
  id: snowflake.nullish(),
  type: integer(ApplicationCommandType.ChatInput, ApplicationCommandType.PrimaryEntryPoint).nullish(),
});

export type CommandForm = z.infer<typeof anyCommand>;

const slashCommand = z
  .object({ ...anyCommand.shape, name: chatInputName, name_localizations: localizations(chatInputName) })
  .superRefine((command, context) => {
    requireSize(command, context);
    if ((command.description ?? '') === '') {
      context.addIssue(invalid(['description'], 'BASE_TYPE_REQUIRED', 'This field is required'));
    }
  });

/** Commands of context menus are a name and nothing else (the code for options is unverified). */
const contextMenu = anyCommand.superRefine((command, context) => {
  requireSize(command, context);
  if ((command.description ?? '') !== '') {
    const message = 'Context menu commands cannot have description';
    context.addIssue(invalid(['description'], 'APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID', message));
  }
  if ((command.options ?? []).length > 0) {
    const message = 'Context menu commands cannot have options';
    context.addIssue(invalid(['options'], 'APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS_INVALID', message));
  }
});

/** A command as PUT and POST take it. */
export const commandForm = byType<CommandForm>(
  {
    [ApplicationCommandType.ChatInput]: slashCommand,
    [ApplicationCommandType.User]: contextMenu,
    [ApplicationCommandType.Message]: contextMenu,
    [ApplicationCommandType.PrimaryEntryPoint]: anyCommand.superRefine(requireSize),
  },
  ApplicationCommandType.ChatInput,
);

/** What PATCH takes: any part of it. */
export const commandPatchForm = z.object({ ...changeable, name: changeable.name.optional() });

function requireSize(command: CommandForm, context: z.RefinementCtx): void {
  if (commandSize(command) <= MAX_SIZE) return;
  context.addIssue(invalid([], 'APPLICATION_COMMAND_TOO_LARGE', `Command exceeds maximum size (${MAX_SIZE})`));
}

function invalid(path: string[], discord: string, message: string) {
  return { code: 'custom' as const, path, message, params: { discord } };
}
