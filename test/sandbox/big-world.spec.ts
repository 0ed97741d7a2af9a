import { Child } from '../e2e/support/child-process';
import { SANDBOX_CREDENTIALS } from '../../sandbox/credentials';

const MEMBERS = 100_000;
const GUILDS = 100;
const PAGE = 1_000;

/** How fast this is, bench/sandbox-world.ts tells: times are no matter of a test. */
describe('a big world of the local Discord', () => {
  let child: Child;
  let url: string;

  beforeAll(async () => {
    child = Child.run('sandbox/main.ts', { env: { SANDBOX_PORT: '0' }, preload: 'report-memory.js' });
    url = (await child.prints(/HTTP API +(http:\S+)\/api\/v10/))[1]!;
  });
  afterAll(() => child.stop('SIGKILL'));

  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const headers = { 'content-type': 'application/json', authorization: `Bot ${SANDBOX_CREDENTIALS.botToken}` };
    const response = await fetch(url + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
    return (await response.json()) as T;
  };

  it('has 100 servers, one of them with 100,000 members, who come in 100 pages, in less than 400 MB', async () => {
    const { id: ownerId } = await call<{ id: string }>('POST', '/sandbox/users', { username: 'owner' });
    const guilds: string[] = [];
    for (let index = 0; index < GUILDS; index += 1) {
      const { id } = await call<{ id: string }>('POST', '/sandbox/guilds', { name: `Server ${index}`, ownerId });
      await call('PUT', `/sandbox/guilds/${id}/bot`, {});
      guilds.push(id);
    }
    const [big = ''] = guilds;
    // The owner and the bot are the first two of them.
    const { ids } = await call<{ ids: string[] }>('POST', '/sandbox/users/bulk', { count: MEMBERS - 2 });
    await call('POST', `/sandbox/guilds/${big}/members/bulk`, { userIds: ids });

    const listed = new Set<string>();
    let pages = 0;
    for (let after = '0'; ; pages += 1) {
      const page = await call<{ user: { id: string } }[]>(
        'GET',
        `/api/v10/guilds/${big}/members?limit=${PAGE}&after=${after}`,
      );
      if (page.length === 0) break;
      for (const { user } of page) listed.add(user.id);
      after = page.at(-1)!.user.id;
    }
    expect([pages, listed.size]).toEqual([MEMBERS / PAGE, MEMBERS]);
    expect(ids.every((id) => listed.has(id))).toBe(true);
    expect(await call<unknown[]>('GET', '/api/v10/users/@me/guilds?limit=200')).toHaveLength(GUILDS);

    child.signal('SIGUSR2');
    expect(Number((await child.prints(/memory (\d+) MB/))[1])).toBeLessThan(400);
  }, 120_000);
});
