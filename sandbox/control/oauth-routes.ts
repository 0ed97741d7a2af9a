import { z } from 'zod';
import { type Route } from '../http/router';
import { AuthorizationRequestError, readAuthorizationRequest } from '../oauth/authorization-request';
import { type Authorizations } from '../oauth/authorizations';
import { issueTokens, revokeAuthorization, tokenShape, tokensOf } from '../oauth/tokens';
import { SCOPES } from '../shapes/application';
import { type World } from '../world/world';
import { control, ControlError, type ControlHandler, readBody } from './control-call';
import { personById, personOf } from './finders';

/** What people do on the consent page and in their settings, without a browser. */
export function oauthControlRoutes(world: World, authorizations: Authorizations): Route<ControlHandler>[] {
  return [
    control('POST', '/sandbox/oauth/approve', (call) => {
      const form = readBody(
        call,
        z.object({ userId: z.string(), authorizeUrl: z.string(), guildId: z.string().optional() }),
      );
      const user = personById(world, form.userId);
      try {
        const request = readAuthorizationRequest(world, queryOf(form.authorizeUrl));
        return { redirectTo: authorizations.approve(user.id, request, form.guildId ?? null) };
      } catch (error) {
        throw error instanceof AuthorizationRequestError ? new ControlError(error.message) : error;
      }
    }),
    control('POST', '/sandbox/oauth/grant', (call) => {
      const form = readBody(
        call,
        z.object({
          userId: z.string(),
          scopes: z.union([z.array(z.enum(SCOPES)), z.string().transform((text) => text.split(' '))]),
        }),
      );
      return tokenShape(issueTokens(world, personById(world, form.userId).id, form.scopes));
    }),
    control('DELETE', '/sandbox/oauth/grants/:user', (call) => {
      const user = personOf(world, call);
      if (revokeAuthorization(world, user.id)) return {};
      throw new ControlError(`${user.username} has not authorized the application.`, 404);
    }),
    control('POST', '/sandbox/oauth/expire', (call) => {
      const user = personById(world, readBody(call, z.object({ userId: z.string() })).userId);
      const pairs = tokensOf(world, user.id);
      for (const pair of pairs) pair.expiresAt = Date.now() - 1;
      world.changed();
      return { expired: pairs.length };
    }),
    control('PUT', '/sandbox/oauth/redirect-uris', (call) => {
      world.application.redirectUris = readBody(call, z.object({ redirectUris: z.array(z.url()) })).redirectUris;
      world.changed();
      return { redirectUris: world.application.redirectUris };
    }),
  ];
}

function queryOf(address: string): URLSearchParams {
  const url = URL.parse(address, 'http://127.0.0.1');
  if (url === null) throw new ControlError(`"authorizeUrl" is not an address: ${address}.`);
  return url.searchParams;
}
