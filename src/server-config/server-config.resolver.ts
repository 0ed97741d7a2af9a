import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Allow, SignedIn } from '../common/access';
import { type Caller } from '../common/caller';
import { type GraphqlContext } from '../graphql/context';
import { loaders } from '../graphql/loaders';
import { After, First } from '../graphql/page-arguments';
import { type CountedConnectionOf, toCountedConnection } from '../graphql/page-type';
import { GraphQLSnowflake, GraphQLUuid } from '../graphql/scalars';
import { SignedInCaller } from '../graphql/signed-in-caller.pipe';
import { Course } from '../platform/course.model';
import { type CourseRow, Courses } from '../platform/courses';
import { GuildHealth } from './health.policy';
import { CreateServerConfigInput } from './inputs/create-server-config.input';
import { UpdateServerConfigInput } from './inputs/update-server-config.input';
import { PreflightReport, type ReportFields, toPreflightReport } from './preflight.model';
import { ServerConfig, ServerConfigConnection } from './server-config.model';
import { ServerConfigService } from './server-config.service';
import { type ServerConfigRow, ServerConfigs } from './server-configs';

@Resolver(() => ServerConfig)
export class ServerConfigResolver {
  constructor(
    private readonly service: ServerConfigService,
    private readonly configs: ServerConfigs,
    private readonly courses: Courses,
  ) {}

  @SignedIn()
  @Query(() => ServerConfig, {
    nullable: true,
    description: 'A server configuration of a course that the caller teaches.',
  })
  serverConfig(
    @Context('caller', SignedInCaller) caller: Caller,
    @Args('id', { type: () => GraphQLUuid, description: 'The configuration.' }) id: string,
  ): Promise<ServerConfigRow> {
    return this.configs.get(caller, id);
  }

  @Allow('ADMIN', 'SERVICE')
  @Query(() => ServerConfigConnection, {
    description: 'Every server configuration, by server and course. Admins only.',
  })
  async serverConfigs(
    @Context('caller', SignedInCaller) caller: Caller,
    @Args('health', { type: () => [GuildHealth], nullable: true, description: 'Only servers that stand so.' })
    health: GuildHealth[] | null | undefined,
    @Args('search', {
      type: () => String,
      nullable: true,
      description: "Part of the server's name or the course's title, or the server's id.",
    })
    search: string | null | undefined,
    @First() first: number | null,
    @After() after: string | null | undefined,
  ): Promise<CountedConnectionOf<ServerConfigRow>> {
    const page = await this.configs.list(caller, { health, search }, { first, after });
    return toCountedConnection(page, () => this.configs.count(caller, { health, search }));
  }

  @SignedIn()
  @Query(() => PreflightReport, { description: 'What a configuration would need, asked of Discord now.' })
  async preflight(
    @Context('caller', SignedInCaller) caller: Caller,
    @Args('guildId', { type: () => GraphQLSnowflake, description: 'The server to be connected.' }) guildId: string,
    @Args('inviteChannelId', {
      type: () => GraphQLSnowflake,
      nullable: true,
      description: 'The channel to be used, if one is chosen.',
    })
    inviteChannelId: string | null | undefined,
    @Args('studentRoleId', {
      type: () => GraphQLSnowflake,
      nullable: true,
      description: 'The role to be given, if one is chosen.',
    })
    studentRoleId: string | null | undefined,
  ): Promise<ReportFields> {
    const result = await this.service.preflight(caller, guildId, { inviteChannelId, studentRoleId });
    return toPreflightReport(result.askedAt, result.checks);
  }

  @SignedIn()
  @Mutation(() => ServerConfig, { description: 'Connects a course with a server, once everything needed is in place.' })
  createServerConfig(
    @Context('caller', SignedInCaller) caller: Caller,
    @Args('input', { type: () => CreateServerConfigInput, description: 'What to connect, and how.' })
    input: CreateServerConfigInput,
  ): Promise<ServerConfigRow> {
    const { courseId, guildId, ...settings } = input;
    return this.service.create(caller, courseId, guildId, settings);
  }

  @SignedIn()
  @Mutation(() => ServerConfig, { description: 'Changes a server configuration.' })
  updateServerConfig(
    @Context('caller', SignedInCaller) caller: Caller,
    @Args('id', { type: () => GraphQLUuid, description: 'The configuration.' }) id: string,
    @Args('input', { type: () => UpdateServerConfigInput, description: 'What to change.' })
    input: UpdateServerConfigInput,
  ): Promise<ServerConfigRow> {
    return this.service.update(caller, id, input);
  }

  @SignedIn()
  @Mutation(() => ServerConfig, { description: 'Asks Discord now.' })
  recheckServer(
    @Context('caller', SignedInCaller) caller: Caller,
    @Args('id', { type: () => GraphQLUuid, description: 'The configuration.' }) id: string,
  ): Promise<ServerConfigRow> {
    return this.service.recheck(caller, id);
  }

  @ResolveField('course', () => Course, {
    description: 'The course; one that the platform has deleted, under its last title.',
  })
  async course(@Parent() config: ServerConfigRow, @Context() context: GraphqlContext): Promise<CourseRow> {
    const course = await loaders(context)
      .get<string, CourseRow | null>('server-config/course', async (ids) => {
        const found = context.caller ? await this.courses.find(context.caller, ids) : null;
        return ids.map((id) => found?.get(id) ?? null);
      })
      .load(config.courseId);
    return course ?? { id: config.courseId, title: config.courseTitle, instructorId: config.instructorId };
  }

  @ResolveField('preflight', () => PreflightReport, {
    description: 'The stored result of the last check; recheckServer asks Discord.',
  })
  preflightOf(@Parent() { report, createdAt }: ServerConfigRow): ReportFields {
    return toPreflightReport(report ? new Date(report.checkedAt) : createdAt, report?.checks ?? []);
  }
}
