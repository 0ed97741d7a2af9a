import { type OverviewQuery } from './overview.generated';

/** From which share of failed calls in the last hour on something is wrong, and up to which share of its minutes. */
const MANY_FAILURES = 0.05;
const MUCH_DOWN = 0.95;
/** How few calls tell nothing. */
const FEW_CALLS = 20;
/** How many memberships may wait for a worker before somebody should look. */
const LONG_QUEUE = 500;

export type Problem =
  | { readonly kind: 'away' | 'failing'; readonly share: number }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'queue' | 'servers' | 'held' | 'webhooks'; readonly count: number };

/** What is wrong now, the worst first; nothing when all is well. */
export function problemsOf({
  metrics,
  lastHour,
  troubled,
  held,
  webhookEndpoints,
  removalsPaused,
}: OverviewQuery): Problem[] {
  const problems: Problem[] = [];
  if (lastHour.discordUptime < MUCH_DOWN) problems.push({ kind: 'away', share: 1 - lastHour.discordUptime });
  if (lastHour.apiCalls >= FEW_CALLS && lastHour.apiErrorRate > MANY_FAILURES)
    problems.push({ kind: 'failing', share: lastHour.apiErrorRate });
  if (removalsPaused) problems.push({ kind: 'stopped' });
  // What is switched off waits on purpose.
  const servers = new Set(troubled.nodes.filter(({ isActive }) => isActive).map(({ guildId }) => guildId));
  const counts = {
    servers: servers.size,
    held: held.length,
    webhooks: webhookEndpoints.reduce((sum, { failed }) => sum + failed, 0),
    queue: metrics.queueDepth >= LONG_QUEUE ? metrics.queueDepth : 0,
  };
  for (const kind of ['servers', 'held', 'webhooks', 'queue'] as const)
    if (counts[kind] > 0) problems.push({ kind, count: counts[kind] });
  return problems;
}
