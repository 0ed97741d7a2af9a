import { isGiven } from '../given';
import { MessageFlags } from 'discord-api-types/v10';
import { z } from 'zod';
import { refuse } from '../http/discord-error';
import { boolean, integer, parseForm, snowflake } from '../http/form';
import { type Component, numbered } from '../interactions/components';
import { layoutComponents, messageComponents } from './component-form';
import { type MessageFields, mentionedRoles, mentionedUsers } from '../world/message-actions';

const embed = z.looseObject({
  title: z.string().max(256).nullish(),
  description: z.string().max(4096).nullish(),
  url: z.string().max(2048).nullish(),
  color: integer(0, 0xffffff).nullish(),
  fields: z
    .array(z.looseObject({ name: z.string().max(256), value: z.string().max(1024), inline: boolean.nullish() }))
    .max(25)
    .nullish(),
});

/** All text of a message's embeds together. */
const MAX_EMBED_CHARACTERS = 6000;

function requireTotal(embeds: z.infer<typeof embed>[], context: z.RefinementCtx): void {
  const total = embeds.reduce((sum, each) => {
    const texts = [each.title, each.description, ...(each.fields ?? []).flatMap((field) => [field.name, field.value])];
    return sum + texts.reduce((length, text) => length + (text?.length ?? 0), 0);
  }, 0);
  if (total <= MAX_EMBED_CHARACTERS) return;
  const params = { discord: 'MAX_EMBED_SIZE_EXCEEDED' };
  context.addIssue({
    code: 'custom',
    path: [],
    message: `Embed size exceeds maximum size of ${MAX_EMBED_CHARACTERS}`,
    params,
  });
}

/** A kind that is parsed from the text cannot be listed by id as well. */
const allowedMentions = z
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
  embeds: z.array(embed).max(10).superRefine(requireTotal).nullish(),
  components: z.unknown().optional(),
  attachments: z.array(z.looseObject({})).max(10).nullish(),
  allowed_mentions: allowedMentions.nullish(),
  flags: integer(0, Number.MAX_SAFE_INTEGER).nullish(),
  tts: boolean.nullish(),
  nonce: z.union([z.string().max(25), z.int()]).nullish(),
  enforce_nonce: boolean.nullish(),
  message_reference: z
    .looseObject({ message_id: snowflake.nullish(), fail_if_not_exists: boolean.nullish() })
    .nullish(),
});

export type MessageForm = z.infer<typeof messageForm>;

/** The fields of a new message. Throws 50006 when it would say nothing. */
export function newMessageFields(form: MessageForm, hasFiles: boolean): MessageFields {
  const fields = messageFields(form);
  const hasComponents = (fields.components ?? []).length > 0;
  const isEmpty = (form.content ?? '').trim() === '' && !form.embeds?.length && !hasComponents && !hasFiles;
  if (isEmpty) throw refuse(50006);
  return { ...fields, ...allowed(form), nonce: form.nonce ?? null };
}

/** The fields that a form sets; those it leaves out stay as they are. */
export function messageFields(form: MessageForm): MessageFields {
  return {
    ...(form.content === undefined ? {} : { content: form.content ?? '' }),
    ...(form.embeds === undefined ? {} : { embeds: (form.embeds ?? []).map(embedShape) }),
    ...(form.components === undefined ? {} : { components: numbered(componentsOf(form)) }),
    ...(!isGiven(form.flags) ? {} : { flags: form.flags & SETTABLE_FLAGS }),
    ...(!isGiven(form.tts) ? {} : { tts: form.tts }),
  };
}

/** Checked here, because what may be shown depends on a flag beside it. */
function componentsOf({ components, flags }: MessageForm): Component[] {
  if (!isGiven(components)) return [];
  const isLayout = ((flags ?? 0) & MessageFlags.IsComponentsV2) !== 0;
  const schema = isLayout ? layoutComponents : messageComponents;
  return parseForm(z.object({ components: schema }), { components }).components;
}

const SETTABLE_FLAGS =
  MessageFlags.Ephemeral |
  MessageFlags.SuppressEmbeds |
  MessageFlags.SuppressNotifications |
  MessageFlags.IsComponentsV2;

/** An embed as it comes back: typed, and without the fields that were null. */
function embedShape(given: Record<string, unknown>): Record<string, unknown> {
  const stated = Object.fromEntries(Object.entries(given).filter(([, value]) => isGiven(value)));
  if (Array.isArray(stated['fields'])) {
    stated['fields'] = stated['fields'].map((field: Record<string, unknown>) => ({ inline: false, ...field }));
  }
  return { ...stated, type: 'rich' };
}

/** Which of the mentions in the text really mention somebody. Without allowed_mentions all of them do. */
function allowed(form: MessageForm): MessageFields {
  const content = form.content ?? '';
  const users = mentionedUsers(content);
  const roles = mentionedRoles(content);
  const mentionEveryone = /@(everyone|here)\b/.test(content);
  const rule = form.allowed_mentions;
  if (!isGiven(rule)) return { mentionIds: users, mentionRoleIds: roles, mentionEveryone };
  const parse = rule.parse ?? [];
  return {
    mentionIds: parse.includes('users') ? users : users.filter((id) => rule.users?.includes(id)),
    mentionRoleIds: parse.includes('roles') ? roles : roles.filter((id) => rule.roles?.includes(id)),
    mentionEveryone: mentionEveryone && parse.includes('everyone'),
  };
}
