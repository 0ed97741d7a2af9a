import { setTimeout as delay } from 'node:timers/promises';
import { DefaultRestOptions, type InternalRequest, RequestMethod, REST, type ResponseLike } from '@discordjs/rest';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config';
import { ProcessMetrics } from '../telemetry/process-metrics';
import { CallBudget } from './call-budget';
import { CallManner } from './call-manner';
import { CallMeter } from './call-meter';
import { CallPermit } from './call-permit';
import { DiscordFailure, NO_BOT_TOKEN, toDiscordFailure, TOO_LATE } from './discord-failure';
import { type CircuitState, TokenCircuit } from './token-circuit';

/** A call may take this long with everything it waits for, milliseconds. */
const DEADLINE = 60_000;
/** A repeated call waits this long, milliseconds; @discordjs/rest itself repeats at once, which rarely helps. */
const REPEAT_AFTER = 250;

/** A call of the bot: what for (as in "could not {add a member}"), and the request. */
export interface BotRequest extends Pick<
  InternalRequest,
  'fullRoute' | 'method' | 'body' | 'files' | 'query' | 'reason'
> {
  readonly intention: string;
}

/** Answers to interactions carry a token of their own: neither the bot's limit of calls a second nor its circuit counts them. */
const OF_INTERACTIONS = /^\/v\d+\/(?:interactions|webhooks)\//;

/**
 * The bot's way to Discord: @discordjs/rest with its queues and rate limits, one call in flight per bucket and server.
 * There is one in a process, which discord.js uses too: Discord counts all calls of a token together.
 *
 * Five things differ from the library's defaults. The token is a fixed header: the library forgets a token that Discord
 * once refused, and every later call would fail until a restart. Calls are not repeated inside the library; those that
 * are safe to repeat are repeated once, after a pause. A circuit stops all calls while the token is refused. And the
 * limit of all calls together is kept by a budget that cannot be overdrawn, and how long Discord may take for its answer
 * counts from when a call is sent: what waits for its turn has not failed.
 */
@Injectable()
export class BotHttp {
  readonly meter = new CallMeter();
  readonly manner = new CallManner();
  readonly permit = new CallPermit();
  private readonly circuit: TokenCircuit;
  /** Whether a bot token is configured; without one no call is made. */
  readonly hasToken: boolean;
  private readonly logger = new Logger('DiscordRest');
  /** The library itself, for discord.js; our own calls go through {@link send}. */
  readonly rest: REST;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly metrics: ProcessMetrics,
  ) {
    this.circuit = new TokenCircuit(config.production ? 60_000 : 10_000);
    this.hasToken = config.discord.botToken !== '';
    const { apiUrl, botToken, timeoutMs } = config.discord;
    const budget = new CallBudget(DefaultRestOptions.globalRequestsPerSecond);
    this.rest = new REST({
      api: apiUrl,
      version: '10',
      timeout: DEADLINE,
      retries: 0,
      globalRequestsPerSecond: Infinity,
      rejectOnRateLimit: ({ timeToReset, retryAfter, sublimitTimeout }) =>
        Math.max(timeToReset, retryAfter, sublimitTimeout) > this.manner.current.patience,
      makeRequest: async (url, init) => {
        if (OF_INTERACTIONS.test(url.slice(apiUrl.length))) return within(timeoutMs, url, init);
        const headers = { ...(init.headers as Record<string, string>), Authorization: `Bot ${botToken}` };
        return budget.spend(this.manner.current.givesWay, async () => {
          // Here and not where a call begins: calls that already wait in a queue must not be sent either.
          this.permit.check();
          this.circuit.admit();
          const response = await this.meter.count(url, () =>
            this.timed(init.method ?? RequestMethod.Get, () => within(timeoutMs, url, { ...init, headers })),
          );
          this.answered(response.status);
          return response;
        });
      },
    });
  }

  get circuitState(): CircuitState {
    return this.circuit.state;
  }

  /**
   * The answer's status and JSON (null when there is none).
   * @throws DiscordFailure, or what the work's permit throws.
   */
  async send(request: BotRequest): Promise<{ status: number; body: unknown }> {
    if (!this.hasToken) {
      throw new DiscordFailure('process', 'No bot token is configured. Set DISCORD_BOT_TOKEN to manage servers.', {
        status: null,
        code: NO_BOT_TOKEN,
      });
    }
    try {
      return await this.attempt(request);
    } catch (error) {
      this.permit.check();
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
      this.permit.check();
      throw toDiscordFailure(error, request.intention).repeated();
    }
  }

  private async timed(method: string, call: () => Promise<ResponseLike>): Promise<ResponseLike> {
    const begun = performance.now();
    let status: number | null = null;
    try {
      const response = await call();
      status = response.status;
      return response;
    } finally {
      this.metrics.discordCalled(method, status, (performance.now() - begun) / 1_000);
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

/**
 * Given up when there is no answer so long after it was sent, or when the library gives it up. By a timer of our own: what
 * `AbortSignal.any` is made of may be collected as garbage before it fires.
 */
async function within(
  milliseconds: number,
  url: string,
  init: Parameters<typeof DefaultRestOptions.makeRequest>[1],
): Promise<ResponseLike> {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), milliseconds);
  init.signal?.addEventListener('abort', () => giveUp.abort(), { once: true });
  try {
    return await DefaultRestOptions.makeRequest(url, { ...init, signal: giveUp.signal });
  } finally {
    clearTimeout(timer);
  }
}
