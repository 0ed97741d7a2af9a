import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';
import {
  type Account,
  type Claim,
  type MembershipReason,
  type MembershipStatus,
  type RemovalPolicy,
  type RemovalState,
  type Seen,
} from './decide.policy';
import { FRESH } from './guild-facts';

/** A membership with everything that decides about it, as read at one moment. */
export interface MembershipRow {
  readonly id: string;
  readonly userId: string;
  readonly courseId: string;
  readonly guildId: string;
  readonly status: MembershipStatus;
  readonly reason: MembershipReason;
  readonly generation: string;
  readonly attempts: number;
  readonly requested: boolean;
  readonly leftByChoice: boolean;
  readonly removedByStaff: boolean;
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
  /** The role that the attempt would give for this membership. */
  readonly attemptRoleId: string | null;
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
  /** The rows behind the claims, in the same order. */
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

/** The enrollment counts, and its user, its course and the course's place in this server exist. */
const IS_ENROLLED =
  'coalesce(e.active, false) AND c.id IS NOT NULL AND p.id IS NOT NULL AND k.id IS NOT NULL AND k.ending_run_id IS NULL';

const ROW = `
  m.id, m.user_id AS "userId", m.course_id AS "courseId", m.guild_id AS "guildId", m.status, m.reason,
  m.generation::text AS generation, m.attempts, m.requested, m.left_by_choice AS "leftByChoice",
  m.removed_by_staff AS "removedByStaff", m.banned, m.removal_state AS "removalState", m.removal_run_id AS "removalRunId", m.ended_at AS "endedAt",
  m.granted_role_id AS "grantedRoleId", m.acted_discord_user_id AS "actedDiscordUserId",
  m.brought_in_by_us AS "broughtInByUs", m.removal_policy AS "storedRemovalPolicy", m.removal_due_at AS "storedRemovalDueAt", m.invite_code AS "inviteCode",
  m.invite_link AS "inviteLink", m.invite_expires_at AS "inviteExpiresAt", m.invitation_sent_at AS "invitationSentAt", m.invite_used_by AS "inviteUsedBy",
  m.attempt, m.attempt_discord_user_id AS "attemptDiscordUserId", m.attempt_role_id AS "attemptRoleId", m.is_member AS "isMember", m.seen_roles AS "seenRoles",
  m.seen_joined_at AS "seenJoinedAt", m.seen_pending AS "seenPending", m.seen_at AS "seenAt", m.seen_at::text AS "seenStamp",
  m.seen_discord_user_id AS "seenDiscordUserId", m.run_id AS "runId",
  (SELECT r.started_at FROM discord_sync_runs r WHERE r.id = m.run_id AND r.purpose = 'SYNC') AS "comparedAt", m.created_at AS "createdAt",
  k.id AS "configId", k.is_active OR k.ending_run_id IS NOT NULL AS "configActive", k.invite_channel_id AS "inviteChannelId",
  k.student_role_id AS "studentRoleId", k.welcome_message AS "welcomeMessage", k.removal_policy AS "removalPolicy",
  k.removal_grace_hours AS "removalGraceHours", k.drift_policy AS "driftPolicy", k.auto_invite AS "autoInvite",
  k.adopt_existing AS "adoptExisting", k.role_after_screening AS "roleAfterScreening",
  k.removals_paused OR (SELECT value = 'true'::jsonb FROM discord_settings WHERE name = 'removals_paused') AS "removalsPaused", k.course_title AS "courseTitle",
  u.discord_user_id AS "linkedDiscordUserId", u.scopes AS "linkedScopes", u.is_verified AS "linkedVerified",
  -- What is being deleted, or has lost its course, needs nobody who runs it.
  o.id IS NOT NULL OR c.id IS NULL OR k.ending_run_id IS NOT NULL AS "hasOwner",
  ${IS_ENROLLED} AS enrolled,
  e.expires_at AS "enrollmentExpiresAt",
  m.generation > m.observed_generation OR coalesce(m.due_at <= now(), false) AS due, m.priority,
  g.preflight -> k.id::text -> 'obstacles' ->> 'course' AS "courseObstacle",
  CASE WHEN m.attempt IS NULL AND g.paused_until IS NULL AND g.checked_at > m.attempt_at THEN m.attempt_at END AS "refusedBeforeWell"`;

/** For a few memberships: their enrollments are looked up one by one, where a join would first read all of the platform's. */
const ENROLLMENT_OF_EACH = `
  LEFT JOIN LATERAL (SELECT e.active, e.expires_at FROM discord_enrollments e
    WHERE e.user_id = m.user_id AND e.course_id = m.course_id LIMIT 1) e ON true`;

const ENROLLMENTS = `
  LEFT JOIN discord_enrollments e ON e.user_id = m.user_id AND e.course_id = m.course_id`;

const JOINS = `
  LEFT JOIN discord_server_configs k ON k.course_id = m.course_id AND k.guild_id = m.guild_id
  LEFT JOIN user_discord_connections u ON u.user_id = m.user_id
  LEFT JOIN courses c ON c.id = m.course_id
  LEFT JOIN discord_users p ON p.id = m.user_id
  LEFT JOIN discord_users o ON o.id = coalesce(c.instructor_id, k.instructor_id)
  LEFT JOIN discord_guilds g ON g.guild_id = m.guild_id`;

/** The memberships asked for, and every other one in the server that shares an account with them. */
const BY_IDS = `
  WITH keys AS (
    SELECT DISTINCT k.account FROM discord_memberships m
      LEFT JOIN user_discord_connections u ON u.user_id = m.user_id,
      LATERAL (VALUES (u.discord_user_id), (m.acted_discord_user_id), (m.attempt_discord_user_id)) k(account)
    WHERE m.id = ANY($2::uuid[]) AND k.account IS NOT NULL
  ), ids AS (
    SELECT unnest($2::uuid[]) AS id
    UNION
    SELECT m.id FROM user_discord_connections u JOIN discord_memberships m ON m.user_id = u.user_id
      WHERE u.discord_user_id IN (SELECT account FROM keys) AND m.guild_id = $1
    UNION
    SELECT m.id FROM discord_memberships m
      WHERE m.guild_id = $1 AND m.acted_discord_user_id IN (SELECT account FROM keys)
    UNION
    SELECT m.id FROM discord_memberships m
      WHERE m.guild_id = $1 AND m.attempt_discord_user_id IN (SELECT account FROM keys)
  )
  SELECT ${ROW} FROM ids JOIN discord_memberships m ON m.id = ids.id ${ENROLLMENT_OF_EACH} ${JOINS}
  -- Whoever has failed already comes after those who are waiting for their first try.
  ORDER BY m.attempts > 0, m.priority, m.marked_at, m.id`;

const BY_GUILD = `SELECT ${ROW} FROM discord_memberships m ${ENROLLMENTS} ${JOINS} WHERE m.guild_id = $1 ORDER BY m.id`;

/** The same, with those that are still to be made for the enrolled of one course ($2), as they will be. */
const BY_GUILD_WITH_MISSING = `
  WITH m AS (
    SELECT * FROM discord_memberships WHERE guild_id = $1
    UNION ALL
    SELECT new.* FROM discord_server_configs k JOIN discord_enrollments e ON e.course_id = k.course_id AND e.active,
      LATERAL jsonb_populate_record(NULL::discord_memberships, jsonb_build_object(
        'id', md5(e.user_id::text || e.course_id)::uuid, 'user_id', e.user_id, 'course_id', e.course_id, 'guild_id', k.guild_id, 'status', 'pending', 'reason', 'QUEUED',
        'generation', 1, 'observed_generation', 0, 'attempts', 0, 'requested', false, 'left_by_choice', false, 'removed_by_staff', false,
        'banned', false, 'brought_in_by_us', false, 'seen_pending', false, 'removal_policy', k.removal_policy, 'created_at', clock_timestamp())) new
    WHERE k.guild_id = $1 AND k.course_id = $2 AND k.is_active AND k.ending_run_id IS NULL AND NOT EXISTS (
      SELECT FROM discord_memberships o WHERE o.user_id = e.user_id AND o.course_id = e.course_id AND o.guild_id = k.guild_id)
  )
  SELECT ${ROW} FROM m ${ENROLLMENTS} ${JOINS} ORDER BY m.id`;

/** Memberships that somebody may have to be brought out of: in, or with a role of ours, and not enrolled (any more). */
const ENDED = `SELECT ${ROW} FROM discord_memberships m ${ENROLLMENTS} ${JOINS}
  WHERE m.guild_id = $1 AND (m.status = 'joined' OR m.granted_role_id IS NOT NULL) AND m.removal_state IS NULL
    AND NOT (${IS_ENROLLED}) ORDER BY m.id`;

/** Reads what decides about memberships. */
@Injectable()
export class AccountViews {
  constructor(private readonly database: Database) {}

