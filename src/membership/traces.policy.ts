/**
 * What calls of ours have left, or may have left, on one Discord account for one membership, beside what the membership
 * says of the account that it acts on: written down before the call, and known until the account is seen after it.
 */
export interface Trace {
  readonly account: string;
  /** Roles that the account may hold by our doing. */
  readonly roles: readonly string[];
  readonly broughtInByUs: boolean;
  /** Nobody knows how a call ended: what was seen of the account before says nothing of it any more. */
  readonly open: boolean;
  /**
   * A call to which there was no answer may still have its effect until then, milliseconds since 1970; null: there is none.
   * What is seen of the account before that is not the last word.
   */
  readonly lateUntil: number | null;
  /** What such a call takes away, if it does: that it is missing does not mean that people did it. Who is taken out loses all roles. */
  readonly taking: 'person' | 'role' | null;
}

/** So long after it was begun, or given up, a call is over, answered or not. */
const LATE = 2 * 60_000;

/** All that is known of our doing on one account for one membership. */
export interface Doing extends Trace {
  /** The role that is given for the membership. */
  readonly granted: string | null;
}

/** What a membership says of our doing: of the account that it acts on, and of those that are still to be looked after. */
interface Said {
  readonly actedDiscordUserId: string | null;
  readonly grantedRoleId: string | null;
  readonly broughtInByUs: boolean;
  readonly traces: readonly Trace[];
}

/** By account. */
export function doingsOf({ actedDiscordUserId, grantedRoleId, broughtInByUs, traces }: Said): Map<string, Doing> {
  const doings = new Map(traces.map((trace): [string, Doing] => [trace.account, { ...trace, granted: null }]));
  if (actedDiscordUserId === null) return doings;
  const trace = doings.get(actedDiscordUserId);
  return doings.set(actedDiscordUserId, {
    account: actedDiscordUserId,
    roles: trace?.roles ?? [],
    open: trace?.open ?? false,
    lateUntil: trace?.lateUntil ?? null,
    taking: trace?.taking ?? null,
    granted: grantedRoleId,
    broughtInByUs: broughtInByUs || trace?.broughtInByUs === true,
  });
}

/** @param acted the account that the membership acts on: of it only what the membership does not say itself is left over. */
export function tracesOf(doings: ReadonlyMap<string, Doing>, acted: string | null): Trace[] {
  return [...doings.values()].flatMap(({ granted, ...trace }) => {
    if (trace.account === acted) return trace.roles.length > 0 || trace.open || trace.lateUntil !== null ? [trace] : [];
    return [granted === null ? trace : withRole(trace, granted)];
  });
}

/** What is known of an account of which nothing is known yet. */
function untouched(account: string): Trace {
  return { account, roles: [], broughtInByUs: false, open: false, lateUntil: null, taking: null };
}

/** @param trace what was known before, if anything. @param roleId null: the call gives none for this membership */
export function begun(trace: Trace | undefined, account: string, roleId: string | null, now: Date): Trace {
  const open = { ...untouched(account), ...trace, open: true, lateUntil: now.getTime() + LATE };
  return roleId === null ? open : withRole(open, roleId);
}

/** The same of a call that takes something away. */
export function begunToTake(what: 'person' | 'role', trace: Trace | undefined, account: string, now: Date): Trace {
  return { ...begun(trace, account, null, now), taking: trace?.taking === 'person' ? 'person' : what };
}

/** An invite that could not be taken back: it may be used, and gives the role, until it expires. */
export function invitedStill(trace: Trace | undefined, account: string, roleId: string | null, expiresAt: Date): Trace {
  const known = { ...untouched(account), ...trace };
  const kept = { ...known, lateUntil: Math.max(known.lateUntil ?? 0, expiresAt.getTime()) };
  return roleId === null ? kept : withRole(kept, roleId);
}

/** Whether what was seen of the account may have changed by our doing, so that it is looked at before anything else. */
export function isUncertain({ open, lateUntil: until }: Trace, now: Date): boolean {
  return open || (until !== null && until <= now.getTime());
}

/** When the account has to be looked at once more; null: it has not, or is looked at the next time that it is decided about. */
export function lateUntil(trace: Trace | undefined, now: Date): number | null {
  const until = trace?.lateUntil ?? null;
  return until !== null && until > now.getTime() ? until : null;
}

export function withRole(trace: Trace, roleId: string): Trace {
  return trace.roles.includes(roleId) ? trace : { ...trace, roles: [...trace.roles, roleId] };
}
