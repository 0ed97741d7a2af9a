import { type ExecutionContext, Injectable } from '@nestjs/common';
import { ThrottlerGuard } from '@nestjs/throttler';
import { rateLimited } from './rate-limits';

type Counted = Parameters<ThrottlerGuard['throwThrottlingException']>[1];

/** Counts REST calls and refuses those that are too many. GraphQL's are counted where an operation begins. */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  protected override shouldSkip(context: ExecutionContext): Promise<boolean> {
    return Promise.resolve(context.getType<string>() !== 'http');
  }

  protected override throwThrottlingException(_context: ExecutionContext, counted: Counted): Promise<void> {
    return Promise.reject(rateLimited(counted.limit, counted.timeToBlockExpire));
  }
}
