import { types } from 'node:util';

/** The embedded database could not be started or stopped. The message says what was found and what to do. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}

/** The sentence of whatever was thrown. */
export function reasonOf(error: unknown): string {
  return types.isNativeError(error) ? error.message : String(error);
}

/** Whether `error` is a failed system call with one of these codes, such as `ENOENT`. */
export function isSystemError(error: unknown, ...codes: string[]): boolean {
  // `instanceof Error` would not do: Node's own errors are of another realm where the code runs inside a vm, as in Jest.
  return types.isNativeError(error) && 'code' in error && codes.includes(String(error.code));
}
