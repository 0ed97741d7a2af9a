import { type AuditLogEvent, GatewayIntentBits, PermissionFlagsBits } from 'discord-api-types/v10';
import { auditLogEntryShape } from '../shapes/audit-log';
import { type AuditLogChange, type Guild } from './model';
import { nextSnowflake } from './snowflake';
import { type World } from './world';

/** Discord keeps entries for 45 days; a number bounds the memory of a world that runs for weeks. */
const KEPT_ENTRIES = 20_000;

/** Who did something, and the X-Audit-Log-Reason that came with it. */
export interface Actor {
  readonly userId: string;
  readonly reason?: string | null;
}

/** What is written down beside who did it. */
interface AuditLogRecord {
  readonly action: AuditLogEvent;
  readonly targetId: string | null;
  readonly changes?: AuditLogChange[];
  readonly options?: Record<string, string>;
}

/** Writes an entry into the server's audit log and tells whoever may read that log. */
export function recordAuditLog(world: World, guild: Guild, actor: Actor, record: AuditLogRecord): void {
  const entry = {
    id: nextSnowflake(),
    actionType: record.action,
    userId: actor.userId,
    targetId: record.targetId,
    reason: actor.reason ?? null,
    changes: record.changes ?? [],
    options: record.options ?? null,
  };
  guild.auditLog.push(entry);
  // In steps of a tenth, since removing from the front moves everything behind it.
  if (guild.auditLog.length > KEPT_ENTRIES * 1.1) guild.auditLog.splice(0, guild.auditLog.length - KEPT_ENTRIES);
  world.dispatch({
    name: 'GUILD_AUDIT_LOG_ENTRY_CREATE',
    guild,
    intents: GatewayIntentBits.GuildModeration,
    permissions: PermissionFlagsBits.ViewAuditLog,
    data: () => ({ ...auditLogEntryShape(entry), guild_id: guild.id }),
  });
}
