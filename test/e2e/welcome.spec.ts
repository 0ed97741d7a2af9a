import { type Classroom, classroom, eventually, Service } from './support/service';

const POST = 'POST /channels/:id/messages';
const SET = 'mutation ($enabled: Boolean!) { setDirectMessages(enabled: $enabled) { id } }';
const welcomeMessage = 'Welcome {student} to {course}!';

describe('the welcome of a student who comes in', () => {
  let service: Service;

  beforeAll(async () => {
    service = await Service.start();
  });
  beforeEach(() => service.discord.clearRequests());
  afterEach(() => service.discord.noFaults());
  afterAll(() => service.close());

  interface Student {
    readonly userId: string;
    readonly account: string;
  }

  async function student(name: string, wantsMessages = false): Promise<Student> {
    const userId = await service.createUser(name);
    const account = await service.link(userId);
    if (wantsMessages) await service.query(await service.token(userId), SET, { enabled: true });
    return { userId, account };
  }

  async function enters({ userId }: Student, { courseId }: Classroom): Promise<void> {
    await service.enroll(userId, courseId);
    await service.reaches(userId, courseId, 'joined', 'ADDED');
    // Also what the joining left to do.
    await service.rest();
  }

  const posted = async ({ guildId }: Classroom) =>
    Object.fromEntries(
      (await service.discord.guild(guildId)).channels.map(({ name, messages }) => [
        name,
        messages.map(({ content }) => content),
      ]),
    );
  const written = async ({ account }: Student) =>
    (await service.discord.directMessages(account)).map(({ content }) => content);
  const posts = async () => (await service.discord.calls()).filter((call) => call.startsWith(`${POST} `));

  it('is in the channel that was chosen', async () => {
    const room = await classroom(service, 'Algebra', { welcomeMessage });
    const { id: inviteChannelId } = await service.discord.createChannel(room.guildId, 'students');
    await service.query(
      room.instructorToken,
      'mutation ($id: UUID!, $input: UpdateServerConfigInput!) { updateServerConfig(id: $id, input: $input) { id } }',
      { id: room.configId, input: { inviteChannelId } },
    );
    await enters(await student('Ayu'), room);
    expect(await posted(room)).toEqual({ general: [], students: ['Welcome Ayu to Algebra!'] });
  });

  it('is in the system channel where none was chosen', async () => {
    const room = await classroom(service, 'Algebra', { welcomeMessage, inviteChannelId: null });
    await service.discord.createChannel(room.guildId, 'another');
    await enters(await student('Ayu'), room);
    expect(await posted(room)).toEqual({ general: ['Welcome Ayu to Algebra!'], another: [] });
  });

  it('is not there at all where the course has none', async () => {
    const room = await classroom(service, 'Algebra');
    await enters(await student('Ayu', true), room);
    expect(await posted(room)).toEqual({ general: [] });
    expect(await posts()).toEqual([]);
  });

  it('is a direct message too for whoever has switched that on, and for nobody else', async () => {
    const room = await classroom(service, 'Algebra', { welcomeMessage });
    const [ayu, budi, citra] = [await student('Ayu', true), await student('Budi'), await student('Citra', true)];
    await service.query(await service.token(citra.userId), SET, { enabled: false });
    for (const one of [ayu, budi, citra]) await enters(one, room);
    await eventually(async () => expect(await written(ayu)).toEqual(['Welcome Ayu to Algebra!']));
    expect([await written(budi), await written(citra)]).toEqual([[], []]);
    expect((await posted(room))['general']).toHaveLength(3);
  });

  it('is no reason to fail: whoever takes no direct messages (50007) is in, and welcomed in the channel', async () => {
    const room = await classroom(service, 'Algebra', { welcomeMessage });
    const ayu = await student('Ayu', true);
    await service.discord.closeDirectMessages(ayu.account);
    await enters(ayu, room);
    expect((await posted(room))['general']).toEqual(['Welcome Ayu to Algebra!']);
    expect((await posts()).sort()).toEqual([`${POST} 200`, `${POST} 403`]);
    await service.reaches(ayu.userId, room.courseId, 'joined', 'ADDED');
  });

  it('is no reason to fail: where the bot may not write (50013) the student is in, and the server is well', async () => {
    const room = await classroom(service, 'Algebra', { welcomeMessage });
    const [ayu, budi] = [await student('Ayu'), await student('Budi')];
    await service.discord.faults([{ method: 'POST', route: '/channels/:id/messages', status: 403, code: 50_013 }]);
    await enters(ayu, room);
    await enters(budi, room);
    expect(await posts()).toEqual([`${POST} 403`, `${POST} 403`]);
    expect(
      await service.sql('SELECT health, paused_until FROM discord_guilds WHERE guild_id = $1', [room.guildId]),
    ).toEqual([{ health: 'HEALTHY', paused_until: null }]);
  });

  it('comes once Discord answers again, and once only', async () => {
    const room = await classroom(service, 'Algebra', { welcomeMessage });
    const ayu = await student('Ayu', true);
    // Both are posted, and the answers are lost.
    await service.discord.faults([{ method: 'POST', route: '/channels/:id/messages', drop: true, times: 2 }]);
    await service.enroll(ayu.userId, room.courseId);
    await service.reaches(ayu.userId, room.courseId, 'joined', 'ADDED');
    await eventually(async () => {
      expect(await service.sql(`SELECT FROM graphile_worker.jobs WHERE task_identifier ~ 'welcome'`)).toEqual([]);
      expect((await posts()).length).toBe(4);
    }, 40_000);
    expect(await written(ayu)).toEqual(['Welcome Ayu to Algebra!']);
    expect((await posted(room))['general']).toEqual(['Welcome Ayu to Algebra!']);
  }, 60_000);
});
