import { type Account, type Claim, type Seen } from '../../src/membership/claim.policy';
import { decide, type Step } from '../../src/membership/decide.policy';
import { type Settlement } from '../../src/membership/settle.policy';

export const NOW = new Date('2026-06-01T12:00:00Z');
export const BEFORE = new Date('2026-05-01T12:00:00Z');
export const LATER = new Date('2026-07-01T12:00:00Z');
export const LONG_AGO = new Date('2020-01-01T00:00:00Z');

/** Enrolled and linked, and nothing has been done yet. */
export const CLAIM: Claim = {
  membershipId: 'm1',
  enrolled: true,
  frozen: false,
  notReady: false,
  current: true,
  leftByChoice: false,
  removedByStaff: false,
  removedByModerator: false,
  banned: false,
  requested: false,
  autoInvite: true,
  adoptExisting: false,
  roleAfterScreening: false,
  driftPolicy: 'REPAIR',
  removalPolicy: 'KICK',
  removalsPaused: false,
  removal: null,
  removalDueAt: null,
  expiresAt: null,
  roleId: 'student',
  grantedRoleId: null,
  leftOverRoleIds: [],
  acted: false,
  broughtInByUs: false,
  status: 'pending',
  reason: 'QUEUED',
  since: BEFORE,
  invite: null,
};
export const ACCOUNT: Account = { discordUserId: '1', grant: 'usable', refusal: null };
export const UNKNOWN: Seen = {
  presence: 'unknown',
  roles: [],
  outOfReach: [],
  joinedAt: null,
  pending: false,
  isProtected: null,
};
export const ABSENT: Seen = { ...UNKNOWN, presence: 'absent', isProtected: false };
export const PRESENT: Seen = {
  presence: 'present',
  roles: ['student'],
  outOfReach: [],
  joinedAt: NOW,
  pending: false,
  isProtected: false,
};
/** Brought in by us, with the role. */
export const JOINED: Claim = {
  ...CLAIM,
  status: 'joined',
  reason: 'ADDED',
  acted: true,
  broughtInByUs: true,
  grantedRoleId: 'student',
};
/** Over, and let through by the brake. */
export const ENDED: Claim = { ...JOINED, enrolled: false, removalDueAt: BEFORE, removal: 'cleared' };

/** The one call that comes next. */
export function stepOf(claims: Claim[], seen: Seen, account = ACCOUNT): Step | null {
  return decide(claims, account, seen, NOW).step;
}

/** How the memberships stand when no call is left. */
export function outcomesOf(claims: Claim[], seen: Seen, account = ACCOUNT): (Settlement['outcome'] | 'step')[] {
  const decision = decide(claims, account, seen, NOW);
  return decision.step ? ['step'] : decision.settlements.map((settlement) => settlement.outcome);
}
