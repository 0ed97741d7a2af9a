import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type Page } from 'playwright-core';
import { type ProcessRole } from '../../../src/config/config';
import { DEMO_CARDS } from '../../../src/start/demo-cards';
import { onItsOwnStand } from '../../../bench/stand';
import { type Service } from '../../e2e/support/service';
import { launchBrowser } from '../../support/browser';
import { Visitor } from '../support/visitor';
import { withPalette } from './palette';
import { type Picture, PICTURES } from './pictures';
import { Showcase } from './showcase';

/**
 * One picture for each page and state, for people to look at: `npm run screenshots`, or `npm run screenshots -- me admin`
 * for those whose names begin so. The service, its database and its Discord are this program's own.
 */
const FOLDER = join(__dirname, '../../../docs/screenshots');

/** A longer page is cut here, pixels. */
const TALLEST = 1_800;

void onItsOwnStand(
  async (service) => {
    const only = process.argv.slice(2);
    const showcase = new Showcase(service);
    await showcase.build();
    console.log('The demo stands.');
    if (only.length === 0) rmSync(FOLDER, { recursive: true, force: true });
    mkdirSync(FOLDER, { recursive: true });
    const browser = await launchBrowser();
    const failed: string[] = [];
    const take = async (pictures: readonly Picture[]) => {
      for (const picture of pictures.filter(
        ({ name }) => only.length === 0 || only.some((begin) => name.startsWith(begin)),
      ))
        failed.push(...(await taken(browser, service, picture)));
    };
    await take(PICTURES.quiet);
    await showcase.drift();
    await take(PICTURES.drift);
    await showcase.trouble();
    await take(PICTURES.trouble);
    await browser.close();
    const files = readdirSync(FOLDER);
    const bytes = files.reduce((sum, file) => sum + statSync(join(FOLDER, file)).size, 0);
    console.log(`${files.length} pictures, ${(bytes / 1024 / 1024).toFixed(1)} MB.`);
    for (const line of failed) console.error(line);
    return failed.length === 0;
  },
  {
    atPublicUrl: true,
    // Without the sweep of every minute, which would find what the pictures of a plan are about.
    config: { roles: new Set<ProcessRole>(['api', 'worker', 'bot']), demoPeople: DEMO_CARDS },
  },
);

/** @returns what went wrong, a line each. */
async function taken(browser: Browser, service: Service, picture: Picture): Promise<string[]> {
  const look = { language: 'en', theme: 'light', width: 1280, ...picture.look } as const;
  const file = `${picture.name}-${look.language}-${look.theme}-${look.width}.png`;
  const visitor = await Visitor.open(browser, service, look);
  const { page } = visitor;
  try {
    if (picture.who) await visitor.signIn(await service.token(picture.who.id, picture.who.role));
    if (picture.hindered) await hinder(page, picture.hindered);
    await page.goto(picture.path);
    // The name of who is signed in arrives by itself.
    if (picture.hindered) await page.locator('header button .sr-only').waitFor({ state: 'attached' });
    await picture.prepare?.(page);
    if (!picture.hindered) await page.waitForLoadState('networkidle');
    await page.evaluate('document.fonts.ready');
    writeFileSync(join(FOLDER, file), withPalette(await photographed(page, picture.onlyWindow ?? false)));
    console.log(file);
    return visitor.mistakes.map((mistake) => `${file}: ${mistake}`);
  } catch (error) {
    return [`${file}: ${error instanceof Error ? error.message : String(error)}`];
  } finally {
    await visitor.close();
  }
}

async function hinder(page: Page, how: NonNullable<Picture['hindered']>): Promise<void> {
  await page.route('**/graphql', async (route) => {
    // Who is signed in is known already, as when somebody goes on from another page.
    if (route.request().postData()?.includes('query Viewer')) await route.continue();
    else if (how === 'offline') await route.abort();
    else if (how === 'fails')
      await route.fulfill({
        json: { data: null, errors: [{ message: 'x', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] },
      });
  });
}

async function photographed(page: Page, onlyWindow: boolean): Promise<Buffer> {
  if (onlyWindow) return page.screenshot();
  const { width = 1280 } = page.viewportSize() ?? {};
  const height = await page.evaluate<number>('document.documentElement.scrollHeight');
  return page.screenshot({ fullPage: true, clip: { x: 0, y: 0, width, height: Math.min(height, TALLEST) } });
}
