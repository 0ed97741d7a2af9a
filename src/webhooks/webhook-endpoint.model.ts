import { Field, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { GraphQLDateTime, GraphQLUuid } from '../graphql/scalars';

const STATUSES = {
  PENDING: { value: 'pending', description: 'Still to be told, or to be tried again.' },
  DELIVERED: { value: 'delivered', description: 'The endpoint has answered 2xx.' },
  FAILED: { value: 'failed', description: 'Given up after days; redeliverWebhooks tries again.' },
};
export const WebhookDeliveryStatusEnum = Object.fromEntries(
  Object.entries(STATUSES).map(([name, { value }]) => [name, value]),
);
registerEnumType(WebhookDeliveryStatusEnum, {
  name: 'WebhookDeliveryStatus',
  description: 'What became of telling an endpoint of one change.',
  valuesMap: STATUSES,
});

@ObjectType({ description: 'Telling one endpoint of one change.' })
export class WebhookDelivery {
  @Field(() => GraphQLUuid, { description: 'The webhook-id of the request, the same at each attempt.' })
  id!: string;

  @Field(() => String, { description: 'The place of the change in the log.' })
  seq!: string;

  @Field(() => GraphQLUuid, {
    nullable: true,
    description: 'The membership that changed; null when it is told of a server.',
  })
  membershipId!: string | null;

  @Field(() => WebhookDeliveryStatusEnum, { description: 'What became of it.' })
  status!: string;

  @Field(() => Int, { description: 'How often it was tried.' })
  attempts!: number;

  @Field(() => GraphQLDateTime, { description: 'When it is tried next, while it is pending.' })
  dueAt!: Date;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'When it was taken, or given up.' })
  finishedAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'Why the last attempt did not succeed.' })
  lastError!: string | null;
}

@ObjectType({
  description: 'An address of the platform that is told of every change of a membership, and of the health of servers.',
})
export class WebhookEndpoint {
  @Field(() => GraphQLUuid, { description: 'The id of this endpoint.' })
  id!: string;

  @Field({ description: 'Where events are posted.' })
  url!: string;

  @Field({ description: 'While false, changes are kept for it, and told once it is true again.' })
  active!: boolean;

  @Field(() => Int, { description: 'Still to be told.' })
  pending!: number;

  @Field(() => Int, { description: 'Of the last week.' })
  delivered!: number;

  @Field(() => Int, { description: 'Given up, of the last month.' })
  failed!: number;

  @Field(() => String, { nullable: true, description: 'Of the latest change that was not taken at once.' })
  lastError!: string | null;

  @Field(() => GraphQLDateTime, { description: 'Since when it is told.' })
  createdAt!: Date;
}

@ObjectType({ description: 'An endpoint as it was set.' })
export class WebhookEndpointSet {
  @Field(() => WebhookEndpoint, { description: 'As it is now.' })
  endpoint!: WebhookEndpoint;

  @Field(() => String, {
    nullable: true,
    description: 'With which its events are signed (Standard Webhooks). Shown this once; null when it did not change.',
  })
  secret!: string | null;
}
