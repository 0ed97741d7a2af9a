import { Field, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { GraphQLSnowflake, GraphQLUuid } from '../graphql/scalars';
import { Course } from '../platform/course.model';
import { type MembershipReason } from './claim.policy';
import { MembershipReasonEnum } from './membership.model';
import { type SyncActionType } from './sync-plan.policy';

const ACTIONS = {
  ADD: 'The student is brought into the server.',
  INVITE: 'An invite is made for the student.',
  GRANT_ROLE: 'The student is given a role.',
  REVOKE_ROLE: 'A role is taken away.',
  KICK: 'The person is removed from the server.',
  NONE: 'Nothing is done to them; the reason says why.',
} as const satisfies Record<SyncActionType, string>;

export const SyncActionTypeEnum = Object.fromEntries(Object.keys(ACTIONS).map((name) => [name, name]));
registerEnumType(SyncActionTypeEnum, {
  name: 'SyncActionType',
  description: 'What a sync does to one person.',
  valuesMap: Object.fromEntries(Object.entries(ACTIONS).map(([name, description]) => [name, { description }])),
});

@ObjectType({ description: 'One line of a plan.' })
export class PlannedAction {
  /** For the field that shows them: student. */
  userId!: string;

  @Field(() => Course, {
    nullable: true,
    description: "The caller's own course that keeps or brings the person; null for a course of somebody else.",
  })
  keptBy!: Course | null;

  @Field(() => GraphQLSnowflake, { nullable: true, description: 'The account; null while none is linked.' })
  discordUserId!: string | null;

  @Field(() => SyncActionTypeEnum, { description: 'What is done.' })
  action!: SyncActionType;

  @Field(() => MembershipReasonEnum, {
    description:
      'Why the student then stands where they stand; REMOVAL_HELD: it is done only once a person confirms it.',
  })
  reason!: MembershipReason;
}

@ObjectType({ description: 'What a sync would do, computed from the live server, with nothing changed.' })
export class SyncPlan {
  @Field(() => GraphQLUuid, { description: 'The course.' })
  courseId!: string;

  @Field(() => GraphQLSnowflake, { description: 'The server.' })
  guildId!: string;

  @Field(() => Date, { description: 'When Discord was asked.' })
  computedAt!: Date;

  @Field(() => Int, { description: 'How many of the memberships need nothing done in Discord.' })
  unchanged!: number;

  @Field({ description: 'True if the removals pass the brake and would wait for a person.' })
  held!: boolean;
}
