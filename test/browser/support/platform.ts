import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

/** Rules of a page that never thought of being a good home: nothing of it may reach what is embedded. */
const RULES = `
  html { font-size: 5px; }
  * { color: #a00000; font: italic 900 1.8rem/3 monospace; letter-spacing: 2px; text-transform: uppercase; }
  button, a, svg, input, select, dialog, [role] { display: none !important; }
  div, section, li { border: 1px dotted #a00000; background: #fff; }
  span { visibility: hidden !important; }
`;

/** A platform of another origin than the service, with a page in which its developers have put our components. */
export class Platform {
  /** What the platform takes its user for, by the name in the address: a new token, or null when signed out. */
  readonly users = new Map<string, (refused: string | null) => Promise<string | null>>();
  /** Where the service and Discord are. */
  endpoint = '';
  discord = '';

  private constructor(
    readonly origin: string,
    private readonly folder: string,
    readonly close: () => Promise<void>,
  ) {}

  static async start(): Promise<Platform> {
    const folder = await mkdtemp(join(tmpdir(), 'anycademy-platform-'));
    await promisify(execFile)(process.execPath, [join(__dirname, 'platform/build.mjs'), folder]);
    const server = createServer((request, response) => {
      platform.answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const platform: Platform = new Platform(`http://platform.localhost:${port}`, folder, async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    });
    return platform;
  }

  /** Where somebody sees these components. */
  address(as: string, show: readonly string[], more: Readonly<Record<string, string>> = {}): string {
    return `${this.origin}/?${new URLSearchParams({ as, show: show.join(','), ...more }).toString()}`;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.origin);
    if (url.pathname === '/') {
      response.writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': [
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:",
          `connect-src 'self' ${this.endpoint} ${this.endpoint.replace('http', 'ws')}`,
          `form-action ${this.endpoint} ${this.discord}`,
        ].join('; '),
      });
      response.end(`<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width">
        <title>The platform</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/rules.css"></head>
        <body data-endpoint="${this.endpoint}"><div id="root"></div><script type="module" src="/page.js"></script></body></html>`);
      return;
    }
    if (url.pathname === '/rules.css') {
      response.writeHead(200, { 'content-type': 'text/css' }).end(RULES);
      return;
    }
    if (url.pathname === '/token') {
      let refused = '';
      for await (const chunk of request) refused += String(chunk);
      const token = await this.users.get(url.searchParams.get('as') ?? '')?.(refused || null);
      if (token) response.end(token);
      else response.writeHead(401).end();
      return;
    }
    const file = url.pathname.startsWith('/assets/') ? join('assets', basename(url.pathname)) : basename(url.pathname);
    const script = await readFile(join(this.folder, file)).catch(() => null);
    if (script) response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    else response.writeHead(404).end();
  }
}
