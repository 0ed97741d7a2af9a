import { Injectable } from '@nestjs/common';
import { Context } from 'necord';
import { Observations } from '../../membership/observations';
import { type Dispatches, OnDispatch } from '../on-dispatch';
import { ServerEvents } from '../server-events';

/** Somebody left, was kicked or was banned: here they look the same, the audit log tells which. */
@Injectable()
export class MemberRemoveListener {
  constructor(
    private readonly events: ServerEvents,
    private readonly observations: Observations,
  ) {}

  @OnDispatch('GUILD_MEMBER_REMOVE')
  onMemberRemove(@Context() [{ guild_id: guildId, user }]: Dispatches['GUILD_MEMBER_REMOVE']): Promise<void> {
    return this.events.inOrder(guildId, 'GUILD_MEMBER_REMOVE', () =>
      this.observations.memberGone({ guildId, userId: user.id }),
    );
  }
}
