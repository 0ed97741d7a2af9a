import { z } from 'zod';
import { type Route } from '../http/router';
import { type WebhookEvents } from '../webhook-events';
import { control, type ControlHandler, readBody } from './control-call';

/** Where webhook events go, and whether that place passed the check that Discord makes. */
export function webhookControlRoutes(events: WebhookEvents): Route<ControlHandler>[] {
  const state = () => ({ url: events.url, isDisabled: events.isDisabled, verification: events.verification });
  return [
    control('GET', '/sandbox/webhook-events', state),
    // Unlike PATCH /applications/@me it keeps a URL that failed: a test may want a receiver that misbehaves. Events are switched on with it.
    control('PUT', '/sandbox/webhook-events', async (call) => {
      const { url } = readBody(call, z.object({ url: z.url().nullable() }));
      events.use(url, url === null ? null : await events.verify(url));
      events.switchOn();
      return state();
    }),
  ];
}
