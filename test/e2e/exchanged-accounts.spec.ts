import { type ProcessRole } from '../../src/config/config';
import { type Classroom, classroom, configure, eventually, type Linked, Service } from './support/service';

const OTHERS = 10;
const MEMBER = '/guilds/:id/members/:id';

describe('a student who exchanges accounts while ten others of the server are put off', () => {
  let service: Service;

  beforeAll(async () => {
    service = await Service.start({ config: { roles: new Set<ProcessRole>(['api', 'worker', 'bot']) } });
  });
  afterEach(() => service.discord.noFaults());
  afterAll(() => service.close());

  async function joined(title: string): Promise<{ room: Classroom; ayu: Linked; others: Linked[] }> {
    const room = await classroom(service, title);
    const [ayu, ...others] = (await service.students(1 + OTHERS)) as [Linked, ...Linked[]];
    await service.enroll(ayu.userId, room.courseId);
    await service.reaches(ayu.userId, room.courseId, 'joined', 'ADDED');
    await service.rest();
    await service.discord.clearRequests();
    return { room, ayu, others };
  }

  const enroll = (students: readonly Linked[], { courseId }: Classroom) =>
    service.sql('INSERT INTO course_enrollments (user_id, course_id) SELECT unnest($1::uuid[]), $2', [
      students.map(({ userId }) => userId),
      courseId,
    ]);

  /** Waits until what we did on the former account is forgotten with it; a call whose answer was lost is looked after later. */
  function isOn(account: string, { userId }: Linked, { courseId }: Classroom): Promise<void> {
    return eventually(async () => {
      const [row] = await service.sql(
        `SELECT status, reason, acted_discord_user_id AS acted, attempt, generation = observed_generation AS served
         FROM discord_memberships WHERE user_id = $1 AND course_id = $2`,
        [userId, courseId],
      );
      expect(row).toEqual({ status: 'joined', reason: 'ADDED', acted: account, attempt: null, served: true });
    }, 40_000);
  }

  async function allAreIn({ guildId, courseId, roleId }: Classroom, students: readonly Linked[]): Promise<void> {
    for (const { userId } of students) await service.reaches(userId, courseId, 'joined', 'ADDED', 40_000);
    await service.rest(20_000);
    for (const { account } of students) {
      expect((await service.discord.member(guildId, account))?.roles).toEqual([roleId]);
      const calls = await service.discord.calls(account);
      expect(calls.filter((call) => call === `PUT ${MEMBER} 201`)).toHaveLength(1);
      expect(calls.filter((call) => call.startsWith('DELETE'))).toEqual([]);
    }
  }

  it.each<[string, object[]]>([
    ['Discord’s limit for adding is used up', [{ method: 'PUT', status: 429, body: { retry_after: 1 }, times: 1 }]],
    [
      'Discord’s limit for removing is used up',
      [{ method: 'DELETE', status: 429, body: { retry_after: 1 }, times: 1 }],
    ],
    [
      'both are',
      [
        { method: 'PUT', status: 429, body: { retry_after: 1 }, times: 1 },
        { method: 'DELETE', status: 429, body: { retry_after: 1 }, times: 1 },
      ],
    ],
    ['Discord fails', [{ method: 'PUT', status: 500, times: 6 }]],
    [
      'Discord’s answers are lost',
      [
        { method: 'PUT', drop: 'after', times: 4 },
        { method: 'DELETE', drop: 'after', times: 2 },
      ],
    ],
  ])(
    'because %s: the former account goes, the new one is in, and so are the ten',
    async (_why, faults) => {
      const { room, ayu, others } = await joined('Algebra');
      let account = '';
      await service.atOnce(room.guildId, async () => {
        // Half of them are marked before and half after, and so served in that order.
        await enroll(others.slice(0, OTHERS / 2), room);
        account = await service.link(ayu.userId);
        await enroll(others.slice(OTHERS / 2), room);
        await service.discord.faults(faults.map((fault) => ({ route: MEMBER, ...fault })));
      });
      await isOn(account, ayu, room);
      await allAreIn(room, [{ ...ayu, account }, ...others]);
      expect(await service.discord.member(room.guildId, ayu.account)).toBeUndefined();
    },
    60_000,
  );

  it('leaves the former account alone when one of the ten has linked it meanwhile', async () => {
    const { room, ayu, others } = await joined('Biology');
    const [budi, ...rest] = others as [Linked, ...Linked[]];
    let account = '';
    await service.atOnce(room.guildId, async () => {
      await enroll(others, room);
      account = await service.link(ayu.userId);
      await service.link(budi.userId, { discordUserId: ayu.account });
      await service.discord.faults([
        { route: MEMBER, method: 'PUT', status: 429, body: { retry_after: 1 }, times: 1 },
        { route: MEMBER, method: 'DELETE', status: 429, body: { retry_after: 1 }, times: 1 },
      ]);
    });
    await isOn(account, ayu, room);
    await allAreIn(room, [{ ...ayu, account }, ...rest]);
    const token = await service.token(budi.userId);
    await eventually(async () =>
      expect(await service.shown(token, budi.userId, room.courseId)).toMatchObject({
        status: 'JOINED',
        discordUserId: ayu.account,
        inSync: true,
      }),
    );
    expect((await service.discord.member(room.guildId, ayu.account))?.roles).toEqual([room.roleId]);
    expect((await service.discord.calls(ayu.account)).filter((call) => !call.startsWith('GET'))).toEqual([]);
  }, 60_000);

  it('is not told to have left when one of the ten has linked their account and leaves with it', async () => {
    const { room, ayu, others } = await joined('Chemistry');
    const [budi] = others as [Linked, ...Linked[]];
    await service.atOnce(room.guildId, async () => {
      await service.query(await service.token(ayu.userId), 'mutation { unlinkDiscord }', {});
      await enroll([budi], room);
      await service.link(budi.userId, { discordUserId: ayu.account });
      await service.discord.leave(room.guildId, ayu.account);
      await eventually(async () =>
        expect(
          await service.sql('SELECT is_member FROM discord_memberships WHERE user_id = $1 AND course_id = $2', [
            ayu.userId,
            room.courseId,
          ]),
        ).toEqual([{ is_member: false }]),
      );
    });
    await service.reaches(ayu.userId, room.courseId, 'pending', 'ACCOUNT_NOT_LINKED', 40_000);
    const account = await service.link(ayu.userId);
    await isOn(account, ayu, room);
  }, 60_000);

  it('stays with the former account where one of two courses kept everything, also once the other one has invited the new one', async () => {
    const kind = await classroom(service, 'Kind', { removalPolicy: 'KEEP' });
    const strict = await service.createCourse('Strict', kind.instructorId);
    const { id: studentRoleId } = await service.discord.createRole(kind.guildId, 'Strict student');
    await configure(service, kind.instructorToken, { courseId: strict, guildId: kind.guildId, studentRoleId });
    const [ayu] = (await service.students(1)) as [Linked];
    for (const courseId of [kind.courseId, strict]) await service.enroll(ayu.userId, courseId);
    for (const courseId of [kind.courseId, strict]) await service.reaches(ayu.userId, courseId, 'joined');
    await service.unenroll(ayu.userId, kind.courseId);
    await service.reaches(ayu.userId, kind.courseId, 'removed');
    await service.rest();
    await service.link(ayu.userId, { autoJoin: false });
    await service.reaches(ayu.userId, strict, 'invited', 'INVITE_OPEN');
    await service.sql(`UPDATE course_enrollments SET expires_at = now() + interval '1 day' WHERE user_id = $1`, [
      ayu.userId,
    ]);
    await service.marked();
    await service.rest();
    expect((await service.discord.member(kind.guildId, ayu.account))?.roles.toSorted()).toEqual(
      [kind.roleId, studentRoleId].toSorted(),
    );
  });

  it('has left with the new account, though Discord does not let the former one go yet', async () => {
    const { room, ayu } = await joined('Long farewell');
    await service.discord.faults([{ method: 'DELETE', route: MEMBER, userId: ayu.account, status: 500 }]);
    const account = await service.link(ayu.userId);
    await eventually(async () => expect(await attemptsOf(ayu)).toBeGreaterThan(1), 20_000);
    expect(await service.discord.member(room.guildId, account)).toBeDefined();
    await service.discord.leave(room.guildId, account);
    await service.discord.noFaults();
    await service.reaches(ayu.userId, room.courseId, 'left', 'LEFT_BY_CHOICE', 40_000);
    await service.rest(20_000);
    for (const one of [account, ayu.account]) expect(await service.discord.member(room.guildId, one)).toBeUndefined();
    const calls = await service.discord.calls(account);
    expect(calls.filter((call) => call === `PUT ${MEMBER} 201`)).toHaveLength(1);
  }, 60_000);

  it('has not left with the new account, which is only invited, when Discord does not tell of the former one yet', async () => {
    const { room, ayu } = await joined('Lost farewell');
    await service.discord.faults([{ method: 'GET', route: MEMBER, userId: ayu.account, status: 500 }]);
    const account = await service.link(ayu.userId, { autoJoin: false });
    await eventually(async () => expect(await attemptsOf(ayu)).toBeGreaterThan(0));
    expect((await service.membership(ayu.userId, room.courseId))?.invite_link).not.toBeNull();
    await service.discord.noFaults();
    await eventually(async () => expect(await attemptsOf(ayu)).toBe(0), 20_000);
    await service.reaches(ayu.userId, room.courseId, 'invited', 'INVITE_OPEN');
    expect(await service.discord.member(room.guildId, ayu.account)).toBeUndefined();
    const { invite_link: link } = (await service.membership(ayu.userId, room.courseId))!;
    await service.discord.accept(link!.split('/').at(-1)!, account);
    await service.reaches(ayu.userId, room.courseId, 'joined', 'USED_INVITE');
  }, 60_000);

  /** How often it was tried in vain: 0 once it is served. */
  async function attemptsOf({ userId }: Linked): Promise<number> {
    const [row] = await service.sql<{ attempts: number }>(
      'SELECT attempts FROM discord_memberships WHERE user_id = $1',
      [userId],
    );
    return row!.attempts;
  }
});
