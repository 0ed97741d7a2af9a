import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { jsonText } from '../database/json-text';

/** What an entry tells of: the lower case of the GraphQL enum AuditAction. */
export const AUDIT_ACTIONS = [
  'link',
  'unlink',
  'invite',
  'add',
  'join',
  'leave',
  'remove',
  'role_grant',
  'role_revoke',
  'sync',
  'config_create',
  'config_update',
  'config_delete',
  'enrollment',
  'health',
  'hold',
  'confirm',
  'click',
  'error',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

export interface NewLogEntry {
  readonly action: AuditAction;
  readonly status?: 'success' | 'failed' | 'pending';
  /** The student concerned. */
  readonly userId?: string | null;
  readonly courseId?: string | null;
  readonly guildId?: string | null;
  /** Who did it; null for the service itself. */
  readonly actorId?: string | null;
  readonly runId?: string | null;
  /** For programs. Never a token, a code, an invite or an e-mail address. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly errorMessage?: string | null;
  /** Set when the entry is a change of a membership. */
  readonly membership?: {
    readonly id: string;
    readonly previousStatus: string | null;
    readonly newStatus: string;
    readonly reason: string;
  };
}

/** The one log. Entries are only ever appended, in the transaction of the change that they tell of. */
@Injectable()
export class AuditLog {
  /** Appends entries in the caller's transaction: they stand exactly if the change stands. */
  async append(manager: EntityManager, entries: readonly NewLogEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const rows = entries.map((entry) => ({
      user_id: entry.userId ?? null,
      course_id: entry.courseId ?? null,
      guild_id: entry.guildId ?? null,
      action: entry.action,
      status: entry.status ?? 'success',
      details: entry.details ?? null,
      error_message: entry.errorMessage ?? null,
      actor_id: entry.actorId ?? null,
      run_id: entry.runId ?? null,
      membership_id: entry.membership?.id ?? null,
      previous_status: entry.membership?.previousStatus ?? null,
      new_status: entry.membership?.newStatus ?? null,
      reason: entry.membership?.reason ?? null,
    }));
    await manager.query(
      `INSERT INTO discord_integration_logs (user_id, course_id, guild_id, action, status, details, error_message, actor_id,
         run_id, membership_id, previous_status, new_status, reason)
       SELECT user_id, course_id, guild_id, action, status, details, error_message, actor_id,
         run_id, membership_id, previous_status, new_status, reason
       FROM jsonb_to_recordset($1::jsonb) AS r(user_id uuid, course_id uuid, guild_id text, action text, status text, details jsonb,
         error_message text, actor_id uuid, run_id uuid, membership_id uuid, previous_status text, new_status text, reason text)`,
      [jsonText(rows)],
    );
  }
}
