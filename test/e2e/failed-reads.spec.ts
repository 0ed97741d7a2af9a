import { Client } from 'pg';
import { Gaps } from '../../src/membership/gaps';
import { Sweep } from '../../src/membership/sweep';
import { type Classroom, classroom, eventually, Service } from './support/service';
import { settledClass, type Student, syncInFull } from './support/settled-class';

/** Also when a few of them have left there is a second page. */
const STUDENTS = 1_020;
const LIST = { method: 'GET', route: '/guilds/:id/members' };
/** Lets one call pass. */
const ONE_PASSES = { ...LIST, delayMs: 1, times: 1 };

const MARK = `SELECT discord_append_mark(jsonb_build_object('users', jsonb_build_array($1::uuid)))`;

interface World {
  readonly service: Service;
  readonly room: Classroom;
  /** The server's first page of members, as Discord answers it. */
  readonly page: { readonly user: { readonly id: string } }[];
}

/** A read that goes wrong, and how one sees that it has. */
interface FailedRead {
  readonly what: string;
  readonly error: RegExp;
  begins(world: World): Promise<unknown>;
  ends(world: World): Promise<unknown>;
}

/** An answer that is the last page, as it is not full. */
const ONE_PAGE = { ...LIST, status: 200 };
/** The list as it is, but for one person. */
const without = (who: (world: World) => string): FailedRead['begins'] => {
  return (world) =>
    world.service.discord.faults([
      { ...ONE_PAGE, body: world.page.filter(({ user }) => user.id !== who(world)).slice(0, 999) },
    ]);
};
const noFaults: FailedRead['ends'] = ({ service }) => service.discord.noFaults();

const DISCORDS: readonly FailedRead[] = [
  {
    what: 'without the owner of the server',
    error: /list was not complete/,
    begins: without(({ room }) => room.instructorDiscordId),
    ends: noFaults,
  },
  {
    what: 'without the bot',
    error: /list was not complete/,
    begins: without(({ service }) => service.sandbox.application.botUserId),
    ends: noFaults,
  },
  {
    what: 'of which the second page is the first one again',
    error: /same page of members twice/,
    begins: ({ service, page }) => service.discord.faults([{ ...ONE_PAGE, body: page }]),
    ends: noFaults,
  },
  {
    what: 'of which the second page fails',
    error: /did not let us list the members: status 503/,
    begins: ({ service }) => service.discord.faults([ONE_PASSES, { ...LIST, status: 503 }]),
    ends: noFaults,
  },
  {
    what: 'of which the second page comes back empty',
    error: /list was not complete/,
    begins: ({ service }) => service.discord.faults([ONE_PASSES, { ...LIST, status: 200, body: [] }]),
    ends: noFaults,
  },
  {
    what: 'of which the second page is cut off',
    error: /could not be reached to list the members/,
    begins: ({ service }) => service.discord.faults([ONE_PASSES, { ...LIST, drop: 'before' }]),
    ends: noFaults,
  },
];

const locks = new WeakMap<Service, Client>();

const ROSTERS: readonly FailedRead[] = [
  {
    what: 'that we may not read any more',
    error: /permission denied for view discord_enrollments/,
    begins: ({ service }) => service.sql('REVOKE SELECT ON discord_enrollments FROM service_role'),
    ends: ({ service }) => service.sql('GRANT SELECT ON discord_enrollments TO service_role'),
  },
  {
    what: 'of which the statement fails',
    error: /relation "discord_enrollments" does not exist/,
    begins: ({ service }) => service.sql('ALTER VIEW discord_enrollments RENAME TO discord_enrollments_elsewhere'),
    ends: ({ service }) => service.sql('ALTER VIEW discord_enrollments_elsewhere RENAME TO discord_enrollments'),
  },
  {
    what: 'that somebody has locked for longer than we may wait',
    error: /lock timeout/,
    begins: async ({ service }) => {
      await lockTimeout(service, `SET lock_timeout = '300ms'`);
      const stalled = new Client({ connectionString: service.database.url });
      await stalled.connect();
      await stalled.query('BEGIN');
      await stalled.query('LOCK TABLE course_enrollments IN ACCESS EXCLUSIVE MODE');
      locks.set(service, stalled);
    },
    ends: async ({ service }) => {
      await locks.get(service)?.end();
      await lockTimeout(service, 'RESET lock_timeout');
    },
  },
];

