import {
  type Account,
  type Claim,
  type MembershipReason,
  type MembershipStatus,
  type RemovalPolicy,
  type RemovalState,
  type Seen,
} from './claim.policy';
import { FRESH } from './guild-facts';
import { type Doing, doingsOf, isUncertain, type Trace } from './traces.policy';

/** A membership with everything that decides about it, as read at one moment. */
export interface MembershipRow {
  readonly id: string;
  readonly userId: string;
  readonly courseId: string;
  readonly guildId: string;
  readonly status: MembershipStatus;
  readonly reason: MembershipReason;
  readonly generation: string;
  /** Since when it waits. */
  readonly markedAt: Date;
  readonly attempts: number;
  readonly requested: boolean;
  readonly leftByChoice: boolean;
  readonly removedByStaff: boolean;
  readonly removedByModerator: boolean;
  readonly banned: boolean;
  readonly removalState: RemovalState | null;
  readonly removalRunId: string | null;
  readonly endedAt: Date | null;
  readonly grantedRoleId: string | null;
  readonly actedDiscordUserId: string | null;
  readonly broughtInByUs: boolean;
  readonly storedRemovalPolicy: RemovalPolicy | null;
  readonly storedRemovalDueAt: Date | null;
  readonly inviteCode: string | null;
  readonly inviteLink: string | null;
  readonly inviteExpiresAt: Date | null;
  readonly invitationSentAt: Date | null;
  /** The Discord account that came in at the moment at which the invite was used up. */
  readonly inviteUsedBy: string | null;
  readonly attempt: string | null;
  readonly attemptDiscordUserId: string | null;
  /** What is known of our doing beside the above, on this account or on former ones. */
  readonly traces: readonly Trace[];
  readonly isMember: boolean | null;
  readonly seenRoles: string[] | null;
  readonly seenJoinedAt: Date | null;
  readonly seenPending: boolean;
  readonly seenAt: Date | null;
  /** The same to the microsecond, which a Date does not hold: by it a later write tells whether it is still the last. */
  readonly seenStamp: string | null;
  readonly seenDiscordUserId: string | null;
  readonly runId: string | null;
  /** When the comparison ended that has found this membership out of date. */
  readonly comparedAt: Date | null;
  readonly createdAt: Date;
  readonly configId: string | null;
  /** Null: the course has no configuration for this server any more. */
  readonly configActive: boolean | null;
  /** It is being deleted together with its members' access. */
  readonly configEnding: boolean;
  /** Whether the course's instructor is still a user of the platform. */
  readonly hasOwner: boolean;
  readonly inviteChannelId: string | null;
  readonly studentRoleId: string | null;
  readonly welcomeMessage: string | null;
  readonly removalPolicy: RemovalPolicy | null;
  readonly removalGraceHours: number | null;
  readonly driftPolicy: 'REPAIR' | 'RESPECT' | null;
  readonly autoInvite: boolean | null;
  readonly adoptExisting: boolean | null;
  readonly roleAfterScreening: boolean | null;
  readonly removalsPaused: boolean | null;
  readonly courseTitle: string | null;
  readonly linkedDiscordUserId: string | null;
  readonly linkedScopes: string[] | null;
  readonly linkedVerified: boolean | null;
  readonly enrolled: boolean;
  readonly enrollmentExpiresAt: Date | null;
  readonly due: boolean;
  /** 0 a student waits, 10 bulk, 20 cleanup; of a membership that is due. */
  readonly priority: number;
  /** What stands in the way of this course in its server, as the last check found it. */
  readonly courseObstacle: string | null;
  /** When Discord last refused us for it, if the server was found well since. */
  readonly refusedBeforeWell: Date | null;
}

/** One Discord account (or a student without one) in one server, with every membership that concerns it. */
export interface AccountView {
  readonly account: Account;
  readonly claims: Claim[];
  readonly seen: Seen;
  /** What was last told of it, though a call of ours may have changed that. */
  readonly told: Seen;
  /** The rows behind the claims. */
  readonly rows: readonly MembershipRow[];
  /** When `seen` was stored; an observation that arrives later wins over what a worker found. */
  readonly seenAt: Date | null;
  /**
   * Read by a comparison a moment ago, so that a kick may rely on it without another look. What the gateway told is not
   * enough: somebody who was made an administrator a moment ago may still be on their way here.
   */
  readonly isFresh: boolean;
  /** When Discord refused us for this account, if the server was found well since: a new refusal is about the account. */
  readonly refusedBeforeWell: Date | null;
}

