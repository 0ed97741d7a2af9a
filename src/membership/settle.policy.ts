import {
  type Account,
  awaitsBrake,
  type Claim,
  isDoubted,
  isInGrace,
  isKeptByFrozen,
  isKeptByUnready,
  isOnHold,
  isOpenEnd,
  mayComeIn,
  type MembershipReason,
  type MembershipStatus,
  policyOf,
  rolesOf,
  type Seen,
  sideOf,
  wasBroughtIn,
} from './claim.policy';
import { exclusionOf, isExcluded } from './exclusion.policy';
import { isOthers, roleHeld, rolesLeftOver } from './roles.policy';

/** How one membership stands when no step is left. */
export interface Settlement {
  readonly membershipId: string;
  /** Null: the account is not the current one any more; only what we did on it is forgotten. */
  readonly outcome: { readonly status: MembershipStatus; readonly reason: MembershipReason } | null;
  /** The role that is now given for this claim. */
  readonly grantedRoleId: string | null;
  /** What else the account holds by our doing. */
  readonly leftOverRoleIds: readonly string[];
  readonly broughtInByUs: boolean;
  /** Nothing was seen that tells more of the account than is known: all that we did on it stays known as it is. */
  readonly asKnown: boolean;
  /** When to look again although nothing changes: the end of a grace, of an invite or of the enrollment. */
  readonly dueAt: Date | null;
}

/** After this long a student's token is asked for again when Discord could not be asked, milliseconds. */
const GRANT_RETRY = 60_000;
/** After this long a due removal is looked at again that the brake had not seen, milliseconds. */
const BRAKE_RETRY = 1_000;

export function settle(
  claim: Claim,
  claims: readonly Claim[],
  wanting: readonly Claim[],
  account: Account,
  seen: Seen,
  now: Date,
): Settlement {
  const present = seen.presence === 'present';
  const settled = (status: MembershipStatus, reason: MembershipReason, dueAt: Date | null = null): Settlement => ({
    membershipId: claim.membershipId,
    outcome: { status, reason },
    grantedRoleId: present ? roleHeld(claim, seen) : null,
    leftOverRoleIds: present ? rolesLeftOver(claim, claims, seen, now) : [],
    broughtInByUs: present && wasBroughtIn(claim, claims, seen),
    asKnown: seen.presence === 'unknown',
    dueAt,
  });
  const asKnown = {
    grantedRoleId: claim.grantedRoleId,
    leftOverRoleIds: claim.leftOverRoleIds,
    broughtInByUs: claim.broughtInByUs,
    asKnown: true,
  };

  if (claim.frozen || (claim.notReady && isUnfinished(claim, seen))) {
    return {
      membershipId: claim.membershipId,
      outcome: claim.current ? { status: claim.status, reason: claim.reason } : null,
      ...asKnown,
      dueAt: null,
    };
  }
  if (!claim.current) return { ...settled(claim.status, claim.reason), outcome: null, grantedRoleId: null };
  const exclusion = exclusionOf(claim);
  if (exclusion !== null) return settled('removed', exclusion);

  if (!claim.enrolled) {
    if (claim.removal === 'restored') return settleRestored(claim, wanting, account, seen, settled, now);
    // What was given is remembered until it is to go, also where it is missing as far as was told last.
    const given = (stands: Settlement): Settlement => ({
      ...stands,
      grantedRoleId: stands.grantedRoleId ?? claim.grantedRoleId,
    });
    if (present && isOnHold(claim)) return given(settled('joined', 'REMOVAL_HELD'));
    if (present && isInGrace(claim, now)) return given(settled('joined', 'GRACE_PERIOD', claim.removalDueAt));
    // As it stands, and again in a moment: the brake has not looked at it yet, or not at another one, which keeps the person
    // until then. So nothing is forgotten of what was done for this one.
    if (present && claims.some((other) => awaitsBrake(other, now, seen)))
      return given(settled(claim.status, claim.reason, new Date(now.getTime() + BRAKE_RETRY)));
    const removed = (reason: MembershipReason, dueAt: Date | null = null): Settlement => {
      const stands = settled('removed', reason, dueAt);
      const { grantedRoleId: role } = stands;
      return role !== null && isOthers(role, claim, claims, seen, now) ? { ...stands, grantedRoleId: null } : stands;
    };
    if (present && (wanting.length > 0 || isKeptByFrozen(claims, now) || isKeptByUnready(claims, seen, now)))
      return removed('STILL_ENROLLED_ELSEWHERE');
    if (present && claim.removalPolicy === 'KICK' && policyOf(claims) === 'KICK') {
      // Another course's grace keeps the person; this course looks again when that is over.
      const later = claims.flatMap((other) =>
        other.removalDueAt !== null && other.removalDueAt > now ? [other.removalDueAt] : [],
      );
      if (later.length > 0) return removed('STILL_ENROLLED_ELSEWHERE', new Date(Math.max(...later.map(Number))));
      // So does one whose own removal is held, or stopped.
      if (claims.some((other) => sideOf(other, seen, now) === 'grace')) return removed('STILL_ENROLLED_ELSEWHERE');
      // A guest: their policy was milder when they stayed, or a course kept them that is not connected with the server any more.
      const isGuest = claim.status === 'removed' && claim.reason !== 'PROTECTED_MEMBER' && !isOpenEnd(claim);
      return removed(isGuest ? 'ENROLLMENT_ENDED' : 'PROTECTED_MEMBER');
    }
    return removed('ENROLLMENT_ENDED');
  }

  if (isDoubted(claim, seen)) return { ...settled('joined', 'REMOVAL_HELD', claim.expiresAt), ...asKnown };
  if (claim.leftByChoice && !present) return settled('left', 'LEFT_BY_CHOICE', claim.expiresAt);
  if (present)
    return settled('joined', seen.pending ? 'SCREENING_PENDING' : joinedReason(claim, claims, seen), claim.expiresAt);
  return settleOutside(claim, wanting, account, settled, now);
}

