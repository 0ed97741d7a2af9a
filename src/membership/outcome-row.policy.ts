import { endOf, type MembershipRow } from './account-view';
import { type AccountResult } from './account-run';
import { type Settlement } from './settle.policy';
import { type Doing, doingsOf, type Trace, tracesOf } from './traces.policy';
import {
  type Claim,
  type MembershipReason,
  type MembershipStatus,
  type RemovalPolicy,
  type RemovalState,
} from './claim.policy';

/** First wait after a failure that may pass, and the longest, milliseconds. */
const FIRST_RETRY = 2_000;
const LAST_RETRY = 15 * 60_000;

/** A membership whose status or reason an outcome has changed. */
export interface Change {
  readonly row: MembershipRow;
  readonly status: MembershipStatus;
  readonly reason: MembershipReason;
}

/** One membership as it is to be written. The names are the columns'. */
export interface OutcomeRow {
  readonly id: string;
  readonly generation: string;
  readonly status: MembershipStatus;
  readonly reason: MembershipReason;
  readonly discord_user_id: string | null;
  readonly acted_discord_user_id: string | null;
  readonly granted_role_id: string | null;
  readonly brought_in_by_us: boolean;
  readonly traces: readonly Trace[];
  readonly removal_policy: RemovalPolicy | null;
  readonly removal_due_at: Date | null;
  readonly ended_at: Date | null;
  /** Access ends with the configuration, which may still be kept: what was said for that time is void then. */
  readonly ending: boolean;
  /** It had been seen already that the enrollment has ended. */
  readonly had_ended: boolean;
  readonly due_at: Date | null;
  readonly attempts: number;
  readonly invite_code: string | null;
  readonly invite_link: string | null;
  readonly invite_expires_at: Date | null;
  readonly invited_now: boolean;
  readonly left_by_choice: boolean;
  readonly requested: boolean;
  readonly removal_state: RemovalState | null;
  /** Not brought to what is desired: to be tried again at `due_at`. */
  readonly failed: boolean;
  /** A limit of Discord has stopped it in the middle: it goes on as part of its run. */
  readonly limited: boolean;
  readonly read_seen_at: string | null;
  readonly is_member: boolean | null;
  readonly seen_roles: readonly string[] | null;
  readonly seen_joined_at: Date | null;
  readonly seen_pending: boolean;
  readonly seen_discord_user_id: string | null;
}

/**
 * What a batch's results mean for each membership. A membership whose student has exchanged the account is in several
 * results: it is settled by the account linked now, once the former ones have been cleaned up.
 */
export function outcomeRows(results: readonly AccountResult[], now: Date): OutcomeRow[] {
  const rows = new Map<string, MembershipRow>(results.flatMap(({ view }) => view.rows).map((row) => [row.id, row]));
  return [...rows.values()].flatMap((row) => {
    const own = results.filter(({ view }) => view.rows.some(({ id }) => id === row.id));
    const failed = own.findLast(({ settlements }) => settlements === null);
    const current = own.find(({ view }) => view.account.discordUserId === row.linkedDiscordUserId);
    const doings = doingsAfter(row, own);
    if (failed) return [retried(row, failed, own, doings, now)];
    return current ? [settled(row, current, doings, now)] : [];
  });
}

/** What is known of our doing for the membership once these accounts have been looked after, by account. */
function doingsAfter(row: MembershipRow, results: readonly AccountResult[]): ReadonlyMap<string, Doing> {
  const doings = doingsOf(row);
  for (const result of results) {
    const account = result.view.account.discordUserId;
    if (account === null) continue;
    const settlement = settlementOf(row, result);
    if (settlement && !settlement.asKnown) {
      const { grantedRoleId: granted, leftOverRoleIds: roles, broughtInByUs } = settlement;
      if (isInvolved(settlement) || roles.length > 0)
        doings.set(account, { account, granted, roles, broughtInByUs, open: false });
      else doings.delete(account);
      continue;
    }
    const granted = doings.get(account)?.granted ?? null;
    const trace = result.traces.get(row.id);
    if (trace) doings.set(account, { ...trace, granted });
    // Who comes in by it has the role that it gives.
    const claim = result.invite && claimIn(row, result);
    if (claim?.acted) doings.set(account, doingOf(claim, account));
  }
  return doings;
}

