import { type TokenPair } from '../world/model';
import { type World } from '../world/world';
import { refuse, refuseStatus } from './discord-error';

/** Who calls: the bot, a person through an OAuth2 access token, or nobody in particular. */
export type Principal =
  { readonly kind: 'bot' } | { readonly kind: 'bearer'; readonly grant: TokenPair } | { readonly kind: 'nobody' };

/** What a route asks of its caller. */
export type Access =
  { readonly allow: 'bot' | 'anybody' } | { readonly allow: 'bearer' | 'bot or bearer'; readonly scope?: string };

/** Reads the Authorization header. Throws 401 for a token that is unknown, expired or of the wrong kind. */
export function authenticate(world: World, header: string | undefined): Principal {
  if (header === undefined || header === '') return { kind: 'nobody' };
  const [scheme = '', token = ''] = header.split(' ');
  switch (scheme.toLowerCase()) {
    case 'bot':
      if (token === world.application.botToken) return { kind: 'bot' };
      break;
    case 'bearer': {
      const grant = liveGrant(world, token);
      if (grant !== undefined) return { kind: 'bearer', grant };
      break;
    }
  }
  throw unauthorized();
}

/** The grant behind an access token that is neither unknown nor expired. */
export function liveGrant(world: World, accessToken: string): TokenPair | undefined {
  const grant = world.accessTokens.get(accessToken);
  return grant !== undefined && grant.expiresAt > Date.now() ? grant : undefined;
}

/** Throws unless the caller is one that the route is for. */
export function authorize(principal: Principal, access: Access): void {
  switch (access.allow) {
    case 'anybody':
      return;
    case 'bot':
      if (principal.kind !== 'bot') throw unauthorized();
      return;
    case 'bot or bearer':
      if (principal.kind === 'bot') return;
      break;
    case 'bearer':
      if (principal.kind === 'bot') throw refuse(20001);
      break;
  }
  if (principal.kind !== 'bearer') throw unauthorized();
  if (access.scope !== undefined && !principal.grant.scopes.includes(access.scope)) throw refuse(50026);
}

/** The answer to a token that is missing or wrong. */
export function unauthorized() {
  return refuseStatus(401, 'Unauthorized');
}
