import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a server on this machine that can stop carrying anything without telling either side. */
export class SilentNetwork {
  private readonly pairs = new Set<readonly [near: Socket, far: Socket]>();

  private constructor(
    private readonly server: Server,
    private readonly port: number,
  ) {
    server.on('connection', (near) => {
      const far = connect(this.port, '127.0.0.1');
      const pair = [near, far] as const;
      this.pairs.add(pair);
      for (const [one, other] of [pair, [far, near]] as const) {
        one.on('data', (data) => other.write(data));
        one.on('error', () => undefined);
        one.on('close', () => {
          this.pairs.delete(pair);
          other.destroy();
        });
      }
    });
  }

  /** @param url of the server: its port is the end of the way */
  static async to(url: string): Promise<SilentNetwork> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new SilentNetwork(server, Number(new URL(url).port));
  }

  /** The same address, by this way. */
  by(url: string): string {
    const way = new URL(url);
    way.hostname = '127.0.0.1';
    way.port = String((this.server.address() as AddressInfo).port);
    return way.href;
  }

  /** What is connected now stays so and carries nothing any more; later connections do. @returns how many those are */
  fallSilent(): number {
    const silenced = this.pairs.size;
    for (const [near, far] of this.pairs) {
      for (const socket of [near, far]) socket.removeAllListeners('data').removeAllListeners('close').resume();
    }
    return silenced;
  }

  async close(): Promise<void> {
    this.server.close();
    for (const pair of this.pairs) for (const socket of pair) socket.destroy();
    await once(this.server, 'close');
  }
}
