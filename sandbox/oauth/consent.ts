import { type IncomingMessage, type ServerResponse } from 'node:http';
import { parseBody, readBytes } from '../http/body';
import { cardPage, escapeHtml } from '../page/html';
import { lastPerson, rememberPerson } from '../page/people';
import { type World } from '../world/world';
import {
  type AuthorizationRequest,
  AuthorizationRequestError,
  readAuthorizationRequest,
} from './authorization-request';
import { type Authorizations } from './authorizations';
import { consentHtml, doneHtml, problemHtml } from './consent-html';

/** The page on which a person lets the application in, or does not. */
export class ConsentPage {
  constructor(
    private readonly world: World,
    private readonly authorizations: Authorizations,
  ) {}

  /** GET shows the page, POST takes the decision and redirects. */
  async serve(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const bytes = await readBytes(request);
    try {
      const asked = readAuthorizationRequest(this.world, url.searchParams);
      if (request.method === 'POST') {
        this.decide(response, asked, parseBody(bytes, request.headers['content-type']).value);
      } else {
        this.show(request, response, asked, url);
      }
    } catch (error) {
      if (!(error instanceof AuthorizationRequestError)) throw error;
      sendHtml(response, 400, cardPage('Something is wrong', problemHtml(error.message)));
    }
  }

  private show(request: IncomingMessage, response: ServerResponse, asked: AuthorizationRequest, url: URL): void {
    const last = lastPerson(this.world, request);
    if (last !== undefined && this.authorizations.maySkip(last.id, asked)) {
      this.leave(response, this.authorizations.approve(last.id, asked, null), last.id);
      return;
    }
    const body = consentHtml(this.world, request, asked, `${url.pathname}${url.search}`);
    sendHtml(response, 200, cardPage(`Authorize ${this.world.application.name}`, body));
  }

  private decide(response: ServerResponse, asked: AuthorizationRequest, body: unknown): void {
    const form = new Map(Object.entries(typeof body === 'object' && body !== null ? body : {}));
    const field = (name: string): string | null => {
      const value: unknown = form.get(name);
      return typeof value === 'string' && value !== '' ? value : null;
    };
    if (field('decision') !== 'approve') {
      this.leave(response, this.authorizations.deny(asked), null);
      return;
    }
    const userId = field('user_id');
    if (userId === null) throw new AuthorizationRequestError('Pick the person as whom you act.');
    this.leave(response, this.authorizations.approve(userId, asked, field('guild_id')), userId);
  }

  private leave(response: ServerResponse, location: string | null, userId: string | null): void {
    const cookie = userId === null ? {} : rememberPerson(userId);
    if (location !== null) {
      response.writeHead(302, { location, ...cookie }).end();
      return;
    }
    sendHtml(
      response,
      200,
      cardPage('Done', doneHtml(escapeHtml(this.world.application.name), userId !== null)),
      cookie,
    );
  }
}

function sendHtml(response: ServerResponse, status: number, html: string, headers: Record<string, string> = {}): void {
  response
    .writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', ...headers })
    .end(html);
}
