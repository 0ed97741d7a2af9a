import { z } from 'zod';
import { type Route } from '../http/router';
import { CommandInputError } from '../interactions/command-options';
import { type Interaction, type Interactions } from '../interactions/interactions';
import { type CommandRun, runCommand } from '../interactions/run-command';
import { type World } from '../world/world';
import { control, ControlError, type ControlHandler, readBody } from './control-call';

const interactionForm = z.object({
  guildId: z.string(),
  userId: z.string(),
  command: z.string().min(1),
  options: z.record(z.string(), z.unknown()).optional(),
  locale: z.string().optional(),
  channelId: z.string().optional(),
});

/** A person runs a command, or is typing one. */
export function interactionControlRoutes(world: World, interactions: Interactions): Route<ControlHandler>[] {
  const start = (form: z.infer<typeof interactionForm>, focused: string | undefined): Interaction => {
    const run: CommandRun = {
      guildId: form.guildId,
      userId: form.userId,
      command: form.command,
      options: form.options ?? {},
      locale: form.locale,
      channelId: form.channelId,
      focused,
    };
    try {
      return runCommand(world, interactions, run);
    } catch (error) {
      throw error instanceof CommandInputError ? new ControlError(error.message) : error;
    }
  };
  return [
    control('POST', '/sandbox/interactions', async (call) => {
      const interaction = start(readBody(call, interactionForm), undefined);
      const responses = await interactions.finished(interaction);
      return interaction.modal === null ? { responses } : { responses, modal: interaction.modal };
    }),
    control('POST', '/sandbox/interactions/autocomplete', async (call) => {
      const form = readBody(call, interactionForm.extend({ focused: z.string() }));
      const interaction = start(form, form.focused);
      await interactions.finished(interaction);
      return { choices: interaction.choices };
    }),
  ];
}
