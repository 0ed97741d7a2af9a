import { isGiven } from '../given';
import { MessageFlags, PermissionFlagsBits } from 'discord-api-types/v10';
import { z } from 'zod';
import { refuse, refuseField } from '../http/discord-error';
import { boolean, integer, parseForm, snowflake } from '../http/form';
import { allComponents, type Component, numbered } from '../interactions/components';
import { layoutComponents, messageComponents } from './component-form';
import { type MessageFields, mentionedRoles, mentionedUsers } from '../world/message-actions';
import { type Guild, type Message } from '../world/model';
import { embedShape, embedsForm } from './embed-form';

/** A kind that is parsed from the text cannot be listed by id as well. */
const allowedMentionsForm = z
  .object({
    parse: z.array(z.enum(['roles', 'users', 'everyone'])).nullish(),
    users: z.array(snowflake).max(100).nullish(),
    roles: z.array(snowflake).max(100).nullish(),
    replied_user: boolean.nullish(),
  })
  .superRefine((rule, context) => {
    for (const kind of ['users', 'roles'] as const) {
      if (rule.parse?.includes(kind) !== true || (rule[kind] ?? []).length === 0) continue;
      const message = `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`;
      context.addIssue({
        code: 'custom',
        path: [],
        message,
        params: { discord: 'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE' },
      });
    }
  });

/** What a message is written with, by the bot or by a webhook. */
export const messageForm = z.object({
  content: z.string().max(2000).nullish(),
  embeds: embedsForm.nullish(),
  components: z.unknown().optional(),
  attachments: z
    .array(z.looseObject({ id: snowflake }))
    .max(10)
    .nullish(),
  allowed_mentions: allowedMentionsForm.nullish(),
  flags: integer(0, Number.MAX_SAFE_INTEGER).nullish(),
  tts: boolean.nullish(),
  nonce: z.union([z.string().max(25), z.int()]).nullish(),
  enforce_nonce: boolean.nullish(),
  message_reference: z
    .looseObject({ message_id: snowflake.nullish(), fail_if_not_exists: boolean.nullish() })
    .nullish(),
});

export type MessageForm = z.infer<typeof messageForm>;

/** Where and how the bot writes, which decides what becomes of mentions and embeds. */
export interface Writing {
  /** Null in direct messages. */
  readonly guild: Guild | null;
  /** What the bot may do in the channel. */
  readonly permissions: bigint;
  /** As the answer to an interaction, by its webhook. */
  readonly isWebhook: boolean;
}

type Attachments = Message['attachments'];

/**
 * The fields of a new message. Throws 50006 when it would say nothing, and 50013 when it would say something only with
 * EMBED_LINKS: beside other content embeds are dropped silently.
 */
export function newMessageFields(form: MessageForm, writing: Writing, attachments: Attachments): MessageFields {
  const flags = (form.flags ?? 0) & SETTABLE_FLAGS;
  const given = { ...messageFields(form, flags), attachments };
  requireContent({ ...NOTHING, ...given, flags });
  const fields = { ...given, embeds: allowedEmbeds(given.embeds ?? [], writing) };
  if (isEmpty({ ...NOTHING, ...fields })) throw refuse(50013);
  return { ...fields, ...allowedMentions(form, textOf({ ...NOTHING, ...fields }), writing), nonce: form.nonce ?? null };
}

/** What an edit makes of a message. Throws 50006 when nothing would be left of it. */
export function editedFields(
  form: MessageForm,
  message: Message,
  writing: Writing,
  uploads: Attachments,
): MessageFields {
  // Components of the second version are for good; embeds can be hidden and shown.
  const flags = isGiven(form.flags)
    ? (message.flags & ~MessageFlags.SuppressEmbeds) | (form.flags & EDITABLE_FLAGS)
    : message.flags;
  const kept = form.attachments;
  const attachments = isGiven(kept)
    ? message.attachments.filter(({ id }) => kept.some((each) => each.id === id))
    : message.attachments;
  const fields = { ...messageFields(form, flags), attachments: [...attachments, ...uploads], flags };
  if (fields.embeds !== undefined) fields.embeds = allowedEmbeds(fields.embeds, writing);
  const after = { ...message, ...fields };
  requireContent(after);
  const isRewritten = fields.content !== undefined || (isLayout(flags) && fields.components !== undefined);
  return isRewritten ? { ...fields, ...allowedMentions(form, textOf(after), writing) } : fields;
}

