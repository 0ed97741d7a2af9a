import { isGiven } from '../given';
import { InteractionResponseType as Reply, InteractionType, MessageFlags } from 'discord-api-types/v10';
import { z } from 'zod';
import { type Call, NO_CONTENT, ok, param } from '../http/call';
import { refuse, refuseField } from '../http/discord-error';
import { integer, parseForm, queryFlag, readForm } from '../http/form';
import { type Route, route } from '../http/router';
import { type Interaction, type Interactions } from '../interactions/interactions';
import { messageShape } from '../shapes/message';
import { deleteMessage, editMessage, newMessage, postMessage } from '../world/message-actions';
import { type Message } from '../world/model';
import { messageFields, type MessageForm, messageForm, newMessageFields } from './message-form';
import { attachmentsOf } from './messages';

const WEBHOOK = '/webhooks/:webhook_id/:webhook_token';

/** A bot's answers to interactions: the callback, and the webhook that lives as long as the token. */
export function interactionRoutes(interactions: Interactions): Route[] {
  const withInteraction =
    (handler: (call: Call, interaction: Interaction) => ReturnType<typeof ok>) => (call: Call) => {
      const interaction = interactions.findForWebhook(param(call, 'webhook_token'));
      if (param(call, 'webhook_id') !== call.world.application.id) throw refuse(10015);
      if (interaction === undefined) throw refuse(50027);
      // Before the first answer there is no webhook yet.
      if (interaction.answeredWith === null) throw refuse(10015);
      const answer = handler(call, interaction);
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

const MESSAGE: number = Reply.ChannelMessageWithSource;
const DEFERRED_MESSAGE: number = Reply.DeferredChannelMessageWithSource;
const AUTOCOMPLETE_RESULT: number = Reply.ApplicationCommandAutocompleteResult;
const MODAL: number = Reply.Modal;

const callbackForm = z.object({ type: integer(1, 12), data: z.unknown() });
const choicesForm = z.object({
  choices: z.array(z.object({ name: z.string().min(1).max(100), value: z.union([z.string(), z.number()]) })).max(25),
});
const modalForm = z.looseObject({
  custom_id: z.string().min(1).max(100),
  title: z.string().max(45),
  components: z.array(z.looseObject({})).min(1).max(40),
});

function respond(call: Call, interactions: Interactions) {
  const interaction = interactions.findForCallback(param(call, 'interaction_id'), param(call, 'interaction_token'));
  if (interaction === undefined) throw refuse(10062);
  if (interaction.answeredWith !== null) throw refuse(40060);
  const form = readForm(call, callbackForm);
  const { type } = form;
  if ((type === AUTOCOMPLETE_RESULT) !== (interaction.kind === 'autocomplete')) {
    throw refuseField(['type'], 'INTERACTION_TYPE_INVALID', 'This type does not answer this kind of interaction.');
  }
  switch (type) {
    case MESSAGE: {
      const data = parseForm(messageForm, form.data ?? {});
      interaction.original = say(call, interaction, newMessageFields(data, call.files.size > 0));
      break;
    }
    case DEFERRED_MESSAGE: {
      const flags = parseForm(messageForm, form.data ?? {}).flags ?? 0;
      interaction.isThinking = true;
      interaction.isDeferredEphemeral = (flags & MessageFlags.Ephemeral) !== 0;
      break;
    }
    case AUTOCOMPLETE_RESULT:
      interaction.choices = parseForm(choicesForm, form.data ?? {}).choices;
      break;
    case MODAL:
      interaction.modal = parseForm(modalForm, form.data ?? {});
      break;
    default:
      // The others update the message of a component, which only a click on one can ask for.
      throw refuseField(['type'], 'INTERACTION_TYPE_INVALID', 'This type does not answer this kind of interaction.');
  }
  interaction.answeredWith = type;
  interactions.touched(interaction);
  return queryFlag(call, 'with_response') ? ok(callbackShape(call, interaction)) : NO_CONTENT;
}

function callbackShape(call: Call, interaction: Interaction) {
  const { original, isThinking } = interaction;
  return {
    interaction: {
      id: interaction.id,
      type: interaction.kind === 'command' ? InteractionType.ApplicationCommand : 4,
      channel_id: interaction.channel.id,
      guild_id: interaction.guild.id,
      response_message_loading: isThinking,
      response_message_ephemeral: original === null ? interaction.isDeferredEphemeral : (original.flags & 64) !== 0,
      ...(original === null ? {} : { response_message_id: original.id }),
    },
    ...(original === null
      ? {}
      : { resource: { type: interaction.answeredWith, message: messageShape(call.world, original) } }),
  };
}

function addFollowUp(call: Call, interaction: Interaction) {
  const form = readForm(call, messageForm);
  const fields = newMessageFields(form, call.files.size > 0);
  // The first follow-up of a deferred answer takes its place, with the visibility that was announced.
  if (interaction.isThinking) return ok(messageShape(call.world, completeDeferred(call, interaction, fields)));
  const message = say(call, interaction, fields);
  interaction.followUps.push(message);
  return ok(messageShape(call.world, message));
}

function getReply(call: Call, interaction: Interaction) {
  return ok(messageShape(call.world, requireReply(call, interaction)));
}

function changeReply(call: Call, interaction: Interaction) {
  const form: MessageForm = readForm(call, messageForm);
  if (isOriginal(call) && interaction.isThinking) {
    return ok(messageShape(call.world, completeDeferred(call, interaction, messageFields(form))));
  }
  const message = requireReply(call, interaction);
  // A reply stays as visible as it was made.
  const fields = { ...messageFields(form), flags: message.flags };
  editMessage(call.world, interaction.channel, message, fields);
  return ok(messageShape(call.world, message));
}

function dropReply(call: Call, interaction: Interaction) {
  const isThinking = isOriginal(call) && interaction.isThinking;
  interaction.isThinking &&= !isThinking;
  if (isThinking) return NO_CONTENT;
  const message = requireReply(call, interaction);
  deleteMessage(call.world, interaction.channel, message);
  if (message === interaction.original) interaction.original = null;
  else interaction.followUps.splice(interaction.followUps.indexOf(message), 1);
  return NO_CONTENT;
}

function completeDeferred(call: Call, interaction: Interaction, fields: ReturnType<typeof messageFields>): Message {
  const visibility = interaction.isDeferredEphemeral ? MessageFlags.Ephemeral : 0;
  const flags = ((fields.flags ?? 0) & ~MessageFlags.Ephemeral) | visibility;
  const message = say(call, interaction, { ...fields, flags });
  interaction.original = message;
  interaction.isThinking = false;
  return message;
}

/** The bot speaks in the channel of the command, or only to the person who ran it. */
function say(call: Call, interaction: Interaction, fields: ReturnType<typeof messageFields>): Message {
  const all = {
    ...fields,
    attachments: attachmentsOf(call),
    webhookId: call.world.application.id,
    interaction: { id: interaction.id, name: interaction.commandName, userId: interaction.userId },
  };
  if (((fields.flags ?? 0) & MessageFlags.Ephemeral) !== 0) {
    return newMessage(interaction.channel.id, call.world.botUserId, all);
  }
  return postMessage(call.world, interaction.channel, call.world.botUserId, all);
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
