import { isGiven } from '../given';
import { InteractionResponseType as Reply, MessageFlags } from 'discord-api-types/v10';
import { z } from 'zod';
import { type Call, NO_CONTENT, ok, param } from '../http/call';
import { refuse, refuseField } from '../http/discord-error';
import { parseForm, queryFlag, readForm } from '../http/form';
import { type Route, route } from '../http/router';
import { numbered } from '../interactions/components';
import { INTERACTION_TYPES } from '../interactions/interaction-payload';
import { type Interaction, type Interactions } from '../interactions/interactions';
import { isEphemeral, messageShape } from '../shapes/message';
import { deleteMessage, editMessage, type MessageFields, newMessage, postMessage } from '../world/message-actions';
import { type Message } from '../world/model';
import { channelPermissions } from '../world/permissions';
import { modalComponents } from './component-form';
import { editedFields, type MessageForm, messageForm, newMessageFields, type Writing } from './message-form';
import { attachmentsOf } from './messages';

const WEBHOOK = '/webhooks/:webhook_id/:webhook_token';

/** A bot's answers to interactions: the callback, and the webhook that lives as long as the token. */
export function interactionRoutes(interactions: Interactions): Route[] {
  const withInteraction =
    (handler: (call: Call, interaction: Interaction, interactions: Interactions) => ReturnType<typeof ok>) =>
    (call: Call) => {
      const interaction = interactions.findForWebhook(param(call, 'webhook_token'));
      if (param(call, 'webhook_id') !== call.world.application.id) throw refuse(10015);
      if (interaction === undefined) throw refuse(50027);
      // Before the first answer there is no webhook yet.
      if (interaction.answeredWith === null) throw refuse(10015);
      const answer = handler(call, interaction, interactions);
      interactions.touched(interaction);
      return answer;
    };
  return [
    route('POST', '/interactions/:interaction_id/:interaction_token/callback', { allow: 'anybody' }, (call) =>
      respond(call, interactions),
    ),
    route('POST', WEBHOOK, { allow: 'anybody' }, withInteraction(addFollowUp)),
    route('GET', `${WEBHOOK}/messages/:message_ref`, { allow: 'anybody' }, withInteraction(getReply)),
    route('PATCH', `${WEBHOOK}/messages/:message_ref`, { allow: 'anybody' }, withInteraction(changeReply)),
    route('DELETE', `${WEBHOOK}/messages/:message_ref`, { allow: 'anybody' }, withInteraction(dropReply)),
    route('GET', `${WEBHOOK}/messages/@original`, { allow: 'anybody' }, withInteraction(getReply)),
    route('PATCH', `${WEBHOOK}/messages/@original`, { allow: 'anybody' }, withInteraction(changeReply)),
    route('DELETE', `${WEBHOOK}/messages/@original`, { allow: 'anybody' }, withInteraction(dropReply)),
  ];
}

const callbackForm = z.object({ type: z.enum(Reply), data: z.unknown().optional() });
const choicesForm = z.object({
  choices: z.array(z.object({ name: z.string().min(1).max(100), value: z.union([z.string(), z.number()]) })).max(25),
});
const modalForm = z.object({
  custom_id: z.string().min(1).max(100),
  title: z.string().min(1).max(45),
  components: modalComponents,
});

/** Which answers each kind of interaction takes. The message of a component can be changed by it and by its modal. */
function mayAnswer(interaction: Interaction, type: number): boolean {
  const onMessage = interaction.source === null ? [] : [Reply.DeferredMessageUpdate, Reply.UpdateMessage];
  const spoken = [Reply.ChannelMessageWithSource, Reply.DeferredChannelMessageWithSource];
  const allowed: Record<Interaction['kind'], number[]> = {
    autocomplete: [Reply.ApplicationCommandAutocompleteResult],
    command: [...spoken, Reply.Modal],
    component: [...spoken, ...onMessage, Reply.Modal],
    modal: [...spoken, ...onMessage],
  };
  return allowed[interaction.kind].includes(type);
}

