import { isGiven } from '../given';
import { ChannelType, PermissionFlagsBits } from 'discord-api-types/v10';
import { type Call, NO_CONTENT, ok, param } from '../http/call';
import { refuse, refuseField } from '../http/discord-error';
import { queryInteger, querySnowflake, readForm } from '../http/form';
import { type Route, route } from '../http/router';
import { messageShape } from '../shapes/message';
import { deleteMessage, editMessage, postMessage } from '../world/message-actions';
import { type Channel, type Message } from '../world/model';
import { compareSnowflakes, nextSnowflake } from '../world/snowflake';
import { guildChannel, requireChannel } from './access';
import { messageFields, messageForm, newMessageFields } from './message-form';
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
  ChannelType.DM,
]);

function addMessage(call: Call, nonces: NonceMemory) {
  const channel = requireWritable(call);
  const form = readForm(call, messageForm);
  if (form.enforce_nonce === true && isGiven(form.nonce)) {
    const before = nonces.find(channel.id, form.nonce);
    const repeated = before === undefined ? undefined : channel.messages.get(before);
    if (repeated !== undefined) return ok(messageShape(call.world, repeated));
  }
  const fields = newMessageFields(form, call.files.size > 0);
  const repliedTo = form.message_reference?.message_id ?? null;
  if (repliedTo !== null && !channel.messages.has(repliedTo) && form.message_reference?.fail_if_not_exists !== false) {
    throw refuseField(['message_reference'], 'REPLIES_UNKNOWN_MESSAGE', 'Unknown message');
  }
  const message = postMessage(call.world, channel, call.world.botUserId, {
    ...fields,
    // Only replies to interactions can be ephemeral.
    flags: (fields.flags ?? 0) & ~64,
    attachments: attachmentsOf(call, channel.id),
    referencedMessageId: repliedTo !== null && channel.messages.has(repliedTo) ? repliedTo : null,
  });
  if (isGiven(form.nonce)) nonces.remember(channel.id, form.nonce, message.id);
  return ok(messageShape(call.world, message));
}

/** Uploaded files as attachments; the page serves their bytes. */
export function attachmentsOf(call: Call, channelId: string): Record<string, unknown>[] {
  return [...call.files.values()].map((file) => {
    const id = nextSnowflake();
    const filename = file.filename.replace(/[^\w.-]/g, '_');
    call.world.files.keep(id, file);
    const url = `${call.world.url}/attachments/${channelId}/${id}/${filename}`;
    return { id, filename, size: file.bytes.length, content_type: file.contentType, url, proxy_url: url };
  });
}

function listMessages(call: Call) {
  const channel = requireReadable(call);
  const limit = queryInteger(call, 'limit', 50, 1, 100);
  const before = querySnowflake(call, 'before');
  const after = querySnowflake(call, 'after');
  const around = querySnowflake(call, 'around');
  const all = [...channel.messages.values()];
  return ok(
    pageOfMessages(all, { before, after, around, limit })
      .reverse()
      .map((message) => messageShape(call.world, message)),
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
  return ok(messageShape(call.world, requireMessage(call, requireReadable(call))));
}

function changeMessage(call: Call) {
  const channel = requireReadable(call);
  const message = requireMessage(call, channel);
  if (message.authorId !== call.world.botUserId) throw refuse(50005);
  editMessage(call.world, channel, message, messageFields(readForm(call, messageForm)));
  return ok(messageShape(call.world, message));
}

/** Its own messages the bot may always delete; another's need MANAGE_MESSAGES, and in direct messages nothing helps. */
function dropMessage(call: Call) {
  const channel = requireReadable(call);
  const message = requireMessage(call, channel);
  if (message.authorId !== call.world.botUserId) {
    if (channel.guildId === null) throw refuse(50003);
    const access = guildChannel(call, channel);
    if ((access.permissions & PermissionFlagsBits.ManageMessages) === 0n) throw refuse(50013);
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

function requireReadable(call: Call): Channel {
  const channel = requireChannel(call);
  if (channel.guildId === null) return channel;
  const { permissions } = guildChannel(call, channel);
  if ((permissions & PermissionFlagsBits.ReadMessageHistory) === 0n) throw refuse(50001);
  return channel;
}

/** Throws 50007 for a person who takes no direct messages, or shares no server with the bot. */
function requireWritable(call: Call): Channel {
  const channel = requireChannel(call);
  if (channel.guildId !== null) {
    const { permissions } = guildChannel(call, channel);
    if (!TEXT_CHANNELS.has(channel.type)) throw refuse(50008);
    if ((permissions & PermissionFlagsBits.SendMessages) === 0n) throw refuse(50013);
    return channel;
  }
  const recipientId = channel.recipientId ?? '';
  const isReachable = [...call.world.guilds.values()].some(
    (guild) => call.world.isBotIn(guild) && guild.members.has(recipientId),
  );
  if (call.world.users.get(recipientId)?.dmsClosed !== false || !isReachable) throw refuse(50007);
  return channel;
}
