import { type Answer } from './call';
import { ERRORS, isKnownErrorCode } from './error-table';
import { type FaultRule } from './faults';

/** HTTP statuses by code, where they are not those of the table. */
export type ErrorStatuses = Readonly<Record<string, number>>;

/** What a rule with a status or a code answers, in Discord's shape unless the rule brings a body of its own. */
export function faultAnswer(
  rule: FaultRule,
  statuses: ErrorStatuses,
): { answer: Answer; headers: Record<string, string> } {
  const known = rule.code !== undefined && isKnownErrorCode(rule.code) ? ERRORS[rule.code] : undefined;
  const status = rule.status ?? statuses[String(rule.code)] ?? known?.status ?? 400;
  if (status === 429) return rateLimited(rule.body, rule.scope ?? 'user');
  if (rule.body !== undefined) return { answer: { status, body: rule.body }, headers: {} };
  if (status < 400) return { answer: { status }, headers: {} };
  const message = known?.message ?? (rule.code === undefined ? `${status}: Injected fault` : 'Injected fault');
  return { answer: { status, body: { message, code: rule.code ?? 0 } }, headers: {} };
}

function rateLimited(given: unknown, scope: 'user' | 'shared'): { answer: Answer; headers: Record<string, string> } {
  const body = {
    message: scope === 'shared' ? 'The resource is being rate limited.' : 'You are being rate limited.',
    retry_after: 1,
    global: false,
    ...(typeof given === 'object' && given !== null ? given : {}),
  };
  return {
    answer: { status: 429, body },
    headers: {
      'retry-after': String(Math.ceil(body.retry_after)),
      'x-ratelimit-scope': body.global ? 'global' : scope,
      ...(body.global ? { 'x-ratelimit-global': 'true' } : {}),
    },
  };
}
