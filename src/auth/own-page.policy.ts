import { type IncomingHttpHeaders } from 'node:http';

/** Headers that no page of another site can send unless it was allowed to: those that Apollo's own CSRF prevention asks for. */
const PREFLIGHT_HEADERS = ['apollo-require-preflight', 'x-apollo-operation-name'];

/**
 * Whether a request that carries the session cookie comes from a page of this service. A browser sends cookies along with
 * whatever any page makes it send; SameSite stops other sites, but not other origins of the same site.
 *
 * @param method of the request; `WS` for the upgrade that opens a WebSocket
 */
export function isOfOwnPage(method: string, headers: IncomingHttpHeaders, ownOrigin: string): boolean {
  const { origin } = headers;
  if (origin !== undefined) return origin === ownOrigin;
  // Browsers always name the origin of a page that opens a WebSocket.
  if (method === 'WS') return false;
  const site = headers['sec-fetch-site'];
  if (method === 'GET' || method === 'HEAD') return site === undefined || site === 'same-origin' || site === 'none';
  return PREFLIGHT_HEADERS.some((name) => headers[name] !== undefined && headers[name] !== '');
}
