import { type MembershipReason, type MembershipStatus } from '../api/enums.generated';
import { type RosterQueryVariables } from './roster.generated';

export const GROUPS = ['all', 'joined', 'invited', 'notLinked', 'pending', 'left', 'removed'] as const;
export type Group = (typeof GROUPS)[number];

const STATUS_OF: Readonly<Record<Group, MembershipStatus | null>> = {
  all: null,
  joined: 'JOINED',
  invited: 'INVITED',
  notLinked: 'PENDING',
  pending: 'PENDING',
  left: 'LEFT',
  removed: 'REMOVED',
};

export interface RosterFilter {
  readonly group: Group;
  readonly reason: MembershipReason | null;
  readonly search: string;
}

export const EVERYBODY: RosterFilter = { group: 'all', reason: null, search: '' };

/** What the API is asked for; "not linked" is a reason of those who wait. */
export function filterOf(
  guildId: string,
  { group, reason, search }: RosterFilter,
): Omit<RosterQueryVariables, 'courseId' | 'after'> {
  const status = STATUS_OF[group];
  const why = reason ?? (group === 'notLinked' ? 'ACCOUNT_NOT_LINKED' : null);
  const text = search.trim();
  return {
    guildId,
    ...(status === null ? {} : { status: [status] }),
    ...(why === null ? {} : { reason: [why] }),
    ...(text === '' ? {} : { search: text }),
  };
}