/** Somebody who should be in, or may come in, and is not. */
function settleOutside(
  claim: Claim,
  wanting: readonly Claim[],
  account: Account,
  settled: (status: MembershipStatus, reason: MembershipReason, dueAt?: Date | null) => Settlement,
  now: Date,
): Settlement {
  if (account.discordUserId === null) return settled('pending', 'ACCOUNT_NOT_LINKED', claim.expiresAt);
  if (claim.notReady) return settleUnready(claim, settled, now);
  if (!wanting.includes(claim)) return settled('pending', 'NOT_INVITED', claim.expiresAt);
  if (account.refusal !== null) return settled('pending', account.refusal, claim.expiresAt);
  if (account.grant === 'unavailable')
    return settled('pending', 'DISCORD_UNAVAILABLE', new Date(now.getTime() + GRANT_RETRY));

  const invites = wanting.flatMap((other) => other.invite ?? []);
  const open = invites.find((invite) => invite.expiresAt > now);
  const { grantedRoleId } = claim;
  if (open) return { ...settled('invited', 'INVITE_OPEN', earliest(open.expiresAt, claim.expiresAt)), grantedRoleId };
  if (invites.length > 0) return { ...settled('invited', 'INVITE_EXPIRED', claim.expiresAt), grantedRoleId };
  return settled('pending', account.grant === 'dead' ? 'CONNECTION_REVOKED' : 'QUEUED', claim.expiresAt);
}

/** Outside, and kept there by what is wrong with this course's role or channel; an invite that is open can be used. */
function settleUnready(
  claim: Claim,
  settled: (status: MembershipStatus, reason: MembershipReason, dueAt?: Date | null) => Settlement,
  now: Date,
): Settlement {
  if (claim.invite && claim.invite.expiresAt > now) {
    const { grantedRoleId } = claim;
    return { ...settled('invited', 'INVITE_OPEN', earliest(claim.invite.expiresAt, claim.expiresAt)), grantedRoleId };
  }
  if (!mayComeIn(claim) && claim.removal !== 'restored') return settled('pending', 'NOT_INVITED', claim.expiresAt);
  return settled('pending', 'SERVER_NOT_READY', claim.expiresAt);
}

/**
 * Access has ended and something of ours may still be there, which only a call could undo, or only a call could tell whether
 * they are still in: it waits as it stands.
 */
function isUnfinished(claim: Claim, seen: Seen): boolean {
  if (!claim.current || (seen.presence === 'unknown' && claim.status === 'joined')) return true;
  if ((claim.enrolled || claim.removal === 'restored') && !isExcluded(claim)) return false;
  if (claim.invite !== null || seen.presence === 'present') return true;
  return seen.presence === 'unknown' && (claim.acted || rolesOf(claim).length > 0);
}

/** Somebody whose removal was undone: in as if enrolled, until the enrollment changes or staff removes them. */
function settleRestored(
  claim: Claim,
  wanting: readonly Claim[],
  account: Account,
  seen: Seen,
  settled: (status: MembershipStatus, reason: MembershipReason, dueAt?: Date | null) => Settlement,
  now: Date,
): Settlement {
  if (seen.presence === 'present') return settled('joined', 'REMOVAL_HELD');
  if (claim.leftByChoice) return settled('left', 'LEFT_BY_CHOICE');
  return settleOutside(claim, wanting, account, settled, now);
}

function joinedReason(claim: Claim, claims: readonly Claim[], seen: Seen): MembershipReason {
  if (claim.status === 'joined' && ['ADDED', 'USED_INVITE', 'ALREADY_MEMBER'].includes(claim.reason))
    return claim.reason;
  // Known of somebody who is only now in: we have just added them, whatever invite they held.
  if (claim.broughtInByUs) return 'ADDED';
  if (claim.invite !== null || claim.status === 'invited') return 'USED_INVITE';
  return wasBroughtIn(claim, claims, seen) && claim.acted ? 'ADDED' : 'ALREADY_MEMBER';
}

function earliest(a: Date, b: Date | null): Date {
  return b !== null && b < a ? b : a;
}
