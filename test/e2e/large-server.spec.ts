import { Client } from 'discord.js';
import { type ProcessRole } from '../../src/config/config';
import { classroom, eventually, Service } from './support/service';

const MEMBERS = 100_000;
const WITHOUT_BOT = new Set<ProcessRole>(['api', 'worker', 'cron']);

describe(`a server of ${MEMBERS.toLocaleString('en')} members`, () => {
  let service: Service;

  beforeAll(async () => {
    service = await Service.start({
      config: { roles: WITHOUT_BOT, engagementMetrics: true },
      discordKeepsState: false,
    });
  });
  afterAll(() => service.close());

  it('is never fetched because of what a member does, and none of them is remembered', async () => {
    const room = await classroom(service);
    const strangers = await service.discord.createUsers(MEMBERS);
    for (let from = 0; from < MEMBERS; from += 10_000)
      await service.discord.joinAll(room.guildId, strangers.slice(from, from + 10_000));
    const [ayu, budi] = await service.students(2);
    for (const { userId } of [ayu!, budi!]) await service.enroll(userId, room.courseId);
    for (const { userId } of [ayu!, budi!]) await service.reaches(userId, room.courseId, 'joined', 'ADDED');
    await service.down();
    await service.up({ config: { roles: new Set<ProcessRole>(['api', 'worker', 'bot', 'cron']) } });
    // What was missed before the bot was there is compared, by pages.
    await eventually(
      async () => expect(await service.sql('SELECT status FROM discord_sync_runs')).toEqual([{ status: 'SUCCEEDED' }]),
      60_000,
    );
    await service.rest();
    const before = await service.discord.received();
    await service.discord.clearRequests();

    // Strangers and students come, go, have other roles, write.
    const newcomer = (await service.discord.createUser('newcomer')).id;
    await service.discord.join(room.guildId, newcomer);
    await service.discord.join(room.guildId, strangers[0]!, [room.roleId]);
    await service.discord.leave(room.guildId, strangers[1]!);
    await service.discord.kick(room.guildId, strangers[2]!);
    await service.discord.write(room.channelId, strangers[3]!, 'Hello');
    await service.discord.write(room.channelId, budi!.account, 'Hello');
    await service.discord.join(room.guildId, budi!.account, []);
    await service.discord.leave(room.guildId, ayu!.account);
    await service.reaches(ayu!.userId, room.courseId, 'left', 'LEFT_BY_CHOICE');
    await eventually(async () =>
      expect((await service.discord.member(room.guildId, budi!.account))?.roles).toEqual([room.roleId]),
    );
    await eventually(async () =>
      expect(await service.sql('SELECT user_id FROM discord_active_days')).toEqual([{ user_id: budi!.userId }]),
    );
    await service.rest();

    const lists = (await service.discord.calls()).filter((call) => call.startsWith('GET /guilds/:id/members '));
    expect(lists).toEqual([]);
    const { payloads } = await service.discord.received();
    // Op 8: Request Guild Members.
    expect([before.payloads['8'], payloads['8']]).toEqual([undefined, undefined]);
    const client = service.nest.get(Client, { strict: false });
    const { members, channels } = client.guilds.cache.get(room.guildId)!;
    const messages = [...channels.cache.values()].map((channel) =>
      'messages' in channel ? channel.messages.cache.size : 0,
    );
    expect([...members.cache.keys()]).toEqual([client.user!.id]);
    expect([...client.users.cache.keys()]).toEqual([client.user!.id]);
    expect(messages).toEqual([0]);
  }, 180_000);
});
