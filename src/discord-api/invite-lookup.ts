import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { CONFIG, type Config } from '../config/config';
import { DiscordFailure, unreachable } from './discord-failure';

/** The call may take this long, milliseconds. */
const TIMEOUT = 5_000;

const answer = z.object({ guild: z.object({ id: z.string(), name: z.string() }).nullish() });

/** The server that an invite leads to; null: to something else, such as a group of direct messages. */
export interface InviteTarget {
  readonly guild: { readonly id: string; readonly name: string } | null;
}

/**
 * Looks at invites that somebody else made. Discord answers this to anybody, so it is asked without a token: it works
 * without a bot, and whatever becomes of the bot's token.
 * https://discord.com/developers/docs/resources/invite#get-invite
 */
@Injectable()
export class InviteLookup {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /**
   * @returns null when Discord knows no such invite: used up, expired, or deleted.
   * @throws DiscordFailure of kind `transient` when Discord could not say.
   */
  async find(code: string): Promise<InviteTarget | null> {
    const { apiUrl } = this.config.discord;
    const response = await fetch(`${apiUrl}/v10/invites/${encodeURIComponent(code)}`, {
      headers: { 'user-agent': `DiscordBot (${this.config.publicUrl}, 1)` },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT),
    }).catch((error: unknown) => {
      throw unreachable(error, 'look at an invite');
    });
    const { status, headers } = response;
    const body: unknown = await response.json().catch(() => null);
    if (status === 404 && z.object({ code: z.literal(10006) }).safeParse(body).success) return null;
    const found = answer.safeParse(body);
    if (status === 200 && found.success) return { guild: found.data.guild ?? null };
    const retryAfter = Number(headers.get('retry-after') ?? Number.NaN);
    throw new DiscordFailure('transient', `Discord did not say what an invite leads to (status ${status}).`, {
      status,
      code: null,
      ...(Number.isFinite(retryAfter) ? { retryAfterMs: retryAfter * 1_000 } : {}),
    });
  }
}
