import { type AccountView } from './account-view';
import { type Claim, type Seen } from './claim.policy';
import { isExcluded } from './exclusion.policy';
import { type GuildFacts } from './guild-facts';
import { rehearse } from './sync-plan.policy';

/**
 * What becomes of somebody in a server once staff has removed them from a course: kicked; there without the course's role
 * (ROLE), also because nobody may kick them (PROTECTED); there because of another course; there as they are; not there
 * anyway; or nothing yet, because the course cannot be served (PAUSED).
 */
export type RemovalOutcome = 'KICK' | 'ROLE' | 'PROTECTED' | 'OTHER_COURSE' | 'STAYS' | 'ABSENT' | 'PAUSED';

export interface RemovalForecast {
  readonly outcome: RemovalOutcome;
  /** The courses that keep the person. */
  readonly keptBy: readonly string[];
}

/**
 * The removal as the reconciler would do it, with Discord doing as it is asked.
 * @param view of the account that the student has linked now, or of the student without one
 */
export function forecastRemoval(
  view: AccountView,
  membershipId: string,
  seen: Seen,
  facts: GuildFacts,
  now: Date,
): RemovalForecast {
  const isOwn = (claim: Claim) => claim.membershipId === membershipId;
  const claims = view.claims.map((claim): Claim =>
    isOwn(claim) ? { ...claim, removedByStaff: true, requested: false, leftByChoice: false } : claim,
  );
  const own = claims.find(isOwn);
  if (own?.frozen || own?.notReady) return { outcome: 'PAUSED', keptBy: [] };
  if (seen.presence !== 'present') return { outcome: 'ABSENT', keptBy: [] };
  const { steps } = rehearse(view, claims, seen, facts, now);
  if (steps.some(({ type }) => type === 'kick')) return { outcome: 'KICK', keptBy: [] };

  const keeping = claims.filter((claim) => !isOwn(claim) && claim.current && !isExcluded(claim) && keeps(claim));
  const keptBy = keeping.flatMap((claim) => view.rows.find((row) => row.id === claim.membershipId)?.courseId ?? []);
  if (keptBy.length > 0) return { outcome: 'OTHER_COURSE', keptBy };
  if (claims.every((claim) => claim.removalPolicy === 'KICK')) return { outcome: 'PROTECTED', keptBy };
  return { outcome: steps.some(({ type }) => type === 'revoke-role') ? 'ROLE' : 'STAYS', keptBy };
}

/** Somebody who is enrolled, or whose grace lasts or removal waits, is kept by that course. */
function keeps(claim: Claim): boolean {
  return claim.enrolled ? !claim.leftByChoice : claim.status === 'joined';
}
