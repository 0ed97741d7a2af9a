/**
 * Every way in which a request can be refused. The same word is the GraphQL error's `extensions.code` and, in lower
 * case, the `type` of a REST problem document.
 */
export type ErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'BAD_USER_INPUT'
  | 'CONFLICT'
  | 'NOT_ENROLLED'
  | 'NOT_LINKED'
  | 'SERVER_NOT_READY'
  | 'GUILD_NOT_MANAGED'
  | 'RATE_LIMITED'
  | 'DISCORD_UNAVAILABLE'
  | 'INTERNAL_SERVER_ERROR';

/** The HTTP status that a REST answer with this code carries; complete at compile time. */
export const HTTP_STATUS = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BAD_USER_INPUT: 400,
  CONFLICT: 409,
  NOT_ENROLLED: 403,
  NOT_LINKED: 409,
  SERVER_NOT_READY: 409,
  GUILD_NOT_MANAGED: 403,
  RATE_LIMITED: 429,
  DISCORD_UNAVAILABLE: 503,
  INTERNAL_SERVER_ERROR: 500,
} as const satisfies Record<ErrorCode, number>;

/**
 * A refusal that its caller may read. `message` is a sentence for a person: what was found, what was expected, what to
 * do. `details` is for programs and reaches the caller as it is, so it never holds a secret.
 */
export class DomainError extends Error {
  override readonly name = 'DomainError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}
