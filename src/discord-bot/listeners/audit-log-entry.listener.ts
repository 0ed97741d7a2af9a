import { Injectable } from '@nestjs/common';
import { AuditLogEvent } from 'discord-api-types/v10';
import { Client, SnowflakeUtil } from 'discord.js';
import { Context } from 'necord';
import { Observations } from '../../membership/observations';
import { type Dispatches, OnDispatch } from '../on-dispatch';
import { ServerEvents } from '../server-events';

const REMOVALS: ReadonlyMap<AuditLogEvent, 'kick' | 'ban'> = new Map([
  [AuditLogEvent.MemberKick, 'kick'],
  [AuditLogEvent.MemberBanAdd, 'ban'],
]);

/** A moderator kicked or banned somebody. What we did ourselves stands in the audit log too and is no news. */
@Injectable()
export class AuditLogEntryListener {
  constructor(
    private readonly events: ServerEvents,
    private readonly observations: Observations,
    private readonly client: Client,
  ) {}

  @OnDispatch('GUILD_AUDIT_LOG_ENTRY_CREATE')
  async onAuditLogEntry(@Context() [entry]: Dispatches['GUILD_AUDIT_LOG_ENTRY_CREATE']): Promise<void> {
    const { id, guild_id: guildId, target_id: userId, user_id: moderatorId } = entry;
    const kind = REMOVALS.get(entry.action_type);
    if (kind === undefined || userId === null || moderatorId === null || moderatorId === this.client.user?.id) return;
    const at = new Date(SnowflakeUtil.timestampFrom(id));
    await this.events.inOrder(guildId, 'GUILD_AUDIT_LOG_ENTRY_CREATE', () =>
      this.observations.memberRemovedByModerator({ guildId, userId, moderatorId, kind, at }),
    );
  }
}
