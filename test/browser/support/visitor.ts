import axe from 'axe-core';
import { type Browser, type BrowserContext, type Page } from 'playwright-core';
import { launchBrowser, takePicture } from '../../support/browser';
import { eventually, type Service } from '../../e2e/support/service';

/** How somebody looks at the pages. */
export interface Look {
  readonly language?: 'en' | 'id';
  readonly theme?: 'light' | 'dark';
  /** Pixels; 375 is a phone. */
  readonly width?: number;
}

/** Both languages, both themes, a wide and a narrow window: in which every page is shown once. */
export const LOOKS: readonly Required<Look>[] = [
  { language: 'en', theme: 'light', width: 1280 },
  { language: 'id', theme: 'dark', width: 1280 },
  { language: 'en', theme: 'dark', width: 375 },
  { language: 'id', theme: 'light', width: 375 },
];

/** A page's live connection. */
export interface Line {
  readonly cut: () => Promise<void>;
  readonly mend: () => void;
}

/** The most JavaScript that a page may need before anything on it is opened, as it is sent, bytes. */
export const FIRST_PAGE = 200 * 1024;

/** Somebody with a browser of their own: its cookies, language and theme are nobody else's. */
export class Visitor {
  /** Errors of scripts, what the content security policy forbids, and what was asked of other sites. */
  readonly mistakes: string[] = [];
  /** How much JavaScript was sent so far, bytes. */
  scriptBytes = 0;

  private constructor(
    readonly page: Page,
    readonly context: BrowserContext,
    private readonly service: Service,
  ) {}

  static async open(browser: Browser, service: Service, look: Look = {}): Promise<Visitor> {
    const { language = 'en', theme = 'light', width = 1280 } = look;
    const context = await browser.newContext({
      baseURL: service.url,
      locale: language === 'en' ? 'en-GB' : 'id-ID',
      colorScheme: theme,
      viewport: { width, height: width < 600 ? 812 : 900 },
      // What moves is in another place by the time that it is pressed.
      reducedMotion: 'reduce',
    });
    // Sooner than the test's own end, which would not say what was waited for.
    context.setDefaultTimeout(40_000);
    const page = await context.newPage();
    const visitor = new Visitor(page, context, service);
    const ours = new URL(service.url).origin;
    page.on('pageerror', (error) => visitor.mistakes.push(error.message));
    page.on('console', (message) => {
      // A refusal is said on the page; the browser also notes each in its console.
      if (message.type() === 'error' && !/Failed to load resource|WebSocket connection/.test(message.text()))
        visitor.mistakes.push(message.text());
    });
    page.on('response', (response) => {
      if (response.url().endsWith('.js')) visitor.scriptBytes += Number(response.headers()['content-length']);
    });
    page.on('request', (request) => {
      const isPageOfOthers = request.isNavigationRequest() || !page.url().startsWith(ours);
      if (!isPageOfOthers && new URL(request.url()).origin !== ours) visitor.mistakes.push(`asks ${request.url()}`);
    });
    return visitor;
  }

  /** Signs in with the platform's token, as its page would. */
  async signIn(token: string): Promise<void> {
    const answer = await this.context.request.post('/auth/session', { headers: { authorization: `Bearer ${token}` } });
    if (!answer.ok()) throw new Error(`Not signed in: ${answer.status()} ${await answer.text()}`);
  }

  /** Puts the page's live connection into the test's hands: once it is cut, none comes about until it is mended. */
  async line(): Promise<Line> {
    let isCut = false;
    const cuts: (() => void)[] = [];
    await this.page.routeWebSocket(/\/graphql$/, (socket) => {
      if (isCut) {
        void socket.close({ code: 4999 });
        return;
      }
      socket.connectToServer();
      cuts.push(() => void socket.close({ code: 4999 }));
    });
    return {
      cut: async () => {
        await eventually(() => {
          expect(cuts).not.toEqual([]);
          return Promise.resolve();
        }, 20_000);
        isCut = true;
        for (const cut of cuts.splice(0)) cut();
      },
      mend: () => {
        isCut = false;
      },
    };
  }

  /** What automatic checks find against WCAG 2.2 AA and common practice: one line for each element. Also a picture. */
  async barriers(name: string): Promise<string[]> {
    await takePicture(this.page, name);
    await this.page.evaluate(axe.source);
    const { violations } = await this.page.evaluate<axe.AxeResults>(
      `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] })`,
    );
    const isTooWide = await this.page.evaluate<boolean>(
      'document.documentElement.scrollWidth > document.documentElement.clientWidth',
    );
    return [
      ...(isTooWide ? ['The page scrolls sideways.'] : []),
      ...violations.flatMap(({ id, nodes }) => nodes.map(({ html, any }) => `${id}: ${html} ${any[0]?.message ?? ''}`)),
    ];
  }

  /** The same page as others see it: in both languages and themes, wide and narrow, each free of barriers. */
  async barriersInEveryLook(name: string, path: string, isThere: (page: Page) => Promise<unknown>): Promise<string[]> {
    const browser = this.context.browser();
    if (!browser) throw new Error('The browser is gone.');
    const cookies = await this.context.cookies();
    const found: string[] = [];
    for (const look of LOOKS) {
      const other = await Visitor.open(browser, this.service, look);
      await other.context.addCookies(cookies);
      await other.page.goto(path);
      await isThere(other.page);
      const label = `${name}-${look.language}-${look.theme}-${look.width}`;
      found.push(...[...(await other.barriers(label)), ...other.mistakes].map((line) => `${label}: ${line}`));
      await other.close();
    }
    return found;
  }

  close(): Promise<void> {
    return this.context.close();
  }
}

/** Whoever visits during the tests of one file. */
export class Visitors {
  private readonly here: Visitor[] = [];

  private constructor(
    private readonly browser: Browser,
    private readonly service: Service,
  ) {}

  static async of(service: Service): Promise<Visitors> {
    return new Visitors(await launchBrowser(), service);
  }

  /** @param token of the person; without it nobody is signed in. */
  async open(token?: string, look?: Look): Promise<Visitor> {
    const visitor = await Visitor.open(this.browser, this.service, look);
    this.here.push(visitor);
    if (token !== undefined) await visitor.signIn(token);
    return visitor;
  }

  /** Everybody goes, and none of their pages has made a mistake. */
  async leave(): Promise<void> {
    const visitors = this.here.splice(0);
    const mistakes = visitors.flatMap((visitor) => visitor.mistakes);
    for (const visitor of visitors) await visitor.close();
    expect(mistakes).toEqual([]);
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}
