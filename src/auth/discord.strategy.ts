import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { type APIUser } from 'discord-api-types/v10';
import { Strategy } from 'passport-discord';
import { type StateStore } from 'passport-oauth2';
import { CONFIG, type Config } from '../config/config';
import { DiscordOAuth, type OAuthTokens } from '../discord-api/discord-oauth';
import { avatarsUrl, discordAccount } from './discord-account.policy';
import { readCookie } from './link-cookie';
import { type LinkedUser, type LinkRequest } from './link-request';
import { LinkedPeople } from './linked-people';
import { LinkStart } from './link-start';
import { LinkStates } from './link-states';
import { Linking } from './linking';

/** Arity of the verify callback with which passport-oauth2 hands over the token answer as well. */
const WITH_REQUEST_AND_RESULTS = 6;

/**
 * passport-discord for the second half of linking (the first is {@link LinkStart}), re-based on the configured addresses:
 * its own are those of discord.com, that of the profile even in its code. All calls go through {@link DiscordOAuth},
 * which bounds them in time and classifies what goes wrong.
 */
@Injectable()
export class DiscordStrategy extends PassportStrategy(Strategy, 'discord', WITH_REQUEST_AND_RESULTS) {
  private readonly avatars: string;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly oauth: DiscordOAuth,
    states: LinkStates,
    start: LinkStart,
    private readonly linking: Linking,
    private readonly linkedPeople: LinkedPeople,
  ) {
    super({
      // Without an application nobody can start linking, but the strategy insists on a client id.
      clientID: config.discord.clientId || 'none',
      clientSecret: config.discord.clientSecret,
      callbackURL: config.discord.redirectUri,
      authorizationURL: config.discord.authorizeUrl,
      tokenURL: `${config.discord.oauthUrl}/oauth2/token`,
      pkce: true,
      passReqToCallback: true,
      store: stateStore(states, start),
    });
    this.avatars = avatarsUrl(config.discord.authorizeUrl);
    this._oauth2.getOAuthAccessToken = (code: string, parameters: unknown, callback?: unknown) => {
      const done = callback as (error: unknown, accessToken?: string, refreshToken?: string, results?: unknown) => void;
      const { code_verifier: codeVerifier } = parameters as { code_verifier: string };
      oauth.exchange(code, config.discord.redirectUri, codeVerifier).then(
        (tokens) => done(null, tokens.accessToken, tokens.refreshToken, tokens),
        (error: unknown) => done(error),
      );
    };
  }

  override userProfile(accessToken: string, done: (error?: unknown, profile?: APIUser) => void): void {
    this.oauth.currentUser(accessToken).then(
      (user) => done(null, user),
      (error: unknown) => done(error),
    );
  }

  /** Called by Passport once state, code and profile are good: writes the connection, or finds out who is signing in. */
  async validate(
    request: LinkRequest,
    _accessToken: string,
    _refreshToken: string,
    tokens: OAuthTokens,
    profile: APIUser,
  ): Promise<LinkedUser> {
    const { linkInProgress } = request;
    if (!linkInProgress) throw new Error('Passport verified a Discord account without a linking in progress.');
    const account = discordAccount(profile, this.avatars);
    const { userId, returnTo } = linkInProgress;
    // The tokens of a sign-in are dropped, not revoked: that would end the grant with which the account is linked.
    const signedIn = userId === null ? await this.linkedPeople.ownerOf(account.id) : null;
    if (userId !== null) await this.linking.connect(userId, account, tokens);
    return { discordUsername: account.username, returnTo, signedIn };
  }
}

/** passport-oauth2's view of {@link LinkStates}: it answers a good state with the PKCE verifier. */
function stateStore(states: LinkStates, start: LinkStart): StateStore {
  type Verified = (error: Error | null, ok: boolean | string, state: unknown) => void;
  const verify = (request: LinkRequest, state: string, _meta: unknown, done: Verified) => {
    const binding = request.caller
      ? { userId: request.caller.userId }
      : { browser: readCookie(start.cookie, request.headers.cookie) };
    states.claim(state, binding).then(
      (linkInProgress) => {
        request.linkInProgress = linkInProgress;
        done(null, linkInProgress.codeVerifier, undefined);
      },
      (error: unknown) => done(error as Error, false, undefined),
    );
  };
  const store = () => {
    throw new Error('Linking is started by LinkStart, not by Passport.');
  };
  // The published types do not know that, with PKCE, `ok` is the verifier.
  return { store, verify } as unknown as StateStore;
}
