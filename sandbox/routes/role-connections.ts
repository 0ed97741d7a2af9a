import { isGiven } from '../given';
import { z } from 'zod';
import { type Call, NO_CONTENT, ok } from '../http/call';
import { integer, parseForm, readForm } from '../http/form';
import { type Route, route } from '../http/router';
import { requireOwnApplication } from './applications';

const SCOPE = 'role_connections.write';

/** Linked roles: the records that the application defines, and what it says about a person. */
export const roleConnectionRoutes: readonly Route[] = [
  route('GET', '/applications/:application_id/role-connections/metadata', { allow: 'bot' }, getMetadata),
  route('PUT', '/applications/:application_id/role-connections/metadata', { allow: 'bot' }, setMetadata),
  route(
    'GET',
    '/users/@me/applications/:application_id/role-connection',
    { allow: 'bearer', scope: SCOPE },
    getConnection,
  ),
  route(
    'PUT',
    '/users/@me/applications/:application_id/role-connection',
    { allow: 'bearer', scope: SCOPE },
    setConnection,
  ),
  route(
    'DELETE',
    '/users/@me/applications/:application_id/role-connection',
    { allow: 'bearer', scope: SCOPE },
    dropConnection,
  ),
];

const localizations = z.record(z.string(), z.string()).nullish();
const metadataForm = z
  .array(
    z.object({
      type: integer(1, 8),
      key: z
        .string()
        .min(1)
        .max(50)
        .regex(/^[a-z0-9_]+$/),
      name: z.string().min(1).max(100),
      name_localizations: localizations,
      description: z.string().min(1).max(200),
      description_localizations: localizations,
    }),
  )
  .max(5);

function getMetadata(call: Call) {
  requireOwnApplication(call);
  return ok(call.world.application.roleConnectionsMetadata);
}

function setMetadata(call: Call) {
  requireOwnApplication(call);
  call.world.application.roleConnectionsMetadata = parseForm(metadataForm, call.body ?? []).map(
    ({ type, key, name, description }) => ({ type, key, name, description }),
  );
  call.world.changed();
  return getMetadata(call);
}

const connectionForm = z.object({
  platform_name: z.string().max(50).nullish(),
  platform_username: z.string().max(100).nullish(),
  metadata: z.record(z.string(), z.union([z.string().max(100), z.number(), z.boolean()]).transform(String)).nullish(),
});

function getConnection(call: Call) {
  requireOwnApplication(call);
  const connection = call.world.roleConnections.get(call.actor.userId);
  return ok({
    ...(isGiven(connection?.platform_name) ? { platform_name: connection.platform_name } : {}),
    platform_username: connection?.platform_username ?? null,
    metadata: connection?.metadata ?? {},
  });
}

function setConnection(call: Call) {
  requireOwnApplication(call);
  const form = readForm(call, connectionForm);
  call.world.roleConnections.set(call.actor.userId, {
    platform_name: form.platform_name ?? null,
    platform_username: form.platform_username ?? null,
    metadata: form.metadata ?? {},
  });
  call.world.changed();
  return getConnection(call);
}

function dropConnection(call: Call) {
  requireOwnApplication(call);
  call.world.roleConnections.delete(call.actor.userId);
  call.world.changed();
  return NO_CONTENT;
}
