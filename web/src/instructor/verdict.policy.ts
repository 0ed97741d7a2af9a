import { type CourseServerFragment } from './course.generated';

export type VerdictKind =
  'ending' | 'inactive' | 'unreachable' | 'degraded' | 'unchecked' | 'onTheWay' | 'held' | 'inStep';

/**
 * The one thing to say about a server first.
 * @param unsettled memberships that Discord has not been brought in line with
 * @param isHolding removals wait for a decision
 */
export function verdictOf(
  { deletion, isActive, health }: Pick<CourseServerFragment, 'deletion' | 'isActive' | 'health'>,
  unsettled: number,
  isHolding: boolean,
): VerdictKind {
  if (deletion) return 'ending';
  if (!isActive) return 'inactive';
  switch (health) {
    case 'UNREACHABLE':
      return 'unreachable';
    case 'DEGRADED':
      return 'degraded';
    case 'UNCHECKED':
      return 'unchecked';
    case 'HEALTHY':
      if (unsettled > 0) return 'onTheWay';
      return isHolding ? 'held' : 'inStep';
  }
}
