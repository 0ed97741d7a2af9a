import { Sweep } from '../../src/membership/sweep';
import { type Classroom, classroom, configure, Service } from './support/service';
import { syncInFull } from './support/settled-class';

const ADD = 'PUT /guilds/:id/members/:id';
const UNLINK = 'mutation { unlinkDiscord }';

/** Counted: Discord's bot has no part in it, so every call is the service's own. */
describe('who is not in, and whom no call can help', () => {
  let service: Service;
  let room: Classroom;

  beforeAll(async () => {
    service = await Service.start({ config: { roles: new Set(['api', 'worker']) } });
    room = await classroom(service);
  }, 30_000);
  afterAll(() => service.close());

  /** Syncs, sweeps and cleans up, as every day does. @returns the calls, but for those that list and look at the server. */
  async function day(): Promise<string[]> {
    await service.discord.clearRequests();
    await syncInFull(service, room);
    const sweep = service.nest.get(Sweep);
    await sweep.sweep();
    await sweep.cleanup();
    await service.rest();
    const ofServer = /^GET \/(guilds\/:id|guilds\/:id\/members|users\/@me) 200$/;
    return (await service.discord.calls()).filter((call) => !ofServer.test(call));
  }

  async function linked(options: { autoJoin?: boolean } = {}): Promise<{ userId: string; account: string }> {
    const userId = await service.createUser('Ayu Wulandari');
    return { userId, account: await service.link(userId, options) };
  }

  it('costs no call and no entry in the log, however often everybody is compared', async () => {
    const never = await service.createUser('Budi Santoso');
    await service.enroll(never, room.courseId);
    await service.reaches(never, room.courseId, 'pending', 'ACCOUNT_NOT_LINKED');

    const expired = await linked({ autoJoin: false });
    await service.enroll(expired.userId, room.courseId);
    await service.reaches(expired.userId, room.courseId, 'invited', 'INVITE_OPEN');
    await service.sql(
      `UPDATE discord_memberships SET invite_expires_at = now() - interval '1 minute', due_at = now() WHERE user_id = $1`,
      [expired.userId],
    );

    const unlinked = await linked();
    await service.enroll(unlinked.userId, room.courseId);
    await service.reaches(unlinked.userId, room.courseId, 'joined', 'ADDED');
    await service.query(await service.token(unlinked.userId), UNLINK);
    await service.reaches(unlinked.userId, room.courseId, 'pending', 'ACCOUNT_NOT_LINKED');

    const ended = await linked();
    await service.enroll(ended.userId, room.courseId);
    await service.reaches(ended.userId, room.courseId, 'joined', 'ADDED');
    await service.unenroll(ended.userId, room.courseId);
    await service.reaches(ended.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');

    const refusals = [
      [30001, 'GUILD_LIMIT_REACHED'],
      [40007, 'BANNED'],
      [340015, 'JOINING_LIMITED'],
    ] as const;
    for (const [code, reason] of refusals) {
      const refused = await linked();
      await service.discord.faults([{ route: ADD, userId: refused.account, status: 403, code }]);
      await service.enroll(refused.userId, room.courseId);
      await service.reaches(refused.userId, room.courseId, 'pending', reason);
    }
    await service.discord.noFaults();

    // What is only tidied up, once.
    await day();
    await service.reaches(expired.userId, room.courseId, 'invited', 'INVITE_EXPIRED');
    const told = async () =>
      (
        await service.sql('SELECT seq FROM discord_log WHERE course_id = $1 AND membership_id IS NOT NULL', [
          room.courseId,
        ])
      ).length;
    const before = await told();
    for (let days = 0; days < 3; days += 1) expect(await day()).toEqual([]);
    // How it stands is told once, however often it is found again.
    expect(await told()).toBe(before);
    await service.reaches(expired.userId, room.courseId, 'invited', 'INVITE_EXPIRED');
  }, 90_000);

  it('whose grant was revoked and whose invite has expired costs no call either', async () => {
    const revoked = await linked();
    await service.discord.revokeGrant(revoked.account);
    await service.enroll(revoked.userId, room.courseId);
    await service.reaches(revoked.userId, room.courseId, 'invited', 'INVITE_OPEN');
    await service.sql(
      `UPDATE discord_memberships SET invite_expires_at = now() - interval '1 minute', due_at = now() WHERE user_id = $1`,
      [revoked.userId],
    );
    await day();
    for (let days = 0; days < 2; days += 1) expect(await day()).toEqual([]);
    await service.reaches(revoked.userId, room.courseId, 'invited', 'INVITE_EXPIRED');
  }, 60_000);

  it('whom Discord has refused costs no call either where another course of the server waits for something else', async () => {
    const second = await service.createCourse('By invitation', room.instructorId);
    const { guildId, channelId: inviteChannelId, instructorToken } = room;
    await configure(service, instructorToken, { courseId: second, guildId, inviteChannelId, autoInvite: false });
    const refused = await linked();
    await service.discord.faults([{ route: ADD, userId: refused.account, status: 403, code: 30001 }]);
    await service.enroll(refused.userId, second);
    await service.reaches(refused.userId, second, 'pending', 'NOT_INVITED');
    // The first of the two, in whatever order they are read.
    await service.sql(
      `UPDATE discord_memberships SET id = '00000000-0000-4000-8000-000000000000' WHERE course_id = $1`,
      [second],
    );
    await service.enroll(refused.userId, room.courseId);
    await service.reaches(refused.userId, room.courseId, 'pending', 'GUILD_LIMIT_REACHED');
    await day();
    expect(await day()).toEqual([]);
    await service.reaches(refused.userId, second, 'pending', 'NOT_INVITED');
    await service.reaches(refused.userId, room.courseId, 'pending', 'GUILD_LIMIT_REACHED');
  }, 60_000);
});
