import { Context, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { type GraphqlContext } from '../graphql/context';
import { loaders } from '../graphql/loaders';
import { Course } from '../platform/course.model';
import { ServerConfig } from './server-config.model';
import { type ServerConfigRow, ServerConfigs } from './server-configs';

/** What this feature adds to a course. */
@Resolver(() => Course)
export class CourseServerConfigsResolver {
  constructor(private readonly configs: ServerConfigs) {}

  @ResolveField('serverConfigs', () => [ServerConfig], {
    description: 'The servers of the course, the oldest first; none for those who do not teach it.',
  })
  serverConfigs(@Parent() course: Course, @Context() context: GraphqlContext): Promise<readonly ServerConfigRow[]> {
    return loaders(context)
      .get<string, readonly ServerConfigRow[]>('server-config/of-course', async (courseIds) => {
        const rows = context.caller ? await this.configs.ofCourses(context.caller, courseIds) : [];
        return courseIds.map((id) => rows.filter((row) => row.courseId === id));
      })
      .load(course.id);
  }
}
