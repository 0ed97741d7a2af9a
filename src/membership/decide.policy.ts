import { type Exclusion, exclusionOf, isExcluded } from './exclusion.policy';

/**
 * The whole policy, in one pure function: given what is wanted of one Discord account in one server and what is known of
 * it there, which single step comes next, or how everything stands when no step is left.
 *
 * Shapes: one `Claim` per membership that concerns the account (courses share servers, accounts are swapped); the account
 * is in the server as long as any claim wants it there.
 */

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
  /** A role that was being given when its answer was lost, and that is not wanted any more: they may hold it, by our doing. */
  readonly leftOverRoleId: string | null;
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
  readonly joinedAt: Date | null;
  /** Has not yet passed the server's membership screening. */
  readonly pending: boolean;
  /** Owner, administrator, moderator, at or above the bot, staff of a course here, or a bot; null: not looked lately. */
  readonly isProtected: boolean | null;
}

/** One Discord call. */
export type Step =
  | { readonly type: 'look' }
  | { readonly type: 'add'; readonly roleIds: readonly string[] }
  | { readonly type: 'invite'; readonly membershipId: string; readonly roleIds: readonly string[] }
  | { readonly type: 'revoke-invite'; readonly membershipId: string; readonly code: string }
  | { readonly type: 'grant-role'; readonly roleId: string }
  | { readonly type: 'revoke-role'; readonly roleId: string }
  | { readonly type: 'kick' };

/** How one membership stands when no step is left. */
export interface Settlement {
  readonly membershipId: string;
  /** Null: the account is not the current one any more; only what we did on it is forgotten. */
  readonly outcome: { readonly status: MembershipStatus; readonly reason: MembershipReason } | null;
  /** The role that is now given for this claim. */
  readonly grantedRoleId: string | null;
  readonly broughtInByUs: boolean;
  /** When to look again although nothing changes: the end of a grace, of an invite or of the enrollment. */
  readonly dueAt: Date | null;
}

export type Decision = { readonly step: Step } | { readonly step: null; readonly settlements: readonly Settlement[] };

/** After this long a student's token is asked for again when Discord could not be asked, milliseconds. */
const GRANT_RETRY = 60_000;
/** After this long a due removal is looked at again that the brake had not seen, milliseconds. */
const BRAKE_RETRY = 1_000;
const MILDEST_FIRST: readonly RemovalPolicy[] = ['KEEP', 'REMOVE_ROLE', 'KICK'];

/** @param claims every membership in the server that concerns the account; at least one. */
export function decide(claims: readonly Claim[], account: Account, seen: Seen, now: Date): Decision {
  const sides = claims.map((claim) => ({ claim, side: sideOf(claim, seen, now) }));
  const wanting = sides.filter(({ side }) => side === 'wants').map(({ claim }) => claim);
  const keeping = sides.filter(({ side }) => side === 'grace').map(({ claim }) => claim);
  const ended = sides.filter(({ side }) => side === 'ended').map(({ claim }) => claim);

  // An open invite that is of no use any more is taken back before anything else, so that nobody comes in by it later: who
  // may not come in, and who is in already (by another way: an invite that was used is gone).
  for (const claim of claims) {
    const isOfUse = wanting.includes(claim) && seen.presence !== 'present' && !claim.invite?.isHalfRevoked;
    if (claim.invite && claim.invite.expiresAt > now && !isIdle(claim) && !isOfUse) {
      return { step: { type: 'revoke-invite', membershipId: claim.membershipId, code: claim.invite.code } };
    }
  }

  const step = account.discordUserId === null ? null : nextStep(wanting, keeping, ended, claims, account, seen, now);
  if (step) return { step };
  return { step: null, settlements: claims.map((claim) => settle(claim, claims, wanting, account, seen, now)) };
}

type Side = 'wants' | 'grace' | 'ended' | 'none';

/**
 * Where a claim stands: it wants the account in, keeps it for a grace that is not over, is over, or asks for nothing
 * (frozen, left by choice, or not invited yet). One that cannot be served keeps what there is until it is mended.
 */
