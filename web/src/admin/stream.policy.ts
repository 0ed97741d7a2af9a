import { type MembershipStatus } from '../api/enums.generated';
import { type MembershipChangesSubscription } from './stream.generated';

export type Change = MembershipChangesSubscription['membershipChanged'];

export interface StreamFilter {
  readonly courseId: string;
  readonly guildId: string;
  readonly status: MembershipStatus | '';
}

/** How many changes are kept: older ones stand in the log. */
const KEPT = 500;

/** The changes with one more, the newest first; one that is there already is not told twice. */
export function withChange(changes: readonly Change[], change: Change): readonly Change[] {
  if (changes.some(({ seq }) => seq === change.seq)) return changes;
  return [change, ...changes].slice(0, KEPT);
}

export function fits({ courseId, guildId, status }: StreamFilter, { membership, status: became }: Change): boolean {
  return (
    (courseId === '' || membership.course.id === courseId) &&
    (guildId === '' || membership.guildId === guildId) &&
    (status === '' || became === status)
  );
}
