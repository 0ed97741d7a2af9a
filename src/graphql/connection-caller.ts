import { type IncomingHttpHeaders } from 'node:http';
import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { type Authenticate } from './authenticate';

/** Why a WebSocket is closed instead of served, in graphql-ws's own codes: 4401 is final, after 4403 a new token may be tried. */
export interface Refused {
  readonly closeCode: 4401 | 4403;
  /** At most 123 bytes, as the WebSocket protocol wants. */
  readonly reason: string;
}

/**
 * Who opened a WebSocket, by its `connection_init` payload: `{ "authorization": "Bearer …" }`, the key in any case; without one, by the session in the headers of the upgrade.
 * @throws whatever `authenticate` throws that is not a verdict about the token.
 */
export async function callerOfConnection(
  parameters: Readonly<Record<string, unknown>> | undefined,
  headers: IncomingHttpHeaders,
  authenticate: Authenticate,
): Promise<Caller | Refused> {
  try {
    const caller = await authenticate(authorizationIn(parameters), 'WS', headers);
    return caller ?? { closeCode: 4401, reason: 'Send {"authorization": "Bearer TOKEN"} as connection parameters.' };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { closeCode: 4403, reason: closeReason(error.message) };
  }
}

/** Why a WebSocket must not be used any more, by what it was opened with; undefined also while that cannot be found out. */
export async function refusalOfConnection(
  parameters: Readonly<Record<string, unknown>> | undefined,
  headers: IncomingHttpHeaders,
  authenticate: Authenticate,
): Promise<Refused | undefined> {
  try {
    await authenticate(authorizationIn(parameters), 'WS', headers);
  } catch (error) {
    if (error instanceof DomainError && error.code !== 'INTERNAL_SERVER_ERROR')
      return { closeCode: 4403, reason: closeReason(error.message) };
  }
  return undefined;
}

function authorizationIn(parameters: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const value = Object.entries(parameters ?? {}).find(([key]) => key.toLowerCase() === 'authorization')?.[1];
  return typeof value === 'string' ? value : undefined;
}

/** Cuts a sentence to the 123 bytes that a close frame can hold. */
export function closeReason(sentence: string): string {
  if (Buffer.byteLength(sentence) <= 123) return sentence;
  // Whole characters only: half of one would make the frame invalid.
  return `${Buffer.from(sentence)
    .subarray(0, 119)
    .toString('utf8')
    .replace(/\uFFFD+$/u, '')}…`;
}
