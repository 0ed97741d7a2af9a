import { type Answer, type Service } from './service';

/** What a browser shows after a step. */
export interface Page {
  readonly url: URL;
  readonly status: number;
  readonly html: string;
}

export interface LinkStart {
  readonly authorizeUrl: string;
  readonly state: string;
  readonly expiresAt: string;
}

const START = `mutation ($autoJoin: Boolean, $servers: Boolean, $returnTo: String) {
  startDiscordLink(autoJoin: $autoJoin, servers: $servers, returnTo: $returnTo) { authorizeUrl state expiresAt }
}`;

/** A person's browser: keeps cookies (by host, as browsers do), follows redirects, and submits forms as pages show them. */
export class Browser {
  private readonly cookies = new Map<string, string>();

  constructor(private readonly service: Service) {}

  /** Presses "Connect Discord" on the platform's page, which calls the API from this browser. */
  async startLink(
    token: string,
    options: { autoJoin?: boolean; servers?: boolean; returnTo?: string } = {},
  ): Promise<LinkStart> {
    const response = await this.fetch(new URL('/graphql', this.service.config.publicUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: START, variables: options }),
    });
    const { data, errors } = (await response.json()) as Answer<{ startDiscordLink: LinkStart }>;
    if (!data) throw new Error(`Linking did not start: ${JSON.stringify(errors)}`);
    return data.startDiscordLink;
  }

  /** Opens an address and goes wherever it redirects. */
  async open(address: string | URL, init: RequestInit = {}): Promise<Page> {
    const url = new URL(address);
    const response = await this.fetch(url, init);
    const location = response.headers.get('location');
    if (location !== null) {
      await response.arrayBuffer();
      return this.open(new URL(location, url));
    }
    return { url, status: response.status, html: await response.text() };
  }

  /** Fills in the form that the page shows and submits it. Only what the form offers can be chosen. */
  async submit(page: Page, fields: Record<string, string>): Promise<Page> {
    const action = /<form method="post" action="([^"]*)"/.exec(page.html)?.[1];
    if (action === undefined) throw new Error(`There is no form on ${page.url.href}: ${page.html}`);
    for (const [name, value] of Object.entries(fields)) {
      if (!page.html.includes(`name="${name}" value="${value}"`))
        throw new Error(`The form does not offer ${name}=${value}.`);
    }
    return this.open(new URL(action.replaceAll('&amp;', '&'), page.url), {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    });
  }

  private async fetch(url: URL, init: RequestInit): Promise<Response> {
    // The service's public address leads to wherever it listens in this test.
    const { publicUrl } = this.service.config;
    const target =
      url.origin === new URL(publicUrl).origin ? new URL(`${url.pathname}${url.search}`, this.service.url) : url;
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = new Headers(init.headers);
    if (cookie !== '') headers.set('cookie', cookie);
    const response = await fetch(target, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.cookies.set(name, value);
    }
    return response;
  }
}
