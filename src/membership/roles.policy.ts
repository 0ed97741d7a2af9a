import { awaitsBrake, type Claim, isIdle, isOnHold, policyOf, rolesOf, type Seen, sideOf } from './claim.policy';
import { isExcluded } from './exclusion.policy';

/** The roles that an account gets by being wanted. */
export function desiredRoles(wanting: readonly Claim[], seen: Seen): string[] {
  const roles = wanting
    // Whether a newcomer has to pass the screening is only seen once they are in.
    .filter((claim) => !claim.roleAfterScreening || (seen.presence === 'present' && !seen.pending))
    .flatMap((claim) => claim.roleId ?? []);
  return [...new Set(roles)].sort();
}

/** One of them that the account has not got and is to be given. */
export function missingRole(wanting: readonly Claim[], seen: Seen): string | null {
  const desired = desiredRoles(wanting, seen);
  const claim = wanting.find(
    ({ roleId, ...rest }) =>
      roleId !== null && desired.includes(roleId) && !seen.roles.includes(roleId) && mayGrant({ roleId, ...rest }),
  );
  return claim?.roleId ?? null;
}

/** RESPECT: a role that we gave and somebody took away stays away. Whoever has only been invited has not had it yet. */
function mayGrant(claim: Claim): boolean {
  return claim.driftPolicy === 'REPAIR' || claim.grantedRoleId !== claim.roleId || claim.status === 'invited';
}

/** A role that the account holds by our doing and is to lose. */
export function surplusRole(claims: readonly Claim[], seen: Seen, now: Date): string | null {
  const roles = claims.flatMap((claim) => rolesToLose(claim, claims, seen, now));
  return roles.find((role) => seen.roles.includes(role) && !seen.outOfReach.includes(role)) ?? null;
}

/**
 * Whether a role that we gave and that is to go is missing already, as far as was told last: that can be older than the
 * giving, so it is not forgotten by it.
 */
export function mayHoldUnseen(claims: readonly Claim[], seen: Seen, now: Date): boolean {
  return claims.some(
    (claim) =>
      !isToHaveRole(claim) &&
      claim.grantedRoleId !== null &&
      !seen.roles.includes(claim.grantedRoleId) &&
      rolesToLose(claim, claims, seen, now).includes(claim.grantedRoleId),
  );
}

function rolesToLose(claim: Claim, claims: readonly Claim[], seen: Seen, now: Date): string[] {
  if (isIdle(claim)) return [];
  const kept = keptBy(claims, seen, now);
  // Staff has the last word on what their own course gave.
  const left = isExcluded(claim) ? [] : claims.filter(leavesItsRoles).flatMap(rolesOf);
  return rolesOf(claim).filter(
    (role) => !kept.has(role) && !left.includes(role) && losesRole(role, claim, claims, seen, now),
  );
}

/** The roles that these claims keep on the account. */
function keptBy(claims: readonly Claim[], seen: Seen, now: Date): ReadonlySet<string> {
  return new Set(
    claims.flatMap((claim) => {
      const side = sideOf(claim, seen, now);
      const wanted = side === 'wants' && claim.roleId !== null ? [claim.roleId] : [];
      return side === 'grace' || isIdle(claim) ? [...wanted, ...rolesOf(claim)] : wanted;
    }),
  );
}

/** Its policy leaves the student, when access ends, what was given for it: also where another course gave the same. */
function leavesItsRoles(claim: Claim): boolean {
  return claim.current && !isToHaveRole(claim) && !isExcluded(claim) && claim.removalPolicy === 'KEEP';
}

/**
 * It is another course's: wanted by it, or left by it to the student. So it is none of this claim's to remember once access
 * has ended, unless it is one that leaves it, too.
 */
export function isOthers(roleId: string, claim: Claim, claims: readonly Claim[], seen: Seen, now: Date): boolean {
  if (leavesItsRoles(claim)) return false;
  return claims.some(
    (other) =>
      other !== claim &&
      ((other.roleId === roleId && sideOf(other, seen, now) === 'wants') ||
        (leavesItsRoles(other) && rolesOf(other).includes(roleId))),
  );
}

function losesRole(roleId: string, claim: Claim, claims: readonly Claim[], seen: Seen, now: Date): boolean {
  if (isToHaveRole(claim)) return claim.roleId !== roleId;
  if (isExcluded(claim) && claim.current) return true;
  // Of whoever has the account now, and is to have a role by it, the policy says nothing yet.
  if (!claim.current) return policyOf(claims.filter((other) => !isToHaveRole(other))) !== 'KEEP';
  // Nothing is taken before the brake has looked at every membership: what is taken is told with the end of the one it was for.
  if (isOnHold(claim) || claims.some((other) => awaitsBrake(other, now, seen))) return false;
  return claim.removalPolicy !== 'KEEP' && (claim.removalDueAt === null || claim.removalDueAt <= now);
}

function isToHaveRole(claim: Claim): boolean {
  return (claim.enrolled || claim.removal === 'restored') && claim.current && !isExcluded(claim);
}

/** The role of this claim that the account holds now: ours to take away later. */
export function roleHeld(claim: Claim, seen: Seen): string | null {
  // What could not be exchanged for the new role yet stays ours.
  if (claim.notReady && claim.grantedRoleId !== null) return claim.grantedRoleId;
  if ((claim.enrolled || claim.removal === 'restored') && claim.current && claim.roleId !== null) {
    if (seen.roles.includes(claim.roleId)) return claim.roleId;
    // RESPECT remembers that the role was given once, so that it is not given again.
    return claim.driftPolicy === 'RESPECT' ? claim.grantedRoleId : null;
  }
  return rolesOf(claim).find((role) => seen.roles.includes(role)) ?? null;
}

/**
 * Whatever else the account holds by our doing when nothing is left to do: of an account that was exchanged, what we cannot
 * take away. What another claim gives is that one's to remember; of two that only keep it both do.
 */
export function rolesLeftOver(claim: Claim, claims: readonly Claim[], seen: Seen, now: Date): string[] {
  const others = claims.filter((other) => other !== claim && other.current);
  const given = others.map((other) => (isIdle(other) ? other.grantedRoleId : roleHeld(other, seen)));
  const held = claim.current ? roleHeld(claim, seen) : null;
  return rolesOf(claim).filter(
    (role) =>
      role !== held &&
      seen.roles.includes(role) &&
      !given.includes(role) &&
      (claim.current || losesRole(role, claim, claims, seen, now)),
  );
}
