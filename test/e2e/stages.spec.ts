import { SANDBOX_PRIVATE_KEY } from '../../sandbox/credentials';
import { signedHeaders } from '../../sandbox/webhook-signature';
import { type Config } from '../../src/config/config';
import { Browser } from './support/browser';
import { configure, Service } from './support/service';

const SET_LINK = `mutation ($courseId: UUID!, $inviteLink: String!) {
  setCourseDiscordLink(courseId: $courseId, inviteLink: $inviteLink) { discordLink { working serverName } } }`;
const JOIN = 'mutation ($courseId: UUID!) { joinCourseDiscord(courseId: $courseId) { url membership { status } } }';

describe('the stages of the service, in production', () => {
  let service: Service;
  let rina: string;
  let rinas: string;
  let owner: string;
  let guild: { id: string; generalChannelId: string };
  let courseId: string;
  let ayu: string;
  let ayus: string;
  let inviteLink: string;

  beforeAll(async () => {
    service = await Service.start({ started: false });
    rina = await service.createUser('Rina Hartono', 'instructor');
    rinas = await service.token(rina, 'instructor');
    ayu = await service.createUser('Ayu Wulandari');
    ayus = await service.token(ayu);
    courseId = await service.createCourse('Algebra I', rina);
    await service.enroll(ayu, courseId);
    owner = (await service.discord.createUser('rina.hartono')).id;
    guild = await service.discord.createGuild('Algebra server', owner);
    inviteLink = `https://discord.gg/${(await service.discord.createInvite(guild.generalChannelId, owner)).code}`;
  });
  afterEach(() => service.down());
  afterAll(() => service.close());

  /** The program itself refuses the local Discord's application in production, so from here on it is told what it would read. */
  function upWith(application: Partial<Config['discord']>) {
    const none = { clientId: '', clientSecret: '', botToken: '', publicKey: '' };
    const discord = { ...service.config.discord, inviteUrl: 'https://discord.gg', ...none, ...application };
    return service.upAsProcess({ config: { production: true, discord }, waits: false });
  }

  const accounts = () => {
    const { clientId, clientSecret } = service.config.discord;
    return { clientId, clientSecret };
  };

  /** Everything that needs the bot answers with a sentence that tells so. */
  async function refusesServers(): Promise<void> {
    const input = { courseId, guildId: guild.id };
    for (const [query, variables] of [
      ['mutation ($input: CreateServerConfigInput!) { createServerConfig(input: $input) { id } }', { input }],
      ['query ($guildId: Snowflake!) { preflight(guildId: $guildId) { ok } }', input],
      ['query ($guildId: Snowflake!) { guild(id: $guildId) { id } }', input],
      ['mutation ($guildId: Snowflake!) { createGuildRole(guildId: $guildId, name: "Student") { id } }', input],
      ['{ manageableGuilds { id } }', {}],
    ] as const) {
      expect(await service.refusal(rinas, query, variables)).toMatchObject({
        code: 'SERVER_NOT_READY',
        message: expect.stringContaining('without a Discord bot') as string,
      });
    }
    for (const query of [
      'mutation ($courseId: UUID!) { syncCourse(courseId: $courseId) { id } }',
      'mutation ($courseId: UUID!) { inviteStudents(courseId: $courseId) { id } }',
      'query ($courseId: UUID!) { syncPlan(courseId: $courseId) { kick } }',
    ])
      expect((await service.refusal(rinas, query, { courseId })).code).toBe('SERVER_NOT_READY');
  }

  it('first, without a Discord application: links, the button, clicks and the log work', async () => {
    const program = await service.upInProduction({});
    expect(program.output).toContain('No Discord application is configured');
    expect((await service.health()).status).toBe(200);
    expect(await service.query(rinas, SET_LINK, { courseId, inviteLink })).toEqual({
      setCourseDiscordLink: { discordLink: { working: true, serverName: 'Algebra server' } },
    });
    expect(await service.query(ayus, JOIN, { courseId })).toEqual({
      joinCourseDiscord: { url: inviteLink, membership: null },
    });
    const { course, auditLog } = await service.query<{ course: object; auditLog: { nodes: object[] } }>(
      rinas,
      `query ($courseId: UUID!) { course(id: $courseId) { discordLink { clicks uniqueStudents } }
         auditLog(filter: { courseId: $courseId }) { nodes { action userId } } }`,
      { courseId },
    );
    expect(course).toEqual({ discordLink: { clicks: 1, uniqueStudents: 1 } });
    expect(auditLog.nodes).toEqual([
      { action: 'CLICK', userId: ayu },
      { action: 'CONFIG_UPDATE', userId: null },
    ]);
    await refusesServers();
    expect((await service.refusal(ayus, 'mutation { startDiscordLink { state } }')).code).toBe('SERVER_NOT_READY');
    // Without an application nothing can have been sent by Discord for it, however well it is signed.
    const body = '{"version":1,"type":0}';
    const headers = { 'content-type': 'application/json', ...signedHeaders(SANDBOX_PRIVATE_KEY, body) };
    const event = await fetch(`${service.url}/api/discord/events`, { method: 'POST', headers, body });
    expect(event.status).toBe(401);
  }, 60_000);

  it('second, with an application and no bot: accounts can be linked too', async () => {
    await upWith(accounts());
    expect((await service.health()).status).toBe(200);
    const account = await service.discord.createUser('ayu.w');
    const browser = new Browser(service);
    const { authorizeUrl } = await browser.startLink(ayus, {});
    const page = await browser.open(await service.discord.approve(account.id, authorizeUrl));
    expect(page.status).toBe(200);
    expect(await service.query(ayus, '{ viewer { discordConnection { discordUserId } } }')).toEqual({
      viewer: { discordConnection: { discordUserId: account.id } },
    });
    expect(await service.query(ayus, JOIN, { courseId })).toMatchObject({ joinCourseDiscord: { url: inviteLink } });
    await refusesServers();
  }, 60_000);

  it('third, with all of it: the same course is served by the bot, and nobody has to rejoin', async () => {
    const { botToken, publicKey } = service.config.discord;
    await upWith({ ...accounts(), botToken, publicKey });
    await service.listens();
    await service.link(rina, { role: 'instructor', discordUserId: owner });
    await service.discord.addBot(guild.id);
    const role = await service.discord.createRole(guild.id, 'Student');
    await configure(service, rinas, { courseId, guildId: guild.id, studentRoleId: role.id });
    await service.reaches(ayu, courseId, 'joined', 'ADDED', 20_000);
    expect(await service.query(ayus, JOIN, { courseId })).toEqual({
      joinCourseDiscord: { url: null, membership: { status: 'JOINED' } },
    });

    // And back, as if the token had been lost: the link is there again for whoever is not in yet.
    await service.down();
    await upWith(accounts());
    const budi = await service.createUser('Budi Santoso');
    await service.enroll(budi, courseId);
    expect(await service.query(await service.token(budi), JOIN, { courseId })).toMatchObject({
      joinCourseDiscord: { url: inviteLink },
    });
  }, 120_000);
});
