import { type Page } from 'playwright-core';
import { type ProcessRole } from '../../src/config/config';
import { type Classroom, classroom, configure, Service } from '../e2e/support/service';
import { settledClass } from '../e2e/support/settled-class';
import { FIRST_PAGE, type Visitor, Visitors } from './support/visitor';

interface Student {
  readonly id: string;
  readonly account: string;
  readonly name: string;
}

describe('a course’s page, in a browser', () => {
  let service: Service;
  let visitors: Visitors;

  beforeAll(async () => {
    // Without the sweep of every minute: only what the pages ask for is found.
    service = await Service.start({
      atPublicUrl: true,
      config: { roles: new Set<ProcessRole>(['api', 'worker', 'bot']) },
    });
    await service.goesOnElsewhere();
    visitors = await Visitors.of(service);
  }, 60_000);
  afterEach(() => visitors.leave());
  afterAll(async () => {
    await visitors.close();
    await service.close();
  });

  /** The course's instructor at its page. */
  async function atCourse(room: Classroom): Promise<{ visitor: Visitor; page: Page; path: string }> {
    const visitor = await visitors.open(room.instructorToken);
    const path = `/courses/${room.courseId}/discord`;
    await visitor.page.goto(path);
    return { visitor, page: visitor.page, path };
  }

  /** Students who are in. */
  async function joined(room: Classroom, names: readonly string[]): Promise<Student[]> {
    const students: Student[] = [];
    for (const name of names) {
      const id = await service.createUser(name);
      students.push({ id, name, account: await service.link(id) });
      await service.enroll(id, room.courseId);
    }
    for (const { id } of students) await service.reaches(id, room.courseId, 'joined', 'ADDED');
    await service.rest();
    return students;
  }

  const row = (page: Page, name: string) => page.getByRole('row', { name: new RegExp(name) });
  const options = (page: Page, name: string) => page.getByRole('button', { name: `Options of ${name}` });

  it('shows who is where and why, live; finds, filters, removes, invites again, and tells what happened', async () => {
    const room = await classroom(service, 'Algebra I');
    const [ayu] = (await joined(room, ['Ayu Wulandari'])) as [Student];
    const budi = await service.createUser('Budi Santoso');
    await service.enroll(budi, room.courseId);
    await service.reaches(budi, room.courseId, 'pending', 'ACCOUNT_NOT_LINKED');
    const { page } = await atCourse(room);
    await page.getByText('1 of 2 in the server').waitFor();
    await row(page, 'Ayu Wulandari').getByText('In the server', { exact: true }).filter({ visible: true }).waitFor();
    await row(page, 'Ayu Wulandari')
      .getByText(/^since \d+ \w+$/)
      .filter({ visible: true })
      .waitFor();
    await page.getByRole('button', { name: 'Not linked 1' }).click();
    await row(page, 'Ayu Wulandari').waitFor({ state: 'detached' });
    await row(page, 'Budi Santoso').getByRole('button', { name: 'Copy link' }).waitFor();

    // He connects, and comes in while it is looked at.
    await page.getByRole('button', { name: 'All 2' }).click();
    await service.link(budi);
    await row(page, 'Budi Santoso').getByText('In the server', { exact: true }).filter({ visible: true }).waitFor();
    await page.getByText('2 of 2 in the server').waitFor();

    await page.getByRole('searchbox', { name: 'Search students by name' }).fill('wulan');
    await row(page, 'Budi Santoso').waitFor({ state: 'detached' });
    await page.getByRole('searchbox', { name: 'Search students by name' }).fill('nobody at all');
    await page.getByText('Nobody fits this.').waitFor();
    await page.getByRole('button', { name: 'Show everybody' }).click();

    await options(page, 'Ayu Wulandari').click();
    await page.getByRole('menuitem', { name: 'Remove …' }).click();
    await page.getByRole('textbox', { name: /Why/ }).fill('Asked me to.');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
    await row(page, 'Ayu Wulandari').getByText('Removed', { exact: true }).filter({ visible: true }).waitFor();
    expect(await service.discord.member(room.guildId, ayu.account)).toBeUndefined();
    await options(page, 'Ayu Wulandari').click();
    await page.getByRole('menuitem', { name: 'Invite again' }).click();
    await row(page, 'Ayu Wulandari').getByText('In the server', { exact: true }).filter({ visible: true }).waitFor();
    await options(page, 'Ayu Wulandari').click();
    await page.getByRole('menuitem', { name: 'Why, and what happened' }).click();
    await page.getByText('Staff removed Ayu Wulandari.').waitFor();
    await page.getByText('Ayu Wulandari was added to the server.').first().waitFor();
    await page.getByRole('tab', { name: 'Log' }).click();
    await page.getByText('Staff removed Ayu Wulandari.').waitFor();
    await page.getByText('The course was connected with a server.').waitFor();
  }, 90_000);

  it('shows a sync as a plan before it is done, then its result and what it cost, and takes the removal back', async () => {
    const room = await classroom(service, 'Statistics');
    const [ayu, budi] = (await joined(room, ['Ayu Wulandari', 'Budi Santoso', 'Citra Lestari'])) as [Student, Student];
    const { page } = await atCourse(room);
    await service.unseen(() => service.unenroll(ayu.id, room.courseId));
    await service.discord.gateway(false);
    await service.discord.disconnect({ resumable: true });
    await service.discord.join(room.guildId, budi.account, []);
    await page.getByRole('button', { name: 'Sync …' }).click();
    await page.getByText('1 to remove · 1 role to give').waitFor();
    await page.getByRole('listitem').filter({ hasText: 'Ayu Wulandari' }).getByText('enrollment ended').waitFor();
    expect((await service.discord.member(room.guildId, ayu.account))?.roles).toEqual([room.roleId]);

    await service.discord.faults([
      { method: 'DELETE', route: '/guilds/:id/members/:id', delayMs: 4_000 },
      { method: 'PUT', route: '/guilds/:id/members/:id/roles/:id', delayMs: 4_000 },
    ]);
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('progressbar').waitFor();
    // Once the first of the two is done, it is known how long the other will take.
    await page.getByText(/about \d+ s left/).waitFor();
    await page.getByText('1 role changed · 1 removed. It cost').waitFor();
    await service.discord.noFaults();
    expect(await service.discord.member(room.guildId, ayu.account)).toBeUndefined();
    expect((await service.discord.member(room.guildId, budi.account))?.roles).toEqual([room.roleId]);
    await service.discord.gateway(true);
    await service.listens();

    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Bring back' }).click();
    await page.getByText('1 added').waitFor();
    expect((await service.discord.member(room.guildId, ayu.account))?.roles).toEqual([room.roleId]);
  }, 90_000);

  it('says in the plan who leaves only with an account that they no longer use', async () => {
    const room = await classroom(service, 'Probability');
    const [ayu] = (await joined(room, ['Ayu Wulandari', 'Budi Santoso'])) as [Student, Student];
    const { page } = await atCourse(room);
    const { id } = await service.discord.createUser('another account');
    await service.discord.untold(() => service.discord.join(room.guildId, id, [room.roleId]));
    await service.exchangedUnseen(ayu.id, id);
    await page.getByRole('button', { name: 'Sync …' }).click();
    await page.getByText('1 to remove').first().waitFor();
    const line = page.getByRole('listitem').filter({ hasText: 'Ayu Wulandari' });
    await line.getByText('with an account that they no longer use').waitFor();
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('1 removed. It cost').waitFor();
    expect(await service.discord.member(room.guildId, ayu.account)).toBeUndefined();
    expect((await service.discord.member(room.guildId, id))?.roles).toEqual([room.roleId]);
  }, 90_000);

  it('says in the plan who stays because of another course in the same server', async () => {
    const room = await classroom(service, 'Calculus I');
    const second = await service.createCourse('Calculus II', room.instructorId);
    const role = await service.discord.createRole(room.guildId, 'Calculus II');
    await configure(service, room.instructorToken, {
      courseId: second,
      guildId: room.guildId,
      studentRoleId: role.id,
      inviteChannelId: room.channelId,
    });
    const [ayu, budi] = (await joined(room, ['Ayu Wulandari', 'Budi Santoso'])) as [Student, Student];
    for (const { id } of [ayu, budi]) {
      await service.enroll(id, second);
      await service.reaches(id, second, 'joined');
    }
    await service.rest();
    await service.unenroll(budi.id, room.courseId);
    await service.reaches(budi.id, room.courseId, 'removed', 'STILL_ENROLLED_ELSEWHERE');
    await service.rest();
    await service.unseen(async () => {
      await service.unenroll(ayu.id, room.courseId);
      await service.enroll(budi.id, room.courseId);
    });
    const { page } = await atCourse(room);
    await page.getByRole('button', { name: 'Sync …' }).click();
    await page.getByText('1 role to give · 1 role to take · 1 stays because of Calculus II').waitFor();
    const line = page.getByRole('listitem').filter({ hasText: 'Ayu Wulandari' });
    await line.getByText('stays because of Calculus II').waitFor();
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('2 roles changed. It cost').waitFor();
    expect((await service.discord.member(room.guildId, ayu.account))?.roles).toEqual([role.id]);
  }, 90_000);

  it('keeps held removals on top until somebody decides; whom that removed can be brought back', async () => {
    const room = await classroom(service, 'Biology');
    const names = ['Ayu', 'Budi', 'Citra', 'Dewi', 'Eka'].map((name) => `${name} Held`);
    const students = await joined(room, names);
    const { page } = await atCourse(room);
    await page.getByText('5 of 5 in the server').waitFor();
    await service.sql('DELETE FROM course_enrollments WHERE course_id = $1', [room.courseId]);
    await page.getByText('5 removals wait for your decision.').waitFor();
    await page.getByText('Ayu Held, Budi Held').waitFor();
    await page.getByRole('button', { name: 'Confirm removals …' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove them' }).click();
    await page.getByText('5 removals wait for your decision.').waitFor({ state: 'detached' });
    for (const { id } of students) await service.reaches(id, room.courseId, 'removed', 'ENROLLMENT_ENDED');
    await page.getByRole('tab', { name: 'Log' }).click();
    await page
      .getByRole('row', { name: /5 removed/ })
      .getByRole('button', { name: 'Undo' })
      .click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Bring back' }).click();
    await page.getByText('They are being brought back.').first().waitFor();
    for (const { id } of students) await service.reaches(id, room.courseId, 'joined');
    await page.getByText('5 added').first().waitFor();
  }, 90_000);

  it('stops removals by the switch, keeps other settings, names co-teachers, and disconnects', async () => {
    const room = await classroom(service, 'Logic');
    const [ayu] = (await joined(room, ['Ayu Wulandari', 'Budi Santoso'])) as [Student];
    const sari = await service.createUser('Sari Dewi', 'instructor');
    const { page } = await atCourse(room);
    await page.getByRole('tab', { name: 'Settings' }).click();
    await page.getByRole('switch', { name: 'Stop switch' }).click();
    await page.getByText('The stop switch is on: nobody is removed').waitFor();
    await service.unenroll(ayu.id, room.courseId);
    await service.rest();
    expect((await service.discord.member(room.guildId, ayu.account))?.roles).toEqual([room.roleId]);
    await page.getByRole('switch', { name: 'Stop switch', checked: true }).click();
    await service.reaches(ayu.id, room.courseId, 'removed', 'ENROLLMENT_ENDED');

    const save = page.getByRole('button', { name: 'Save', exact: true });
    expect(await save.isDisabled()).toBe(true);
    await page.getByRole('radio', { name: 'Keep as they are' }).click();
    await save.click();
    await page.getByText('Saved.').waitFor();
    await page.reload();
    await page.getByRole('tab', { name: 'Settings' }).click();
    await page.getByRole('radio', { name: 'Keep as they are', checked: true }).waitFor();

    await page.getByRole('textbox', { name: 'Add by Anycademy user id' }).fill(sari);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('list', { name: 'Co-teachers' }).getByText('Sari Dewi').waitFor();
    const other = await visitors.open(await service.token(sari, 'instructor'));
    await other.page.goto(`/courses/${room.courseId}/discord`);
    await other.page.getByRole('tab', { name: 'Settings' }).click();
    await other.page.getByText('Only the owner of the course chooses co-teachers.').waitFor();

    await page.getByRole('button', { name: 'Disconnect, keep members …' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Disconnect' }).click();
    await page.getByRole('heading', { name: 'Connect a Discord server' }).waitFor();
    expect(await service.sql('SELECT FROM discord_server_configs WHERE id = $1', [room.configId])).toEqual([]);
  }, 90_000);

  it('draws only the rows that are near, of as many as are loaded', async () => {
    const room = await classroom(service, 'Everybody');
    await settledClass(service, room, 450);
    const { page } = await atCourse(room);
    await page.getByText('100 shown').waitFor();
    for (const shown of [200, 300, 400, 450]) {
      await page.getByRole('button', { name: 'Load more' }).click();
      await page.getByText(`${shown} shown`).waitFor();
    }
    const drawn = () => page.getByRole('row').count();
    expect(await drawn()).toBeLessThan(80);
    expect(await page.getByRole('table').getAttribute('aria-rowcount')).toBe('451');
    await page.evaluate('window.scrollTo(0, 0)');
    await page.locator('tr[aria-rowindex="2"]').waitFor();
    expect(await page.locator('tr[aria-rowindex="440"]').count()).toBe(0);
    await page.evaluate('window.scrollTo(0, document.documentElement.scrollHeight)');
    await page.locator('tr[aria-rowindex="451"]').waitFor();
    expect(await drawn()).toBeLessThan(80);
    // The place of the rows that are not drawn, and an open history, leave the columns of a phone as wide as they are.
    await page.setViewportSize({ width: 375, height: 812 });
    await page.evaluate('window.scrollTo(0, 0)');
    const first = page.locator('tr[aria-rowindex="2"]');
    await first.getByRole('button').click();
    await page.getByRole('menuitem', { name: 'Why, and what happened' }).click();
    await page.getByText('Nothing was done yet.').waitFor();
    expect((await first.getByRole('rowheader').boundingBox())?.width).toBeGreaterThan(260);
  }, 90_000);

  it('needs less than 200 KB of compressed JavaScript in all to be set up, and with a server until more is opened', async () => {
    const room = await classroom(service, 'Logic');
    await joined(room, ['Ayu Wulandari']);
    const { visitor, page } = await atCourse(room);
    await row(page, 'Ayu Wulandari').waitFor();
    const first = visitor.scriptBytes;
    await page.getByRole('tab', { name: 'Numbers' }).click();
    await page.getByRole('tabpanel').getByRole('img').first().waitFor();
    expect(visitor.scriptBytes).toBeGreaterThan(first);

    // The page stays when what is opened cannot come.
    await page.route('**/assets/**', (route) => route.abort());
    await page.getByRole('tab', { name: 'Join link' }).click();
    await page.getByRole('alert').getByText('This did not work.').waitFor();
    await page.getByText('1 of 1 in the server').waitFor();
    await page.unroute('**/assets/**');
    await page.getByRole('button', { name: 'Try again' }).click();
    await row(page, 'Ayu Wulandari').waitFor();
    await page.getByRole('tab', { name: 'Join link' }).click();
    await page.getByRole('textbox', { name: 'Discord invite link' }).waitFor();

    const bare = await service.createCourse('Rhetoric', room.instructorId);
    const other = (await atCourse({ ...room, courseId: bare })).visitor;
    await other.page.getByRole('heading', { name: 'Connect a Discord server' }).waitFor();
    expect(first).toBeLessThan(FIRST_PAGE);
    expect(other.scriptBytes).toBeLessThan(FIRST_PAGE);
  }, 60_000);

  it('is free of barriers in both languages and themes, wide and narrow: every view, a plan, a decision', async () => {
    const room = await classroom(service, 'Geometry');
    const students = await joined(
      room,
      ['Ayu', 'Budi', 'Citra', 'Dewi', 'Eka', 'Fajar', 'Gita'].map((name) => `${name} Lestari`),
    );
    const waiting = await service.createUser('Hana Putri');
    await service.enroll(waiting, room.courseId);
    await service.discord.leave(room.guildId, students[0]!.account);
    await service.reaches(students[0]!.id, room.courseId, 'left', 'LEFT_BY_CHOICE');
    await service.unseen(() => service.unenroll(students[1]!.id, room.courseId));
    await service.rest();
    const { visitor, path } = await atCourse(room);
    const isThere = (page: Page) => page.getByText('Hana Putri').first().waitFor();
    const barriers = (name: string, then: (page: Page) => Promise<unknown>) =>
      visitor.barriersInEveryLook(name, path, async (page) => {
        await isThere(page);
        await then(page);
      });
    const tab = (page: Page, index: number) => page.getByRole('tab').nth(index).click();
    const found = [
      ...(await barriers('course', (page) => page.getByText(/Ayu Lestari/).waitFor())),
      ...(await barriers('course-plan', async (page) => {
        await page.getByRole('button', { name: /Sync …|Selaraskan/ }).click();
        await page.getByRole('button', { name: /Apply|Terapkan/ }).waitFor();
      })),
      ...(await barriers('course-join-link', async (page) => {
        await tab(page, 1);
        await page.getByRole('textbox', { name: /invite link|Tautan undangan/ }).waitFor();
      })),
      ...(await barriers('course-numbers', async (page) => {
        await tab(page, 2);
        await page.locator('svg[role=img] rect').first().waitFor();
        await page.getByText(/as a table|sebagai tabel/).click();
      })),
      ...(await barriers('course-log', async (page) => {
        await tab(page, 3);
        await page.getByText('Ayu Lestari').first().waitFor();
      })),
      ...(await barriers('course-settings', async (page) => {
        await tab(page, 4);
        await page.getByText(/More rules|Aturan lain/).click();
      })),
    ];
    expect(found).toEqual([]);
    await service.sql('DELETE FROM course_enrollments WHERE course_id = $1', [room.courseId]);
    for (const { id } of students.slice(2)) await service.reaches(id, room.courseId, 'joined', 'REMOVAL_HELD');
    expect(
      await barriers('course-held', (page) =>
        page
          .getByRole('button', { name: /Confirm removals|Setujui/ })
          .first()
          .waitFor(),
      ),
    ).toEqual([]);
  }, 180_000);
});
