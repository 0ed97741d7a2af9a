import { type ProcessRole } from '../../src/config/config';
import { type Classroom, classroom, configure, eventually, type Linked, Service } from './support/service';

const MEMBER = '/guilds/:id/members/:id';
const GRANT = '/guilds/:id/members/:id/roles/:id';
/** We wait this long for an answer, and Discord takes this long to do what it was asked for, milliseconds. */
const PATIENCE = 500;
const LATE = 4_000;

jest.setTimeout(120_000);

const rolesOf = async (service: Service, { account }: Linked, { guildId }: Classroom) =>
  (await service.discord.member(guildId, account))?.roles;

/** Two minutes pass for what was given up. */
async function isTooLate(service: Service, { userId }: Linked, { guildId }: Classroom): Promise<void> {
  const waiting = await service.sql(
    `UPDATE discord_memberships SET due_at = now(), traces = (SELECT jsonb_agg(jsonb_set(t, '{lateUntil}', '0')) FROM jsonb_array_elements(traces) t)
     WHERE user_id = $1 AND due_at BETWEEN now() AND now() + interval '2 minutes' AND traces <> '[]' RETURNING 1`,
    [userId],
  );
  expect(waiting).toHaveLength(1);
  await service.sql(`SELECT graphile_worker.add_job('reconcile-guild', json_build_object('guildId', $1::text))`, [
    guildId,
  ]);
}

/** The first kick is given up, and done when Discord comes to it. */
async function isKickedLate(service: Service, { userId, account }: Linked, { courseId }: Classroom): Promise<void> {
  await service.discord.faults([{ method: 'DELETE', route: MEMBER, userId: account, delayMs: LATE, times: 1 }]);
  await service.unenroll(userId, courseId);
  await eventually(async () =>
    expect(
      await service.sql(
        `UPDATE discord_memberships SET due_at = now() + interval '1 hour' WHERE user_id = $1 AND attempts > 0 RETURNING 1`,
        [userId],
      ),
    ).toHaveLength(1),
  );
}

