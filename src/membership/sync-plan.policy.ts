import { ABSENT, AccountRun, MAX_STEPS } from './account-run';
import { type AccountView, type MembershipRow } from './account-view';
import { type Difference } from './difference.policy';
import { awaitsBrake, type Claim, isDoubted, type MembershipReason, type Seen } from './claim.policy';
import { decide, type Step } from './decide.policy';
import { isExcluded } from './exclusion.policy';
import { type GuildFacts } from './guild-facts';
import { type Settlement } from './settle.policy';

/** What a sync does to one person; NONE: nothing, and the reason says why. In the order in which a plan lists them. */
export const SYNC_ACTIONS = ['ADD', 'INVITE', 'GRANT_ROLE', 'REVOKE_ROLE', 'KICK', 'NONE'] as const;
export type SyncActionType = (typeof SYNC_ACTIONS)[number];

/** One line of a plan. */
export interface PlannedAction {
  readonly userId: string;
  readonly discordUserId: string | null;
  readonly action: SyncActionType;
  readonly reason: MembershipReason;
  /** The courses that keep or bring the person, the one that says most first. */
  readonly keptBy: readonly string[];
}

/** What a sync of one course would do in one server. */
export interface Plan {
  readonly actions: readonly PlannedAction[];
  /** How many of the course's memberships need nothing done in Discord. */
  readonly unchanged: number;
  readonly held: boolean;
}

/** Which of Discord's calls a plan tells of. Looking, and taking an unused invite back, change nobody's place or role. */
const ACTION_OF_STEP = {
  look: null,
  add: 'ADD',
  invite: 'INVITE',
  'revoke-invite': null,
  'grant-role': 'GRANT_ROLE',
  'revoke-role': 'REVOKE_ROLE',
  kick: 'KICK',
} as const satisfies Record<Step['type'], SyncActionType | null>;

const INVITE_LIFETIME = 24 * 3_600_000;

/**
 * What a sync would do: every account that differs is brought to its end by the rules that the reconciler follows, with
 * Discord doing as it is asked.
 * @param unheard by account, what nobody has heard of yet: it counts once the account is to lose something
 * @param heldCourses the courses whose removals the brake would hold
 */
export function planOf(
  found: readonly Difference[],
  unheard: ReadonlyMap<string, AccountView>,
  facts: GuildFacts,
  courseId: string,
  heldCourses: ReadonlySet<string>,
  now: Date,
): Plan {
  const actions: PlannedAction[] = [];
  let unchanged = 0;
  let held = false;
  const served = studentsServed(found, courseId);
  for (const difference of found) {
    const rows = difference.view.rows.filter((row) => row.courseId === courseId);
    if (rows.length === 0) {
      // A former account, brought here by another course: whoever is served is left by it, too. Not if it is somebody's.
      if (difference.view.rows.some((row) => row.linkedDiscordUserId === difference.view.account.discordUserId))
        continue;
      const theirs = difference.view.rows.filter((row) => row.linkedDiscordUserId !== null && served.has(row.userId));
      const done = actionsFor(judge(difference, heldCourses, now), unheard, facts, theirs, now);
      actions.push(...done.filter(({ action }) => action !== 'NONE'));
      continue;
    }
    const judged = judge(difference, heldCourses, now);
    const planned = actionsFor(judged, unheard, facts, rows, now);
    actions.push(...planned);
    held ||= rows.some((row) =>
      judged.claims.some((claim) => claim.membershipId === row.id && isHeld(claim, judged.seen)),
    );
    if (planned.every(({ action }) => action === 'NONE')) {
      unchanged += rows.filter((row) => row.linkedDiscordUserId === difference.view.account.discordUserId).length;
    }
  }
  return { actions: actions.sort(byAction), unchanged, held };
}

/** Those of whom the sync finds anything that is not as it should be. */
function studentsServed(found: readonly Difference[], courseId: string): ReadonlySet<string> {
  return new Set(
    found.flatMap(({ view, differing }) =>
      view.rows.filter((row) => row.courseId === courseId && differing.has(row.id)).map(({ userId }) => userId),
    ),
  );
}

/** Something is done to an account that its student has exchanged or disconnected: not to the student. */
export function isOfFormerAccount({ action, reason }: Pick<PlannedAction, 'action' | 'reason'>): boolean {
  return reason === 'ACCOUNT_NOT_LINKED' && action !== 'NONE';
}

/** The difference once the brake has looked at it. */
function judge(difference: Difference, heldCourses: ReadonlySet<string>, now: Date): Difference {
  const claims = difference.claims.map((claim): Claim => {
    if (!awaitsBrake(claim, now, difference.seen)) return claim;
    const row = difference.view.rows.find((candidate) => candidate.id === claim.membershipId);
    return { ...claim, removal: row && heldCourses.has(row.courseId) ? 'held' : 'cleared' };
  });
  return { ...difference, claims };
}

function isHeld(claim: Claim, seen: Seen): boolean {
  return (
    isDoubted(claim, seen) ||
    (claim.current && !claim.enrolled && claim.removal === 'held' && seen.presence === 'present')
  );
}

