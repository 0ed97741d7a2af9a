import { type ProcessRole } from '../../src/config/config';
import { type Classroom, classroom, eventually, type Linked, Service } from './support/service';

const MEMBER = '/guilds/:id/members/:id';
const ROLE = '/guilds/:id/members/:id/roles/:id';
const UPDATE =
  'mutation ($id: UUID!, $input: UpdateServerConfigInput!) { updateServerConfig(id: $id, input: $input) { id } }';
/** Longer than the waits before a second, third and fourth try together, milliseconds. */
const PATIENCE = 30_000;

jest.setTimeout(120_000);

/** Nobody listens to the gateway here: what became of a call whose answer is lost is only known to who remembers the call. */
describe('what a call may have done stays known until it is seen what became of it:', () => {
  let service: Service;

  beforeEach(() => service.aDayPasses());
  afterEach(() => service.discord.noFaults());
  beforeAll(async () => {
    service = await Service.start({ config: { roles: new Set<ProcessRole>(['api', 'worker']) } });
  });
  afterAll(() => service.close());

  const rolesOf = async ({ account }: Pick<Linked, 'account'>, { guildId }: Pick<Classroom, 'guildId'>) =>
    (await service.discord.member(guildId, account))?.roles.toSorted();
  const has = (student: Pick<Linked, 'account'>, room: Pick<Classroom, 'guildId'>, roles: string[] | undefined) =>
    eventually(async () => expect(await rolesOf(student, room)).toEqual(roles?.toSorted()), PATIENCE);
  const update = (room: Pick<Classroom, 'instructorToken' | 'configId'>, input: object) =>
    service.query(room.instructorToken, UPDATE, { id: room.configId, input });
  const role = async ({ guildId }: Pick<Classroom, 'guildId'>, name: string) =>
    (await service.discord.createRole(guildId, name)).id;

  async function student(): Promise<Linked> {
    const [ayu] = await service.students(1);
    return ayu!;
  }

  async function joined(room: Pick<Classroom, 'courseId'>): Promise<Linked> {
    const ayu = await student();
    await service.enroll(ayu.userId, room.courseId);
    await service.reaches(ayu.userId, room.courseId, 'joined', 'ADDED');
    await service.rest();
    return ayu;
  }

  /** Every answer to these calls for the account is lost, after its effect. */
  const answersAreLost = (account: string, ...routes: string[]) =>
    service.discord.faults(routes.map((route) => ({ method: 'PUT', route, userId: account, drop: 'after' })));

  /** So many tries have failed; the next comes when it is said. */
  const failed = ({ userId }: Linked, { courseId }: Pick<Classroom, 'courseId'>, tries = 1) =>
    eventually(async () => {
      const [waiting] = await service.sql(
        `UPDATE discord_memberships SET due_at = now() + interval '1 hour'
         WHERE user_id = $1 AND course_id = $2 AND attempts >= $3 AND generation = observed_generation RETURNING 1`,
        [userId, courseId, tries],
      );
      expect(waiting).toBeDefined();
    }, PATIENCE);

  /** Discord's refusal is written down: the server's work waits. */
  const isPaused = ({ guildId }: Pick<Classroom, 'guildId'>) =>
    eventually(async () =>
      expect(
        await service.sql('SELECT FROM discord_guilds WHERE guild_id = $1 AND paused_until > now()', [guildId]),
      ).toHaveLength(1),
    );

  /** The server is looked at again, as it is from time to time. */
  const isCheckedAgain = ({ guildId }: Pick<Classroom, 'guildId'>) =>
    service.sql(`SELECT graphile_worker.add_job('recheck-server', json_build_object('guildId', $1::text))`, [guildId]);

  describe('an add', () => {
    it.each<[string, (room: Classroom) => Promise<unknown>, (room: Classroom) => Promise<unknown>]>([
      [
        'whose course is switched off before the second try',
        (room) => update(room, { isActive: false }),
        (room) => update(room, { isActive: true }),
      ],
      [
        'whose course’s role cannot be given by then',
        async (room) => {
          await service.discord.addBot(room.guildId, { position: 1 });
          await isCheckedAgain(room);
          await eventually(async () =>
            expect(
              await service.sql(`SELECT FROM discord_guilds WHERE guild_id = $1 AND health = 'DEGRADED'`, [
                room.guildId,
              ]),
            ).toHaveLength(1),
          );
        },
        async (room) => {
          await service.discord.addBot(room.guildId, { position: 99 });
          await isCheckedAgain(room);
        },
      ],
    ])('%s is undone when it goes on and access has ended meanwhile', async (_when, stops, goesOn) => {
      const room = await classroom(service);
      const ayu = await student();
      await answersAreLost(ayu.account, MEMBER);
      await service.enroll(ayu.userId, room.courseId);
      await failed(ayu, room);
      expect(await rolesOf(ayu, room)).toEqual([room.roleId]);

      await stops(room);
      await service.sql('UPDATE discord_memberships SET due_at = now() WHERE user_id = $1 AND due_at IS NOT NULL', [
        ayu.userId,
      ]);
      await service.rest();
      await service.discord.noFaults();
      await service.unenroll(ayu.userId, room.courseId);
      await service.rest();
      expect(await rolesOf(ayu, room)).toEqual([room.roleId]);
      await goesOn(room);
      await has(ayu, room, undefined);
      await service.reaches(ayu.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
    });

    it('that Discord refuses at the second try is undone too', async () => {
      const room = await classroom(service, 'Biology', { removalPolicy: 'REMOVE_ROLE' });
      const ayu = await student();
      await service.discord.faults([
        { method: 'PUT', route: MEMBER, userId: ayu.account, drop: 'after', times: 1 },
        { method: 'PUT', route: MEMBER, userId: ayu.account, status: 403, code: 50013 },
      ]);
      await service.enroll(ayu.userId, room.courseId);
      await isPaused(room);
      expect(await rolesOf(ayu, room)).toEqual([room.roleId]);
      await service.unenroll(ayu.userId, room.courseId);
      await service.discord.noFaults();
      await isCheckedAgain(room);
      await has(ayu, room, []);
    });

    it('whose student’s access ends before the second try is for the grace, and undone when that is over', async () => {
      const room = await classroom(service, 'Geology', { removalGraceHours: 24 });
      const ayu = await student();
      await answersAreLost(ayu.account, MEMBER);
      await service.enroll(ayu.userId, room.courseId);
      await failed(ayu, room);
      await service.unenroll(ayu.userId, room.courseId);
      await service.reaches(ayu.userId, room.courseId, 'joined', 'GRACE_PERIOD');
      expect(await rolesOf(ayu, room)).toEqual([room.roleId]);
      await update(room, { removalGraceHours: 0 });
      await has(ayu, room, undefined);
      await service.reaches(ayu.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
    });

    it('to an account that the student has exchanged for a third one since is undone, as is what was done on the first', async () => {
      const room = await classroom(service);
      const ayu = await joined(room);
      const { id: second } = await service.discord.createUser('second');
      await answersAreLost(second, MEMBER);
      await service.link(ayu.userId, { discordUserId: second });
      await failed(ayu, room);
      expect(await rolesOf({ account: second }, room)).toEqual([room.roleId]);

      const third = await service.link(ayu.userId);
      await has({ account: third }, room, [room.roleId]);
      await has({ account: second }, room, undefined);
      await has(ayu, room, undefined);
      await service.reaches(ayu.userId, room.courseId, 'joined', 'ADDED');
    });
  });

  describe('a former account that could not be removed yet', () => {
    it('goes as soon as it can, though the new one is in and has failed too', async () => {
      const room = await classroom(service);
      const ayu = await joined(room);
      const { id: second } = await service.discord.createUser('second');
      await service.discord.faults([
        { method: 'DELETE', route: MEMBER, userId: ayu.account, status: 500 },
        { method: 'PUT', route: MEMBER, userId: second, drop: 'after' },
      ]);
      await service.link(ayu.userId, { discordUserId: second });
      await failed(ayu, room, 1);
      await service.sql('UPDATE discord_memberships SET due_at = now() WHERE user_id = $1', [ayu.userId]);
      await isCheckedAgain(room);
      await failed(ayu, room, 2);

      await service.discord.noFaults();
      const third = await service.link(ayu.userId);
      await has({ account: third }, room, [room.roleId]);
      await has({ account: second }, room, undefined);
      await has(ayu, room, undefined);
    });
  });

  describe('a role', () => {
    it('whose giving got no answer, like that of the one after it, goes when there is a third', async () => {
      const room = await classroom(service);
      const [second, third] = [await role(room, 'Second'), await role(room, 'Third')];
      const ayu = await student();
      await answersAreLost(ayu.account, MEMBER, ROLE);
      await service.enroll(ayu.userId, room.courseId);
      await failed(ayu, room);
      expect(await rolesOf(ayu, room)).toEqual([room.roleId]);
      await update(room, { studentRoleId: second });
      await failed(ayu, room, 2);
      await service.discord.noFaults();
      await update(room, { studentRoleId: third });
      await has(ayu, room, [third]);
      await service.rest();
      expect(await rolesOf(ayu, room)).toEqual([third]);
    });

    it('of a member whose giving got no answer goes when the course has another one by the second try', async () => {
      const room = await classroom(service);
      const [second, third] = [await role(room, 'Second'), await role(room, 'Third')];
      const ayu = await joined(room);
      await answersAreLost(ayu.account, ROLE);
      await update(room, { studentRoleId: second });
      await failed(ayu, room);
      expect(await rolesOf(ayu, room)).toEqual([room.roleId, second].toSorted());
      await service.discord.noFaults();
      await update(room, { studentRoleId: third });
      await has(ayu, room, [third]);
    });

    it('that was given right before Discord refused to take the former one goes when there is a third', async () => {
      const room = await classroom(service);
      const [second, third] = [await role(room, 'Second'), await role(room, 'Third')];
      const ayu = await joined(room);
      await service.discord.faults([{ method: 'DELETE', route: ROLE, userId: ayu.account, status: 403, code: 50013 }]);
      await update(room, { studentRoleId: second });
      await failed(ayu, room);
      expect(await rolesOf(ayu, room)).toEqual([room.roleId, second].toSorted());
      await update(room, { studentRoleId: third });
      await has(ayu, room, [room.roleId, second, third]);
      await isPaused(room);
      await service.discord.noFaults();
      await isCheckedAgain(room);
      await has(ayu, room, [third]);
    });
  });

  describe('a former role that stands above the bot by now', () => {
    it('stops nobody: each student has the new one, and loses the former one once the bot stands above it again', async () => {
      const room = await classroom(service);
      const students = [await joined(room), await joined(room), await joined(room)];
      const second = await role(room, 'Second');
      // From below: the new role, the bot, the former role.
      await service.discord.addBot(room.guildId, { position: 2 });
      await update(room, { studentRoleId: second });
      for (const ayu of students) await has(ayu, room, [room.roleId, second]);
      for (const { userId } of students) await service.reaches(userId, room.courseId, 'joined', 'ADDED');
      await service.rest();
      const refused = await service.sql(
        `SELECT FROM discord_integration_logs WHERE guild_id = $1 AND status = 'failed'`,
        [room.guildId],
      );
      expect(refused).toEqual([]);
      expect(
        await service.sql(
          'SELECT DISTINCT attempts, due_at, paused_until, health FROM discord_memberships JOIN discord_guilds USING (guild_id) WHERE guild_id = $1',
          [room.guildId],
        ),
      ).toEqual([{ attempts: 0, due_at: null, paused_until: null, health: 'HEALTHY' }]);

      // Nor does it cost anything to find them so again.
      await service.discord.clearRequests();
      expect(await service.synced(room)).toBe('SUCCEEDED');
      for (const { account } of students) expect(await service.discord.calls(account)).toEqual([]);

      await service.discord.addBot(room.guildId, { position: 99 });
      expect(await service.synced(room)).toBe('SUCCEEDED');
      for (const ayu of students) await has(ayu, room, [second]);
    });
  });

  describe('a removal', () => {
    it('whose answer is lost, and who enrolls again before the second try: they are brought back', async () => {
      const room = await classroom(service);
      const ayu = await joined(room);
      await service.discord.faults([{ method: 'DELETE', route: MEMBER, userId: ayu.account, drop: 'after' }]);
      await service.unenroll(ayu.userId, room.courseId);
      await failed(ayu, room);
      expect(await rolesOf(ayu, room)).toBeUndefined();
      await service.discord.noFaults();
      await service.enroll(ayu.userId, room.courseId);
      await has(ayu, room, [room.roleId]);
      expect(await service.synced(room)).toBe('SUCCEEDED');
      await service.reaches(ayu.userId, room.courseId, 'joined', 'ADDED');
    });

    it('of a role that gets no answer is our doing: it is given again, also where a role stays away that somebody else took', async () => {
      const room = await classroom(service, 'Respect', { removalPolicy: 'REMOVE_ROLE', driftPolicy: 'RESPECT' });
      const ayu = await joined(room);
      await service.discord.faults([{ method: 'DELETE', route: ROLE, userId: ayu.account, drop: 'after' }]);
      await service.unenroll(ayu.userId, room.courseId);
      await failed(ayu, room);
      expect(await rolesOf(ayu, room)).toEqual([]);
      await service.discord.noFaults();
      await service.enroll(ayu.userId, room.courseId);
      await has(ayu, room, [room.roleId]);
    });

    it('that gets no answer, while its run is cancelled: they are brought back', async () => {
      const room = await classroom(service);
      const ayu = await joined(room);
      await service.discord.faults([{ method: 'DELETE', route: MEMBER, userId: ayu.account, drop: 'after' }]);
      const { deleteServerConfig } = await service.query<{ deleteServerConfig: boolean }>(
        room.instructorToken,
        'mutation ($id: UUID!) { deleteServerConfig(id: $id, endAccess: true) }',
        { id: room.configId },
      );
      expect(deleteServerConfig).toBe(true);
      await failed(ayu, room);
      await service.discord.noFaults();
      const [run] = await service.sql<{ id: string }>(
        `SELECT id FROM discord_sync_runs WHERE course_id = $1 AND purpose = 'DELETION'`,
        [room.courseId],
      );
      await service.query(room.instructorToken, 'mutation ($id: UUID!) { cancelSyncRun(id: $id) { status } }', {
        id: run!.id,
      });
      await has(ayu, room, [room.roleId]);
    });
  });
});