function sideOf(claim: Claim, seen: Seen, now: Date): Side {
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
  return claim.removalDueAt !== null && claim.removalDueAt > now ? 'grace' : 'ended';
}

/** Enrolling alone is enough here, or somebody has asked. */
function mayComeIn(claim: Claim): boolean {
  return claim.autoInvite || claim.requested || claim.status === 'joined';
}

/** No call is made for it. */
function isIdle(claim: Claim): boolean {
  return claim.frozen || claim.notReady;
}

/** A person has decided, or has to decide, that nobody is removed for now. */
function isOnHold(claim: Claim): boolean {
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
  if (claim.removalDueAt !== null && claim.removalDueAt > now) return false;
  // Who was invited, or being added, when access ended may have come in without our having seen it.
  const isIn = seen.presence === 'present' && claim.acted;
  if (claim.status === 'invited') return isIn;
  return claim.status === 'joined' || rolesOf(claim).length > 0 || (claim.status === 'pending' && isIn);
}

function nextStep(
  wanting: readonly Claim[],
  keeping: readonly Claim[],
  ended: readonly Claim[],
  claims: readonly Claim[],
  account: Account,
  seen: Seen,
  now: Date,
): Step | null {
  if (wanting.length > 0 && seen.presence !== 'present') {
    if (account.refusal !== null || account.grant === 'unavailable') return null;
    if (account.grant === 'usable') return { type: 'add', roleIds: desiredRoles(wanting, seen) };
    // They may be in already, by their own way: that costs one look, an invite would cost more.
    if (seen.presence === 'unknown') return { type: 'look' };
    return inviteStep(wanting, seen, now);
  }

  const unfinished = ended.filter(
    (claim) => !claim.notReady && (rolesOf(claim).length > 0 || claim.acted || claim.status === 'joined'),
  );
  // Ended before we ever did anything: nothing to undo, nothing to ask.
  if (seen.presence === 'unknown' && unfinished.length > 0) return { type: 'look' };
  if (seen.presence !== 'present') return null;

  const kept = new Set([
    ...wanting.map((claim) => claim.roleId),
    ...keeping.flatMap(rolesOf),
    ...claims.filter(isIdle).flatMap(rolesOf),
  ]);
  const losing = (rolesIn: (claim: Claim) => readonly (string | null)[]): Step | null => {
    for (const claim of claims) {
      const roleId = rolesIn(claim).find(
        (role) =>
          role !== null &&
          !isIdle(claim) &&
          seen.roles.includes(role) &&
          !kept.has(role) &&
          losesRole(role, claim, claims, seen, now),
      );
      if (roleId) return { type: 'revoke-role', roleId };
    }
    return null;
  };
  // Before another one is given, of which the answer may be lost too: only one is remembered.
  const leftOver = wanting.length > 0 ? losing((claim) => [claim.leftOverRoleId]) : null;
  if (leftOver) return leftOver;

  const desired = desiredRoles(wanting, seen);
  const missing = wanting.find(
    (claim) => claim.roleId && desired.includes(claim.roleId) && !seen.roles.includes(claim.roleId) && mayGrant(claim),
  );
  if (missing?.roleId) return { type: 'grant-role', roleId: missing.roleId };

  const kick = wanting.length === 0 && keeping.length === 0 ? kickStep(ended, claims, seen) : null;
  return kick ?? losing(rolesOf);
}

/** The roles that the account may hold by our doing for this claim. */
export function rolesOf({ grantedRoleId, leftOverRoleId }: Claim): string[] {
  return [grantedRoleId, leftOverRoleId].filter((role) => role !== null);
}

/** Of those, the one to remember while nothing is done for the claim. */
function roleKept(claim: Claim): string | null {
  return rolesOf(claim)[0] ?? null;
}

/** RESPECT: a role that we gave and somebody took away stays away. Whoever has only been invited has not had it yet. */
function mayGrant(claim: Claim): boolean {
  return claim.driftPolicy === 'REPAIR' || claim.grantedRoleId !== claim.roleId || claim.status === 'invited';
}

