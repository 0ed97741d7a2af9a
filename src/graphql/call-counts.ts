import { type ThrottlerStorage } from '@nestjs/throttler';

type Count = Awaited<ReturnType<ThrottlerStorage['increment']>>;

interface Window {
  calls: number;
  /** Milliseconds since 1970. */
  readonly endsAt: number;
}

/**
 * How often each caller has called in the current window, in this process: one number a caller, and never more than
 * `most` callers. The throttler's own memory keeps the time of every call of everybody, so strangers could fill it.
 */
export class CallCounts implements ThrottlerStorage {
  /** The oldest window stands first, because all are of one length. */
  private readonly windows = new Map<string, Window>();

  constructor(private readonly most: number) {}

  /** Counts one call. `length` in milliseconds; the times in the answer are seconds. */
  increment(key: string, length: number, limit: number): Promise<Count> {
    const now = Date.now();
    const window = this.windowOf(key, length, now);
    window.calls += 1;
    const timeToExpire = Math.max(1, Math.ceil((window.endsAt - now) / 1_000));
    const isBlocked = window.calls > limit;
    return Promise.resolve({
      totalHits: window.calls,
      timeToExpire,
      isBlocked,
      timeToBlockExpire: isBlocked ? timeToExpire : 0,
    });
  }

  /** How many callers are remembered. */
  get size(): number {
    return this.windows.size;
  }

  private windowOf(key: string, length: number, now: number): Window {
    const current = this.windows.get(key);
    if (current && current.endsAt > now) return current;
    this.windows.delete(key);
    // What has ended goes, and the oldest besides when there is still no room: its caller begins anew a little early.
    for (const [oldest, { endsAt }] of this.windows) {
      if (endsAt > now && this.windows.size < this.most) break;
      this.windows.delete(oldest);
    }
    const window = { calls: 0, endsAt: now + length };
    this.windows.set(key, window);
    return window;
  }
}
