import { Injectable } from '@nestjs/common';
import { Button, type ButtonContext, ComponentParam, Context } from 'necord';
import { MembershipActions } from '../../membership/membership-actions';
import { Answering } from '../answering';
import { Callers } from '../callers';
import { courseMeant } from '../choices/course-choice.policy';
import { StudentChoice } from '../choices/student-choice';
import { reasonIn, removalDone, removalUnderWay } from '../replies/remove-student.reply';
import { type Reply } from '../replies/reply';
import { SettledMemberships } from '../settled-memberships';
import { type Visitor } from '../visitor';

/** The removal that `/remove-student` has asked about. */
@Injectable()
export class ConfirmRemovalButton {
  constructor(
    private readonly answering: Answering,
    private readonly callers: Callers,
    private readonly students: StudentChoice,
    private readonly actions: MembershipActions,
    private readonly settled: SettledMemberships,
  ) {}

  @Button('remove/confirm/:courseId/:userId')
  confirm(
    @Context() [interaction]: ButtonContext,
    @ComponentParam('courseId') courseId: string,
    @ComponentParam('userId') userId: string,
  ): Promise<void> {
    const reason = reasonIn(interaction.message.embeds[0]?.footer?.text);
    return this.answering.answer(interaction, (visitor) => this.remove(visitor, userId, courseId, reason));
  }

  /** Asked again who this is and what they teach: a button may be pressed long after it was shown. */
  private async remove(visitor: Visitor, userId: string, courseId: string, reason: string | null): Promise<Reply> {
    const { caller, courses } = await this.callers.staff(visitor);
    const { courseTitle } = courseMeant(courses, courseId);
    const { name } = await this.students.meant(caller, [courseId], userId);
    const removal = { userId, student: name ?? userId, courseId, course: courseTitle };
    await visitor.show(removalUnderWay(removal, visitor));
    await this.actions.remove(caller, userId, courseId, reason);
    return removalDone(removal, await this.settled.of(caller, userId, courseId), visitor);
  }
}
