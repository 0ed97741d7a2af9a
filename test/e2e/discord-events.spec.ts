import { type Classroom, classroom, eventually, Service } from './support/service';

const CONFIG = `query ($id: UUID!) { serverConfig(id: $id) {
  guildName health preflight { checks { id required passed } } } }`;

/** Everything that the bot asks for, but to give roles. */
const WITHOUT_MANAGE_ROLES = String(268438659n & ~(1n << 28n));

/** Who joins, leaves, is kicked, banned, screened or has other roles: leaving, moderators, rules and pitfalls. */
describe('what Discord tells of a server', () => {
  let service: Service;

  beforeAll(async () => {
    service = await Service.start();
  });
  afterAll(() => service.close());

  async function standsOf(room: Classroom): Promise<{ name: string; health: string; failed: string[] }> {
    const { serverConfig } = await service.query<{
      serverConfig: {
        guildName: string;
        health: string;
        preflight: { checks: { id: string; required: boolean; passed: boolean }[] };
      };
    }>(room.instructorToken, CONFIG, { id: room.configId });
    const failed = serverConfig.preflight.checks.filter(({ required, passed }) => required && !passed);
    return { name: serverConfig.guildName, health: serverConfig.health, failed: failed.map(({ id }) => id) };
  }
  /** Changes come in bunches, so that the server is checked a moment later. */
  const stands = (room: Classroom, expected: object) =>
    eventually(async () => expect(await standsOf(room)).toMatchObject(expected), 20_000);

  it.each<[what: string, failed: string[], breaks: (room: Classroom) => Promise<unknown>]>([
    [
      'the student role is deleted',
      ['ROLE_EXISTS', 'ROLE_BELOW_BOT'],
      (room) => service.discord.deleteRole(room.guildId, room.roleId),
    ],
    [
      'the student role is above the bot',
      ['ROLE_BELOW_BOT'],
      (room) => service.discord.addBot(room.guildId, { position: 1 }),
    ],
    ['the invite channel is deleted', ['CHANNEL_EXISTS'], (room) => service.discord.deleteChannel(room.channelId)],
    [
      'the bot may not give roles any more',
      ['MANAGE_ROLES'],
      (room) => service.discord.addBot(room.guildId, { permissions: WITHOUT_MANAGE_ROLES }),
    ],
    [
      'the bot may not invite in the channel',
      ['CREATE_INVITE'],
      (room) =>
        service.discord.overwrite(room.channelId, [{ id: room.guildId, type: 0, allow: '0', deny: String(1n << 0n) }]),
    ],
  ])(
    'is what the checks of the server then say: %s',
    async (_what, failed, breaks) => {
      const room = await classroom(service);
      expect(await standsOf(room)).toMatchObject({ health: 'HEALTHY', failed: [] });
      await breaks(room);
      await stands(room, { health: 'DEGRADED', failed });
      expect(
        await service.sql(
          `SELECT details ->> 'to' AS "to" FROM discord_log WHERE guild_id = $1 AND action = 'health'`,
          [room.guildId],
        ),
      ).toEqual([{ to: 'DEGRADED' }]);
    },
    40_000,
  );

  it('is that it is well again, and whoever waited for that comes in', async () => {
    const room = await classroom(service);
    await service.discord.addBot(room.guildId, { permissions: WITHOUT_MANAGE_ROLES });
    await stands(room, { health: 'DEGRADED' });
    const [student] = await service.students(1);
    await service.enroll(student!.userId, room.courseId);
    await eventually(async () =>
      expect(await service.membership(student!.userId, room.courseId)).toMatchObject({ reason: 'SERVER_NOT_READY' }),
    );
    await service.discord.addBot(room.guildId);
    await service.reaches(student!.userId, room.courseId, 'joined', 'ADDED', 20_000);
    expect(await standsOf(room)).toMatchObject({ health: 'HEALTHY', failed: [] });
  }, 60_000);

  it('is its new name, which people read from then on', async () => {
    const room = await classroom(service, 'Algebra');
    await service.discord.rename(room.guildId, 'Numbers and more');
    await stands(room, { name: 'Numbers and more', health: 'HEALTHY' });
  }, 40_000);

  it('is that the bot was removed; that Discord cannot serve a server for a while is something else', async () => {
    const [away, left] = [await classroom(service, 'Away'), await classroom(service, 'Left')];
    const [student] = await service.students(1);
    await service.enroll(student!.userId, away.courseId);
    await service.reaches(student!.userId, away.courseId, 'joined', 'ADDED');

    await service.quiet();
    await service.discord.clearRequests();
    await service.discord.outage(away.guildId, true);
    await service.discord.leave(away.guildId, student!.account);
    await service.discord.removeBot(left.guildId);
    await stands(left, { health: 'UNREACHABLE' });
    // What came first was heard first: a check of this server would be over as well.
    await service.rest();
    expect((await service.discord.requests()).filter(({ path }) => path.includes(away.guildId))).toEqual([]);
    expect(await standsOf(away)).toMatchObject({ health: 'HEALTHY', failed: [] });
    expect(await service.membership(student!.userId, away.courseId)).toMatchObject({ status: 'joined' });

    // Nothing was told meanwhile: once it is back it is compared.
    await service.discord.outage(away.guildId, false);
    await service.reaches(student!.userId, away.courseId, 'left', 'LEFT_BY_CHOICE', 20_000);
    await service.discord.addBot(left.guildId);
    await stands(left, { health: 'HEALTHY' });
  }, 60_000);
});
