import { Args, Context, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { SignedIn } from '../common/access';
import { callerOf } from '../graphql/caller-of';
import { type GraphqlContext } from '../graphql/context';
import { loaders } from '../graphql/loaders';
import { GraphQLUuid } from '../graphql/scalars';
import { Course } from '../platform/course.model';
import { type CourseRow } from '../platform/courses';
import { Student } from '../platform/student.model';
import { CourseStaff, type StaffMember } from './course-staff';

@Resolver(() => Course)
export class CourseStaffResolver {
  constructor(private readonly members: CourseStaff) {}

  @SignedIn()
  @Mutation(() => Course, {
    description: 'Co-teachers: they may do in this course what its instructor may, except this. Owner and admins only.',
  })
  setCourseStaff(
    @Context() context: GraphqlContext,
    @Args('courseId', { type: () => GraphQLUuid, description: 'The course.' }) courseId: string,
    @Args('userIds', { type: () => [GraphQLUuid], description: 'All of them; the owner need not be named.' })
    userIds: string[],
  ): Promise<CourseRow> {
    return this.members.set(callerOf(context), courseId, userIds);
  }

  @ResolveField(() => [Student], {
    description: 'Who teaches it with its owner; none for those who do not teach it.',
  })
  staff(@Parent() course: Course, @Context() context: GraphqlContext): Promise<readonly StaffMember[]> {
    return loaders(context)
      .get<string, readonly StaffMember[]>('teaching/staff-of-course', async (ids) => {
        const rows = await this.members.ofCourses(callerOf(context), ids);
        return ids.map((id) => rows.filter((row) => row.courseId === id));
      })
      .load(course.id);
  }
}
