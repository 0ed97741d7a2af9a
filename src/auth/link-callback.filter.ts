import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable } from '@nestjs/common';
import { type Response } from 'express';
import { DomainError } from '../common/domain-error';
import { refusalOf } from '../graphql/error-format';
import { LinkCancelled } from './link.errors';
import { LinkReplies, type LinkReply } from './link-replies';
import { type LinkRequest } from './link-request';
import { LinkStates } from './link-states';

/** The browser's callback is looked at by a person: what goes wrong there is told as a page, not as a problem document. */
@Catch()
@Injectable()
export class LinkCallbackFilter implements ExceptionFilter<unknown> {
  constructor(
    private readonly states: LinkStates,
    private readonly replies: LinkReplies,
  ) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    const { state } = http.getRequest<LinkRequest>().query;
    const reply = this.replyTo(error);
    // Somebody who calls too often costs no query.
    const returnTo = reply.code === 'RATE_LIMITED' ? null : await this.returnToOf(state);
    this.replies.send(http.getResponse<Response>(), returnTo, reply);
  }

  private replyTo(error: unknown): LinkReply {
    if (error instanceof LinkCancelled) {
      return { outcome: 'cancelled', title: 'Discord was not connected', text: error.message };
    }
    if (error instanceof DomainError) {
      return { outcome: 'error', title: 'Discord was not connected', text: error.message, code: error.code };
    }
    const { message, details } = refusalOf(error);
    return {
      outcome: 'error',
      title: 'Discord was not connected',
      text: `${message} (${String(details['correlationId'])})`,
      code: 'INTERNAL_SERVER_ERROR',
    };
  }

  /** Null also for a state that is not ours: its sender chooses no address. */
  private async returnToOf(state: unknown): Promise<string | null> {
    if (typeof state !== 'string') return null;
    return this.states.returnToOf(state).catch(() => null);
  }
}
