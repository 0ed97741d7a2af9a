import { type ExecutionContext } from '@nestjs/common';
import { GqlExecutionContext } from '@nestjs/graphql';
import { type Request } from 'express';
import { type Caller } from '../common/caller';
import { type GraphqlContext } from '../graphql/context';

/** An HTTP request on which the guard has left the caller. */
export interface CallerRequest extends Request {
  caller?: Caller;
}

/** The caller whom GraphQL's context names, or whom the guard has found on an HTTP request. */
export function callerIn(context: ExecutionContext): Caller | null {
  if (context.getType<string>() === 'graphql') {
    return GqlExecutionContext.create(context).getContext<GraphqlContext>().caller;
  }
  return context.switchToHttp().getRequest<CallerRequest>().caller ?? null;
}
