import { Injectable } from '@nestjs/common';
import { Logger } from 'nestjs-pino';

/** What Nest says of itself while it starts: fifty lines in which nobody finds the one that matters. */
const CHATTER = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'GraphQLModule',
  'NestApplication',
  'CommandsService',
]);

/** The service's logger, to which Nest's own start-up messages are details for debugging. */
@Injectable()
export class QuietStartLogger extends Logger {
  override log(message: unknown, ...parameters: unknown[]): void {
    const context = parameters.at(-1);
    if (typeof context === 'string' && CHATTER.has(context)) this.debug(message, ...(parameters as [unknown]));
    else super.log(message, ...(parameters as [unknown]));
  }
}
