import { type z } from 'zod';
import { type Route, route } from '../http/router';

/** One request to the control API. */
export interface ControlCall {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export type ControlHandler = (call: ControlCall) => unknown;

/** The control API cannot do what was asked. The message says what was found and what was expected. */
export class ControlError extends Error {
  constructor(
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

/** A route of the control API; what the handler returns is the JSON of the answer. */
export function control(method: string, template: string, handler: ControlHandler): Route<ControlHandler> {
  return route(method, template, { allow: 'anybody' }, handler);
}

/** The body in the schema's shape. Throws ControlError naming the field that is wrong. */
export function readBody<T extends z.ZodType>(call: ControlCall, schema: T): z.infer<T> {
  const result = schema.safeParse(call.body ?? {});
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? 'The body' : `"${issue.path.join('.')}"`;
  throw new ControlError(`${where}: ${issue?.message ?? 'is not what was expected'}.`);
}
