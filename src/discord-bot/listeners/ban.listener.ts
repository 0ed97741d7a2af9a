import { Injectable } from '@nestjs/common';
import { Context } from 'necord';
import { Observations } from '../../membership/observations';
import { type Dispatches, OnDispatch } from '../on-dispatch';
import { ServerEvents } from '../server-events';

/** A moderator banned somebody, or lifted a ban. We ban nobody; who did it, the audit log tells. */
@Injectable()
export class BanListener {
  constructor(
    private readonly events: ServerEvents,
    private readonly observations: Observations,
  ) {}

  @OnDispatch('GUILD_BAN_ADD')
  onBan(@Context() [{ guild_id: guildId, user }]: Dispatches['GUILD_BAN_ADD']): Promise<void> {
    return this.events.inOrder(guildId, 'GUILD_BAN_ADD', () =>
      this.observations.memberRemovedByModerator({
        guildId,
        userId: user.id,
        moderatorId: null,
        kind: 'ban',
        at: null,
      }),
    );
  }

  @OnDispatch('GUILD_BAN_REMOVE')
  onBanLifted(@Context() [{ guild_id: guildId, user }]: Dispatches['GUILD_BAN_REMOVE']): Promise<void> {
    return this.events.inOrder(guildId, 'GUILD_BAN_REMOVE', () =>
      this.observations.banLifted({ guildId, userId: user.id }),
    );
  }
}
