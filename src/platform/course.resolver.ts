import { Args, Context, Int, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { SignedIn } from '../common/access';
import { callerOf } from '../graphql/caller-of';
import { type GraphqlContext } from '../graphql/context';
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
    @Args('first', {
      type: () => Int,
      nullable: true,
      defaultValue: 50,
      description: 'How many at the most, 1 to 200.',
    })
    first: number | null,
    @Args('after', { type: () => String, nullable: true, description: 'The endCursor of the page before this one.' })
    after?: string | null,
  ): Promise<CountedConnectionOf<CourseRow>> {
    const caller = callerOf(context);
    return toCountedConnection(await this.repository.taught(caller, { first, after }), () =>
      this.repository.countTaught(caller),
    );
  }
}
