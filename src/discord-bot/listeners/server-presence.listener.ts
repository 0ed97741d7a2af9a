import { Injectable } from '@nestjs/common';
import { Context } from 'necord';
import { Observations } from '../../membership/observations';
import { GapReporter } from '../gap-reporter';
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
    private readonly gaps: GapReporter,
    private readonly observations: Observations,
  ) {}

  @OnDispatch('READY')
  onReady(@Context() [{ guilds }]: Dispatches['READY']): void {
    for (const { id } of guilds) this.announced.add(id);
  }

  @OnDispatch('GUILD_CREATE')
  onGuildCreate(@Context() [{ id, unavailable }]: Dispatches['GUILD_CREATE']): void {
    const isNew = !this.announced.delete(id);
    // Nothing is told of a server while the bot, or the server, is away.
    if (isNew && unavailable !== true) this.gaps.report({ guildId: id });
  }

  @OnDispatch('GUILD_DELETE')
  async onGuildDelete(@Context() [{ id, unavailable }]: Dispatches['GUILD_DELETE']): Promise<void> {
    this.announced.delete(id);
    if (unavailable !== true) {
      await this.events.inOrder(id, 'GUILD_DELETE', () => this.observations.serverChanged(id));
    }
  }
}
