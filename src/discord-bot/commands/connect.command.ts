import { Injectable } from '@nestjs/common';
import { Context, SlashCommand, type SlashCommandContext } from 'necord';
import { Answering } from '../answering';
import { everybodys } from '../texts/command-texts';
import { OwnAccess } from './own-access';

/** `/connect`, for everybody: where they stand themselves in this server, and the button for the next step. */
@Injectable()
export class ConnectCommand {
  constructor(
    private readonly answering: Answering,
    private readonly own: OwnAccess,
  ) {}

  @SlashCommand(everybodys('connect'))
  connect(@Context() [interaction]: SlashCommandContext): Promise<void> {
    return this.answering.answer(interaction, (visitor) => this.own.of(visitor));
  }
}
