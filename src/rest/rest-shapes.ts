import * as z from 'zod';
import { DomainError } from '../common/domain-error';

const ID = z.guid();

export const COURSE_PATH = z.object({ courseId: ID });
export const STATUS_PATH = z.object({ userId: ID, courseId: ID });
export const INVITATION = z.object({ userId: ID, courseId: ID });

export const RUNS = z.object({
  runs: z.array(z.object({ id: ID, guildId: z.string(), status: z.string() })),
});
export const INVITED = z.object({ invite_link: z.string().nullable(), status: z.string() });

const STANDING = z.object({
  status: z.string().meta({ description: 'pending, invited, joined, left or removed.' }),
  reason: z.string(),
  nextStep: z.string().nullable().meta({ description: 'What can be done next; null when nothing is left to do.' }),
  explanation: z.string().meta({ description: 'For a person, in the language of Accept-Language (en, id).' }),
  invite_link: z.string().nullable(),
});
export const STATUS = STANDING.extend({
  linked: z.boolean().meta({ description: 'Whether the student has linked a Discord account that works.' }),
  memberships: z.array(STANDING.extend({ id: ID, guildId: z.string(), guildName: z.string() })),
});

/** @throws DomainError BAD_USER_INPUT that names every part that is wrong. */
export function read<Shape extends z.ZodType>(shape: Shape, value: unknown): z.infer<Shape> {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.') || 'the body'}: ${message}`);
  throw new DomainError('BAD_USER_INPUT', `The request is not as it should be (${problems.join('; ')}).`);
}
