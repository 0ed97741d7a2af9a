import { isGiven } from '../given';
import { ChannelType, GatewayIntentBits, MessageFlags, MessageType } from 'discord-api-types/v10';
import { gatewayMessageShape } from '../shapes/message';
import { type Channel, type Guild, type Message } from './model';
import { nextSnowflake } from './snowflake';
import { type World } from './world';

/** What a message can be written with. */
export type MessageFields = Partial<
  Pick<
    Message,
    'content' | 'embeds' | 'components' | 'attachments' | 'flags' | 'tts' | 'nonce' | 'referencedMessageId'
  > &
    Pick<Message, 'interaction' | 'webhookId' | 'mentionIds' | 'mentionRoleIds' | 'mentionEveryone'>
>;

/** A message that is not in any channel yet; its mentions are read from its text unless they are given. */
export function newMessage(channelId: string, authorId: string, fields: MessageFields): Message {
  const id = nextSnowflake();
  const content = fields.content ?? '';
  return {
    id,
    channelId,
    authorId,
    timestamp: new Date().toISOString(),
    type: !isGiven(fields.referencedMessageId) ? MessageType.Default : MessageType.Reply,
    content,
    embeds: fields.embeds ?? [],
    components: fields.components ?? [],
    attachments: fields.attachments ?? [],
    flags: fields.flags ?? 0,
    tts: fields.tts ?? false,
    pinned: false,
    editedTimestamp: null,
    mentionIds: fields.mentionIds ?? mentionedUsers(content),
    mentionRoleIds: fields.mentionRoleIds ?? mentionedRoles(content),
    mentionEveryone: fields.mentionEveryone ?? false,
    nonce: fields.nonce ?? null,
    referencedMessageId: fields.referencedMessageId ?? null,
    interaction: fields.interaction ?? null,
    webhookId: fields.webhookId ?? null,
  };
}

/** The ids in `<@1>` and `<@!1>`. */
export function mentionedUsers(content: string): string[] {
  return [...new Set([...content.matchAll(/<@!?(\d{17,19})>/g)].flatMap((match) => match[1] ?? []))];
}

/** The ids in `<@&1>`. */
export function mentionedRoles(content: string): string[] {
  return [...new Set([...content.matchAll(/<@&(\d{17,19})>/g)].flatMap((match) => match[1] ?? []))];
}

/** Somebody writes into a channel. Ephemeral replies are shown to one person and kept in no channel. */
export function postMessage(world: World, channel: Channel, authorId: string, fields: MessageFields): Message {
  const message = newMessage(channel.id, authorId, fields);
  if ((message.flags & MessageFlags.Ephemeral) === 0) {
    channel.messages.set(message.id, message);
    channel.lastMessageId = message.id;
    announceMessage(world, channel, message, 'MESSAGE_CREATE');
    world.changed();
  }
  return message;
}

/** Changes a message. */
export function editMessage(
  world: World,
  channel: Channel,
  message: Message,
  fields: Omit<MessageFields, 'interaction' | 'webhookId' | 'nonce' | 'referencedMessageId'>,
): void {
  Object.assign(message, fields, { editedTimestamp: new Date().toISOString() });
  if (!channel.messages.has(message.id)) return;
  announceMessage(world, channel, message, 'MESSAGE_UPDATE');
  world.changed();
}

/** Takes a message away. */
export function deleteMessage(world: World, channel: Channel, message: Message): void {
  if (!channel.messages.delete(message.id)) return;
  const guild = guildOf(world, channel);
  world.dispatch({
    name: 'MESSAGE_DELETE',
    guild,
    channel,
    intents: messageIntent(guild),
    data: () => ({
      id: message.id,
      channel_id: channel.id,
      ...(guild === null ? {} : { guild_id: guild.id }),
    }),
  });
  world.changed();
}

/** Takes away what somebody has written in a server since then, in milliseconds since 1970; an event for each channel. */
export function deleteMessagesOf(world: World, guild: Guild, authorId: string, since: number): void {
  for (const channel of guild.channels.values()) {
    const written = [...channel.messages.values()].filter(
      (message) => message.authorId === authorId && Date.parse(message.timestamp) >= since,
    );
    const [only] = written;
    if (only === undefined) continue;
    if (written.length === 1) {
      deleteMessage(world, channel, only);
      continue;
    }
    for (const { id } of written) channel.messages.delete(id);
    world.dispatch({
      name: 'MESSAGE_DELETE_BULK',
      guild,
      channel,
      intents: messageIntent(guild),
      data: () => ({ ids: written.map(({ id }) => id), channel_id: channel.id, guild_id: guild.id }),
    });
    world.changed();
  }
}

/** Whether a person and the bot can write to each other: only who shares a server with a bot can. */
export function sharesServerWithBot(world: World, userId: string): boolean {
  return [...world.guilds.values()].some((guild) => world.isBotIn(guild) && guild.members.has(userId));
}

/** The channel of direct messages between the bot and a person, made on first use. Since v8 no event tells of it. */
export function directChannel(world: World, userId: string): Channel {
  const existing = world.directChannels.get(userId);
  if (existing !== undefined) return existing;
  const channel: Channel = {
    id: nextSnowflake(),
    type: ChannelType.DM,
    guildId: null,
    recipientId: userId,
    name: '',
    topic: null,
    position: 0,
    parentId: null,
    nsfw: false,
    permissionOverwrites: [],
    lastMessageId: null,
    messages: new Map(),
  };
  world.directChannels.set(userId, channel);
  world.channels.set(channel.id, channel);
  world.changed();
  return channel;
}

function announceMessage(
  world: World,
  channel: Channel,
  message: Message,
  name: 'MESSAGE_CREATE' | 'MESSAGE_UPDATE',
): void {
  const guild = guildOf(world, channel);
  world.dispatch({
    name,
    guild,
    channel,
    intents: messageIntent(guild),
    data: (intents) => gatewayMessageShape(world, message, intents),
  });
}

function guildOf(world: World, channel: Channel): Guild | null {
  return channel.guildId === null ? null : world.guild(channel.guildId);
}

function messageIntent(guild: Guild | null): number {
  return guild === null ? GatewayIntentBits.DirectMessages : GatewayIntentBits.GuildMessages;
}
