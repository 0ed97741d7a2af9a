import { type Principal } from './authentication';
import { type UploadedFile } from './multipart';
import { type World } from '../world/world';
import { type Actor } from '../world/audit-log';

/** One request to the HTTP API, understood. */
export interface Call {
  readonly world: World;
  readonly method: string;
  /** Values of the route's `:names`, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly files: ReadonlyMap<string, UploadedFile>;
  /** Whether the body was a form, whose values are all text. */
  readonly isForm: boolean;
  readonly principal: Principal;
  /** The Authorization header as it came: the token endpoint takes HTTP Basic. */
  readonly authorization: string | undefined;
  /** The bot, with the reason that came in X-Audit-Log-Reason. */
  readonly actor: Actor;
}

/** What a handler answers. Without `body` nothing is sent; `text` goes out as it is. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly text?: { readonly type: string; readonly content: string };
}

export type Handler = (call: Call) => Answer | Promise<Answer>;

/** 200 with JSON. */
export function ok(body: unknown): Answer {
  return { status: 200, body };
}

/** 204: done, nothing to say. */
export const NO_CONTENT: Answer = { status: 204 };

/** The value of a `:name` in the route. */
export function param(call: Call, name: string): string {
  const value = call.params[name];
  if (value === undefined) throw new Error(`The route has no parameter "${name}".`);
  return value;
}