function respond(call: Call, interactions: Interactions) {
  const interaction = interactions.findForCallback(param(call, 'interaction_id'), param(call, 'interaction_token'));
  if (interaction === undefined) throw refuse(10062);
  if (interaction.answeredWith !== null) throw refuse(40060);
  const { type, data } = readForm(call, callbackForm);
  if (!mayAnswer(interaction, type)) {
    throw refuseField(['type'], 'INTERACTION_TYPE_INVALID', 'This type does not answer this kind of interaction.');
  }
  firstAnswer(call, interactions, interaction, type, data ?? {});
  interaction.answeredWith = type;
  interactions.touched(interaction);
  return queryFlag(call, 'with_response') ? ok(callbackShape(call, interaction)) : NO_CONTENT;
}

function firstAnswer(
  call: Call,
  interactions: Interactions,
  interaction: Interaction,
  type: Reply,
  data: unknown,
): void {
  switch (type) {
    case Reply.ChannelMessageWithSource: {
      const form = parseForm(messageForm, data);
      interaction.original = say(call, interactions, interaction, newFields(call, interaction, form));
      break;
    }
    case Reply.DeferredChannelMessageWithSource: {
      const flags = parseForm(messageForm, data).flags ?? 0;
      interaction.isThinking = true;
      interaction.isDeferredEphemeral = (flags & MessageFlags.Ephemeral) !== 0;
      break;
    }
    case Reply.DeferredMessageUpdate:
      // From now on the message of the component is what @original means.
      interaction.original = interaction.source;
      interaction.isUpdateDeferred = true;
      break;
    case Reply.UpdateMessage:
      interaction.original = interaction.source;
      if (interaction.source !== null) edit(call, interaction, interaction.source, parseForm(messageForm, data));
      break;
    case Reply.ApplicationCommandAutocompleteResult:
      interaction.choices = parseForm(choicesForm, data).choices;
      break;
    case Reply.Modal: {
      const modal = parseForm(modalForm, data);
      interaction.modal = { ...modal, components: numbered(modal.components) };
      interactions.openModal(interaction.modal, interaction);
      break;
    }
    default:
  }
}

/** Answers that are a message themselves; a deferral has no resource. */
const SAYING: ReadonlySet<number | null> = new Set([Reply.ChannelMessageWithSource, Reply.UpdateMessage]);

function callbackShape(call: Call, interaction: Interaction) {
  const { original, isThinking, guild, answeredWith } = interaction;
  return {
    interaction: {
      id: interaction.id,
      type: INTERACTION_TYPES[interaction.kind],
      channel_id: interaction.channel.id,
      ...(guild === null ? {} : { guild_id: guild.id }),
      response_message_loading: isThinking,
      response_message_ephemeral: original === null ? interaction.isDeferredEphemeral : isEphemeral(original),
      ...(original === null ? {} : { response_message_id: original.id }),
    },
    ...(original === null || !SAYING.has(answeredWith)
      ? {}
      : { resource: { type: answeredWith, message: messageShape(call.world, original) } }),
  };
}

function addFollowUp(call: Call, interaction: Interaction, interactions: Interactions) {
  const form = readForm(call, messageForm);
  const fields = newFields(call, interaction, form);
  // The first follow-up of a deferred answer takes its place, with the visibility that was announced.
  if (interaction.isThinking) {
    return ok(messageShape(call.world, completeDeferred(call, interactions, interaction, fields)));
  }
  interaction.isUpdateDeferred = false;
  const message = say(call, interactions, interaction, fields);
  interaction.followUps.push(message);
  return ok(messageShape(call.world, message));
}

function getReply(call: Call, interaction: Interaction) {
  return ok(messageShape(call.world, requireReply(call, interaction)));
}

