import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { SignedIn } from '../common/access';
import { languageOf } from '../common/language';
import { CONFIG, type Config } from '../config/config';
import { callerOf } from '../graphql/caller-of';
import { type GraphqlContext } from '../graphql/context';
import { loaders } from '../graphql/loaders';
import { After, First } from '../graphql/page-arguments';
import { type CountedConnectionOf, toCountedConnection } from '../graphql/page-type';
import { GraphQLSnowflake, GraphQLUuid } from '../graphql/scalars';
import { Course } from '../platform/course.model';
import { type CourseRow, Courses } from '../platform/courses';
import { People } from '../platform/people';
import { studentOf } from '../platform/student-loader';
import { Student } from '../platform/student.model';
import { explain, nextStepOf, type NextStep } from './explanation.policy';
import { MembershipActions } from './membership-actions';
import { Membership, MembershipConnection, MembershipFilter, NextStepEnum } from './membership.model';
import { Memberships } from './memberships';
import { serverUrl } from './server-url.policy';

@Resolver(() => Membership)
export class MembershipResolver {
  constructor(
    private readonly reader: Memberships,
    private readonly actions: MembershipActions,
    private readonly people: People,
    private readonly courses: Courses,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Query(() => Membership, {
    nullable: true,
    description:
      'The membership of one student in one course; with several servers, the oldest. Null when there is none, or it may not be seen.',
  })
  @SignedIn()
  async membership(
    @Context() context: GraphqlContext,
    @Args('userId', { type: () => GraphQLUuid, description: 'The student.' }) userId: string,
    @Args('courseId', { type: () => GraphQLUuid, description: 'The course.' }) courseId: string,
  ): Promise<Membership | null> {
    return (await this.reader.ofStudent(callerOf(context), userId, courseId))[0] ?? null;
  }

  @Query(() => MembershipConnection, { description: 'Memberships that the viewer may see, the oldest first.' })
  @SignedIn()
  async memberships(
    @Context() context: GraphqlContext,
    @First() first: number | null,
    @Args('courseId', { type: () => GraphQLUuid, nullable: true, description: 'Only what is about this course.' })
    courseId?: string | null,
    @Args('guildId', { type: () => GraphQLSnowflake, nullable: true, description: 'Only what is about this server.' })
    guildId?: string | null,
    @Args('filter', { type: () => MembershipFilter, nullable: true, description: 'Only those that fit it.' })
    filter?: MembershipFilter | null,
    @After() after?: string | null,
  ): Promise<CountedConnectionOf<Membership>> {
    const caller = callerOf(context);
    const query = { courseId, guildId, filter };
    return toCountedConnection(await this.reader.page(caller, query, { first, after }), () =>
      this.reader.count(caller, query),
    );
  }

  @Mutation(() => [Membership], {
    description:
      'The viewer asks to come (back) into the servers of a course: after leaving, an expired invite, a new link.',
  })
  @SignedIn()
  rejoinCourse(
    @Context() context: GraphqlContext,
    @Args('courseId', { type: () => GraphQLUuid, description: 'The course.' }) courseId: string,
  ): Promise<Membership[]> {
    return this.actions.rejoin(callerOf(context), courseId);
  }

  @Mutation(() => Membership, { description: 'Invites a student again, which lifts that they left or were removed.' })
  @SignedIn()
  inviteStudent(
    @Context() context: GraphqlContext,
    @Args('userId', { type: () => GraphQLUuid, description: 'The student.' }) userId: string,
    @Args('courseId', { type: () => GraphQLUuid, description: 'The course.' }) courseId: string,
  ): Promise<Membership> {
    return this.actions.invite(callerOf(context), userId, courseId);
  }

  @Mutation(() => Membership, {
    description: "Removes a student by the server's policy, at once; only staff brings them back.",
  })
  @SignedIn()
  removeStudent(
    @Context() context: GraphqlContext,
    @Args('userId', { type: () => GraphQLUuid, description: 'The student.' }) userId: string,
    @Args('courseId', { type: () => GraphQLUuid, description: 'The course.' }) courseId: string,
    @Args('reason', { type: () => String, nullable: true, description: 'Why, for the log.' })
    reason?: string | null,
  ): Promise<Membership> {
    return this.actions.remove(callerOf(context), userId, courseId, reason);
  }

  @ResolveField(() => String, { description: 'Opens the server in Discord, for those who are in it.' })
  serverUrl(@Parent() membership: Membership): string {
    return serverUrl(this.config.discord.inviteUrl, membership.guildId);
  }

  @ResolveField(() => Student, { description: 'Whose membership it is.' })
  student(@Parent() membership: Membership, @Context() context: GraphqlContext): Promise<Student> {
    return studentOf(context, this.people, membership.userId);
  }

  @ResolveField(() => Course, { description: 'The course that it comes from.' })
  course(@Parent() membership: Membership, @Context() context: GraphqlContext): Promise<CourseRow> {
    return loaders(context)
      .get<string, CourseRow | null>('platform/course', async (ids) => {
        const found = await this.courses.find(callerOf(context), ids);
        return ids.map((id) => found.get(id) ?? null);
      })
      .load(membership.courseId)
      .then(
        (course) =>
          course ?? { id: membership.courseId, title: membership.courseTitle, instructorId: membership.userId },
      );
  }

  @ResolveField(() => NextStepEnum, {
    nullable: true,
    description: 'What can be done next; null when nothing is left to do.',
  })
  nextStep(@Parent() membership: Membership): NextStep | null {
    return nextStepOf(membership.reason);
  }

  @ResolveField(() => String, {
    description: 'One sentence for a person, in the language of Accept-Language (en, id).',
  })
  explanation(@Parent() membership: Membership, @Context() context: GraphqlContext): string {
    const names = { server: membership.guildName, course: membership.courseTitle };
    const person = callerOf(context).userId === membership.userId ? 'you' : 'they';
    return explain(membership.reason, names, languageOf(context.headers['accept-language']), person);
  }
}
