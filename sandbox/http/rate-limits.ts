import { createHash } from 'node:crypto';
import { DEFAULT_LIMITS, type LimitSettings } from './limit-settings';
import { type BucketLimit, DEFAULT_BUCKET, ROUTE_BUCKETS } from './rate-limit-defaults';

/** What the limits say to a call: go on with these headers, or stop. */
type Verdict =
  | { readonly go: true; readonly bucket: string; readonly headers: Record<string, string> }
  | {
      readonly go: false;
      readonly bucket: string | null;
      readonly headers: Record<string, string>;
      readonly body: { message: string; retry_after: number; global: boolean };
      readonly isShared: boolean;
    };

interface LimitSubject {
  readonly method: string;
  readonly route: string;
  /** Guild id, channel id, or a webhook's id and token: each has a bucket of its own. */
  readonly major: string;
  /** The bot, a person's token, or an address. */
  readonly caller: string;
  readonly isGlobalExempt: boolean;
}

/** The settings in force: what was set, and the defaults for the rest. */
type Settings = Pick<LimitSettings, 'buckets'> & typeof DEFAULT_LIMITS;

const TEN_MINUTES = 600_000;

/**
 * Discord's rate limits: a bucket per route, caller and major parameter (a shared one without the caller), the global
 * limit, and the ban of who keeps asking wrongly. Headers are always sent; nothing is refused until `enforce` is set.
 */
export class RateLimits {
  settings: Settings = { ...DEFAULT_LIMITS };
  private readonly windows = new Map<string, { used: number; resetAt: number }>();
  private readonly globalWindows = new Map<string, { used: number; resetAt: number }>();
  private readonly invalid = new Map<string, { count: number; resetAt: number }>();

  set(settings: LimitSettings): void {
    const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
    this.settings = { ...DEFAULT_LIMITS, ...given };
    this.reset();
  }

  /** Everybody starts anew. */
  reset(): void {
    this.windows.clear();
    this.globalWindows.clear();
    this.invalid.clear();
  }

  /** When the address may call again after too many wrong calls, in milliseconds; 0 = at once. */
  bannedFor(address: string): number {
    const record = this.invalid.get(address);
    if (!this.settings.enforce || record === undefined) return 0;
    if (record.count < this.settings.invalidPerTenMinutes) return 0;
    return Math.max(0, record.resetAt - Date.now());
  }

  /** Counts a call that was answered with 401, 403 or 429. */
  countInvalid(address: string): void {
    const now = Date.now();
    const record = this.invalid.get(address);
    if (record === undefined || record.resetAt <= now) {
      this.invalid.set(address, { count: 1, resetAt: now + TEN_MINUTES });
    } else {
      record.count += 1;
    }
  }

  take(subject: LimitSubject): Verdict {
    const now = Date.now();
    if (this.settings.enforce && !subject.isGlobalExempt) {
      const window = openWindow(this.globalWindows, subject.caller, 1000, now);
      if (window.used >= this.settings.globalPerSecond) return globalRefusal(window.resetAt - now);
      window.used += 1;
    }
    const limit = this.limitOf(subject);
    const bucket = bucketId(subject);
    if (!this.settings.enforce) {
      // A window that never fills, so that no client ever waits.
      return {
        go: true,
        bucket,
        headers: bucketHeaders(bucket, limit, limit.limit - 1 || 1, now + limit.windowMs, now),
      };
    }
    // A shared limit counts everybody's calls; the space keeps its key apart from every caller's.
    const counted = limit.scope === 'shared' ? ' ' : subject.caller;
    const window = openWindow(this.windows, `${counted} ${bucket} ${subject.major}`, limit.windowMs, now);
    if (window.used >= limit.limit) return bucketRefusal(bucket, limit, window.resetAt, now);
    window.used += 1;
    return { go: true, bucket, headers: bucketHeaders(bucket, limit, limit.limit - window.used, window.resetAt, now) };
  }

  private limitOf({ method, route }: LimitSubject): BucketLimit {
    const key = `${method} ${route}`;
    return this.settings.buckets?.[key] ?? this.settings.buckets?.[route] ?? ROUTE_BUCKETS[key] ?? DEFAULT_BUCKET;
  }
}

type Windows = Map<string, { used: number; resetAt: number }>;

function openWindow(windows: Windows, key: string, length: number, now: number) {
  const open = windows.get(key);
  if (open !== undefined && open.resetAt > now) return open;
  // Forgetting the ended ones now and then keeps a long run from piling them up.
  if (windows.size > 10_000) for (const [old, window] of windows) if (window.resetAt <= now) windows.delete(old);
  const fresh = { used: 0, resetAt: now + length };
  windows.set(key, fresh);
  return fresh;
}

const bucketIds = new Map<string, string>();

/** An opaque name, the same for every major parameter of a route. */
function bucketId({ method, route }: LimitSubject): string {
  const key = `${method} ${route}`;
  let id = bucketIds.get(key);
  if (id === undefined) {
    id = createHash('sha256').update(key).digest('hex').slice(0, 32);
    bucketIds.set(key, id);
  }
  return id;
}

function bucketHeaders(bucket: string, limit: BucketLimit, remaining: number, resetAt: number, now: number) {
  return {
    'x-ratelimit-bucket': bucket,
    'x-ratelimit-limit': String(limit.limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': (resetAt / 1000).toFixed(3),
    'x-ratelimit-reset-after': ((resetAt - now) / 1000).toFixed(3),
  };
}

function bucketRefusal(bucket: string, limit: BucketLimit, resetAt: number, now: number): Verdict {
  const isShared = limit.scope === 'shared';
  const seconds = (resetAt - now) / 1000;
  return {
    go: false,
    bucket,
    isShared,
    headers: {
      ...bucketHeaders(bucket, limit, 0, resetAt, now),
      'x-ratelimit-scope': isShared ? 'shared' : 'user',
      'retry-after': String(Math.ceil(seconds)),
    },
    body: {
      message: isShared ? 'The resource is being rate limited.' : 'You are being rate limited.',
      retry_after: seconds,
      global: false,
    },
  };
}

function globalRefusal(forMs: number): Verdict {
  return {
    go: false,
    bucket: null,
    isShared: false,
    headers: {
      'x-ratelimit-global': 'true',
      'x-ratelimit-scope': 'global',
      'retry-after': String(Math.ceil(forMs / 1000)),
    },
    body: { message: 'You are being rate limited.', retry_after: forMs / 1000, global: true },
  };
}
