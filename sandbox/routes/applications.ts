import { isGiven } from '../given';
import { ApplicationFlags } from 'discord-api-types/v10';
import { z } from 'zod';
import { type Call, ok, param } from '../http/call';
import { refuse } from '../http/discord-error';
import { integer, readForm } from '../http/form';
import { type Route, route } from '../http/router';
import { applicationShape, privateApplicationShape } from '../shapes/application';
import { userShape } from '../shapes/user';

/** The application itself, and what an access token stands for. */
export const applicationRoutes: readonly Route[] = [
  route('GET', '/applications/@me', { allow: 'bot' }, getMine),
  route('PATCH', '/applications/@me', { allow: 'bot' }, updateMine),
  route('GET', '/applications/:application_id', { allow: 'bot' }, getById),
  route('PATCH', '/applications/:application_id', { allow: 'bot' }, updateById),
  route('GET', '/oauth2/applications/@me', { allow: 'bot' }, getMine),
  route('GET', '/oauth2/@me', { allow: 'bearer' }, getAuthorization),
  route('GET', '/oauth2/userinfo', { allow: 'bearer', scope: 'openid' }, getUserInfo),
  route('GET', '/oauth2/keys', { allow: 'anybody' }, () => ok({ keys: [] })),
];

function getMine(call: Call) {
  return ok(privateApplicationShape(call.world));
}

function getById(call: Call) {
  requireOwnApplication(call);
  return getMine(call);
}

function updateById(call: Call) {
  requireOwnApplication(call);
  return updateMine(call);
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
});

function updateMine(call: Call) {
  const form = readForm(call, updateForm);
  const { application } = call.world;
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
  if (form.event_webhooks_url !== undefined) application.webhookEventsUrl = form.event_webhooks_url;
  call.world.changed();
  return getMine(call);
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
