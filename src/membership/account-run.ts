import { type DiscordFailure } from '../discord-api/discord-failure';
import { type AccountView, attemptOn, type MembershipRow } from './account-view';
import { begun, begunToTake, doingsOf, invitedStill, lateUntil, type Trace } from './traces.policy';
import { type Account, type Claim, rolesOf, type Seen } from './claim.policy';
import { type Step } from './decide.policy';
import { type Settlement } from './settle.policy';
import { asOfThisStay } from './stay.policy';

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

  constructor(public view: AccountView) {
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
  declare(step: Step, now: Date): void {
    const account = this.account.discordUserId;
    this.before = this.traces;
    if (account === null) return;
    const traces = new Map(this.traces);
    for (const row of this.view.rows) {
      const known = traces.get(row.id);
      if (step.type === 'kick') traces.set(row.id, begunToTake('person', known, account, now));
      if (step.type === 'revoke-role' && this.isAbout(row, step.roleId))
        traces.set(row.id, begunToTake('role', known, account, now));
      if (row.linkedDiscordUserId !== account || (step.type !== 'add' && step.type !== 'grant-role')) continue;
      const roleId = roleGiven(row, step);
      if (roleId !== null || step.type === 'add') traces.set(row.id, begun(known, account, roleId, now));
    }
    this.traces = traces;
  }

  private isAbout({ id }: MembershipRow, roleId: string): boolean {
    const claim = this.claims.find(({ membershipId }) => membershipId === id);
    return claim !== undefined && (claim.roleId === roleId || rolesOf(claim).includes(roleId));
  }

  /** No answer came, or none that tells: the time in which the call may still have its effect begins only now. */
  gaveUp(now: Date): void {
    this.traces = new Map(
      [...this.traces].map(([id, trace]) => {
        const isNew = trace.lateUntil !== (this.before.get(id)?.lateUntil ?? null);
        return [id, isNew ? begun(trace, trace.account, null, now) : trace];
      }),
    );
  }

  /** The call was not made, or Discord has refused it: it has changed nothing. */
  undeclare(): void {
    this.traces = this.before;
  }

  /** What is seen of the account now is newer than any call: by it everything is known that had been left open, or is over. */
  sees(seen: Seen): void {
    this.take(seen);
    const now = new Date();
    this.traces = new Map(
      [...this.traces].map(([id, trace]) => [id, { ...trace, open: false, lateUntil: lateUntil(trace, now) }]),
    );
  }

  /** Discord has answered: this call has had its effect, and nothing comes of it later. */
  answered(): void {
    this.traces = new Map(
      [...this.traces].map(([id, trace]) => {
        const { lateUntil = null, taking = null } = this.before.get(id) ?? {};
        return [id, { ...trace, lateUntil, taking }];
      }),
    );
  }

  /** What has become of the roles is known by the answer: nothing is left open that was not before. */
  private closed(): void {
    this.answered();
    this.traces = new Map(
      [...this.traces].map(([id, trace]) => [id, { ...trace, open: this.before.get(id)?.open ?? false }]),
    );
  }

  granted(roleId: string): void {
    this.closed();
    this.seen = { ...this.seen, roles: [...this.seen.roles, roleId] };
  }

  /** Not given any more by us, whatever comes next; and ours until this is written. */
  revoked(roleId: string): void {
    this.closed();
    this.seen = { ...this.seen, roles: this.seen.roles.filter((role) => role !== roleId) };
    this.claims = this.claims.map((claim) =>
      claim.grantedRoleId === roleId
        ? { ...claim, grantedRoleId: null, leftOverRoleIds: [...claim.leftOverRoleIds, roleId] }
        : claim,
    );
  }

  kicked(): void {
    this.answered();
    this.sees(ABSENT);
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

  /**
   * What is desired as it is by now; what was done in this run stays done. Whether we had acted before it, and which role was
   * given, is known from its beginning: what a call of this run is about to do has been written down by now, too.
   */
  renew(rows: readonly MembershipRow[], fresh: readonly Claim[]): void {
    const isNew = (row: MembershipRow) =>
      !this.view.rows.some(({ id }) => id === row.id) &&
      // With another account to look after it is settled when that one is.
      [...doingsOf(row).keys()].every((account) => account === this.account.discordUserId);
    // Whatever else concerns the account by now is settled with it.
    this.view = { ...this.view, rows: [...this.view.rows, ...rows.filter(isNew)] };
    this.claims = fresh.map((claim) => {
      const known = this.claims.find((other) => other.membershipId === claim.membershipId);
      return {
        ...claim,
        acted: known?.acted ?? claim.acted,
        grantedRoleId: known ? known.grantedRoleId : claim.grantedRoleId,
        leftOverRoleIds: [...new Set([...claim.leftOverRoleIds, ...(known?.leftOverRoleIds ?? [])])],
        broughtInByUs: claim.broughtInByUs || known?.broughtInByUs === true,
        invite: claim.invite && this.takenBack.has(claim.invite.code) ? null : claim.invite,
      };
    });
  }

  /**
   * What has been told of the person meanwhile. It is news once only: of what is looked at because of it, the next event may
   * still be on its way here.
   */
  observed({ told: seen, seenAt }: AccountView): void {
    if (seenAt === null || (this.observedAt !== null && seenAt <= this.observedAt)) return;
    this.observedAt = seenAt;
    if (seen.presence === 'unknown' || isSame(seen, this.seen)) return;
    this.take({ ...seen, outOfReach: this.seen.outOfReach });
  }

  private take(seen: Seen): void {
    this.seen = seen;
    this.claims = asOfThisStay(this.claims, this.view.told, seen);
  }

  /** One invite may be kept with several memberships. One that was gone may have been used, unseen. */
  takeBack(code: string, answer: 'deleted' | 'gone' | 'refused'): void {
    this.takenBack.add(code);
    if (answer === 'refused') this.keepInMind(code);
    this.claims = this.claims.map((claim) => (claim.invite?.code === code ? { ...claim, invite: null } : claim));
    if (answer === 'gone' && this.seen.presence === 'absent')
      this.seen = { ...ABSENT, presence: 'unknown', isProtected: null };
  }

  private keepInMind(code: string): void {
    const account = this.account.discordUserId;
    const invite = this.claims.find((claim) => claim.invite?.code === code)?.invite;
    if (account === null || !invite) return;
    const traces = new Map(this.traces);
    for (const { membershipId: id, acted, grantedRoleId } of this.claims)
      if (acted || grantedRoleId !== null)
        traces.set(id, invitedStill(traces.get(id), account, grantedRoleId, invite.expiresAt));
    this.traces = traces;
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

  /** Discord confirmed that the person is in by our call: no clock has to tell. What they had before went when they left. */
  added(): void {
    const { roles } = this.seen;
    this.traces = new Map([...this.traces].map(([id, trace]) => [id, { ...trace, broughtInByUs: true }]));
    this.claims = this.claims.map((claim) => {
      if (!claim.current) return claim;
      const { grantedRoleId: role } = claim;
      return {
        ...claim,
        acted: true,
        broughtInByUs: true,
        grantedRoleId: role !== null && roles.includes(role) ? role : null,
      };
    });
  }

  /**
   * Seen to be absent: who was in, and of whom no removal of ours is under way, has left. A new enrollment begins anew, unless
   * they have been in by it. Whom an undo has brought back is in without any, and leaves like everybody else.
   */
  isGone(): void {
    const account = this.account.discordUserId;
    const isAdded = this.effects.some(({ step }) => step.type === 'add');
    const left = new Set(
      this.view.rows
        .filter(
          (row) =>
            (isAdded ||
              ((row.endedAt === null || this.isRestored(row)) &&
                attemptOn(row, account) !== 'kick' &&
                row.actedDiscordUserId === account)) &&
            this.traces.get(row.id)?.taking !== 'person',
        )
        .map(({ id }) => id),
    );
    this.claims = this.claims.map((claim) =>
      left.has(claim.membershipId) && claim.current && (claim.status === 'joined' || claim.broughtInByUs)
        ? { ...claim, leftByChoice: true }
        : claim,
    );
  }

  private isRestored({ id }: MembershipRow): boolean {
    return this.claims.some(({ membershipId, removal }) => membershipId === id && removal === 'restored');
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
