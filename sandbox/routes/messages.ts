import { isGiven } from '../given';
import { ApplicationFlags, ChannelType, MessageFlags, PermissionFlagsBits } from 'discord-api-types/v10';
import { type Call, NO_CONTENT, ok, param } from '../http/call';
import { refuse, refuseField } from '../http/discord-error';
import { queryInteger, querySnowflake, readForm } from '../http/form';
import { type Route, route } from '../http/router';
import { messageShape } from '../shapes/message';
import { deleteMessage, editMessage, postMessage, sharesServerWithBot } from '../world/message-actions';
import { type Channel, type Guild, type Message } from '../world/model';
import { ALL_PERMISSIONS } from '../world/permissions';
import { compareSnowflakes, nextSnowflake } from '../world/snowflake';
import { guildChannel, requireChannel } from './access';
import { editedFields, messageForm, newMessageFields, type Writing } from './message-form';
import { NonceMemory } from './nonce-memory';

/** Messages of channels and of direct messages. */
export function messageRoutes(): readonly Route[] {
  const nonces = new NonceMemory();
  return [
    route('GET', '/channels/:channel_id/messages', { allow: 'bot' }, listMessages),
    route('POST', '/channels/:channel_id/messages', { allow: 'bot' }, (call) => addMessage(call, nonces)),
    route('GET', '/channels/:channel_id/messages/:message_id', { allow: 'bot' }, getMessage),
    route('PATCH', '/channels/:channel_id/messages/:message_id', { allow: 'bot' }, changeMessage),
    route('DELETE', '/channels/:channel_id/messages/:message_id', { allow: 'bot' }, dropMessage),
    route('POST', '/channels/:channel_id/typing', { allow: 'bot' }, startTyping),
  ];
}

const TEXT_CHANNELS: ReadonlySet<number> = new Set([
  ChannelType.GuildText,
  ChannelType.GuildAnnouncement,
  ChannelType.GuildVoice,
  ChannelType.GuildStageVoice,
]);
const VOICE_CHANNELS: ReadonlySet<number> = new Set([ChannelType.GuildVoice, ChannelType.GuildStageVoice]);

function addMessage(call: Call, nonces: NonceMemory) {
  const { channel, writing } = requireWritable(call);
  const form = readForm(call, messageForm);
  if (form.enforce_nonce === true && isGiven(form.nonce)) {
    const before = nonces.find(channel.id, form.nonce);
    const repeated = before === undefined ? undefined : channel.messages.get(before);
    if (repeated !== undefined) return ok(shownMessage(call, repeated));
  }
  const may = (permission: bigint) => (writing.permissions & permission) !== 0n;
  if (form.tts === true && !may(PermissionFlagsBits.SendTTSMessages)) throw refuse(50013);
  if (call.files.size > 0 && !may(PermissionFlagsBits.AttachFiles)) throw refuse(50013);
  const fields = newMessageFields(form, writing, attachmentsOf(call, channel.id));
  const repliedTo = form.message_reference?.message_id ?? null;
  if (repliedTo !== null && !may(PermissionFlagsBits.ReadMessageHistory)) throw refuse(160002);
  if (repliedTo !== null && !channel.messages.has(repliedTo) && form.message_reference?.fail_if_not_exists !== false) {
    throw refuseField(['message_reference'], 'REPLIES_UNKNOWN_MESSAGE', 'Unknown message');
  }
  const message = postMessage(call.world, channel, call.world.botUserId, {
    ...fields,
    // Only replies to interactions can be ephemeral.
    flags: (fields.flags ?? 0) & ~MessageFlags.Ephemeral,
    referencedMessageId: repliedTo !== null && channel.messages.has(repliedTo) ? repliedTo : null,
  });
  if (isGiven(form.nonce)) nonces.remember(channel.id, form.nonce, message.id);
  return ok(shownMessage(call, message));
}

const MAX_FILES = 10;
const MAX_FILE_BYTES = 10 * 1024 * 1024;

/** Uploaded files as attachments; the page serves their bytes. Throws 40005 for one of more than 10 MiB. */
export function attachmentsOf(call: Call, channelId: string): Record<string, unknown>[] {
  if (call.files.size > MAX_FILES) {
    throw refuseField(['files'], 'BASE_TYPE_MAX_LENGTH', `Must be ${MAX_FILES} or fewer in length.`);
  }
  for (const file of call.files.values()) if (file.bytes.length > MAX_FILE_BYTES) throw refuse(40005);
  return [...call.files.values()].map((file) => {
    const id = nextSnowflake();
    const filename = file.filename.replace(/[^\w.-]/g, '_');
    call.world.files.keep(id, file);
    const url = `${call.world.url}/attachments/${channelId}/${id}/${filename}`;
    return { id, filename, size: file.bytes.length, content_type: file.contentType, url, proxy_url: url };
  });
}

