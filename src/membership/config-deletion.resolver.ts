import { Args, Context, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { SignedIn } from '../common/access';
import { callerOf } from '../graphql/caller-of';
import { type GraphqlContext } from '../graphql/context';
import { loaders } from '../graphql/loaders';
import { GraphQLUuid } from '../graphql/scalars';
import { ServerConfig } from '../server-config/server-config.model';
import { type ServerConfigRow } from '../server-config/server-configs';
import { ConfigDeletion } from './config-deletion';
import { SyncRun } from './sync-run.model';
import { type SyncRunRow, SyncRuns } from './sync-runs';

@Resolver(() => ServerConfig)
export class ConfigDeletionResolver {
  constructor(
    private readonly deletion: ConfigDeletion,
    private readonly runs: SyncRuns,
  ) {}

  @Mutation(() => Boolean, {
    description:
      'Releases the members as they are; endAccess removes them by policy, as a run with plan and brake, and the configuration goes with the last of them.',
  })
  @SignedIn()
  async deleteServerConfig(
    @Context() context: GraphqlContext,
    @Args('id', { type: () => GraphQLUuid, description: 'The configuration.' }) id: string,
    @Args('endAccess', { type: () => Boolean, nullable: true, defaultValue: false, description: 'Remove the members.' })
    endAccess: boolean | null,
  ): Promise<boolean> {
    await this.deletion.delete(callerOf(context), id, endAccess === true);
    return true;
  }

  @ResolveField('deletion', () => SyncRun, {
    nullable: true,
    description:
      'The run that ends the access of all members before this configuration goes; null unless it is being deleted.',
  })
  async deletionOf(
    @Parent() { endingRunId }: ServerConfigRow,
    @Context() context: GraphqlContext,
  ): Promise<SyncRunRow | null> {
    if (endingRunId === null) return null;
    return loaders(context)
      .get<string, SyncRunRow | null>('membership/run', (ids) => this.runs.findAll(callerOf(context), ids))
      .load(endingRunId);
  }
}
