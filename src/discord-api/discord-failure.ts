import { DiscordAPIError, HTTPError, RateLimitError } from '@discordjs/rest';
import { failureKind, type FailureKind, isKnownCode } from './failure-kind';

export type { FailureKind } from './failure-kind';

export interface FailureFacts {
  /** HTTP status of the answer; null when there was none. */
  readonly status: number | null;
  /** Discord's numeric code, or the system's (`ECONNREFUSED`) when there was no answer. */
  readonly code: number | string | null;
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
  /** The call was repeated because the first time there was no answer. */
  readonly isRepeated?: boolean;
}

/**
 * Discord said no, or nothing. Classified once, by status and numeric code, never by text. The message is a sentence for
 * staff and the log; it holds no token, no URL and no invite.
 */
export class DiscordFailure extends Error {
  override readonly name = 'DiscordFailure';
  readonly status: number | null;
  readonly code: number | string | null;
  /** How long Discord asked us to wait, milliseconds. */
  readonly retryAfterMs?: number;
  readonly isRepeated: boolean;

  constructor(
    readonly kind: FailureKind,
    message: string,
    facts: FailureFacts,
  ) {
    super(message, { cause: facts.cause });
    this.status = facts.status;
    this.code = facts.code;
    this.isRepeated = facts.isRepeated === true;
    if (facts.retryAfterMs !== undefined) this.retryAfterMs = facts.retryAfterMs;
    // An error that is logged with its cause would show the request that failed, access tokens included.
    Object.defineProperty(this, 'cause', { enumerable: false });
  }

  /** No call was made, or none that had an effect: a rate limit is to be waited for. */
  get isRateLimit(): boolean {
    return this.status === 429 && this.retryAfterMs !== undefined;
  }

  /** Discord, or we, have refused: the call has had no effect. Of one that was not answered, or not as it should be, nobody knows. */
  get changedNothing(): boolean {
    return !this.isRepeated && (this.kind !== 'transient' || this.isRateLimit);
  }

  /** The same, of a call that had been made before without an answer. */
  repeated(): DiscordFailure {
    return new DiscordFailure(this.kind, this.message, { ...this.facts, isRepeated: true });
  }

  /** Taken to concern the whole server, which the code does not say: the server was well when it was looked at since. */
  asPersons(): DiscordFailure {
    if (this.kind !== 'server' || isKnownCode(this.code)) return this;
    return new DiscordFailure('person', this.message, this.facts);
  }

  private get facts(): FailureFacts {
    const { status, code, retryAfterMs, cause, isRepeated } = this;
    return { status, code, cause, isRepeated, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
}

/**
 * What went wrong with one of the bot's calls, as a {@link DiscordFailure}.
 * @param intention what the call was for, as in "could not {add a member}".
 */
export function toDiscordFailure(error: unknown, intention: string): DiscordFailure {
  if (error instanceof DiscordFailure) return error;

  if (error instanceof RateLimitError) {
    const retryAfterMs = Math.ceil(Math.max(error.retryAfter, error.timeToReset, error.sublimitTimeout));
    return new DiscordFailure('transient', `Discord asks us to wait ${retryAfterMs} ms before we ${intention}.`, {
      status: 429,
      code: null,
      retryAfterMs,
    });
  }

  if (error instanceof DiscordAPIError || error instanceof HTTPError) {
    const { status } = error;
    const code = error instanceof DiscordAPIError && typeof error.code === 'number' ? error.code : null;
    const kind = failureKind(status, code, 'bot');
    const said = code === null ? `status ${status}` : `${firstLine(error.message)} (status ${status}, code ${code})`;
    const message =
      kind === 'process'
        ? `Discord does not accept the bot token (status ${status}). Check DISCORD_BOT_TOKEN; the work goes on when the token works again.`
        : `Discord did not let us ${intention}: ${said}.`;
    return new DiscordFailure(kind, message, { status, code });
  }

  return unreachable(error, intention);
}

/** There was no answer: the connection was refused, cut, or nothing came in time. */
export function unreachable(error: unknown, intention: string): DiscordFailure {
  const code = systemCode(error);
  const why = TOO_LATE.has(code) ? 'it did not answer in time' : code;
  return new DiscordFailure('transient', `Discord could not be reached to ${intention}: ${why}.`, {
    status: null,
    code,
    cause: error,
  });
}

/** The code of a call that was not made, as there is no bot that could make it. */
export const NO_BOT_TOKEN = 'NO_BOT_TOKEN';

/** The codes of a call that was given up because it took too long. */
export const TOO_LATE: ReadonlySet<number | string | null> = new Set(['AbortError', 'TimeoutError', 'UND_ERR_ABORTED']);

function firstLine(text: string): string {
  return (text.split('\n', 1)[0] ?? '').replace(/\.$/, '');
}

/** `ECONNREFUSED` and its like, `AbortError` for a timeout; the name of anything else. */
function systemCode(error: unknown): string {
  // fetch hides the system's error in its own error's cause.
  return (
    textOf(error, 'code') ?? textOf(propertyOf(error, 'cause'), 'code') ?? textOf(error, 'name') ?? 'unknown error'
  );
}

function textOf(error: unknown, name: string): string | undefined {
  const value = propertyOf(error, name);
  return typeof value === 'string' ? value : undefined;
}

function propertyOf(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
}