type Said = Pick<Message, 'content' | 'embeds' | 'components' | 'attachments'>;
const NOTHING: Said = { content: '', embeds: [], components: [], attachments: [] };

function isEmpty({ content, embeds, components, attachments }: Said): boolean {
  return content.trim() === '' && embeds.length + components.length + attachments.length === 0;
}

/** Throws 50006 for a message that says nothing, and 50035 for components of the second version beside anything else. */
function requireContent(message: Said & Pick<Message, 'flags'>): void {
  if (isLayout(message.flags)) {
    for (const field of ['content', 'embeds'] as const) {
      if (message[field].length === 0) continue;
      const text = `The '${field}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`;
      throw refuseField([field], 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2', text);
    }
    if (message.components.length === 0) throw refuse(50006);
  }
  if (isEmpty(message)) throw refuse(50006);
}

/** The fields that a form sets; those it leaves out stay as they are. */
function messageFields(form: MessageForm, flags: number): MessageFields {
  return {
    ...(form.content === undefined ? {} : { content: form.content ?? '' }),
    ...(form.embeds === undefined ? {} : { embeds: (form.embeds ?? []).map(embedShape) }),
    ...(form.components === undefined ? {} : { components: numbered(componentsOf(form, isLayout(flags))) }),
    ...(!isGiven(form.flags) ? {} : { flags }),
    ...(!isGiven(form.tts) ? {} : { tts: form.tts }),
  };
}

/** Checked here, because what may be shown depends on a flag beside it. */
function componentsOf({ components }: MessageForm, isLayout: boolean): Component[] {
  if (!isGiven(components)) return [];
  const schema = isLayout ? layoutComponents : messageComponents;
  return parseForm(z.object({ components: schema }), { components }).components;
}

function isLayout(flags: number): boolean {
  return (flags & MessageFlags.IsComponentsV2) !== 0;
}

const EDITABLE_FLAGS = MessageFlags.SuppressEmbeds | MessageFlags.IsComponentsV2;
const SETTABLE_FLAGS = EDITABLE_FLAGS | MessageFlags.Ephemeral | MessageFlags.SuppressNotifications;

/** Answers to interactions carry embeds whatever the bot may do in the channel. */
function allowedEmbeds(embeds: Message['embeds'], { permissions, isWebhook }: Writing): Message['embeds'] {
  return isWebhook || (permissions & PermissionFlagsBits.EmbedLinks) !== 0n ? embeds : [];
}

/** Everything that is to be read: the content, or the texts of components. */
function textOf({ content, components }: Said): string {
  const texts = allComponents(components).map((component) => component['content']);
  return [content, ...texts.filter((text) => typeof text === 'string')].join('\n');
}

/**
 * Which of the mentions in the text really mention somebody. Without allowed_mentions all of them do, in answers to
 * interactions only those of users; @everyone and roles that are not for everybody need MENTION_EVERYONE all the same.
 */
function allowedMentions(form: MessageForm, text: string, { guild, permissions, isWebhook }: Writing): MessageFields {
  const users = mentionedUsers(text);
  const mayMentionAll = (permissions & PermissionFlagsBits.MentionEveryone) !== 0n;
  const roles = mentionedRoles(text).filter((id) => {
    const role = id === guild?.id ? undefined : guild?.roles.get(id);
    return role !== undefined && (mayMentionAll || role.mentionable);
  });
  const rule = form.allowed_mentions ?? { parse: isWebhook ? ['users'] : ['users', 'roles', 'everyone'] };
  const parse = rule.parse ?? [];
  return {
    mentionIds: parse.includes('users') ? users : users.filter((id) => rule.users?.includes(id)),
    mentionRoleIds: parse.includes('roles') ? roles : roles.filter((id) => rule.roles?.includes(id)),
    mentionEveryone: mayMentionAll && parse.includes('everyone') && /@(everyone|here)\b/.test(text),
  };
}
