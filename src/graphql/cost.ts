import { type ApolloServerPlugin } from '@apollo/server';
import { type DocumentNode, type GraphQLSchema } from 'graphql';
import { getComplexity } from 'graphql-query-complexity';
import { DomainError } from '../common/domain-error';
import { MAX_PAGE_SIZE } from '../common/page';
import { asGraphqlError } from './error-format';

/**
 * The most that one operation may cost. A field costs 1; a page costs what it holds times its size, so that pages within
 * pages multiply. A roster of 200 students with accounts and course costs about 5,000.
 */
export const MAX_COST = 20_000;

const DEFAULT_PAGE_SIZE = 50;

export interface Operation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly operationName?: string | null | undefined;
}

/** What the operation costs at the most, before anything of it is run. Variables that do not fit are left to GraphQL to refuse. */
export function costOf({ schema, document, variables, operationName }: Operation): number {
  return getComplexity({
    schema,
    query: document,
    variables: variables ?? {},
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

/** @throws DomainError BAD_USER_INPUT that tells the cost and the limit. */
export function assertAffordable(operation: Operation): void {
  let cost: number;
  try {
    cost = costOf(operation);
  } catch {
    // A value that its type refuses (or an operation that is not there): execution says so, in GraphQL's own words.
    return;
  }
  if (cost <= MAX_COST) return;
  throw new DomainError(
    'BAD_USER_INPUT',
    `This operation could cost ${cost}; the limit is ${MAX_COST}. Ask for smaller pages ("first"), or for fewer pages within pages.`,
    { cost, limit: MAX_COST },
  );
}

/** Refuses over HTTP what costs too much; subscriptions ask {@link assertAffordable} themselves. */
export const costLimit: ApolloServerPlugin = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation: ({ schema, document, request, operationName }) => {
        try {
          assertAffordable({ schema, document, variables: request.variables, operationName });
        } catch (error) {
          throw asGraphqlError(error);
        }
        return Promise.resolve();
      },
    }),
};
