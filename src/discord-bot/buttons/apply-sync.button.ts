import { Injectable } from '@nestjs/common';
import { Button, type ButtonContext, ComponentParam, Context } from 'necord';
import { Answering } from '../answering';
import { EnrollmentSync } from '../commands/enrollment-sync';

/** The sync of which `/sync-enrollment` has shown the plan. */
@Injectable()
export class ApplySyncButton {
  constructor(
    private readonly answering: Answering,
    private readonly sync: EnrollmentSync,
  ) {}

  @Button('sync/apply/:courseId')
  apply(@Context() [interaction]: ButtonContext, @ComponentParam('courseId') courseId: string): Promise<void> {
    return this.answering.answer(interaction, (visitor) => this.sync.apply(visitor, courseId));
  }
}
