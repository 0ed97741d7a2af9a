import { type Browser, type Page } from 'playwright-core';
import { type ProcessRole } from '../../src/config/config';
import { Service } from '../e2e/support/service';
import { launchBrowser } from '../support/browser';
import { Visitor } from './support/visitor';

/** Everything that the bot asks for, without Manage Roles. */
const WITHOUT_MANAGE_ROLES = String(268438659n & ~(1n << 28n));

describe('an instructor sets up a server, in a browser', () => {
  let service: Service;
  let browser: Browser;
  const visitors: Visitor[] = [];

  beforeAll(async () => {
    service = await Service.start({
      atPublicUrl: true,
      config: { roles: new Set<ProcessRole>(['api', 'worker', 'bot']) },
    });
    browser = await launchBrowser();
  }, 60_000);
  afterEach(async () => {
    for (const visitor of visitors.splice(0)) {
      expect(visitor.mistakes).toEqual([]);
      await visitor.close();
    }
  });
  afterAll(async () => {
    await browser.close();
    await service.close();
  });

  /** A new instructor with a course, signed in. */
  async function instructor(title: string): Promise<{ id: string; courseId: string; visitor: Visitor; page: Page }> {
    const id = await service.createUser('Rina Hartono', 'instructor');
    const courseId = await service.createCourse(title, id);
    const visitor = await Visitor.open(browser, service);
    visitors.push(visitor);
    await visitor.signIn(await service.token(id, 'instructor'));
    return { id, courseId, visitor, page: visitor.page };
  }

  it('from nothing: connects, adds the bot, watches a check turn red and green, saves, and everybody comes in', async () => {
    const { courseId, visitor, page } = await instructor('Algebra I');
    const { id: account } = await service.discord.createUser('rina.h');
    const guild = await service.discord.createGuild('Faculty of Mathematics', account);
    await service.discord.createGuild('Chess club', account);
    const students: string[] = [];
    for (const name of ['Ayu', 'Budi']) {
      const student = await service.createUser(name);
      await service.link(student);
      await service.enroll(student, courseId);
      students.push(student);
    }

    await page.goto('/courses');
    await page.getByText('No server yet').waitFor();
    await page.getByRole('link', { name: 'Set up Algebra I' }).click();
    await page.getByRole('button', { name: 'Connect Discord' }).click();
    await page.getByRole('radio', { name: /rina\.h/ }).check();
    await page.getByRole('button', { name: 'Authorize' }).click();
    await page.waitForURL(`${service.url}/courses/${courseId}/discord`);

    await page.getByRole('radio', { name: 'Chess club' }).waitFor();
    await page.getByRole('searchbox', { name: 'Search servers' }).fill('math');
    await page.getByRole('radio', { name: 'Chess club' }).waitFor({ state: 'detached' });
    await page.getByRole('radio', { name: 'Faculty of Mathematics' }).click();
    const add = page.getByRole('link', { name: 'Add the bot' });
    await add.waitFor();
    const [dialog] = await Promise.all([visitor.context.waitForEvent('page'), add.click()]);
    await dialog.getByRole('radio', { name: /rina\.h/ }).check();
    await dialog.getByRole('button', { name: 'Authorize' }).click();
    await page.getByText('Added', { exact: true }).waitFor();

    await page.getByRole('button', { name: 'Let the bot make a role' }).click();
    await page.getByRole('textbox', { name: 'Name of a new role' }).fill('Algebra student');
    await page.getByRole('button', { name: 'Let the bot make it' }).click();
    await page.getByText('The role “Algebra student” was made.').waitFor();
    await page.getByText('Everything is in place').waitFor();

    await service.discord.addBot(guild.id, { permissions: WITHOUT_MANAGE_ROLES });
    await page.getByText('The bot lacks “Manage Roles”').waitFor();
    const save = page.getByRole('button', { name: 'Save and bring 2 students in' });
    expect(await save.isDisabled()).toBe(true);
    await service.discord.addBot(guild.id);
    await page.getByText('Everything is in place').waitFor();

    await page.getByRole('radio', { name: 'Take the role' }).click();
    await page.getByText('he loses the student role Friday 10:00 and stays a member').waitFor();
    await page.getByRole('radio', { name: 'Remove from the server' }).click();
    await page.getByRole('spinbutton', { name: 'After how many hours' }).fill('24');
    await page.getByText('Budi’s access ends Friday 10:00 → he is removed Saturday 10:00.').waitFor();
    await page.getByRole('textbox', { name: 'Welcome message' }).fill('Welcome {student} to {course} in {server}!');
    await page.getByText('Welcome Ayu W. to Algebra I in Faculty of Mathematics!').waitFor();
    await save.click();
    await page.getByText('The server is connected.').waitFor();
    await page.getByText('In step.').waitFor();
    await page.getByText('2 of 2 in the server').waitFor();
    for (const student of students) await service.reaches(student, courseId, 'joined', 'ADDED');
    expect(
      await service.sql(
        'SELECT removal_policy, removal_grace_hours, welcome_message FROM discord_server_configs WHERE course_id = $1',
        [courseId],
      ),
    ).toEqual([
      {
        removal_policy: 'KICK',
        removal_grace_hours: 24,
        welcome_message: 'Welcome {student} to {course} in {server}!',
      },
    ]);

    // The bot hears at once that something was taken from it, and that it is back.
    await service.discord.addBot(guild.id, { permissions: WITHOUT_MANAGE_ROLES });
    await page.getByText('The server needs mending.').waitFor();
    await page.getByText('The bot lacks “Manage Roles”').waitFor();
    await service.discord.addBot(guild.id);
    await page.getByText('In step.').waitFor();
  }, 120_000);

  it('without the bot: a link, whether it works, who pressed Join, and the tick that they are in; then the next stage', async () => {
    const { courseId, page } = await instructor('Reading');
    const { id: owner } = await service.discord.createUser('link.owner');
    const guild = await service.discord.createGuild('Reading circle', owner);
    const { code } = await service.discord.createInvite(guild.generalChannelId, owner);
    await page.goto(`/courses/${courseId}/discord`);
    await page.getByRole('button', { name: 'Use an invite link' }).click();
    await page
      .getByRole('textbox', { name: 'Discord invite link' })
      .fill(`${service.config.discord.inviteUrl}/${code}`);
    await page.getByRole('button', { name: 'Save link' }).click();
    await page.getByText('Works', { exact: true }).waitFor();
    await page.getByText('Reading circle').waitFor();
    await page.getByText('Nobody has pressed Join yet.').waitFor();

    const ayu = await service.createUser('Ayu Wulandari');
    await service.enroll(ayu, courseId);
    await service.query(
      await service.token(ayu),
      'mutation ($courseId: UUID!) { joinCourseDiscord(courseId: $courseId) { url } }',
      { courseId },
    );
    await page.reload();
    await page.getByText('1 press on Join by 1 student').waitFor();
    const tick = page.getByRole('checkbox', { name: 'Ayu Wulandari is in the server' });
    // It shows what the service has stored, a moment later.
    await tick.click();
    await page.getByRole('checkbox', { name: 'Ayu Wulandari is in the server', checked: true }).waitFor();
    await page.reload();
    await page.getByRole('checkbox', { name: 'Ayu Wulandari is in the server', checked: true }).waitFor();

    // Past both targets: every student pressed Join, and more than a third of the instructors have a link.
    await page.getByText('This course is ready for an automatic server.').waitFor();
    await page.getByRole('button', { name: 'Connect a server' }).first().click();
    await page.getByRole('heading', { name: 'Connect a Discord server' }).waitFor();
    await page.getByText('What happened in this course').waitFor({ state: 'detached' });
    await page.getByRole('tab', { name: 'Log' }).click();
    await page.getByText('Ayu Wulandari pressed Join.').waitFor();
  }, 90_000);

  it('is free of barriers in both languages and themes, wide and narrow: the courses, the set-up, the link', async () => {
    const { id, courseId, visitor } = await instructor('Algebra II');
    const account = await service.link(id, { role: 'instructor', servers: true });
    const guild = await service.discord.createGuild('Faculty of Algebra', account);
    await service.discord.addBot(guild.id, { permissions: WITHOUT_MANAGE_ROLES });
    await service.createCourse('Writing', id);
    expect(
      await visitor.barriersInEveryLook('courses', '/courses', (page) => page.getByText('Algebra II').waitFor()),
    ).toEqual([]);
    expect(
      await visitor.barriersInEveryLook('course-setup', `/courses/${courseId}/discord`, async (page) => {
        await page.getByRole('radio', { name: 'Faculty of Algebra' }).click();
        await page.getByText(/“Manage Roles”/).waitFor();
        await page.getByRole('textbox', { name: /Welcome message|Pesan sambutan/ }).fill('{student}!');
      }),
    ).toEqual([]);
    expect(
      await visitor.barriersInEveryLook('course-link', `/courses/${courseId}/discord`, async (page) => {
        await page.getByRole('button', { name: /Use an invite link|Pakai tautan/ }).click();
        await page.getByRole('textbox', { name: /invite link|Tautan undangan/ }).waitFor();
      }),
    ).toEqual([]);
  }, 120_000);
});
