import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Until when a piece of work may make calls: its check is asked at the last moment before each one, also before one that
 * has waited for a rate limit or is repeated. What it throws is what the work fails with.
 */
export class CallPermit {
  private readonly checks = new AsyncLocalStorage<() => void>();

  /** @throws what the check of the work at hand throws. */
  check(): void {
    this.checks.getStore()?.();
  }

  during<Result>(check: () => void, work: () => Promise<Result>): Promise<Result> {
    return this.checks.run(check, work);
  }
}
