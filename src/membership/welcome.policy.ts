/** Discord's limit for the text of one message. */
const MESSAGE_LENGTH = 2_000;

/** Somebody who has just come in. */
export interface Newcomer {
  readonly name: string;
}

/** Characters that Discord reads as formatting; a name shows as it is written. */
const MARKDOWN = /[\\*_~`|>#[\]()<:@-]/g;

/** A name that neither formats, pings nor links. The zero-width space keeps "@everyone" from being one even when quoted. */
export function plainName(name: string): string {
  return name
    .replace(/\s+/g, ' ')
    .slice(0, 80)
    .replace(MARKDOWN, (character) => (character === '@' ? '@\u200b' : `\\${character}`));
}

/**
 * The welcome by the configuration's template with {student}, {course} and {server}; several newcomers share one message.
 * @returns at most 2,000 characters
 */
export function welcomeText(template: string, newcomers: readonly Newcomer[], course: string, server: string): string {
  // In one pass: a name that looks like a placeholder is a name.
  const fill = (student: string): string => {
    const values: Readonly<Record<string, string>> = { student, course: plainName(course), server: plainName(server) };
    return template.replace(/\{(student|course|server)\}/g, (_, placeholder: string) => values[placeholder] ?? '');
  };
  const names = newcomers.map(({ name }) => plainName(name));
  for (let shown = names.length; shown > 0; shown -= 1) {
    const text = fill(listOf(names.slice(0, shown), names.length - shown));
    if (text.length <= MESSAGE_LENGTH) return text;
  }
  return fill(`${names.length} students`).slice(0, MESSAGE_LENGTH);
}

function listOf(names: readonly string[], others: number): string {
  const parts = others > 0 ? [...names, `${others} more`] : [...names];
  const last = parts.pop() ?? '';
  return parts.length === 0 ? last : `${parts.join(', ')} and ${last}`;
}