function losesRole(roleId: string, claim: Claim, claims: readonly Claim[], seen: Seen, now: Date): boolean {
  if ((claim.enrolled || claim.removal === 'restored') && claim.current && !isExcluded(claim))
    return claim.roleId !== roleId;
  if (!claim.current || isExcluded(claim)) return policyOf(claims) !== 'KEEP' || claim.current;
  if (isOnHold(claim) || awaitsBrake(claim, now, seen)) return false;
  return claim.removalPolicy !== 'KEEP' && (claim.removalDueAt === null || claim.removalDueAt <= now);
}

/** One invite serves the whole server; an expired one is renewed when somebody asks, not by itself. */
function inviteStep(wanting: readonly Claim[], seen: Seen, now: Date): Step | null {
  if (wanting.some((claim) => claim.invite !== null && claim.invite.expiresAt > now)) return null;
  const claim = wanting.find((candidate) => candidate.invite === null);
  return claim ? { type: 'invite', membershipId: claim.membershipId, roleIds: desiredRoles(wanting, seen) } : null;
}

/** The kick, or the look that has to come before it; null when the person stays. */
function kickStep(ended: readonly Claim[], claims: readonly Claim[], seen: Seen): Step | null {
  const over = [...ended, ...claims.filter((claim) => claim.frozen && claim.current && !isExcluded(claim))];
  if (ended.every((claim) => claim.notReady) || policyOf(over) !== 'KICK' || isKeptByFrozen(claims)) return null;
  if (!ended.some((claim) => isOpenEnd(claim) && wasBroughtIn(claim, claims, seen))) return null;
  if (seen.isProtected === null) return { type: 'look' };
  return seen.isProtected ? null : { type: 'kick' };
}

/**
 * An end that is not settled yet, or that people asked for. Whoever stayed when their access ended, or came back by their own
 * way afterwards, is a guest like any other: a policy that becomes stricter later does not concern them. Whether a guest whom
 * a moderator kicked may come back is the moderators' to say.
 */
function isOpenEnd(claim: Claim): boolean {
  return (
    claim.status !== 'removed' ||
    claim.acted ||
    rolesOf(claim).length > 0 ||
    (isExcluded(claim) && (claim.enrolled || !claim.removedByModerator)) ||
    !claim.current
  );
}

/** The mildest policy of all courses that the account had here. */
function policyOf(claims: readonly Claim[]): RemovalPolicy {
  return MILDEST_FIRST.find((policy) => claims.some((claim) => claim.removalPolicy === policy)) ?? 'KEEP';
}

/** A course that is switched off counts against a removal by another one, however far it had come with the person. */
function isKeptByFrozen(claims: readonly Claim[]): boolean {
  return claims.some(
    (claim) =>
      claim.frozen &&
      claim.current &&
      !isExcluded(claim) &&
      (claim.enrolled || isOnHold(claim) || claim.removal === 'restored'),
  );
}

/** Another course, which cannot be served for now, keeps the person until it is mended. */
function isKeptByUnready(claims: readonly Claim[], seen: Seen, now: Date): boolean {
  return claims.some((claim) => claim.notReady && sideOf(claim, seen, now) === 'grace');
}

/** Whoever was in the server before their first membership was not brought in by us, unless the course adopts them. */
function wasBroughtIn(claim: Claim, claims: readonly Claim[], seen: Seen): boolean {
  if (claim.broughtInByUs) return true;
  // Of an account that was exchanged only what we did on it counts. It may have come in by our call or our invite without our
  // having seen it.
  if (!claim.current && (!claim.acted || claim.status === 'joined')) return false;
  if (claim.current && claim.adoptExisting && claim.enrolled) return true;
  if (seen.joinedAt === null) return false;
  const first = Math.min(...claims.map((other) => other.since.getTime()));
  return seen.joinedAt.getTime() >= first;
}

function desiredRoles(wanting: readonly Claim[], seen: Seen): string[] {
  const roles = wanting
    // Whether a newcomer has to pass the screening is only seen once they are in.
    .filter((claim) => !claim.roleAfterScreening || (seen.presence === 'present' && !seen.pending))
    .flatMap((claim) => claim.roleId ?? []);
  return [...new Set(roles)].sort();
}

