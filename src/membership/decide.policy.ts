import {
  type Account,
  type Claim,
  isIdle,
  isKeptByFrozen,
  isOpenEnd,
  policyOf,
  rolesOf,
  type Seen,
  sideOf,
  wasBroughtIn,
} from './claim.policy';
import { isExcluded } from './exclusion.policy';
import { desiredRoles, mayHoldUnseen, missingRole, surplusRole } from './roles.policy';
import { settle, type Settlement } from './settle.policy';

/**
 * The whole policy, in one pure function: given what is wanted of one Discord account in one server and what is known of
 * it there, which single step comes next, or how everything stands when no step is left.
 *
 * Shapes: one `Claim` per membership that concerns the account (courses share servers, accounts are swapped); the account
 * is in the server as long as any claim wants it there.
 */

/** One Discord call. */
export type Step =
  | { readonly type: 'look' }
  | { readonly type: 'add'; readonly roleIds: readonly string[] }
  | { readonly type: 'invite'; readonly membershipId: string; readonly roleIds: readonly string[] }
  | { readonly type: 'revoke-invite'; readonly membershipId: string; readonly code: string }
  | { readonly type: 'grant-role'; readonly roleId: string }
  | { readonly type: 'revoke-role'; readonly roleId: string }
  | { readonly type: 'kick' };

export type Decision = { readonly step: Step } | { readonly step: null; readonly settlements: readonly Settlement[] };

/** @param claims every membership in the server that concerns the account; at least one. */
export function decide(claims: readonly Claim[], account: Account, seen: Seen, now: Date): Decision {
  const sides = claims.map((claim) => ({ claim, side: sideOf(claim, seen, now) }));
  const wanting = sides.filter(({ side }) => side === 'wants').map(({ claim }) => claim);
  const keeping = sides.filter(({ side }) => side === 'grace').map(({ claim }) => claim);
  const ended = sides.filter(({ side }) => side === 'ended').map(({ claim }) => claim);

  // An open invite that is of no use any more is taken back before anything else, so that nobody comes in by it later: who
  // may not come in, and who is in already (by another way: an invite that was used is gone).
  for (const claim of claims) {
    const isOfUse = wanting.includes(claim) && seen.presence !== 'present' && !claim.invite?.isHalfRevoked;
    if (claim.invite && claim.invite.expiresAt > now && !isIdle(claim) && !isOfUse) {
      return { step: { type: 'revoke-invite', membershipId: claim.membershipId, code: claim.invite.code } };
    }
  }

  const step = account.discordUserId === null ? null : nextStep(wanting, keeping, ended, claims, account, seen, now);
  if (step) return { step };
  return { step: null, settlements: claims.map((claim) => settle(claim, claims, wanting, account, seen, now)) };
}

function nextStep(
  wanting: readonly Claim[],
  keeping: readonly Claim[],
  ended: readonly Claim[],
  claims: readonly Claim[],
  account: Account,
  seen: Seen,
  now: Date,
): Step | null {
  if (wanting.length > 0 && seen.presence !== 'present') {
    if (account.refusal !== null || account.grant === 'unavailable') return null;
    // Who was in by us is in as far as anybody has told.
    const areIn = wanting.some((claim) => claim.status === 'joined' && claim.acted);
    if (account.grant === 'usable' && !(areIn && seen.presence === 'unknown'))
      return { type: 'add', roleIds: desiredRoles(wanting, seen) };
    // They may be in already, by their own way: that costs one look, an invite would cost more.
    if (seen.presence === 'unknown') return { type: 'look' };
    return inviteStep(wanting, seen, now);
  }

  // Ended before we ever did anything: nothing to undo, nothing to ask. A grace is for whoever is in: that has to be known.
  const unfinished = [...ended, ...keeping].filter(
    (claim) => !claim.notReady && (rolesOf(claim).length > 0 || claim.acted || claim.status === 'joined'),
  );
  if (seen.presence === 'unknown' && unfinished.length > 0) return { type: 'look' };
  if (seen.presence !== 'present') return null;

  const missing = missingRole(wanting, seen);
  if (missing !== null) return { type: 'grant-role', roleId: missing };

  if (seen.isProtected === null && mayHoldUnseen(claims, seen, now)) return { type: 'look' };
  const kick = wanting.length === 0 && keeping.length === 0 ? kickStep(ended, claims, seen, now) : null;
  if (kick) return kick;
  const surplus = surplusRole(claims, seen, now);
  return surplus === null ? null : { type: 'revoke-role', roleId: surplus };
}

/** One invite serves the whole server; an expired one is renewed when somebody asks, not by itself. */
function inviteStep(wanting: readonly Claim[], seen: Seen, now: Date): Step | null {
  if (wanting.some((claim) => claim.invite !== null && claim.invite.expiresAt > now)) return null;
  const claim = wanting.find((candidate) => candidate.invite === null);
  return claim ? { type: 'invite', membershipId: claim.membershipId, roleIds: desiredRoles(wanting, seen) } : null;
}

/** The kick, or the look that has to come before it; null when the person stays. */
function kickStep(ended: readonly Claim[], claims: readonly Claim[], seen: Seen, now: Date): Step | null {
  const over = [...ended, ...claims.filter((claim) => claim.frozen && claim.current && !isExcluded(claim))];
  if (ended.every((claim) => claim.notReady) || policyOf(over) !== 'KICK' || isKeptByFrozen(claims, now)) return null;
  if (!ended.some((claim) => isOpenEnd(claim) && wasBroughtIn(claim, claims, seen))) return null;
  if (seen.isProtected === null) return { type: 'look' };
  return seen.isProtected ? null : { type: 'kick' };
}
