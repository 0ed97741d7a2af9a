import { Logger } from '@nestjs/common';
import { Client } from 'pg';
import { GuildLeases } from '../../src/membership/guild-lease';
import { type Classroom, classroom, configure, eventually, Service } from './support/service';

const RECHECK = 'mutation ($id: UUID!) { recheckServer(id: $id) { health } }';
const UPDATE =
  'mutation ($id: UUID!, $input: UpdateServerConfigInput!) { updateServerConfig(id: $id, input: $input) { id } }';
const INVITE =
  'mutation ($userId: UUID!, $courseId: UUID!) { inviteStudent(userId: $userId, courseId: $courseId) { status } }';
const SYNC = 'mutation ($courseId: UUID!) { syncCourse(courseId: $courseId) { id } }';
const RUN = 'query ($id: UUID!) { syncRun(id: $id) { status error } }';
const CONFIG = 'query ($id: UUID!) { serverConfig(id: $id) { health } }';

const MEMBER = { route: '/guilds/:id/members/:id' };
const WITHOUT_MANAGE_ROLES = String(268438659n & ~(1n << 28n));
/** A refusal that no list of Discord's codes explains. */
const UNEXPLAINED = { status: 403, code: 999_999 };

describe('trouble in a server', () => {
  let service: Service;

  beforeAll(async () => {
    service = await Service.start();
  });
  afterEach(() => service.discord.noFaults());
  afterAll(() => service.close());

  async function student(name: string): Promise<{ id: string; token: string; account: string }> {
    const id = await service.createUser(name);
    return { id, token: await service.token(id), account: await service.link(id) };
  }

  const recheck = (room: Classroom) => service.query(room.instructorToken, RECHECK, { id: room.configId });

  /** Enrolled and not in: pending, for this reason. */
  function waits(userId: string, courseId: string, reason: string): Promise<void> {
    return eventually(async () =>
      expect(await service.membership(userId, courseId)).toMatchObject({ status: 'pending', reason }),
    );
  }

  async function pausedUntil(guildId: string): Promise<Date | null> {
    const rows = await service.sql<{ paused_until: Date | null }>(
      'SELECT paused_until FROM discord_guilds WHERE guild_id = $1',
      [guildId],
    );
    return rows[0]?.paused_until ?? null;
  }

  async function sync(room: Classroom, courseId = room.courseId): Promise<{ status: string; error: string | null }> {
    const { syncCourse } = await service.query<{ syncCourse: { id: string }[] }>(room.instructorToken, SYNC, {
      courseId,
    });
    let run = { status: 'QUEUED', error: null };
    await eventually(async () => {
      const answer = await service.query<{ syncRun: typeof run }>(room.instructorToken, RUN, { id: syncCourse[0]!.id });
      run = answer.syncRun;
      expect(['SUCCEEDED', 'FAILED']).toContain(run.status);
    });
    return run;
  }

  it('that is only one person’s does not keep the others out: the server is well, so the refusal was about them', async () => {
    const room = await classroom(service, 'Algebra I');
    const [ayu, budi, citra] = [await student('Ayu'), await student('Budi'), await student('Citra')];
    await service.discord.faults([{ ...MEMBER, method: 'PUT', userId: ayu.account, ...UNEXPLAINED }]);

    // The first time nobody knows better than to look at the server.
    await service.enroll(ayu.id, room.courseId);
    await waits(ayu.id, room.courseId, 'SERVER_NOT_READY');
    await eventually(async () => expect(await pausedUntil(room.guildId)).not.toBeNull());
    await service.enroll(budi.id, room.courseId);
    await waits(budi.id, room.courseId, 'SERVER_NOT_READY');

    await recheck(room);
    await service.reaches(budi.id, room.courseId, 'joined', 'ADDED');
    await waits(ayu.id, room.courseId, 'DISCORD_UNAVAILABLE');
    expect(await pausedUntil(room.guildId)).toBeNull();
    await service.enroll(citra.id, room.courseId);
    await service.reaches(citra.id, room.courseId, 'joined', 'ADDED');

    // However often it is tried.
    await service.discord.clearRequests();
    await service.query(room.instructorToken, INVITE, { userId: ayu.id, courseId: room.courseId });
    await eventually(async () => expect((await service.discord.calls(ayu.account)).length).toBeGreaterThan(0));
    await service.reaches(ayu.id, room.courseId, 'pending', 'DISCORD_UNAVAILABLE');
    expect(await pausedUntil(room.guildId)).toBeNull();

    await service.discord.noFaults();
    await service.reaches(ayu.id, room.courseId, 'joined', 'ADDED', 20_000);
  });

  it('that Discord explains stops the server, and the one who met it comes after those who have not been tried', async () => {
    const room = await classroom(service, 'Algebra II');
    const [ayu, budi] = [await student('Ayu'), await student('Budi')];
    await service.discord.faults([{ ...MEMBER, method: 'PUT', userId: ayu.account, status: 403, code: 50_013 }]);
    await service.enroll(ayu.id, room.courseId);
    await waits(ayu.id, room.courseId, 'SERVER_NOT_READY');
    await eventually(async () => expect(await pausedUntil(room.guildId)).not.toBeNull());
    await service.enroll(budi.id, room.courseId);
    // By now Ayu's turn has come again: Budi is served first all the same.
    await service.sql('UPDATE discord_memberships SET due_at = now() WHERE user_id = $1', [ayu.id]);
    await recheck(room);
    await service.reaches(budi.id, room.courseId, 'joined', 'ADDED');
    await eventually(async () => expect(await pausedUntil(room.guildId)).not.toBeNull());
    expect(
      await service.sql('SELECT attempts > 1 AS again FROM discord_memberships WHERE user_id = $1', [ayu.id]),
    ).toEqual([{ again: true }]);
  });

  it('tells whoever enrolls meanwhile that they wait, and whoever asks for a sync what has to be mended', async () => {
    const room = await classroom(service, 'Biology');
    await service.discord.addBot(room.guildId, { permissions: WITHOUT_MANAGE_ROLES });
    await recheck(room);
    const ayu = await student('Ayu');
    await service.enroll(ayu.id, room.courseId);

    await waits(ayu.id, room.courseId, 'SERVER_NOT_READY');
    expect(await service.shown(room.instructorToken, ayu.id, room.courseId)).toMatchObject({ nextStep: 'FIX_SERVER' });
    expect(await sync(room)).toMatchObject({
      status: 'FAILED',
      error: expect.stringContaining('“Manage Roles”') as string,
    });

    await service.discord.addBot(room.guildId);
    await recheck(room);
    await service.reaches(ayu.id, room.courseId, 'joined', 'ADDED');
    expect(await sync(room)).toEqual({ status: 'SUCCEEDED', error: null });
  });

  it('that is told while a worker still has a student in hand leaves no gap in what is told of them', async () => {
    const room = await classroom(service, 'Botany');
    const [ayu, budi] = [await service.createUser('Ayu'), await student('Budi')];
    await service.enroll(ayu, room.courseId);
    await waits(ayu, room.courseId, 'ACCOUNT_NOT_LINKED');
    await service.rest();
    // Ayu is looked at again, together with Budi, for whom Discord takes its time.
    await service.discord.faults([{ ...MEMBER, method: 'PUT', userId: budi.account, delayMs: 4_000 }]);
    await service.sql(
      `UPDATE discord_memberships SET generation = generation + 1, priority = 0, marked_at = now() - interval '1 minute' WHERE user_id = $1`,
      [ayu],
    );
    await service.enroll(budi.id, room.courseId);
    await eventually(async () =>
      expect(await service.sql('SELECT attempt FROM discord_memberships WHERE user_id = $1', [budi.id])).toEqual([
        { attempt: 'add' },
      ]),
    );
    await service.sql(`UPDATE discord_guilds SET paused_until = now() + interval '1 minute' WHERE guild_id = $1`, [
      room.guildId,
    ]);
    await service.sql(`SELECT graphile_worker.add_job('reconcile-guild', json_build_object('guildId', $1::text))`, [
      room.guildId,
    ]);
    await waits(ayu, room.courseId, 'SERVER_NOT_READY');

    await service.reaches(budi.id, room.courseId, 'joined', 'ADDED');
    await waits(ayu, room.courseId, 'ACCOUNT_NOT_LINKED');
    const told = await service.sql<{ reason: string }>(
      'SELECT reason FROM discord_log WHERE user_id = $1 AND membership_id IS NOT NULL ORDER BY seq',
      [ayu],
    );
    expect(told.map(({ reason }) => reason)).toEqual([
      'QUEUED',
      'ACCOUNT_NOT_LINKED',
      'SERVER_NOT_READY',
      'ACCOUNT_NOT_LINKED',
    ]);
  });

  it('that is about the role of one course stops that course only', async () => {
    const algebra = await classroom(service, 'Algebra III');
    const role = await service.discord.createRole(algebra.guildId, 'Geometry student', { position: 2 });
    const geometry = await service.createCourse('Geometry', algebra.instructorId);
    const config = await configure(service, algebra.instructorToken, {
      courseId: geometry,
      guildId: algebra.guildId,
      studentRoleId: role.id,
      inviteChannelId: algebra.channelId,
    });
    const [dewi, ayu, budi, citra] = [
      await student('Dewi'),
      await student('Ayu'),
      await student('Budi'),
      await student('Citra'),
    ];
    await service.enroll(dewi.id, geometry);
    await service.reaches(dewi.id, geometry, 'joined', 'ADDED');
    const health = async () =>
      (await service.query<{ serverConfig: { health: string } }>(algebra.instructorToken, CONFIG, { id: config }))
        .serverConfig.health;
    const rolesOf = async (account: string) => (await service.discord.member(algebra.guildId, account))?.roles ?? null;

    // Somebody drags the bot's role below that of geometry.
    await service.discord.addBot(algebra.guildId, { position: 2 });
    await eventually(async () => expect(await health()).toBe('DEGRADED'));
    await service.enroll(ayu.id, geometry);
    await service.enroll(budi.id, algebra.courseId);
    await service.enroll(citra.id, geometry);
    await service.enroll(citra.id, algebra.courseId);
    await service.unenroll(dewi.id, geometry);

    await service.reaches(ayu.id, geometry, 'pending', 'SERVER_NOT_READY');
    await service.reaches(budi.id, algebra.courseId, 'joined', 'ADDED');
    await service.reaches(citra.id, algebra.courseId, 'joined', 'ADDED');
    expect(await rolesOf(citra.account)).toEqual([algebra.roleId]);
    await service.reaches(dewi.id, geometry, 'joined', 'ADDED');
    expect(await rolesOf(dewi.account)).toEqual([role.id]);
    expect(await sync(algebra)).toEqual({ status: 'SUCCEEDED', error: null });
    expect(await sync(algebra, geometry)).toMatchObject({
      status: 'FAILED',
      error: expect.stringContaining('below “Geometry student”') as string,
    });

    await service.discord.addBot(algebra.guildId);
    await service.reaches(ayu.id, geometry, 'joined', 'ADDED');
    await service.reaches(dewi.id, geometry, 'removed', 'ENROLLMENT_ENDED');
    await eventually(async () =>
      expect((await rolesOf(citra.account))?.sort()).toEqual([algebra.roleId, role.id].sort()),
    );
    expect(await rolesOf(dewi.account)).toBeNull();
    expect(await health()).toBe('HEALTHY');
  });

  it('is none when a student is gone already: it is seen on the first refusal that they have left', async () => {
    const room = await classroom(service, 'Chemistry');
    const other = await service.discord.createRole(room.guildId, 'Chemist');
    const ayu = await student('Ayu');
    await service.enroll(ayu.id, room.courseId);
    await service.reaches(ayu.id, room.courseId, 'joined', 'ADDED');
    await service.rest();
    await service.discord.gateway(false);
    await service.discord.disconnect({ resumable: false });
    await service.discord.leave(room.guildId, ayu.account);
    await service.discord.clearRequests();

    await service.query(room.instructorToken, UPDATE, { id: room.configId, input: { studentRoleId: other.id } });
    await service.reaches(ayu.id, room.courseId, 'left', 'LEFT_BY_CHOICE');
    expect(await service.discord.calls(ayu.account)).toEqual([
      'PUT /guilds/:id/members/:id/roles/:id 404',
      'GET /guilds/:id/members/:id 404',
    ]);
    await service.discord.gateway(true);
    await service.listens();
  });

  it('is not made up: a lease that is given back at this moment was not taken from a silent worker', async () => {
    const guildId = '900000000000000001';
    const leases = service.nest.get(GuildLeases);
    await (await leases.acquire(guildId))?.release();
    const other = new Client({ connectionString: service.database.url });
    await other.connect();
    const warned = jest.spyOn(Logger.prototype, 'warn');
    await service.sql('UPDATE discord_guild_leases SET released = false WHERE guild_id = $1', [guildId]);
    await other.query('BEGIN');
    await other.query('UPDATE discord_guild_leases SET released = true WHERE guild_id = $1', [guildId]);
    const acquired = leases.acquire(guildId);
    await eventually(async () =>
      expect(
        await service.sql(
          `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%discord_guild_leases%'`,
        ),
      ).toHaveLength(1),
    );
    await other.query('COMMIT');
    const lease = await acquired;
    expect(lease).not.toBeNull();
    expect(warned).not.toHaveBeenCalledWith(expect.objectContaining({ guildId }), expect.anything());
    await lease?.release();
    await other.end();
    warned.mockRestore();
  });

  it('is waited for only as long as it lasts, also where nothing is configured any more and somebody is to be removed', async () => {
    const room = await classroom(service, 'Chemistry');
    const ayu = await student('Ayu');
    await service.enroll(ayu.id, room.courseId);
    await service.reaches(ayu.id, room.courseId, 'joined', 'ADDED');
    await service.discord.addBot(room.guildId, { permissions: '1024' });
    await service.unenroll(ayu.id, room.courseId);
    await eventually(async () => expect(await pausedUntil(room.guildId)).not.toBeNull());
    await service.sql('DELETE FROM discord_server_configs WHERE id = $1', [room.configId]);

    await service.discord.addBot(room.guildId);
    await eventually(
      async () => expect(await service.discord.member(room.guildId, ayu.account)).toBeUndefined(),
      20_000,
    );
    await eventually(async () => expect(await pausedUntil(room.guildId)).toBeNull());
    await service.reaches(ayu.id, room.courseId, 'removed', 'ENROLLMENT_ENDED');
  });

  it('keeps no run waiting in a server for which nothing is configured any more, once it is over', async () => {
    const room = await classroom(service, 'Botany');
    await service.discord.removeBot(room.guildId);
    await eventually(async () => expect(await pausedUntil(room.guildId)).not.toBeNull());
    await service.sql(`INSERT INTO discord_sync_runs (guild_id, purpose, status) VALUES ($1, 'SYNC', 'QUEUED')`, [
      room.guildId,
    ]);
    await service.sql('DELETE FROM discord_server_configs WHERE id = $1', [room.configId]);
    await service.discord.addBot(room.guildId);
    await eventually(
      async () =>
        expect(await service.sql('SELECT status FROM discord_sync_runs WHERE guild_id = $1', [room.guildId])).toEqual([
          { status: 'SUCCEEDED' },
        ]),
      20_000,
    );
  }, 40_000);

  it('or not, staff and student each read it in their own words', async () => {
    const room = await classroom(service, 'Physics');
    const ayu = await student('Ayu');
    await service.enroll(ayu.id, room.courseId);
    await service.reaches(ayu.id, room.courseId, 'joined', 'ADDED');
    expect((await service.shown(ayu.token, ayu.id, room.courseId))?.explanation).toBe("You're in Physics server.");
    expect((await service.shown(room.instructorToken, ayu.id, room.courseId))?.explanation).toBe(
      "They're in Physics server.",
    );
  });
});
