import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Page } from 'playwright-core';
import { type ProcessRole } from '../../src/config/config';
import { type Classroom, classroom, type PlatformRole, Service } from '../e2e/support/service';
import { tabTo } from '../support/browser';
import { Platform } from './support/platform';
import { type Visitor, Visitors } from './support/visitor';

const ROOT = join(__dirname, '../..');
const run = promisify(execFile);

describe('the components in a page of the platform, which is of another origin', () => {
  let service: Service;
  let platform: Platform;
  let room: Classroom;
  let visitors: Visitors;

  beforeAll(async () => {
    platform = await Platform.start();
    service = await Service.start({
      atPublicUrl: true,
      config: { roles: new Set<ProcessRole>(['api', 'worker', 'bot']), corsOrigins: [platform.origin] },
    });
    platform.endpoint = service.url;
    platform.discord = service.sandbox.url;
    room = await classroom(service, 'Algebra I');
    await service.goesOnElsewhere();
    visitors = await Visitors.of(service);
  }, 120_000);
  afterEach(() => visitors.leave());
  afterAll(async () => {
    await visitors.close();
    await service.close();
    await platform.close();
  });

  /** Somebody of the platform, whom it gives tokens. */
  async function person(name: string, role: Exclude<PlatformRole, 'service'> = 'student'): Promise<string> {
    const id = await service.createUser(name, role);
    platform.users.set(id, () => service.token(id, role));
    return id;
  }

  async function open(
    as: string,
    show: readonly string[],
    more: Record<string, string> = {},
  ): Promise<{ visitor: Visitor; page: Page; part: (name: string) => ReturnType<Page['locator']> }> {
    const visitor = await visitors.open();
    await visitor.page.goto(platform.address(as, show, more));
    return { visitor, page: visitor.page, part: (name) => visitor.page.locator(`#${name}`) };
  }

  const STUDENT = ['DiscordProfile', 'DiscordStatusBadge', 'DiscordJoinButton', 'DiscordConnectCard'];

  it('let a student connect, and show that they are in; the page and they do not touch each other', async () => {
    const id = await person('Ayu Wulandari');
    const { id: account } = await service.discord.createUser('ayu.w');
    await service.enroll(id, room.courseId);
    const { page, part } = await open(id, STUDENT, { course: room.courseId });
    await part('DiscordStatusBadge').getByText('Not connected').waitFor();
    expect(
      await part('DiscordJoinButton').getByRole('button').or(part('DiscordJoinButton').getByRole('link')).count(),
    ).toBe(0);
    const connect = part('DiscordConnectCard').getByRole('button', { name: 'Connect Discord' });
    // The arrow keys go from one choice to the next, as in the service's own page.
    await tabTo(page, page.getByRole('radio', { name: 'Add me automatically' }));
    // The focus follows a moment after the key, and chooses only while the key is held, as people do.
    for (const name of [/use an invite/, 'Add me automatically']) {
      await page.keyboard.down('ArrowDown');
      await page.getByRole('radio', { name, checked: true }).waitFor();
      await page.keyboard.up('ArrowDown');
    }
    await tabTo(page, connect);
    await page.keyboard.press('Enter');
    await page.getByRole('radio', { name: /ayu\.w/ }).check();
    await page.getByRole('button', { name: 'Authorize' }).click();

    await page.waitForURL(platform.address(id, STUDENT, { course: room.courseId }));
    await page.getByText('Discord is connected.').waitFor();
    await part('DiscordStatusBadge').getByText('In the server').waitFor();
    await part('DiscordProfile').getByText('ayu.w').waitFor();
    await part('DiscordProfile').getByText('Connected').waitFor();
    expect((await service.discord.member(room.guildId, account))?.roles).toEqual([room.roleId]);

    const look = (selector: string) =>
      page.evaluate<string>(`(() => {
        const host = document.querySelector('#DiscordConnectCard').firstElementChild;
        const { color, fontSize, textTransform, letterSpacing, visibility } = getComputedStyle(
          document.querySelector('${selector}') ?? host.shadowRoot.querySelector('${selector}'),
        );
        return [color, fontSize, textTransform, letterSpacing, visibility].join(' ');
      })()`);
    expect(await look('#own')).toBe('rgb(160, 0, 0) 9px uppercase 2px visible');
    expect(await look('h2')).toBe('rgb(24, 24, 27) 16px none normal visible');
    expect(
      await page.evaluate<unknown>(
        '[document.styleSheets.length, document.adoptedStyleSheets.length, document.documentElement.lang, { ...document.documentElement.dataset }, localStorage.length]',
      ),
    ).toEqual([1, 0, 'en', {}, 0]);
    // A click within is one click for the page, too.
    await part('DiscordConnectCard').getByRole('button', { name: 'Options of the Discord account' }).click();
    expect(await page.evaluate<string>('document.body.dataset.clicks')).toBe('1');
    await page.getByRole('menuitem', { name: 'Disconnect …' }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText('You are taken out of Algebra I server').waitFor();
    // The focus stays in the dialog, and goes back to where it came from.
    await tabTo(page, dialog.getByRole('button', { name: 'Disconnect' }));
    await page.keyboard.press('Tab');
    expect(await dialog.getByRole('button', { name: 'Cancel' }).and(page.locator(':focus')).count()).toBe(1);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  }, 90_000);

  it('lead into the server in a tab of its own that opens on the click itself; nothing to press for anybody else', async () => {
    const asked = await classroom(service, 'Statistics', { autoInvite: false });
    const id = await person('Budi Santoso');
    await service.link(id);
    await service.enroll(id, asked.courseId);
    await service.reaches(id, asked.courseId, 'pending', 'NOT_INVITED');
    const { page, visitor, part } = await open(id, STUDENT.slice(0, 3), { course: asked.courseId });
    await part('DiscordStatusBadge').getByText('Ready to join').waitFor();
    const join = part('DiscordJoinButton').getByRole('button', { name: 'Join' });
    const [tab] = await Promise.all([visitor.context.waitForEvent('page'), join.click()]);
    await tab.waitForURL(`${service.sandbox.url}/`);
    expect(await tab.evaluate<unknown>('window.opener')).toBeNull();
    await part('DiscordStatusBadge').getByText('In the server').waitFor();
    await join.waitFor({ state: 'detached' });
    // Nothing is left that would take room.
    expect(
      await page.evaluate<string>(
        `getComputedStyle(document.querySelector('#DiscordJoinButton > span').shadowRoot.querySelector('.embedded')).display`,
      ),
    ).toBe('none');

    const other = await open(id, STUDENT.slice(0, 3), { course: room.courseId });
    await other.part('DiscordProfile').getByText('Connected').waitFor();
    await other.page.getByRole('status').filter({ hasText: 'Loading' }).waitFor({ state: 'detached' });
    for (const name of ['DiscordStatusBadge', 'DiscordJoinButton'])
      expect([name, await other.part(name).getByText(/./).count()]).toEqual([name, 0]);
    await page.close();
  }, 60_000);

  it('lead to an invite, of which only the student’s own account can make use', async () => {
    const id = await person('Citra Lestari');
    const { id: account } = await service.discord.createUser('citra.l');
    await service.link(id, { discordUserId: account, autoJoin: false });
    await service.enroll(id, room.courseId);
    await service.reaches(id, room.courseId, 'invited', 'INVITE_OPEN');
    const { visitor, part } = await open(id, STUDENT.slice(0, 3), { course: room.courseId });
    const openInvite = part('DiscordJoinButton').getByRole('link', { name: 'Open invite' });
    const [invite] = await Promise.all([visitor.context.waitForEvent('page'), openInvite.click()]);
    await invite.getByRole('radio', { name: /citra\.l/ }).check();
    await invite.getByRole('button', { name: 'Accept invite' }).click();
    await part('DiscordStatusBadge').getByText('In the server').waitFor();
  }, 60_000);

  it('let an instructor change a course’s settings, and see its numbers', async () => {
    platform.users.set(room.instructorId, () => Promise.resolve(room.instructorToken));
    const { page, part } = await open(room.instructorId, ['CourseDiscordSettings', 'DiscordMetrics'], {
      course: room.courseId,
    });
    await part('DiscordMetrics').getByText('Still in').waitFor();
    await tabTo(page, page.getByRole('tab', { name: 'Students' }));
    await page.keyboard.press('End');
    await page.getByRole('radio', { name: 'Take the role' }).check();
    await page.getByRole('textbox', { name: 'Welcome message' }).fill('Welcome {student}!');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    expect(
      await service.sql('SELECT removal_policy, welcome_message FROM discord_server_configs WHERE id = $1', [
        room.configId,
      ]),
    ).toEqual([{ removal_policy: 'REMOVE_ROLE', welcome_message: 'Welcome {student}!' }]);
    await page.getByRole('button', { name: 'Disconnect, keep members …' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();

    await page.context().setOffline(true);
    await page.getByText('What you see may be out of date').waitFor();
    await page.context().setOffline(false);
    await page.getByText('What you see may be out of date').waitFor({ state: 'detached' });

    const student = await person('Dewi Anggraini');
    const refused = await open(student, ['CourseDiscordSettings'], { course: room.courseId });
    await refused.page
      .getByText(/There is nothing here|no such course/i)
      .first()
      .waitFor();
  }, 60_000);

  it('let an admin see how well it goes, and nobody else', async () => {
    const { page } = await open(await person('Eka Putra', 'admin'), ['DiscordMetrics']);
    await page.getByText('Connected students').waitFor();
    await page.getByRole('button', { name: '7 days' }).click();
    await page.getByRole('slider', { name: 'Joins and leaves' }).waitFor();
    const { page: another } = await open(await person('Fajar Nugroho'), ['DiscordMetrics']);
    await another.getByText('This page is not for you.').waitFor();
  }, 60_000);

  it('ask for a new token when the old one is refused, also for what is live; and say when there is none', async () => {
    const id = await service.createUser('Gita Maharani');
    const old = await service.token(id, 'student', { exp: Math.floor(Date.now() / 1000) - 60 });
    const fresh = await service.token(id);
    const refused: (string | null)[] = [];
    let isSignedIn = true;
    platform.users.set(id, (token) => {
      refused.push(token);
      return Promise.resolve(isSignedIn ? (token === null ? old : fresh) : null);
    });
    await service.enroll(id, room.courseId);
    const { page, part } = await open(id, STUDENT.slice(0, 2), { course: room.courseId });
    await part('DiscordStatusBadge').getByText('Not connected').waitFor();
    expect(new Set(refused)).toEqual(new Set([null, old]));
    // He connects in another place, which only the live stream tells.
    await service.link(id);
    await part('DiscordStatusBadge').getByText('In the server').waitFor();

    isSignedIn = false;
    await page.goto(platform.address(id, ['DiscordConnectCard']));
    await page.getByText('You are not signed in.').waitFor();
    isSignedIn = true;
    await page.getByRole('button', { name: 'Try again' }).click();
    await part('DiscordConnectCard').getByText('Connected').waitFor();
  }, 60_000);

  it('show that they load, and that the service cannot be reached', async () => {
    const id = await person('Hana Pertiwi');
    const { page } = await visitors.open();
    let answer: 'none' | 'failure' | 'real' = 'none';
    const waiting: (() => void)[] = [];
    await page.route('**/graphql', async (route) => {
      if (answer === 'none') await new Promise<void>((resolve) => waiting.push(resolve));
      await (answer === 'failure' ? route.abort() : route.continue());
    });
    await page.goto(platform.address(id, ['DiscordConnectCard']));
    await page.getByRole('status').filter({ hasText: 'Loading' }).waitFor();
    answer = 'failure';
    for (const go of waiting) go();
    await page.getByRole('alert').getByText('No connection.').waitFor();
    answer = 'real';
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('button', { name: 'Connect Discord' }).waitFor();
  }, 60_000);

  it('are free of barriers for students in both languages and themes, wide and narrow', async () => {
    const id = await person('Indah Sari');
    await service.enroll(id, room.courseId);
    const { visitor } = await open(id, []);
    const before = await visitor.barriersInEveryLook(
      'embed-student',
      platform.address(id, STUDENT, { course: room.courseId }),
      (page) => page.getByRole('button', { name: /Connect Discord|Hubungkan Discord/ }).waitFor(),
    );
    expect(before).toEqual([]);
    await service.link(id, { autoJoin: false });
    await service.reaches(id, room.courseId, 'invited', 'INVITE_OPEN');
    const after = await visitor.barriersInEveryLook(
      'embed-invited',
      platform.address(id, STUDENT, { course: room.courseId }),
      (page) => page.getByRole('link', { name: /Open invite|Buka undangan/ }).waitFor(),
    );
    expect(after).toEqual([]);
  }, 120_000);

  it('are free of barriers for staff in both languages and themes, wide and narrow', async () => {
    const { visitor } = await open(await person('Kartika Sari'), []);
    platform.users.set(room.instructorId, () => Promise.resolve(room.instructorToken));
    const course = await visitor.barriersInEveryLook(
      'embed-course',
      platform.address(room.instructorId, ['CourseDiscordSettings', 'DiscordMetrics'], { course: room.courseId }),
      async (page) => {
        await page
          .getByText(/Still in|Masih di server/)
          .first()
          .waitFor();
        await page.getByRole('tab').last().click();
        await page.getByRole('button', { name: /^(Save|Simpan)$/ }).waitFor();
      },
    );
    expect(course).toEqual([]);
    const admin = await person('Joko Susilo', 'admin');
    const metrics = await visitor.barriersInEveryLook(
      'embed-metrics',
      platform.address(admin, ['DiscordMetrics']),
      (page) => page.getByRole('slider').first().waitFor(),
    );
    expect(metrics).toEqual([]);
  }, 120_000);
});

describe('the package of the components', () => {
  it('has types that fit how the guide uses it, and not how it is not to be used', async () => {
    const [, example = ''] =
      /```tsx\n([\s\S]*?)```/.exec(await readFile(join(ROOT, 'docs/embedding.md'), 'utf8')) ?? [];
    expect(example).toContain('<AnycademyDiscord');
    // Installed as the folder that it is.
    const folder = await mkdtemp(join(ROOT, 'dist/platform-'));
    try {
      await mkdir(join(folder, 'node_modules'));
      await symlink(join(ROOT, 'dist/embed'), join(folder, 'node_modules/anycademy-discord-embed'));
      await writeFile(
        join(folder, 'page.tsx'),
        `import { CourseDiscordSettings, DiscordConnectCard, DiscordMetrics, DiscordProfile } from 'anycademy-discord-embed';
         interface CoursePageProps { user: { id: string; language: 'en' | 'id' }; course: { id: string; title: string } }
         declare const session: { accessToken: string; refresh(): Promise<void> };
         ${example}
         export const others = (
           <AnycademyDiscord endpoint="https://x" getToken={() => 'x'} theme="dark">
             <CourseDiscordSettings courseId="x" /><DiscordMetrics /><DiscordMetrics courseId="x" />
             <DiscordConnectCard /><DiscordProfile />
             {/* @ts-expect-error Of which course? */}
             <DiscordStatusBadge />
           </AnycademyDiscord>
         );`,
      );
      const options = ['--noEmit', '--strict', '--jsx', 'react-jsx', '--module', 'nodenext', '--types', 'react'];
      const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
      const { stdout } = await run(process.execPath, [compiler, '--ignoreConfig', ...options, 'page.tsx'], {
        cwd: folder,
      }).catch((error: unknown) => error as { stdout: string });
      expect(stdout).toBe('');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 120_000);

  it('can be loaded and rendered where there is no browser', async () => {
    const script = `
      import { createElement as h } from 'react';
      import { renderToString } from 'react-dom/server';
      import { AnycademyDiscord, DiscordStatusBadge } from 'anycademy-discord/embed';
      const badge = h(DiscordStatusBadge, { courseId: 'x' });
      console.log(renderToString(h(AnycademyDiscord, { endpoint: 'https://x', getToken: () => '' }, badge)));`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { cwd: ROOT });
    expect(stdout.trim()).toBe('<span></span><span></span>');
  }, 60_000);
});
