import { Args, Context, Int, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Allow } from '../common/access';
import { callerOf } from '../graphql/caller-of';
import { type GraphqlContext } from '../graphql/context';
import { loaders } from '../graphql/loaders';
import { First } from '../graphql/page-arguments';
import { GraphQLUuid } from '../graphql/scalars';
import {
  WebhookDelivery,
  WebhookDeliveryStatusEnum,
  WebhookEndpoint,
  WebhookEndpointSet,
} from './webhook-endpoint.model';
import { type DeliveryRow, type EndpointRow, WebhookEndpoints } from './webhook-endpoints';

@Resolver(() => WebhookEndpoint)
export class WebhookEndpointResolver {
  constructor(private readonly endpoints: WebhookEndpoints) {}

  @Query(() => [WebhookEndpoint], { description: 'Where membership changes are told (admins).' })
  @Allow('ADMIN', 'SERVICE')
  webhookEndpoints(@Context() context: GraphqlContext): Promise<EndpointRow[]> {
    return this.endpoints.list(callerOf(context));
  }

  @Mutation(() => WebhookEndpointSet, {
    description: 'Adds an endpoint, or with an id changes that one; newSecret replaces its secret (admins).',
  })
  @Allow('ADMIN', 'SERVICE')
  setWebhookEndpoint(
    @Context() context: GraphqlContext,
    @Args('url', { type: () => String, description: 'Where events are posted; https, and no private address.' })
    url: string,
    @Args('active', {
      type: () => Boolean,
      defaultValue: true,
      description: 'False: changes are kept, and told later.',
    })
    active: boolean,
    @Args('newSecret', {
      type: () => Boolean,
      defaultValue: false,
      description: 'Makes another secret; the old one is not used any more.',
    })
    newSecret: boolean,
    @Args('id', {
      type: () => GraphQLUuid,
      nullable: true,
      description: 'The endpoint to change; a new one without it.',
    })
    id?: string | null,
  ): Promise<{ readonly endpoint: EndpointRow; readonly secret: string | null }> {
    return this.endpoints.set(callerOf(context), { id: id ?? null, url, active, newSecret });
  }

  @Mutation(() => Boolean, { description: 'Ends an endpoint, with everything that waits for it (admins).' })
  @Allow('ADMIN', 'SERVICE')
  async deleteWebhookEndpoint(
    @Context() context: GraphqlContext,
    @Args('id', { type: () => GraphQLUuid, description: 'The endpoint.' }) id: string,
  ): Promise<boolean> {
    await this.endpoints.delete(callerOf(context), id);
    return true;
  }

  @Mutation(() => Int, {
    description: 'Tells an endpoint again what was given up, these deliveries or all; how many that are (admins).',
  })
  @Allow('ADMIN', 'SERVICE')
  redeliverWebhooks(
    @Context() context: GraphqlContext,
    @Args('endpointId', { type: () => GraphQLUuid, description: 'The endpoint.' }) endpointId: string,
    @Args('ids', {
      type: () => [GraphQLUuid],
      nullable: true,
      description: 'These deliveries; without it all that were given up.',
    })
    ids?: string[] | null,
  ): Promise<number> {
    return this.endpoints.redeliver(callerOf(context), endpointId, ids ?? null);
  }

  @ResolveField(() => [WebhookDelivery], { description: 'What was told, the latest change first; up to 200.' })
  deliveries(
    @Parent() endpoint: WebhookEndpoint,
    @Context() context: GraphqlContext,
    @First() first: number | null,
    @Args('status', { type: () => WebhookDeliveryStatusEnum, nullable: true, description: 'Only these.' })
    status?: string | null,
  ): Promise<readonly DeliveryRow[]> {
    const size = first ?? 50;
    return loaders(context)
      .get<string, readonly DeliveryRow[]>(`webhooks/deliveries-${size}-${status ?? 'any'}`, async (ids) => {
        const rows = await this.endpoints.deliveriesOf(callerOf(context), ids, status ?? null, size);
        return ids.map((id) => rows.filter((row) => row.endpointId === id));
      })
      .load(endpoint.id);
  }
}
