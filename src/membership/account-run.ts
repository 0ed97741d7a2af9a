import { type DiscordFailure } from '../discord-api/discord-failure';
import { type AccountView, type MembershipRow } from './account-view';
import { type Trace, withRole } from './traces.policy';
import { type Account, type Claim, type Seen } from './claim.policy';
import { type Step } from './decide.policy';
import { type Settlement } from './settle.policy';

/** No situation needs more: the property tests end within far fewer. */
export const MAX_STEPS = 20;

/** What is known of somebody who is not in the server. */
export const ABSENT: Seen = {
  presence: 'absent',
  roles: [],
  outOfReach: [],
  joinedAt: null,
  pending: false,
  isProtected: false,
};

/** One effect that Discord confirmed, or a lasting refusal. */
export interface Effect {
  readonly step: Step;
  readonly refusal?: DiscordFailure;
}

/** What became of one account: settled, or stopped by a failure that will be tried again. */
export interface AccountResult {
  readonly view: AccountView;
  readonly effects: readonly Effect[];
  readonly settlements: readonly Settlement[] | null;
  readonly invite: {
    readonly membershipId: string;
    readonly code: string;
    readonly link: string;
    readonly expiresAt: Date;
  } | null;
  readonly failure: DiscordFailure | null;
  /** What is known of our doing on this account, by membership: also of calls of which nobody knows how they ended. */
  readonly traces: ReadonlyMap<string, Trace>;
}

/** One account while it is worked on: what is known changes with every answer. */
export class AccountRun {
  claims: readonly Claim[];
  account: Account;
  seen: Seen;
  invite: AccountResult['invite'] = null;
  readonly effects: Effect[] = [];
  /** The access token of the last add, and the one that Discord has refused. */
  usedToken: string | null = null;
  refusedToken: string | null = null;
  /** Discord has said once that the person is not there though we saw them; twice would go round in circles. */
  hasLookedAgain = false;
  private readonly takenBack = new Set<string>();
  private traces: ReadonlyMap<string, Trace>;
  /** The same before the last call. */
  private before: ReadonlyMap<string, Trace>;
  /** When the last observation was stored that is taken into account. */
  private observedAt: Date | null;

  constructor(readonly view: AccountView) {
    this.traces = new Map(
      view.rows.flatMap((row) =>
        row.traces
          .filter(({ account }) => account === view.account.discordUserId)
          .map((trace): [string, Trace] => [row.id, trace]),
      ),
    );
    this.before = this.traces;
    this.claims = view.claims;
    this.account = view.account;
    this.seen = view.seen;
    this.observedAt = view.seenAt;
  }

  /** What a call is about to do stays known whatever becomes of it. */
  declare(step: Step): void {
    const account = this.account.discordUserId;
    this.before = this.traces;
    if (account === null || (step.type !== 'add' && step.type !== 'grant-role')) return;
    const traces = new Map(this.traces);
    for (const row of this.view.rows.filter(({ linkedDiscordUserId }) => linkedDiscordUserId === account)) {
      const roleId = roleGiven(row, step);
      if (roleId === null && step.type === 'grant-role') continue;
      const trace = { account, roles: [], broughtInByUs: false, ...traces.get(row.id), open: true };
      traces.set(row.id, roleId === null ? trace : withRole(trace, roleId));
    }
    this.traces = traces;
  }

  /** The call was not made, or Discord has refused it: it has changed nothing. */
  undeclare(): void {
    this.traces = this.before;
  }

  /** What is seen of the account now is newer than any call: by it everything is known that had been left open. */
  sees(seen: Seen): void {
    this.seen = seen;
    this.traces = new Map([...this.traces].map(([id, trace]) => [id, { ...trace, open: false }]));
  }

  /** Discord has confirmed the role: nothing is left open that was not before. */
  granted(roleId: string): void {
    this.seen = { ...this.seen, roles: [...this.seen.roles, roleId] };
    this.traces = new Map(
      [...this.traces].map(([id, trace]) => [id, { ...trace, open: this.before.get(id)?.open ?? false }]),
    );
  }

