import { readFile } from 'node:fs/promises';
import { type Page } from 'playwright-core';
import { type Classroom, classroom, eventually, Service } from '../e2e/support/service';
import { tabTo } from '../support/browser';
import { type Visitor, Visitors } from './support/visitor';

describe('a student’s own page, in a browser', () => {
  let service: Service;
  let room: Classroom;
  let visitors: Visitors;

  beforeAll(async () => {
    service = await Service.start({ atPublicUrl: true });
    room = await classroom(service, 'Algebra I');
    visitors = await Visitors.of(service);
  }, 60_000);
  afterEach(() => visitors.leave());
  afterAll(async () => {
    await visitors.close();
    await service.close();
  });

  /** A new student with a browser, signed in. */
  async function student(name = 'Ayu Wulandari'): Promise<{ id: string; visitor: Visitor; page: Page }> {
    const id = await service.createUser(name);
    const visitor = await visitors.open(await service.token(id));
    return { id, visitor, page: visitor.page };
  }

  const row = (page: Page, course = 'Algebra I') => page.getByRole('listitem').filter({ hasText: course });

  /** Marks the page; the mark is gone when it is loaded again. */
  const mark = (page: Page) => page.evaluate('window.loadedOnce = true');
  const isMarked = (page: Page) => page.evaluate<boolean>('window.loadedOnce === true');

  it('links an account through the consent page and sees "In the server" appear; leaves, and comes back', async () => {
    const { id, page } = await student();
    const { id: account } = await service.discord.createUser('ayu.w');
    await service.enroll(id, room.courseId);
    await page.goto('/me');
    await row(page).getByText('Not connected').waitFor();
    await tabTo(page, page.getByRole('button', { name: 'Connect Discord' }));
    await page.keyboard.press('Enter');

    await page.getByRole('heading', { name: /would like to/ }).waitFor();
    await page.getByRole('radio', { name: /ayu\.w/ }).check();
    await page.getByRole('button', { name: 'Authorize' }).click();
    await page.waitForURL(`${service.url}/me`);
    await page.getByText('Discord is connected.').waitFor();
    await mark(page);
    await row(page).getByText('In the server').waitFor();
    expect((await service.discord.member(room.guildId, account))?.roles).toEqual([room.roleId]);

    await service.discord.leave(room.guildId, account);
    await row(page).getByText('You left Algebra I server.').waitFor();
    await row(page).getByRole('button', { name: 'Come back' }).click();
    await row(page).getByText('In the server').waitFor();
    expect(await isMarked(page)).toBe(true);

    await page.getByText('What happened').click();
    for (const sentence of [
      'You connected your Discord account.',
      'You were enrolled in Algebra I.',
      'You left Algebra I server.',
    ])
      await page.getByText(sentence).first().waitFor();
    await page.getByText('You were added to Algebra I server.').nth(1).waitFor();
  }, 90_000);

  it('gives only their name, and comes in by an invite that opens beside the page', async () => {
    const { id, page, visitor } = await student();
    await service.discord.createUser('budi.s');
    await service.enroll(id, room.courseId);
    await page.goto('/me');
    await page.getByRole('radio', { name: /use an invite/ }).check();
    await page.getByText('Add you to servers').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Connect Discord' }).click();
    await page.getByRole('radio', { name: /budi\.s/ }).check();
    await page.getByRole('button', { name: 'Authorize' }).click();
    await page.waitForURL(`${service.url}/me`);
    await mark(page);
    const open = row(page).getByRole('link', { name: 'Open invite' });
    await open.waitFor();

    // Somebody deletes it in Discord: another is asked for by one press.
    const code = (await open.getAttribute('href'))!.split('/').at(-1)!;
    await fetch(`${service.sandbox.url}/api/v10/invites/${code}`, {
      method: 'DELETE',
      headers: { authorization: `Bot ${service.sandbox.application.botToken}` },
    });
    await row(page).getByText('Invite expired').waitFor();
    await row(page).getByRole('button', { name: 'Get a new invite' }).click();
    await open.waitFor();
    expect(await open.getAttribute('href')).not.toContain(code);
    const [opened] = await Promise.all([visitor.context.waitForEvent('page'), open.click()]);
    await opened.getByRole('radio', { name: /budi\.s/ }).check();
    await opened.getByRole('button', { name: 'Accept invite' }).click();
    await row(page).getByText('you came by your invite').waitFor();
    expect(await isMarked(page)).toBe(true);
  }, 90_000);

  it('is told that something was refused also when the refusal takes its button away', async () => {
    const { userId: id, account } = await service.joined('Ayu Wulandari', room.courseId);
    const { page } = await visitors.open(await service.token(id));
    await service.discord.leave(room.guildId, account);
    await service.reaches(id, room.courseId, 'left', 'LEFT_BY_CHOICE');
    // What happens meanwhile does not reach the page.
    await page.routeWebSocket(/\/graphql$/, (socket) => void socket.close({ code: 4999 }));
    await page.goto('/me');
    const comeBack = row(page).getByRole('button', { name: 'Come back' });
    await comeBack.waitFor();
    await service.query(
      room.instructorToken,
      'mutation ($userId: UUID!, $courseId: UUID!) { removeStudent(userId: $userId, courseId: $courseId) { id } }',
      { userId: id, courseId: room.courseId },
    );
    await page.getByText('What happened').click();
    await page.getByText('You left Algebra I server.').nth(1).waitFor();
    // One answer of those that are waited for comes after the one that takes the button away.
    await page.route('**/graphql', async (route) => {
      if (route.request().postData()?.includes('query MyLog')) await comeBack.waitFor({ state: 'detached' });
      await route.continue();
    });
    await comeBack.click();
    await row(page).getByText('Staff removed you').waitFor();
    await page.getByRole('button', { name: 'Close' }).waitFor();
  }, 60_000);

  it('is told what happened while the connection was lost, and that it was', async () => {
    const { userId: id, account } = await service.joined('Ayu Wulandari', room.courseId);
    const visitor = await visitors.open(await service.token(id));
    const { page } = visitor;
    const line = await visitor.line();
    await page.goto('/me');
    await row(page).getByText('In the server').waitFor();
    await mark(page);
    await line.cut();
    await page.getByText('No connection.').waitFor();
    await service.discord.leave(room.guildId, account);
    await service.reaches(id, room.courseId, 'left', 'LEFT_BY_CHOICE');
    line.mend();
    await row(page).getByText('You left Algebra I server.').waitFor();
    await page.getByText('No connection.').waitFor({ state: 'detached' });
    expect(await isMarked(page)).toBe(true);
  }, 90_000);

  it('takes their data along, allows messages, disconnects and erases, each after hearing what it does', async () => {
    const { userId: id, account } = await service.joined('Ayu Wulandari', room.courseId);
    const { page } = await visitors.open(await service.token(id));
    await page.goto('/me');
    const messages = page.getByRole('switch', { name: 'Direct messages from the bot' });
    await messages.click();
    const allowed = page.getByRole('switch', { name: 'Direct messages from the bot', checked: true });
    await allowed.waitFor();
    await eventually(async () => {
      expect(
        await service.sql('SELECT FROM discord_user_settings WHERE user_id = $1 AND direct_messages', [id]),
      ).toHaveLength(1);
    });
    await page.reload();
    await allowed.waitFor();

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download my data' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('my-discord-data.json');
    const data = JSON.parse(await readFile(await download.path(), 'utf8')) as object;
    expect(data).toMatchObject({ user_id: id, connection: { discord_user_id: account } });

    await page.getByRole('button', { name: 'Options of the Discord account' }).click();
    await page.getByRole('menuitem', { name: 'Disconnect …' }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText('You are taken out of Algebra I server or lose the student role there').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Options of the Discord account' }).click();
    await page.getByRole('menuitem', { name: 'Disconnect …' }).click();
    await dialog.getByRole('button', { name: 'Disconnect' }).click();
    await page.getByRole('heading', { name: 'Connect Discord' }).waitFor();
    await row(page).getByText('Not connected').waitFor();
    expect(await service.discord.member(room.guildId, account)).toBeUndefined();

    await page.getByRole('button', { name: 'Erase my data …' }).click();
    await dialog.getByText('You are in no course server now').waitFor();
    await dialog.getByRole('button', { name: 'Erase' }).click();
    await page.getByText('Your Discord data is being erased.').waitFor();
    expect(await service.sql('SELECT FROM user_discord_connections WHERE user_id = $1', [id])).toEqual([]);
  }, 90_000);

  it('says what went wrong at Discord, and mends a connection that Discord no longer accepts', async () => {
    const { id, page } = await student('Citra Lestari');
    const account = await service.link(id);
    const { page: other } = await student('Somebody Else');
    await other.goto('/me');
    await other.getByRole('button', { name: 'Connect Discord' }).click();
    await other.getByRole('button', { name: 'Cancel' }).click();
    await other.getByText('You cancelled at Discord').waitFor();
    await other.getByRole('button', { name: 'Connect Discord' }).click();
    await other.getByRole('radio', { name: new RegExp(`person.${id.slice(0, 8)}`) }).check();
    await other.getByRole('button', { name: 'Authorize' }).click();
    await other.getByText('already connected to another Anycademy account').waitFor();
    expect(new URL(other.url()).search).toBe('');

    await service.sql(
      'UPDATE user_discord_connections SET is_verified = false, access_token = NULL, refresh_token = NULL WHERE user_id = $1',
      [id],
    );
    await service.enroll(id, room.courseId);
    await page.goto('/me');
    await page.getByText('Discord no longer accepts our link to your account.').waitFor();
    await row(page).getByText('Invite ready').waitFor();
    await page.getByRole('button', { name: 'Reconnect' }).click();
    await page.getByRole('radio', { name: new RegExp(`person.${id.slice(0, 8)}`) }).check();
    await page.getByRole('button', { name: 'Authorize' }).click();
    await row(page).getByText('In the server').waitFor();
    expect((await service.discord.member(room.guildId, account))?.roles).toEqual([room.roleId]);
  }, 90_000);

  it('opens the link of a course without a bot on the click itself, which is counted', async () => {
    const { id, page, visitor } = await student();
    const { id: owner } = await service.discord.createUser('link.owner');
    const guild = await service.discord.createGuild('Reading circle', owner);
    const { code } = await service.discord.createInvite(guild.generalChannelId, owner);
    const courseId = await service.createCourse('Reading', room.instructorId);
    await service.query(
      room.instructorToken,
      'mutation ($courseId: UUID!, $link: String!) { setCourseDiscordLink(courseId: $courseId, inviteLink: $link) { id } }',
      { courseId, link: `${service.config.discord.inviteUrl}/${code}` },
    );
    await service.enroll(id, courseId);
    await service.enroll(id, await service.createCourse('Writing', room.instructorId));
    await page.goto('/me');
    await row(page, 'Writing').getByText('No server yet').waitFor();
    const join = row(page, 'Reading').getByRole('link', { name: 'Join via link' });
    const [opened] = await Promise.all([visitor.context.waitForEvent('page'), join.click()]);
    await opened.getByRole('button', { name: 'Accept invite' }).waitFor();
    await page.getByText('What happened').click();
    await page.getByText('You pressed Join for Reading.').waitFor();
  }, 60_000);

  it('is free of barriers in both languages and themes, wide and narrow: before connecting, in every state, in a dialog', async () => {
    const { visitor } = await student();
    const empty = await visitor.barriersInEveryLook('me-not-connected', '/me', (page) =>
      page.getByRole('button', { name: /Connect Discord|Hubungkan Discord/ }).waitFor(),
    );
    expect(empty).toEqual([]);

    const { id, visitor: busy } = await student('Dewi Anggraini');
    const account = await service.link(id);
    const others: Classroom[] = [];
    for (const title of ['Statistics', 'Logic', 'Geometry']) others.push(await classroom(service, title));
    for (const { courseId } of [room, ...others]) await service.enroll(id, courseId);
    for (const { courseId } of [room, ...others]) await service.reaches(id, courseId, 'joined', 'ADDED');
    const [left, removed, invited] = others as [Classroom, Classroom, Classroom];
    await service.discord.leave(left.guildId, account);
    await service.unenroll(id, removed.courseId);
    await service.sql(
      `UPDATE discord_memberships SET status = 'invited', reason = 'INVITE_OPEN', invite_link = $3, joined_at = NULL
       WHERE user_id = $1 AND course_id = $2`,
      [id, invited.courseId, `${service.config.discord.inviteUrl}/abc`],
    );
    await service.enroll(id, await service.createCourse('Writing', room.instructorId));
    await service.reaches(id, left.courseId, 'left', 'LEFT_BY_CHOICE');
    await service.reaches(id, removed.courseId, 'removed', 'ENROLLMENT_ENDED');
    const isThere = (shown: Page) => shown.getByRole('link', { name: /Open invite|Buka undangan/ }).waitFor();
    expect(await busy.barriersInEveryLook('me', '/me', isThere)).toEqual([]);
    const inDialog = await busy.barriersInEveryLook('me-disconnect', '/me', async (shown) => {
      await isThere(shown);
      await shown.getByText(/What happened|Apa yang terjadi/).click();
      await shown
        .getByText(/Statistics server\./)
        .first()
        .waitFor();
      await shown.getByRole('button', { name: /Options of|Pilihan akun/ }).click();
      await shown.getByRole('menuitem', { name: /Disconnect|Putuskan/ }).click();
      await shown.getByRole('alertdialog').waitFor();
    });
    expect(inDialog).toEqual([]);
    const inMenu = await busy.barriersInEveryLook('me-menu', '/me', async (shown) => {
      await isThere(shown);
      await shown.getByRole('button', { name: /Dewi Anggraini/ }).click();
      await shown.getByRole('menuitemradio', { name: 'English' }).waitFor();
    });
    expect(inMenu).toEqual([]);
  }, 120_000);
});
