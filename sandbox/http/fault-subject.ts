import { type World } from '../world/world';
import { type Principal } from './authentication';
import { type FaultSubject } from './faults';

/** A call before anything of it has been done. */
interface UnansweredCall {
  readonly method: string;
  readonly route: string;
  readonly params: Readonly<Record<string, string>>;
  /** Something else when the token is wrong. */
  readonly principal: Principal | Error;
  readonly bytes: Buffer;
}

/** Which server and which person a call is about, by its path, its token or its body. */
export function faultSubject(world: World, call: UnansweredCall): FaultSubject {
  return { method: call.method, route: call.route, guildId: guildOf(world, call), userId: userOf(world, call) };
}

function guildOf(world: World, { params }: UnansweredCall): string | undefined {
  if (params['guild_id'] !== undefined) return params['guild_id'];
  if (params['code'] !== undefined) return world.invites.get(params['code'])?.guildId;
  return world.channels.get(params['channel_id'] ?? '')?.guildId ?? undefined;
}

function userOf(world: World, { route, params, principal, bytes }: UnansweredCall): string | undefined {
  if (params['user_id'] !== undefined) return params['user_id'];
  if (route === '/users/@me/channels') return recipientOf(bytes);
  if (route.startsWith('/oauth2/token')) return tokenOwner(world, bytes);
  if ('kind' in principal && principal.kind === 'bearer') return principal.grant.userId;
  return world.channels.get(params['channel_id'] ?? '')?.recipientId ?? undefined;
}

function recipientOf(bytes: Buffer): string | undefined {
  return /"recipient_id"\s*:\s*"(\d+)"/.exec(bytes.toString('utf8'))?.[1];
}

/** Whose token is refreshed or revoked; whose code is exchanged is not known before. */
function tokenOwner(world: World, bytes: Buffer): string | undefined {
  const form = new URLSearchParams(bytes.toString('utf8'));
  const token = form.get('refresh_token') ?? form.get('token') ?? '';
  return (world.refreshTokens.get(token) ?? world.accessTokens.get(token))?.userId;
}
