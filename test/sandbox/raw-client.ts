import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type Local } from './local';

/** What goes over the gateway. */
export interface Payload {
  op: number;
  t: string | null;
  s: number | null;
  d: Record<string, unknown>;
}

const GUILDS = 1;

/** A client that does only what a test tells it to. */
export class RawClient {
  readonly received: Payload[] = [];
  readonly closed: Promise<number>;
  private waiting: { fits: (payload: Payload) => boolean; resolve: (payload: Payload) => void }[] = [];

  private constructor(readonly socket: WebSocket) {
    this.closed = new Promise((resolve) => socket.on('close', resolve));
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      const payload = JSON.parse(data.toString()) as Payload;
      this.received.push(payload);
      this.waiting = this.waiting.filter(({ fits, resolve }) => {
        if (!fits(payload)) return true;
        resolve(payload);
        return false;
      });
    });
  }

  static async connect(local: Local, query = '?v=10&encoding=json'): Promise<RawClient> {
    const client = new RawClient(new WebSocket(`ws://127.0.0.1:${local.port}/gateway${query}`));
    await once(client.socket, 'open');
    return client;
  }

  send(op: number, d: unknown): void {
    this.socket.send(JSON.stringify({ op, d }));
  }

  identify(local: Local, more: Record<string, unknown> = {}): void {
    this.send(2, {
      token: local.application.botToken,
      properties: { os: 'x', browser: 'x', device: 'x' },
      intents: GUILDS,
      ...more,
    });
  }

  /** The first payload that fits, of those that came or will come. */
  until(fits: (payload: Payload) => boolean): Promise<Payload> {
    const came = this.received.find(fits);
    return came === undefined ? new Promise((resolve) => this.waiting.push({ fits, resolve })) : Promise.resolve(came);
  }

  event(name: string): Promise<Payload> {
    return this.until((payload) => payload.t === name);
  }
}