/**
 * Groups memberships by the account that they concern. A membership whose student has exchanged the account concerns
 * two: the old one first, which is cleaned up, then the one linked now.
 */
export function viewsOf(rows: readonly MembershipRow[], now: Date): AccountView[] {
  const groups = new Map<string, { discordUserId: string | null; rows: MembershipRow[] }>();
  const put = (key: string, discordUserId: string | null, row: MembershipRow) => {
    const group = groups.get(key) ?? { discordUserId, rows: [] };
    group.rows.push(row);
    groups.set(key, group);
  };
  for (const row of rows) {
    for (const former of doingsOf(row).keys()) {
      if (former !== row.linkedDiscordUserId) put(former, former, row);
    }
  }
  for (const row of rows) put(row.linkedDiscordUserId ?? `nobody:${row.userId}`, row.linkedDiscordUserId, row);
  return inOrder(groups).map((group) => viewOf(group.discordUserId, group.rows, now));
}

/** Each account that is linked now right after those that its students had before. */
function inOrder<Group extends { readonly discordUserId: string | null; readonly rows: readonly MembershipRow[] }>(
  groups: ReadonlyMap<string, Group>,
): Group[] {
  const ordered = new Set<Group>();
  for (const group of groups.values()) {
    const isCurrent = group.rows.some((row) => row.linkedDiscordUserId === group.discordUserId);
    if (!isCurrent) continue;
    for (const row of group.rows) {
      for (const account of doingsOf(row).keys()) {
        const former = groups.get(account);
        if (former && former !== group) ordered.add(former);
      }
    }
    ordered.add(group);
  }
  return [...ordered, ...[...groups.values()].filter((group) => !ordered.has(group))];
}

function viewOf(discordUserId: string | null, rows: readonly MembershipRow[], now: Date): AccountView {
  const latest = rows
    .filter((row) => row.isMember !== null && row.seenDiscordUserId === discordUserId)
    .reduce<MembershipRow | null>(
      (best, row) => (best?.seenAt && row.seenAt && best.seenAt >= row.seenAt ? best : row),
      null,
    );
  const linked = rows.find((row) => row.linkedDiscordUserId === discordUserId);
  // Nobody is forgotten who may have come in by our invite: of a server from which the bot was away, absence is yesterday's.
  const mayHaveComeIn = linked === undefined && rows.some((row) => row.status === 'invited') && !latest?.isMember;
  // Nor is anything relied on that was seen before a call of which nobody knows how it ended.
  const mayHaveChanged = rows.some((row) =>
    row.traces.some((trace) => trace.account === discordUserId && isUncertain(trace, now)),
  );
  return {
    account: { discordUserId, grant: grantOf(linked), refusal: null },
    claims: rows.map((row) => claimOf(row, discordUserId, now)),
    seen: seenOf(mayHaveComeIn || mayHaveChanged ? null : latest),
    told: seenOf(latest),
    rows,
    seenAt: latest?.seenAt ?? null,
    isFresh: rows.some((row) => row.comparedAt !== null && now.getTime() - row.comparedAt.getTime() <= FRESH),
    refusedBeforeWell: rows.find((row) => row.refusedBeforeWell !== null)?.refusedBeforeWell ?? null,
  };
}

function grantOf(linked: MembershipRow | undefined): Account['grant'] {
  if (!linked?.linkedScopes?.includes('guilds.join')) return 'no-grant';
  return linked.linkedVerified ? 'usable' : 'dead';
}

function seenOf(row: MembershipRow | null): Seen {
  if (!row)
    return { presence: 'unknown', roles: [], outOfReach: [], joinedAt: null, pending: false, isProtected: null };
  return {
    presence: row.isMember ? 'present' : 'absent',
    roles: row.seenRoles ?? [],
    // So does what we may take: it is found out when it comes to that.
    outOfReach: [],
    joinedAt: row.seenJoinedAt,
    pending: row.seenPending,
    // Whether somebody may be kicked depends on the server's roles: the reconciler looks when it comes to that.
    isProtected: null,
  };
}

