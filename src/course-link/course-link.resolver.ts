import { Args, Context, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { SignedIn } from '../common/access';
import { languageOf } from '../common/language';
import { callerOf } from '../graphql/caller-of';
import { type GraphqlContext } from '../graphql/context';
import { loaders } from '../graphql/loaders';
import { First } from '../graphql/page-arguments';
import { GraphQLUuid } from '../graphql/scalars';
import { Course } from '../platform/course.model';
import { type CourseRow } from '../platform/courses';
import { studentOf } from '../platform/student-loader';
import { Student } from '../platform/student.model';
import { People } from '../platform/people';
import { CourseJoin } from './course-join';
import { CourseDiscordLink, JoinResult, LinkVisit } from './course-link.model';
import { CourseLinkService } from './course-link.service';
import { CourseLinks, MAX_VISITS } from './course-links';
import { explainMending } from './join.policy';

/** What this feature adds to a course. */
@Resolver(() => Course)
export class CourseLinkResolver {
  constructor(
    private readonly links: CourseLinks,
    private readonly service: CourseLinkService,
    private readonly join: CourseJoin,
  ) {}

  @ResolveField(() => CourseDiscordLink, {
    nullable: true,
    description:
      'Manual mode: a plain invite link that the instructor pasted. For staff, and for those enrolled who were not removed.',
  })
  discordLink(@Parent() course: Course, @Context() context: GraphqlContext): Promise<CourseDiscordLink | null> {
    return loaders(context)
      .get<string, CourseDiscordLink | null>('course-link/of-course', async (ids) => {
        const found = await this.links.ofCourses(callerOf(context), ids);
        return ids.map((id) => found.get(id) ?? null);
      })
      .load(course.id);
  }

  @Mutation(() => Course, {
    description: 'Gives the course a Discord invite link, or another one. Looked up at once where that is possible.',
  })
  @SignedIn()
  setCourseDiscordLink(
    @Context() context: GraphqlContext,
    @Args('courseId', { type: () => GraphQLUuid, description: 'The course.' }) courseId: string,
    @Args('inviteLink', { description: 'https://discord.gg/CODE or https://discord.com/invite/CODE' })
    inviteLink: string,
    @Args('serverName', { type: () => String, nullable: true, description: "Instead of the server's own name." })
    serverName?: string | null,
  ): Promise<CourseRow> {
    return this.service.set(callerOf(context), courseId, inviteLink, serverName ?? null);
  }

  @Mutation(() => Course, { description: 'The course has no link any more.' })
  @SignedIn()
  removeCourseDiscordLink(
    @Context() context: GraphqlContext,
    @Args('courseId', { type: () => GraphQLUuid, description: 'The course.' }) courseId: string,
  ): Promise<CourseRow> {
    return this.service.remove(callerOf(context), courseId);
  }

  @Mutation(() => LinkVisit, {
    description: "The instructor's tick that a student is in the server; what the bot sees replaces it.",
  })
  @SignedIn()
  confirmLinkMembership(
    @Context() context: GraphqlContext,
    @Args('courseId', { type: () => GraphQLUuid, description: 'The course.' }) courseId: string,
    @Args('userId', { type: () => GraphQLUuid, description: 'The student.' }) userId: string,
    @Args('isMember', { description: 'Whether they are in the server.' }) isMember: boolean,
  ): Promise<LinkVisit> {
    return this.service.confirm(callerOf(context), courseId, userId, isMember);
  }

  @Mutation(() => JoinResult, { description: "An enrolled student presses Join for the course's Discord server." })
  @SignedIn()
  joinCourseDiscord(
    @Context() context: GraphqlContext,
    @Args('courseId', { type: () => GraphQLUuid, description: 'The course.' }) courseId: string,
  ): Promise<JoinResult> {
    return this.join.press(callerOf(context), courseId, languageOf(context.headers['accept-language']));
  }
}

@Resolver(() => CourseDiscordLink)
export class LinkVisitsResolver {
  constructor(private readonly links: CourseLinks) {}

  @ResolveField(() => [LinkVisit], {
    description: 'Who pressed Join, the earliest first, up to 1,000; students see themselves.',
  })
  visits(
    @Parent() link: CourseDiscordLink,
    @Context() context: GraphqlContext,
    @First(50, MAX_VISITS) first: number | null,
  ): Promise<readonly LinkVisit[]> {
    const size = first ?? 50;
    return loaders(context)
      .get<string, readonly LinkVisit[]>(`course-link/visits-${size}`, async (ids) => {
        const rows = await this.links.visits(callerOf(context), ids, size);
        return ids.map((id) => rows.filter((row) => row.linkId === id));
      })
      .load(link.id);
  }

  @ResolveField(() => String, {
    nullable: true,
    description:
      'How to mend a link that no longer works, in the language of Accept-Language (en, id); null while it does.',
  })
  howToMend(@Parent() link: CourseDiscordLink, @Context() context: GraphqlContext): string | null {
    return link.working === false ? explainMending(languageOf(context.headers['accept-language'])) : null;
  }
}

@Resolver(() => LinkVisit)
export class LinkVisitResolver {
  constructor(private readonly people: People) {}

  @ResolveField(() => Student, { description: 'Who pressed Join.' })
  student(@Parent() visit: LinkVisit, @Context() context: GraphqlContext): Promise<Student> {
    return studentOf(context, this.people, visit.userId);
  }
}
