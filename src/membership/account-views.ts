import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';
import { type AccountView, type MembershipRow, viewsOf } from './account-view';
import { moderatedOf } from './exclusion.policy';

/** The enrollment counts, and its user, its course and the course's place in this server exist. */
export const IS_ENROLLED =
  'coalesce(e.active, false) AND c.id IS NOT NULL AND p.id IS NOT NULL AND k.id IS NOT NULL AND k.ending_run_id IS NULL';

const ROW = `
  m.id, m.user_id AS "userId", m.course_id AS "courseId", m.guild_id AS "guildId", m.status, m.reason,
  m.generation::text AS generation, m.marked_at AS "markedAt", m.attempts, m.requested, m.left_by_choice AS "leftByChoice",
  m.removed_by_staff AS "removedByStaff", m.removed_by_moderator AS "removedByModerator", m.banned, m.removal_state AS "removalState", m.removal_run_id AS "removalRunId", m.ended_at AS "endedAt",
  m.granted_role_id AS "grantedRoleId", m.acted_discord_user_id AS "actedDiscordUserId",
  m.brought_in_by_us AS "broughtInByUs", m.removal_policy AS "storedRemovalPolicy", m.removal_due_at AS "storedRemovalDueAt", m.invite_code AS "inviteCode",
  m.invite_link AS "inviteLink", m.invite_expires_at AS "inviteExpiresAt", m.invitation_sent_at AS "invitationSentAt", m.invite_used_by AS "inviteUsedBy",
  m.attempt, m.attempt_discord_user_id AS "attemptDiscordUserId", m.traces, m.is_member AS "isMember", m.seen_roles AS "seenRoles",
  m.seen_joined_at AS "seenJoinedAt", m.seen_pending AS "seenPending", m.seen_at AS "seenAt", m.seen_at::text AS "seenStamp",
  m.seen_discord_user_id AS "seenDiscordUserId", m.run_id AS "runId",
  (SELECT r.started_at FROM discord_sync_runs r WHERE r.id = m.run_id AND r.purpose = 'SYNC') AS "comparedAt",
  -- Who came in by the course's link after pressing Join was brought by us, though no membership was there yet.
  least(m.created_at, (SELECT min(v.first_clicked_at) FROM discord_link_visits v WHERE v.user_id = m.user_id AND v.guild_id = m.guild_id)) AS "createdAt",
  k.id AS "configId", k.is_active OR k.ending_run_id IS NOT NULL AS "configActive", k.ending_run_id IS NOT NULL AS "configEnding", k.invite_channel_id AS "inviteChannelId",
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
  g.preflight -> k.id::text -> 'obstacles' ->> CASE WHEN k.ending_run_id IS NULL OR NOT g.preflight -> k.id::text -> 'obstacles' ? 'ending' THEN 'course' ELSE 'ending' END AS "courseObstacle",
  CASE WHEN g.paused_until IS NULL AND g.checked_at > m.refused_at THEN m.refused_at END AS "refusedBeforeWell"`;

/** For a few memberships: their enrollments are looked up one by one, where a join would first read all of the platform's. */
export const ENROLLMENT_OF_EACH = `
  LEFT JOIN LATERAL (SELECT e.active, e.expires_at FROM discord_enrollments e
    WHERE e.user_id = m.user_id AND e.course_id = m.course_id LIMIT 1) e ON true`;

const ENROLLMENTS = `
  LEFT JOIN discord_enrollments e ON e.user_id = m.user_id AND e.course_id = m.course_id`;

export const JOINS = `
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
      LATERAL (VALUES (u.discord_user_id), (m.acted_discord_user_id) UNION ALL SELECT t ->> 'account' FROM jsonb_array_elements(m.traces) t) k(account)
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
      WHERE m.guild_id = $1 AND m.traces <> '[]'
        AND EXISTS (SELECT FROM jsonb_array_elements(m.traces) t WHERE t ->> 'account' IN (SELECT account FROM keys))
  )
  SELECT ${ROW} FROM ids JOIN discord_memberships m ON m.id = ids.id ${ENROLLMENT_OF_EACH} ${JOINS}
  -- Whoever has failed already comes after those who are waiting for their first try.
  ORDER BY m.attempts > 0, m.priority, m.marked_at, m.id`;

const BY_GUILD = `SELECT ${ROW} FROM discord_memberships m ${ENROLLMENTS} ${JOINS} WHERE m.guild_id = $1 ORDER BY m.id`;