/** For the worker's connections, which it makes anew. */
async function lockTimeout(service: Service, setting: string): Promise<void> {
  const [database] = await service.sql<{ name: string }>('SELECT quote_ident(current_database()) AS name');
  await service.sql(`ALTER ROLE anycademy_worker IN DATABASE ${database!.name} ${setting}`);
  await service.sql(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND usename = 'anycademy_worker'`,
  );
}

describe('nobody is removed and nobody loses a role', () => {
  let service: Service;
  let world: World;
  let room: Classroom;
  let students: Student[];

  beforeAll(async () => {
    service = await Service.start({ config: { roles: new Set(['api', 'worker']) } });
    room = await classroom(service, 'Algebra');
    students = await settledClass(service, room, STUDENTS);
    const { url, application } = service.sandbox;
    const answer = await fetch(`${url}/api/v10/guilds/${room.guildId}/members?limit=1000`, {
      headers: { authorization: `Bot ${application.botToken}` },
    });
    world = { service, room, page: (await answer.json()) as World['page'] };
  }, 60_000);
  beforeEach(() => service.aDayPasses());
  afterAll(() => service.close());

  const membersOf = async ({ guildId }: Classroom) =>
    (await service.discord.guild(guildId)).members.map(({ userId, roles }) => ({ userId, roles }));

  const memberships = () =>
    service.sql('SELECT user_id, status, reason, granted_role_id FROM discord_memberships ORDER BY user_id');

  const changing = async () => (await service.discord.calls()).filter((call) => !call.startsWith('GET '));

  /** Why the comparison that waits could not be made. */
  async function failures(): Promise<string[]> {
    const rows = await service.sql<{ error: string }>(
      `SELECT error FROM discord_sync_runs WHERE guild_id = $1 AND status = 'QUEUED' AND error IS NOT NULL
       UNION ALL SELECT last_error FROM graphile_worker.jobs WHERE task_identifier = 'reconcile-guild' AND last_error IS NOT NULL`,
      [room.guildId],
    );
    return rows.map(({ error }) => error);
  }

  /** Whose access has ended, and whose role somebody took: nobody tells us of either. */
  async function differences(): Promise<{ leaver: Student; robbed: Student }> {
    const [leaver, robbed] = students.splice(0, 2) as [Student, Student];
    await service.unseen(() => service.unenroll(leaver.userId, room.courseId));
    await service.discord.join(room.guildId, robbed.account, []);
    return { leaver, robbed };
  }

  async function comesToNothingAndIsMadeGood({ error, begins, ends }: FailedRead, isRoster: boolean): Promise<void> {
    const { leaver, robbed } = await differences();
    await service.rest();
    const before = { members: await membersOf(room), memberships: await memberships() };
    await service.discord.clearRequests();
    await begins(world);
    try {
      await service.nest.get(Gaps).makeGood({ guildId: room.guildId });
      if (isRoster) await service.sql(MARK, [leaver.userId]);
      await eventually(async () => expect(await failures()).toContainEqual(expect.stringMatching(error)), 60_000);
      expect(await changing()).toEqual([]);
      expect({ members: await membersOf(room), memberships: await memberships() }).toEqual(before);
    } finally {
      await ends(world);
    }

    expect(await syncInFull(service, room, 60_000)).toMatchObject({ status: 'SUCCEEDED' });
    await service.reaches(leaver.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED', 60_000);
    const wanted = before.members
      .filter(({ userId }) => userId !== leaver.account)
      .map((member) => (member.userId === robbed.account ? { ...member, roles: [room.roleId] } : member));
    expect(await membersOf(room)).toEqual(wanted);
  }

  it.each(DISCORDS)('by a list of members $what', (read) => comesToNothingAndIsMadeGood(read, false), 180_000);

  it.each(ROSTERS)('by a roster $what', (read) => comesToNothingAndIsMadeGood(read, true), 180_000);

  it('by a roster that comes back empty: the brake holds everybody until it is there again', async () => {
    const { leaver, robbed } = await differences();
    await service.rest();
    const before = await membersOf(room);
    const roster = await service.sql('SELECT * FROM course_enrollments');
    await service.unseen(() => service.sql('DELETE FROM course_enrollments'));
    await service.discord.clearRequests();
    await service.nest.get(Sweep).sweep();
    for (const { userId } of [leaver, robbed, ...students.slice(0, 3)])
      await service.reaches(userId, room.courseId, 'joined', 'REMOVAL_HELD', 60_000);
    expect(await syncInFull(service, room, 60_000)).toMatchObject({ status: 'SUCCEEDED', removed: 0 });
    await service.nest.get(Sweep).sweep();
    await service.rest(60_000);
    expect(await changing()).toEqual([]);
    expect(await membersOf(room)).toEqual(before);

    await service.unseen(() =>
      service.sql(
        'INSERT INTO course_enrollments SELECT * FROM json_populate_recordset(NULL::course_enrollments, $1)',
        [JSON.stringify(roster)],
      ),
    );
    await service.nest.get(Sweep).sweep();
    await service.reaches(robbed.userId, room.courseId, 'joined', 'ADDED', 60_000);
    await service.rest(60_000);
    expect(await membersOf(room)).toEqual(
      before.map((member) => (member.userId === robbed.account ? { ...member, roles: [room.roleId] } : member)),
    );
    expect(await service.sql("SELECT user_id FROM discord_memberships WHERE reason = 'REMOVAL_HELD'")).toEqual([
      { user_id: leaver.userId },
    ]);
  }, 180_000);
});
