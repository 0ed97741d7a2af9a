import { DomainError } from '../common/domain-error';

/** Where GraphQL is served, over HTTP and over WebSocket. */
export const GRAPHQL_PATH = '/graphql';

/**
 * How much a caller may send at once: every limit of the GraphQL boundary, the same over HTTP and over WebSocket. How
 * often somebody may call is the matter of the environment (RATE_LIMIT_PER_MINUTE); how long a page is, of the page.
 *
 * The largest page of a front end needs a third of any of these; they keep a stranger from making one request dear.
 */
export const LIMITS = {
  /** Bytes of a body or of a WebSocket message: 1,000 enrollment events, or 20,000 user ids, fit. */
  bytes: 1024 * 1024,
  /** Tokens of a document. The largest page of a front end needs 500. */
  tokens: 2_000,
  /** Fields within fields, fragments not counted. The deepest path that makes sense in this schema has 11. */
  depth: 15,
  /** Renamed fields. Without them one request could ask the same dear question hundreds of times. */
  aliases: 30,
  /** Directives: each is looked at for every row; a front end leaves out a handful of parts by @include. */
  directives: 30,
  /** Fields once every fragment is written out: fragments within fragments double with each level. */
  selections: 10_000,
  /**
   * The most that one operation may cost. A field costs 1; a page costs what it holds times its size, so that pages
   * within pages multiply. A page of 50 in a page of 50 passes with every field of a membership; a third level does not.
   */
  cost: 100_000,
  /** Operations that run at the same time on one WebSocket, subscriptions included: a page follows three streams. */
  subscriptions: 50,
  /** WebSockets that one person holds open in one process: a browser's tabs, each with its own. */
  sockets: 30,
} as const;

/** What each limit counts, as a sentence names it. */
const COUNTED = {
  bytes: 'bytes',
  tokens: 'tokens',
  depth: 'levels of fields',
  aliases: 'aliases',
  directives: 'directives',
  selections: 'fields with all fragments written out',
  cost: 'points of cost',
  subscriptions: 'operations at the same time on one connection',
  sockets: 'open WebSockets',
} as const satisfies Record<keyof typeof LIMITS, string>;

/** The refusal of a request that goes over a limit: the limit's name, its value and what was found, where that is known. */
export function limitExceeded(limit: keyof typeof LIMITS, found?: number, advice = ''): DomainError {
  const had = found === undefined ? 'has too many' : `has ${found}`;
  return new DomainError(
    'BAD_USER_INPUT',
    `The limit "${limit}" is ${LIMITS[limit]} ${COUNTED[limit]}; this request ${had}.${advice && ` ${advice}`}`,
    { limit, maximum: LIMITS[limit], ...(found !== undefined && { found }) },
  );
}

/** The refusal of a list of operations, however short: several in one body would count as one call. */
export function aList(found: number): DomainError {
  return new DomainError(
    'BAD_USER_INPUT',
    `The limit "operations" is 1 in a request, sent as an object; this request is a list of ${found}. Send each by itself.`,
    { limit: 'operations', maximum: 1, found },
  );
}
