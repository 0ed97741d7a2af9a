import { type World } from '../world/world';
import { CommandInputError } from './command-options';
import { type Component, isComponent, TEXT_INPUT } from './components';
import { announceInteraction } from './interaction-payload';
import { type Interaction, type Interactions } from './interactions';

/** A person sends the modal that it has open. */
export interface ModalSubmission {
  readonly userId: string;
  /** By custom_id: text for text fields, a list for menus. */
  readonly values: Readonly<Record<string, string | string[]>>;
  readonly locale: string | undefined;
}

/** Sends INTERACTION_CREATE to the bot. Throws CommandInputError when the person could not have sent this. */
export function submitModal(world: World, interactions: Interactions, form: ModalSubmission): Interaction {
  const open = interactions.openModalOf(form.userId);
  if (open === undefined) throw new CommandInputError(`The user ${form.userId} has no modal open.`);
  const { modal, opener } = open;
  const known = new Set<string>();
  const components = modal.components.map((component) => filledIn(component, form.values, known));
  const unknown = Object.keys(form.values).find((name) => !known.has(name));
  if (unknown !== undefined) throw new CommandInputError(`The modal has no field "${unknown}".`);
  interactions.closeModal(form.userId);
  const interaction = interactions.create({
    kind: 'modal',
    commandName: modal.custom_id,
    userId: form.userId,
    guild: opener.guild,
    channel: opener.channel,
    source: opener.source,
  });
  announceInteraction(world, interaction, form.locale, { custom_id: modal.custom_id, components });
  return interaction;
}

/** A component as a submission carries it: types, ids and values, without labels. */
function filledIn(component: Component, values: ModalSubmission['values'], known: Set<string>): Component {
  const { type, id, custom_id: customId } = component;
  const inside = Array.isArray(component['components']) ? component['components'].filter(isComponent) : [];
  if (inside.length > 0) return { type, id, components: inside.map((each) => filledIn(each, values, known)) };
  if (isComponent(component['component'])) {
    return { type, id, component: filledIn(component['component'], values, known) };
  }
  if (typeof customId !== 'string') return { type, id };
  known.add(customId);
  const value = values[customId];
  if (type !== TEXT_INPUT) return { type, id, custom_id: customId, values: [value ?? []].flat() };
  const text = typeof value === 'string' ? value : '';
  requireLength(component, customId, text);
  return { type, id, custom_id: customId, value: text };
}

function requireLength(component: Component, name: string, text: string): void {
  if (text === '' && component['required'] !== false) throw new CommandInputError(`"${name}" has to be filled in.`);
  const least = Number(component['min_length'] ?? 0);
  const most = Number(component['max_length'] ?? 4000);
  if (text !== '' && (text.length < least || text.length > most)) {
    throw new CommandInputError(`"${name}" has to have from ${least} to ${most} characters.`);
  }
}