/** Ours to look after as long as the person is in by us, may come in by our invite, or holds a role that we gave. */
function isInvolved({ outcome, grantedRoleId }: Settlement): boolean {
  return outcome?.status === 'joined' || outcome?.status === 'invited' || grantedRoleId !== null;
}

function doingOf({ grantedRoleId, leftOverRoleIds, broughtInByUs }: Claim, account: string): Doing {
  return { account, granted: grantedRoleId, roles: leftOverRoleIds, broughtInByUs, open: false };
}

function settlementOf(row: MembershipRow, { settlements }: AccountResult): Settlement | undefined {
  return settlements?.find(({ membershipId }) => membershipId === row.id);
}

function claimIn(row: MembershipRow, { view }: AccountResult): Claim | undefined {
  return view.claims.find(({ membershipId }) => membershipId === row.id);
}

/** @param acted the account that the membership acts on from now on. */
function doingColumns(doings: ReadonlyMap<string, Doing>, acted: string | null) {
  const doing = acted === null ? undefined : doings.get(acted);
  return {
    acted_discord_user_id: doing?.account ?? null,
    granted_role_id: doing?.granted ?? null,
    brought_in_by_us: doing?.broughtInByUs ?? false,
    traces: tracesOf(doings, doing?.account ?? null),
  };
}

/** How a membership stood when its outcome was written. */
export type Before = Pick<MembershipRow, 'id' | 'status' | 'reason'>;

export function changesOf(
  results: readonly AccountResult[],
  outcomes: readonly OutcomeRow[],
  stood: readonly Before[],
): Change[] {
  const rows = new Map(stood.map((row) => [row.id, row]));
  const before = new Map(
    results.flatMap(({ view }) => view.rows).map((row) => [row.id, { ...row, ...rows.get(row.id) }]),
  );
  return outcomes.flatMap(({ id, status, reason }) => {
    const row = before.get(id);
    return row && (row.status !== status || row.reason !== reason) ? [{ row, status, reason }] : [];
  });
}

function settled(row: MembershipRow, result: AccountResult, doings: ReadonlyMap<string, Doing>, now: Date): OutcomeRow {
  const { account } = result.view;
  const settlement = settlementOf(row, result);
  const claim = claimIn(row, result);
  const { status, reason } = settlement?.outcome ?? row;
  // Of a former account that could not be looked after yet, what we did stands.
  const isOnCurrent = settlement !== undefined && !settlement.asKnown && isInvolved(settlement);
  const acted = isOnCurrent || row.actedDiscordUserId === null ? account.discordUserId : row.actedDiscordUserId;
  const invite = status === 'invited' ? inviteFor(claim, result, now) : null;
  const endedAt = endOf(row, now);
  return {
    id: row.id,
    generation: row.generation,
    status,
    reason,
    discord_user_id: account.discordUserId,
    ...doingColumns(doings, acted),
    removal_policy: row.removalPolicy,
    removal_due_at: claim?.removalDueAt ?? null,
    ended_at: endedAt,
    ending: row.configEnding,
    had_ended: row.endedAt !== null,
    due_at: settlement?.dueAt ?? null,
    attempts: 0,
    invite_code: invite?.code ?? null,
    invite_link: invite?.link ?? null,
    invite_expires_at: invite?.expiresAt ?? null,
    invited_now: invite !== null && invite.code !== row.inviteCode,
    // A new enrollment lifts it, the end of this one does not: a deletion of the configuration may be cancelled or undone.
    left_by_choice: (status === 'left' || status === 'removed') && (claim?.leftByChoice ?? row.leftByChoice),
    // What somebody asked for is fulfilled by coming in, and void once access has ended, unless that may be cancelled.
    requested: row.requested && status !== 'left' && (status !== 'removed' || row.configEnding),
    // While the enrollment lasts, only a doubt whether the student has left, until they are seen again.
    removal_state: endedAt === null && reason !== 'REMOVAL_HELD' ? null : row.removalState,
    failed: false,
    limited: false,
    ...seenColumns(row, result),
  };
}

