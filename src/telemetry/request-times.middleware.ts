import { Injectable, type NestMiddleware } from '@nestjs/common';
import { type NextFunction, type Request, type Response } from 'express';
import { ProcessMetrics } from './process-metrics';

/** What a middleware of all routes is declared under: it answered nothing itself. */
const EVERY_ROUTE = '/{*splat}';

/** Measures how long requests take, by the route that answers them. */
@Injectable()
export class RequestTimes implements NestMiddleware {
  constructor(private readonly metrics: ProcessMetrics) {}

  use(request: Request, response: Response, next: NextFunction): void {
    const begun = performance.now();
    response.once('finish', () => {
      const seconds = (performance.now() - begun) / 1_000;
      this.metrics.requestAnswered(request.method, routeOf(request), response.statusCode, seconds);
    });
    next();
  }
}

/** As it is declared: an address that somebody made up is none. */
function routeOf(request: Request): string {
  const route = (request.route as { readonly path: unknown } | undefined)?.path;
  if (typeof route === 'string' && route !== EVERY_ROUTE) return route;
  // What is mounted as a whole, GraphQL, has no route. It is found in any spelling.
  return request.baseUrl === '' ? 'none' : request.baseUrl.toLowerCase();
}
