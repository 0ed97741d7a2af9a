import { Injectable } from '@nestjs/common';
import { Context } from 'necord';
import { Observations } from '../../membership/observations';
import { type Dispatches, OnDispatch } from '../on-dispatch';
import { ServerEvents } from '../server-events';

/**
 * The bot came into a server, is there after a reconnect, or was removed from one. An outage of Discord's looks like a
 * removal but for its `unavailable`, and must not be taken for one.
 */
@Injectable()
export class ServerPresenceListener {
  /** Servers that a new session has announced and that it is about to show: of them nothing was missed since it began. */
  private readonly announced = new Set<string>();

  constructor(
    private readonly events: ServerEvents,
    private readonly observations: Observations,
  ) {}

  @OnDispatch('READY')
  onReady(@Context() [{ guilds }]: Dispatches['READY']): void {
    for (const { id } of guilds) this.announced.add(id);
  }

  @OnDispatch('GUILD_CREATE')
  async onGuildCreate(@Context() [{ id, unavailable }]: Dispatches['GUILD_CREATE']): Promise<void> {
    if (unavailable === true) return;
    const isBack = !this.announced.delete(id);
    await this.changed(id, 'GUILD_CREATE');
    // Nothing was told of the server while the bot, or the server, was away.
    if (isBack) await this.events.inOrder(id, 'GUILD_CREATE', () => this.observations.gap(id));
  }

  @OnDispatch('GUILD_DELETE')
  async onGuildDelete(@Context() [{ id, unavailable }]: Dispatches['GUILD_DELETE']): Promise<void> {
    if (unavailable !== true) await this.changed(id, 'GUILD_DELETE');
  }

  private changed(guildId: string, event: string): Promise<void> {
    return this.events.inOrder(guildId, event, () => this.observations.serverChanged(guildId));
  }
}