  /** The accounts of these memberships, each with all that concerns it. */
  async ofMemberships(guildId: string, ids: readonly string[]): Promise<AccountView[]> {
    return viewsOf(await this.database.query<MembershipRow>(BY_IDS, [guildId, ids]), new Date());
  }

  /** The accounts of memberships that have ended and that the brake has not looked at, without what else concerns them. */
  async ofEnded(guildId: string): Promise<AccountView[]> {
    return viewsOf(await this.database.query<MembershipRow>(ENDED, [guildId]), new Date());
  }

  /** Every account that any membership of the server concerns. */
  async ofGuild(guildId: string): Promise<AccountView[]> {
    return viewsOf(await this.database.query<MembershipRow>(BY_GUILD, [guildId]), new Date());
  }

  /** The same, as it will be once everybody who is enrolled in the course has a membership. */
  async ofGuildWithMissing(guildId: string, courseId: string): Promise<AccountView[]> {
    return viewsOf(await this.database.query<MembershipRow>(BY_GUILD_WITH_MISSING, [guildId, courseId]), new Date());
  }
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
    const former = row.actedDiscordUserId ?? row.attemptDiscordUserId;
    if (former !== null && former !== row.linkedDiscordUserId) put(former, former, row);
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
      const former = groups.get(row.actedDiscordUserId ?? row.attemptDiscordUserId ?? '');
      if (former) ordered.add(former);
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
  return {
    account: { discordUserId, grant: grantOf(linked), refusal: null },
    claims: rows.map((row) => claimOf(row, discordUserId, now)),
    seen: seenOf(latest),
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
  if (!row) return { presence: 'unknown', roles: [], joinedAt: null, pending: false, isProtected: null };
  return {
    presence: row.isMember ? 'present' : 'absent',
    roles: row.seenRoles ?? [],
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
  return {
    membershipId: row.id,
    enrolled: row.enrolled,
    frozen: row.configActive !== null && !(row.configActive && row.hasOwner),
    notReady: row.courseObstacle !== null,
    current,
    leftByChoice: row.leftByChoice && !renewed,
    removedByStaff: row.removedByStaff,
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
    grantedRoleId: (ours ? row.grantedRoleId : null) ?? roleLeftOver(row, discordUserId, current),
    // An add that was begun and never written down: its answer is lost, but what is found now is our doing.
    acted: ours || (row.attempt === 'add' && row.attemptDiscordUserId === discordUserId),
    broughtInByUs: row.broughtInByUs && ours,
    status: row.status,
    reason: row.reason,
    since: row.createdAt,
    invite:
      ours && row.inviteCode !== null && row.inviteExpiresAt !== null
        ? { code: row.inviteCode, expiresAt: row.inviteExpiresAt }
        : null,
  };
}

/** Of an enrollment that lasts only that its student was found missing with too many others. */
function removalOf(row: MembershipRow, renewed: boolean): RemovalState | null {
  if (!row.enrolled) return row.removalState;
  return row.removalState === 'held' && !renewed ? 'held' : null;
}

/**
 * A role that was being given when the worker died or Discord's answer was lost, and that is not wanted any more: it may have
 * been given, and then it is ours to take away.
 */
function roleLeftOver(row: MembershipRow, discordUserId: string | null, current: boolean): string | null {
  if (row.attemptRoleId === null || row.attemptDiscordUserId !== discordUserId) return null;
  const isWanted =
    current && row.enrolled && !row.removedByStaff && !row.banned && row.studentRoleId === row.attemptRoleId;
  return isWanted ? null : row.attemptRoleId;
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
