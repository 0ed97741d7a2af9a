import { Injectable, UseInterceptors } from '@nestjs/common';
import { Context, Options, SlashCommand, type SlashCommandContext, StringOption } from 'necord';
import { RemovalForecasts } from '../../membership/removal-forecasts';
import { Answering } from '../answering';
import { Callers } from '../callers';
import { ChoicesInterceptor } from '../choices/choices.interceptor';
import { courseMeant } from '../choices/course-choice.policy';
import { StudentChoice } from '../choices/student-choice';
import { removalQuestion } from '../replies/remove-student.reply';
import { type Reply } from '../replies/reply';
import { described, staffs } from '../texts/command-texts';
import { type Visitor } from '../visitor';

class RemoveStudentOptions {
  @StringOption({ name: 'student', ...described('student'), required: true, autocomplete: true })
  student!: string;

  @StringOption({ name: 'course', ...described('course'), required: true, autocomplete: true })
  course!: string;

  @StringOption({ name: 'reason', ...described('remove-student.reason'), required: false, max_length: 400 })
  reason!: string | null;
}

/** `/remove-student <student> <course> [reason]`: first says what will really happen; ConfirmRemovalButton does it. */
@Injectable()
export class RemoveStudentCommand {
  constructor(
    private readonly answering: Answering,
    private readonly callers: Callers,
    private readonly students: StudentChoice,
    private readonly forecasts: RemovalForecasts,
  ) {}

  @UseInterceptors(ChoicesInterceptor)
  @SlashCommand(staffs('remove-student'))
  removeStudent(
    @Context() [interaction]: SlashCommandContext,
    @Options() options: RemoveStudentOptions,
  ): Promise<void> {
    return this.answering.answer(interaction, (visitor) => this.ask(visitor, options));
  }

  private async ask(visitor: Visitor, { student, course, reason }: RemoveStudentOptions): Promise<Reply> {
    const { caller, courses } = await this.callers.staff(visitor);
    const { courseId, courseTitle } = courseMeant(courses, course);
    const { userId, name } = await this.students.meant(caller, [courseId], student);
    const forecasts = await this.forecasts.of(caller, userId, courseId);
    const removal = { userId, student: name ?? userId, courseId, course: courseTitle };
    return removalQuestion(removal, forecasts, reason, visitor);
  }
}
