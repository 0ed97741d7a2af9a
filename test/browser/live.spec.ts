import { type Page, type Route } from 'playwright-core';
import { leavesWhileRead } from '../e2e/support/meanwhile';
import { type Classroom, classroom, eventually, type Linked, Service } from '../e2e/support/service';
import { Visitors } from './support/visitor';

describe('what a page shows follows what happens, in whatever order it is told', () => {
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

  /** A student who is in, and their page, not yet opened. */
  async function student(name = 'Ayu Wulandari'): Promise<Linked & { page: Page }> {
    const linked = await service.joined(name, room.courseId);
    await service.rest();
    const { page } = await visitors.open(await service.token(linked.userId));
    return { ...linked, page };
  }

  /** The student leaves the server, and that is written down. */
  async function leaves({ userId, account }: Linked): Promise<void> {
    await service.discord.leave(room.guildId, account);
    await service.reaches(userId, room.courseId, 'left', 'LEFT_BY_CHOICE');
  }

  const row = (page: Page) => page.getByRole('listitem').filter({ hasText: 'Algebra I' });
  const isIn = (page: Page) => row(page).getByText('In the server').waitFor();
  const hasLeft = (page: Page, timeout = 15_000) =>
    row(page).getByText('You can come back whenever you like.').waitFor({ timeout });
  const asks = (route: Route, name: string) =>
    (route.request().postDataJSON() as { operationName?: string } | null)?.operationName === name;

  /** The next answer to this query is read by the service and kept back. @returns when it was read, and what hands it over */
  async function nextAnswer(page: Page, name: string): Promise<{ read: Promise<void>; handOver: () => void }> {
    let handOver: () => void = () => undefined;
    let wasRead: () => void = () => undefined;
    const handedOver = new Promise<void>((resolve) => (handOver = resolve));
    const read = new Promise<void>((resolve) => (wasRead = resolve));
    let isKept = false;
    await page.route('**/graphql', async (route) => {
      if (isKept || !asks(route, name)) {
        await route.fallback();
        return;
      }
      isKept = true;
      const response = await route.fetch();
      wasRead();
      await handedOver;
      // The page may have given it up.
      await route.fulfill({ response }).catch(() => undefined);
    });
    return { read, handOver };
  }

  /** Told when the page has heard of so many changes more. */
  function changesHeard(page: Page): (count: number) => Promise<void> {
    let heard = 0;
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => {
        if (payload.includes('"type":"next"')) heard += 1;
      }),
    );
    return async (count) => {
      await eventually(() => {
        expect(heard).toBeGreaterThanOrEqual(count);
        return Promise.resolve();
      });
      heard = 0;
    };
  }

  it('shows also what changed while the first answer was being read', async () => {
    const { userId, page } = await student();
    await leavesWhileRead(service, userId, () => page.goto('/me'));
    await hasLeft(page);
  }, 60_000);

  it('shows what changed while a part of the page was asked for the first time', async () => {
    const { page, ...linked } = await student();
    const heard = changesHeard(page);
    await page.goto('/me');
    await isIn(page);
    const log = await nextAnswer(page, 'MyLog');
    await page.getByText('What happened').click();
    await log.read;
    await leaves(linked);
    await heard(1);
    await hasLeft(page);
    log.handOver();
    await page.getByText('You left Algebra I server.', { exact: true }).waitFor({ timeout: 15_000 });
  }, 60_000);

  it('shows to the staff what changed while an earlier change was asked for', async () => {
    const first = await service.joined('Budi Santoso', room.courseId);
    const second = await service.joined('Citra Lestari', room.courseId);
    await service.rest();
    const { page } = await visitors.open(room.instructorToken);
    const heard = changesHeard(page);
    await page.goto(`/courses/${room.courseId}/discord`);
    const state = (name: string, text: string) =>
      page
        .getByRole('row', { name: new RegExp(name) })
        .getByText(text, { exact: true })
        .filter({ visible: true });
    await state('Budi Santoso', 'In the server').waitFor();
    await state('Citra Lestari', 'In the server').waitFor();
    const roster = await nextAnswer(page, 'Roster');
    await leaves(first);
    await roster.read;
    await heard(1);
    await leaves(second);
    await heard(1);
    // Longer than it waits before it looks again.
    await page.waitForTimeout(1_500);
    roster.handOver();
    await state('Citra Lestari', 'Left').waitFor({ timeout: 15_000 });
  }, 60_000);

  it('asks again when it is told that something happened but not what', async () => {
    const { userId, page } = await student();
    await page.goto('/me');
    await isIn(page);
    // The membership goes with the change that is told of it.
    await service.sql(
      `WITH gone AS (DELETE FROM discord_memberships WHERE user_id = $1 RETURNING *)
       INSERT INTO discord_integration_logs (user_id, course_id, guild_id, action, status, membership_id, previous_status, new_status, reason)
       SELECT user_id, course_id, guild_id, 'remove', 'success', id, 'joined', 'removed', 'ENROLLMENT_ENDED' FROM gone`,
      [userId],
    );
    await row(page).getByText('In the server').waitFor({ state: 'detached', timeout: 15_000 });
  }, 60_000);

  it.each([
    [
      'was refused',
      { id: '', type: 'error', payload: [{ message: 'Busy.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] },
    ],
    ['was closed for a fault of the service', { code: 4500, reason: 'Something went wrong on our side.' }],
  ])(
    'follows again after the live stream %s',
    async (_what, answer) => {
      const { page, ...linked } = await student();
      let asked = 0;
      await page.routeWebSocket(/\/graphql$/, (socket) => {
        const server = socket.connectToServer();
        socket.onMessage((message) => {
          const { type, id } = JSON.parse(message.toString()) as { type: string; id: string };
          if (type === 'subscribe') asked += 1;
          if (type !== 'subscribe' || asked > 1) server.send(message);
          else if ('code' in answer) void socket.close(answer);
          else socket.send(JSON.stringify({ ...answer, id }));
        });
      });
      await page.goto('/me');
      await isIn(page);
      await eventually(() => {
        expect(asked).toBeGreaterThan(1);
        return Promise.resolve();
      }, 15_000);
      await leaves(linked);
      await hasLeft(page);
      await page.getByText('No connection.').waitFor({ state: 'detached' });
    },
    60_000,
  );

  it('asks again for what could not be asked for when it changed', async () => {
    const { page, ...linked } = await student();
    await page.goto('/me');
    await isIn(page);
    let refused = 0;
    await page.route('**/graphql', async (route) => {
      if (!asks(route, 'Me') || refused === 3) {
        await route.fallback();
        return;
      }
      refused += 1;
      await route.fulfill({ status: 503, body: '' });
    });
    await leaves(linked);
    await hasLeft(page, 30_000);
    expect(refused).toBe(3);
  }, 90_000);
});