function claimOf(row: MembershipRow, discordUserId: string | null, now: Date): Claim {
  const current = row.linkedDiscordUserId === discordUserId;
  // A new enrollment after an ended one is a new beginning: what the student or a cancelled removal left behind is over.
  const renewed = row.enrolled && row.endedAt !== null;
  const endedAt = endOf(row, now);
  const ours = discordUserId !== null && row.actedDiscordUserId === discordUserId;
  // Begun and never written down: how it ended is not known, but what is found now is our doing.
  const doing: Doing | undefined = doingsOf(row).get(discordUserId ?? '');
  return {
    membershipId: row.id,
    enrolled: row.enrolled,
    frozen: row.configActive !== null && !(row.configActive && row.hasOwner),
    notReady: row.courseObstacle !== null,
    current,
    leftByChoice: row.leftByChoice && !renewed,
    removedByStaff: row.removedByStaff,
    removedByModerator: row.removedByModerator,
    banned: row.banned,
    requested: row.requested,
    autoInvite: row.autoInvite ?? false,
    adoptExisting: row.adoptExisting ?? false,
    roleAfterScreening: row.roleAfterScreening ?? false,
    driftPolicy: row.driftPolicy ?? 'REPAIR',
    removalPolicy: row.removalPolicy ?? row.storedRemovalPolicy ?? 'KEEP',
    removalsPaused: row.removalsPaused ?? false,
    removal: removalOf(row, renewed),
    removalDueAt: endedAt && removalDueAt(row, endedAt),
    expiresAt: row.enrolled ? row.enrollmentExpiresAt : null,
    roleId: row.studentRoleId,
    // A role that we may have taken away ourselves is given again, also where it stays away when somebody else took it.
    grantedRoleId: doing?.taking ? null : (doing?.granted ?? null),
    leftOverRoleIds: doing ? rolesAtStake(doing) : [],
    acted: doing !== undefined,
    broughtInByUs: doing?.broughtInByUs ?? false,
    // Where the membership stands tells of the account that is linked now, or of the last that was brought to its end.
    status: current || ours ? row.status : 'pending',
    reason: row.reason,
    since: row.createdAt,
    invite: ours ? inviteOf(row, now) : null,
  };
}

function rolesAtStake({ roles, granted, taking }: Doing): readonly string[] {
  return taking !== null && granted !== null && !roles.includes(granted) ? [...roles, granted] : roles;
}

/** What we were about to do to the account, without having written down what became of it. */
export function attemptOn(row: MembershipRow, account: string | null): string | null {
  return row.attemptDiscordUserId === account ? row.attempt : null;
}

/** Of the account that the membership acts on. */
function inviteOf(row: MembershipRow, now: Date): Claim['invite'] {
  const { inviteCode: code, inviteExpiresAt: expiresAt } = row;
  if (code === null || expiresAt === null) return null;
  const isHalfRevoked = attemptOn(row, row.actedDiscordUserId) === 'revoke-invite';
  // We have taken it back: the answer was lost, but Discord has told since that it is gone.
  return isHalfRevoked && expiresAt <= now ? null : { code, expiresAt, isHalfRevoked };
}

/** Of an enrollment that lasts only that its student was found missing with too many others. */
function removalOf(row: MembershipRow, renewed: boolean): RemovalState | null {
  if (!row.enrolled) return row.removalState;
  return row.removalState === 'held' && !renewed ? 'held' : null;
}

/** Without a configuration the grace is what it was when it was last looked at. */
function removalDueAt(row: MembershipRow, endedAt: Date): Date {
  if (row.removalGraceHours === null) return row.storedRemovalDueAt ?? endedAt;
  return new Date(endedAt.getTime() + row.removalGraceHours * 3_600_000);
}

/** When the enrollment ended: its own expiry if that has passed, else when we first saw that it was gone. */
export function endOf(row: MembershipRow, now: Date): Date | null {
  if (row.enrolled) return null;
  if (row.endedAt) return row.endedAt;
  return row.enrollmentExpiresAt !== null && row.enrollmentExpiresAt < now ? row.enrollmentExpiresAt : now;
}
