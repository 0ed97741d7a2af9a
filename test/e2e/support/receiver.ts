import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

/** An event as it arrived. */
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly data: { seq: string; membershipId: string; userId: string; status: string; reason: string };
}

/** The platform's side of outbound webhooks: an HTTP server that answers as a test wants it to. */
export class Receiver {
  readonly received: Received[] = [];
  /** TCP connections that were made, whether or not anything was sent by them. */
  connections = 0;
  /** Answers a request; unless set, 204. */
  answer: (response: ServerResponse, event: Received) => void = (response) => void response.writeHead(204).end();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on('connection', () => (receiver.connections += 1));
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const { data } = JSON.parse(text) as Pick<Received, 'data'>;
        const event = { headers: request.headers, text, data };
        receiver.received.push(event);
        receiver.answer(response, event);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hooks`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
