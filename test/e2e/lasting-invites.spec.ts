import { type Classroom, classroom, configure, eventually, Service } from './support/service';

const DELETE_INVITE = { method: 'DELETE', route: '/invites/:id' };
const UPDATE = 'mutation ($id: UUID!, $on: Boolean!) { updateServerConfig(id: $id, input: { isActive: $on }) { id } }';

interface Student {
  readonly id: string;
  readonly token: string;
  readonly discordId: string;
  readonly code: string;
}

/** What lets somebody in is known until it is taken back or over, whoever it was made for is linked to by then. */
describe('an open invite', () => {
  let service: Service;
  let room: Classroom;

  beforeAll(async () => {
    service = await Service.start();
  });
  beforeEach(async () => {
    await service.aDayPasses();
    room = await classroom(service, 'Algebra');
  });
  afterEach(() => service.discord.noFaults());
  afterAll(() => service.close());

  async function invited(): Promise<Student> {
    const id = await service.createUser('Ayu Wulandari');
    const discordId = await service.link(id, { autoJoin: false });
    await service.enroll(id, room.courseId);
    await service.reaches(id, room.courseId, 'invited', 'INVITE_OPEN');
    const { inviteLink } = (await service.shown(await service.token(id), id, room.courseId))!;
    return { id, token: await service.token(id), discordId, code: inviteLink!.split('/').at(-1)! };
  }

  const rolesOf = async (account: string) => (await service.discord.member(room.guildId, account))?.roles;
  const codes = async () => (await service.discord.guild(room.guildId)).invites.map(({ code }) => code);
  const active = (on: boolean) => service.query(room.instructorToken, UPDATE, { id: room.configId, on });
  const isDead = (ayu: Student) =>
    expect(service.discord.accept(ayu.code, ayu.discordId)).rejects.toThrow(/10006|Unknown Invite/);
  const isPaused = async () =>
    (await service.sql('SELECT FROM discord_guilds WHERE guild_id = $1 AND paused_until > now()', [room.guildId]))
      .length > 0;

  const changes: [string, (ayu: Student) => Promise<unknown>][] = [
    ['disconnects', (ayu) => service.query(ayu.token, 'mutation { unlinkDiscord }', {})],
    ['connects another account', (ayu) => service.link(ayu.id, { autoJoin: false })],
  ];

  describe('that cannot be taken back', () => {
    it.each<[string, (ayu: Student) => Promise<unknown>]>([
      ['whose access ends', (ayu) => service.unenroll(ayu.id, room.courseId)],
      ...changes.map(([what, change]): [string, (ayu: Student) => Promise<unknown>] => [`who ${what}`, change]),
    ])('gives somebody %s no role by it', async (_who, change) => {
      const ayu = await invited();
      await service.discord.faults([{ ...DELETE_INVITE, status: 403, code: 50013 }]);
      await change(ayu);
      await service.rest();
      await service.discord.noFaults();
      await service.discord.accept(ayu.code, ayu.discordId);
      await eventually(async () => expect(await rolesOf(ayu.discordId)).toBeUndefined());
    });

    it('keeps nobody waiting, however many there are, and is said in the log', async () => {
      const all = [await invited(), await invited(), await invited()];
      await service.rest();
      await service.discord.faults([{ ...DELETE_INVITE, status: 403, code: 50001 }]);
      await service.discord.clearRequests();
      await service.sql('DELETE FROM course_enrollments WHERE course_id = $1', [room.courseId]);
      for (const { id } of all) await service.reaches(id, room.courseId, 'removed', 'ENROLLMENT_ENDED');
      expect(await isPaused()).toBe(false);
      expect((await service.discord.calls()).filter((call) => call === 'DELETE /invites/:id 403')).toHaveLength(3);
      const log = await service.sql(
        `SELECT status, details ->> 'revoked' AS revoked FROM discord_log WHERE course_id = $1 AND details ? 'revoked'`,
        [room.courseId],
      );
      expect(log).toEqual(all.map(() => ({ status: 'failed', revoked: 'false' })));
    });

    it('while the bot is away is taken back when it is there again', async () => {
      const ayu = await invited();
      await service.discord.removeBot(room.guildId);
      await service.unenroll(ayu.id, room.courseId);
      await eventually(async () => expect(await isPaused()).toBe(true));
      expect(await codes()).toEqual([ayu.code]);
      await service.discord.addBot(room.guildId);
      await service.reaches(ayu.id, room.courseId, 'removed', 'ENROLLMENT_ENDED');
      expect(await codes()).toEqual([]);
    });
  });

  it('of an account that was given up is taken back too when Discord fails at first, and they are invited anew meanwhile', async () => {
    const ayu = await invited();
    await service.discord.faults([{ ...DELETE_INVITE, status: 500, times: 6 }]);
    await service.link(ayu.id, { autoJoin: false });
    await eventually(async () => expect((await codes()).filter((code) => code !== ayu.code)).toHaveLength(1));
    await service.discord.noFaults();
    await eventually(async () => expect(await codes()).not.toContain(ayu.code), 40_000);
    await service.reaches(ayu.id, room.courseId, 'invited', 'INVITE_OPEN', 20_000);
    const { inviteLink } = (await service.shown(ayu.token, ayu.id, room.courseId))!;
    expect(await codes()).toEqual([inviteLink!.split('/').at(-1)]);
  }, 60_000);

  describe('to a course that is switched off', () => {
    it.each(changes)(
      'whose student %s is not shown any more, and taken back when it goes on',
      async (_what, change) => {
        const ayu = await invited();
        await active(false);
        await change(ayu);
        await service.rest();
        expect(await service.shown(ayu.token, ayu.id, room.courseId)).toMatchObject({ inviteLink: null });
        expect((await service.shown(ayu.token, ayu.id, room.courseId))?.reason).not.toBe('INVITE_OPEN');
        await service.unenroll(ayu.id, room.courseId);
        await service.rest();
        await active(true);
        await service.reaches(ayu.id, room.courseId, 'removed', 'ENROLLMENT_ENDED');
        await isDead(ayu);
      },
    );

    it('is taken back when it goes on, and not the one that their new account has to another course there', async () => {
      const second = await service.createCourse('Algebra II', room.instructorId);
      const { id: studentRoleId } = await service.discord.createRole(room.guildId, 'Student II');
      await configure(service, room.instructorToken, { courseId: second, guildId: room.guildId, studentRoleId });
      const ayu = await invited();
      await active(false);
      const account = await service.link(ayu.id, { autoJoin: false });
      await service.enroll(ayu.id, second);
      await service.reaches(ayu.id, second, 'invited', 'INVITE_OPEN');
      await active(true);
      await service.reaches(ayu.id, room.courseId, 'invited', 'INVITE_OPEN');
      await isDead(ayu);
      const { inviteLink } = (await service.shown(ayu.token, ayu.id, second))!;
      await service.discord.accept(inviteLink!.split('/').at(-1)!, account);
      await eventually(async () =>
        expect((await rolesOf(account))?.toSorted()).toEqual([room.roleId, studentRoleId].toSorted()),
      );
    });
  });

  it('to a course that cannot be served is shown to nobody whose it is not', async () => {
    const ayu = await invited();
    await service.discord.addBot(room.guildId, { position: 1 });
    await eventually(async () =>
      expect(await service.sql('SELECT health FROM discord_guilds WHERE guild_id = $1', [room.guildId])).toEqual([
        { health: 'DEGRADED' },
      ]),
    );
    await service.rest();
    const shown = () => service.shown(ayu.token, ayu.id, room.courseId);
    await service.query(ayu.token, 'mutation { unlinkDiscord }', {});
    await service.rest();
    expect(await shown()).toMatchObject({ reason: 'ACCOUNT_NOT_LINKED', inviteLink: null });
    await service.link(ayu.id, { autoJoin: false });
    await service.rest();
    expect(await shown()).toMatchObject({ status: 'PENDING', inviteLink: null });
    await service.discord.addBot(room.guildId, { position: 99 });
    await service.reaches(ayu.id, room.courseId, 'invited', 'INVITE_OPEN');
    await isDead(ayu);
  });
});
