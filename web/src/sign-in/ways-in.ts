import { type UserRole } from '../api/enums.generated';
import { RequestError, send } from '../api/request';
import { type Language } from '../texts/language';

export interface DemoPerson {
  readonly id: string;
  readonly name: string;
  readonly role: Exclude<UserRole, 'SERVICE'>;
  readonly about: Readonly<Record<Language, string>>;
}

export interface WaysIn {
  readonly discord: boolean;
  readonly demo: readonly DemoPerson[];
}

/** What the service offers to those who are not signed in. @throws RequestError */
export async function waysIn(signal: AbortSignal): Promise<WaysIn> {
  return (await checked(await send('/auth/ways-in', { signal }))).json() as Promise<WaysIn>;
}

/** @throws RequestError */
export async function continueAs(userId: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  await checked(await send('/auth/demo-session', { method: 'POST', headers, body: JSON.stringify({ userId }) }));
}

/** The token is exchanged for a cookie that no script can read, and kept nowhere. @throws RequestError */
export async function signInWith(token: string): Promise<void> {
  await checked(await send('/auth/session', { method: 'POST', headers: { authorization: `Bearer ${token}` } }));
}

async function checked(response: Response): Promise<Response> {
  if (response.ok) return response;
  const problem = (await response.json().catch(() => ({}))) as { code?: string; detail?: string };
  throw new RequestError(problem.code ?? 'INTERNAL_SERVER_ERROR', problem.detail ?? `${response.status}`);
}
