import { type Route } from 'playwright-core';
import { type ProcessRole } from '../../src/config/config';
import { eventually, type PlatformRole, Service } from '../e2e/support/service';
import { tabTo } from '../support/browser';
import { FIRST_PAGE, type Visitor, Visitors } from './support/visitor';

const AYU = '00000000-0000-4000-8000-000000000100';

describe('signing in, in a browser', () => {
  let service: Service;
  let visitors: Visitors;
  let visitor: Visitor;

  beforeAll(async () => {
    service = await Service.start({
      atPublicUrl: true,
      config: {
        roles: new Set<ProcessRole>(['api']),
        corsOrigins: ['http://platform.localhost'],
        demoPeople: [
          { id: AYU, name: 'Ayu Wulandari', role: 'STUDENT', about: { en: 'Is in a server', id: 'Ada di server' } },
        ],
      },
    });
    await service.sql(`INSERT INTO auth.users (id, raw_user_meta_data) VALUES ($1, '{"full_name": "Ayu Wulandari"}')`, [
      AYU,
    ]);
    visitors = await Visitors.of(service);
  }, 60_000);
  beforeEach(async () => (visitor = await visitors.open()));
  afterEach(() => visitors.leave());
  afterAll(async () => {
    await visitors.close();
    await service.close();
  });

  it('leads whoever opens a page to sign in, by keyboard as one of the demo, and back to that page; and out again', async () => {
    const { page } = visitor;
    await page.goto('/me');
    await page.waitForURL('**/sign-in?returnTo=%2Fme');
    await page.getByText('You have been signed out.').waitFor();
    await tabTo(page, page.getByRole('button', { name: /Ayu Wulandari/ }));
    await page.keyboard.press('Enter');
    await page.waitForURL('**/me');
    const account = page.getByRole('button', { name: /Ayu Wulandari/ });
    await account.click();
    await page.getByRole('menuitemradio', { name: 'Dark' }).click();
    expect(await page.evaluate<string>('getComputedStyle(document.documentElement).colorScheme')).toBe('dark');
    await account.click();
    await page.getByRole('menuitemradio', { name: 'Bahasa Indonesia' }).click();
    await page.getByRole('heading', { name: 'Discord saya' }).waitFor();
    await account.click();
    await page.getByRole('menuitem', { name: 'Keluar' }).click();
    await page.waitForURL('**/sign-in');
    await page.goto('/me');
    await page.waitForURL('**/sign-in?returnTo=%2Fme');
  });

  it('takes a token by hand, says when it is not valid, and keeps it nowhere', async () => {
    const { page } = visitor;
    // Only a page of this service is gone on to, whatever an address says.
    await page.goto('/sign-in?returnTo=//elsewhere.localhost/');
    await page.getByText('I have an access token').click();
    await page.getByLabel('Access token').fill('not-a-token');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('not valid').waitFor();
    const token = await service.token(AYU);
    await page.getByLabel('Access token').fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/me');
    const kept = await page.evaluate<string>('JSON.stringify([localStorage, sessionStorage, document.cookie])');
    expect(kept).toBe('[{},{},""]');
  });

  it('takes a token that the platform hands over, and only from the platform', async () => {
    const { page } = visitor;
    const token = await service.token(AYU);
    const form = `<form method="post" action="${service.url}/auth/hand-off">
      <input name="token" value="${token}"><input name="returnTo" value="/me?from=platform"><button>My Discord</button></form>`;
    for (const origin of ['http://platform.localhost', 'http://elsewhere.localhost'])
      await page.route(`${origin}/`, (route) => route.fulfill({ contentType: 'text/html', body: form }));

    await page.goto('http://elsewhere.localhost/');
    await page.getByRole('button', { name: 'My Discord' }).click();
    await page.getByText('That page may not sign you in here.').waitFor();
    await page.goto('http://platform.localhost/');
    await page.getByRole('button', { name: 'My Discord' }).click();
    await page.waitForURL(`${service.url}/me?from=platform`);
    await page.getByRole('button', { name: /Ayu Wulandari/ }).waitFor();
  });

  it('with Discord says when that account is connected with nobody', async () => {
    const { page } = visitor;
    const { id } = await service.discord.createUser('stranger');
    await page.goto('/sign-in');
    const address = await page.getByRole('link', { name: 'Continue with Discord' }).getAttribute('href');
    const start = await visitor.context.request.get(address!, { maxRedirects: 0 });
    await page.goto(await service.discord.approve(id, start.headers()['location']!));
    await page.getByText('No account here is connected to that Discord account.').waitFor();
  });

  it('is free of barriers in both languages and themes, wide and narrow, and stays in the language that was chosen', async () => {
    const found = await visitor.barriersInEveryLook('sign-in', '/sign-in', (page) =>
      page.getByRole('button', { name: /Ayu Wulandari/ }).waitFor(),
    );
    expect(found).toEqual([]);
    const { page } = visitor;
    await page.goto('/sign-in');
    await page.getByRole('button', { name: 'Bahasa Indonesia' }).click();
    await page.getByRole('heading', { name: 'Masuk', level: 1 }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Masuk', level: 1 }).waitFor();
    expect(await page.evaluate<string>('document.documentElement.lang')).toBe('id');
  });

  it.each([
    '/sign-in',
    '/me',
    '/courses',
    '/courses/00000000-0000-4000-8000-000000000200/discord',
    '/admin',
    '/admin/people',
    '/admin/log',
  ])('%s needs less than 200 KB of compressed JavaScript in all', async (path) => {
    const { page } = visitor;
    await visitor.signIn(await service.token(AYU, path.startsWith('/admin') ? 'admin' : 'student'));
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByRole('button').first().waitFor();
    expect(visitor.scriptBytes).toBeGreaterThan(50_000);
    expect(visitor.scriptBytes).toBeLessThan(FIRST_PAGE);
  });

  /** Opens a page of which first no answer comes, then failures, then nothing at all, then what was asked for. */
  async function meetsTrouble(
    path: string,
    role: PlatformRole,
  ): Promise<{ path: string; title: string; found: string[] }> {
    const other = await visitors.open(await service.token(AYU, role));
    const { page, context } = other;
    const held: Route[] = [];
    const failure = { errors: [{ message: 'Broken', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] };
    let how: 'waits' | 'fails' | 'drops' | 'answers' = 'waits';
    await page.route('**/graphql', async (route) => {
      if (how === 'waits') held.push(route);
      else if (how === 'fails') await route.fulfill({ json: failure });
      else if (how === 'drops') await route.abort();
      else await route.continue();
    });
    const found: string[] = [];
    await page.goto(path);
    await page.getByText('Loading …').first().waitFor({ state: 'attached' });
    found.push(...(await other.barriers(`loading${path.replaceAll('/', '-')}`)));

    how = 'fails';
    for (const route of held.splice(0)) await route.fulfill({ json: failure });
    await page.getByText('This did not work.').first().waitFor();
    found.push(...(await other.barriers(`failed${path.replaceAll('/', '-')}`)));

    how = 'drops';
    for (const button of await page.getByRole('button', { name: 'Try again' }).all()) await button.click();
    await page.getByText('This page cannot reach the service.').first().waitFor();

    // As the error says, nobody has to press anything once the network is back.
    how = 'answers';
    await context.setOffline(true);
    await context.setOffline(false);
    await eventually(async () => expect(await page.getByRole('alert').count()).toBe(0), 20_000);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByText('Loading …').first().waitFor({ state: 'detached' });
    found.push(...other.mistakes);
    const title = await page.title();
    await other.close();
    return { path, title, found };
  }

  it('every page says that it loads, that it failed or that there is no connection, and goes on by itself', async () => {
    const courseId = await service.createCourse('Algebra I', AYU);
    const met = await Promise.all([
      meetsTrouble('/me', 'student'),
      meetsTrouble('/courses', 'instructor'),
      meetsTrouble(`/courses/${courseId}/discord`, 'instructor'),
      meetsTrouble('/admin', 'admin'),
      meetsTrouble('/admin/servers', 'admin'),
      meetsTrouble('/admin/people?q=ayu', 'admin'),
      meetsTrouble('/admin/log', 'admin'),
      meetsTrouble('/admin/work', 'admin'),
    ]);
    expect(met.flatMap(({ path, found }) => found.map((line) => `${path}: ${line}`))).toEqual([]);
    expect(met.map(({ title }) => title)).toEqual(
      [
        'My Discord',
        'Courses',
        'Algebra I on Discord',
        'Overview',
        'Servers',
        'People',
        'Log',
        'Syncs and webhooks',
      ].map((name) => `${name} · Anycademy Discord`),
    );
  }, 90_000);

  it('says that the service cannot be reached, and goes on when it can', async () => {
    const { page } = visitor;
    await page.route('**/auth/ways-in', (route) => route.abort());
    await page.goto('/sign-in');
    await page.getByText('No connection.').waitFor();
    await page.unroute('**/auth/ways-in');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('button', { name: /Ayu Wulandari/ }).waitFor();
  });
});

describe('the files of the pages', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start({ config: { roles: new Set<ProcessRole>(['api']) } });
  }, 60_000);
  afterAll(() => service.close());

  it('are one page for every address of a page and nothing else, under a policy that allows no inline code', async () => {
    const { text: page, headers } = await get('/sign-in');
    expect(headers.get('content-security-policy')).not.toMatch(/unsafe|https?:|\*/);
    expect(headers.get('cache-control')).toBe('no-cache');
    for (const path of ['/', '/me', '/courses', '/courses/x/discord', '/admin', '/admin/log'])
      expect((await get(path)).text).toBe(page);
    for (const path of [
      '/graphql',
      '/api/docs',
      '/api/x',
      '/auth/x',
      '/health/live',
      '/health/x',
      '/metrics',
      '/mexico',
    ])
      expect([path, (await get(path)).text.includes('id="root"')]).toEqual([path, false]);
  });

  it('are kept by browsers for good, under names that change with them', async () => {
    const script = /\/assets\/[^"]+\.js/.exec((await get('/')).text)![0];
    const answer = await get(script);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    const plain = await fetch(service.url + script, { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await plain.text()).toBe(answer.text);
    for (const path of ['/assets/none.js', '/assets/..%2Findex.html', '/assets/%2e%2e%2f.inputs'])
      expect([path, (await get(path)).status]).toEqual([path, 404]);
  });

  async function get(path: string): Promise<{ status: number; headers: Headers; text: string }> {
    const response = await fetch(service.url + path, { headers: { accept: 'text/html' } });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }
});