/** Memberships that are still to be made in the server for whoever is enrolled, as they will be. @param configs those of the configurations k */
const missing = (configs: string): string => `
  SELECT new.* FROM discord_server_configs k JOIN discord_enrollments e ON e.course_id = k.course_id AND e.active,
    ${moderatedOf('e.user_id', 'k.guild_id')},
    LATERAL jsonb_populate_record(NULL::discord_memberships, jsonb_build_object(
      'id', md5(e.user_id::text || e.course_id)::uuid, 'user_id', e.user_id, 'course_id', e.course_id, 'guild_id', k.guild_id, 'status', 'pending', 'reason', 'QUEUED',
      'generation', 1, 'observed_generation', 0, 'attempts', 0, 'requested', false, 'left_by_choice', false, 'removed_by_staff', moderated.removed,
      'removed_by_moderator', moderated.removed, 'banned', moderated.banned, 'brought_in_by_us', false, 'traces', '[]'::jsonb, 'seen_pending', false, 'removal_policy', k.removal_policy, 'created_at', clock_timestamp())) new
  WHERE k.guild_id = $1 AND k.ending_run_id IS NULL AND ${configs} AND NOT EXISTS (
    SELECT FROM discord_memberships o WHERE o.user_id = e.user_id AND o.course_id = e.course_id AND o.guild_id = k.guild_id)`;

/** All of the server's, with those that are still to be made for one course ($2). */
const BY_GUILD_WITH_MISSING = `
  WITH m AS (SELECT * FROM discord_memberships WHERE guild_id = $1 UNION ALL ${missing('k.course_id = $2 AND k.is_active')})
  SELECT ${ROW} FROM m ${ENROLLMENTS} ${JOINS} ORDER BY m.id`;

/** Those that are still to be made for the other courses, of whoever has a place in the server to lose, also by an account that was somebody else's. */
const MISSING_ELSEWHERE = `
  WITH m AS (${missing('k.course_id <> $2')}
    AND (EXISTS (SELECT FROM discord_memberships o WHERE o.user_id = e.user_id AND o.guild_id = k.guild_id)
      OR EXISTS (SELECT FROM user_discord_connections h JOIN discord_memberships o ON o.acted_discord_user_id = h.discord_user_id
        WHERE h.user_id = e.user_id AND o.guild_id = k.guild_id)))
  SELECT ${ROW} FROM m ${ENROLLMENTS} ${JOINS} ORDER BY m.id`;

/** Memberships that somebody may have to be brought out of: in, or with a role of ours, or asked for ($2), and not enrolled (any more). */
const ENDED = `SELECT ${ROW} FROM discord_memberships m ${ENROLLMENTS} ${JOINS}
  WHERE m.guild_id = $1 AND (m.id = ANY($2::uuid[]) OR m.status = 'joined' OR m.granted_role_id IS NOT NULL OR m.traces <> '[]' OR (m.status IN ('invited', 'pending', 'left') AND m.is_member)) AND m.removal_state IS NULL
    AND NOT (${IS_ENROLLED}) ORDER BY m.id`;

/** Reads what decides about memberships. */
@Injectable()
export class AccountViews {
  constructor(private readonly database: Database) {}

  /** The accounts of these memberships, each with all that concerns it. */
  async ofMemberships(guildId: string, ids: readonly string[]): Promise<AccountView[]> {
    return viewsOf(await this.database.query<MembershipRow>(BY_IDS, [guildId, ids]), new Date());
  }

  /**
   * The accounts of memberships that have ended and that the brake has not looked at, without what else concerns them.
   * @param ids those that are among them whatever is known of them
   */
  async ofEnded(guildId: string, ids: readonly string[]): Promise<AccountView[]> {
    return viewsOf(await this.database.query<MembershipRow>(ENDED, [guildId, ids]), new Date());
  }

  /** Every account that any membership of the server concerns. */
  async ofGuild(guildId: string): Promise<AccountView[]> {
    return viewsOf(await this.database.query<MembershipRow>(BY_GUILD, [guildId]), new Date());
  }

  /** The same, as it will be once everybody who is enrolled in the course has a membership. */
  async ofGuildWithMissing(guildId: string, courseId: string): Promise<AccountView[]> {
    return viewsOf(await this.database.query<MembershipRow>(BY_GUILD_WITH_MISSING, [guildId, courseId]), new Date());
  }

  /**
   * By account, what another course of the server than this one would want of it, had anybody heard of the enrollment: see
   * {@link Marker.createUnheard}.
   */
  async unheard(guildId: string, courseId: string): Promise<ReadonlyMap<string, AccountView>> {
    const views = viewsOf(await this.database.query<MembershipRow>(MISSING_ELSEWHERE, [guildId, courseId]), new Date());
    return new Map(views.flatMap((view) => (view.account.discordUserId ? [[view.account.discordUserId, view]] : [])));
  }
}
