import { type Page } from 'playwright-core';
import { type Look } from '../support/visitor';
import { COURSES, PEOPLE } from './showcase';

export interface Picture {
  /** Page and state; the file is called so. */
  readonly name: string;
  readonly who?: (typeof PEOPLE)[keyof typeof PEOPLE];
  readonly path: string;
  readonly look?: Look;
  /** What keeps the service from answering: its first answer does not come, is a failure, or the network is gone. */
  readonly hindered?: 'waits' | 'fails' | 'offline';
  /** Until the page shows what the picture is about. */
  readonly prepare?: (page: Page) => Promise<unknown>;
  /** Only what is in the window, such as a dialog above the page. */
  readonly onlyWindow?: boolean;
}

const DARK: Look = { theme: 'dark' };
const PHONE: Look = { width: 375 };
const DARK_PHONE: Look = { theme: 'dark', width: 375 };
const INDONESIAN: Look = { language: 'id' };
const INDONESIAN_PHONE: Look = { language: 'id', width: 375 };
const INDONESIAN_DARK_PHONE: Look = { language: 'id', theme: 'dark', width: 375 };

const course = (id: string) => `/courses/${id}/discord`;
const { admin, rina, bayu, ayu, alya, bagus, cahya, newcomer, newTeacher } = PEOPLE;
const button = (page: Page, name: RegExp) => page.getByRole('button', { name }).first();
const sees = (text: string | RegExp) => (page: Page) =>
  page.getByText(text).filter({ visible: true }).first().waitFor();
const tab = (index: number, text: string | RegExp) => async (page: Page) => {
  await page.getByRole('tab').nth(index).click();
  await sees(text)(page);
};

const SIGN_IN: readonly Picture[] = [
  { name: 'sign-in', path: '/sign-in', prepare: sees('Cahya Permata') },
  { name: 'sign-in', path: '/sign-in', look: INDONESIAN_DARK_PHONE, prepare: sees('Cahya Permata') },
  {
    name: 'sign-in-refused',
    path: '/sign-in',
    prepare: async (page) => {
      await page.getByText('I have an access token').click();
      await page.getByLabel('Access token').fill('not-a-token');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('alert').waitFor();
    },
  },
];

const STUDENT: readonly Picture[] = [
  { name: 'me-connect', who: cahya, path: '/me', prepare: sees('Statistics') },
  { name: 'me-connect', who: cahya, path: '/me', look: INDONESIAN_DARK_PHONE, prepare: sees('Statistics') },
  { name: 'me', who: ayu, path: '/me', prepare: sees('Reading') },
  { name: 'me', who: ayu, path: '/me', look: DARK, prepare: sees('Reading') },
  { name: 'me', who: ayu, path: '/me', look: INDONESIAN_PHONE, prepare: sees('Reading') },
  { name: 'me-invited', who: alya, path: '/me', look: DARK_PHONE, prepare: sees('Open invite') },
  { name: 'me-reconnect', who: bagus, path: '/me', look: PHONE, prepare: sees('no longer accepts') },
  { name: 'me-no-courses', who: newcomer, path: '/me', prepare: sees('Connect Discord') },
  {
    name: 'me-what-happened',
    who: ayu,
    path: '/me',
    prepare: async (page) => {
      await sees('Reading')(page);
      await page.getByText('What happened').click();
      await sees('You were added')(page);
    },
  },
  {
    name: 'me-disconnect',
    who: ayu,
    path: '/me',
    onlyWindow: true,
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Options of the Discord account' }).click();
      await page.getByRole('menuitem', { name: 'Disconnect …' }).click();
      await page.getByRole('alertdialog').waitFor();
    },
  },
  { name: 'me-loading', who: ayu, path: '/me', hindered: 'waits', prepare: sees('Loading') },
  { name: 'me-error', who: ayu, path: '/me', hindered: 'fails', prepare: sees('This did not work') },
  { name: 'me-offline', who: ayu, path: '/me', hindered: 'offline', prepare: sees('No connection') },
];

