import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ACCESS, type Access } from '../common/access';
import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { Authenticator } from './authenticator';
import { callerIn, type CallerRequest } from './request-context';

/**
 * The one global guard. What a handler does not expressly open (`@Public`, `@Allow`) is closed, so that a forgotten
 * decorator refuses everybody instead of admitting everybody.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    // Discord has signed these in itself, and their handlers ask for the roles that they need.
    if (context.getType<string>() === 'necord') return true;

    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (access === 'public') return true;

    const caller = await this.callerOf(context);
    if (!caller) {
      throw new DomainError('UNAUTHENTICATED', 'Sign in first: send "Authorization: Bearer <access token>".');
    }
    // A subscription's connection outlives its token; what it starts after that is refused.
    if (caller.expiresAt * 1000 <= Date.now()) {
      throw new DomainError('UNAUTHENTICATED', 'The access token has expired. Sign in on the platform again.');
    }
    if (!access?.includes(caller.role)) {
      throw new DomainError('FORBIDDEN', `Your role (${caller.role.toLowerCase()}) does not allow this.`);
    }
    return true;
  }

  /** Whom GraphQL's context names (it authenticates by itself), or who the Authorization header or the session says is calling. */
  private async callerOf(context: ExecutionContext): Promise<Caller | null> {
    if (context.getType<string>() === 'graphql') return callerIn(context);
    const request = context.switchToHttp().getRequest<CallerRequest>();
    const caller = await this.authenticator.authenticate(
      request.headers.authorization,
      request.method,
      request.headers,
    );
    if (caller) request.caller = caller;
    return caller;
  }
}
