import { isGiven } from '../given';
import { ApplicationFlags, ApplicationWebhookEventType } from 'discord-api-types/v10';
import { z } from 'zod';
import { type Call, ok, param } from '../http/call';
import { refuse, refuseField } from '../http/discord-error';
import { integer, readForm } from '../http/form';
import { type Route, route } from '../http/router';
import { applicationShape, privateApplicationShape } from '../shapes/application';
import { userShape } from '../shapes/user';
import { type WebhookEvents } from '../webhook-events';

/** The application itself, and what an access token stands for. */
export function applicationRoutes(webhookEvents: WebhookEvents): Route[] {
  const update = (call: Call) => updateMine(call, webhookEvents);
  return [
    route('GET', '/applications/@me', { allow: 'bot' }, getMine),
    route('PATCH', '/applications/@me', { allow: 'bot' }, update),
    route('GET', '/applications/:application_id', { allow: 'bot' }, getById),
    route('PATCH', '/applications/:application_id', { allow: 'bot' }, (call) => {
      requireOwnApplication(call);
      return update(call);
    }),
    route('GET', '/oauth2/applications/@me', { allow: 'bot' }, getMine),
    route('GET', '/oauth2/@me', { allow: 'bearer' }, getAuthorization),
    route('GET', '/oauth2/userinfo', { allow: 'bearer', scope: 'openid' }, getUserInfo),
    route('GET', '/oauth2/keys', { allow: 'anybody' }, () => ok({ keys: [] })),
  ];
}

function getMine(call: Call) {
  return ok(privateApplicationShape(call.world));
}

function getById(call: Call) {
  requireOwnApplication(call);
  return getMine(call);
}

/** Only the switches of the privileged intents can be set; the others are Discord's. */
const SETTABLE_FLAGS =
  ApplicationFlags.GatewayPresenceLimited |
  ApplicationFlags.GatewayGuildMembersLimited |
  ApplicationFlags.GatewayMessageContentLimited;

const url = z.url().max(2048).nullish();
const updateForm = z.object({
  description: z.string().max(400).nullish(),
  flags: integer(0, 0x7fffffff).nullish(),
  tags: z.array(z.string().max(20)).max(5).nullish(),
  custom_install_url: url,
  interactions_endpoint_url: url,
  role_connections_verification_url: url,
  event_webhooks_url: url,
  event_webhooks_status: integer(1, 2).nullish(),
  event_webhooks_types: z.array(z.enum(ApplicationWebhookEventType)).nullish(),
});

async function updateMine(call: Call, webhookEvents: WebhookEvents) {
  const form = readForm(call, updateForm);
  const { application } = call.world;
  if (form.event_webhooks_url !== undefined) await setWebhookEventsUrl(webhookEvents, form.event_webhooks_url);
  if (form.event_webhooks_status === 1 || form.event_webhooks_status === 2) {
    application.webhookEventsStatus = form.event_webhooks_status;
  }
  if (isGiven(form.event_webhooks_types)) application.webhookEventTypes = form.event_webhooks_types;
  if (isGiven(form.description)) application.description = form.description;
  if (isGiven(form.flags)) {
    application.flags = (application.flags & ~SETTABLE_FLAGS) | (form.flags & SETTABLE_FLAGS);
  }
  if (isGiven(form.tags)) application.tags = form.tags;
  if (form.custom_install_url !== undefined) application.customInstallUrl = form.custom_install_url;
  if (form.interactions_endpoint_url !== undefined) {
    application.interactionsEndpointUrl = form.interactions_endpoint_url;
  }
  if (form.role_connections_verification_url !== undefined) {
    application.roleConnectionsVerificationUrl = form.role_connections_verification_url;
  }
  call.world.changed();
  return getMine(call);
}

/** A URL that does not answer the PING, or lets a wrong signature pass, is not taken (code of the error unverified). */
async function setWebhookEventsUrl(webhookEvents: WebhookEvents, url: string | null): Promise<void> {
  const verification = url === null ? null : await webhookEvents.verify(url);
  if (verification?.state === 'failed') {
    const message = `The specified event webhooks URL could not be verified. ${verification.problem ?? ''}`.trim();
    throw refuseField(['event_webhooks_url'], 'APPLICATION_EVENT_WEBHOOKS_URL_INVALID', message);
  }
  webhookEvents.use(url, verification);
}

function getAuthorization(call: Call) {
  const { principal, world } = call;
  if (principal.kind !== 'bearer') throw refuse(50025);
  const { grant } = principal;
  return ok({
    application: applicationShape(world),
    expires: new Date(grant.expiresAt).toISOString(),
    scopes: grant.scopes,
    ...(grant.scopes.includes('identify') ? { user: userShape(world.user(grant.userId)) } : {}),
  });
}

function getUserInfo(call: Call) {
  const user = call.world.user(call.actor.userId);
  return ok({
    sub: user.id,
    preferred_username: user.username,
    nickname: user.globalName,
    locale: user.locale,
  });
}

/** Throws 10002: an application can read and change only itself. */
export function requireOwnApplication(call: Call): void {
  if (param(call, 'application_id') !== call.world.application.id) throw refuse(10002);
}
