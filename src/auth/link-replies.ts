import { Inject, Injectable } from '@nestjs/common';
import { type Response } from 'express';
import { type ErrorCode, HTTP_STATUS } from '../common/domain-error';
import { CONFIG, type Config } from '../config/config';
import { linkPage } from './link-page';
import { type LinkOutcome, withOutcome } from './return-to.policy';

export interface LinkReply {
  readonly outcome: LinkOutcome;
  readonly title: string;
  readonly text: string;
  readonly code?: ErrorCode;
}

/** Tells the browser how linking ended: at the page it was to return to, else on a plain page. */
@Injectable()
export class LinkReplies {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  send(response: Response, returnTo: string | null, reply: LinkReply): void {
    // The address of this page holds a code and a state.
    response.set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' });
    if (returnTo !== null) {
      response.redirect(302, withOutcome(returnTo, reply.outcome, reply.code));
      return;
    }
    const page = linkPage(reply.title, reply.text, this.config.publicUrl);
    response
      .status(reply.code === undefined ? 200 : HTTP_STATUS[reply.code])
      .type('html')
      .send(page);
  }
}