function settle(
  claim: Claim,
  claims: readonly Claim[],
  wanting: readonly Claim[],
  account: Account,
  seen: Seen,
  now: Date,
): Settlement {
  const present = seen.presence === 'present';
  const settled = (status: MembershipStatus, reason: MembershipReason, dueAt: Date | null = null): Settlement => ({
    membershipId: claim.membershipId,
    outcome: { status, reason },
    grantedRoleId: present ? roleHeld(claim, seen) : null,
    broughtInByUs: present && wasBroughtIn(claim, claims, seen),
    dueAt,
  });

  if (claim.frozen || (claim.notReady && isUnfinished(claim, seen))) {
    return {
      membershipId: claim.membershipId,
      outcome: claim.current ? { status: claim.status, reason: claim.reason } : null,
      grantedRoleId: roleKept(claim),
      broughtInByUs: claim.broughtInByUs,
      dueAt: null,
    };
  }
  if (!claim.current)
    return { membershipId: claim.membershipId, outcome: null, grantedRoleId: null, broughtInByUs: false, dueAt: null };
  const exclusion = exclusionOf(claim);
  if (exclusion !== null) return settled('removed', exclusion);

  if (!claim.enrolled) {
    if (claim.removal === 'restored') return settleRestored(claim, wanting, account, seen, settled, now);
    if (present && isOnHold(claim)) return settled('joined', 'REMOVAL_HELD');
    const inGrace = claim.removalDueAt !== null && claim.removalDueAt > now;
    if (present && inGrace) return settled('joined', 'GRACE_PERIOD', claim.removalDueAt);
    // As it stands, and again in a moment: the brake has not looked at it yet.
    if (present && awaitsBrake(claim, now, seen))
      return settled(claim.status, claim.reason, new Date(now.getTime() + BRAKE_RETRY));
    if (present && (wanting.length > 0 || isKeptByFrozen(claims) || isKeptByUnready(claims, seen, now)))
      return settled('removed', 'STILL_ENROLLED_ELSEWHERE');
    if (present && claim.removalPolicy === 'KICK' && policyOf(claims) === 'KICK') {
      // Another course's grace keeps the person; this course looks again when that is over.
      const later = claims.flatMap((other) =>
        other.removalDueAt !== null && other.removalDueAt > now ? [other.removalDueAt] : [],
      );
      if (later.length > 0)
        return settled('removed', 'STILL_ENROLLED_ELSEWHERE', new Date(Math.max(...later.map(Number))));
      // So does one whose own removal is held, or stopped.
      if (claims.some((other) => sideOf(other, seen, now) === 'grace'))
        return settled('removed', 'STILL_ENROLLED_ELSEWHERE');
      // A guest: their policy was milder when they stayed, or a course kept them that is not connected with the server any more.
      const isGuest = claim.status === 'removed' && claim.reason !== 'PROTECTED_MEMBER' && !isOpenEnd(claim);
      return settled('removed', isGuest ? 'ENROLLMENT_ENDED' : 'PROTECTED_MEMBER');
    }
    return settled('removed', 'ENROLLMENT_ENDED');
  }

  if (isDoubted(claim, seen)) {
    const { broughtInByUs } = claim;
    return {
      ...settled('joined', 'REMOVAL_HELD', claim.expiresAt),
      grantedRoleId: roleKept(claim),
      broughtInByUs,
    };
  }
  if (claim.leftByChoice && !present) return settled('left', 'LEFT_BY_CHOICE', claim.expiresAt);
  if (present)
    return settled('joined', seen.pending ? 'SCREENING_PENDING' : joinedReason(claim, claims, seen), claim.expiresAt);
  return settleOutside(claim, wanting, account, settled, now);
}