function changeReply(call: Call, interaction: Interaction, interactions: Interactions) {
  const form = readForm(call, messageForm);
  if (isOriginal(call) && interaction.isThinking) {
    const fields = newFields(call, interaction, form);
    return ok(messageShape(call.world, completeDeferred(call, interactions, interaction, fields)));
  }
  const message = requireReply(call, interaction);
  edit(call, interaction, message, form);
  return ok(messageShape(call.world, message));
}

function edit(call: Call, interaction: Interaction, message: Message, form: MessageForm): void {
  const uploads = attachmentsOf(call, interaction.channel.id);
  const fields = editedFields(form, message, writingOf(call, interaction), uploads);
  interaction.isUpdateDeferred = false;
  editMessage(call.world, interaction.channel, message, fields);
}

function newFields(call: Call, interaction: Interaction, form: MessageForm): MessageFields {
  return newMessageFields(form, writingOf(call, interaction), attachmentsOf(call, interaction.channel.id));
}

/** What the bot may do in the channel counts for its answers too, as far as mentions are concerned. */
function writingOf({ world }: Call, { guild, channel }: Interaction): Writing {
  const bot = guild?.members.get(world.botUserId);
  const permissions = guild === null || bot === undefined ? 0n : channelPermissions(guild, channel, bot);
  return { guild, permissions, isWebhook: true };
}

function dropReply(call: Call, interaction: Interaction, interactions: Interactions) {
  const isThinking = isOriginal(call) && interaction.isThinking;
  interaction.isThinking &&= !isThinking;
  if (isThinking) return NO_CONTENT;
  const message = requireReply(call, interaction);
  interaction.isUpdateDeferred = false;
  deleteMessage(call.world, interaction.channel, message);
  interactions.forgetEphemeral(message.id);
  call.world.changed();
  if (message === interaction.original) interaction.original = null;
  else interaction.followUps.splice(interaction.followUps.indexOf(message), 1);
  return NO_CONTENT;
}

function completeDeferred(
  call: Call,
  interactions: Interactions,
  interaction: Interaction,
  fields: MessageFields,
): Message {
  const visibility = interaction.isDeferredEphemeral ? MessageFlags.Ephemeral : 0;
  const flags = ((fields.flags ?? 0) & ~MessageFlags.Ephemeral) | visibility;
  const message = say(call, interactions, interaction, { ...fields, flags });
  interaction.original = message;
  interaction.isThinking = false;
  return message;
}

/** The bot speaks in the channel of the interaction, or only to the person who caused it. */
function say(call: Call, interactions: Interactions, interaction: Interaction, fields: MessageFields): Message {
  const { channel, userId, kind } = interaction;
  const all = {
    ...fields,
    webhookId: call.world.application.id,
    interaction: {
      id: interaction.id,
      name: interaction.commandName,
      userId,
      type: INTERACTION_TYPES[kind],
      sourceId: interaction.source?.id ?? null,
      target: interaction.target,
    },
    // A reply to a click is shown as a reply to the message that was clicked, unless only one person sees it.
    referencedMessageId: kind === 'component' && interaction.source !== null ? interaction.source.id : null,
  };
  if (((fields.flags ?? 0) & MessageFlags.Ephemeral) !== 0) {
    const message = newMessage(channel.id, call.world.botUserId, { ...all, referencedMessageId: null });
    interactions.keepEphemeral(message, userId);
    call.world.changed();
    return message;
  }
  return postMessage(call.world, channel, call.world.botUserId, all);
}

function isOriginal(call: Call): boolean {
  return (call.params['message_ref'] ?? '@original') === '@original';
}

function requireReply(call: Call, interaction: Interaction): Message {
  const message = isOriginal(call)
    ? interaction.original
    : [interaction.original, ...interaction.followUps].find((each) => each?.id === call.params['message_ref']);
  if (!isGiven(message)) throw refuse(10008);
  return message;
}
