import { Args, Context, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { Viewer } from '../auth/viewer.model';
import { type Page } from '../common/page';
import { callerOf } from '../graphql/caller-of';
import { type GraphqlContext } from '../graphql/context';
import { loaders } from '../graphql/loaders';
import { After, First } from '../graphql/page-arguments';
import { type CountedConnectionOf, toCountedConnection } from '../graphql/page-type';
import { Course } from '../platform/course.model';
import { Membership, MembershipConnection, MembershipFilter } from './membership.model';
import { Memberships } from './memberships';

/** What this feature adds to the viewer. */
@Resolver(() => Viewer)
export class ViewerMembershipsResolver {
  constructor(private readonly reader: Memberships) {}

  @ResolveField(() => MembershipConnection, { description: "The viewer's own memberships, the oldest first." })
  async memberships(
    @Parent() viewer: Viewer,
    @Context() context: GraphqlContext,
    @First() first: number | null,
    @After() after?: string | null,
  ): Promise<CountedConnectionOf<Membership>> {
    const [caller, query] = [callerOf(context), { userId: viewer.id }];
    const page = await this.reader.page(caller, query, { first, after });
    return toCountedConnection(page, () => this.reader.count(caller, query));
  }
}

/** What this feature adds to a course. */
@Resolver(() => Course)
export class CourseMembershipsResolver {
  constructor(private readonly reader: Memberships) {}

  @ResolveField(() => MembershipConnection, {
    description: "The course's memberships that the viewer may see, the oldest first.",
  })
  async memberships(
    @Parent() course: Course,
    @Context() context: GraphqlContext,
    @First() first: number | null,
    @Args('filter', { type: () => MembershipFilter, nullable: true, description: 'Only those that fit it.' })
    filter?: MembershipFilter | null,
    @After() after?: string | null,
  ): Promise<CountedConnectionOf<Membership>> {
    const asked = filter ?? null;
    const page = await loaders(context)
      .get<string, Page<Membership>>(`membership/page-of-course ${JSON.stringify([asked, first, after])}`, (ids) =>
        this.reader.pagesOfCourses(callerOf(context), ids, asked, { first, after }),
      )
      .load(course.id);
    return toCountedConnection(page, () =>
      loaders(context)
        .get<string, number>(`membership/count-of-course ${JSON.stringify(asked)}`, (ids) =>
          this.reader.countsOfCourses(callerOf(context), ids, asked),
        )
        .load(course.id),
    );
  }
}
