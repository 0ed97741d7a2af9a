import { type IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { CONFIG, type Config } from '../config/config';
import { AUTHENTICATE, type Authenticate } from './authenticate';
import { CallCounts } from './call-counts';
import { clientAddress, proxies } from './client-address';

/** The time over which calls are counted, milliseconds. */
export const RATE_WINDOW = 60_000;

/** How many callers are remembered at a time: about 10 MB. */
const MOST_CALLERS = 50_000;

/**
 * How often one caller may call: a signed-in person whatever address they come from, everybody else by address. GraphQL
 * over HTTP, operations over WebSocket, REST and the OAuth routes draw on the same budget.
 */
@Injectable()
export class RateLimits {
  readonly counts = new CallCounts(MOST_CALLERS);
  private readonly trusted: ReturnType<typeof proxies>;
  private readonly callers = new WeakMap<IncomingMessage, Promise<Caller | null>>();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(AUTHENTICATE) private readonly authenticate: Authenticate,
  ) {
    this.trusted = proxies(config.trustedProxies);
  }

  /** Counts one call. @throws DomainError RATE_LIMITED with `retryAfter` in seconds. */
  async count(caller: Caller | null, request: IncomingMessage): Promise<void> {
    const limit = this.limitOf(caller);
    const counted = await this.counts.increment(this.keyOf(caller, request), RATE_WINDOW, limit);
    if (counted.isBlocked) throw rateLimited(limit, counted.timeToBlockExpire);
  }

  /** Calls a minute. The platform calls for everybody, so it has a limit of its own. */
  limitOf(caller: Caller | null): number {
    const { perMinute, servicePerMinute } = this.config.rateLimit;
    return caller?.role === 'SERVICE' ? servicePerMinute : perMinute;
  }

  /** Under what the calls of this caller are counted. */
  keyOf(caller: Caller | null, request: IncomingMessage): string {
    return caller ? `${caller.role} ${caller.userId}` : clientAddress(request, this.trusted);
  }

  /** Who sent a REST request; null also for whoever presents a token that is not good, because that names nobody. */
  callerOf(request: IncomingMessage): Promise<Caller | null> {
    const known = this.callers.get(request);
    if (known) return known;
    const caller = this.authenticate(request.headers.authorization, request.method ?? 'GET', request.headers).catch(
      () => null,
    );
    this.callers.set(request, caller);
    return caller;
  }
}

export function rateLimited(limit: number, retryAfter: number): DomainError {
  return new DomainError(
    'RATE_LIMITED',
    `That were more than ${limit} calls in a minute. Try again in ${retryAfter} ${retryAfter === 1 ? 'second' : 'seconds'}.`,
    { retryAfter, limit },
  );
}
