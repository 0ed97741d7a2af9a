import { Args, Context, Resolver, Subscription } from '@nestjs/graphql';
import { type LogRow } from '../audit-log/log-row';
import { LogTail } from '../audit-log/log-tail';
import { LogVisibility } from '../audit-log/log-visibility';
import { SignedIn } from '../common/access';
import { DomainError } from '../common/domain-error';
import { callerOf } from '../graphql/caller-of';
import { type GraphqlContext } from '../graphql/context';
import { GraphQLUuid } from '../graphql/scalars';
import { ServerConfig } from './server-config.model';
import { type ServerConfigRow, ServerConfigs } from './server-configs';

@Resolver()
export class ServerHealthChangedResolver {
  constructor(
    private readonly tail: LogTail,
    private readonly visibility: LogVisibility,
    private readonly configs: ServerConfigs,
  ) {}

  @Subscription(() => ServerConfig, {
    description:
      'Configurations of courses that the viewer teaches whose server became well or ill, as they are now. With "after" (a seq of the log), everything since comes first.',
    resolve(this: ServerHealthChangedResolver, row: LogRow, _args: unknown, context: GraphqlContext) {
      return this.configOf(row, context);
    },
  })
  @SignedIn()
  async serverHealthChanged(
    @Context() context: GraphqlContext,
    @Args('courseId', { type: () => GraphQLUuid, nullable: true, description: 'This course only.' })
    courseId?: string | null,
    @Args('after', {
      type: () => String,
      nullable: true,
      description: 'A seq of the log: what came after it is told first.',
    })
    after?: string | null,
  ): Promise<AsyncIterableIterator<LogRow>> {
    const caller = callerOf(context);
    const wanted = (row: LogRow): boolean => row.action === 'health' && (!courseId || row.courseId === courseId);
    return this.tail.follow({ after, caller, visible: await this.visibility.visibilityOf(caller, wanted) });
  }

  /** Read as the caller, for each event anew. */
  private async configOf(row: LogRow, context: GraphqlContext): Promise<ServerConfigRow> {
    const configs = row.courseId === null ? [] : await this.configs.ofCourses(callerOf(context), [row.courseId]);
    const config = configs.find(({ guildId }) => guildId === row.guildId);
    if (!config) throw new DomainError('NOT_FOUND', 'This configuration no longer exists, or may no longer be seen.');
    return config;
  }
}
