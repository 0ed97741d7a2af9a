import { ERRORS, type KnownErrorCode } from './error-table';

/** A form error tree: `{field: {_errors: [{code, message}]}}`, nested as the body is. */
export interface FormErrorTree {
  [field: string]: FormErrorTree | { code: string; message: string }[];
}

/** A refusal that Discord would have answered with. Thrown by route handlers, turned into the answer by the API. */
export class DiscordError extends Error {
  constructor(
    readonly status: number,
    readonly code: number | string,
    message: string,
    readonly errors?: FormErrorTree,
    /** Replaces the whole body: some endpoints answer outside Discord's usual shape. */
    readonly rawBody?: unknown,
  ) {
    super(message);
  }

  /** The body as Discord writes it. */
  body(): unknown {
    if (this.rawBody !== undefined) return this.rawBody;
    const body = { message: this.message, code: this.code };
    return this.errors === undefined ? body : { ...body, errors: this.errors };
  }
}

/** A refusal from the table of known codes. */
export function refuse(code: KnownErrorCode, message?: string): DiscordError {
  const known = ERRORS[code];
  return new DiscordError(known.status, code, message ?? known.message);
}

/** A refusal that has only an HTTP status, as `{"message": "401: Unauthorized", "code": 0}`. */
export function refuseStatus(status: number, reason: string): DiscordError {
  return new DiscordError(status, 0, `${status}: ${reason}`);
}

/** 50035 for one field, which may lie deeper: `['embeds', 0, 'title']`. */
export function refuseField(path: readonly (string | number)[], code: string, message: string): DiscordError {
  let errors: FormErrorTree = { _errors: [{ code, message }] };
  for (const key of [...path].reverse()) errors = { [key]: errors };
  return new DiscordError(ERRORS[50035].status, 50035, ERRORS[50035].message, errors);
}
