import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { callerIn } from './request-context';

/** Who is calling, in resolvers, controllers and subscriptions alike. Not for `@Public` handlers: they have no caller. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const caller = callerIn(context);
  if (!caller) throw new DomainError('UNAUTHENTICATED', 'Sign in first: send "Authorization: Bearer <access token>".');
  return caller;
});
