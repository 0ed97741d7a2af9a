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
}

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
    granted: grantedRoleId,
    broughtInByUs: broughtInByUs || trace?.broughtInByUs === true,
  });
}

/** @param acted the account that the membership acts on: of it only what the membership does not say itself is left over. */
export function tracesOf(doings: ReadonlyMap<string, Doing>, acted: string | null): Trace[] {
  return [...doings.values()].flatMap(({ granted, ...trace }) => {
    if (trace.account === acted) return trace.roles.length > 0 || trace.open ? [trace] : [];
    return [granted === null ? trace : withRole(trace, granted)];
  });
}

export function withRole(trace: Trace, roleId: string): Trace {
  return trace.roles.includes(roleId) ? trace : { ...trace, roles: [...trace.roles, roleId] };
}