const toSetUp = async (page: Page) => {
  await page.getByRole('radio', { name: 'Geometry Room' }).click();
  await sees(/“Manage Roles”/)(page);
  await page.getByLabel(/Role for students|Peran untuk siswa/).waitFor();
};

const INSTRUCTOR: readonly Picture[] = [
  { name: 'courses', who: rina, path: '/courses', prepare: sees('Statistics') },
  { name: 'courses', who: rina, path: '/courses', look: INDONESIAN_DARK_PHONE, prepare: sees('Statistics') },
  {
    name: 'courses-empty',
    who: newTeacher,
    path: '/courses',
    prepare: (page) => page.getByRole('heading').nth(1).waitFor(),
  },
  { name: 'courses-loading', who: rina, path: '/courses', hindered: 'waits', prepare: sees('Loading') },
  { name: 'courses-error', who: rina, path: '/courses', hindered: 'fails', prepare: sees('This did not work') },
  { name: 'course-set-up', who: rina, path: course(COURSES.geometry), prepare: toSetUp },
  { name: 'course-set-up', who: rina, path: course(COURSES.geometry), look: INDONESIAN_PHONE, prepare: toSetUp },
  {
    name: 'course',
    who: rina,
    path: course(COURSES.algebra),
    prepare: (page) => page.getByRole('row').nth(9).waitFor(),
  },
  {
    name: 'course',
    who: rina,
    path: course(COURSES.algebra),
    look: DARK,
    prepare: (page) => page.getByRole('row').nth(9).waitFor(),
  },
  {
    name: 'course',
    who: rina,
    path: course(COURSES.algebra),
    look: INDONESIAN_PHONE,
    prepare: (page) => page.getByRole('row').nth(9).waitFor(),
  },
  { name: 'course-empty', who: rina, path: course(COURSES.writing), prepare: sees('Nobody is enrolled yet.') },
  {
    name: 'course-why',
    who: rina,
    path: course(COURSES.algebra),
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Options of Ayu Wulandari' }).click();
      await page.getByRole('menuitem', { name: 'Why, and what happened' }).click();
      await sees('was added to the server')(page);
    },
  },
  { name: 'course-loading', who: rina, path: course(COURSES.algebra), hindered: 'waits', prepare: sees('Loading') },
  { name: 'course-error', who: rina, path: course(COURSES.algebra), hindered: 'fails', prepare: sees('did not work') },
  {
    name: 'course-offline',
    who: rina,
    path: course(COURSES.algebra),
    hindered: 'offline',
    prepare: sees('No connection'),
  },
  { name: 'course-join-link', who: rina, path: course(COURSES.reading), prepare: sees('Lukman Hakim') },
  {
    name: 'course-join-link',
    who: rina,
    path: course(COURSES.reading),
    look: INDONESIAN_DARK_PHONE,
    prepare: sees('Lukman Hakim'),
  },
  {
    name: 'course-numbers',
    who: rina,
    path: course(COURSES.algebra),
    prepare: async (page) => {
      await page.getByRole('tab').nth(2).click();
      await page.locator('svg[role=img] rect').first().waitFor();
    },
  },
  { name: 'course-log', who: rina, path: course(COURSES.algebra), prepare: tab(3, /was added/) },
  {
    name: 'course-log',
    who: rina,
    path: course(COURSES.algebra),
    look: INDONESIAN_PHONE,
    prepare: tab(3, /Wulandari/),
  },
  {
    name: 'course-settings',
    who: rina,
    path: course(COURSES.algebra),
    prepare: async (page) => {
      await page.getByRole('tab').nth(4).click();
      await page.getByText('More rules').click();
    },
  },
];

