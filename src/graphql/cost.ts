import { type ApolloServerPlugin } from '@apollo/server';
import {
  type DocumentNode,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  type GraphQLSchema,
  OperationTypeNode,
} from 'graphql';
import { getComplexity } from 'graphql-query-complexity';
import { DomainError } from '../common/domain-error';
import { MAX_PAGE_SIZE } from '../common/page';
import { asGraphqlError } from './error-format';
import { limitExceeded, LIMITS } from './limits';

const SUBSCRIBE_ELSEWHERE =
  'Subscriptions are served over WebSocket, at the same address with the protocol graphql-transport-ws.';

const DEFAULT_PAGE_SIZE = 50;

export interface Operation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly operationName?: string | null | undefined;
}

/**
 * What the operation costs at the most, before anything of it is run.
 * @throws GraphQLError for values that do not fit, or more fields than {@link LIMITS}.selections.
 */
export function costOf({ schema, document, variables, operationName }: Operation): number {
  return getComplexity({
    schema,
    query: document,
    variables: variables ?? {},
    // It refuses at this number, not above it.
    maxQueryNodes: LIMITS.selections + 1,
    ...(operationName ? { operationName } : {}),
    estimators: [
      ({ field, args, childComplexity }) => {
        if (!field.args.some((argument) => argument.name === 'first')) return 1 + childComplexity;
        const { first } = args as { first?: unknown };
        const size = typeof first === 'number' ? first : DEFAULT_PAGE_SIZE;
        return 1 + childComplexity * Math.min(Math.max(size, 1), MAX_PAGE_SIZE);
      },
    ],
  });
}

/** @throws DomainError BAD_USER_INPUT when it costs too much, or when what it costs cannot be told. */
export function assertAffordable(operation: Operation): void {
  let cost: number;
  try {
    cost = costOf(operation);
  } catch (error) {
    if (isRefusedAsAWhole(operation)) return;
    if (!(error instanceof GraphQLError)) throw error;
    if (error.message.includes('maximum allowed number of nodes')) throw limitExceeded('selections');
    // Execution would refuse the one field whose arguments are wrong, and run all others at whatever cost.
    throw new DomainError('BAD_USER_INPUT', error.message);
  }
  if (cost <= LIMITS.cost) return;
  throw limitExceeded('cost', cost, 'Ask for smaller pages ("first"), or for fewer pages within pages.');
}

/** Whether GraphQL will run nothing at all of it, and say in its own words why: no such operation, variables that do not fit. */
function isRefusedAsAWhole({ schema, document, variables, operationName }: Operation): boolean {
  const operation = getOperationAST(document, operationName);
  if (!operation) return true;
  return getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {}).errors !== undefined;
}

/** Refuses over HTTP what costs too much or cannot be done there; over WebSocket {@link assertAffordable} is asked by itself. */
export const costLimit: ApolloServerPlugin = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation: ({ schema, document, request, operation, operationName }) => {
        try {
          if (operation?.operation === OperationTypeNode.SUBSCRIPTION)
            throw new DomainError('BAD_USER_INPUT', SUBSCRIBE_ELSEWHERE);
          assertAffordable({ schema, document, variables: request.variables, operationName });
        } catch (error) {
          throw asGraphqlError(error);
        }
        return Promise.resolve();
      },
    }),
};
