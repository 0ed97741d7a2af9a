import { type Exclusion, isExcluded } from './exclusion.policy';

export type MembershipStatus = 'pending' | 'invited' | 'joined' | 'left' | 'removed';
export type MembershipReason =
  | 'QUEUED'
  | 'NOT_INVITED'
  | 'ACCOUNT_NOT_LINKED'
  | 'CONNECTION_REVOKED'
  | 'INVITE_OPEN'
  | 'INVITE_EXPIRED'
  | 'GUILD_LIMIT_REACHED'
  | 'BANNED'
  | 'ADDED'
  | 'ALREADY_MEMBER'
  | 'USED_INVITE'
  | 'LEFT_BY_CHOICE'
  | 'ENROLLMENT_ENDED'
  | 'GRACE_PERIOD'
  | 'REMOVED_BY_STAFF'
  | 'REMOVAL_HELD'
  | 'STILL_ENROLLED_ELSEWHERE'
  | 'PROTECTED_MEMBER'
  | 'SCREENING_PENDING'
  | 'JOINING_LIMITED'
  | 'SERVER_NOT_READY'
  | 'DISCORD_UNAVAILABLE';
export type RemovalPolicy = 'KICK' | 'REMOVE_ROLE' | 'KEEP';

/**
 * What became of a removal that is due and that nobody asked for: `cleared` by the brake, `held` by it until a person
 * decides, cancelled (`suspended`: the person stays as they are), or undone (`restored`: the person is brought back).
 */
export type RemovalState = 'cleared' | 'held' | 'suspended' | 'restored';

/** What one membership asks of the account, and what we already did for it. */
export interface Claim extends Exclusion {
  readonly membershipId: string;
  /** The course, its place in this server, the user and the enrollment exist, and the enrollment is active now. */
  readonly enrolled: boolean;
  /** The configuration is inactive or without an owner: no call is made for this claim, yet it counts against a removal. */
  readonly frozen: boolean;
  /** Its role or its channel cannot be served: no call is made for this claim either, and it keeps the person there. */
  readonly notReady: boolean;
  /** The account is the one that the student has linked now (not one they had before). */
  readonly current: boolean;
  readonly leftByChoice: boolean;
  /** Staff invited the student, or the student asked to come in: enough where enrolling alone is not. */
  readonly requested: boolean;
  readonly autoInvite: boolean;
  readonly adoptExisting: boolean;
  readonly roleAfterScreening: boolean;
  /** REPAIR: a role that somebody took away is given again. RESPECT: it is left as it is. */
  readonly driftPolicy: 'REPAIR' | 'RESPECT';
  readonly removalPolicy: RemovalPolicy;
  readonly removalsPaused: boolean;
  /**
   * What became of the removal that is due; null until the brake has looked at it. While the enrollment lasts: `held` if the
   * account was found missing together with so many others that a person has to say whether they have left.
   */
  readonly removal: RemovalState | null;
  /** The end of the grace after the enrollment's end; null while it lasts. */
  readonly removalDueAt: Date | null;
  /** When the enrollment will expire; null when it will not. */
  readonly expiresAt: Date | null;
  /** The configured student role; null when the server has none for this course. */
  readonly roleId: string | null;
  /** The role that we gave for this claim, or that our invite gives to whoever comes in by it. */
  readonly grantedRoleId: string | null;
  /** Further roles that the account may hold by our doing: of calls whose answers were lost, or not to be taken away yet. */
  readonly leftOverRoleIds: readonly string[];
  /** We ever acted on the account for this claim. */
  readonly acted: boolean;
  readonly broughtInByUs: boolean;
  readonly status: MembershipStatus;
  readonly reason: MembershipReason;
  /** The person's first membership in this server: whoever was there earlier was not brought in by us. */
  readonly since: Date;
  readonly invite: ClaimedInvite | null;
}

export interface ClaimedInvite {
  readonly code: string;
  readonly expiresAt: Date;
  /** It was being taken back, and the answer is lost: it may be gone, so it is of no use to anybody. */
  readonly isHalfRevoked?: boolean;
}

export interface Account {
  /** Null: the student has linked no account. */
  readonly discordUserId: string | null;
  /** What the stored grant lets us do: add the person (`usable`), nothing (`no-grant`: not asked for; `dead`: refused by
   * Discord), or nothing for the moment. */
  readonly grant: 'usable' | 'no-grant' | 'dead' | 'unavailable';
  /** A lasting refusal that concerns this person, met in this run. */
  readonly refusal: 'GUILD_LIMIT_REACHED' | 'JOINING_LIMITED' | 'BANNED' | null;
}

/** What is known of the account in the server. */
export interface Seen {
  readonly presence: 'unknown' | 'absent' | 'present';
  readonly roles: readonly string[];
  /** Those of them that the bot is known not to stand above, so that nobody but the server's staff can take them away. */
  readonly outOfReach: readonly string[];
  readonly joinedAt: Date | null;
  /** Has not yet passed the server's membership screening. */
  readonly pending: boolean;
  /** Owner, administrator, moderator, at or above the bot, staff of a course here, or a bot; null: not looked lately. */
  readonly isProtected: boolean | null;
}

const MILDEST_FIRST: readonly RemovalPolicy[] = ['KEEP', 'REMOVE_ROLE', 'KICK'];

export type Side = 'wants' | 'grace' | 'ended' | 'none';

