import { randomUUID } from 'node:crypto';
import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { type ErrorCode } from '../common/domain-error';
import { headersOf, type Refusal, refusalOf } from './error-format';
import { GRAPHQL_PATH } from './limits';

/** What went wrong, in a few words; the sentence for this one case is the problem's `detail`. */
const TITLE = {
  UNAUTHENTICATED: 'Not signed in',
  FORBIDDEN: 'Not allowed',
  NOT_FOUND: 'Not found',
  BAD_USER_INPUT: 'The request is not right',
  CONFLICT: 'In conflict with what is there',
  NOT_ENROLLED: 'Not enrolled',
  NOT_LINKED: 'No Discord account linked',
  SERVER_NOT_READY: 'The Discord server is not ready',
  GUILD_NOT_MANAGED: 'Not a manager of the Discord server',
  RATE_LIMITED: 'Too many requests',
  DISCORD_UNAVAILABLE: 'Discord cannot be reached',
  INTERNAL_SERVER_ERROR: 'Something went wrong',
} as const satisfies Record<ErrorCode, string>;

/**
 * Answers every failed REST request with a problem document (RFC 9457). Failures elsewhere pass through: GraphQL formats
 * its own errors, and the bot's listeners and commands have theirs.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(exception: unknown, host: ArgumentsHost): void {
    if (host.getType<string>() !== 'http') throw exception;
    const request = host.switchToHttp().getRequest<Request & { readonly id?: unknown }>();
    const response = host.switchToHttp().getResponse<Response>();
    const requestId = typeof request.id === 'string' || typeof request.id === 'number' ? String(request.id) : undefined;
    const refusal = refusalOf(exception, requestId ?? randomUUID());

    // The answer is under way: a second one cannot follow, so cut it off instead of ending it as if it were whole.
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response.status(refusal.status);
    response.set(headersOf(refusal));
    if (request.path === GRAPHQL_PATH) {
      // A body that Express could not read never reaches Apollo, yet its sender speaks GraphQL.
      response.json({ errors: [{ message: refusal.message, extensions: { ...refusal.details, code: refusal.code } }] });
      return;
    }
    response.type('application/problem+json').send(JSON.stringify(problem(refusal, requestId)));
  }
}

function problem(refusal: Refusal, requestId: string | undefined): Record<string, unknown> {
  return {
    ...refusal.details,
    type: `urn:anycademy:problem:${refusal.code.toLowerCase()}`,
    title: TITLE[refusal.code],
    status: refusal.status,
    detail: refusal.message,
    code: refusal.code,
    ...(requestId !== undefined && { instance: `urn:request:${requestId}` }),
  };
}
