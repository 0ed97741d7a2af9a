import { Sweep } from '../../src/membership/sweep';
import { type Classroom, classroom, eventually, namedIn, Service } from './support/service';

const ERASE = 'mutation { eraseMyDiscordData }';
const UNLINK = 'mutation { unlinkDiscord }';
const DATA = '{ myDiscordData }';
const UPDATE =
  'mutation ($id: UUID!, $input: UpdateServerConfigInput!) { updateServerConfig(id: $id, input: $input) { id } }';

interface Student {
  readonly id: string;
  readonly token: string;
  readonly discordId: string;
}

interface Data {
  readonly myDiscordData: {
    readonly user_id: string;
    readonly connection: Record<string, unknown> | null;
    readonly memberships: Record<string, unknown>[];
    readonly log: Record<string, unknown>[];
    readonly [part: string]: unknown;
  };
}

describe('a student who wants to be forgotten', () => {
  let service: Service;
  let room: Classroom;

  beforeAll(async () => {
    service = await Service.start();
    // A grace would keep them for a day after an enrollment's end.
    room = await classroom(service, 'Algebra', { removalGraceHours: 24 });
  });
  afterAll(() => service.close());

  async function joined(where: Classroom = room): Promise<Student> {
    const { userId: id, account: discordId } = await service.joined('Ayu Wulandari', where.courseId);
    await service.rest();
    return { id, token: await service.token(id), discordId };
  }

  const rolesOf = async ({ discordId }: Student, { guildId } = room) =>
    (await service.discord.member(guildId, discordId))?.roles;
  const dataOf = async ({ token }: Student) => (await service.query<Data>(token, DATA)).myDiscordData;
  const sweep = () => service.nest.get(Sweep).sweep();

  const named = ({ discordId }: Student) => namedIn(service, discordId);

  it('sees everything that is kept about them and nothing about anybody else, and no token', async () => {
    const budi = await joined();
    const ayu = await joined();
    const data = await dataOf(ayu);
    expect(data).toMatchObject({
      user_id: ayu.id,
      connection: { discord_user_id: ayu.discordId, scopes: ['identify', 'guilds.join'] },
      memberships: [{ course_id: room.courseId, status: 'joined', acted_discord_user_id: ayu.discordId }],
      removals: [],
      server_configs: [],
    });
    expect(data.log.map(({ action }) => action)).toEqual(['link', 'enrollment', 'add']);
    const text = JSON.stringify(data);
    for (const { id, discordId } of [budi]) {
      expect(text).not.toContain(id);
      expect(text).not.toContain(discordId);
    }
    const [row] = await service.sql<{ access_token: string; refresh_token: string }>(
      'SELECT access_token, refresh_token FROM user_discord_connections WHERE user_id = $1',
      [ayu.id],
    );
    for (const secret of Object.values(row!)) expect(text).not.toContain(secret);
    expect(text).not.toMatch(/access_token|refresh_token|code_verifier|browser_hash/);
    // The instructor: what they set up, and that they did something, not to whom.
    const teaching = (await service.query<Data>(room.instructorToken, DATA)).myDiscordData;
    expect(teaching).toMatchObject({ server_configs: [{ course_id: room.courseId }], memberships: [] });
    expect(JSON.stringify(teaching)).not.toContain(ayu.id);
  });

  it('is out at once, whatever the grace; tokens are revoked, and nothing names their account any more', async () => {
    const ayu = await joined();
    const budi = await joined();
    await service.discord.clearRequests();
    expect(await service.query(ayu.token, ERASE)).toEqual({ eraseMyDiscordData: true });
    expect(await service.sql('SELECT FROM user_discord_connections WHERE user_id = $1', [ayu.id])).toEqual([]);
    expect(await named(ayu)).not.toContain('public.discord_integration_logs');

    await service.reaches(ayu.id, room.courseId, 'pending', 'ACCOUNT_NOT_LINKED');
    expect(await rolesOf(ayu)).toBeUndefined();
    await service.rest();
    await sweep();
    await service.rest();
    await sweep();
    expect(await named(ayu)).toEqual([]);
    expect(await service.discord.calls()).toContain('POST /oauth2/token/revoke 200');
    // What was done stays known, of whom on Discord does not; and of others nothing is touched.
    expect((await dataOf(ayu)).log.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['link', 'enrollment', 'add', 'unlink', 'remove']),
    );
    expect(await named(budi)).toContain('public.discord_integration_logs');
    expect(await rolesOf(budi)).toEqual([room.roleId]);
    expect(await service.query(ayu.token, ERASE)).toEqual({ eraseMyDiscordData: false });

    await service.link(ayu.id, { discordUserId: ayu.discordId });
    await service.reaches(ayu.id, room.courseId, 'joined', 'ADDED');
    await sweep();
    await service.rest();
    expect(await rolesOf(ayu)).toEqual([room.roleId]);
    expect(await dataOf(ayu)).toMatchObject({ unlinked_accounts: [], connection: { discord_user_id: ayu.discordId } });
  });

  it('links again before anything was undone: nothing is', async () => {
    const ayu = await joined();
    await service.query(ayu.token, ERASE);
    await service.link(ayu.id, { discordUserId: ayu.discordId });
    await service.reaches(ayu.id, room.courseId, 'joined');
    await service.rest();
    await sweep();
    await service.reaches(ayu.id, room.courseId, 'joined');
    expect(await rolesOf(ayu)).toEqual([room.roleId]);
    expect((await dataOf(ayu)).connection).toMatchObject({ is_verified: true });
  });

  it('keeps their place where the policy is to keep, and their name nowhere', async () => {
    const kind = await classroom(service, 'Kind', { removalPolicy: 'KEEP' });
    const ayu = await joined(kind);
    await service.query(ayu.token, ERASE);
    await service.reaches(ayu.id, kind.courseId, 'pending', 'ACCOUNT_NOT_LINKED');
    await service.rest();
    await sweep();
    await service.rest();
    await sweep();
    expect(await rolesOf(ayu, kind)).toEqual([kind.roleId]);
    expect(await named(ayu)).toEqual([]);
  });

  it.each([
    ['erases', ERASE],
    ['unlinks', UNLINK],
  ])('%s where the policy is to take the role only: they stay in the server without it', async (_how, mutation) => {
    const mild = await classroom(service, 'Mild', { removalPolicy: 'REMOVE_ROLE' });
    const ayu = await joined(mild);
    await service.query(ayu.token, mutation);
    await service.reaches(ayu.id, mild.courseId, 'pending', 'ACCOUNT_NOT_LINKED');
    await service.rest();
    await sweep();
    await service.rest();
    expect(await rolesOf(ayu, mild)).toEqual([]);
  });

  it('is not removed from a server in which they were before us: they lose our role', async () => {
    const ayu: Student = await (async () => {
      const id = await service.createUser('Ayu Wulandari');
      const { id: discordId } = await service.discord.createUser(`early.${id.slice(0, 8)}`);
      await service.discord.join(room.guildId, discordId);
      await service.link(id, { discordUserId: discordId });
      await service.enroll(id, room.courseId);
      await service.reaches(id, room.courseId, 'joined', 'ALREADY_MEMBER');
      return { id, discordId, token: await service.token(id) };
    })();
    await service.query(ayu.token, ERASE);
    await service.reaches(ayu.id, room.courseId, 'pending', 'ACCOUNT_NOT_LINKED');
    expect(await rolesOf(ayu)).toEqual([]);
  });

  it('finds their open invite revoked, and its link nowhere', async () => {
    const id = await service.createUser('Ayu Wulandari');
    const discordId = await service.link(id, { autoJoin: false });
    const ayu: Student = { id, discordId, token: await service.token(id) };
    await service.enroll(id, room.courseId);
    await service.reaches(id, room.courseId, 'invited', 'INVITE_OPEN');
    const { invite_link: link } = (await service.membership(id, room.courseId))!;
    await service.query(ayu.token, ERASE);
    await service.reaches(id, room.courseId, 'pending', 'ACCOUNT_NOT_LINKED');
    expect((await service.discord.guild(room.guildId)).invites).toEqual([]);
    await service.rest();
    await sweep();
    await service.rest();
    await sweep();
    expect(JSON.stringify(await dataOf(ayu))).not.toContain(link!.split('/').at(-1));
    expect(await named(ayu)).toEqual([]);
  });

  it('unlinks while the course is paused: everything stays until it goes on, then they are out', async () => {
    const paused = await classroom(service, 'Paused');
    const ayu = await joined(paused);
    const set = (isActive: boolean) =>
      service.query(paused.instructorToken, UPDATE, { id: paused.configId, input: { isActive } });
    await set(false);
    await service.rest();
    await service.query(ayu.token, UNLINK);
    await service.rest();
    await sweep();
    await service.rest();
    expect(await rolesOf(ayu, paused)).toEqual([paused.roleId]);
    await set(true);
    await service.reaches(ayu.id, paused.courseId, 'pending', 'ACCOUNT_NOT_LINKED');
    await eventually(async () => expect(await rolesOf(ayu, paused)).toBeUndefined());
    await service.rest();
    await sweep();
    // The log of a student who only unlinks goes on telling which account it was.
    expect((await named(ayu)).filter((table) => table !== 'public.discord_unlinked_accounts')).toEqual([
      'public.discord_integration_logs',
    ]);
  });

  it('of whom a server cannot be rid is forgotten there after seven days all the same', async () => {
    const lost = await classroom(service, 'Lost');
    const ayu = await joined(lost);
    await service.discord.removeBot(lost.guildId);
    await service.discord.faults([{ route: '/oauth2/token/revoke', status: 500 }]);
    await service.discord.clearRequests();
    await service.query(ayu.token, ERASE);
    await eventually(async () => expect(await service.discord.calls()).toContain('POST /oauth2/token/revoke 500'));
    await sweep();
    expect(await named(ayu)).toContain('public.discord_memberships');
    await service.sql(`UPDATE discord_unlinked_accounts SET unlinked_at = unlinked_at - interval '6 days'`);
    await sweep();
    expect(await named(ayu)).toContain('public.discord_memberships');
    await service.sql(`UPDATE discord_unlinked_accounts SET unlinked_at = unlinked_at - interval '1 day'`);
    // Nor is it remembered whose grant could not be revoked.
    await service.sql(
      `UPDATE graphile_worker._private_jobs SET created_at = created_at - interval '7 days' WHERE strpos(payload::text, $1) > 0`,
      [ayu.discordId],
    );
    await eventually(async () => {
      await sweep();
      expect(await named(ayu)).toEqual([]);
    });
    await service.discord.noFaults();
    await service.discord.addBot(lost.guildId);
    await service.reaches(ayu.id, lost.courseId, 'pending', 'ACCOUNT_NOT_LINKED');
  });

  it('while Discord is down: nothing is lost, tokens and access end when it is back', async () => {
    const ayu = await joined();
    await service.discordVanishes();
    expect(await service.query(ayu.token, ERASE)).toEqual({ eraseMyDiscordData: true });
    expect(await named(ayu)).not.toContain('public.user_discord_connections');
    await service.down();
    await service.discordReturns();
    await service.discord.clearRequests();
    await service.upAsProcess();
    await service.sql(`UPDATE graphile_worker._private_jobs SET run_at = now() WHERE locked_at IS NULL`);
    await eventually(async () => {
      expect(await rolesOf(ayu)).toBeUndefined();
      expect(await service.discord.calls()).toContain('POST /oauth2/token/revoke 200');
    }, 20_000);
  }, 60_000);
});
