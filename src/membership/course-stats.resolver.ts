import { Context, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { DomainError } from '../common/domain-error';
import { callerOf } from '../graphql/caller-of';
import { type GraphqlContext } from '../graphql/context';
import { loaders } from '../graphql/loaders';
import { Course } from '../platform/course.model';
import { CourseStats } from './course-stats.model';
import { CourseStatsReader } from './course-stats.reader';

/** What this feature adds to a course for those who teach it. */
@Resolver(() => Course)
export class CourseStatsResolver {
  constructor(private readonly reader: CourseStatsReader) {}

  @ResolveField(() => CourseStats, { description: 'How many students stand where, for those who teach the course.' })
  async stats(@Parent() course: Course, @Context() context: GraphqlContext): Promise<CourseStats> {
    const stats = await loaders(context)
      .get<string, CourseStats | null>('membership/stats-of-course', async (ids) => {
        const byCourse = await this.reader.of(callerOf(context), ids);
        return ids.map((id) => byCourse.get(id) ?? null);
      })
      .load(course.id);
    if (!stats) throw new DomainError('FORBIDDEN', 'Only those who teach this course see its numbers.');
    return stats;
  }
}
