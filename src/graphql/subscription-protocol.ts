import { type IncomingMessage } from 'node:http';
import {
  type ExecutionArgs,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  parse,
  validate,
} from 'graphql';
import { makeServer, type ServerOptions, type SubscribePayload } from 'graphql-ws';
import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { type Authenticate } from './authenticate';
import { callerOfConnection, refusalOfConnection } from './connection-caller';
import { type GraphqlContext } from './context';
import { assertAffordable } from './cost';
import { asGraphqlError, errorFormat } from './error-format';
import { subscribe } from './event-stream';
import { validationRules } from './document-rules';
import { limitExceeded, LIMITS } from './limits';
import { type OpenSockets } from './open-sockets';
import { type RateLimits } from './rate-limits';
import { Loaders } from './loaders';
import { type Connection, type GraphqlProtocol } from './subscription-socket';

/** What a WebSocket is closed with when its caller asks too often: https://www.iana.org/assignments/websocket */
const TRY_AGAIN_LATER = 1013;

type Hooks = ServerOptions<Record<string, unknown>, Connection>;

/** The graphql-ws protocol with our callers, our errors and our limits. */
export function graphqlProtocol(options: {
  readonly schema: GraphQLSchema;
  readonly authenticate: Authenticate;
  readonly introspection: boolean;
  readonly rates: RateLimits;
  readonly sockets: OpenSockets;
}): GraphqlProtocol {
  const { schema, introspection, rates, sockets } = options;
  const rules = validationRules(introspection);
  const format = errorFormat(introspection);
  return makeServer<Record<string, unknown>, Connection>({
    connectionInitWaitTimeout: 10_000,
    onConnect: async ({ connectionParams, extra }) => {
      const { headers } = extra.request;
      const caller = await callerOfConnection(connectionParams, headers, options.authenticate);
      const refused = 'closeCode' in caller;
      const tooMany = await refusalToCount(rates, refused ? null : caller, extra.request);
      if (tooMany) {
        extra.close(TRY_AGAIN_LATER, tooMany.message);
        return false;
      }
      if (refused) {
        extra.close(caller.closeCode, caller.reason);
        return false;
      }
      const oneTooMany = sockets.claim(caller, extra);
      if (oneTooMany) {
        extra.close(TRY_AGAIN_LATER, oneTooMany.message);
        return false;
      }
      extra.signIn(caller, () => refusalOfConnection(connectionParams, headers, options.authenticate));
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
