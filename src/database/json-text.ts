/**
 * JSON for `jsonb`, which refuses half a character (a lone surrogate) although JSON can name one. It becomes U+FFFD, as in every
 * text that is sent to PostgreSQL otherwise.
 */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => (typeof each === 'string' ? each.toWellFormed() : each));
}
