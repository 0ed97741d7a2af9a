import { type APIGuildMember } from 'discord-api-types/v10';
import { type AccountView, attemptOn, type MembershipRow } from './account-view';
import { type Account, awaitsBrake, type Claim, isDoubted, type Seen } from './claim.policy';
import { decide } from './decide.policy';
import { type GuildFacts } from './guild-facts';
import { asOfThisStay } from './stay.policy';

/** One account as the member list shows it, and what is to be done about it. */
export interface Difference {
  readonly view: AccountView;
  /** The view's claims, with what the list tells of somebody who was in before and is not any more. */
  readonly claims: readonly Claim[];
  readonly seen: Seen;
  /** The memberships that are not as they should be. */
  readonly differing: ReadonlySet<string>;
  /** Those whose students have left: joined before, absent now, and no removal of ours. */
  readonly left: ReadonlySet<string>;
  /** The same of a course of which too many are missing at once to be believed. */
  readonly doubted: ReadonlySet<string>;
}

/** One account as the member list shows it, before anything is concluded from who is missing. */
export interface Sight {
  readonly view: AccountView;
  readonly seen: Seen;
  /** Those of whom too many at once would not be believed to have left. */
  readonly missing: readonly MembershipRow[];
  /** Brought back by an undo, and gone again: with the next list that shows them they are back, so no person has to say it. */
  readonly goneAgain: readonly MembershipRow[];
}

/** @param startedAt when the list was begun */
export function sightOf(
  view: AccountView,
  members: ReadonlyMap<string, APIGuildMember>,
  facts: GuildFacts,
  startedAt: Date,
): Sight {
  const member = view.account.discordUserId === null ? undefined : members.get(view.account.discordUserId);
  const seen = member ? presentOf(member, facts) : absentOf(view, startedAt);
  // Whoever a call of ours was about may be gone by that; of a student who has exchanged accounts the former one joined.
  const isOurDoing = view.rows.some(
    (row) =>
      attemptOn(row, view.account.discordUserId) !== null ||
      row.traces.some(({ account, taking }) => taking === 'person' && account === view.account.discordUserId),
  );
  const gone = view.claims.filter(
    (claim) =>
      seen.presence === 'absent' &&
      !isOurDoing &&
      claim.current &&
      claim.status === 'joined' &&
      !claim.leftByChoice &&
      !isDoubted(claim, seen),
  );
  const rowsOf = (claims: readonly Claim[]) =>
    view.rows.filter(
      (row) =>
        row.actedDiscordUserId === view.account.discordUserId &&
        claims.some(({ membershipId }) => membershipId === row.id),
    );
  return {
    view,
    seen,
    missing: rowsOf(gone.filter(({ enrolled }) => enrolled)),
    goneAgain: rowsOf(gone.filter(({ enrolled, removal }) => !enrolled && removal === 'restored')),
  };
}

/** @param doubtedCourses those of which so many are missing at once that nobody is taken to have left */
export function differenceOf(
  { view, seen, missing, goneAgain }: Sight,
  doubtedCourses: ReadonlySet<string>,
  now: Date,
): Difference {
  const isIn = (courses: boolean) =>
    new Set(missing.filter((row) => doubtedCourses.has(row.courseId) === courses).map((row) => row.id));
  const doubted = isIn(true);
  const left = new Set([...isIn(false), ...goneAgain.map(({ id }) => id)]);
  const claims: Claim[] = asOfThisStay(view.claims, view.told, seen).map((claim) => {
    if (doubted.has(claim.membershipId)) return { ...claim, removal: 'held' };
    return left.has(claim.membershipId) ? { ...claim, leftByChoice: true } : claim;
  });
  return { view, claims, seen, differing: differing(view, claims, seen, now), left, doubted };
}

/** The memberships of an account that are not as they should be; those of a course that has no stake in it are left out. */
function differing(view: AccountView, claims: readonly Claim[], seen: Seen, now: Date): ReadonlySet<string> {
  const decision = decide(claims, { ...view.account, refusal: lastingRefusal(view) }, seen, now);
  // Nothing is done before the brake has looked, which it does once the membership is marked.
  const waiting = claims.filter((claim) => awaitsBrake(claim, now, seen)).map((claim) => claim.membershipId);
  if (decision.step === null) {
    const changed = decision.settlements.filter((settlement) => {
      const row = view.rows.find((candidate) => candidate.id === settlement.membershipId);
      if (!row || settlement.outcome === null) return row?.actedDiscordUserId === view.account.discordUserId;
      return settlement.outcome.status !== row.status || settlement.outcome.reason !== row.reason;
    });
    return new Set([...waiting, ...changed.map((settlement) => settlement.membershipId)]);
  }
  const concerned = view.rows.filter(
    (row) => row.enrolled || row.status !== 'removed' || row.grantedRoleId !== null || row.inviteCode !== null,
  );
  return new Set([...waiting, ...(concerned.length > 0 ? concerned : view.rows).map((row) => row.id)]);
}

/**
 * What Discord has said of this person costs no second call: it is asked again when something about them changes. It was said
 * of the course that wanted them; another one may wait for something else.
 */
function lastingRefusal(view: AccountView): Account['refusal'] {
  for (const { current, status, reason } of view.claims) {
    if (!current || status !== 'pending') continue;
    if (reason === 'GUILD_LIMIT_REACHED' || reason === 'JOINING_LIMITED' || reason === 'BANNED') return reason;
  }
  return null;
}

function presentOf(member: APIGuildMember, facts: GuildFacts): Seen {
  return {
    presence: 'present',
    roles: member.roles,
    outOfReach: facts.outOfReach(member.roles),
    joinedAt: member.joined_at === null ? null : new Date(member.joined_at),
    pending: member.pending ?? false,
    isProtected: facts.isProtected(member),
  };
}

/** Absence counts only of somebody who was last seen before the list was begun: a newcomer may be on a page already read. */
function absentOf(view: AccountView, startedAt: Date): Seen {
  if (view.account.discordUserId === null || (view.seenAt !== null && view.seenAt >= startedAt)) return view.seen;
  return { presence: 'absent', roles: [], outOfReach: [], joinedAt: null, pending: false, isProtected: null };
}
