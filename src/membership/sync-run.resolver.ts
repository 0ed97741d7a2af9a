import { Args, Context, Int, Mutation, Parent, Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import { SignedIn } from '../common/access';
import { DomainError } from '../common/domain-error';
import { callerOf } from '../graphql/caller-of';
import { type GraphqlContext } from '../graphql/context';
import { First } from '../graphql/page-arguments';
import { GraphQLSnowflake, GraphQLUuid } from '../graphql/scalars';
import { BulkInvites } from './bulk-invites';
import { RemovalsPause } from './removals-pause';
import { RunDecisions } from './run-decisions';
import { RunWatches } from './run-watches';
import { SyncRun, SyncRunStatusEnum } from './sync-run.model';
import { MAX_RUNS, type SyncRunRow, SyncRuns, type SyncRunStatus } from './sync-runs';

@Resolver(() => SyncRun)
export class SyncRunResolver {
  constructor(
    private readonly runs: SyncRuns,
    private readonly decisions: RunDecisions,
    private readonly pause: RemovalsPause,
    private readonly bulk: BulkInvites,
    private readonly watches: RunWatches,
  ) {}

  @Mutation(() => [SyncRun], {
    description:
      "Compares the course's servers with what is desired, at the cost of listing their members, and repairs what differs.",
  })
  @SignedIn()
  syncCourse(
    @Context() context: GraphqlContext,
    @Args('courseId', { type: () => GraphQLUuid, description: 'The course.' }) courseId: string,
  ): Promise<SyncRunRow[]> {
    return this.runs.syncCourse(callerOf(context), courseId);
  }

  @Mutation(() => [SyncRun], {
    description:
      'Invites many students at once, a run for each server. Without userIds: everybody who waits for an invitation.',
  })
  @SignedIn()
  inviteStudents(
    @Context() context: GraphqlContext,
    @Args('courseId', { type: () => GraphQLUuid, description: 'The course.' }) courseId: string,
    @Args('userIds', {
      type: () => [GraphQLUuid],
      nullable: true,
      description: 'These students; without it everybody who waits for an invitation.',
    })
    userIds?: string[] | null,
  ): Promise<SyncRunRow[]> {
    return this.bulk.invite(callerOf(context), courseId, userIds ?? null);
  }

  @Mutation(() => SyncRun, { description: 'Lets the removals happen that this run holds.' })
  @SignedIn()
  confirmSyncRun(
    @Context() context: GraphqlContext,
    @Args('id', { type: () => GraphQLUuid, description: 'The run.' }) id: string,
  ): Promise<SyncRunRow> {
    return this.decisions.confirm(callerOf(context), id);
  }

  @Mutation(() => SyncRun, {
    description: 'Drops what this run has not done yet; whom it holds stays until the enrollment changes.',
  })
  @SignedIn()
  cancelSyncRun(
    @Context() context: GraphqlContext,
    @Args('id', { type: () => GraphQLUuid, description: 'The run.' }) id: string,
  ): Promise<SyncRunRow> {
    return this.decisions.cancel(callerOf(context), id);
  }

  @Mutation(() => SyncRun, {
    description:
      'Brings back whom this run removed, within 7 days: those still consenting are added again with their roles.',
  })
  @SignedIn()
  undoSyncRun(
    @Context() context: GraphqlContext,
    @Args('id', { type: () => GraphQLUuid, description: 'The run.' }) id: string,
  ): Promise<SyncRunRow> {
    return this.decisions.undo(callerOf(context), id);
  }

  @Mutation(() => Boolean, {
    description:
      'The stop switch: until it is lifted no one is removed because an enrollment, a course, a user or a configuration has ended, whoever has confirmed that. Whom a person removes goes all the same: by removeStudent, by disconnecting or exchanging an account, by a kick or ban in Discord. Without configId everywhere (admins).',
  })
  @SignedIn()
  async setRemovalsPaused(
    @Context() context: GraphqlContext,
    @Args('paused', { description: 'True: nobody is removed. False: removals go on.' }) paused: boolean,
    @Args('configId', {
      type: () => GraphQLUuid,
      nullable: true,
      description: 'The server configuration; without it all of them (admins).',
    })
    configId?: string | null,
  ): Promise<boolean> {
    const caller = callerOf(context);
    if (configId) await this.pause.setForConfig(caller, configId, paused);
    else await this.pause.setEverywhere(caller, paused);
    return paused;
  }

  @Query(() => Boolean, {
    description: 'True: the stop switch is on for all servers, whatever is set for each; see setRemovalsPaused.',
  })
  @SignedIn()
  removalsPaused(): Promise<boolean> {
    return this.pause.isOnEverywhere();
  }

  @Query(() => SyncRun, { nullable: true, description: 'One run; null when there is none, or it may not be seen.' })
  @SignedIn()
  syncRun(
    @Context() context: GraphqlContext,
    @Args('id', { type: () => GraphQLUuid, description: 'The run.' }) id: string,
  ): Promise<SyncRunRow | null> {
    return this.runs.find(callerOf(context), id);
  }

  @Query(() => [SyncRun], { description: 'Runs, the latest first; up to 100.' })
  @SignedIn()
  syncRuns(
    @Context() context: GraphqlContext,
    @First(20, MAX_RUNS) first: number | null,
    @Args('courseId', { type: () => GraphQLUuid, nullable: true, description: 'Only what is about this course.' })
    courseId?: string | null,
    @Args('guildId', { type: () => GraphQLSnowflake, nullable: true, description: 'Only what is about this server.' })
    guildId?: string | null,
    @Args('status', { type: () => [SyncRunStatusEnum], nullable: true, description: 'Only runs that stand so.' })
    status?: SyncRunStatus[] | null,
  ): Promise<SyncRunRow[]> {
    return this.runs.list(callerOf(context), { courseId, guildId, status }, first);
  }

  @Subscription(() => SyncRun, {
    description: 'A run as it goes: how it stands at once, then whenever that changes. It ends with the run.',
    resolve: (run: SyncRunRow) => run,
  })
  @SignedIn()
  async syncRunProgressed(
    @Context() context: GraphqlContext,
    @Args('id', { type: () => GraphQLUuid, description: 'The run.' }) id: string,
  ): Promise<AsyncIterableIterator<SyncRunRow>> {
    const caller = callerOf(context);
    if (!(await this.runs.find(caller, id)))
      throw new DomainError('NOT_FOUND', 'There is no such run, or you may not see it.');
    return this.watches.follow(caller, id);
  }

  @ResolveField(() => Int, {
    nullable: true,
    description: 'Seconds until the end at the pace so far; null when it cannot be told.',
  })
  etaSeconds(@Parent() run: SyncRunRow): number | null {
    if (run.status !== 'RUNNING' || run.startedAt === null || run.done === 0) return null;
    const elapsed = (Date.now() - run.startedAt.getTime()) / 1_000;
    return Math.ceil((elapsed / run.done) * (run.total - run.done));
  }
}
