import * as z from 'zod';

const ISO_INSTANT =
  /^(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;

/**
 * The instant that an ISO 8601 text with a time zone names; undefined when it names none (`2025-02-30T…`), or one outside the
 * years 1 to 9999 of UTC, which neither PostgreSQL nor our own answers could write with four digits.
 */
export function parseInstant(text: string): Date | undefined {
  const day = ISO_INSTANT.exec(text)?.[1];
  // JavaScript reads 30 February as 2 March: a day that does not come back as itself does not exist.
  if (day === undefined || !new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)) return undefined;
  const instant = new Date(text);
  const year = instant.getUTCFullYear();
  return year >= 1 && year <= 9999 ? instant : undefined;
}

/** The same in a body: what {@link parseInstant} reads, as PostgreSQL does. It stays text, which may be finer than a millisecond. */
export const INSTANT = z.iso
  .datetime({ offset: true, abort: true, error: 'must be an ISO 8601 instant with its time zone' })
  .refine((text) => parseInstant(text) !== undefined, {
    abort: true,
    error: 'must be an instant that there is, with nine decimal places at most',
  });
