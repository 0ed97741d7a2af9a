import { Module } from '@nestjs/common';
import { OutboundPost } from './outbound-post';
import { WebhookDeliveries } from './webhook-deliveries';
import { WebhookDispatcher } from './webhook-dispatcher';
import { WebhookEndpointResolver } from './webhook-endpoint.resolver';
import { WebhookEndpoints } from './webhook-endpoints';

/** Telling the platform of changes. */
@Module({
  providers: [WebhookEndpoints, WebhookEndpointResolver, WebhookDeliveries, WebhookDispatcher, OutboundPost],
})
export class WebhooksModule {}
