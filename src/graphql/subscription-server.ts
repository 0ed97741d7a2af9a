import { type IncomingMessage, type Server } from 'node:http';
import { type Duplex } from 'node:stream';
import { type ApolloServerPlugin } from '@apollo/server';
import { handleProtocols } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import { type Authenticate } from './authenticate';
import { GRAPHQL_PATH, LIMITS } from './limits';
import { type OpenSockets } from './open-sockets';
import { type RateLimits } from './rate-limits';
import { graphqlProtocol } from './subscription-protocol';
import { serveSocket } from './subscription-socket';

/** How long clients are given to answer the closing of their connection when the service stops, milliseconds. */
const CLOSING_TIME = 2_000;

/** A message of this size is not even read; between the limit and this its sender is told what the limit is. */
const UNREAD_BYTES = 2 * LIMITS.bytes;

/**
 * Subscriptions over WebSocket (graphql-ws) at {@link GRAPHQL_PATH}. Ours instead of Nest's, which reads messages of any
 * size, prints errors past the logger and leaves an upgrade to another path hanging.
 */
export function subscriptionServer(options: {
  readonly httpServer: () => Server;
  readonly authenticate: Authenticate;
  readonly introspection: boolean;
  readonly rates: RateLimits;
  readonly sockets: OpenSockets;
}): ApolloServerPlugin {
  return {
    serverWillStart: ({ schema }) => {
      const stop = listen(options.httpServer(), { ...options, schema });
      return Promise.resolve({ drainServer: stop });
    },
  };
}

function listen(httpServer: Server, options: Parameters<typeof graphqlProtocol>[0]): () => Promise<void> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: UNREAD_BYTES, handleProtocols });
  const protocol = graphqlProtocol(options);
  const served = new Set<Promise<void>>();

  const upgrade = (request: IncomingMessage, connection: Duplex, head: Buffer): void => {
    if (request.url?.split('?')[0] !== GRAPHQL_PATH) {
      connection.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, connection, head, (socket) => {
      const one = serveSocket(protocol, socket, request);
      served.add(one);
      void one.then(() => served.delete(one));
    });
  };
  httpServer.on('upgrade', upgrade);

  return async () => {
    httpServer.off('upgrade', upgrade);
    for (const socket of sockets.clients) socket.close(1001, 'The service is stopping. Connect again in a moment.');
    const impatience = setTimeout(() => {
      for (const socket of sockets.clients) socket.terminate();
    }, CLOSING_TIME);
    await new Promise<void>((resolve) => sockets.close(() => resolve()));
    clearTimeout(impatience);
    // What they were reading is read to its end, before the database is closed.
    await Promise.all(served);
  };
}
