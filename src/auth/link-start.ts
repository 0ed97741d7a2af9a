import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { CONFIG, type Config } from '../config/config';
import { type LinkCookie, linkCookie, readCookie, setCookieHeader } from './link-cookie';
import { LINK_STATE_LIFETIME, LinkStates } from './link-states';
import { allowedReturnTo } from './return-to.policy';

export interface LinkStartOptions {
  /** Where the browser goes afterwards; null: to a plain page of this service. */
  readonly returnTo: string | null;
  /** False: only who the person is; they come into servers by invite. */
  readonly autoJoin: boolean;
  /** Also the list of the person's servers. */
  readonly servers: boolean;
}

/** Where to send the browser, and the cookie to send with that answer. */
export interface LinkStarted {
  readonly authorizeUrl: string;
  readonly state: string;
  readonly expiresAt: Date;
  readonly setCookie: string;
}

/** Begins linking: remembers who started it in which browser, and builds the address of Discord's consent page. */
@Injectable()
export class LinkStart {
  readonly cookie: LinkCookie;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly states: LinkStates,
  ) {
    this.cookie = linkCookie(config.publicUrl);
  }

  /** @throws DomainError BAD_USER_INPUT for a `returnTo` that is not ours, SERVER_NOT_READY without a Discord application. */
  async start(caller: Caller, options: LinkStartOptions, cookieHeader: string | undefined): Promise<LinkStarted> {
    const { publicUrl, corsOrigins } = this.config;
    const returnTo = options.returnTo === null ? null : allowedReturnTo(options.returnTo, publicUrl, corsOrigins);
    const scopes = ['identify', ...(options.autoJoin ? ['guilds.join'] : []), ...(options.servers ? ['guilds'] : [])];
    const browser = await this.browserOf(caller, cookieHeader);
    return this.begin({ userId: caller.userId, browser, returnTo, scopes });
  }

  /**
   * Begins a sign-in with a Discord account that is linked: only who the person is there is asked for.
   * @throws DomainError as {@link start}.
   */
  async startSignIn(returnTo: string | null): Promise<LinkStarted> {
    const { publicUrl, corsOrigins } = this.config;
    return this.begin({
      userId: null,
      browser: randomBytes(32).toString('base64url'),
      returnTo: allowedReturnTo(returnTo ?? '/', publicUrl, corsOrigins),
      scopes: ['identify'],
    });
  }

  private async begin(start: Parameters<LinkStates['issue']>[0]): Promise<LinkStarted> {
    const { discord } = this.config;
    if (discord.clientId === '') {
      throw new DomainError(
        'SERVER_NOT_READY',
        'Discord accounts cannot be linked: no Discord application is configured (DISCORD_CLIENT_ID).',
      );
    }
    const { state, codeChallenge, expiresAt } = await this.states.issue(start);

    const url = new URL(discord.authorizeUrl);
    const query = {
      response_type: 'code',
      client_id: discord.clientId,
      redirect_uri: discord.redirectUri,
      scope: start.scopes.join(' '),
      state,
      code_challenge: codeChallenge,
      code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return {
      // Discord writes the blanks between scopes as %20.
      authorizeUrl: url.href.replaceAll('+', '%20'),
      state,
      expiresAt,
      setCookie: setCookieHeader(this.cookie, start.browser, LINK_STATE_LIFETIME),
    };
  }

  /** The browser's secret: kept when this person already has one here (a second tab), else a new one. */
  private async browserOf(caller: Caller, cookieHeader: string | undefined): Promise<string> {
    const known = readCookie(this.cookie, cookieHeader);
    if (known !== null && (await this.states.isBrowserOf(caller.userId, known))) return known;
    return randomBytes(32).toString('base64url');
  }
}
