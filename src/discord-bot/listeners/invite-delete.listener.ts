import { Injectable } from '@nestjs/common';
import { AuditLogEvent } from 'discord-api-types/v10';
import { Context } from 'necord';
import { Observations } from '../../membership/observations';
import { type Dispatches, OnDispatch } from '../on-dispatch';
import { ServerEvents } from '../server-events';

/**
 * An invite was revoked, by us or by somebody else. INVITE_DELETE reaches only bots with Manage Channels, which we do not
 * ask for (events/gateway-events, "Invites"); with View Audit Log we hear of it from there.
 */
@Injectable()
export class InviteDeleteListener {
  constructor(
    private readonly events: ServerEvents,
    private readonly observations: Observations,
  ) {}

  @OnDispatch('INVITE_DELETE')
  async onInviteDelete(@Context() [{ guild_id: guildId, code }]: Dispatches['INVITE_DELETE']): Promise<void> {
    // Invites to group messages have no server.
    if (guildId === undefined) return;
    await this.events.inOrder(guildId, 'INVITE_DELETE', () => this.observations.inviteGone({ guildId, code }));
  }

  @OnDispatch('GUILD_AUDIT_LOG_ENTRY_CREATE')
  async onAuditLogEntry(@Context() [entry]: Dispatches['GUILD_AUDIT_LOG_ENTRY_CREATE']): Promise<void> {
    const { guild_id: guildId, action_type: action, changes = [] } = entry;
    if (action !== AuditLogEvent.InviteDelete) return;
    for (const change of changes) {
      if (change.key !== 'code' || change.old_value === undefined) continue;
      const code = change.old_value;
      await this.events.inOrder(guildId, 'GUILD_AUDIT_LOG_ENTRY_CREATE', () =>
        this.observations.inviteGone({ guildId, code }),
      );
    }
  }
}
