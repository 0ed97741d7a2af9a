import { type IncomingMessage, type ServerResponse } from 'node:http';
import { answerOf, writeAnswer } from '../http/api';
import { parseBody, readBytes } from '../http/body';
import { type Answer } from '../http/call';
import { Router, type Route } from '../http/router';
import { ControlError, type ControlHandler } from './control-call';

/** Serves everything below `/sandbox`: JSON in, JSON out, `{message}` where it cannot do what was asked. */
export class ControlApi {
  readonly router: Router<ControlHandler>;

  constructor(routes: readonly Route<ControlHandler>[]) {
    this.router = new Router(routes);
  }

  async serve(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    writeAnswer(response, await this.answer(request, url), {});
  }

  private async answer(request: IncomingMessage, url: URL): Promise<Answer> {
    try {
      const bytes = await readBytes(request);
      const method = request.method ?? 'GET';
      const match = this.router.match(method, url.pathname);
      if (match.found !== 'route') {
        throw new ControlError(
          `The control API has no ${method} ${url.pathname}. The local Discord's README lists it.`,
          404,
        );
      }
      // Who calls by hand may leave the type out.
      const { value } = parseBody(bytes, request.headers['content-type'] ?? 'application/json');
      return {
        status: 200,
        body: await match.route.handler({ params: match.params, query: url.searchParams, body: value }),
      };
    } catch (error) {
      if (error instanceof ControlError) return { status: error.status, body: { message: error.message } };
      return answerOf(error);
    }
  }
}
