import { Injectable } from '@nestjs/common';
import { Context } from 'necord';
import { Observations } from '../../membership/observations';
import { type Dispatches, OnDispatch } from '../on-dispatch';
import { ServerEvents } from '../server-events';

/** An invite was revoked, by us or by somebody else. */
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
}
