import { type Application } from './model';

/** The events that the local Discord sends; Discord has more. */
export const WEBHOOK_EVENT_TYPES = ['APPLICATION_AUTHORIZED', 'APPLICATION_DEAUTHORIZED'] as const;

/** Application Event Webhook Status (resources/application): 1 off, 2 on, 3 switched off by Discord. */
export function webhookEventsStatus(application: Application): 1 | 2 | 3 {
  return application.webhookEventsStatus ?? (application.webhookEventsUrl === null ? 1 : 2);
}

/** The events that the application asks for. */
export function webhookEventTypes(application: Application): readonly string[] {
  return application.webhookEventTypes ?? (application.webhookEventsUrl === null ? [] : WEBHOOK_EVENT_TYPES);
}
