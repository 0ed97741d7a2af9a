import { Sweep } from '../../src/membership/sweep';
import { type Classroom, classroom, eventually, type Linked, Service } from './support/service';
import { justAfter } from './support/statements';

const SYNC = 'mutation ($courseId: UUID!) { syncCourse(courseId: $courseId) { id } }';
const RUN = 'query ($id: UUID!) { syncRun(id: $id) { status error } }';
const UPDATE =
  'mutation ($id: UUID!, $input: UpdateServerConfigInput!) { updateServerConfig(id: $id, input: $input) { id } }';
const HEALTH = `query ($id: UUID!) { serverConfig(id: $id) { health preflight { checks { required passed message } } } }`;

const VIEW_CHANNEL = String(1n << 10n);
const WITHOUT_MANAGE_ROLES = String(268438659n & ~(1n << 28n));

/** What Discord refuses to the whole server or to a course's part of it, how that comes about, and how people mend it. */
interface Refusal {
  readonly code: number;
  readonly answer: string;
  readonly health: 'DEGRADED' | 'UNREACHABLE';
  readonly says: RegExp;
  /** Whether students are invited here; they are added otherwise. */
  readonly byInvite?: boolean;
  breaks(service: Service, room: Classroom): Promise<unknown>;
  mends(service: Service, room: Classroom): Promise<unknown>;
}

const update = (service: Service, room: Classroom, input: object) =>
  service.query(room.instructorToken, UPDATE, { id: room.configId, input });

/** The only way to delete a role here: by Discord's own API, as the bot. */
async function deleteRole(service: Service, { guildId, roleId }: Classroom): Promise<void> {
  const { url, application } = service.sandbox;
  const answer = await fetch(`${url}/api/v10/guilds/${guildId}/roles/${roleId}`, {
    method: 'DELETE',
    headers: { authorization: `Bot ${application.botToken}` },
  });
  expect(answer.status).toBe(204);
}

const REFUSALS: readonly Refusal[] = [
  {
    code: 50001,
    answer: 'Missing Access',
    health: 'UNREACHABLE',
    says: /^The bot is not in this server\. Somebody with Manage Server can add it here: http/,
    breaks: ({ discord }, { guildId }) => discord.removeBot(guildId),
    mends: ({ discord }, { guildId }) => discord.addBot(guildId),
  },
  {
    code: 10004,
    answer: 'Unknown Guild',
    health: 'UNREACHABLE',
    says: /^The bot is not in this server\. Somebody with Manage Server can add it here: http/,
    breaks: async ({ discord }, { guildId }) => {
      await discord.removeBot(guildId);
      await discord.faults([{ guildId, status: 404, code: 10004 }]);
    },
    mends: async ({ discord }, { guildId }) => {
      await discord.noFaults();
      await discord.addBot(guildId);
    },
  },
  {
    code: 50013,
    answer: 'Missing Permissions',
    health: 'DEGRADED',
    says: /^The bot lacks “Manage Roles”.* Turn it on for the bot's role/,
    breaks: ({ discord }, { guildId }) => discord.addBot(guildId, { permissions: WITHOUT_MANAGE_ROLES }),
    mends: ({ discord }, { guildId }) => discord.addBot(guildId),
  },
  {
    code: 50013,
    answer: 'the same, told by words that mean something else',
    health: 'DEGRADED',
    says: /^The bot lacks “Manage Roles”.* Turn it on for the bot's role/,
    breaks: async ({ discord }, { guildId }) => {
      await discord.addBot(guildId, { permissions: WITHOUT_MANAGE_ROLES });
      const body = { message: 'Unknown User', code: 50013 };
      await discord.faults([{ guildId, method: 'PUT', route: '/guilds/:id/members/:id', status: 403, body }]);
    },
    mends: async ({ discord }, { guildId }) => {
      await discord.noFaults();
      await discord.addBot(guildId);
    },
  },
  {
    code: 10011,
    answer: 'Unknown Role',
    health: 'DEGRADED',
    says: /^The chosen student role does not exist in this server any more\. Choose another role/,
    breaks: deleteRole,
    mends: async (service, room) => {
      const { id } = await service.discord.createRole(room.guildId, 'Student again');
      await update(service, room, { studentRoleId: id });
    },
  },
  {
    code: 10003,
    answer: 'Unknown Channel',
    health: 'DEGRADED',
    says: /^The chosen channel does not exist in this server any more\. Choose another text channel/,
    byInvite: true,
    breaks: ({ discord }, { channelId }) => discord.deleteChannel(channelId),
    mends: async (service, room) => {
      const { id } = await service.discord.createChannel(room.guildId, 'welcome');
      await update(service, room, { inviteChannelId: id });
    },
  },
  {
    code: 10003,
    answer: 'no channel at all',
    health: 'DEGRADED',
    says: /^This server has no text channel that the bot knows of\. Create one/,
    byInvite: true,
    breaks: async (service, { configId, channelId }) => {
      await service.discord.deleteChannel(channelId);
      await service.sql('UPDATE discord_server_configs SET invite_channel_id = NULL WHERE id = $1', [configId]);
    },
    mends: ({ discord }, { guildId }) => discord.createChannel(guildId, 'welcome'),
  },
  {
    code: 50001,
    answer: 'Missing Access to the channel',
    health: 'DEGRADED',
    says: /^The bot cannot see #general\. Allow the bot “View Channel” in that channel's settings/,
    byInvite: true,
    breaks: ({ discord }, { guildId, channelId }) =>
      discord.overwrite(channelId, [{ id: guildId, type: 0, allow: '0', deny: VIEW_CHANNEL }]),
    mends: ({ discord }, { channelId }) => discord.overwrite(channelId, []),
  },
];

