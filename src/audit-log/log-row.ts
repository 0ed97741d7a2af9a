import { type AuditAction } from './audit-log';

/** One entry of the log with its place in it. */
export interface LogRow {
  /** The place in the order of commits: decimal text of a positive bigint. */
  readonly seq: string;
  readonly id: string;
  readonly action: AuditAction;
  readonly status: 'success' | 'failed' | 'pending';
  /** The student concerned. */
  readonly userId: string | null;
  readonly courseId: string | null;
  readonly guildId: string | null;
  /** Who did it; null for the service itself. */
  readonly actorId: string | null;
  readonly runId: string | null;
  readonly details: Readonly<Record<string, unknown>> | null;
  readonly errorMessage: string | null;
  readonly createdAt: Date;
  /** Set together with the next three when the entry is a change of a membership. */
  readonly membershipId: string | null;
  /** Null for a membership that did not exist before. */
  readonly previousStatus: string | null;
  readonly newStatus: string | null;
  readonly reason: string | null;
}

/** The columns of the view `discord_log` under the names of {@link LogRow}. */
export const LOG_COLUMNS = `seq, id, action, status, user_id AS "userId", course_id AS "courseId", guild_id AS "guildId",
  actor_id AS "actorId", run_id AS "runId", details, error_message AS "errorMessage", created_at AS "createdAt",
  membership_id AS "membershipId", previous_status AS "previousStatus", new_status AS "newStatus", reason`;
