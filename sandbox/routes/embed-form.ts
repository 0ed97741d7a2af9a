import { isGiven } from '../given';
import { z } from 'zod';
import { address, boolean, integer } from '../http/form';

const REQUIRED = { params: { discord: 'BASE_TYPE_REQUIRED' }, message: 'This field is required' };

/** A text that does not consist of blanks. */
function filled(maximum: number) {
  return z
    .string()
    .max(maximum)
    .refine((text) => text.trim() !== '', REQUIRED);
}

const link = address(2048, 'http', 'https').nullish();
const picture = z.looseObject({ url: address(2048, 'http', 'https', 'attachment').nullish() }).nullish();
const icon = address(2048, 'http', 'https', 'attachment').nullish();
const time = z.iso.datetime({ offset: true, local: true });

const embed = z
  .looseObject({
    title: z.string().max(256).nullish(),
    description: z.string().max(4096).nullish(),
    url: link,
    color: integer(0, 0xffffff).nullish(),
    timestamp: z
      .string()
      .refine((text) => time.safeParse(text).success, {
        params: { discord: 'DATE_TYPE_PARSE' },
        message: 'Could not parse the date. Should be ISO8601.',
      })
      .nullish(),
    author: z.looseObject({ name: z.string().max(256).nullish(), url: link, icon_url: icon }).nullish(),
    footer: z.looseObject({ text: z.string().max(2048).nullish(), icon_url: icon }).nullish(),
    image: picture,
    thumbnail: picture,
    fields: z
      .array(z.looseObject({ name: filled(256), value: filled(1024), inline: boolean.nullish() }))
      .max(25)
      .nullish(),
  })
  .superRefine((each, context) => {
    const says = [each.title, each.description, each.author?.name, each.footer?.text, ...(each.fields ?? [])];
    const shows = [each.image?.url, each.thumbnail?.url];
    const isEmpty = [...says, ...shows].every((part) => !isGiven(part) || part === '');
    if (isEmpty) context.addIssue({ code: 'custom', path: ['description'], ...REQUIRED });
  });

type Embed = z.infer<typeof embed>;

/** All text of a message's embeds together. */
const MAX_EMBED_CHARACTERS = 6000;

/** The embeds of a message. */
export const embedsForm = z
  .array(embed)
  .max(10)
  .superRefine((embeds, context) => {
    const total = embeds.flatMap(textsOf).reduce((sum, text) => sum + (text?.length ?? 0), 0);
    if (total <= MAX_EMBED_CHARACTERS) return;
    const params = { discord: 'MAX_EMBED_SIZE_EXCEEDED' };
    const message = `Embed size exceeds maximum size of ${MAX_EMBED_CHARACTERS}`;
    context.addIssue({ code: 'custom', path: [], message, params });
  });

function textsOf({ title, description, author, footer, fields }: Embed) {
  return [
    title,
    description,
    author?.name,
    footer?.text,
    ...(fields ?? []).flatMap((field) => [field.name, field.value]),
  ];
}

/** An embed as it comes back: typed, and without the fields that were null. */
export function embedShape(given: Record<string, unknown>): Record<string, unknown> {
  const stated = Object.fromEntries(Object.entries(given).filter(([, value]) => isGiven(value)));
  if (Array.isArray(stated['fields'])) {
    stated['fields'] = stated['fields'].map((field: Record<string, unknown>) => ({ inline: false, ...field }));
  }
  return { ...stated, type: 'rich' };
}
