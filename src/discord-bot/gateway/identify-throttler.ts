import { setTimeout as delay } from 'node:timers/promises';
import { type IIdentifyThrottler } from '@discordjs/ws';

/** Discord takes `max_concurrency` IDENTIFYs in this time, milliseconds. */
const WINDOW = 5_000;

/**
 * Lets shards identify as often as Discord allows. Unlike the library's own, a wait that is no longer wanted ends at
 * once: theirs goes on for up to 5 s, keeps the process alive as long, and takes the slot of whoever comes next.
 */
export class IdentifyThrottler implements IIdentifyThrottler {
  /** When the next IDENTIFY may be sent, by rate limit key. */
  private readonly free = new Map<number, number>();

  constructor(private readonly maxConcurrency: number) {}

  async waitForIdentify(shardId: number, signal: AbortSignal): Promise<void> {
    const key = shardId % this.maxConcurrency;
    const now = Date.now();
    const slot = Math.max(now, this.free.get(key) ?? 0);
    this.free.set(key, slot + WINDOW);
    try {
      await delay(slot - now, undefined, { signal });
    } catch (error) {
      if (this.free.get(key) === slot + WINDOW) this.free.set(key, slot);
      throw error;
    }
  }
}
