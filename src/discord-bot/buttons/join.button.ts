import { Injectable } from '@nestjs/common';
import { Button, type ButtonContext, ComponentParam, Context } from 'necord';
import { MembershipActions } from '../../membership/membership-actions';
import { Answering } from '../answering';
import { OwnAccess } from '../commands/own-access';
import { SettledMemberships } from '../settled-memberships';

/** Somebody asks to come (back) into a course's servers. */
@Injectable()
export class JoinButton {
  constructor(
    private readonly answering: Answering,
    private readonly own: OwnAccess,
    private readonly actions: MembershipActions,
    private readonly settled: SettledMemberships,
  ) {}

  @Button('connect/join/:courseId')
  join(@Context() [interaction]: ButtonContext, @ComponentParam('courseId') courseId: string): Promise<void> {
    return this.answering.answer(interaction, (visitor) =>
      this.own.of(visitor, async (caller) => {
        await this.actions.rejoin(caller, courseId);
        await this.settled.of(caller, caller.userId, courseId);
      }),
    );
  }
}
