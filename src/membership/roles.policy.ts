import { awaitsBrake, type Claim, isOnHold, policyOf, rolesOf, type Seen } from './claim.policy';
import { isExcluded } from './exclusion.policy';

/** Of those, the one to remember while nothing is done for the claim. */
export function roleKept(claim: Claim): string | null {
  return rolesOf(claim)[0] ?? null;
}

/** RESPECT: a role that we gave and somebody took away stays away. Whoever has only been invited has not had it yet. */
export function mayGrant(claim: Claim): boolean {
  return claim.driftPolicy === 'REPAIR' || claim.grantedRoleId !== claim.roleId || claim.status === 'invited';
}

export function losesRole(roleId: string, claim: Claim, claims: readonly Claim[], seen: Seen, now: Date): boolean {
  if ((claim.enrolled || claim.removal === 'restored') && claim.current && !isExcluded(claim))
    return claim.roleId !== roleId;
  if (!claim.current || isExcluded(claim)) return policyOf(claims) !== 'KEEP' || claim.current;
  if (isOnHold(claim) || awaitsBrake(claim, now, seen)) return false;
  return claim.removalPolicy !== 'KEEP' && (claim.removalDueAt === null || claim.removalDueAt <= now);
}

export function desiredRoles(wanting: readonly Claim[], seen: Seen): string[] {
  const roles = wanting
    // Whether a newcomer has to pass the screening is only seen once they are in.
    .filter((claim) => !claim.roleAfterScreening || (seen.presence === 'present' && !seen.pending))
    .flatMap((claim) => claim.roleId ?? []);
  return [...new Set(roles)].sort();
}

/** The role of this claim that the account holds now: ours to take away later. */
export function roleHeld(claim: Claim, seen: Seen): string | null {
  // What could not be exchanged for the new role yet stays ours.
  if (claim.notReady && roleKept(claim) !== null) return roleKept(claim);
  if ((claim.enrolled || claim.removal === 'restored') && claim.current && claim.roleId !== null) {
    if (seen.roles.includes(claim.roleId)) return claim.roleId;
    // RESPECT remembers that the role was given once, so that it is not given again.
    return claim.driftPolicy === 'RESPECT' ? claim.grantedRoleId : null;
  }
  return rolesOf(claim).find((role) => seen.roles.includes(role)) ?? null;
}
