import { isGiven } from '../given';
import { GatewayIntentBits, InteractionType, MessageFlags } from 'discord-api-types/v10';
import { type Message, type MessageInteraction } from '../world/model';
import { type World } from '../world/world';
import { memberWithoutUserShape } from './member';
import { userShape, userShapes } from './user';

/**
 * A message as the HTTP API answers, and with it the one that it replies to. Without MESSAGE_CONTENT, which is a matter
 * of the application here and of the session at the gateway, what others have written is empty.
 */
export function messageShape(world: World, message: Message, mayReadOthers = true): Record<string, unknown> {
  const referenced =
    message.referencedMessageId === null
      ? undefined
      : world.channels.get(message.channelId)?.messages.get(message.referencedMessageId);
  return {
    id: message.id,
    type: message.type,
    channel_id: message.channelId,
    author: userShape(world.user(message.authorId)),
    content: message.content,
    mentions: userShapes(world, message.mentionIds),
    mention_roles: message.mentionRoleIds,
    mention_everyone: message.mentionEveryone,
    attachments: message.attachments,
    embeds: (message.flags & MessageFlags.SuppressEmbeds) === 0 ? message.embeds : [],
    components: message.components,
    timestamp: message.timestamp,
    edited_timestamp: message.editedTimestamp,
    flags: message.flags,
    pinned: message.pinned,
    tts: message.tts,
    ...(message.nonce === null ? {} : { nonce: message.nonce }),
    ...(message.webhookId === null ? {} : { webhook_id: message.webhookId, application_id: world.application.id }),
    ...(message.referencedMessageId === null
      ? {}
      : {
          message_reference: { type: 0, channel_id: message.channelId, message_id: message.referencedMessageId },
          referenced_message: referenced === undefined ? null : messageShape(world, referenced, mayReadOthers),
        }),
    ...(message.interaction === null ? {} : interactionFields(world, message)),
    ...(mayReadOthers || isReadable(world, message)
      ? {}
      : { content: '', embeds: [], attachments: [], components: [] }),
  };
}

/** A message as gateway events carry it: with the server and the member. */
export function gatewayMessageShape(world: World, message: Message, intents: number): Record<string, unknown> {
  const shape = messageShape(world, message, (intents & GatewayIntentBits.MessageContent) !== 0);
  const channel = world.channels.get(message.channelId);
  const guild = !isGiven(channel?.guildId) ? undefined : world.guild(channel.guildId);
  const member = message.webhookId === null ? guild?.members.get(message.authorId) : undefined;
  return {
    ...shape,
    channel_type: channel?.type ?? 0,
    ...(guild === undefined ? {} : { guild_id: guild.id }),
    ...(member === undefined ? {} : { member: memberWithoutUserShape(member) }),
  };
}

/** Without MESSAGE_CONTENT a bot reads what it wrote, what mentions it, and direct messages. */
function isReadable(world: World, message: Message): boolean {
  return (
    message.authorId === world.botUserId ||
    message.mentionIds.includes(world.botUserId) ||
    !isGiven(world.channels.get(message.channelId)?.guildId)
  );
}

function interactionFields(world: World, message: Message) {
  const interaction = message.interaction;
  if (interaction === null) return {};
  const user = userShape(world.user(interaction.userId));
  const { id, name, type = COMMAND, sourceId } = interaction;
  const metadata = { id, type, user, authorizing_integration_owners: {} };
  if (type === COMMAND) {
    return {
      interaction: { id, type, name, user },
      interaction_metadata: { ...metadata, ...targetFields(world, interaction) },
    };
  }
  if (type === COMPONENT) return { interaction_metadata: { ...metadata, interacted_message_id: sourceId } };
  return { interaction_metadata: { ...metadata, triggering_interaction_metadata: { ...metadata, type: COMMAND } } };
}

/** What a command of a context menu was run on. */
function targetFields(world: World, { target }: MessageInteraction) {
  if (!isGiven(target)) return {};
  return target.type === 'user' ? { target_user: userShape(world.user(target.id)) } : { target_message_id: target.id };
}

const COMMAND: number = InteractionType.ApplicationCommand;
const COMPONENT: number = InteractionType.MessageComponent;

/** Whether only the person who ran the command sees the message. */
export function isEphemeral(message: Message): boolean {
  return (message.flags & MessageFlags.Ephemeral) !== 0;
}
