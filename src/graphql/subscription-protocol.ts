import { type IncomingMessage } from 'node:http';
import { Logger } from '@nestjs/common';
import {
  type ExecutionArgs,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  parse,
  validate,
} from 'graphql';
import { CloseCode, makeServer, type Server, type ServerOptions, type SubscribePayload } from 'graphql-ws';
import { type WebSocket } from 'ws';
import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { type Authenticate } from './authenticate';
import { callerOfConnection, closeReason } from './connection-caller';
import { type GraphqlContext } from './context';
import { assertAffordable } from './cost';
import { asGraphqlError, errorFormat, refusalOf } from './error-format';
import { subscribe } from './event-stream';
import { validationRules } from './document-rules';
import { limitExceeded, LIMITS } from './limits';
import { type RateLimits } from './rate-limits';
import { Loaders } from './loaders';

/** How often a client is asked whether it is still there, and how long it may take to answer, milliseconds. */
const KEEP_ALIVE = 12_000;

/** The longest delay that setTimeout can keep, milliseconds; a longer one would end at once. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** What WebSockets are closed with: https://www.iana.org/assignments/websocket */
const TOO_BIG = 1009;
const TRY_AGAIN_LATER = 1013;

interface Connection extends Record<PropertyKey, unknown> {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  caller?: Caller;
}

export type GraphqlProtocol = Server<Connection>;

type Hooks = ServerOptions<Record<string, unknown>, Connection>;

const logger = new Logger('Subscriptions');

/** The graphql-ws protocol with our callers, our errors and our limits. */
export function graphqlProtocol(options: {
  readonly schema: GraphQLSchema;
  readonly authenticate: Authenticate;
  readonly introspection: boolean;
  readonly rates: RateLimits;
}): GraphqlProtocol {
  const { schema, introspection, rates } = options;
  const rules = validationRules(introspection);
  const format = errorFormat(introspection);
  return makeServer<Record<string, unknown>, Connection>({
    connectionInitWaitTimeout: 10_000,
    onConnect: async ({ connectionParams, extra }) => {
      const caller = await callerOfConnection(connectionParams, extra.request.headers, options.authenticate);
      const refused = 'closeCode' in caller;
      const tooMany = await refusalToCount(rates, refused ? null : caller, extra.request);
      if (tooMany) {
        extra.socket.close(TRY_AGAIN_LATER, closeReason(tooMany.message));
        return false;
      }
      if (refused) {
        extra.socket.close(caller.closeCode, caller.reason);
        return false;
      }
      extra.caller = caller;
      closeAtExpiry(extra.socket, caller);
      return true;
    },
    onSubscribe: async ({ extra, subscriptions }, _id, payload) => {
      const tooMany = await refusalToCount(rates, extra.caller ?? null, extra.request);
      if (tooMany) return [asGraphqlError(tooMany)];
      const running = Object.keys(subscriptions).length;
      if (running > LIMITS.subscriptions) return [asGraphqlError(limitExceeded('subscriptions', running))];
      return prepare(schema, rules, payload, extra);
    },
    subscribe,
    onNext: (_context, _id, _payload, _args, result) => formatResult(result, format),
    onError: (_context, _id, _payload, errors) => errors.map(format),
  });
}

/** Counts one call. Returns the refusal when that were too many. */
async function refusalToCount(
  rates: RateLimits,
  caller: Caller | null,
  request: IncomingMessage,
): Promise<DomainError | null> {
  try {
    await rates.count(caller, request);
    return null;
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
}

/** Speaks the protocol on one WebSocket until it is closed. */
export function serveSocket(protocol: GraphqlProtocol, socket: WebSocket, request: IncomingMessage): void {
  const fail = (error: unknown): void => {
    const { details } = refusalOf(error);
    socket.close(CloseCode.InternalServerError, `Something went wrong on our side (${String(details.correlationId)}).`);
  };
  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      // Resolves when the message has left for the network: a slow client slows down its own events, and nothing piles up.
      send: (data) =>
        new Promise((resolve, reject) => {
          if (socket.readyState !== socket.OPEN) resolve();
          else socket.send(data, (error) => (error ? reject(error) : resolve()));
        }),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (handle) => {
        socket.on('message', (data: Buffer) => {
          if (data.length <= LIMITS.bytes) void handle(data.toString('utf8')).catch(fail);
          else socket.close(TOO_BIG, closeReason(limitExceeded('bytes', data.length).message));
        });
      },
    },
    { socket, request },
  );
  // A broken frame or a message that is too large: ws closes the connection itself, with the code that tells which.
  socket.on('error', (error) => logger.debug(`A WebSocket was closed: ${error.message}`));

  const heartbeat = keepAlive(socket);
  socket.once('close', (code, reason) => {
    clearInterval(heartbeat);
    Promise.resolve(closed(code, reason.toString())).catch((error: unknown) => void refusalOf(error));
  });
}

function keepAlive(socket: WebSocket): NodeJS.Timeout {
  let answered = true;
  socket.on('pong', () => (answered = true));
  return setInterval(() => {
    if (!answered) {
      socket.terminate();
      return;
    }
    answered = false;
    socket.ping();
  }, KEEP_ALIVE);
}

/** A subscription does not outlive the token that opened it. */
function closeAtExpiry(socket: WebSocket, caller: Caller): void {
  const remaining = caller.expiresAt * 1_000 - Date.now();
  if (remaining <= 0) {
    socket.close(CloseCode.Unauthorized, 'Token expired. Connect again with a new one.');
    return;
  }
  const timer = setTimeout(() => closeAtExpiry(socket, caller), Math.min(remaining, LONGEST_TIMEOUT));
  socket.once('close', () => clearTimeout(timer));
}

function prepare(
  schema: GraphQLSchema,
  rules: ReturnType<typeof validationRules>,
  payload: SubscribePayload,
  connection: Connection,
): ExecutionArgs | readonly GraphQLError[] {
  const refuse = (errors: readonly GraphQLError[], code: string) =>
    errors.map((error) => {
      const { nodes = null, source = null, positions = null } = error;
      return new GraphQLError(error.message, { nodes, source, positions, originalError: error, extensions: { code } });
    });
  let document;
  try {
    document = parse(payload.query, { maxLexicalTokens: LIMITS.tokens });
  } catch (error) {
    // Deeper than the parser's stack.
    if (error instanceof RangeError) return [asGraphqlError(limitExceeded('depth'))];
    if (!(error instanceof GraphQLError)) throw error;
    return refuse([error], 'GRAPHQL_PARSE_FAILED');
  }
  const errors = validate(schema, document, rules);
  if (errors.length > 0) return refuse(errors, 'GRAPHQL_VALIDATION_FAILED');

  try {
    assertAffordable({ schema, document, variables: payload.variables, operationName: payload.operationName });
  } catch (error) {
    return [asGraphqlError(error)];
  }

  const contextValue: GraphqlContext = {
    caller: connection.caller ?? null,
    loaders: new Loaders(),
    headers: connection.request.headers,
  };
  return {
    schema,
    document,
    contextValue,
    operationName: payload.operationName,
    variableValues: payload.variables,
  };
}

/** A result with its errors as the caller may read them; nothing when it has none: then it goes out as it is. */
function formatResult(
  result: Parameters<NonNullable<Hooks['onNext']>>[4],
  format: ReturnType<typeof errorFormat>,
): FormattedExecutionResult | undefined {
  const { data, errors, extensions } = result;
  if (errors === undefined) return undefined;
  return {
    ...(data !== undefined && { data }),
    ...(extensions !== undefined && { extensions }),
    errors: errors.map(format),
  };
}
