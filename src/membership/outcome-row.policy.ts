import { endOf, type MembershipRow } from './account-view';
import { type AccountResult } from './account-run';
import { claimIn, doingsAfter, isInvolved, settlementOf, withFormerInvite } from './doings-after.policy';
import { inviteFor, inviteStillOpen, isTakenBack } from './kept-invite.policy';
import { type Doing, lateUntil, type Trace, tracesOf } from './traces.policy';
import {
  isIdle,
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
  /** The code of the invite that was known, if it has been taken back. */
  readonly invite_taken_back: string | null;
  readonly left_by_choice: boolean;
  /** Which was not known before. */
  readonly found_left: boolean;
  readonly requested: boolean;
  /** It was so when all this was read: that it is so still is not a new request. */
  readonly was_requested: boolean;
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
    const doings = doingsAfter(row, own, now);
    if (failed) return [retried(row, failed, own, doings, now)];
    return current ? [settled(row, current, own, doings, now)] : [];
  });
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

/** @param all of the same membership: of the account that is linked now, and of former ones. */
function settled(
  row: MembershipRow,
  result: AccountResult,
  all: readonly AccountResult[],
  doings: ReadonlyMap<string, Doing>,
  now: Date,
): OutcomeRow {
  const { account } = result.view;
  const settlement = settlementOf(row, result);
  const claim = claimIn(row, result);
  const { status, reason: said } = settlement?.outcome ?? row;
  // Of a former account that could not be looked after yet, what we did stands.
  const isOnCurrent = settlement !== undefined && !settlement.asKnown && isInvolved(settlement);
  const acted = isOnCurrent || row.actedDiscordUserId === null ? account.discordUserId : row.actedDiscordUserId;
  // Made for a former account, which could not be looked after yet: not this one's.
  const isFormers = acted !== null && acted !== account.discordUserId;
  const invite =
    (status === 'invited' && !isFormers ? inviteFor(claim, result, now) : null) ?? inviteStillOpen(row, all, now);
  // And of no use to them.
  const reason = isFormers && said === 'INVITE_OPEN' ? 'INVITE_EXPIRED' : said;
  const endedAt = endOf(row, now);
  // A new enrollment lifts it, the end of this one does not: a deletion of the configuration may be cancelled or undone.
  // Of a course for which nothing is done, who has left stands as they stood, and has left all the same.
  const hasLeft =
    (status === 'left' || status === 'removed' || (claim !== undefined && isIdle(claim))) &&
    (claim?.leftByChoice ?? row.leftByChoice);
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
    due_at: dueAt(settlement?.dueAt ?? null, doings, now),
    attempts: 0,
    invite_code: invite?.code ?? null,
    invite_link: invite?.link ?? null,
    invite_expires_at: invite?.expiresAt ?? null,
    invited_now: invite !== null && invite.code !== row.inviteCode,
    invite_taken_back: isTakenBack(row.inviteCode, all) ? row.inviteCode : null,
    left_by_choice: hasLeft,
    found_left: hasLeft && !row.leftByChoice,
    // What somebody asked for is fulfilled by coming in, and void once access has ended, unless that may be cancelled.
    requested: row.requested && status !== 'left' && (status !== 'removed' || row.configEnding),
    was_requested: row.requested,
    // While the enrollment lasts, only a doubt whether the student has left, until they are seen again.
    removal_state: endedAt === null && reason !== 'REMOVAL_HELD' ? null : row.removalState,
    failed: false,
    limited: false,
    ...seenColumns(row, result),
  };
}

/** Also when it is too late for anything that nobody has answered: then each of these accounts is looked at once more. */
function dueAt(settled: Date | null, doings: ReadonlyMap<string, Doing>, now: Date): Date | null {
  const times = [...doings.values()].flatMap((doing) => lateUntil(doing, now) ?? []);
  if (settled !== null) times.push(settled.getTime());
  return times.length === 0 ? null : new Date(Math.min(...times));
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
  const kept = isTakenBack(row.inviteCode, all) ? null : row;
  const limited = result.failure?.isRateLimit === true;
  const wait = Math.max(result.failure?.retryAfterMs ?? 0, backoff(row.attempts));
  return {
    id: row.id,
    generation: row.generation,
    // Of a former account it may be known that it was in: that would be the new one's, who would seem to have left.
    status: made ? 'invited' : row.status,
    reason: made ? 'INVITE_OPEN' : row.status === 'pending' && !limited ? whyItWaits(result) : row.reason,
    discord_user_id: row.linkedDiscordUserId,
    ...doingColumns(
      made ? withFormerInvite(row, doings) : doings,
      inviting?.view.account.discordUserId ?? row.actedDiscordUserId,
    ),
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
    invite_taken_back: kept === null ? row.inviteCode : null,
    // As it was judged: that it is a new enrollment is not seen a second time.
    left_by_choice: claim?.leftByChoice ?? row.leftByChoice,
    found_left: claim?.leftByChoice === true && !row.leftByChoice,
    requested: row.requested,
    was_requested: row.requested,
    removal_state: claim ? claim.removal : row.removalState,
    failed: true,
    limited,
    ...seenColumns(row, result),
  };
}

/** An open invite of which the membership does not tell any more, because another one was made. */
export function replacedInvite(row: MembershipRow, outcome: OutcomeRow, now: Date): string | null {
  const { inviteCode: code, inviteExpiresAt: expiresAt } = row;
  const isGone = code === null || expiresAt === null || expiresAt <= now || outcome.invite_taken_back === code;
  return isGone || code === outcome.invite_code ? null : code;
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