describe('a server that Discord refuses us', () => {
  let service: Service;
  let elsewhere: Classroom;

  beforeAll(async () => {
    service = await Service.start();
    elsewhere = await classroom(service, 'Elsewhere');
  }, 30_000);
  beforeEach(() => service.aDayPasses());
  afterEach(() => service.discord.noFaults());
  afterAll(() => service.close());

  async function student(byInvite = false): Promise<Linked> {
    const name = 'Ayu Wulandari';
    const userId = await service.createUser(name);
    return { userId, account: await service.link(userId, { autoJoin: !byInvite }), name };
  }

  const reportOf = async (room: Classroom) => {
    const { serverConfig } = await service.query<{
      serverConfig: {
        health: string;
        preflight: { checks: { required: boolean; passed: boolean; message: string }[] };
      };
    }>(room.instructorToken, HEALTH, { id: room.configId });
    const [failed] = serverConfig.preflight.checks.filter(({ required, passed }) => required && !passed);
    return { health: serverConfig.health, says: failed?.message ?? null };
  };

  /** Nothing is due, and the last look at the server is too long ago to be held against a refusal. */
  async function wasCheckedLongAgo({ guildId }: Classroom): Promise<void> {
    await eventually(async () =>
      expect(await service.sql(`SELECT FROM graphile_worker.jobs WHERE key = $1`, [`recheck-soon:${guildId}`])).toEqual(
        [],
      ),
    );
    await service.rest();
    await service.sql(`UPDATE discord_guilds SET checked_at = now() - interval '1 hour' WHERE guild_id = $1`, [
      guildId,
    ]);
  }

  /** No job is left that could still do something: what is due in a server that waits has none. */
  const nothingRuns = () =>
    eventually(async () =>
      expect(await service.sql('SELECT task_identifier FROM graphile_worker.jobs WHERE run_at <= now()')).toEqual([]),
    );

  async function callsAbout({ guildId, channelId }: Classroom): Promise<string[]> {
    const requests = await service.discord.requests();
    return requests
      .filter(({ path }) => path.includes(guildId) || path.includes(channelId))
      .map(({ method, route, status }) => `${method} ${route} ${status}`);
  }

  /** What the log tells of them, once each. */
  const refusalsOf = ({ guildId }: Classroom) =>
    service.sql(
      `SELECT user_id AS "userId", details->'code' AS code FROM discord_log WHERE guild_id = $1 AND action = 'error'`,
      [guildId],
    );

  async function ask(room: Classroom): Promise<string> {
    const { syncCourse } = await service.query<{ syncCourse: { id: string }[] }>(room.instructorToken, SYNC, {
      courseId: room.courseId,
    });
    return syncCourse[0]!.id;
  }

  const sync = async (room: Classroom) => ended(room, await ask(room));

  async function ended(room: Classroom, id: string): Promise<{ status: string; error: string | null }> {
    let run = { status: 'QUEUED', error: null };
    await eventually(async () => {
      const answer = await service.query<{ syncRun: typeof run }>(room.instructorToken, RUN, { id });
      run = answer.syncRun;
      expect(['SUCCEEDED', 'FAILED']).toContain(run.status);
    });
    return run;
  }

  it.each(REFUSALS)(
    '($code, $answer) says so in words and makes no further call however much is marked, while others go on; once it is mended everybody is served',
    async ({ code, health, says, byInvite, breaks, mends }) => {
      const room = await classroom(service, 'Algebra');
      const [member, leaver] = [await student(), await student()];
      for (const { userId } of [member, leaver]) await service.enroll(userId, room.courseId);
      for (const { userId } of [member, leaver]) await service.reaches(userId, room.courseId, 'joined', 'ADDED');
      const [first, second] = [await student(byInvite), await student(byInvite)];
      await wasCheckedLongAgo(room);

      // Nobody tells us: the refusal itself does.
      await service.discord.untold(() => breaks(service, room));
      await service.enroll(first.userId, room.courseId);
      await eventually(async () => expect(await reportOf(room)).toMatchObject({ health }));
      expect((await reportOf(room)).says).toMatch(says);
      await eventually(async () =>
        expect(await service.membership(first.userId, room.courseId)).toMatchObject({
          status: 'pending',
          reason: 'SERVER_NOT_READY',
        }),
      );
      await nothingRuns();
      expect(await refusalsOf(room)).toEqual([{ userId: first.userId, code }]);

      await service.discord.clearRequests();
      await service.enroll(second.userId, room.courseId);
      await service.unenroll(leaver.userId, room.courseId);
      await service.sql(`SELECT discord_append_mark(jsonb_build_object('courses', jsonb_build_array($1::uuid)))`, [
        room.courseId,
      ]);
      await service.nest.get(Sweep).sweep();
      expect(await sync(room)).toEqual({ status: 'FAILED', error: expect.stringMatching(says) as string });
      const [citra] = (await service.students(1)) as [Linked];
      await service.enroll(citra.userId, elsewhere.courseId);
      await service.reaches(citra.userId, elsewhere.courseId, 'joined', 'ADDED');
      await eventually(async () =>
        expect(await service.membership(second.userId, room.courseId)).toMatchObject({
          status: 'pending',
          reason: 'SERVER_NOT_READY',
        }),
      );
      await nothingRuns();
      expect(await callsAbout(room)).toEqual([]);
      for (const { userId } of [member, leaver])
        expect(await service.membership(userId, room.courseId)).toMatchObject({ status: 'joined', reason: 'ADDED' });
      expect(await service.shown(await service.token(second.userId), second.userId, room.courseId)).toMatchObject({
        status: 'PENDING',
        reason: 'SERVER_NOT_READY',
        nextStep: 'FIX_SERVER',
      });

      await mends(service, room);
      const [status, reason] = byInvite ? ['invited', 'INVITE_OPEN'] : ['joined', 'ADDED'];
      for (const { userId } of [first, second]) await service.reaches(userId, room.courseId, status, reason);
      await service.reaches(leaver.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
      await service.reaches(member.userId, room.courseId, 'joined', 'ADDED');
      expect(await reportOf(room)).toEqual({ health: 'HEALTHY', says: null });
      expect(await service.discord.member(room.guildId, leaver.account)).toBeUndefined();
    },
    60_000,
  );

  it('is looked at again after ten minutes, when nobody tells us that it was mended', async () => {
    const room = await classroom(service, 'Geometry');
    const { userId } = await student();
    await wasCheckedLongAgo(room);
    await service.discord.untold(() => service.discord.removeBot(room.guildId));
    await service.enroll(userId, room.courseId);
    await eventually(async () => expect(await reportOf(room)).toMatchObject({ health: 'UNREACHABLE' }));
    await nothingRuns();
    await service.discord.untold(() => service.discord.addBot(room.guildId));

    const key = `recheck:${room.guildId}`;
    const later = `SELECT FROM graphile_worker.jobs WHERE key = $1 AND run_at BETWEEN now() + interval '5 minutes' AND now() + interval '10 minutes'`;
    expect(await service.sql(later, [key])).toHaveLength(1);
    await service.sql('UPDATE graphile_worker._private_jobs SET run_at = now() WHERE key = $1', [key]);
    await service.reaches(userId, room.courseId, 'joined', 'ADDED');
    expect(await reportOf(room)).toEqual({ health: 'HEALTHY', says: null });
  }, 30_000);

  it('refuses a run also when it is asked for just after a worker has looked for those that are to be refused', async () => {
    const room = await classroom(service, 'History');
    const [{ userId }] = (await service.students(1)) as [Linked];
    await service.rest();
    await service.discord.deleteRole(room.guildId, room.roleId);
    await eventually(async () => expect(await reportOf(room)).toMatchObject({ health: 'DEGRADED' }));
    await nothingRuns();
    await service.discord.clearRequests();
    const asked = new Promise<string>((resolve, reject) => {
      justAfter(/UPDATE discord_sync_runs r SET status = 'FAILED'/, () => ask(room).then(resolve, reject));
    });
    await service.unseen(() => service.enroll(userId, room.courseId));
    await service.sql(`SELECT discord_append_mark(jsonb_build_object('courses', jsonb_build_array($1::uuid)))`, [
      room.courseId,
    ]);
    expect(await ended(room, await asked)).toEqual({
      status: 'FAILED',
      error: expect.stringMatching(/^The chosen student role does not exist/) as string,
    });
    expect(await callsAbout(room)).toEqual([]);
  });
});
