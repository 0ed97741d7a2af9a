import { type MembershipReason, type MembershipStatus } from '../membership/claim.policy';

interface Standing {
  readonly status: MembershipStatus;
  readonly reason: MembershipReason;
}

/** What needs a person before everything else, the most pressing first. */
const PRESSING: readonly MembershipReason[] = [
  'REMOVAL_HELD',
  'SERVER_NOT_READY',
  'CONNECTION_REVOKED',
  'ACCOUNT_NOT_LINKED',
  'GUILD_LIMIT_REACHED',
  'JOINING_LIMITED',
  'INVITE_EXPIRED',
];

const ORDER: readonly MembershipStatus[] = ['pending', 'left', 'invited', 'joined', 'removed'];

/** Where one answer is asked for and there are several, the one that most needs a person. */
export function foremost<Membership extends Standing>(memberships: readonly Membership[]): Membership | undefined {
  return [...memberships].sort((a, b) => rank(a) - rank(b))[0];
}

function rank({ status, reason }: Standing): number {
  const pressing = PRESSING.indexOf(reason);
  return pressing >= 0 ? pressing : PRESSING.length + ORDER.indexOf(status);
}
