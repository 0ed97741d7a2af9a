import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import sparticuz from '@sparticuz/chromium';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';

/** Where distributions put the browser; the one of the development dependencies serves where there is none. */
const INSTALLED = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Works as root and in containers, draws without a graphics card, and never calls home. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** How often the packed browser is tried: another test file may be unpacking it to the same place. */
const TRIES = 5;

/** Starts a real browser without a window. The caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  const installed = INSTALLED.find((path) => existsSync(path));
  if (installed !== undefined) return chromium.launch({ executablePath: installed, args: ARGUMENTS });
  for (let tries = 1; ; tries += 1) {
    try {
      const executablePath = await sparticuz.executablePath();
      // In one process, as the package would have it, closing a page's context ends the whole browser.
      const args = sparticuz.args.filter((argument) => argument !== '--single-process');
      return await chromium.launch({ executablePath, args: [...args, ...ARGUMENTS] });
    } catch (error) {
      if (tries === TRIES) throw error;
      await setTimeout(2_000);
    }
  }
}

/** More than any page has places to stop at. */
const MOST_STOPS = 200;

/** Presses Tab until the element has the focus, as somebody without a mouse does. Throws when it is never reached. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  const focused = target.and(page.locator(':focus'));
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    if ((await focused.count()) > 0) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`The keyboard does not reach ${target.toString()}.`);
}

/** A picture for people to look at, when SCREENSHOTS names a folder for them. */
export async function takePicture(page: Page, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
