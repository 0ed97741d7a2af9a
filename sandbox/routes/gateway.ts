import { ok } from '../http/call';
import { type Route, route } from '../http/router';

/** Where the gateway is. `url` is asked at each call, since the port is known only once the server listens. */
export function gatewayRoutes(url: () => string, sessionStartLimit: () => unknown): Route[] {
  return [
    route('GET', '/gateway', { allow: 'anybody' }, () => ok({ url: url() })),
    route('GET', '/gateway/bot', { allow: 'bot' }, () =>
      ok({
        url: url(),
        shards: 1,
        session_start_limit: sessionStartLimit(),
      }),
    ),
  ];
}
