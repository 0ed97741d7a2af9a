import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { refusalOf } from '../../graphql/error-format';
import { type Texts } from '../texts/texts';
import { type Reply } from './reply';

const failedChecks = z.array(z.object({ message: z.string(), inIndonesian: z.string().exactOptional() }));
const choice = z.enum(['course', 'student']);

/** What went wrong and what to do about it. What nobody expected is logged, and told by its number alone. */
export function refusalReply(error: unknown, texts: Texts): Reply {
  const number = randomUUID();
  const { code, details } = refusalOf(error, number);
  const { what, todo } = texts.refusal[code];
  const chosen = choice.safeParse(details['choice']).data;
  const isChoice = chosen !== undefined && (code === 'NOT_FOUND' || code === 'BAD_USER_INPUT');
  const checks = failedChecks.safeParse(details['checks']).data ?? [];
  const lines = [...new Set(checks.map((check) => `• ${texts.stats.check(check)}`))];
  return {
    headline: isChoice ? texts.choice[chosen][code] : what,
    tone: 'warning',
    text: code === 'SERVER_NOT_READY' && lines.length === 0 ? texts.seeStats : [todo, ...lines].join('\n'),
    ...(code === 'INTERNAL_SERVER_ERROR' ? { footer: texts.reference(number) } : {}),
  };
}