/** A message as the application may see it: its setting counts here, not the intents of a connection. */
function shownMessage(call: Call, message: Message) {
  return messageShape(call.world, message, (call.world.application.flags & MESSAGE_CONTENT) !== 0);
}

const MESSAGE_CONTENT = ApplicationFlags.GatewayMessageContent | ApplicationFlags.GatewayMessageContentLimited;

/** Without READ_MESSAGE_HISTORY there is nothing to be seen. */
function listMessages(call: Call) {
  const { channel, permissions } = requireVisible(call);
  const limit = queryInteger(call, 'limit', 50, 1, 100);
  const before = querySnowflake(call, 'before');
  const after = querySnowflake(call, 'after');
  const around = querySnowflake(call, 'around');
  const mayRead = (permissions & PermissionFlagsBits.ReadMessageHistory) !== 0n;
  const all = mayRead ? [...channel.messages.values()] : [];
  return ok(
    pageOfMessages(all, { before, after, around, limit })
      .reverse()
      .map((message) => shownMessage(call, message)),
  );
}

function pageOfMessages(
  all: Message[],
  page: { before: string | undefined; after: string | undefined; around: string | undefined; limit: number },
): Message[] {
  const { before, after, around, limit } = page;
  if (around !== undefined) {
    const middle = all.findIndex((message) => compareSnowflakes(message.id, around) >= 0);
    const first = Math.max(0, (middle < 0 ? all.length : middle) - Math.floor(limit / 2));
    return all.slice(first, first + limit);
  }
  if (before !== undefined) return all.filter((message) => compareSnowflakes(message.id, before) < 0).slice(-limit);
  if (after !== undefined) return all.filter((message) => compareSnowflakes(message.id, after) > 0).slice(0, limit);
  return all.slice(-limit);
}

function getMessage(call: Call) {
  const { channel, permissions } = requireVisible(call);
  if ((permissions & PermissionFlagsBits.ReadMessageHistory) === 0n) throw refuse(50001);
  return ok(shownMessage(call, requireMessage(call, channel)));
}

function changeMessage(call: Call) {
  const { channel, guild, permissions } = requireVisible(call);
  const message = requireMessage(call, channel);
  if (message.authorId !== call.world.botUserId) throw refuse(50005);
  const form = readForm(call, messageForm);
  if (call.files.size > 0 && (permissions & PermissionFlagsBits.AttachFiles) === 0n) throw refuse(50013);
  const writing = { guild, permissions, isWebhook: false };
  editMessage(call.world, channel, message, editedFields(form, message, writing, attachmentsOf(call, channel.id)));
  return ok(shownMessage(call, message));
}

/** Its own messages the bot may always delete; another's need MANAGE_MESSAGES, and in direct messages nothing helps. */
function dropMessage(call: Call) {
  const { channel, permissions } = requireVisible(call);
  const message = requireMessage(call, channel);
  if (message.authorId !== call.world.botUserId) {
    if (channel.guildId === null) throw refuse(50003);
    if ((permissions & PermissionFlagsBits.ManageMessages) === 0n) throw refuse(50013);
  }
  deleteMessage(call.world, channel, message);
  return NO_CONTENT;
}

function startTyping(call: Call) {
  requireWritable(call);
  return NO_CONTENT;
}

function requireMessage(call: Call, channel: Channel): Message {
  const message = channel.messages.get(param(call, 'message_id'));
  if (message === undefined) throw refuse(10008);
  return message;
}

/** A channel that the bot sees, and what it may do there; in its direct messages there is nothing that it may not. */
interface VisibleChannel {
  readonly channel: Channel;
  readonly guild: Guild | null;
  readonly permissions: bigint;
}

/** Throws 50001 for a channel that the bot does not see, or a voice channel that it cannot enter. */
function requireVisible(call: Call): VisibleChannel {
  const channel = requireChannel(call);
  if (channel.guildId === null) return { channel, guild: null, permissions: ALL_PERMISSIONS };
  const { guild, permissions } = guildChannel(call, channel);
  const mayEnter = !VOICE_CHANNELS.has(channel.type) || (permissions & PermissionFlagsBits.Connect) !== 0n;
  if (!mayEnter) throw refuse(50001);
  return { channel, guild, permissions };
}

/** Throws 50007 for a person who takes no direct messages, or shares no server with the bot. */
function requireWritable(call: Call): { channel: Channel; writing: Writing } {
  const { channel, guild, permissions } = requireVisible(call);
  const writing = { guild, permissions, isWebhook: false };
  if (guild !== null) {
    if (!TEXT_CHANNELS.has(channel.type)) throw refuse(50008);
    if ((permissions & PermissionFlagsBits.SendMessages) === 0n) throw refuse(50013);
    return { channel, writing };
  }
  const recipientId = channel.recipientId ?? '';
  const isOpen = call.world.users.get(recipientId)?.dmsClosed === false;
  if (!isOpen || !sharesServerWithBot(call.world, recipientId)) throw refuse(50007);
  return { channel, writing };
}
