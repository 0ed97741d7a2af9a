import { type NextFunction, type Request, type Response } from 'express';
import { DomainError } from './common/domain-error';

/** What every process answers, whatever it is for. */
const OF_EVERY_PROCESS = /^\/(health|metrics)(\/|$)/i;

/** A process without the role `api` tells how it is, and serves nothing else. */
export function healthOnly(request: Request, _response: Response, next: NextFunction): void {
  if (OF_EVERY_PROCESS.test(request.path)) next();
  else next(new DomainError('NOT_FOUND', 'This process tells how it is, and serves nothing else: ROLES has no "api".'));
}
