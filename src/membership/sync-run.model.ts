import { Field, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { GraphQLSnowflake, GraphQLUuid } from '../graphql/scalars';
import { type SyncRunStatus } from './sync-runs';

const STATUSES = {
  QUEUED: 'Waits for a worker.',
  RUNNING: 'The differences are being brought to an end.',
  AWAITING_CONFIRMATION: 'Removals wait until somebody decides.',
  SUCCEEDED: 'Done.',
  FAILED: 'Could not be done; see error.',
  CANCELLED: 'Somebody cancelled it.',
} as const satisfies Record<SyncRunStatus, string>;

export const SyncRunStatusEnum = Object.fromEntries(Object.keys(STATUSES).map((name) => [name, name]));
registerEnumType(SyncRunStatusEnum, {
  name: 'SyncRunStatus',
  description: 'How a sync stands.',
  valuesMap: Object.fromEntries(Object.entries(STATUSES).map(([name, description]) => [name, { description }])),
});

@ObjectType({ description: 'One full comparison of a server with what is desired, and what came of it.' })
export class SyncRun {
  @Field(() => GraphQLUuid, { description: 'The id of this run.' })
  id!: string;

  @Field(() => GraphQLUuid, {
    nullable: true,
    description: 'The course that was asked for; null: every course of the server.',
  })
  courseId!: string | null;

  @Field(() => GraphQLSnowflake, { description: 'The server.' })
  guildId!: string;

  @Field(() => SyncRunStatusEnum, { description: 'How it stands.' })
  status!: SyncRunStatus;

  @Field(() => GraphQLUuid, { nullable: true, description: 'Who asked for it; null: the service itself.' })
  requestedBy!: string | null;

  @Field(() => Int, { description: 'How many memberships were compared.' })
  total!: number;

  @Field(() => Int, { description: 'How many of them are as they should be.' })
  done!: number;

  @Field(() => Int, { description: 'How many students were added.' })
  added!: number;

  @Field(() => Int, { description: 'How many invites were made.' })
  invited!: number;

  @Field(() => Int, { description: 'How many roles were given or taken.' })
  roleChanges!: number;

  @Field(() => Int, { description: 'How many members were removed.' })
  removed!: number;

  @Field(() => Int, { description: 'How many could not be brought to what is desired.' })
  failed!: number;

  @Field(() => Int, { description: 'Discord calls that this run cost.' })
  apiCalls!: number;

  @Field(() => Date, { nullable: true, description: 'When the comparison was done.' })
  startedAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When it ended.' })
  finishedAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'What is in its way, as a sentence.' })
  error!: string | null;
}
