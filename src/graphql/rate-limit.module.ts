import { type IncomingMessage } from 'node:http';
import { type ExecutionContext, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ThrottlerModule, type ThrottlerModuleOptions } from '@nestjs/throttler';
import { RateLimitGuard } from './rate-limit.guard';
import { RATE_WINDOW, RateLimits } from './rate-limits';

@Module({ providers: [RateLimits], exports: [RateLimits] })
class RateLimitsModule {}

const requestOf = (context: ExecutionContext) => context.switchToHttp().getRequest<IncomingMessage>();

/** How often somebody may call: {@link RateLimits} for whoever counts, and a guard that counts REST calls. */
@Module({
  imports: [
    RateLimitsModule,
    ThrottlerModule.forRootAsync({
      imports: [RateLimitsModule],
      inject: [RateLimits],
      useFactory: (rates: RateLimits): ThrottlerModuleOptions => ({
        storage: rates.counts,
        throttlers: [
          {
            ttl: RATE_WINDOW,
            limit: async (context) => rates.limitOf(await rates.callerOf(requestOf(context))),
          },
        ],
        getTracker: async (_request, context) => {
          const request = requestOf(context);
          return rates.keyOf(await rates.callerOf(request), request);
        },
        // One budget a caller, not one for every route.
        generateKey: (_context, tracker) => tracker,
      }),
    }),
  ],
  providers: [{ provide: APP_GUARD, useClass: RateLimitGuard }],
  exports: [RateLimitsModule],
})
export class RateLimitModule {}
