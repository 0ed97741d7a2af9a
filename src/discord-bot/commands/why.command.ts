import { Injectable } from '@nestjs/common';
import { type User } from 'discord.js';
import { Context, Options, SlashCommand, type SlashCommandContext, UserOption } from 'necord';
import { Answering } from '../answering';
import { described, staffs } from '../texts/command-texts';
import { CourseAccess } from './course-access';

class WhyOptions {
  @UserOption({ name: 'member', ...described('why.member'), required: true })
  member!: User;
}

/** `/why <member>`: why somebody is, or is not, in the server, and the one thing to do. */
@Injectable()
export class WhyCommand {
  constructor(
    private readonly answering: Answering,
    private readonly access: CourseAccess,
  ) {}

  @SlashCommand(staffs('why'))
  why(@Context() [interaction]: SlashCommandContext, @Options() { member }: WhyOptions): Promise<void> {
    return this.answering.answer(interaction, (visitor) => this.access.of(member, visitor));
  }
}
