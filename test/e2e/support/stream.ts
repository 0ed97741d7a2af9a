import { once } from 'node:events';
import WebSocket from 'ws';

interface Message<Data> {
  readonly type: string;
  readonly payload?: { data?: Data | null; errors?: unknown[] };
}

/** One subscription on a WebSocket of its own, spoken by hand: it can stop reading, and tells how it was closed. */
export class Stream<Data> {
  readonly received: Data[] = [];
  readonly errors: unknown[] = [];
  /** How the service closed it, once it has. */
  closing: { code: number; reason: string } | undefined;

  private constructor(
    private readonly socket: WebSocket,
    query: string,
    variables: object,
  ) {
    socket.on('message', (text: Buffer) => {
      const { type, payload } = JSON.parse(text.toString()) as Message<Data>;
      if (type === 'connection_ack') this.send({ type: 'subscribe', id: 'one', payload: { query, variables } });
      if (type === 'error') this.errors.push(payload);
      if (type !== 'next') return;
      if (payload?.errors) this.errors.push(...payload.errors);
      if (payload?.data) this.received.push(payload.data);
    });
    socket.on('close', (code, reason) => (this.closing = { code, reason: reason.toString() }));
    socket.on('error', (error) => this.errors.push(error));
  }

  /** @param who their bearer token, or the headers of the page that opens it. */
  static async open<Data>(
    url: string,
    who: string | Record<string, string>,
    query: string,
    variables: object = {},
  ): Promise<Stream<Data>> {
    const address = `${url.replace('http', 'ws')}/graphql`;
    const headers = typeof who === 'string' ? {} : who;
    const socket = new WebSocket(address, 'graphql-transport-ws', { headers });
    const stream = new Stream<Data>(socket, query, variables);
    await once(socket, 'open');
    stream.send({
      type: 'connection_init',
      payload: typeof who === 'string' ? { authorization: `Bearer ${who}` } : {},
    });
    return stream;
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  /** Asks the service so many times whether it is there; resolves when the questions have left. */
  async ask(count: number, bytes: number): Promise<void> {
    const message = JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(bytes) } });
    for (let number = 1; number <= count; number += 1)
      await new Promise<void>((resolve) => this.socket.send(message, () => resolve()));
  }

  /** Reads nothing more, not even the service's question whether it is still there. */
  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  close(): void {
    this.socket.terminate();
  }
}