/** Somebody who should be in, or may come in, and is not. */
function settleOutside(
  claim: Claim,
  wanting: readonly Claim[],
  account: Account,
  settled: (status: MembershipStatus, reason: MembershipReason, dueAt?: Date | null) => Settlement,
  now: Date,
): Settlement {
  if (account.discordUserId === null) return settled('pending', 'ACCOUNT_NOT_LINKED', claim.expiresAt);
  if (claim.notReady) return settleUnready(claim, settled, now);
  if (!wanting.includes(claim)) return settled('pending', 'NOT_INVITED', claim.expiresAt);
  if (account.refusal !== null) return settled('pending', account.refusal, claim.expiresAt);
  if (account.grant === 'unavailable')
    return settled('pending', 'DISCORD_UNAVAILABLE', new Date(now.getTime() + GRANT_RETRY));

  const invites = wanting.flatMap((other) => other.invite ?? []);
  const open = invites.find((invite) => invite.expiresAt > now);
  const grantedRoleId = roleKept(claim);
  if (open) return { ...settled('invited', 'INVITE_OPEN', earliest(open.expiresAt, claim.expiresAt)), grantedRoleId };
  if (invites.length > 0) return { ...settled('invited', 'INVITE_EXPIRED', claim.expiresAt), grantedRoleId };
  return settled('pending', account.grant === 'dead' ? 'CONNECTION_REVOKED' : 'QUEUED', claim.expiresAt);
}

/** Outside, and kept there by what is wrong with this course's role or channel; an invite that is open can be used. */
function settleUnready(
  claim: Claim,
  settled: (status: MembershipStatus, reason: MembershipReason, dueAt?: Date | null) => Settlement,
  now: Date,
): Settlement {
  if (claim.invite && claim.invite.expiresAt > now) {
    const grantedRoleId = roleKept(claim);
    return { ...settled('invited', 'INVITE_OPEN', earliest(claim.invite.expiresAt, claim.expiresAt)), grantedRoleId };
  }
  if (!mayComeIn(claim) && claim.removal !== 'restored') return settled('pending', 'NOT_INVITED', claim.expiresAt);
  return settled('pending', 'SERVER_NOT_READY', claim.expiresAt);
}

/** Access has ended and something of ours may still be there, which only a call could undo: it waits as it stands. */
function isUnfinished(claim: Claim, seen: Seen): boolean {
  if (!claim.current) return true;
  if ((claim.enrolled || claim.removal === 'restored') && !isExcluded(claim)) return false;
  if (claim.invite !== null || seen.presence === 'present') return true;
  return seen.presence === 'unknown' && (claim.acted || rolesOf(claim).length > 0 || claim.status === 'joined');
}

/** Somebody whose removal was undone: in as if enrolled, until the enrollment changes or staff removes them. */
function settleRestored(
  claim: Claim,
  wanting: readonly Claim[],
  account: Account,
  seen: Seen,
  settled: (status: MembershipStatus, reason: MembershipReason, dueAt?: Date | null) => Settlement,
  now: Date,
): Settlement {
  if (seen.presence === 'present') return settled('joined', 'REMOVAL_HELD');
  if (claim.leftByChoice) return settled('left', 'LEFT_BY_CHOICE');
  return settleOutside(claim, wanting, account, settled, now);
}

/** The role of this claim that the account holds now: ours to take away later. */
function roleHeld(claim: Claim, seen: Seen): string | null {
  // What could not be exchanged for the new role yet stays ours.
  if (claim.notReady && roleKept(claim) !== null) return roleKept(claim);
  if ((claim.enrolled || claim.removal === 'restored') && claim.current && claim.roleId !== null) {
    if (seen.roles.includes(claim.roleId)) return claim.roleId;
    // RESPECT remembers that the role was given once, so that it is not given again.
    return claim.driftPolicy === 'RESPECT' ? claim.grantedRoleId : null;
  }
  return rolesOf(claim).find((role) => seen.roles.includes(role)) ?? null;
}

function joinedReason(claim: Claim, claims: readonly Claim[], seen: Seen): MembershipReason {
  if (claim.status === 'joined' && ['ADDED', 'USED_INVITE', 'ALREADY_MEMBER'].includes(claim.reason))
    return claim.reason;
  // Known of somebody who is only now in: we have just added them, whatever invite they held.
  if (claim.broughtInByUs) return 'ADDED';
  if (claim.invite !== null || claim.status === 'invited') return 'USED_INVITE';
  return wasBroughtIn(claim, claims, seen) && claim.acted ? 'ADDED' : 'ALREADY_MEMBER';
}

function earliest(a: Date, b: Date | null): Date {
  return b !== null && b < a ? b : a;
}
