import { Inject, Injectable } from '@nestjs/common';
import { type APIUser, type RESTAPIPartialCurrentUserGuild } from 'discord-api-types/v10';
import { z } from 'zod';
import { CONFIG, type Config } from '../config/config';
import { DiscordFailure, unreachable } from './discord-failure';
import { failureKind } from './failure-kind';
import { OAuthRefused } from './oauth-refused';

/** A person's grant: what Discord answered when their code or refresh token was exchanged. */
export interface OAuthTokens {
  readonly accessToken: string;
  /** Good for one use: the answer to that use holds the next one. */
  readonly refreshToken: string;
  readonly expiresAt: Date;
  readonly scopes: string[];
}

/** One call may take this long, milliseconds. */
const TIMEOUT = 10_000;

/** The most servers that one page of a list holds. */
const GUILDS_PAGE = 200;

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  expires_in: z.number().positive(),
  scope: z.string(),
});

const errorAnswer = z.object({ error: z.string() });

/**
 * What is done with a person's own authorization. Never repeated by itself: a refresh token is good for one use, so who
 * calls {@link refresh} has to see that nobody else does with the same token.
 * https://discord.com/developers/docs/topics/oauth2
 */
@Injectable()
export class DiscordOAuth {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /**
   * @throws OAuthRefused when the grant is dead (`invalid_grant`).
   * @throws DiscordFailure of kind `transient` when Discord could not say, `process` when our own client secret is refused.
   */
  refresh(refreshToken: string): Promise<OAuthTokens> {
    return this.tokens('refresh an authorization', { grant_type: 'refresh_token', refresh_token: refreshToken });
  }

  /** @throws OAuthRefused | DiscordFailure as {@link refresh} does. */
  exchange(code: string, redirectUri: string, codeVerifier: string): Promise<OAuthTokens> {
    return this.tokens('exchange an authorization code', {
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: codeVerifier,
    });
  }

  /** Ends the whole grant that the token belongs to: every access and refresh token of it. */
  async revoke(token: string): Promise<void> {
    await this.post('revoke an authorization', '/oauth2/token/revoke', { token });
  }

  /** Whose token this is. @throws DiscordFailure of kind `person` when the token is dead. */
  currentUser(accessToken: string): Promise<APIUser> {
    return this.read('read an account', '/users/@me', accessToken);
  }

  /** The servers that the token's owner is in; needs the scope `guilds`. @throws DiscordFailure as {@link currentUser} does. */
  async currentGuilds(accessToken: string): Promise<RESTAPIPartialCurrentUserGuild[]> {
    const guilds: RESTAPIPartialCurrentUserGuild[] = [];
    for (let after = '0'; ;) {
      const page = await this.read<RESTAPIPartialCurrentUserGuild[]>(
        "list a person's servers",
        `/users/@me/guilds?limit=${GUILDS_PAGE}&after=${after}`,
        accessToken,
      );
      guilds.push(...page);
      const last = page.at(-1)?.id;
      if (page.length < GUILDS_PAGE || last === undefined || last === after) return guilds;
      after = last;
    }
  }

  private async read<Body>(intention: string, path: string, accessToken: string): Promise<Body> {
    const { status, body, retryAfterMs } = await this.call(intention, `${this.config.discord.apiUrl}/v10${path}`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    if (status === 200) return body as Body;
    const parsed = z.object({ code: z.number() }).safeParse(body);
    throw failed(intention, status, parsed.success ? parsed.data.code : null, retryAfterMs);
  }

  private async tokens(intention: string, form: Record<string, string>): Promise<OAuthTokens> {
    const answer = tokenAnswer.safeParse(await this.post(intention, '/oauth2/token', form));
    if (!answer.success) {
      throw new DiscordFailure('transient', `Discord's answer to ${intention} was not one of RFC 6749.`, {
        status: 200,
        code: null,
      });
    }
    const { access_token, refresh_token, expires_in, scope } = answer.data;
    return {
      accessToken: access_token,
      refreshToken: refresh_token,
      expiresAt: new Date(Date.now() + expires_in * 1000),
      scopes: scope.split(' ').filter((word) => word !== ''),
    };
  }

  private async post(intention: string, path: string, form: Record<string, string>): Promise<unknown> {
    const { clientId, clientSecret, oauthUrl } = this.config.discord;
    const credentials = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
    const { status, body, retryAfterMs } = await this.call(intention, `${oauthUrl}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams(form).toString(),
    });
    if (status >= 200 && status < 300) return body;
    const refusal = errorAnswer.safeParse(body);
    // A wrong client secret is our fault and must not read as if every student had withdrawn the grant.
    if (status === 401 || (refusal.success && ['invalid_client', 'unauthorized_client'].includes(refusal.data.error))) {
      throw new DiscordFailure(
        'process',
        `Discord does not accept our client id and secret (status ${status}). Check DISCORD_CLIENT_ID and DISCORD_CLIENT_SECRET.`,
        { status, code: refusal.success ? refusal.data.error : null },
      );
    }
    if (refusal.success && status < 500 && status !== 429) throw new OAuthRefused(refusal.data.error, status);
    throw failed(intention, status, null, retryAfterMs);
  }

  private async call(
    intention: string,
    url: string,
    init: { method?: string; headers: Record<string, string>; body?: string },
  ): Promise<{ status: number; body: unknown; retryAfterMs: number | undefined }> {
    try {
      const response = await fetch(url, {
        ...init,
        headers: { ...init.headers, 'user-agent': `DiscordBot (${this.config.publicUrl}, 1)` },
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT),
      });
      const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
      return {
        status: response.status,
        body: parsed(await response.text()),
        retryAfterMs: Number.isFinite(retryAfter) ? retryAfter * 1000 : undefined,
      };
    } catch (error) {
      throw unreachable(error, intention);
    }
  }
}

function failed(intention: string, status: number, code: number | null, retryAfterMs?: number): DiscordFailure {
  return new DiscordFailure(
    failureKind(status, code, 'user'),
    `Discord did not let us ${intention}: status ${status}.`,
    {
      status,
      code,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    },
  );
}

/** JSON, or null for anything else: an empty answer, or an HTML page of Discord's edge. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
