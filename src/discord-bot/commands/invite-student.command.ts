import { Injectable, UseInterceptors } from '@nestjs/common';
import { Context, Options, SlashCommand, type SlashCommandContext, StringOption } from 'necord';
import { MembershipActions } from '../../membership/membership-actions';
import { Answering } from '../answering';
import { Callers } from '../callers';
import { ChoicesInterceptor } from '../choices/choices.interceptor';
import { courseMeant } from '../choices/course-choice.policy';
import { StudentChoice } from '../choices/student-choice';
import { inviteStudentReply } from '../replies/invite-student.reply';
import { type Reply } from '../replies/reply';
import { SettledMemberships } from '../settled-memberships';
import { described, staffs } from '../texts/command-texts';
import { type Visitor } from '../visitor';

class InviteStudentOptions {
  @StringOption({ name: 'student', ...described('student'), required: true, autocomplete: true })
  student!: string;

  @StringOption({ name: 'course', ...described('course'), required: true, autocomplete: true })
  course!: string;
}

/** `/invite-student <student> <course>`: invites (again), which lifts that they left or were removed. */
@Injectable()
export class InviteStudentCommand {
  constructor(
    private readonly answering: Answering,
    private readonly callers: Callers,
    private readonly students: StudentChoice,
    private readonly actions: MembershipActions,
    private readonly settled: SettledMemberships,
  ) {}

  @UseInterceptors(ChoicesInterceptor)
  @SlashCommand(staffs('invite-student'))
  inviteStudent(
    @Context() [interaction]: SlashCommandContext,
    @Options() options: InviteStudentOptions,
  ): Promise<void> {
    return this.answering.answer(interaction, (visitor) => this.invite(visitor, options));
  }

  private async invite(visitor: Visitor, { student, course }: InviteStudentOptions): Promise<Reply> {
    const { caller, courses } = await this.callers.staff(visitor);
    const { courseId, courseTitle } = courseMeant(courses, course);
    const { userId, name } = await this.students.meant(caller, [courseId], student);
    await this.actions.invite(caller, userId, courseId);
    const memberships = await this.settled.of(caller, userId, courseId);
    return inviteStudentReply(name ?? userId, courseTitle, memberships, visitor);
  }
}
