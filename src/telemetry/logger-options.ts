import { type IncomingMessage } from 'node:http';
import { RequestMethod } from '@nestjs/common';
import { type Params } from 'nestjs-pino';
import { type Config } from '../config/config';
import { readableLine } from './readable-line';
import { censor, describeError, redact } from './redaction';
import { requestId } from './request-id';

interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/**
 * How the service logs: JSON lines, one per request and one per event, readable lines at a developer's terminal.
 *
 * Secrets are kept out three times: headers, bodies and query strings are never given to the logger; what has the name
 * of a secret is censored; and the finished line is searched for anything that looks like one.
 */
export function loggerOptions(config: Config, output: Output = process.stdout): Params {
  const { discord, jwt, webhooks } = config;
  const secrets = [discord.botToken, discord.clientSecret, jwt.secret ?? '', ...webhooks.secrets].filter(
    (secret) => secret.length >= 8,
  );
  const readable = output.isTTY === true && !config.production;
  const write = (line: string) => {
    const censored = censor(line, secrets);
    output.write(readable ? readableLine(censored) : censored);
  };
  return {
    forRoutes: [{ path: '{*splat}', method: RequestMethod.ALL }],
    pinoHttp: [
      {
        level: config.logLevel,
        genReqId: (request, response) => {
          const id = requestId(request.headers['x-request-id']);
          response.setHeader('X-Request-Id', id);
          return id;
        },
        quietReqLogger: true,
        customAttributeKeys: { reqId: 'requestId' },
        autoLogging: { ignore: (request) => pathOf(request.url).startsWith('/health/') },
        customLogLevel: (_, response, error) => {
          if (error !== undefined || response.statusCode >= 500) return 'error';
          return 'info';
        },
        wrapSerializers: false,
        serializers: {
          req: (request: IncomingMessage) => ({
            id: request.id,
            method: request.method,
            path: pathOf('originalUrl' in request ? String(request.originalUrl) : request.url),
          }),
          res: (response: { statusCode: number }) => ({ status: response.statusCode }),
          err: (error: unknown) => (error instanceof Error ? describeError(error) : error),
        },
        formatters: {
          log: (entry) =>
            Object.fromEntries(
              Object.entries(entry).map(([name, value]) => [
                name,
                // These two are whole requests and answers; their serializers pick what is logged of them.
                name === 'req' || name === 'res' ? value : redact({ [name]: value })[name],
              ]),
            ),
        },
      },
      { write },
    ],
  };
}

/** A path without its query: that is where codes, states and tokens stand. */
function pathOf(url: string | undefined): string {
  return (url ?? '').split(/[?#]/, 1)[0] ?? '';
}
