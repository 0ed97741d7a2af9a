import { createHash, randomBytes } from 'node:crypto';
import { PermissionFlagsBits } from 'discord-api-types/v10';
import { guildShape } from '../shapes/guild';
import { userShape } from '../shapes/user';
import { installBot } from '../world/guild-actions';
import { type Guild, type TokenPair } from '../world/model';
import { guildPermissions } from '../world/permissions';
import { type World } from '../world/world';
import { type AuthorizationRequest, AuthorizationRequestError } from './authorization-request';
import { ACCESS_TOKEN_SECONDS, issueTokens, tokensOf } from './tokens';

interface Code {
  readonly userId: string;
  readonly request: AuthorizationRequest;
  readonly guildId: string | null;
  readonly createdAt: number;
}

/** Approvals of the consent page, and the codes that come of them. */
export class Authorizations {
  private readonly codes = new Map<string, Code>();

  constructor(private readonly world: World) {}

  /** A person says yes. Returns where the browser goes, or null when only a bot was added. */
  approve(userId: string, request: AuthorizationRequest, chosenGuildId: string | null): string | null {
    const { world } = this;
    const user = world.users.get(userId);
    if (user === undefined || user.bot)
      throw new AuthorizationRequestError(`There is no person with the id ${userId}.`);
    const guild = request.scopes.includes('bot') ? this.addBot(userId, request, chosenGuildId) : null;
    world.announce({
      type: 'APPLICATION_AUTHORIZED',
      data: {
        integration_type: guild === null ? 1 : 0,
        user: userShape(user),
        scopes: request.scopes,
        ...(guild === null ? {} : { guild: guildShape(guild) }),
      },
    });
    if (request.redirectUri === null) return null;
    if (request.responseType === 'token') return this.implicitRedirect(userId, request, request.redirectUri);
    const code = randomBytes(15).toString('base64url');
    this.forgetOld();
    this.codes.set(code, { userId, request, guildId: guild?.id ?? null, createdAt: Date.now() });
    return withQuery(request.redirectUri, {
      code,
      ...(request.state === null ? {} : { state: request.state }),
      // Hints only: what was really granted is in the token's answer.
      ...(guild === null ? {} : { guild_id: guild.id, permissions: request.permissions }),
    });
  }

  /** A person says no. */
  deny(request: AuthorizationRequest): string | null {
    if (request.redirectUri === null) return null;
    return withQuery(request.redirectUri, {
      error: 'access_denied',
      error_description: 'The resource owner or authorization server denied the request',
      ...(request.state === null ? {} : { state: request.state }),
    });
  }

  /** Whether the screen may be skipped: asked for, nothing that always asks, and the same scopes were granted before. */
  maySkip(userId: string, request: AuthorizationRequest): boolean {
    if (request.prompt !== 'none' || request.scopes.includes('bot')) return false;
    return tokensOf(this.world, userId).some((pair) => request.scopes.every((scope) => pair.scopes.includes(scope)));
  }

  /** Exchanges a code for tokens. Returns the field of the request that is wrong when it cannot. */
  exchange(
    code: string,
    redirectUri: string | null,
    codeVerifier: string | null,
  ): { pair: TokenPair; guild: Guild | undefined } | { invalid: 'code' | 'redirect_uri' | 'code_verifier' } {
    const known = this.codes.get(code);
    if (known === undefined || this.isOver(known)) return { invalid: 'code' };
    const { request } = known;
    // Who left it out of the link, and so took the first one that is registered, may leave it out here as well.
    const isLeftOut = redirectUri === null && !request.isRedirectGiven;
    if (!isLeftOut && redirectUri !== request.redirectUri) return { invalid: 'redirect_uri' };
    if (!verifies(request.codeChallenge, codeVerifier)) return { invalid: 'code_verifier' };
    this.codes.delete(code);
    return {
      pair: issueTokens(this.world, known.userId, request.scopes),
      guild: known.guildId === null ? undefined : this.world.guilds.get(known.guildId),
    };
  }

  clear(): void {
    this.codes.clear();
  }

  private addBot(userId: string, request: AuthorizationRequest, chosenGuildId: string | null): Guild {
    const guildId = request.isGuildFixed ? request.guildId : (chosenGuildId ?? request.guildId);
    const guild = this.world.guilds.get(guildId ?? '');
    if (guild === undefined) throw new AuthorizationRequestError('Pick the server that the bot shall join.');
    const member = guild.members.get(userId);
    const mayAdd =
      member !== undefined &&
      (!this.world.rules().installNeedsManageGuild ||
        (guildPermissions(guild, member) & PermissionFlagsBits.ManageGuild) !== 0n);
    if (!mayAdd) throw new AuthorizationRequestError(`This person may not add a bot to ${guild.name}.`);
    installBot(this.world, guild, { userId }, { permissions: request.permissions });
    return guild;
  }

  private implicitRedirect(userId: string, request: AuthorizationRequest, redirectUri: string): string {
    const pair = issueTokens(this.world, userId, request.scopes, false);
    const fragment = new URLSearchParams({
      token_type: 'Bearer',
      access_token: pair.accessToken,
      expires_in: String(ACCESS_TOKEN_SECONDS),
      scope: pair.scopes.join(' '),
      ...(request.state === null ? {} : { state: request.state }),
    });
    return `${redirectUri}#${fragment.toString()}`;
  }

  private forgetOld(): void {
    for (const [value, code] of this.codes) {
      if (!this.isOver(code)) break;
      this.codes.delete(value);
    }
  }

  private isOver(code: Code): boolean {
    return Date.now() - code.createdAt >= this.world.rules().oauthCodeMs;
  }
}

function verifies(challenge: AuthorizationRequest['codeChallenge'], verifier: string | null): boolean {
  if (challenge === null) return true;
  if (verifier === null) return false;
  if (challenge.method === 'plain') return verifier === challenge.value;
  return createHash('sha256').update(verifier).digest('base64url') === challenge.value;
}

function withQuery(address: string, values: Record<string, string>): string {
  const url = new URL(address);
  for (const [name, value] of Object.entries(values)) url.searchParams.set(name, value);
  return url.toString();
}
