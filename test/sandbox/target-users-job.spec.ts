import { type Local, startLocal } from './local';

const HOUR = 3_600_000;

describe('the reading of the people that an invite is for', () => {
  let local: Local;
  let guild: Awaited<ReturnType<Local['server']>>;

  beforeAll(async () => {
    local = await startLocal();
    guild = await local.server();
  });
  afterEach(() => local.control('PUT', '/sandbox/limits', { enforce: false }));
  afterAll(() => local.close());

  const rules = (more: Record<string, unknown>) => local.control('PUT', '/sandbox/limits', { enforce: false, ...more });
  const file = (ids: string[]) => new Blob([['user_id', ...ids].join('\n')]);
  const jobOf = async (code: string) => (await local.bot('GET', `/invites/${code}/target-users/job-status`)).body;
  const accept = async (code: string, userId: string) => {
    const { body } = await local.call('POST', `/sandbox/invites/${code}/accept`, { userId });
    return body['guildId'] ?? body['code'];
  };
  async function inviteFor(...ids: string[]): Promise<string> {
    const form = new FormData();
    form.set('payload_json', JSON.stringify({ unique: true }));
    form.set('target_users_file', file(ids), 'users.csv');
    const { body } = await local.bot('POST', `/channels/${guild.channelId}/invites`, form);
    return String(body['code']);
  }
  async function replace(code: string, ...ids: string[]) {
    const form = new FormData();
    form.set('target_users_file', file(ids), 'users.csv');
    return (await local.bot('PUT', `/invites/${code}/target-users`, form)).status;
  }

  it('is not over at once: until then nobody may join by the invite', async () => {
    const [ayu, budi] = [await local.person('ayu'), await local.person('budi')];
    await rules({ targetUsersJobMs: HOUR });
    const code = await inviteFor(ayu, budi);
    expect(await jobOf(code)).toEqual({
      status: 1,
      total_users: 2,
      processed_users: 0,
      created_at: expect.any(String) as string,
      completed_at: null,
      error_message: null,
    });
    expect(await accept(code, ayu)).toBe(10006);
    await rules({ targetUsersJobMs: 0 });
    expect(await jobOf(code)).toMatchObject({
      status: 2,
      processed_users: 2,
      completed_at: expect.any(String) as string,
    });
    expect(await accept(code, ayu)).toBe(guild.id);
    // What is over stays over.
    await rules({ targetUsersJobMs: HOUR });
    expect(await accept(code, budi)).toBe(guild.id);
  });

  it('ends by itself after a moment', async () => {
    const code = await inviteFor(await local.person('citra'));
    expect(await local.targetUsersJob(code)).toMatchObject({ status: 2 });
  });

  it('can fail, and then the invite is for nobody', async () => {
    const dewi = await local.person('dewi');
    await rules({ targetUsersJobMs: 0, targetUsersJobEnds: 'failed' });
    const code = await inviteFor(dewi, await local.person('eka'));
    expect(await jobOf(code)).toMatchObject({
      status: 3,
      total_users: 2,
      processed_users: 1,
      completed_at: null,
      error_message: 'Failed to parse CSV file',
    });
    expect(await accept(code, dewi)).toBe(10006);
  });

  it('leaves those of before admitted until a new list has been read', async () => {
    const [fajar, gita, hadi] = [await local.person('fajar'), await local.person('gita'), await local.person('hadi')];
    await rules({ targetUsersJobMs: 0 });
    const code = await inviteFor(fajar, hadi);
    await rules({ targetUsersJobMs: HOUR });
    expect(await replace(code, gita)).toBe(204);
    expect(await jobOf(code)).toMatchObject({ status: 1, total_users: 1 });
    expect([await accept(code, gita), await accept(code, fajar)]).toEqual([10006, guild.id]);
    await rules({ targetUsersJobMs: 0 });
    expect([await accept(code, hadi), await accept(code, gita)]).toEqual([10006, guild.id]);
  });

  it('has no state for an invite that is for everybody', async () => {
    const { body } = await local.bot('POST', `/channels/${guild.channelId}/invites`, { unique: true });
    expect(await jobOf(String(body['code']))).toMatchObject({ status: 0, total_users: 0, created_at: null });
  });
});
