import { Args, Context, Parent, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import { type LogRow } from '../audit-log/log-row';
import { LogTail } from '../audit-log/log-tail';
import { LogVisibility } from '../audit-log/log-visibility';
import { SignedIn } from '../common/access';
import { DomainError } from '../common/domain-error';
import { callerOf } from '../graphql/caller-of';
import { type GraphqlContext } from '../graphql/context';
import { loaders } from '../graphql/loaders';
import { GraphQLSnowflake, GraphQLUuid } from '../graphql/scalars';
import { Membership, MembershipChange } from './membership.model';
import { Memberships } from './memberships';

@Resolver(() => MembershipChange)
export class MembershipChangeResolver {
  constructor(
    private readonly tail: LogTail,
    private readonly visibility: LogVisibility,
    private readonly reader: Memberships,
  ) {}

  @Subscription(() => MembershipChange, {
    description:
      'Changes of memberships that the viewer may see. With "after" (a seq), everything since comes first, then the live stream, no gap and nothing twice. A change of a membership that is gone meanwhile is told by an error NOT_FOUND in its place.',
    resolve: (row: LogRow) => ({ ...row, status: row.newStatus, at: row.createdAt }),
  })
  @SignedIn()
  async membershipChanged(
    @Context() context: GraphqlContext,
    @Args('courseId', { type: () => GraphQLUuid, nullable: true, description: 'Only what is about this course.' })
    courseId?: string | null,
    @Args('guildId', { type: () => GraphQLSnowflake, nullable: true, description: 'Only what is about this server.' })
    guildId?: string | null,
    @Args('userId', { type: () => GraphQLUuid, nullable: true, description: 'Only what is about this student.' })
    userId?: string | null,
    @Args('after', {
      type: () => String,
      nullable: true,
      description: 'A seq of the log: everything since then comes first.',
    })
    after?: string | null,
  ): Promise<AsyncIterableIterator<LogRow>> {
    const caller = callerOf(context);
    const wanted = (row: LogRow): boolean =>
      row.membershipId !== null &&
      (!courseId || row.courseId === courseId) &&
      (!guildId || row.guildId === guildId) &&
      (!userId || row.userId === userId);
    return this.tail.follow({ after, caller, visible: await this.visibility.visibilityOf(caller, wanted) });
  }

  @ResolveField(() => Membership, { description: 'The membership as it is now.' })
  async membership(@Parent() change: MembershipChange, @Context() context: GraphqlContext): Promise<Membership> {
    const membership = await loaders(context)
      .get<string, Membership | null>('membership/by-id', async (ids) => {
        const found = await this.reader.find(callerOf(context), ids);
        return ids.map((id) => found.get(id) ?? null);
      })
      .load(change.membershipId);
    if (!membership) throw new DomainError('NOT_FOUND', 'This membership no longer exists, or may no longer be seen.');
    return membership;
  }
}
