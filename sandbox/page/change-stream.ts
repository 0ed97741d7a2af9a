import { type ServerResponse } from 'node:http';
import { type Journal } from '../http/journal';
import { type World } from '../world/world';

/** Changes within this time are told as one, so that a bulk of 100,000 joins does not flood a page. */
const GATHER_MS = 100;

/** Server-sent events: `world` after changes of the world, `requests` after new entries of the journal. */
export class ChangeStream {
  private readonly pages = new Set<ServerResponse>();
  private readonly pending = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private readonly stops: (() => void)[];

  constructor(world: World, journal: Journal) {
    this.stops = [world.onChange(() => this.tell('world')), journal.onEntry(() => this.tell('requests'))];
  }

  serve(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write('event: world\ndata: {}\n\n');
    this.pages.add(response);
    response.on('close', () => this.pages.delete(response));
  }

  close(): void {
    for (const stop of this.stops) stop();
    clearTimeout(this.timer);
    for (const page of this.pages) page.end();
  }

  private tell(event: string): void {
    if (this.pages.size === 0) return;
    this.pending.add(event);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      const text = [...this.pending].map((name) => `event: ${name}\ndata: {}\n\n`).join('');
      this.pending.clear();
      for (const page of this.pages) page.write(text);
    }, GATHER_MS).unref();
  }
}