/**
 * Where a claim stands: it wants the account in, keeps it for a grace that is not over, is over, or asks for nothing
 * (frozen, left by choice, or not invited yet). One that cannot be served keeps what there is until it is mended.
 */
export function sideOf(claim: Claim, seen: Seen, now: Date): Side {
  if (claim.frozen) return 'none';
  const side = wishOf(claim, seen, now);
  if (!claim.notReady || side === 'none') return side;
  return side === 'ended' && claim.status === 'removed' ? 'ended' : 'grace';
}

function wishOf(claim: Claim, seen: Seen, now: Date): Side {
  if (!claim.current) return 'ended';
  if (isExcluded(claim)) return 'ended';
  if (claim.enrolled) {
    // Somebody who left and is here again came back by their own will.
    if ((claim.leftByChoice && seen.presence !== 'present') || isDoubted(claim, seen)) return 'none';
    return mayComeIn(claim) || seen.presence === 'present' ? 'wants' : 'none';
  }
  if (claim.removal === 'restored') return claim.leftByChoice && seen.presence !== 'present' ? 'none' : 'wants';
  if (seen.presence === 'present' && (isOnHold(claim) || awaitsBrake(claim, now, seen))) return 'grace';
  return isInGrace(claim, now) ? 'grace' : 'ended';
}

export function isInGrace({ removalDueAt }: Claim, now: Date): boolean {
  return removalDueAt !== null && removalDueAt > now;
}

/** Enrolling alone is enough here, or somebody has asked. */
export function mayComeIn(claim: Claim): boolean {
  return claim.autoInvite || claim.requested || claim.status === 'joined';
}

/** No call is made for it. */
export function isIdle(claim: Claim): boolean {
  return claim.frozen || claim.notReady;
}

/** A person has decided, or has to decide, that nobody is removed for now. */
export function isOnHold(claim: Claim): boolean {
  return claim.removal === 'held' || claim.removal === 'suspended' || claim.removalsPaused;
}

/** One of so many who are missing at once that a person has to say whether they have left. Being seen again settles it. */
export function isDoubted(claim: Claim, seen: Seen): boolean {
  return claim.enrolled && claim.removal === 'held' && seen.presence !== 'present';
}

/** Whether a removal is due that nobody asked for, so that the brake has to look at it before anything is taken away. */
export function awaitsBrake(claim: Claim, now: Date, seen: Pick<Seen, 'presence'>): boolean {
  if (isIdle(claim) || !claim.current || claim.enrolled || isExcluded(claim)) return false;
  if (claim.removal !== null || claim.removalsPaused || claim.removalPolicy === 'KEEP') return false;
  if (isInGrace(claim, now)) return false;
  if (claim.status === 'joined') return true;
  if (claim.status !== 'invited' && seen.presence !== 'absent' && rolesOf(claim).length > 0) return true;
  // Whoever was out when access ended may have come in without our having seen it, also by a call of ours that was late.
  return seen.presence === 'present' && (claim.status !== 'removed' || claim.acted);
}

/** The roles that the account may hold by our doing for this claim. */
export function rolesOf({ grantedRoleId, leftOverRoleIds }: Claim): string[] {
  return grantedRoleId === null ? [...leftOverRoleIds] : [grantedRoleId, ...leftOverRoleIds];
}

/** The mildest policy of all courses that the account had here. */
export function policyOf(claims: readonly Claim[]): RemovalPolicy {
  return MILDEST_FIRST.find((policy) => claims.some((claim) => claim.removalPolicy === policy)) ?? 'KEEP';
}

/**
 * An end that is not settled yet, or that people asked for. Whoever stayed when their access ended, or came back by their own
 * way afterwards, is a guest like any other: a policy that becomes stricter later does not concern them. Whether a guest whom
 * a moderator kicked may come back is the moderators' to say.
 */
export function isOpenEnd(claim: Claim): boolean {
  return (
    claim.status !== 'removed' ||
    claim.acted ||
    rolesOf(claim).length > 0 ||
    (isExcluded(claim) && (claim.enrolled || !claim.removedByModerator)) ||
    !claim.current
  );
}

/** A course that is switched off counts against a removal by another one, however far it had come with the person; so does its grace. */
export function isKeptByFrozen(claims: readonly Claim[], now: Date): boolean {
  return claims.some(
    (claim) =>
      claim.frozen &&
      claim.current &&
      !isExcluded(claim) &&
      (claim.enrolled || isOnHold(claim) || claim.removal === 'restored' || isInGrace(claim, now)),
  );
}

/** Another course, which cannot be served for now, keeps the person until it is mended. */
export function isKeptByUnready(claims: readonly Claim[], seen: Seen, now: Date): boolean {
  return claims.some((claim) => claim.notReady && sideOf(claim, seen, now) === 'grace');
}

/** Whoever was in the server before their first membership was not brought in by us, unless the course adopts them. */
export function wasBroughtIn(claim: Claim, claims: readonly Claim[], seen: Seen): boolean {
  if (claim.broughtInByUs) return true;
  // Of an account that was exchanged only what we did on it counts. It may have come in by our call or our invite without our
  // having seen it.
  if (!claim.current && (!claim.acted || claim.status === 'joined')) return false;
  if (claim.current && claim.adoptExisting && claim.enrolled) return true;
  if (seen.joinedAt === null) return false;
  const first = Math.min(...claims.map((other) => other.since.getTime()));
  return seen.joinedAt.getTime() >= first;
}
