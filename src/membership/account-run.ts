import { type DiscordFailure } from '../discord-api/discord-failure';
import { type AccountView } from './account-view';
import { type Account, type Claim, type Seen } from './claim.policy';
import { type Step } from './decide.policy';
import { type Settlement } from './settle.policy';

/** No situation needs more: the property tests end within far fewer. */
export const MAX_STEPS = 20;

/** What is known of somebody who is not in the server. */
export const ABSENT: Seen = { presence: 'absent', roles: [], joinedAt: null, pending: false, isProtected: false };

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

  constructor(readonly view: AccountView) {
    this.claims = view.claims;
    this.account = view.account;
    this.seen = view.seen;
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
    };
  }
}
