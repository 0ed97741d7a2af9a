import { type Browser, type Page } from 'playwright-core';
import { type ProcessRole } from '../../src/config/config';
import { Service } from '../e2e/support/service';
import { launchBrowser, takePicture } from '../support/browser';

describe('the page about the REST addresses, in a browser', () => {
  let service: Service;
  let browser: Browser;
  let page: Page;
  const mistakes: string[] = [];

  beforeAll(async () => {
    service = await Service.start({ config: { roles: new Set<ProcessRole>(['api']) } });
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.on('pageerror', (error) => mistakes.push(error.message));
    // Also what the content security policy forbids is told there.
    page.on('console', (message) => (message.type() === 'error' ? mistakes.push(message.text()) : undefined));
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await service.close();
  });

  it('shows every address with its examples, and asks nobody but this service', async () => {
    const hosts = new Set<string>();
    page.on('request', (request) => hosts.add(new URL(request.url()).origin));
    const answer = await page.goto(`${service.url}/api/docs`);
    expect(answer?.headers()['content-security-policy']).toContain("script-src 'self'");
    await page.getByText('/api/discord/enrollment-changed').first().waitFor();
    await takePicture(page, 'api-docs');
    await page.getByText('/api/discord/enrollment-changed').first().click();
    await page.getByRole('option', { name: 'Somebody has enrolled' }).waitFor({ state: 'attached' });
    await page.getByText('Ayu Lestari').first().waitFor();
    await takePicture(page, 'api-docs-open');
    expect([...hosts].filter((host) => host !== 'null')).toEqual([service.url]);
    expect(mistakes).toEqual([]);
  });
});
