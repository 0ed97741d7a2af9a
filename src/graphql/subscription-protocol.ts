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
import { type Authenticate } from './authenticate';
import { callerOfConnection } from './connection-caller';
import { type GraphqlContext } from './context';
import { assertAffordable } from './cost';
import { asGraphqlError, formatGraphqlError, refusalOf } from './error-format';
import { subscribe } from './event-stream';
import { MAX_TOKENS, validationRules } from './limits';
import { Loaders } from './loaders';

/** How often a client is asked whether it is still there, and how long it may take to answer, milliseconds. */
const KEEP_ALIVE = 12_000;

/** The longest delay that setTimeout can keep, milliseconds; a longer one would end at once. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

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
  readonly production: boolean;
}): GraphqlProtocol {
  const rules = validationRules(options.production);
  return makeServer<Record<string, unknown>, Connection>({
    connectionInitWaitTimeout: 10_000,
    onConnect: async ({ connectionParams, extra }) => {
      const caller = await callerOfConnection(connectionParams, options.authenticate);
      if ('closeCode' in caller) {
        extra.socket.close(caller.closeCode, caller.reason);
        return false;
      }
      extra.caller = caller;
      closeAtExpiry(extra.socket, caller);
      return true;
    },
    onSubscribe: ({ extra }, _id, payload) => prepare(options.schema, rules, payload, extra),
    subscribe,
    onNext: (_context, _id, _payload, _args, result) => formatResult(result),
    onError: (_context, _id, _payload, errors) => errors.map(formatGraphqlError),
  });
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
        socket.on('message', (data: Buffer) => void handle(data.toString('utf8')).catch(fail));
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
    document = parse(payload.query, { maxLexicalTokens: MAX_TOKENS });
  } catch (error) {
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
function formatResult(result: Parameters<NonNullable<Hooks['onNext']>>[4]): FormattedExecutionResult | undefined {
  const { data, errors, extensions } = result;
  if (errors === undefined) return undefined;
  return {
    ...(data !== undefined && { data }),
    ...(extensions !== undefined && { extensions }),
    errors: errors.map(formatGraphqlError),
  };
}
