import { type SyncActionType } from '../api/enums.generated';
import { type RunFragment, type SyncPlanQuery } from './sync.generated';

export type Plan = SyncPlanQuery['syncPlan'][number];
export type PlanLine = Plan['actions'][number];

export interface PlanGroup {
  readonly action: SyncActionType;
  /** How many there are in all; of them these are named. */
  readonly count: number;
  readonly lines: readonly PlanLine[];
}

/** In the order in which a reader wants to know: who comes, who goes, then the rest. */
const ORDER = ['ADD', 'INVITE', 'KICK', 'GRANT_ROLE', 'REVOKE_ROLE', 'NONE'] as const;

export function groupsOf(plan: Plan): readonly PlanGroup[] {
  const counts: Record<Exclude<SyncActionType, 'NONE'>, number> = {
    ADD: plan.add,
    INVITE: plan.invite,
    KICK: plan.kick,
    GRANT_ROLE: plan.grantRole,
    REVOKE_ROLE: plan.revokeRole,
  };
  return ORDER.map((action) => {
    const lines = plan.actions.filter((line) => line.action === action);
    return { action, lines, count: action === 'NONE' ? lines.length : counts[action] };
  }).filter(({ count }) => count > 0);
}

/** Because of which course of the caller's somebody stays whose access to this one has ended; null for everybody else. */
export function keeperOf({ reason, keptBy: course }: PlanLine): string | null {
  return reason === 'STILL_ENROLLED_ELSEWHERE' ? (course?.title ?? null) : null;
}

/** Something is done to an account that its student has exchanged or disconnected: not to the student. */
export function isOfFormerAccount({ action, reason }: PlanLine): boolean {
  return reason === 'ACCOUNT_NOT_LINKED' && action !== 'NONE';
}

/** Who stays because of another course, counted by course. */
export function keptBy(plan: Plan): readonly { readonly title: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const line of plan.actions) {
    const title = keeperOf(line);
    if (title !== null) counts.set(title, (counts.get(title) ?? 0) + 1);
  }
  return [...counts].map(([title, count]) => ({ title, count }));
}

/** About how many calls applying costs: the members' list again, a page for 1,000 of them, and one for each difference. */
export function costOf(plan: Plan): number {
  const differences = plan.add + plan.invite + plan.grantRole + plan.revokeRole + (plan.held ? 0 : plan.kick);
  return Math.max(1, Math.ceil((plan.unchanged + differences) / 1000)) + differences;
}

/** About how long so many calls take, seconds, at the pace of the latest run that made any; null when there was none. */
export function secondsFor(calls: number, runs: readonly RunFragment[]): number | null {
  for (const { startedAt, finishedAt, apiCalls } of runs)
    if (startedAt !== null && finishedAt !== null && apiCalls > 0)
      return Math.ceil(((new Date(finishedAt).getTime() - new Date(startedAt).getTime()) / 1000 / apiCalls) * calls);
  return null;
}