function actionsFor(
  difference: Difference,
  unheard: ReadonlyMap<string, AccountView>,
  facts: GuildFacts,
  rows: readonly MembershipRow[],
  now: Date,
): PlannedAction[] {
  const { view, claims, seen } = difference;
  const account = view.account.discordUserId;
  const row = rows.find((candidate) => candidate.linkedDiscordUserId === account) ?? rows[0];
  if (!row) return [];
  const claim = claims.find((candidate) => candidate.membershipId === row.id);
  const isWaiting = claim !== undefined && isHeld(claim, seen);
  if (!difference.differing.has(row.id) && !isWaiting) return [];

  const further = unheard.get(account ?? '') ?? null;
  const outcome = rehearse(view, claims, seen, facts, now, further);
  const settled = outcome.settlements.find((settlement) => settlement.membershipId === row.id)?.outcome;
  // Of an account that was exchanged: nobody has linked it any more.
  const reason = settled?.reason ?? 'ACCOUNT_NOT_LINKED';
  const line = (action: SyncActionType, why: MembershipReason, step?: Step): PlannedAction => ({
    userId: row.userId,
    discordUserId: account,
    action,
    reason: why,
    keptBy: keptBy(action, why, row, outcome.isHeard && further ? together(difference, further) : difference, step),
  });
  const done = difference.differing.has(row.id) ? outcome.steps : [];
  const lines = done.flatMap((step) => {
    const action = ACTION_OF_STEP[step.type];
    return action === null ? [] : [line(action, reason, step)];
  });
  if (isWaiting && !claim.enrolled) {
    // What happens once a person has confirmed it, and not before.
    const confirmed = claims.map((other): Claim => (isHeld(other, seen) ? { ...other, removal: 'cleared' } : other));
    const later = rehearse(view, confirmed, seen, facts, now, further).steps.filter(
      (step) => !done.some((other) => JSON.stringify(other) === JSON.stringify(step)),
    );
    for (const step of later) {
      if (step.type === 'kick' || step.type === 'revoke-role') {
        lines.push(line(ACTION_OF_STEP[step.type], 'REMOVAL_HELD', step));
      }
    }
  }
  return lines.length > 0 ? lines : [line('NONE', reason)];
}

function together({ view, claims, ...rest }: Difference, further: AccountView): Difference {
  return { ...rest, view: { ...view, rows: [...view.rows, ...further.rows] }, claims: [...claims, ...further.claims] };
}

/**
 * The steps to an account's rest, as {@link AccountWorker} takes them when Discord refuses none.
 * @param unheard what is found to be wanted of the account before anything is taken from it
 */
export function rehearse(
  view: AccountView,
  claims: readonly Claim[],
  seen: Seen,
  facts: GuildFacts,
  now: Date,
  unheard: AccountView | null = null,
) {
  const run = new AccountRun({ ...view, claims: [...claims], seen });
  let isHeard = false;
  const rested = (settlements: readonly Settlement[]) => ({
    steps: run.effects.map(({ step }) => step),
    settlements,
    isHeard,
  });
  for (let count = 0; count < MAX_STEPS; count += 1) {
    const decision = decide(run.claims, run.account, run.seen, now);
    if (decision.step === null) return rested(decision.settlements);
    const { step } = decision;
    if (unheard && !isHeard && (step.type === 'kick' || step.type === 'revoke-role')) {
      isHeard = true;
      run.renew([...run.view.rows, ...unheard.rows], [...run.claims, ...unheard.claims]);
      continue;
    }
    perform(step, run, facts, now);
  }
  return rested([]);
}

function perform(step: Step, run: AccountRun, facts: GuildFacts, now: Date): void {
  if (step.type !== 'look') run.effects.push({ step });
  switch (step.type) {
    case 'look': {
      const { presence, roles } = run.seen;
      const user = { id: run.account.discordUserId ?? '' };
      run.seen = presence === 'present' ? { ...run.seen, isProtected: facts.isProtected({ user, roles }) } : ABSENT;
      return;
    }
    case 'add':
      run.seen = {
        presence: 'present',
        roles: step.roleIds,
        outOfReach: [],
        joinedAt: now,
        pending: facts.screensNewcomers,
        isProtected: null,
      };
      run.added();
      return;
    case 'invite':
      run.invited(step.membershipId, { code: '', expiresAt: new Date(now.getTime() + INVITE_LIFETIME) }, step.roleIds);
      return;
    case 'revoke-invite':
      run.takeBack(step.code, 'deleted');
      return;
    case 'grant-role':
      run.seen = { ...run.seen, roles: [...run.seen.roles, step.roleId] };
      return;
    case 'revoke-role':
      run.revoked(step.roleId);
      return;
    case 'kick':
      run.seen = ABSENT;
  }
}

/** The courses for which the person comes or stays. */
function keptBy(
  action: SyncActionType,
  reason: MembershipReason,
  own: MembershipRow,
  { view, claims }: Difference,
  step: Step | undefined,
): string[] {
  const welcome = claims.filter((claim) => claim.current && claim.enrolled && !isExcluded(claim));
  const wanting = welcome.filter((claim) => !claim.leftByChoice);
  const coursesOf = (some: readonly Claim[]) =>
    some.flatMap((claim) => view.rows.find((row) => row.id === claim.membershipId)?.courseId ?? []);
  if (reason === 'STILL_ENROLLED_ELSEWHERE') {
    const isOther = (claim: Claim) => claim.membershipId !== own.id;
    const others = coursesOf(wanting.filter(isOther));
    // Nobody wants them in any more; another course's grace or standstill keeps them.
    return others.length > 0 ? others : coursesOf(claims.filter(isOther));
  }
  // Also of a course that they had left, once another one has brought them back.
  if (step?.type === 'grant-role') return coursesOf(welcome.filter((claim) => claim.roleId === step.roleId));
  if (action !== 'ADD' && action !== 'INVITE') return [];
  return wanting.some((claim) => claim.membershipId === own.id) ? [own.courseId] : coursesOf(wanting);
}

function byAction(a: PlannedAction, b: PlannedAction): number {
  const key = ({ action, userId, discordUserId }: PlannedAction) =>
    `${SYNC_ACTIONS.indexOf(action)} ${userId} ${discordUserId ?? ''}`;
  return key(a) < key(b) ? -1 : Number(key(a) > key(b));
}
