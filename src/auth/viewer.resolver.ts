import { Args, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Allow, SignedIn } from '../common/access';
import { type Caller } from '../common/caller';
import { After, First } from '../graphql/page-arguments';
import { type CountedConnectionOf, toCountedConnection } from '../graphql/page-type';
import { CourseConnection } from '../platform/course.resolver';
import { type CourseRow, Courses } from '../platform/courses';
import { People } from '../platform/people';
import { CurrentCaller } from './current-caller';
import { DiscordConnection } from './discord-connection.model';
import { type DiscordConnectionRow, DiscordConnectionsReader } from './discord-connections.reader';
import { UserSettings } from './user-settings';
import { Viewer } from './viewer.model';

@Resolver(() => Viewer)
export class ViewerResolver {
  constructor(
    private readonly people: People,
    private readonly connections: DiscordConnectionsReader,
    private readonly courseRepository: Courses,
    private readonly settings: UserSettings,
  ) {}

  @Query(() => Viewer, { description: 'Whoever is asking.' })
  @SignedIn()
  viewer(@CurrentCaller() caller: Caller): Pick<Viewer, 'id' | 'role'> {
    return { id: caller.userId, role: caller.role };
  }

  @ResolveField(() => String, {
    nullable: true,
    description: 'The name that the viewer gave the platform; null when there is none.',
  })
  async displayName(@Parent() viewer: Viewer, @CurrentCaller() caller: Caller): Promise<string | null> {
    return (await this.people.names(caller, [viewer.id])).get(viewer.id) ?? null;
  }

  @ResolveField(() => DiscordConnection, {
    nullable: true,
    description: 'The Discord account that the viewer has linked; null while there is none.',
  })
  async discordConnection(
    @Parent() viewer: Viewer,
    @CurrentCaller() caller: Caller,
  ): Promise<DiscordConnectionRow | null> {
    return (await this.connections.find(caller, [viewer.id])).get(viewer.id) ?? null;
  }

  @Allow('STUDENT', 'INSTRUCTOR', 'ADMIN')
  @Mutation(() => Viewer, { description: 'Whether the bot may write to the viewer directly.' })
  async setDirectMessages(
    @CurrentCaller() caller: Caller,
    @Args('enabled', { description: 'Whether the bot may write to the viewer.' }) enabled: boolean,
  ): Promise<Pick<Viewer, 'id' | 'role'>> {
    await this.settings.setDirectMessages(caller, enabled);
    return { id: caller.userId, role: caller.role };
  }

  @ResolveField(() => Boolean, { description: 'Whether the bot may write to the viewer directly; off until chosen.' })
  directMessages(@CurrentCaller() caller: Caller): Promise<boolean> {
    return this.settings.directMessages(caller);
  }

  @ResolveField(() => CourseConnection, { description: 'Courses that the viewer teaches, by title.' })
  async courses(
    @CurrentCaller() caller: Caller,
    @First() first: number | null,
    @After() after?: string | null,
  ): Promise<CountedConnectionOf<CourseRow>> {
    return toCountedConnection(await this.courseRepository.taught(caller, { first, after }, true), () =>
      this.courseRepository.countTaught(caller, true),
    );
  }

  @ResolveField(() => CourseConnection, { description: 'Courses in which the viewer is enrolled now, by title.' })
  async enrolledCourses(
    @CurrentCaller() caller: Caller,
    @First() first: number | null,
    @After() after?: string | null,
  ): Promise<CountedConnectionOf<CourseRow>> {
    return toCountedConnection(await this.courseRepository.attended(caller, { first, after }), () =>
      this.courseRepository.countAttended(caller),
    );
  }
}
