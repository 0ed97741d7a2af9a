import { Injectable } from '@nestjs/common';
import { Context } from 'necord';
import { Observations } from '../../membership/observations';
import { type Dispatches, OnDispatch } from '../on-dispatch';
import { ServerEvents } from '../server-events';

/** Somebody joined a server; Discord may also send it for people who are already in. */
@Injectable()
export class MemberAddListener {
  constructor(
    private readonly events: ServerEvents,
    private readonly observations: Observations,
  ) {}

  @OnDispatch('GUILD_MEMBER_ADD')
  onMemberAdd(@Context() [member]: Dispatches['GUILD_MEMBER_ADD']): Promise<void> {
    const { guild_id: guildId, user, roles, pending = false } = member;
    const joinedAt = member.joined_at === null ? null : new Date(member.joined_at);
    return this.events.inOrder(guildId, 'GUILD_MEMBER_ADD', () =>
      this.observations.memberArrived({ guildId, userId: user.id, roles, joinedAt, pending }),
    );
  }
}