/** Nobody listens to the gateway here: that something came late is only known to who looks again. */
describe('what Discord does after we have given up waiting, and have looked:', () => {
  let service: Service;

  beforeAll(async () => {
    service = await Service.start({ started: false });
    await service.up({
      config: {
        roles: new Set<ProcessRole>(['api', 'worker']),
        discord: { ...service.config.discord, timeoutMs: PATIENCE },
      },
    });
  });
  afterEach(() => service.discord.noFaults());
  afterAll(() => service.close());

  const has = (student: Linked, room: Classroom, roles: string[] | undefined) =>
    eventually(async () => expect(await rolesOf(service, student, room)).toEqual(roles), 30_000);

  async function student(): Promise<Linked> {
    const [ayu] = await service.students(1);
    // The first check of the server tells whoever waits to try at once.
    await service.rest();
    return ayu!;
  }

  const nothingIsLeft = ({ userId }: Linked) =>
    eventually(async () =>
      expect(
        await service.sql(
          `SELECT due_at, traces FROM discord_memberships WHERE user_id = $1 AND generation = observed_generation`,
          [userId],
        ),
      ).toEqual([{ due_at: null, traces: [] }]),
    );

  it('somebody who is added when their access has ended is taken out again', async () => {
    const room = await classroom(service);
    const ayu = await student();
    await service.discord.faults([{ method: 'PUT', route: MEMBER, userId: ayu.account, delayMs: LATE, times: 1 }]);
    await service.enroll(ayu.userId, room.courseId);
    await service.reaches(ayu.userId, room.courseId, 'pending', 'DISCORD_UNAVAILABLE');
    await service.unenroll(ayu.userId, room.courseId);
    await service.reaches(ayu.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
    expect(await rolesOf(service, ayu, room)).toBeUndefined();
    await has(ayu, room, [room.roleId]);
    await isTooLate(service, ayu, room);
    await has(ayu, room, undefined);
    await nothingIsLeft(ayu);
  });

  it('a role that is given when another course’s enrollment alone is left is taken again', async () => {
    const room = await classroom(service, 'Algebra');
    const courseId = await service.createCourse('Geometry', room.instructorId);
    const { id: roleId } = await service.discord.createRole(room.guildId, 'Geometry student');
    await configure(service, room.instructorToken, { courseId, guildId: room.guildId, studentRoleId: roleId });
    const other = { courseId, roleId };
    const ayu = await student();
    await service.enroll(ayu.userId, room.courseId);
    await service.reaches(ayu.userId, room.courseId, 'joined', 'ADDED');
    await service.discord.faults([{ method: 'PUT', route: GRANT, userId: ayu.account, delayMs: LATE, times: 1 }]);
    await service.enroll(ayu.userId, other.courseId);
    await eventually(async () =>
      expect(
        await service.sql(`SELECT FROM discord_memberships WHERE user_id = $1 AND course_id = $2 AND attempts > 0`, [
          ayu.userId,
          other.courseId,
        ]),
      ).toHaveLength(1),
    );
    await service.unenroll(ayu.userId, other.courseId);
    await service.reaches(ayu.userId, other.courseId, 'removed', 'STILL_ENROLLED_ELSEWHERE');
    await has(ayu, room, [room.roleId, other.roleId]);
    await isTooLate(service, ayu, room);
    await has(ayu, room, [room.roleId]);
  });

  it('a kick that comes when they have enrolled again: they are looked at once more, and brought back', async () => {
    const room = await classroom(service);
    const ayu = await service.joined('Ayu Wulandari', room.courseId);
    await isKickedLate(service, ayu, room);
    await service.enroll(ayu.userId, room.courseId);
    await service.reaches(ayu.userId, room.courseId, 'joined', 'ADDED');
    expect(await rolesOf(service, ayu, room)).toEqual([room.roleId]);
    await has(ayu, room, undefined);
    await isTooLate(service, ayu, room);
    await has(ayu, room, [room.roleId]);
    await nothingIsLeft(ayu);
  });

  it('a kick that comes when they have enrolled again, and a comparison that finds it first: they have not left', async () => {
    const room = await classroom(service);
    const ayu = await service.joined('Ayu Wulandari', room.courseId);
    await isKickedLate(service, ayu, room);
    await service.enroll(ayu.userId, room.courseId);
    await service.reaches(ayu.userId, room.courseId, 'joined', 'ADDED');
    await has(ayu, room, undefined);
    await service.synced(room);
    await has(ayu, room, [room.roleId]);
    await service.reaches(ayu.userId, room.courseId, 'joined', 'ADDED');
  });

  it('whoever has left meanwhile is not brought back by that look', async () => {
    const room = await classroom(service);
    const ayu = await student();
    await service.discord.faults([{ method: 'PUT', route: MEMBER, userId: ayu.account, delayMs: LATE, times: 1 }]);
    await service.enroll(ayu.userId, room.courseId);
    await service.reaches(ayu.userId, room.courseId, 'joined', 'ADDED', 20_000);
    await eventually(
      async () =>
        expect((await service.discord.calls(ayu.account)).filter((call) => call.startsWith('PUT'))).toHaveLength(2),
      30_000,
    );
    await service.discord.leave(room.guildId, ayu.account);
    await isTooLate(service, ayu, room);
    await service.reaches(ayu.userId, room.courseId, 'left', 'LEFT_BY_CHOICE');
    expect(await rolesOf(service, ayu, room)).toBeUndefined();
  });

  it('of somebody who may still come in late the brake decides at once, and nobody is asked for twice', async () => {
    const room = await classroom(service, 'Without a role', { studentRoleId: null });
    const ayu = await student();
    await service.discord.faults([{ method: 'PUT', route: MEMBER, userId: ayu.account, drop: 'after' }]);
    await service.enroll(ayu.userId, room.courseId);
    await eventually(async () => expect(await rolesOf(service, ayu, room)).toEqual([]));
    await service.reaches(ayu.userId, room.courseId, 'pending', 'DISCORD_UNAVAILABLE');
    await service.discord.noFaults();
    await service.unenroll(ayu.userId, room.courseId);
    await has(ayu, room, undefined);
    await service.reaches(ayu.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
    // Once to see whether they are in, once right before the kick.
    expect((await service.discord.calls(ayu.account)).filter((call) => call.startsWith('GET'))).toHaveLength(2);
  });

  it('a configuration is deleted with everybody’s access only when nobody can come in late any more', async () => {
    const room = await classroom(service);
    const ayu = await student();
    await service.discord.faults([{ method: 'PUT', route: MEMBER, userId: ayu.account, delayMs: LATE, times: 1 }]);
    await service.enroll(ayu.userId, room.courseId);
    await service.reaches(ayu.userId, room.courseId, 'pending', 'DISCORD_UNAVAILABLE');
    await service.query(
      room.instructorToken,
      'mutation ($id: UUID!) { deleteServerConfig(id: $id, endAccess: true) }',
      { id: room.configId },
    );
    await service.reaches(ayu.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
    await has(ayu, room, [room.roleId]);
    await isTooLate(service, ayu, room);
    await has(ayu, room, undefined);
    await eventually(async () =>
      expect(await service.sql('SELECT FROM discord_server_configs WHERE id = $1', [room.configId])).toEqual([]),
    );
  });
});

describe('what Discord does after we have given up waiting, and tells us of:', () => {
  let service: Service;

  beforeAll(async () => {
    service = await Service.start({ started: false });
    await service.up({ config: { discord: { ...service.config.discord, timeoutMs: PATIENCE } } });
  });
  afterEach(() => service.discord.noFaults());
  afterAll(() => service.close());

  it('a kick, when they have enrolled again: they have not left, and are brought back at once', async () => {
    const room = await classroom(service);
    const ayu = await service.joined('Ayu Wulandari', room.courseId);
    await isKickedLate(service, ayu, room);
    await service.enroll(ayu.userId, room.courseId);
    await service.reaches(ayu.userId, room.courseId, 'joined', 'ADDED');
    const { joinedAt } = (await service.discord.member(room.guildId, ayu.account))!;
    await eventually(async () => {
      const member = await service.discord.member(room.guildId, ayu.account);
      expect(member?.roles).toEqual([room.roleId]);
      expect(member!.joinedAt).not.toBe(joinedAt);
    }, 30_000);
    await service.reaches(ayu.userId, room.courseId, 'joined', 'ADDED');
  });
});
