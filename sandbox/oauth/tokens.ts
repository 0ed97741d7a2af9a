import { randomBytes } from 'node:crypto';
import { userShape } from '../shapes/user';
import { type TokenPair } from '../world/model';
import { type World } from '../world/world';

/** Seven days, as with Discord. */
export const ACCESS_TOKEN_SECONDS = 604_800;

/** Hands out an access token, and a refresh token unless it is for client credentials. */
export function issueTokens(world: World, userId: string, scopes: readonly string[], refreshable = true): TokenPair {
  const pair: TokenPair = {
    accessToken: newToken(),
    refreshToken: refreshable ? newToken() : null,
    userId,
    scopes: [...scopes],
    expiresAt: Date.now() + ACCESS_TOKEN_SECONDS * 1000,
  };
  world.accessTokens.set(pair.accessToken, pair);
  if (pair.refreshToken !== null) world.refreshTokens.set(pair.refreshToken, pair);
  world.changed();
  return pair;
}

/** Uses up a refresh token: it and the access token beside it die, new ones live. Undefined when it is not alive. */
export function refreshTokens(world: World, refreshToken: string): TokenPair | undefined {
  const old = world.refreshTokens.get(refreshToken);
  if (old === undefined) return undefined;
  dropPair(world, old);
  return issueTokens(world, old.userId, old.scopes);
}

/** The person's authorization ends: every token of it dies, and the application's webhook is told. */
export function revokeAuthorization(world: World, userId: string): boolean {
  const pairs = tokensOf(world, userId);
  if (pairs.length === 0) return false;
  for (const pair of pairs) dropPair(world, pair);
  world.roleConnections.delete(userId);
  world.announce({ type: 'APPLICATION_DEAUTHORIZED', data: { user: userShape(world.user(userId)) } });
  world.changed();
  return true;
}

/** All tokens that are alive for a person; an expired access token still has its refresh token. */
export function tokensOf(world: World, userId: string): TokenPair[] {
  const pairs = [...world.accessTokens.values(), ...world.refreshTokens.values()];
  return [...new Set(pairs.filter((pair) => pair.userId === userId))];
}

/** The answer of the token endpoint. */
export function tokenShape(pair: TokenPair) {
  return {
    token_type: 'Bearer',
    access_token: pair.accessToken,
    expires_in: Math.max(0, Math.round((pair.expiresAt - Date.now()) / 1000)),
    ...(pair.refreshToken === null ? {} : { refresh_token: pair.refreshToken }),
    scope: pair.scopes.join(' '),
  };
}

function dropPair(world: World, pair: TokenPair): void {
  world.accessTokens.delete(pair.accessToken);
  if (pair.refreshToken !== null) world.refreshTokens.delete(pair.refreshToken);
}

/** Thirty letters and digits, as Discord's tokens look. */
function newToken(): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return [...randomBytes(30)].map((byte) => alphabet.charAt(byte % alphabet.length)).join('');
}
