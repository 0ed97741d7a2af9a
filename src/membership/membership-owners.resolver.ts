import { Args, Context, Int, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { Viewer } from '../auth/viewer.model';
import { callerOf } from '../graphql/caller-of';
import { type GraphqlContext } from '../graphql/context';
import { type CountedConnectionOf, toCountedConnection } from '../graphql/page-type';
import { Course } from '../platform/course.model';
import { Membership, MembershipConnection, MembershipFilter } from './membership.model';
import { type MembershipQuery, Memberships } from './memberships';

/** What this feature adds to the viewer. */
@Resolver(() => Viewer)
export class ViewerMembershipsResolver {
  constructor(private readonly reader: Memberships) {}

  @ResolveField(() => MembershipConnection, { description: "The viewer's own memberships, the oldest first." })
  memberships(
    @Parent() viewer: Viewer,
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
  ): Promise<CountedConnectionOf<Membership>> {
    return connectionOf(this.reader, context, { userId: viewer.id }, first, after);
  }
}

/** What this feature adds to a course. */
@Resolver(() => Course)
export class CourseMembershipsResolver {
  constructor(private readonly reader: Memberships) {}

  @ResolveField(() => MembershipConnection, {
    description: "The course's memberships that the viewer may see, the oldest first.",
  })
  memberships(
    @Parent() course: Course,
    @Context() context: GraphqlContext,
    @Args('first', {
      type: () => Int,
      nullable: true,
      defaultValue: 50,
      description: 'How many at the most, 1 to 200.',
    })
    first: number | null,
    @Args('filter', { type: () => MembershipFilter, nullable: true, description: 'Only those that fit it.' })
    filter?: MembershipFilter | null,
    @Args('after', { type: () => String, nullable: true, description: 'The endCursor of the page before this one.' })
    after?: string | null,
  ): Promise<CountedConnectionOf<Membership>> {
    return connectionOf(this.reader, context, { courseId: course.id, filter }, first, after);
  }
}

async function connectionOf(
  reader: Memberships,
  context: GraphqlContext,
  query: MembershipQuery,
  first: number | null,
  after?: string | null,
): Promise<CountedConnectionOf<Membership>> {
  const caller = callerOf(context);
  return toCountedConnection(await reader.page(caller, query, { first, after }), () => reader.count(caller, query));
}
