import { Injectable } from '@nestjs/common';
import { Client } from 'discord.js';
import { Context } from 'necord';
import { Observations } from '../../membership/observations';
import { type Dispatches, OnDispatch } from '../on-dispatch';
import { ServerEvents } from '../server-events';

/** A member's roles changed, or the member passed the server's screening; of ourselves: what we may do there changed. */
@Injectable()
export class MemberUpdateListener {
  constructor(
    private readonly events: ServerEvents,
    private readonly observations: Observations,
    private readonly client: Client,
  ) {}

  @OnDispatch('GUILD_MEMBER_UPDATE')
  onMemberUpdate(@Context() [member]: Dispatches['GUILD_MEMBER_UPDATE']): Promise<void> {
    const { guild_id: guildId, user, roles, pending = false } = member;
    const joinedAt = member.joined_at === null ? null : new Date(member.joined_at);
    return this.events.inOrder(guildId, 'GUILD_MEMBER_UPDATE', () =>
      user.id === this.client.user?.id
        ? this.observations.serverChanged(guildId)
        : this.observations.memberSeen({ guildId, userId: user.id, roles, joinedAt, pending }),
    );
  }
}
