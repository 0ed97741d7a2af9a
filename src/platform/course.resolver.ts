import { Args, Context, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { SignedIn } from '../common/access';
import { callerOf } from '../graphql/caller-of';
import { type GraphqlContext } from '../graphql/context';
import { After, First } from '../graphql/page-arguments';
import { type CountedConnectionOf, countedConnectionType, toCountedConnection } from '../graphql/page-type';
import { GraphQLUuid } from '../graphql/scalars';
import { Course } from './course.model';
import { type CourseRow, Courses } from './courses';

@ObjectType({ description: 'One page of courses.' })
export class CourseConnection extends countedConnectionType('Course', () => Course) {}

@Resolver(() => Course)
export class CourseResolver {
  constructor(private readonly repository: Courses) {}

  @Query(() => Course, {
    nullable: true,
    description: 'A course that the viewer teaches or attends; null when there is none.',
  })
  @SignedIn()
  async course(
    @Context() context: GraphqlContext,
    @Args('id', { type: () => GraphQLUuid, description: 'The course.' }) id: string,
  ): Promise<CourseRow | null> {
    return (await this.repository.find(callerOf(context), [id])).get(id) ?? null;
  }

  @Query(() => CourseConnection, {
    description: 'The courses that the viewer teaches, by title; all of them for admins.',
  })
  @SignedIn()
  async courses(
    @Context() context: GraphqlContext,
    @First() first: number | null,
    @After() after?: string | null,
  ): Promise<CountedConnectionOf<CourseRow>> {
    const caller = callerOf(context);
    return toCountedConnection(await this.repository.taught(caller, { first, after }), () =>
      this.repository.countTaught(caller),
    );
  }
}