const ADMIN: readonly Picture[] = [
  { name: 'admin', who: admin, path: '/admin', prepare: (page) => page.getByRole('slider').nth(3).waitFor() },
  {
    name: 'admin',
    who: admin,
    path: '/admin',
    look: DARK,
    prepare: (page) => page.getByRole('slider').nth(3).waitFor(),
  },
  {
    name: 'admin',
    who: admin,
    path: '/admin',
    look: INDONESIAN_PHONE,
    prepare: (page) => page.getByRole('slider').nth(3).waitFor(),
  },
  { name: 'admin-loading', who: admin, path: '/admin', hindered: 'waits', prepare: sees('Loading') },
  { name: 'admin-error', who: admin, path: '/admin', hindered: 'fails', prepare: sees('did not work') },
  { name: 'admin-offline', who: admin, path: '/admin', hindered: 'offline', prepare: sees('No connection') },
  { name: 'admin-servers', who: admin, path: '/admin/servers', prepare: sees('Logic Lab') },
  {
    name: 'admin-servers',
    who: admin,
    path: '/admin/servers',
    look: INDONESIAN_DARK_PHONE,
    prepare: sees('Logic Lab'),
  },
  { name: 'admin-people', who: admin, path: '/admin/people', prepare: sees('Find somebody') },
  { name: 'admin-people-found', who: admin, path: '/admin/people?q=pu', prepare: sees('Putri Maharani') },
  { name: 'admin-person', who: admin, path: `/admin/people?q=${ayu.id}`, prepare: sees('What happened') },
  {
    name: 'admin-person',
    who: admin,
    path: `/admin/people?q=${ayu.id}`,
    look: INDONESIAN_PHONE,
    prepare: sees('Logic'),
  },
  { name: 'admin-log', who: admin, path: '/admin/log', prepare: (page) => page.getByRole('table').waitFor() },
  {
    name: 'admin-log',
    who: admin,
    path: '/admin/log',
    look: INDONESIAN_DARK_PHONE,
    prepare: (page) => page.getByRole('table').waitFor(),
  },
  {
    name: 'admin-log-empty',
    who: admin,
    path: '/admin/log?until=2020-01-01',
    prepare: sees('Nothing was written down'),
  },
];

/** After Algebra's and Logic's students have changed in a way that nobody was told of. */
const DRIFT: readonly Picture[] = [
  {
    name: 'course-plan',
    who: rina,
    path: course(COURSES.algebra),
    prepare: async (page) => {
      await button(page, /Sync …/).click();
      await button(page, /Apply/).waitFor();
    },
  },
  {
    name: 'course-plan',
    who: bayu,
    path: course(COURSES.logic),
    look: INDONESIAN_DARK_PHONE,
    prepare: async (page) => {
      await button(page, /Selaraskan/).click();
      await button(page, /Terapkan/).waitFor();
    },
  },
  {
    name: 'course-sync-result',
    who: bayu,
    path: course(COURSES.logic),
    prepare: async (page) => {
      await button(page, /Sync …/).click();
      await button(page, /Apply/).click();
      await sees(/It cost/)(page);
    },
  },
];

/** With removals that are held, and a server without its bot. */
const TROUBLE: readonly Picture[] = [
  { name: 'course-held', who: rina, path: course(COURSES.biology), prepare: sees('Confirm removals') },
  {
    name: 'course-held',
    who: rina,
    path: course(COURSES.biology),
    look: INDONESIAN_DARK_PHONE,
    prepare: sees('Setujui'),
  },
  { name: 'course-trouble', who: rina, path: course(COURSES.history), prepare: sees('The bot is not in the server') },
  { name: 'admin-trouble', who: admin, path: '/admin', prepare: (page) => page.getByRole('slider').nth(3).waitFor() },
  { name: 'admin-work', who: admin, path: '/admin/work', prepare: sees('Biology') },
  { name: 'admin-work', who: admin, path: '/admin/work', look: INDONESIAN_DARK_PHONE, prepare: sees('Biology') },
  { name: 'not-yours', who: rina, path: '/admin', look: INDONESIAN, prepare: sees('bukan untukmu') },
  {
    name: 'not-found',
    who: ayu,
    path: '/courses/nowhere/at/all',
    look: PHONE,
    prepare: sees('There is no such page'),
  },
];

/** In this order: what is done for the later ones would show in the earlier ones. */
export const PICTURES = { quiet: [...SIGN_IN, ...STUDENT, ...INSTRUCTOR, ...ADMIN], drift: DRIFT, trouble: TROUBLE };
