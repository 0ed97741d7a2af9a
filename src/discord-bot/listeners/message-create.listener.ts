import { Inject, Injectable } from '@nestjs/common';
import { MessageType } from 'discord-api-types/v10';
import { Context } from 'necord';
import { CONFIG, type Config } from '../../config/config';
import { ActiveDays } from '../../membership/active-days';
import { type Dispatches, OnDispatch } from '../on-dispatch';

/** What people write themselves; that somebody joined, for example, is a message of theirs too. */
const WRITTEN: readonly MessageType[] = [MessageType.Default, MessageType.Reply];

/** Somebody wrote in a server. Sent only where that is counted; of the message, who and on which day is looked at. */
@Injectable()
export class MessageCreateListener {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly activeDays: ActiveDays,
  ) {}

  @OnDispatch('MESSAGE_CREATE')
  onMessage(@Context() [message]: Dispatches['MESSAGE_CREATE']): void {
    const { guild_id: guildId, author, type, timestamp } = message;
    if (!this.config.engagementMetrics || guildId === undefined) return;
    if (author.bot === true || message.webhook_id !== undefined || !WRITTEN.includes(type)) return;
    this.activeDays.saw({ day: new Date(timestamp).toISOString().slice(0, 10), guildId, account: author.id });
  }
}
