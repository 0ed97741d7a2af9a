import {
  type APIActionRowComponent,
  type APIButtonComponent,
  type APIEmbed,
  ButtonStyle,
  ComponentType,
} from 'discord-api-types/v10';

/** How a reply is meant; the words say it too, nothing depends on the colour. */
export type Tone = 'plain' | 'good' | 'warning';

const COLOUR: Readonly<Record<Tone, number>> = { plain: 0x5b6b7f, good: 0x2e7d4f, warning: 0xb26a00 };

/** Discord's limits: of a text, of a field, and of how many fields and buttons there are. */
const MAX_TEXT = 4_000;
const MAX_FIELD = 1_024;
/** Of everything in an embed. */
const MAX_EMBED = 6_000;
const MAX_NAME = 256;
const MAX_FIELDS = 20;
const MAX_LABEL = 80;
const BUTTONS_PER_ROW = 5;
const MAX_ROWS = 5;

/** A button that asks for something, or one that opens an address. */
export type ReplyButton = { readonly label: string } & (
  { readonly id: string; readonly style?: 'primary' | 'danger' } | { readonly url: string }
);

/** What the bot says, whatever the command: text is Markdown with names that were escaped. */
export interface Reply {
  /** What it comes to, in a sentence. It stands outside of the embed, for whoever has switched embeds off. */
  readonly headline: string;
  readonly tone: Tone;
  readonly text?: string;
  readonly fields?: readonly { readonly name: string; readonly value: string }[];
  /** Shown as it is written, without Markdown. */
  readonly footer?: string;
  readonly buttons?: readonly ReplyButton[];
}

const STYLE = { primary: ButtonStyle.Primary, danger: ButtonStyle.Danger } as const;

/** A message as Discord takes it. */
export interface ReplyMessage {
  readonly content: string;
  readonly embeds: APIEmbed[];
  readonly components: APIActionRowComponent<APIButtonComponent>[];
  readonly allowedMentions: { readonly parse: [] };
}

/** The reply as a message that replaces the one before: what it does not have goes. Nobody is pinged. */
export function messageOf(reply: Reply): ReplyMessage {
  return {
    content: shortened(reply.headline, 2_000),
    embeds: embedsOf(reply),
    components: rowsOf(reply.buttons ?? []),
    allowedMentions: { parse: [] },
  };
}

function embedsOf({ tone, text, fields = [], footer }: Reply): APIEmbed[] {
  // Discord refuses an embed that says nothing.
  if (text === undefined && fields.length === 0 && footer === undefined) return [];
  const description = text === undefined ? '' : shortened(text, MAX_TEXT);
  const below = footer === undefined ? '' : shortened(footer, MAX_FIELD);
  return [
    {
      color: COLOUR[tone],
      ...(description === '' ? {} : { description }),
      fields: fieldsWithin(MAX_EMBED - description.length - below.length, fields),
      ...(below === '' ? {} : { footer: { text: below } }),
    },
  ];
}

/** As many fields as there is room for: a reply that is too long would be refused, and nothing be shown at all. */
function fieldsWithin(room: number, fields: NonNullable<Reply['fields']>): { name: string; value: string }[] {
  const shown: { name: string; value: string }[] = [];
  let left = room;
  for (const field of fields.slice(0, MAX_FIELDS)) {
    const name = shortened(field.name, MAX_NAME);
    const value = shortened(field.value, MAX_FIELD);
    left -= name.length + value.length;
    if (left < 0) break;
    shown.push({ name, value });
  }
  return shown;
}

/** The value of a field that names up to `most` things, and fewer where there is no room for so many. */
export function fitted(most: number, build: (shown: number) => readonly string[]): string {
  for (let shown = most; shown > 0; shown -= 1) {
    const value = build(shown).join('\n');
    if (value.length <= MAX_FIELD) return value;
  }
  return build(0).join('\n');
}

function rowsOf(buttons: readonly ReplyButton[]): APIActionRowComponent<APIButtonComponent>[] {
  const rows: APIActionRowComponent<APIButtonComponent>[] = [];
  for (let start = 0; start < buttons.length && rows.length < MAX_ROWS; start += BUTTONS_PER_ROW) {
    const components = buttons.slice(start, start + BUTTONS_PER_ROW).map(buttonOf);
    rows.push({ type: ComponentType.ActionRow, components });
  }
  return rows;
}

function buttonOf(button: ReplyButton): APIButtonComponent {
  const label = shortened(button.label, MAX_LABEL);
  if ('url' in button) return { type: ComponentType.Button, style: ButtonStyle.Link, label, url: button.url };
  const style = button.style === undefined ? ButtonStyle.Secondary : STYLE[button.style];
  return { type: ComponentType.Button, style, label, custom_id: button.id };
}

function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
