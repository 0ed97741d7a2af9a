import { type AccountResult } from './account-run';
import { type MembershipRow } from './account-view';
import { type Claim, isKeptByFrozen, isKeptByUnready, wasBroughtIn } from './claim.policy';
import { inviteStillOpen } from './kept-invite.policy';
import { type Settlement } from './settle.policy';
import { isNewStay } from './stay.policy';
import { type Doing, doingsOf, invitedStill, lateUntil } from './traces.policy';

const NOTHING_OPEN = { open: false, lateUntil: null, taking: null } as const;

/** What is known of our doing for the membership once these accounts have been looked after, by account. */
export function doingsAfter(
  row: MembershipRow,
  results: readonly AccountResult[],
  now: Date,
): ReadonlyMap<string, Doing> {
  const doings = doingsOf(row);
  for (const result of results) {
    const account = result.view.account.discordUserId;
    if (account === null) continue;
    const settlement = settlementOf(row, result);
    const trace = result.traces.get(row.id);
    if (settlement && !settlement.asKnown) {
      const { grantedRoleId: granted, leftOverRoleIds: roles, broughtInByUs } = settlement;
      const late = lateUntil(trace, now);
      // What a call that was not answered may still give is known until it is too late for that.
      if (trace && late !== null) {
        const known = {
          roles: [...new Set([...trace.roles, ...roles])],
          broughtInByUs: broughtInByUs || trace.broughtInByUs,
        };
        doings.set(account, { ...trace, ...known, granted });
      } else if (isInvolved(settlement) || roles.length > 0)
        doings.set(account, { account, granted, roles, broughtInByUs, ...NOTHING_OPEN });
      // By an invite of theirs that is still open they may come in, with the role that it gives.
      else if (
        account !== row.actedDiscordUserId ||
        inviteStillOpen(row, withoutOthersInvites(result, results), now) === null
      )
        doings.delete(account);
      continue;
    }
    const before = doings.get(account) ?? takenOver(row, result, now);
    const known = before && { ...before, granted: grantedStill(before.granted, result) };
    if (known) doings.set(account, known);
    const broughtInByUs = known?.broughtInByUs === true || trace?.broughtInByUs === true;
    if (trace) doings.set(account, { ...trace, granted: known?.granted ?? null, broughtInByUs });
    // Who comes in by it has the role that it gives.
    const claim = result.invite && claimIn(row, result);
    if (claim?.acted) doings.set(account, doingOf(claim, account));
  }
  return doings;
}

/** The results without the invites that were made for other accounts. */
function withoutOthersInvites(result: AccountResult, results: readonly AccountResult[]): AccountResult[] {
  return results.map((other) => (other === result ? other : { ...other, invite: null }));
}

/** What we have taken, or what has gone with a former stay, is not given any more; whoever misses it was robbed of nothing. */
function grantedStill(roleId: string | null, { view, effects }: AccountResult): string | null {
  if (roleId === null) return null;
  if (effects.some(({ step, refusal }) => !refusal && step.type === 'revoke-role' && step.roleId === roleId))
    return null;
  return isNewStay(view.told, view.seen) && !view.seen.roles.includes(roleId) ? null : roleId;
}

/**
 * Whom another membership has brought in and gives up, and whom this one keeps, is this one's to look after: also where
 * nothing is done for its course just now. Who was adopted is not: adoption is each course's own.
 */
function takenOver(row: MembershipRow, result: AccountResult, now: Date): Doing | undefined {
  const { account, rows, seen, claims } = result.view;
  const id = account.discordUserId;
  const own = claimIn(row, result);
  if (id === null || !own?.current || seen.presence !== 'present') return undefined;
  if (!isKeptByFrozen([own], now) && !isKeptByUnready([own], seen, now)) return undefined;
  const isGivenUp = rows.some((other) => {
    const settlement = settlementOf(other, result);
    const isOver = settlement?.asKnown === false && settlement.outcome?.status === 'removed';
    return isOver && doingsOf(other).get(id)?.broughtInByUs === true;
  });
  if (!isGivenUp || !wasBroughtIn(own, claims, seen)) return undefined;
  return { account: id, granted: null, roles: [], broughtInByUs: true, ...NOTHING_OPEN };
}

/** Ours to look after as long as the person is in by us, may come in by our invite, or holds a role that we gave. */
export function isInvolved({ outcome, grantedRoleId }: Settlement): boolean {
  return outcome?.status === 'joined' || outcome?.status === 'invited' || grantedRoleId !== null;
}

function doingOf({ grantedRoleId, leftOverRoleIds, broughtInByUs }: Claim, account: string): Doing {
  return { account, granted: grantedRoleId, roles: leftOverRoleIds, broughtInByUs, ...NOTHING_OPEN };
}

export function settlementOf(row: MembershipRow, { settlements }: AccountResult): Settlement | undefined {
  return settlements?.find(({ membershipId }) => membershipId === row.id);
}

export function claimIn(row: MembershipRow, { view }: AccountResult): Claim | undefined {
  return view.claims.find(({ membershipId }) => membershipId === row.id);
}

/** A former account's invite that could not be taken back, while the new one has been invited: by it they may still come in. */
export function withFormerInvite(row: MembershipRow, doings: ReadonlyMap<string, Doing>): ReadonlyMap<string, Doing> {
  const { actedDiscordUserId: former, inviteExpiresAt: expiresAt } = row;
  const doing = former === null ? undefined : doings.get(former);
  if (!doing || expiresAt === null || former === row.linkedDiscordUserId) return doings;
  return new Map(doings).set(doing.account, {
    ...invitedStill(doing, doing.account, null, expiresAt),
    granted: doing.granted,
  });
}
