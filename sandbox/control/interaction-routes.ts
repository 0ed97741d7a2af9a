import { z } from 'zod';
import { type Route } from '../http/router';
import { CommandInputError } from '../interactions/command-options';
import { type ContextMenuTarget, type Interaction, type Interactions } from '../interactions/interactions';
import { runCommand } from '../interactions/run-command';
import { runContextMenu } from '../interactions/run-context-menu';
import { submitModal } from '../interactions/submit-modal';
import { useComponent } from '../interactions/use-component';
import { type World } from '../world/world';
import { control, type ControlCall, ControlError, type ControlHandler, readBody } from './control-call';
import { personById } from './finders';

const commandForm = z.object({
  /** Left out = in the direct messages with the bot. */
  guildId: z.string().optional(),
  userId: z.string(),
  command: z.string().min(1),
  options: z.record(z.string(), z.unknown()).optional(),
  locale: z.string().optional(),
  channelId: z.string().optional(),
});
const contextMenuForm = z.object({
  /** Left out = in the direct messages with the bot. */
  guildId: z.string().optional(),
  userId: z.string(),
  command: z.string().min(1),
  targetUserId: z.string().optional(),
  targetMessageId: z.string().optional(),
  locale: z.string().optional(),
  channelId: z.string().optional(),
});
const componentForm = z.object({
  userId: z.string(),
  messageId: z.string(),
  customId: z.string().min(1),
  values: z.array(z.string()).optional(),
  locale: z.string().optional(),
});
const modalForm = z.object({
  userId: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  locale: z.string().optional(),
});

/** What people do to the bot: run a command or type one, use a component, send a modal. */
export function interactionControlRoutes(world: World, interactions: Interactions): Route<ControlHandler>[] {
  const start = (call: ControlCall, focused: string | undefined): Interaction => {
    const { guildId, userId, command, options = {}, locale, channelId } = readBody(call, commandForm);
    return orControlError(() =>
      runCommand(world, interactions, { guildId, userId, command, options, locale, channelId, focused }),
    );
  };
  const answer = async (interaction: Interaction) => {
    const responses = await interactions.finished(interaction);
    return interaction.modal === null ? { responses } : { responses, modal: interaction.modal };
  };
  return [
    control('POST', '/sandbox/interactions', (call) => answer(start(call, undefined))),
    control('POST', '/sandbox/interactions/autocomplete', async (call) => {
      const { focused } = readBody(call, z.object({ focused: z.string() }));
      const interaction = start(call, focused);
      await interactions.finished(interaction);
      return { choices: interaction.choices };
    }),
    control('POST', '/sandbox/interactions/context-menu', (call) => {
      const { targetUserId, targetMessageId, guildId, userId, command, locale, channelId } = readBody(
        call,
        contextMenuForm,
      );
      const target = targetOf(targetUserId, targetMessageId);
      const run = { guildId, userId, command, locale, channelId, target };
      return answer(orControlError(() => runContextMenu(world, interactions, run)));
    }),
    control('POST', '/sandbox/interactions/component', (call) => {
      const { userId, messageId, customId, values = [], locale } = readBody(call, componentForm);
      personById(world, userId);
      return answer(
        orControlError(() => useComponent(world, interactions, { userId, messageId, customId, values, locale })),
      );
    }),
    control('POST', '/sandbox/interactions/modal', (call) => {
      const { userId, values, locale } = readBody(call, modalForm);
      return answer(orControlError(() => submitModal(world, interactions, { userId, values, locale })));
    }),
  ];
}

function targetOf(userId: string | undefined, messageId: string | undefined): ContextMenuTarget {
  if (userId !== undefined && messageId === undefined) return { type: 'user', id: userId };
  if (messageId !== undefined && userId === undefined) return { type: 'message', id: messageId };
  throw new ControlError('A context menu belongs to one thing: name "targetUserId" or "targetMessageId".');
}

function orControlError<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw error instanceof CommandInputError ? new ControlError(error.message) : error;
  }
}