  /** It is known that the bot cannot take this role away. */
  cannotReach(roleId: string): void {
    this.seen = { ...this.seen, outOfReach: [...this.seen.outOfReach, roleId] };
  }

  /** What a membership has to know of our doing, on this account and on others. */
  tracesOf(row: MembershipRow): Trace[] {
    const own = this.traces.get(row.id);
    return [...row.traces.filter(({ account }) => account !== this.account.discordUserId), ...(own ? [own] : [])];
  }

  /** What is desired as it is by now; what was done in this run stays done. */
  renew(fresh: readonly Claim[]): void {
    this.claims = fresh.map((claim) => {
      const known = this.claims.find((other) => other.membershipId === claim.membershipId);
      return {
        ...claim,
        acted: claim.acted || known?.acted === true,
        broughtInByUs: claim.broughtInByUs || known?.broughtInByUs === true,
        invite: claim.invite && this.takenBack.has(claim.invite.code) ? null : claim.invite,
      };
    });
  }

  /**
   * What has been told of the person meanwhile. It is news once only: of what is looked at because of it, the next event may
   * still be on its way here.
   */
  observed({ seen, seenAt }: AccountView): void {
    if (seenAt === null || (this.observedAt !== null && seenAt <= this.observedAt)) return;
    this.observedAt = seenAt;
    if (seen.presence === 'unknown' || isSame(seen, this.seen)) return;
    this.seen = { ...seen, outOfReach: this.seen.outOfReach };
  }

  /** One invite may be kept with several memberships. One that was gone may have been used, unseen. */
  takeBack(code: string, answer: 'deleted' | 'gone' | 'refused'): void {
    this.takenBack.add(code);
    this.claims = this.claims.map((claim) => (claim.invite?.code === code ? { ...claim, invite: null } : claim));
    if (answer === 'gone' && this.seen.presence === 'absent')
      this.seen = { ...ABSENT, presence: 'unknown', isProtected: null };
  }

  /** The invite is made for one membership, and gives the roles of these courses to whoever comes in by it. */
  invited(membershipId: string, invite: NonNullable<Claim['invite']>, roleIds: readonly string[]): void {
    this.claims = this.claims.map((claim) => ({
      ...claim,
      ...(claim.current && claim.roleId !== null && roleIds.includes(claim.roleId)
        ? { grantedRoleId: claim.roleId }
        : {}),
      ...(claim.membershipId === membershipId ? { invite, acted: true } : {}),
    }));
  }

  /** Discord confirmed that the person is in by our call: no clock has to tell. */
  added(): void {
    this.traces = new Map([...this.traces].map(([id, trace]) => [id, { ...trace, broughtInByUs: true }]));
    this.claims = this.claims.map((claim) => (claim.current ? { ...claim, acted: true, broughtInByUs: true } : claim));
  }

  /** Seen to be gone, by no removal of ours. */
  left(): void {
    this.claims = this.claims.map((claim) =>
      claim.current && (claim.status === 'joined' || claim.broughtInByUs) ? { ...claim, leftByChoice: true } : claim,
    );
  }

  linkedUserId(): string {
    const row = this.view.rows.find((candidate) => candidate.linkedDiscordUserId === this.account.discordUserId);
    if (!row) throw new Error('Nobody has linked this account.');
    return row.userId;
  }

  result(settlements: readonly Settlement[] | null, failure: DiscordFailure | null): AccountResult {
    return {
      view: { ...this.view, account: this.account, claims: [...this.claims], seen: this.seen },
      effects: this.effects,
      settlements,
      invite: this.invite,
      failure,
      traces: this.traces,
    };
  }
}

/** The role that the step would give for this membership. */
function roleGiven(row: MembershipRow, step: Step): string | null {
  const roles = step.type === 'add' ? step.roleIds : step.type === 'grant-role' ? [step.roleId] : [];
  return row.studentRoleId !== null && roles.includes(row.studentRoleId) ? row.studentRoleId : null;
}

/** The echo of our own doing tells nothing new. */
function isSame(one: Seen, other: Seen): boolean {
  return (
    one.presence === other.presence &&
    one.pending === other.pending &&
    one.roles.length === other.roles.length &&
    one.roles.every((role) => other.roles.includes(role))
  );
}
