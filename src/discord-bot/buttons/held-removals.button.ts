import { Injectable } from '@nestjs/common';
import { Button, type ButtonContext, ComponentParam, Context } from 'necord';
import { Answering } from '../answering';
import { EnrollmentSync } from '../commands/enrollment-sync';

/** Somebody decides about removals that the brake holds. */
@Injectable()
export class HeldRemovalsButton {
  constructor(
    private readonly answering: Answering,
    private readonly sync: EnrollmentSync,
  ) {}

  @Button('held/confirm/:runId')
  confirm(@Context() [interaction]: ButtonContext, @ComponentParam('runId') runId: string): Promise<void> {
    return this.answering.answer(interaction, (visitor) => this.sync.confirm(visitor, runId));
  }

  @Button('held/keep/:runId')
  keep(@Context() [interaction]: ButtonContext, @ComponentParam('runId') runId: string): Promise<void> {
    return this.answering.answer(interaction, (visitor) => this.sync.keep(visitor, runId));
  }
}
