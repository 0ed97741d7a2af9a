import { readFile } from 'node:fs/promises';
import { type Page } from 'playwright-core';
import { Receiver } from '../e2e/support/receiver';
import { type Classroom, classroom, eventually, Service } from '../e2e/support/service';
import { tabTo } from '../support/browser';
import { type Visitor, Visitors } from './support/visitor';

const PATIENCE = 40_000;

describe('the admin’s pages, in a browser', () => {
  let service: Service;
  let algebra: Classroom;
  let statistics: Classroom;
  let adminToken: string;
  let visitors: Visitors;
  let visitor: Visitor;
  let page: Page;

  beforeAll(async () => {
    service = await Service.start({ atPublicUrl: true });
    algebra = await classroom(service, 'Algebra I');
    statistics = await classroom(service, 'Statistics');
    adminToken = await service.token(await service.createUser('Amira Admin', 'admin'), 'admin');
    await member('Gita Maharani');
    visitors = await Visitors.of(service);
  }, 60_000);
  beforeEach(async () => {
    visitor = await visitors.open(adminToken);
    page = visitor.page;
  });
  afterEach(() => visitors.leave());
  afterAll(async () => {
    await visitors.close();
    await service.close();
  });

  /** Somebody who is in the server of a course. */
  const member = (name: string, { courseId } = algebra) => service.joined(name, courseId, PATIENCE);

  const stream = () => page.getByRole('region', { name: 'As it happens' });
  const change = (name: string, state: string) =>
    stream().getByRole('listitem').filter({ hasText: name }).filter({ hasText: state });
  const heading = (name: string) => page.getByRole('heading', { name, level: 1 }).waitFor();

  it('says what is wrong, in whose server, and that it is mended, without being loaded again', async () => {
    const geometry = await classroom(service, 'Geometry');
    await page.goto('/');
    await page.waitForURL('**/admin');
    await heading('Overview');
    const trouble = page.getByRole('region', { name: 'Servers in trouble' });
    await page.getByText('Connected students').waitFor();
    expect(await trouble.count()).toBe(0);

    await service.discord.removeBot(geometry.guildId);
    await page.getByText('1 server cannot be served until it is mended.').waitFor({ timeout: PATIENCE });
    await trouble.getByRole('link', { name: 'Geometry' }).waitFor();
    await trouble.getByText('Bot is not there').waitFor();
    await page.getByRole('link', { name: /^Look: 1 server/ }).click();
    await heading('Servers');
    await page.getByText('1 course with a server').waitFor();

    await page.goBack();
    await trouble.waitFor();
    await service.discord.addBot(geometry.guildId);
    await trouble.waitFor({ state: 'detached', timeout: PATIENCE });
  }, 120_000);

  it('shows a change as it happens, none of them twice or never after a pause and a lost connection, and filters', async () => {
    const ayu = await member('Ayu Wulandari');
    const line = await visitor.line();
    await page.goto('/admin');
    // What was before is there at once; then what comes.
    await change('Ayu Wulandari', 'In the server').waitFor();
    await service.discord.leave(algebra.guildId, ayu.account);
    await change('Ayu Wulandari', 'Left').waitFor();

    await stream().getByRole('button', { name: 'Pause' }).click();
    await stream().getByText('Paused.').waitFor();
    await member('Budi Santoso', statistics);
    await stream().getByRole('button', { name: 'Resume' }).click();
    await change('Budi Santoso', 'In the server').waitFor();

    await line.cut();
    await page.getByText('No connection.').waitFor();
    await member('Citra Lestari');
    line.mend();
    await change('Citra Lestari', 'In the server').waitFor();
    const told = await service.sql(
      `SELECT seq FROM discord_log WHERE membership_id IS NOT NULL ORDER BY seq DESC LIMIT 100`,
    );
    await eventually(async () => expect(await stream().getByRole('listitem').count()).toBe(told.length), PATIENCE);

    await stream().getByLabel('Course').selectOption('Statistics');
    await change('Ayu Wulandari', 'Left').waitFor({ state: 'detached' });
    await change('Budi Santoso', 'In the server').waitFor();
    await stream().getByLabel('Course').selectOption('');
    await stream().getByLabel('State').selectOption('Left');
    await change('Ayu Wulandari', 'Left').waitFor();
    expect(await stream().getByRole('listitem').count()).toBe(1);
    await stream().getByLabel('Server').selectOption('Statistics server');
    await stream().getByText('Nothing of the latest changes fits these filters.').waitFor();
  }, 120_000);

  it('draws figures from zero, tells each point by keyboard, and shows them as a table', async () => {
    await member('Dewi Anggraini');
    await page.goto('/admin');
    const funnel = page.getByRole('region', { name: 'From enrolled to still there' });
    await funnel.getByRole('listitem').filter({ hasText: 'Connected Discord' }).getByText(/·/).waitFor();

    const chart = page.getByRole('slider', { name: 'Joins and leaves' });
    await tabTo(page, chart);
    const [row] = await service.sql<{ joined: string }>(
      `SELECT count(*)::text AS joined FROM discord_log WHERE new_status = 'joined' AND previous_status IS DISTINCT FROM 'joined'`,
    );
    const today = await chart.getAttribute('aria-valuetext');
    expect(today).toContain(`In ${row!.joined},`);
    await page.keyboard.press('ArrowLeft');
    const before = await chart.getAttribute('aria-valuetext');
    expect(before).toContain('In 0, Left 0, Removed 0');
    expect(before).not.toBe(today);
    await page.keyboard.press('Home');
    expect(await chart.getAttribute('aria-valuenow')).toBe('0');

    await page.getByRole('button', { name: 'Joins and leaves: as a table' }).click();
    const table = page.getByRole('table', { name: 'Joins and leaves' });
    await table.waitFor();
    expect(await table.getByRole('row').count()).toBe(31);
    expect(await table.getByRole('row').nth(1).getByRole('cell').nth(1).textContent()).toBe(row!.joined);
    await page.getByRole('button', { name: '7 days' }).click();
    await eventually(async () => expect(await table.getByRole('row').count()).toBe(8));
    await page
      .getByRole('table', { name: 'Targets' })
      .getByRole('row', { name: /Connection rate/ })
      .waitFor();
  }, 60_000);

  it('finds every pair of course and server, and leads to its settings', async () => {
    await page.goto('/admin/servers');
    await page.getByRole('link', { name: 'Algebra I' }).waitFor();
    await page.getByLabel(/^Search/).fill('statis');
    await page.getByRole('link', { name: 'Algebra I' }).waitFor({ state: 'detached' });
    const link = page.getByRole('link', { name: 'Statistics', exact: true });
    expect(await link.getAttribute('href')).toBe(`/courses/${statistics.courseId}/discord`);
    await page.getByLabel(/^Search/).fill('no such thing');
    await page.getByText('Nothing fits.').waitFor();
    await page.getByLabel(/^Search/).fill(algebra.guildId);
    await page.getByRole('link', { name: 'Algebra I' }).waitFor();
  }, 60_000);

  it('finds somebody by name or id, tells why they are not in, and brings them back', async () => {
    const { userId: id, account } = await member('Eka Putri');
    await member('Eka Saputra', statistics);
    await service.discord.leave(algebra.guildId, account);
    await service.reaches(id, algebra.courseId, 'left', 'LEFT_BY_CHOICE', PATIENCE);
    await page.goto('/admin/people');
    await page.getByText('Find somebody.').waitFor();
    const search = page.getByRole('searchbox');
    await search.fill('eka');
    await page.getByText('2 people').waitFor();
    await page.getByRole('link', { name: /Eka Putri/ }).click();
    await page.getByRole('heading', { name: 'Eka Putri' }).waitFor();
    for (const wanted of [id, account, `person.${id.slice(0, 8)}`]) {
      await search.fill('nobody of that name');
      await page.getByText('Nobody is found.').waitFor();
      await search.fill(wanted);
      await page.getByRole('heading', { name: 'Eka Putri' }).waitFor();
    }
    const place = page.getByRole('listitem').filter({ hasText: 'Algebra I server' });
    const why = place.getByText('They left Algebra I server');
    await why.waitFor();
    expect((await why.textContent())?.split('Algebra I server')).toHaveLength(2);
    await place.getByRole('button', { name: 'Invite again' }).click();
    await page.getByText('Eka Putri is invited to Algebra I again.').waitFor();
    await place.getByText('In the server').waitFor();
    expect(await service.discord.member(algebra.guildId, account)).toBeDefined();
    const history = page.getByRole('region', { name: 'What happened' });
    await history.getByText('Left', { exact: true }).waitFor();
    await history.getByText('Amira Admin').first().waitFor();
    await history.getByRole('link', { name: 'In the log' }).click();
    await heading('Log');
    expect(await page.getByLabel('Id of a person').inputValue()).toBe(id);
  }, 120_000);

  it('searches the log, and takes what was found along as a file that no spreadsheet runs', async () => {
    const { userId: id } = await member('=HYPERLINK("x"), "Fajar"');
    await page.goto('/admin/log');
    await page.getByRole('table', { name: 'Log' }).waitFor();
    await page.getByLabel('Id of a person').fill(id);
    await page.getByLabel('What').selectOption('Added to the server');
    const rows = page.getByRole('table', { name: 'Log' }).getByRole('row');
    await eventually(async () => expect(await rows.count()).toBe(2), PATIENCE);
    await rows.nth(1).getByText('Algebra I', { exact: true }).waitFor();

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download as CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^discord-log-\d{4}-\d\d-\d\d\.csv$/);
    const [names, line, end] = (await readFile(await download.path(), 'utf8')).split('\r\n');
    expect(names).toBe(
      '\uFEFFtime,action,status,student,student_id,course,course_id,server,server_id,by,by_id,error,details,seq',
    );
    expect(line).toContain(
      `,ADD,SUCCESS,"'=HYPERLINK(""x""), ""Fajar""",${id},Algebra I,${algebra.courseId},Algebra I server,${algebra.guildId},`,
    );
    expect(end).toBe('');

    await page.getByLabel('Id of a person').fill('Fajar');
    await page.getByText('This is not an id.').waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByLabel('Until').fill('2020-01-01');
    await page.getByText('Nothing was written down that fits.').waitFor();
  }, 60_000);

  it('keeps every word of what is looked for, however fast it is written and chosen, and the address says it', async () => {
    await page.goto('/admin/log?status=SUCCESS');
    const person = page.getByLabel('Id of a person');
    await person.pressSequentially('az');
    await person.press('ArrowLeft');
    await person.pressSequentially('bcdefghijklmnopqrstuvwxy', { delay: 5 });
    const alphabet = 'abcdefghijklmnopqrstuvwxyz';
    expect(await person.inputValue()).toBe(alphabet);
    await page.waitForURL(`**/admin/log?status=SUCCESS&person=${alphabet}`);
    expect(await person.inputValue()).toBe(alphabet);

    // Two changes before the page has drawn the first.
    await page.evaluate(`for (const [label, value, event] of [['Id of a person', 'Fajar', 'input'], ['What', 'ADD', 'change']]) {
      const { htmlFor } = [...document.querySelectorAll('label')].find(({ textContent }) => textContent === label);
      const field = document.getElementById(htmlFor);
      Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), 'value').set.call(field, value);
      field.dispatchEvent(new Event(event, { bubbles: true }));
    }`);
    await page.waitForURL('**/admin/log?status=SUCCESS&person=Fajar&action=ADD');
    expect(await person.inputValue()).toBe('Fajar');
    expect(await page.getByLabel('What').inputValue()).toBe('ADD');

    await page.getByRole('link', { name: 'Log', exact: true }).click();
    await page.waitForURL('**/admin/log');
    await eventually(async () => expect(await person.inputValue()).toBe(''), PATIENCE);
    await page.goBack();
    await eventually(async () => expect(await person.inputValue()).toBe('Fajar'), PATIENCE);
  }, 60_000);

  it('decides about removals that a sync holds, and has the platform told again what was given up', async () => {
    const receiver = await Receiver.start();
    await page.goto('/admin/work');
    await page.getByText('Nobody is told of changes.').waitFor();
    await page.getByLabel(/^Address that is told/).fill(receiver.url);
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByText(/whsec_/).waitFor();
    const logic = await classroom(service, 'Logic');
    const crowd = await service.students(6);
    for (const { userId } of crowd) await service.enroll(userId, logic.courseId);
    for (const { userId } of crowd) await service.reaches(userId, logic.courseId, 'joined', 'ADDED', PATIENCE);
    await service.sql('DELETE FROM course_enrollments WHERE course_id = $1', [logic.courseId]);
    for (const { userId } of crowd) await service.reaches(userId, logic.courseId, 'joined', 'REMOVAL_HELD', PATIENCE);

    await page.goto('/admin');
    await page.getByText('1 run holds removals until somebody decides.').waitFor();
    await page.getByRole('link', { name: /^Look: 1 run/ }).click();
    const run = page.getByRole('row').filter({ hasText: 'Logic server' }).filter({ hasText: 'Waits for a decision' });
    await run.getByRole('button', { name: 'Remove them' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove them' }).click();
    await page.getByText('Decided.').waitFor();
    for (const { userId } of crowd)
      await service.reaches(userId, logic.courseId, 'removed', 'ENROLLMENT_ENDED', PATIENCE);
    await run.waitFor({ state: 'detached' });

    const webhooks = page.getByRole('region', { name: 'Webhooks', exact: true });
    await webhooks.getByRole('cell', { name: 'Delivered' }).first().waitFor();
    await service.sql(
      `UPDATE discord_webhook_deliveries SET status = 'failed', last_error = 'The endpoint answered 500.', finished_at = now()
       WHERE id = (SELECT id FROM discord_webhook_deliveries WHERE status = 'delivered' ORDER BY seq DESC LIMIT 1)`,
    );
    await webhooks.getByLabel('State').selectOption('Given up');
    await webhooks.getByText('The endpoint answered 500.').waitFor();
    await webhooks.getByRole('button', { name: 'Tell again what was given up' }).click();
    await page.getByText('1 delivery is tried again.').waitFor();
    await webhooks.getByText('0 given up this month').waitFor();
    await webhooks.getByRole('button', { name: `Options of ${receiver.url}` }).click();
    await page.getByRole('menuitem', { name: 'Switch off' }).click();
    await webhooks.getByText('Switched off').waitFor();
    await receiver.close();

    const stop = (checked: boolean) => page.getByRole('switch', { name: 'Remove nobody, in no server', checked });
    await stop(false).click();
    await stop(true).waitFor();
    await page.goto(`/courses/${logic.courseId}/discord`);
    await page.getByText('An admin has stopped removals in all servers').waitFor();
    await page.goto('/admin');
    await page.getByRole('link', { name: /^Look: The stop switch is on for all servers/ }).click();
    await stop(true).click();
    await stop(false).waitFor();
  }, 180_000);

  it('is not for instructors', async () => {
    await visitor.signIn(algebra.instructorToken);
    await page.goto('/admin');
    await page.getByText('This page is not for you.').waitFor();
  });

  it('says when the service cannot be reached, and goes on when it can', async () => {
    await page.goto('/admin/servers');
    await page.getByRole('link', { name: 'Algebra I' }).waitFor();
    await page.route('**/graphql', (route) => route.abort());
    await page.getByLabel(/^Search/).fill('statistics');
    await page.getByRole('alert').getByText('No connection.').waitFor();
    await page.unroute('**/graphql');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('link', { name: 'Statistics', exact: true }).waitFor();
  }, 60_000);

  it.each([
    ['admin', '/admin', (shown: Page) => shown.getByRole('slider').nth(3).waitFor()],
    ['admin-servers', '/admin/servers', (shown: Page) => shown.getByRole('link', { name: 'Algebra I' }).waitFor()],
    ['admin-people', '/admin/people', (shown: Page) => shown.getByRole('searchbox').waitFor()],
    [
      'admin-person',
      '/admin/people?q=gita',
      (shown: Page) => shown.getByRole('heading', { name: 'Gita Maharani' }).waitFor(),
    ],
    ['admin-log', '/admin/log', (shown: Page) => shown.getByRole('table').waitFor()],
    ['admin-work', '/admin/work', (shown: Page) => shown.getByRole('textbox').waitFor()],
  ] as const)(
    '%s is free of barriers in both languages and themes, wide and narrow',
    async (name, path, isThere) => {
      expect(await visitor.barriersInEveryLook(name, path, isThere)).toEqual([]);
    },
    120_000,
  );
});
