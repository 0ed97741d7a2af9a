import { randomUUID } from 'node:crypto';
import { HeaderMap } from '@apollo/server';
import { HttpException, Logger } from '@nestjs/common';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { DomainError, type ErrorCode, HTTP_STATUS } from '../common/domain-error';
import { limitExceeded } from './limits';

/** What a caller is told of a failure, in whichever protocol. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly status: number;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The refusal that an HTTP status of Nest or Express stands for (unknown route, body too large, malformed JSON). */
const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  429: 'RATE_LIMITED',
};

/** Codes with which GraphQL itself answers a request that could not be executed. Their messages speak of the request only. */
const REQUEST_CODES: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

const logger = new Logger('Errors');

/**
 * What the caller may know of this failure. Whatever was not thrown to be read (a bug, SQL, a lost connection) is logged
 * under a correlation id, and the caller learns that id and nothing else.
 */
export function refusalOf(error: unknown, correlationId: string = randomUUID()): Refusal {
  return deliberate(error) ?? unexpected(error, correlationId);
}

/**
 * Turns any failure into the error that a GraphQL client receives. Where the schema is not told, neither is what a
 * misspelt name might have meant.
 */
export function errorFormat(introspection: boolean): (error: unknown) => GraphQLFormattedError {
  if (introspection) return formatGraphqlError;
  return (error) => {
    const formatted = formatGraphqlError(error);
    return { ...formatted, message: formatted.message.replace(/ ?Did you mean .+\?$/, '') };
  };
}

/** {@link errorFormat} where the schema is told. */
export function formatGraphqlError(error: unknown): GraphQLFormattedError {
  const place = error instanceof GraphQLError ? placeOf(error) : {};
  const cause = overlong(causeOf(error), error);
  const code = cause instanceof GraphQLError ? requestCode(cause, error) : undefined;
  if (cause instanceof GraphQLError && code !== undefined) {
    // The outer message is the fuller one: it names the variable that a scalar refused.
    return { message: (error as GraphQLError).message, ...place, extensions: { code } };
  }
  const refusal = refusalOf(cause);
  return { message: refusal.message, ...place, extensions: { ...refusal.details, code: refusal.code } };
}

/** A GraphQL error for a failure that happens before any resolver runs, with the HTTP status that belongs to it. */
export function asGraphqlError(error: unknown): GraphQLError {
  const refusal = deliberate(error);
  const originalError = error instanceof Error ? error : new Error(String(error));
  const headers = new HeaderMap(refusal ? Object.entries(headersOf(refusal)) : []);
  return new GraphQLError(originalError.message, {
    originalError,
    extensions: { http: { status: refusal?.status ?? HTTP_STATUS.INTERNAL_SERVER_ERROR, headers } },
  });
}

/** What an HTTP answer tells of a refusal in its head. */
export function headersOf({ code, details }: Refusal): Readonly<Record<string, string>> {
  return {
    ...(code === 'UNAUTHENTICATED' && { 'www-authenticate': 'Bearer' }),
    ...(typeof details['retryAfter'] === 'number' && { 'retry-after': String(Math.ceil(details['retryAfter'])) }),
  };
}

/** graphql-js refuses a document that is too long as if it were misspelt, and fails on one that nests deeper than its stack. */
function overlong(cause: unknown, outer: unknown): unknown {
  const isParsing = outer instanceof GraphQLError && outer.extensions.code === 'GRAPHQL_PARSE_FAILED';
  if (isParsing && cause instanceof RangeError) return limitExceeded('depth');
  const isOverlong = cause instanceof GraphQLError && /Document contains more that \d+ tokens/.test(cause.message);
  return isOverlong ? limitExceeded('tokens') : cause;
}

function deliberate(error: unknown): Refusal | undefined {
  if (error instanceof DomainError) {
    return { code: error.code, status: HTTP_STATUS[error.code], message: error.message, details: error.details };
  }
  const status = error instanceof HttpException ? error.getStatus() : exposedStatus(error);
  if (status === undefined || status === 500) return undefined;
  if (status === 413 && error instanceof Error && 'length' in error) {
    const { message, details } = limitExceeded('bytes', Number(error.length));
    return { code: 'BAD_USER_INPUT', status, message, details };
  }
  return {
    code: CODE_OF_STATUS[status] ?? (status < 500 ? 'BAD_USER_INPUT' : 'INTERNAL_SERVER_ERROR'),
    status,
    message: (error as Error).message,
    details: error instanceof HttpException ? extraMembers(error.getResponse()) : {},
  };
}

/** Express's own parsers throw errors that say which status they want and that their message may be shown. */
function exposedStatus(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('expose' in error) || error.expose !== true || !('status' in error))
    return undefined;
  return typeof error.status === 'number' && error.status >= 400 && error.status < 500 ? error.status : undefined;
}

/** What an HttpException carries beside Nest's own three members. */
function extraMembers(response: string | object): Record<string, unknown> {
  if (typeof response === 'string') return {};
  const nests = 'statusCode' in response ? ['statusCode', 'message', 'error'] : [];
  return Object.fromEntries(Object.entries(response).filter(([name]) => !nests.includes(name)));
}

function unexpected(error: unknown, correlationId: string): Refusal {
  // Only type, message and stack: a database error also carries the statement's parameters, which may be personal.
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  logger.error({ msg: 'A request failed unexpectedly.', correlationId, err: { type: name, message, stack } });
  return {
    code: 'INTERNAL_SERVER_ERROR',
    status: HTTP_STATUS.INTERNAL_SERVER_ERROR,
    message: 'Something went wrong on our side. If it happens again, report it with the correlation id.',
    details: { correlationId },
  };
}

/** The failure inside the wrappers that graphql-js puts around it. */
function causeOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

function requestCode(cause: GraphQLError, outer: unknown): string | undefined {
  const codes = [cause.extensions.code, outer instanceof GraphQLError ? outer.extensions.code : undefined];
  const code = codes.find((candidate) => REQUEST_CODES.has(candidate));
  if (typeof code === 'string') return code;
  // Apollo refuses some persisted queries with a status alone.
  const { http } = cause.extensions as { http?: { status?: unknown } };
  if (http?.status === 400 && cause.originalError === undefined) return 'BAD_REQUEST';
  // graphql-js refuses a variable or an argument without any code; what it throws while serializing has no node.
  return cause.nodes === undefined ? undefined : 'BAD_USER_INPUT';
}

function placeOf(error: GraphQLError): Pick<GraphQLFormattedError, 'locations' | 'path'> {
  return { ...(error.locations && { locations: error.locations }), ...(error.path && { path: error.path }) };
}