/** The invite by which the student can come in: one that is open serves every course of theirs in the server. */
function inviteFor(
  claim: Claim | undefined,
  { view, invite }: AccountResult,
  now: Date,
): { readonly code: string; readonly link: string | null; readonly expiresAt: Date } | null {
  const own = claim?.invite ?? null;
  const kept = [own, ...view.claims.map((other) => other.invite)].find((one) => one && one.expiresAt > now) ?? own;
  if (!kept) return null;
  const link =
    invite?.code === kept.code ? invite.link : view.rows.find((row) => row.inviteCode === kept.code)?.inviteLink;
  return { ...kept, link: link ?? null };
}

/** @param result the failure; the student's other account may have been looked after all the same. */
function retried(
  row: MembershipRow,
  result: AccountResult,
  all: readonly AccountResult[],
  doings: ReadonlyMap<string, Doing>,
  now: Date,
): OutcomeRow {
  const claim = claimIn(row, result);
  // Made before the failure: it can be used, so it must not be forgotten.
  const inviting = all.find(({ invite }) => invite?.membershipId === row.id);
  const made = inviting?.invite ?? null;
  const isTakenBack = result.effects.some(({ step }) => step.type === 'revoke-invite' && step.code === row.inviteCode);
  const kept = isTakenBack ? null : row;
  const limited = result.failure?.isRateLimit === true;
  const wait = Math.max(result.failure?.retryAfterMs ?? 0, backoff(row.attempts));
  return {
    id: row.id,
    generation: row.generation,
    status: row.status,
    reason: row.status === 'pending' && !limited ? whyItWaits(result) : row.reason,
    discord_user_id: row.linkedDiscordUserId,
    ...doingColumns(doings, inviting?.view.account.discordUserId ?? row.actedDiscordUserId),
    removal_policy: row.removalPolicy,
    removal_due_at: claim?.removalDueAt ?? null,
    ended_at: endOf(row, now),
    ending: row.configEnding,
    had_ended: row.endedAt !== null,
    due_at: new Date(now.getTime() + wait),
    attempts: row.attempts + 1,
    invite_code: made?.code ?? kept?.inviteCode ?? null,
    invite_link: made?.link ?? kept?.inviteLink ?? null,
    invite_expires_at: made?.expiresAt ?? kept?.inviteExpiresAt ?? null,
    invited_now: made !== null,
    // As it was judged: that it is a new enrollment is not seen a second time.
    left_by_choice: claim?.leftByChoice ?? row.leftByChoice,
    requested: row.requested,
    removal_state: claim ? claim.removal : row.removalState,
    failed: true,
    limited,
    ...seenColumns(row, result),
  };
}

function whyItWaits({ failure }: AccountResult): MembershipReason {
  return failure?.kind === 'server' ? 'SERVER_NOT_READY' : 'DISCORD_UNAVAILABLE';
}

function seenColumns(row: MembershipRow, { view }: AccountResult) {
  return {
    read_seen_at: row.seenStamp,
    is_member: view.seen.presence === 'unknown' ? null : view.seen.presence === 'present',
    seen_roles: view.seen.presence === 'present' ? view.seen.roles : null,
    seen_joined_at: view.seen.presence === 'present' ? view.seen.joinedAt : null,
    seen_pending: view.seen.pending,
    seen_discord_user_id: view.account.discordUserId,
  };
}

/** Doubles from 2 s to 15 min, and is spread by a fifth so that a whole class does not come back at the same moment. */
function backoff(attempts: number): number {
  return Math.min(FIRST_RETRY * 2 ** attempts, LAST_RETRY) * (0.9 + Math.random() * 0.2);
}
