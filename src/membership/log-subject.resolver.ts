import { Context, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { AuditLogEntry } from '../audit-log/audit-log.model';
import { type LogRow } from '../audit-log/log-row';
import { callerOf } from '../graphql/caller-of';
import { type GraphqlContext } from '../graphql/context';
import { loaders } from '../graphql/loaders';
import { Course } from '../platform/course.model';
import { type CourseRow, Courses } from '../platform/courses';
import { People } from '../platform/people';
import { studentOf } from '../platform/student-loader';
import { Student } from '../platform/student.model';

/** Whom and what an entry of the log names by their ids. */
@Resolver(() => AuditLogEntry)
export class LogSubjectResolver {
  constructor(
    private readonly people: People,
    private readonly courses: Courses,
  ) {}

  @ResolveField(() => Student, { nullable: true, description: 'The student concerned, by name.' })
  student(@Parent() { userId }: LogRow, @Context() context: GraphqlContext): Promise<Student> | null {
    return userId === null ? null : studentOf(context, this.people, userId);
  }

  @ResolveField(() => Student, { nullable: true, description: 'Who did it, by name; null for the service itself.' })
  actor(@Parent() { actorId }: LogRow, @Context() context: GraphqlContext): Promise<Student> | null {
    return actorId === null ? null : studentOf(context, this.people, actorId);
  }

  @ResolveField(() => Course, {
    nullable: true,
    description: 'The course concerned; null when it is about none, or it is gone.',
  })
  course(@Parent() { courseId }: LogRow, @Context() context: GraphqlContext): Promise<CourseRow | null> | null {
    if (courseId === null) return null;
    return loaders(context)
      .get<string, CourseRow | null>('platform/course', async (ids) => {
        const found = await this.courses.find(callerOf(context), ids);
        return ids.map((id) => found.get(id) ?? null);
      })
      .load(courseId);
  }
}
