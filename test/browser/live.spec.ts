import { type Page } from 'playwright-core';
import { leavesWhileRead } from '../e2e/support/meanwhile';
import { type Classroom, classroom, type Linked, Service } from '../e2e/support/service';
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

  const row = (page: Page) => page.getByRole('listitem').filter({ hasText: 'Algebra I' });
  const hasLeft = (page: Page, timeout = 15_000) =>
    row(page).getByText('You can come back whenever you like.').waitFor({ timeout });
  it('shows also what changed while the first answer was being read', async () => {
    const { userId, page } = await student();
    await leavesWhileRead(service, userId, () => page.goto('/me'));
    await hasLeft(page);
  }, 60_000);
});
