import { Args, Context, Int, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { SignedIn } from '../common/access';
import { DomainError } from '../common/domain-error';
import { callerOf } from '../graphql/caller-of';
import { type GraphqlContext } from '../graphql/context';
import { First } from '../graphql/page-arguments';
import { GraphQLSnowflake, GraphQLUuid } from '../graphql/scalars';
import { People } from '../platform/people';
import { studentOf } from '../platform/student-loader';
import { Student } from '../platform/student.model';
import { PlannedAction, SyncPlan } from './sync-plan.model';
import { type SyncActionType } from './sync-plan.policy';
import { type PlanLine, type SyncPlanRow, SyncPlans } from './sync-plans';

/** The most lines that a plan shows. */
const MAX_LINES = 1_000;

@Resolver(() => SyncPlan)
export class SyncPlanResolver {
  constructor(private readonly plans: SyncPlans) {}

  @Query(() => [SyncPlan], {
    description:
      "What syncCourse would do now in each of the course's servers, at the cost of listing their members. Nothing is changed.",
  })
  @SignedIn()
  syncPlan(
    @Context() context: GraphqlContext,
    @Args('courseId', { type: () => GraphQLUuid, description: 'A course that the caller teaches.' }) courseId: string,
    @Args('guildId', { type: () => GraphQLSnowflake, nullable: true, description: 'Only this one of its servers.' })
    guildId?: string | null,
  ): Promise<SyncPlanRow[]> {
    return this.plans.plan(callerOf(context), courseId, guildId ?? null);
  }

  @ResolveField(() => Int, { description: 'How many students are brought in.' })
  add(@Parent() plan: SyncPlanRow): number {
    return count(plan, 'ADD');
  }

  @ResolveField(() => Int, { description: 'How many invites are made.' })
  invite(@Parent() plan: SyncPlanRow): number {
    return count(plan, 'INVITE');
  }

  @ResolveField(() => Int, { description: 'How many roles are given.' })
  grantRole(@Parent() plan: SyncPlanRow): number {
    return count(plan, 'GRANT_ROLE');
  }

  @ResolveField(() => Int, { description: 'How many roles are taken away, those that wait for a person included.' })
  revokeRole(@Parent() plan: SyncPlanRow): number {
    return count(plan, 'REVOKE_ROLE');
  }

  @ResolveField(() => Int, { description: 'How many people are removed, those that wait for a person included.' })
  kick(@Parent() plan: SyncPlanRow): number {
    return count(plan, 'KICK');
  }

  @ResolveField(() => [PlannedAction], {
    description: `What is done to whom, in the order ADD, INVITE, GRANT_ROLE, REVOKE_ROLE, KICK, NONE; of NONE only what a sync would newly find. Up to ${MAX_LINES}.`,
  })
  actions(@Parent() plan: SyncPlanRow, @First(100, MAX_LINES) first: number | null): readonly PlanLine[] {
    const lines = first ?? 100;
    if (lines < 1 || lines > MAX_LINES)
      throw new DomainError('BAD_USER_INPUT', `"first" must be between 1 and ${MAX_LINES}; it was ${lines}.`);
    return plan.lines.slice(0, lines);
  }
}

@Resolver(() => PlannedAction)
export class PlannedActionResolver {
  constructor(private readonly people: People) {}

  @ResolveField(() => Student, { description: 'Whose place it is about.' })
  student(@Parent() line: PlanLine, @Context() context: GraphqlContext): Promise<Student> {
    return studentOf(context, this.people, line.userId);
  }
}

function count(plan: SyncPlanRow, action: SyncActionType): number {
  return plan.lines.filter((line) => line.action === action).length;
}
