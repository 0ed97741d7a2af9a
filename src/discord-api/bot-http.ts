import { setTimeout as delay } from 'node:timers/promises';
import { DefaultRestOptions, type InternalRequest, RequestMethod, REST, type ResponseLike } from '@discordjs/rest';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config';
import { CallMeter } from './call-meter';
import { DiscordFailure, toDiscordFailure, TOO_LATE } from './discord-failure';
import { type CircuitState, TokenCircuit } from './token-circuit';

/** One answer may take this long, milliseconds. */
const TIMEOUT = 15_000;
/** A call may take this long with everything it waits for, milliseconds. */
const DEADLINE = 60_000;
/** Rate limits longer than this are not waited for but thrown, so that the worker can serve another server meanwhile. */
const LONGEST_WAIT = 5_000;
/** A repeated call waits this long, milliseconds; @discordjs/rest itself repeats at once, which rarely helps. */
const REPEAT_AFTER = 250;

/** A call of the bot: what for (as in "could not {add a member}"), and the request. */
export interface BotRequest extends Pick<
  InternalRequest,
  'fullRoute' | 'method' | 'body' | 'files' | 'query' | 'reason'
> {
  readonly intention: string;
}

/**
 * The bot's way to Discord: @discordjs/rest with its queues and rate limits, one call in flight per bucket and server.
 *
 * Three things differ from the library's defaults. The token is a fixed header: the library forgets a token that Discord
 * once refused, and every later call would fail until a restart. Calls are not repeated inside the library; those that
 * are safe to repeat are repeated once, after a pause. And a circuit stops all calls while the token is refused.
 */
@Injectable()
export class BotHttp {
  readonly meter = new CallMeter();
  private readonly circuit: TokenCircuit;
  /** Whether a bot token is configured; without one no call is made. */
  readonly hasToken: boolean;
  private readonly logger = new Logger('DiscordRest');
  private readonly rest: REST;

  constructor(@Inject(CONFIG) config: Config) {
    this.circuit = new TokenCircuit(config.production ? 60_000 : 10_000);
    this.hasToken = config.discord.botToken !== '';
    this.rest = new REST({
      api: config.discord.apiUrl,
      version: '10',
      timeout: TIMEOUT,
      retries: 0,
      headers: { authorization: `Bot ${config.discord.botToken}` },
      rejectOnRateLimit: (limit) => Math.max(limit.timeToReset, limit.retryAfter, limit.sublimitTimeout) > LONGEST_WAIT,
      makeRequest: async (url, init) => {
        // Here and not where a call begins: calls that already wait in a queue must not be sent either.
        this.circuit.admit();
        this.meter.count();
        const response = await DefaultRestOptions.makeRequest(url, init);
        this.answered(response.status);
        return response;
      },
    });
  }

  get circuitState(): CircuitState {
    return this.circuit.state;
  }

  /**
   * The answer's status and JSON (null when there is none).
   * @throws DiscordFailure
   */
  async send(request: BotRequest): Promise<{ status: number; body: unknown }> {
    if (!this.hasToken) {
      throw new DiscordFailure('process', 'No bot token is configured. Set DISCORD_BOT_TOKEN to manage servers.', {
        status: null,
        code: null,
      });
    }
    try {
      return await this.attempt(request);
    } catch (error) {
      const failure = toDiscordFailure(error, request.intention);
      // A POST may have had its effect: repeated, it would make a second invite or role. What took too long once would again.
      const repeatable =
        request.method !== RequestMethod.Post && failure.kind === 'transient' && failure.retryAfterMs === undefined;
      if (!repeatable || TOO_LATE.has(failure.code)) throw failure;
    }
    await delay(REPEAT_AFTER * (1 + Math.random()));
    try {
      return await this.attempt(request);
    } catch (error) {
      throw toDiscordFailure(error, request.intention);
    }
  }

  private answered(status: number): void {
    const refused = this.circuit.state.open;
    this.circuit.answered(status);
    if (this.circuit.state.open === refused) return;
    if (refused) this.logger.log('Discord accepts the bot token again.');
    else
      this.logger.error('Discord refuses the bot token: all work stops until it is accepted. Check DISCORD_BOT_TOKEN.');
  }

  private async attempt(request: BotRequest): Promise<{ status: number; body: unknown }> {
    const response: ResponseLike = await this.rest.queueRequest({
      ...request,
      auth: false,
      signal: AbortSignal.timeout(DEADLINE),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  }

  /** Stops the library's timers. */
  close(): void {
    this.rest.clearHashSweeper();
    this.rest.clearHandlerSweeper();
  }
}
