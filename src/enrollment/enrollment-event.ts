import * as z from 'zod';
import { INSTANT } from '../common/instant';

/** The most events in one call. */
export const MAX_EVENTS = 1_000;

/** How far ahead of ours the platform's clock may be, milliseconds: a time of next year would silence everything until then. */
const CLOCK_SKEW = 5 * 60_000;

/** A name as a person has written it. */
const NAME = z
  .string()
  .trim()
  .min(1)
  .max(300)
  .refine((text) => !text.includes('\0') && text.isWellFormed(), 'must not hold U+0000 or half a character');

/** One thing that happened to an enrollment. */
export const ENROLLMENT_EVENT = z.object({
  type: z.enum(['enrollment.created', 'enrollment.deleted', 'enrollment.expired']).meta({
    description: 'created: enrolls, or enrolls again. deleted: the enrollment is gone. expired: access ends.',
  }),
  timestamp: INSTANT.refine((text) => Date.parse(text) <= Date.now() + CLOCK_SKEW, 'must not be in the future').meta({
    description: 'When it happened. Of a user and a course the newest counts, in whatever order events arrive.',
  }),
  data: z.object({
    userId: z.guid().meta({ description: "The platform's user id." }),
    courseId: z.guid().meta({ description: "The platform's course id." }),
    expiresAt: INSTANT.nullish().meta({ description: 'When access ends; without it, it does not.' }),
    user: z
      .object({ displayName: NAME.nullish() })
      .nullish()
      .meta({ description: 'Needed to create a user who is not known yet.' }),
    course: z
      .object({ title: NAME, instructorId: z.guid() })
      .nullish()
      .meta({ description: 'Needed to create a course that is not known yet.' }),
  }),
});

export type EnrollmentEvent = z.infer<typeof ENROLLMENT_EVENT>;

/** What is wrong with one event of a call. */
export interface EventProblem {
  /** Its place in the list; 0 for an event that was sent alone. */
  readonly index: number;
  /** Where in the event, `/data/userId`. */
  readonly pointer: string;
  readonly detail: string;
}

/** Whatever is wrong with any of the events, or all of them as they are meant. */
export function readEvents(
  events: readonly unknown[],
): { readonly events: EnrollmentEvent[] } | { readonly problems: EventProblem[] } {
  const read: EnrollmentEvent[] = [];
  const problems: EventProblem[] = [];
  events.forEach((event, index) => {
    const result = ENROLLMENT_EVENT.safeParse(event);
    if (result.success) read.push(result.data);
    else {
      problems.push(
        ...result.error.issues.map(({ path, message }) => ({
          index,
          pointer: path.map((part) => `/${String(part)}`).join(''),
          detail: message,
        })),
      );
    }
  });
  return problems.length > 0 ? { problems } : { events: read };
}
