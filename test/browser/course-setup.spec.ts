import { type Page } from 'playwright-core';
import { type ProcessRole } from '../../src/config/config';
import { Service } from '../e2e/support/service';
import { type Look, type Visitor, Visitors } from './support/visitor';

/** Everything that the bot asks for, without Manage Roles. */
const WITHOUT_MANAGE_ROLES = String(268438659n & ~(1n << 28n));
const CREATE_INVITE = String(1n << 0n);

describe('an instructor sets up a server, in a browser', () => {
  let service: Service;
  let visitors: Visitors;

  beforeAll(async () => {
    service = await Service.start({
      atPublicUrl: true,
      config: { roles: new Set<ProcessRole>(['api', 'worker', 'bot']) },
    });
    visitors = await Visitors.of(service);
  }, 60_000);
  afterEach(() => visitors.leave());
  afterAll(async () => {
    await visitors.close();
    await service.close();
  });

  /** A new instructor with a course, signed in. */
  async function instructor(
    title: string,
    look?: Look,
  ): Promise<{ id: string; courseId: string; visitor: Visitor; page: Page }> {
    const id = await service.createUser('Rina Hartono', 'instructor');
    const courseId = await service.createCourse(title, id);
    const visitor = await visitors.open(await service.token(id, 'instructor'), look);
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

  it('in Indonesian: what is to be mended is said with the names of the role and the channel', async () => {
    const { id, courseId, page } = await instructor('Aljabar I', { language: 'id' });
    const account = await service.link(id, { role: 'instructor', servers: true });
    const guild = await service.discord.createGuild('Fakultas Matematika', account);
    const role = await service.discord.createRole(guild.id, 'Siswa Aljabar');
    await service.discord.addBot(guild.id, { position: 1 });
    await service.discord.overwrite(guild.generalChannelId, [
      { id: guild.id, type: 0, allow: '0', deny: CREATE_INVITE },
    ]);
    await page.goto(`/courses/${courseId}/discord`);
    await page.getByRole('radio', { name: 'Fakultas Matematika' }).click();
    await page.getByText('Bot tidak bisa membuat undangan ke #general. Izinkan “Create Invite” untuk bot').waitFor();
    await page.getByLabel('Peran untuk siswa').selectOption(role.id);
    await page.getByText('Bot ada di bawah “Siswa Aljabar”. Seret peran bot ke atas “Siswa Aljabar”').waitFor();
    expect(await page.getByText('The bot').count()).toBe(0);
    await page.getByRole('button', { name: /Rina Hartono/ }).click();
    await page.getByRole('menuitemradio', { name: 'English' }).click();
    await page.getByText("The bot stands below “Siswa Aljabar”. Drag the bot's role above “Siswa Aljabar”").waitFor();
  }, 60_000);

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
