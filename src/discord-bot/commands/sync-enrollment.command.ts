import { Injectable, UseInterceptors } from '@nestjs/common';
import { Context, Options, SlashCommand, type SlashCommandContext, StringOption } from 'necord';
import { Answering } from '../answering';
import { ChoicesInterceptor } from '../choices/choices.interceptor';
import { described, staffs } from '../texts/command-texts';
import { EnrollmentSync } from './enrollment-sync';

class SyncEnrollmentOptions {
  @StringOption({ name: 'course', ...described('course'), required: true, autocomplete: true })
  course!: string;
}

/** `/sync-enrollment <course>`: what differs between the course and its servers; ApplySyncButton repairs it. */
@Injectable()
export class SyncEnrollmentCommand {
  constructor(
    private readonly answering: Answering,
    private readonly sync: EnrollmentSync,
  ) {}

  @UseInterceptors(ChoicesInterceptor)
  @SlashCommand(staffs('sync-enrollment'))
  syncEnrollment(
    @Context() [interaction]: SlashCommandContext,
    @Options() { course }: SyncEnrollmentOptions,
  ): Promise<void> {
    return this.answering.answer(interaction, (visitor) => this.sync.plan(visitor, course));
  }
}
