import { Injectable, UseInterceptors } from '@nestjs/common';
import { Context, Options, SlashCommand, type SlashCommandContext, StringOption } from 'necord';
import { Answering } from '../answering';
import { ChoicesInterceptor } from '../choices/choices.interceptor';
import { described, staffs } from '../texts/command-texts';
import { CourseAccess } from './course-access';

class WhyOptions {
  /** Not Discord's own option for people: most who are not here have no Discord account that could be picked. */
  @StringOption({ name: 'member', ...described('why.member'), required: true, autocomplete: true })
  member!: string;
}

/** `/why <member>`: why somebody is, or is not, in the server, and the one thing to do. */
@Injectable()
export class WhyCommand {
  constructor(
    private readonly answering: Answering,
    private readonly access: CourseAccess,
  ) {}

  @UseInterceptors(ChoicesInterceptor)
  @SlashCommand(staffs('why'))
  why(@Context() [interaction]: SlashCommandContext, @Options() { member }: WhyOptions): Promise<void> {
    return this.answering.answer(interaction, (visitor) => this.access.ofTyped(member, visitor));
  }
}
