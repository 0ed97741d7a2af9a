import { Injectable } from '@nestjs/common';
import { Context } from 'necord';
import { Observations } from '../../membership/observations';
import { type Dispatches, OnDispatch } from '../on-dispatch';
import { ServerEvents } from '../server-events';

/** Something changed on which depends what the bot may do in a server: its roles, its channels, its owner. */
@Injectable()
export class ServerChangeListener {
  constructor(
    private readonly events: ServerEvents,
    private readonly observations: Observations,
  ) {}

  @OnDispatch('GUILD_ROLE_CREATE')
  onRoleCreate(@Context() [{ guild_id }]: Dispatches['GUILD_ROLE_CREATE']): Promise<void> {
    return this.changed(guild_id, 'GUILD_ROLE_CREATE');
  }

  @OnDispatch('GUILD_ROLE_UPDATE')
  onRoleUpdate(@Context() [{ guild_id }]: Dispatches['GUILD_ROLE_UPDATE']): Promise<void> {
    return this.changed(guild_id, 'GUILD_ROLE_UPDATE');
  }

  @OnDispatch('GUILD_ROLE_DELETE')
  onRoleDelete(@Context() [{ guild_id }]: Dispatches['GUILD_ROLE_DELETE']): Promise<void> {
    return this.changed(guild_id, 'GUILD_ROLE_DELETE');
  }

  /** A server without any text channel waits for this. */
  @OnDispatch('CHANNEL_CREATE')
  onChannelCreate(@Context() [channel]: Dispatches['CHANNEL_CREATE']): Promise<void> {
    return this.changed('guild_id' in channel ? channel.guild_id : undefined, 'CHANNEL_CREATE');
  }

  @OnDispatch('CHANNEL_UPDATE')
  onChannelUpdate(@Context() [channel]: Dispatches['CHANNEL_UPDATE']): Promise<void> {
    return this.changed('guild_id' in channel ? channel.guild_id : undefined, 'CHANNEL_UPDATE');
  }

  @OnDispatch('CHANNEL_DELETE')
  onChannelDelete(@Context() [channel]: Dispatches['CHANNEL_DELETE']): Promise<void> {
    return this.changed('guild_id' in channel ? channel.guild_id : undefined, 'CHANNEL_DELETE');
  }

  @OnDispatch('GUILD_UPDATE')
  onGuildUpdate(@Context() [{ id }]: Dispatches['GUILD_UPDATE']): Promise<void> {
    return this.changed(id, 'GUILD_UPDATE');
  }

  private async changed(guildId: string | undefined, event: string): Promise<void> {
    if (guildId === undefined) return;
    await this.events.inOrder(guildId, event, () => this.observations.serverChanged(guildId));
  }
}
