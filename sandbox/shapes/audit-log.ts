import { type AuditLogEntry } from '../world/model';

/** An entry of the audit log; keys that have nothing to say are left out, as Discord does. */
export function auditLogEntryShape(entry: AuditLogEntry): Record<string, unknown> {
  return {
    id: entry.id,
    user_id: entry.userId,
    target_id: entry.targetId,
    action_type: entry.actionType,
    ...(entry.changes.length === 0 ? {} : { changes: entry.changes }),
    ...(entry.options === null ? {} : { options: entry.options }),
    ...(entry.reason === null ? {} : { reason: entry.reason }),
  };
}
