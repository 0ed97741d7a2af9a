import { type ProcessRole } from '../../src/config/config';
import { type Classroom, classroom, eventually, Service } from './support/service';

const WITHOUT_BOT = new Set<ProcessRole>(['api', 'worker', 'cron']);

describe('a bot in a process of its own (ROLES=bot)', () => {
  let service: Service;
  let room: Classroom;

  beforeAll(async () => {
    service = await Service.start({ config: { roles: WITHOUT_BOT } });
    room = await classroom(service);
  });
  afterAll(() => service.close());

  async function joined() {
    const [student] = await service.students(1);
    await service.enroll(student!.userId, room.courseId);
    await service.reaches(student!.userId, room.courseId, 'joined', 'ADDED');
    await service.rest();
    return student!;
  }
  const connections = async () => (await service.discord.received()).connections;

  it('hears for the others, which have no connection to the gateway, and ends cleanly', async () => {
    const [ayu, budi] = [await joined(), await joined()];
    expect(await connections()).toBe(0);
    const bot = service.process({ roles: new Set<ProcessRole>(['bot']) });
    const [, url] = await bot.prints(/listening at (\S+)/);
    await eventually(async () => {
      const { parts } = (await (await fetch(`${url}/health/ready`)).json()) as {
        parts: Record<string, { up: boolean }>;
      };
      expect(parts['discord-gateway']?.up).toBe(true);
    });
    expect(await connections()).toBe(1);
    await service.discord.leave(room.guildId, ayu.account);
    await service.reaches(ayu.userId, room.courseId, 'left', 'LEFT_BY_CHOICE');

    expect(await bot.stop('SIGTERM')).toBe(0);
    await eventually(async () => expect(await connections()).toBe(0));
    // The others go on without it.
    await service.unenroll(budi.userId, room.courseId);
    await service.reaches(budi.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
  }, 60_000);
});

describe('the connection of the bot', () => {
  let service: Service;

  beforeAll(async () => {
    service = await Service.start({ started: false });
  });
  afterEach(async () => {
    await service.down();
    await service.discord.noFaults();
    await service.discord.clearRequests();
  });
  afterAll(() => service.close());

  const gateway = async () => (await service.health()).parts['discord-gateway'];

  it('says plainly that the gateway does not accept the token (4004), and comes up by itself when it does', async () => {
    const wrong = service.config.discord.botToken.replace(/.{6}$/, 'WRONG1');
    // The gateway's address is told, whatever the token: the refusal is the gateway's own.
    await service.discord.recommendShards(1);
    await service.up({ waits: false, config: { discord: { ...service.config.discord, botToken: wrong } } });
    await eventually(async () =>
      expect(await gateway()).toMatchObject({
        up: false,
        message: expect.stringContaining('Check DISCORD_BOT_TOKEN. (close code 4004)') as string,
      }),
    );
    expect((await service.discord.identifies()).map(({ closedWith }) => closedWith)).toEqual([4004]);
    expect((await service.health()).status).toBe(200);

    await service.discord.resetBotToken(wrong);
    await eventually(async () => expect(await gateway()).toMatchObject({ up: true }), 60_000);
    // It was not tried again and again: each IDENTIFY is one of the thousand of a day.
    expect((await service.discord.identifies()).length).toBeLessThanOrEqual(4);
    await service.down();
    await service.discord.resetBotToken(service.config.discord.botToken);
  }, 90_000);

  it('becomes two when Discord says that one is not enough any more (4011)', async () => {
    await service.discord.recommendShards(1);
    await service.up();
    expect((await service.discord.identifies()).map(({ shard }) => shard)).toEqual([[0, 1]]);
    await service.discord.recommendShards(2);
    await service.discord.disconnect({ code: 4011, resumable: false });
    await eventually(
      async () =>
        expect((await service.discord.identifies()).map(({ shard }) => shard)).toEqual([
          [0, 1],
          [0, 2],
          [1, 2],
        ]),
      60_000,
    );
    await service.listens();
  }, 90_000);
});
