import { type Answer, type Call, ok } from '../http/call';
import { DiscordError } from '../http/discord-error';
import { type Route, route } from '../http/router';
import { type Authorizations } from '../oauth/authorizations';
import { issueTokens, refreshTokens, revokeAuthorization, tokenShape } from '../oauth/tokens';
import { SCOPES } from '../shapes/application';
import { guildShape } from '../shapes/guild';

/** The OAuth2 endpoints that Discord's OpenAPI file leaves out. They take forms only and answer as RFC 6749 says. */
export function oauthRoutes(authorizations: Authorizations): Route[] {
  return [
    route('POST', '/oauth2/token', { allow: 'anybody' }, (call) => token(call, authorizations)),
    route('POST', '/oauth2/token/revoke', { allow: 'anybody' }, revoke),
  ];
}

function token(call: Call, authorizations: Authorizations): Answer {
  const form = readOAuthForm(call);
  const grantType = form.get('grant_type');
  // Anything but a form has no fields, so JSON ends here, as it does with Discord.
  if (grantType === null) throw oauthError(400, 'unsupported_grant_type', 'Grant type None is not supported');
  requireClient(call, form);
  switch (grantType) {
    case 'authorization_code': {
      const result = authorizations.exchange(
        form.get('code') ?? '',
        form.get('redirect_uri'),
        form.get('code_verifier'),
      );
      if ('invalid' in result) throw oauthError(400, 'invalid_grant', `Invalid "${result.invalid}" in request.`);
      return ok({
        ...tokenShape(result.pair),
        ...(result.guild === undefined ? {} : { guild: guildShape(result.guild) }),
      });
    }
    case 'refresh_token': {
      const pair = refreshTokens(call.world, form.get('refresh_token') ?? '');
      if (pair === undefined) throw oauthError(400, 'invalid_grant', 'Invalid "refresh_token" in request');
      return ok(tokenShape(pair));
    }
    case 'client_credentials': {
      const scopes = (form.get('scope') ?? '').split(/[\s+]+/).filter(Boolean);
      const isKnown = scopes.every((scope) => (SCOPES as readonly string[]).includes(scope));
      if (scopes.length === 0 || !isKnown || scopes.includes('bot')) {
        throw oauthError(400, 'invalid_scope', 'The requested scope is invalid, unknown, or malformed.');
      }
      const { ownerId, botUserId } = call.world.application;
      return ok(tokenShape(issueTokens(call.world, ownerId ?? botUserId, scopes, false)));
    }
    default:
      throw oauthError(400, 'unsupported_grant_type', `Grant type ${grantType} is not supported`);
  }
}

/** RFC 7009: a token that is unknown is as good as revoked. */
function revoke(call: Call): Answer {
  const form = readOAuthForm(call);
  requireClient(call, form);
  const value = form.get('token');
  if (value === null) throw oauthError(400, 'invalid_request', 'Missing "token" in request.');
  const pair = call.world.accessTokens.get(value) ?? call.world.refreshTokens.get(value);
  if (pair !== undefined) revokeAuthorization(call.world, pair.userId);
  return ok({});
}

function readOAuthForm(call: Call): URLSearchParams {
  const form = new URLSearchParams();
  if (!call.isForm || typeof call.body !== 'object' || call.body === null) return form;
  for (const [name, value] of Object.entries(call.body)) if (typeof value === 'string') form.set(name, value);
  return form;
}

/** The client's id and secret, by HTTP Basic or in the form. */
function requireClient(call: Call, form: URLSearchParams): void {
  const { id, clientSecret } = call.world.application;
  const [scheme = '', encoded = ''] = (call.authorization ?? '').split(' ');
  let clientId = form.get('client_id');
  let secret = form.get('client_secret');
  if (scheme.toLowerCase() === 'basic') {
    const pair = Buffer.from(encoded, 'base64').toString('utf8');
    const colon = pair.indexOf(':');
    clientId = decodeFormPart(pair.slice(0, colon));
    secret = decodeFormPart(pair.slice(colon + 1));
  }
  if (clientId !== id || secret !== clientSecret) throw oauthError(401, 'invalid_client');
}

/** RFC 6749, 2.3.1: both parts of Basic are form-encoded first, which some clients leave out. */
function decodeFormPart(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '));
  } catch {
    return text;
  }
}

function oauthError(status: number, error: string, description?: string): DiscordError {
  const body = description === undefined ? { error } : { error, error_description: description };
  return new DiscordError(status, error, description ?? error, undefined, body);
}
