import { Injectable } from '@nestjs/common';
import { Context, UserCommand, type UserCommandContext } from 'necord';
import { Answering } from '../answering';
import { COURSE_ACCESS } from '../texts/command-texts';
import { CourseAccess } from './course-access';

/** "Course access" in the menu of a member: the same as `/why`. */
@Injectable()
export class CourseAccessCommand {
  constructor(
    private readonly answering: Answering,
    private readonly access: CourseAccess,
  ) {}

  @UserCommand(COURSE_ACCESS)
  courseAccess(@Context() [interaction]: UserCommandContext): Promise<void> {
    return this.answering.answer(interaction, (visitor) => this.access.ofMember(interaction.targetUser, visitor));
  }
}
