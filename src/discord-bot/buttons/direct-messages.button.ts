import { Injectable } from '@nestjs/common';
import { Button, type ButtonContext, ComponentParam, Context } from 'necord';
import { UserSettings } from '../../auth/user-settings';
import { Answering } from '../answering';
import { OwnAccess } from '../commands/own-access';

/** Somebody lets the bot write to them directly, or does not any more. */
@Injectable()
export class DirectMessagesButton {
  constructor(
    private readonly answering: Answering,
    private readonly own: OwnAccess,
    private readonly settings: UserSettings,
  ) {}

  @Button('connect/messages/:wanted')
  switch(@Context() [interaction]: ButtonContext, @ComponentParam('wanted') wanted: string): Promise<void> {
    return this.answering.answer(interaction, (visitor) =>
      this.own.of(visitor, (caller) => this.settings.setDirectMessages(caller, wanted === 'on')),
    );
  }
}
