import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { answerOf, serveApi, writeAnswer } from './http/api';
import { isForeign } from './http/foreign-request';
import { LocalDiscord } from './local-discord';
import { type SandboxOptions } from './sandbox-options';

export { type SandboxOptions };

/** A local Discord that runs. */
export interface Sandbox {
  /** `http://127.0.0.1:port`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly application: {
    readonly id: string;
    readonly botUserId: string;
    readonly botToken: string;
    readonly clientSecret: string;
    readonly publicKey: string;
  };
  /** Ends every connection and timer and writes the state file. */
  close(): Promise<void>;
}

/**
 * Starts a local Discord on 127.0.0.1. Throws the system's error when the port is taken (`code: 'EADDRINUSE'`) and
 * StateFileError when the state file cannot be used.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const discord = new LocalDiscord(options);
  const server = createServer((request, response) => void serve(discord, request, response));
  // Clients of tests keep connections open; the default of 5 seconds races with their next request.
  server.keepAliveTimeout = 65_000;
  server.on('upgrade', (request, socket, head) => {
    if (isForeign(request)) socket.destroy();
    else discord.gateway.upgrade(request, socket, head);
  });
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
    else socket.destroy();
  });
  try {
    await listen(server, options.port);
  } catch (error) {
    discord.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  discord.started(port);
  const { id, botUserId, botToken, clientSecret, publicKey } = discord.world.application;
  return {
    url: discord.url,
    port,
    application: { id, botUserId, botToken, clientSecret, publicKey },
    close: async () => {
      discord.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function serve(discord: LocalDiscord, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // A client that goes away in the middle is its own affair.
  response.on('error', () => undefined);
  try {
    const url = URL.parse(request.url ?? '/', 'http://127.0.0.1');
    if (isForeign(request) || url === null) {
      const message = 'The local Discord answers only to this machine: the Host or Origin header is foreign.';
      writeAnswer(response, { status: 403, body: { message, code: 0 } }, { connection: 'close' });
      return;
    }
    const { pathname } = url;
    if (pathname === '/oauth2/authorize' || /^\/api(\/v\d+)?\/oauth2\/authorize$/.test(pathname)) {
      await discord.consent.serve(request, response, url);
    } else if (pathname === '/api' || pathname.startsWith('/api/')) {
      await serveApi(discord.api, request, response, url);
    } else if (pathname === '/sandbox/events') {
      discord.changes.serve(response);
    } else if (pathname.startsWith('/sandbox/')) {
      await discord.control.serve(request, response, url);
    } else {
      await discord.pages.serve(request, response, url);
    }
  } catch (error) {
    // An aborted upload ends here too, with nobody left to answer.
    if (response.headersSent || request.socket.destroyed) response.destroy();
    else writeAnswer(response, answerOf(error), {});
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}
