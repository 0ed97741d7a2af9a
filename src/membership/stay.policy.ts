import { type Claim, type Seen } from './claim.policy';

/**
 * A stay is the time from an account's coming into a server to its going. Discord tells of the stay by when it began; that
 * one has ended is sometimes not told. What was given in a former stay went with it, by nobody's taking.
 */

/** @param told what was last told of the account */
export function isNewStay(told: Seen, seen: Seen): boolean {
  return told.joinedAt !== null && seen.joinedAt !== null && seen.joinedAt > told.joinedAt;
}

/** The claims as they are in the stay that is seen now. @param told what was last told of the account */
export function asOfThisStay(claims: readonly Claim[], told: Seen, seen: Seen): Claim[] {
  if (!isNewStay(told, seen)) return [...claims];
  return claims.map((claim) =>
    claim.grantedRoleId !== null && !seen.roles.includes(claim.grantedRoleId)
      ? { ...claim, grantedRoleId: null }
      : claim,
  );
}

/** SQL: the role that stays given for the membership m when its account is seen with these roles, in since then. */
export function grantedInStay(account: string, joinedAt: string, roles: string): string {
  return `CASE WHEN ${joinedAt} > m.seen_joined_at AND m.seen_discord_user_id = ${account} AND m.acted_discord_user_id = ${account}
    AND NOT m.granted_role_id = ANY(${roles}) THEN NULL ELSE m.granted_role_id END`;
}
