import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Browser, type Page } from 'playwright-core';
import { type Local, startLocal } from '../sandbox/local';
import { launchBrowser, tabTo, takePicture } from '../support/browser';

describe('the consent page of the local Discord, in a browser, by keyboard', () => {
  let browser: Browser;
  let page: Page;
  let local: Local;
  let application: Server;
  let callback: string;
  let ayu: string;

  beforeAll(async () => {
    application = createServer((_, response) => response.end('back')).listen(0, '127.0.0.1');
    await new Promise((resolve) => application.once('listening', resolve));
    callback = `http://127.0.0.1:${(application.address() as AddressInfo).port}/callback`;
    local = await startLocal({ redirectUris: [callback], applicationName: 'Courses' });
    await local.person('budi', { globalName: 'Budi S.' });
    ayu = await local.person('ayu', { globalName: 'Ayu W.' });
    browser = await launchBrowser();
  }, 60_000);
  beforeEach(async () => {
    page = await (await browser.newContext()).newPage();
  });
  afterEach(() => page.context().close());
  afterAll(async () => {
    await browser.close();
    await local.close();
    application.closeAllConnections();
    await new Promise((resolve) => application.close(resolve));
  });

  const authorizeUrl = (more: Record<string, string> = {}) =>
    `${local.url}/oauth2/authorize?${new URLSearchParams({
      response_type: 'code',
      client_id: local.application.id,
      scope: 'identify guilds.join',
      redirect_uri: callback,
      state: 's1',
      ...more,
    }).toString()}`;

  it('links an account: the person is picked with the arrows and approves with Enter', async () => {
    await page.goto(authorizeUrl());
    await takePicture(page, 'consent');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Courses would like to');
    await tabTo(page, page.getByRole('radio', { name: 'Budi S. budi' }));
    await page.keyboard.press('ArrowDown');
    expect(await page.getByRole('radio', { name: 'Ayu W. ayu' }).isChecked()).toBe(true);
    await tabTo(page, page.getByRole('button', { name: 'Authorize' }));
    await page.keyboard.press('Enter');
    await page.waitForURL(`${callback}?**`);
    const back = new URL(page.url()).searchParams;
    expect(back.get('state')).toBe('s1');
    const { id: client_id, clientSecret: client_secret } = local.application;
    const exchanged = await fetch(`${local.url}/api/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: back.get('code') ?? '',
        redirect_uri: callback,
        client_id,
        client_secret,
      }),
    });
    const { access_token: token } = (await exchanged.json()) as { access_token: string };
    const me = await local.call('GET', '/api/v10/users/@me', undefined, { authorization: `Bearer ${token}` });
    expect(me.body['id']).toBe(ayu);
  });

  it('goes back with access_denied when the person cancels', async () => {
    await page.goto(authorizeUrl());
    await tabTo(page, page.getByRole('button', { name: 'Cancel' }));
    await page.keyboard.press('Enter');
    await page.waitForURL(`${callback}?**`);
    const back = new URL(page.url()).searchParams;
    expect([back.get('error'), back.get('state'), back.get('code')]).toEqual(['access_denied', 's1', null]);
  });

  it('adds the bot to the server that the person picks', async () => {
    const { id } = await local.control<{ id: string }>('POST', '/sandbox/guilds', { name: 'Logic', ownerId: ayu });
    await page.goto(authorizeUrl({ scope: 'bot', permissions: '268438659' }));
    await page.getByRole('radio', { name: 'Ayu W. ayu' }).check();
    await page.getByLabel('Add to server').selectOption({ label: 'Logic (owner: ayu)' });
    await takePicture(page, 'consent-bot');
    await page.getByRole('button', { name: 'Authorize' }).click();
    await page.waitForURL(`${callback}?**`);
    expect((await local.bot('GET', `/guilds/${id}`)).body['name']).toBe('Logic');
  });

  it('says what is wrong with a link instead of leading anywhere', async () => {
    await page.goto(authorizeUrl({ redirect_uri: 'https://elsewhere.example/' }));
    expect(await page.getByRole('alert').textContent()).toContain('redirect_uri');
  });
});
