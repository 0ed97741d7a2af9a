import { SCOPES } from '../shapes/application';
import { type World } from '../world/world';

/** What an application asks of a person on the consent page. */
export interface AuthorizationRequest {
  /** `none` = only a bot is added, and nothing is redirected. */
  readonly responseType: 'code' | 'token' | 'none';
  readonly redirectUri: string | null;
  /** Whether the link named it; otherwise it is the first one that is registered. */
  readonly isRedirectGiven: boolean;
  readonly scopes: readonly string[];
  readonly state: string | null;
  readonly prompt: 'consent' | 'none';
  readonly codeChallenge: { readonly value: string; readonly method: 'S256' | 'plain' } | null;
  /** For the `bot` scope: the server that is preselected, and whether another may be picked. */
  readonly guildId: string | null;
  readonly isGuildFixed: boolean;
  readonly permissions: string;
}

/** What cannot be had with `response_type=token` (topics/oauth2, below the list of scopes). */
const NOT_IMPLICIT: ReadonlySet<string> = new Set(['role_connections.write']);

/** The request cannot be shown to a person, and nothing may be redirected. The message says why. */
export class AuthorizationRequestError extends Error {}

/** Understands the query of an authorize link. Throws AuthorizationRequestError in Discord's order of checks. */
export function readAuthorizationRequest(world: World, query: URLSearchParams): AuthorizationRequest {
  const clientId = query.get('client_id');
  if (clientId !== world.application.id) {
    throw new AuthorizationRequestError(
      `Unknown application: client_id is "${clientId ?? ''}", and the local Discord only knows ${world.application.id}.`,
    );
  }
  const scopes = [...new Set((query.get('scope') ?? '').split(/[\s+]+/).filter(Boolean))];
  const unknown = scopes.find((scope) => !(SCOPES as readonly string[]).includes(scope));
  if (scopes.length === 0 || unknown !== undefined) {
    throw new AuthorizationRequestError(
      `The requested scope is invalid, unknown, or malformed: "${unknown ?? ''}". Known scopes: ${SCOPES.join(', ')}.`,
    );
  }
  const isBotOnly = scopes.every((scope) => scope === 'bot' || scope === 'applications.commands');
  const responseType = query.get('response_type') ?? (isBotOnly ? 'none' : 'missing');
  if (responseType !== 'code' && responseType !== 'token' && responseType !== 'none') {
    throw new AuthorizationRequestError('response_type has to be "code" or "token" unless only a bot is added.');
  }
  const unfit = responseType === 'token' ? scopes.find((scope) => NOT_IMPLICIT.has(scope)) : undefined;
  if (unfit !== undefined) {
    throw new AuthorizationRequestError(`The scope "${unfit}" needs response_type=code: the implicit grant lacks it.`);
  }
  const permissions = query.get('permissions') ?? '0';
  if (!/^\d{1,20}$/.test(permissions)) throw new AuthorizationRequestError('permissions has to be a number.');
  return {
    responseType,
    redirectUri: responseType === 'none' ? null : registeredRedirect(world, query.get('redirect_uri')),
    isRedirectGiven: query.has('redirect_uri'),
    // Adding a bot brings its commands with it.
    scopes:
      scopes.includes('bot') && !scopes.includes('applications.commands')
        ? [...scopes, 'applications.commands']
        : scopes,
    state: query.get('state'),
    prompt: query.get('prompt') === 'none' ? 'none' : 'consent',
    codeChallenge: readCodeChallenge(query),
    guildId: query.get('guild_id'),
    isGuildFixed: query.get('disable_guild_select') === 'true',
    permissions,
  };
}

function registeredRedirect(world: World, asked: string | null): string {
  const registered = world.application.redirectUris;
  const [first] = registered;
  if (asked === null && first !== undefined) return first;
  if (asked !== null && registered.includes(asked)) return asked;
  const known = registered.length === 0 ? 'none is registered' : `registered: ${registered.join(', ')}`;
  throw new AuthorizationRequestError(`Invalid OAuth2 redirect_uri: "${asked ?? ''}" (${known}).`);
}

function readCodeChallenge(query: URLSearchParams): AuthorizationRequest['codeChallenge'] {
  const value = query.get('code_challenge');
  if (value === null) return null;
  const method = query.get('code_challenge_method') ?? 'plain';
  if (method !== 'S256' && method !== 'plain') {
    throw new AuthorizationRequestError('code_challenge_method has to be "S256".');
  }
  return { value, method };
}
