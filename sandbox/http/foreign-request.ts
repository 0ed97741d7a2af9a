import { type IncomingMessage } from 'node:http';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/**
 * Whether a request comes from a web page of somewhere else: by a foreign Origin, or by a Host name that was bent to
 * this machine. Such a page must not drive the local Discord.
 */
export function isForeign(request: IncomingMessage): boolean {
  const host = request.headers.host ?? '';
  if (!LOOPBACK.test(host)) return true;
  const { origin } = request.headers;
  return origin !== undefined && origin !== `http://${host}`;
}
