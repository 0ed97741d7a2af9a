import { randomUUID } from 'node:crypto';
import { type ProcessRole } from '../../src/config/config';
import { Sweep } from '../../src/membership/sweep';
import { type Classroom, classroom, configure, eventually, Service } from './support/service';

interface Action {
  readonly student: { readonly id: string; readonly displayName: string | null };
  readonly keptBy: { readonly id: string; readonly title: string } | null;
  readonly discordUserId: string | null;
  readonly action: string;
  readonly reason: string;
}

interface Plan {
  readonly courseId: string;
  readonly guildId: string;
  readonly add: number;
  readonly invite: number;
  readonly grantRole: number;
  readonly revokeRole: number;
  readonly kick: number;
  readonly unchanged: number;
  readonly held: boolean;
  readonly actions: Action[];
}

interface Run {
  readonly id: string;
  readonly status: string;
  readonly total: number;
  readonly added: number;
  readonly invited: number;
  readonly roleChanges: number;
  readonly removed: number;
  readonly failed: number;
}

interface Person {
  readonly userId: string;
  readonly account: string;
}

const PLAN = `query ($courseId: UUID!, $guildId: Snowflake) { syncPlan(courseId: $courseId, guildId: $guildId) {
  courseId guildId add invite grantRole revokeRole kick unchanged held
  actions(first: 1000) { student { id displayName } keptBy { id title } discordUserId action reason } } }`;

describe('what a sync would do', () => {
  let service: Service;
  let admin: string;

  beforeAll(async () => {
    // Without bot and cron: neither the gateway nor the minute sweep finds by itself what is to be planned for.
    service = await Service.start({ config: { roles: new Set<ProcessRole>(['api', 'worker']) } });
    admin = await service.token(await service.createUser('Amira', 'admin'), 'admin');
  });
  afterAll(() => service.close());

  async function plan(token: string, courseId: string): Promise<Plan> {
    const { syncPlan } = await service.query<{ syncPlan: Plan[] }>(token, PLAN, { courseId });
    expect(syncPlan).toHaveLength(1);
    return syncPlan[0]!;
  }

  async function sync(room: Classroom): Promise<Run> {
    const { syncCourse } = await service.query<{ syncCourse: { id: string }[] }>(
      room.instructorToken,
      'mutation ($courseId: UUID!) { syncCourse(courseId: $courseId) { id } }',
      { courseId: room.courseId },
    );
    let run: Run | undefined;
    await eventually(async () => {
      ({ syncRun: run } = await service.query<{ syncRun: Run }>(
        room.instructorToken,
        'query ($id: UUID!) { syncRun(id: $id) { id status total added invited roleChanges removed failed } }',
        { id: syncCourse[0]!.id },
      ));
      expect(run.status).toBe('SUCCEEDED');
    }, 20_000);
    return run!;
  }

  /** What was done to whom in Discord since the journal was emptied, in the plan's words. */
  async function done(room: Classroom): Promise<string[]> {
    const { invites } = await service.discord.guild(room.guildId);
    const requests = (await service.discord.requests()).filter(({ status }) => status < 300);
    const lines = requests.flatMap(({ method, route, path, status }) => {
      const person = /members\/(\d+)/.exec(path)?.[1] ?? '';
      const role = path.split('/').at(-1);
      switch (`${method} ${route}`) {
        case 'PUT /guilds/:id/members/:id':
          return [status === 201 ? `ADD ${person}` : `ADD ${person}, who was in`];
        case 'PUT /guilds/:id/members/:id/roles/:id':
          return [`GRANT_ROLE ${person} ${role}`];
        case 'DELETE /guilds/:id/members/:id/roles/:id':
          return [`REVOKE_ROLE ${person}`];
        case 'DELETE /guilds/:id/members/:id':
          return [`KICK ${person}`];
        // Seen by the invites that are there afterwards; and nobody's place changes by an invite that is taken back.
        case 'POST /channels/:id/invites':
        case 'DELETE /invites/:id':
          return [];
        default:
          return method === 'GET' ? [] : [`${method} ${path}`];
      }
    });
    const invited = invites
      .filter(({ code }) => !invitesBefore.has(code))
      .map((one) => `INVITE ${one.targetUserIds?.[0]}`);
    return [...lines, ...invited].sort();
  }

  let invitesBefore = new Set<string>();
  async function beginJournal(room: Classroom): Promise<void> {
    invitesBefore = new Set((await service.discord.guild(room.guildId)).invites.map(({ code }) => code));
    await service.discord.clearRequests();
  }

  const awaitsNobody = ({ action, reason }: Action): boolean => action !== 'NONE' && reason !== 'REMOVAL_HELD';

  const planned = ({ actions }: Plan): string[] =>
    actions
      .filter(awaitsNobody)
      .map(({ action, discordUserId }) => `${action} ${discordUserId}`)
      .sort();

  /** The same with the role that is given: it is that of the course which the plan names, to an admin whichever it is. */
  async function plannedWithRoles({ guildId, courseId }: Plan): Promise<string[]> {
    const roles = await rolesOfCourses(guildId);
    return (await plan(admin, courseId)).actions
      .filter(awaitsNobody)
      .map(({ action, discordUserId, keptBy }) =>
        action === 'GRANT_ROLE'
          ? `${action} ${discordUserId} ${roles.get(keptBy?.id ?? '')}`
          : `${action} ${discordUserId}`,
      )
      .sort();
  }

  async function rolesOfCourses(guildId: string): Promise<Map<string, string>> {
    const configs = await service.sql<{ courseId: string; roleId: string }>(
      'SELECT course_id AS "courseId", student_role_id AS "roleId" FROM discord_server_configs WHERE guild_id = $1',
      [guildId],
    );
    return new Map(configs.map(({ courseId, roleId }) => [courseId, roleId]));
  }

  async function accountsLinked(): Promise<Map<string, string>> {
    const rows = await service.sql<{ userId: string; account: string }>(
      'SELECT user_id AS "userId", discord_user_id AS account FROM user_discord_connections',
    );
    return new Map(rows.map(({ userId, account }) => [userId, account]));
  }

  /** Why each student of the course stands where they stand. */
  async function reasons(courseId: string): Promise<Record<string, string>> {
    const rows = await service.sql<{ userId: string; status: string; reason: string }>(
      'SELECT user_id AS "userId", status, reason FROM discord_memberships WHERE course_id = $1',
      [courseId],
    );
    return Object.fromEntries(rows.map(({ userId, status, reason }) => [userId, `${status} ${reason}`]));
  }

  /** Whose role was taken does not stand in its course any more: which role it is, the plan does not say. */
  async function rolesTakenAreOver({ guildId }: Plan): Promise<void> {
    const roles = await rolesOfCourses(guildId);
    for (const { method, route, path } of await service.discord.requests()) {
      if (`${method} ${route}` !== 'DELETE /guilds/:id/members/:id/roles/:id') continue;
      const [, account, roleId] = /members\/(\d+)\/roles\/(\d+)/.exec(path)!;
      const [courseId] = [...roles].find(([, id]) => id === roleId)!;
      const standing = await service.sql(
        `SELECT FROM discord_memberships m JOIN user_discord_connections USING (user_id)
         WHERE course_id = $1 AND user_discord_connections.discord_user_id = $2 AND status = 'joined'`,
        [courseId, account],
      );
      expect(standing).toEqual([]);
    }
  }

  /** Everything that we hold, to see that asking changed nothing of it. */
  async function everything(): Promise<object> {
    const tables = [
      'discord_memberships',
      'discord_sync_runs',
      'discord_integration_logs',
      'discord_removals',
      'discord_guilds',
    ];
    return Promise.all(tables.map((table) => service.sql(`SELECT * FROM ${table} ORDER BY 1`)));
  }

  /** The plan, which changes nothing, and then the sync, which does just that. */
  async function planThenSync(room: Classroom): Promise<{ plan: Plan; run: Run }> {
    await service.rest();
    await eventually(async () =>
      expect(await service.sql(`SELECT id FROM discord_sync_runs WHERE status IN ('QUEUED', 'RUNNING')`)).toEqual([]),
    );
    // Nor is anybody about to be looked at once more, as all others of whoever has just come in are.
    await eventually(async () =>
      expect(
        await service.sql(`SELECT id FROM discord_memberships WHERE due_at <= now() + interval '10 seconds'`),
      ).toEqual([]),
    );
    await service.rest();
    const before = await everything();
    await beginJournal(room);
    const asked = await plan(room.instructorToken, room.courseId);
    expect((await service.discord.requests()).every(({ method }) => method === 'GET')).toBe(true);
    expect(await everything()).toEqual(before);
    expect(await plan(room.instructorToken, room.courseId)).toEqual(asked);
    const withRoles = await plannedWithRoles(asked);
    const stood = await reasons(room.courseId);

    const ofCourse = new Set(
      (
        await service.sql<{ account: string }>(
          'SELECT acted_discord_user_id AS account FROM discord_memberships WHERE course_id = $1',
          [room.courseId],
        )
      ).map(({ account }) => account),
    );
    await beginJournal(room);
    const run = await sync(room);
    expect(await done(room)).toEqual(withRoles);
    await rolesTakenAreOver(asked);
    // Everybody of the plan stands where it says, and all others where they stood.
    const stand = await reasons(room.courseId);
    const linked = await accountsLinked();
    const told = asked.actions
      // Of an account that a student has given up their membership tells nothing.
      .filter(({ student, discordUserId }) => discordUserId === (linked.get(student.id) ?? null))
      .map(({ student, reason }): [string, string] => [student.id, reason]);
    expect(Object.fromEntries(told.map(([id]): [string, string] => [id, stand[id]!.split(' ')[1]!]))).toEqual(
      Object.fromEntries(told),
    );
    for (const [id] of told) stood[id] = stand[id]!;
    expect(stand).toEqual(stood);
    // A run counts what it does for memberships of its own; a former account that another course had brought here is not.
    const actions = asked.actions.filter(
      ({ reason, student, discordUserId }) =>
        reason !== 'REMOVAL_HELD' &&
        (discordUserId === linked.get(student.id) || ofCourse.has(discordUserId ?? 'nobody')),
    );
    const count = (...types: string[]) => actions.filter(({ action }) => types.includes(action)).length;
    expect(run).toMatchObject({
      added: count('ADD'),
      invited: count('INVITE'),
      roleChanges: count('GRANT_ROLE', 'REVOKE_ROLE'),
      removed: count('KICK'),
      failed: 0,
    });
    const all = (type: string) => asked.actions.filter(({ action }) => action === type).length;
    expect(asked).toMatchObject({
      add: all('ADD'),
      invite: all('INVITE'),
      grantRole: all('GRANT_ROLE'),
      revokeRole: all('REVOKE_ROLE'),
      kick: all('KICK'),
    });
    return { plan: asked, run };
  }

  const lineOf = (asked: Plan, person: Person): Partial<Action>[] =>
    asked.actions
      .filter(({ student }) => student.id === person.userId)
      .map(({ action, reason, keptBy }) => ({ action, reason, keptBy }));

  /** A second course in the same server, of another instructor. */
  async function neighbour(
    room: Classroom,
    title: string,
  ): Promise<{ courseId: string; roleId: string; token: string }> {
    const instructorId = await service.createUser('Bayu Saputra', 'instructor');
    const courseId = await service.createCourse(title, instructorId);
    const role = await service.discord.createRole(room.guildId, title);
    await configure(service, admin, {
      courseId,
      guildId: room.guildId,
      studentRoleId: role.id,
      inviteChannelId: room.channelId,
    });
    return { courseId, roleId: role.id, token: await service.token(instructorId, 'instructor') };
  }

  const enrollAll = async (people: readonly Person[], courseId: string): Promise<void> => {
    for (const { userId } of people) await service.enroll(userId, courseId);
    for (const { userId } of people) await service.reaches(userId, courseId, 'joined');
  };

  it('is what the sync then does, for every kind of difference', async () => {
    const room = await classroom(service, 'Algebra I');
    const other = await neighbour(room, 'Geometry');
    const class_ = await service.students(20);
    const [robbed, moved, gone, ended, protectedOne, both, bothHere, expired, surplus, back, ...rest] = class_ as [
      ...Person[],
    ];
    await enrollAll(class_, room.courseId);
    await enrollAll([both!, bothHere!], other.courseId);
    const invitee: Person = { userId: await service.createUser('By Invite'), account: '' };
    const inviteAccount = await service.link(invitee.userId, { autoJoin: false });
    const unlinked = await service.createUser('Not Linked');
    const [late] = await service.students(1);
    await service.rest();

    const moderator = await service.discord.createRole(room.guildId, 'Moderator', { permissions: '32' });
    await service.discord.join(room.guildId, robbed!.account, []);
    await service.discord.leave(room.guildId, gone!.account);
    await service.discord.join(room.guildId, protectedOne!.account, [room.roleId, moderator.id]);
    await service.discord.join(room.guildId, moved!.account, [room.roleId, other.roleId]);
    await service.discord.join(room.guildId, both!.account, [room.roleId]);
    await service.unseen(async () => {
      for (const person of [ended!, protectedOne!, bothHere!]) await service.unenroll(person.userId, room.courseId);
      await service.sql(`UPDATE course_enrollments SET expires_at = now() - interval '1 hour' WHERE user_id = $1`, [
        expired!.userId,
      ]);
      for (const userId of [invitee.userId, unlinked, late!.userId]) await service.enroll(userId, room.courseId);
    });
    // Given by hand to somebody who has left the course long ago, and who is known to us.
    await service.unenroll(surplus!.userId, room.courseId);
    await service.reaches(surplus!.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
    await service.discord.join(room.guildId, surplus!.account, [room.roleId]);
    await service.sql(
      `UPDATE discord_memberships SET granted_role_id = $2, acted_discord_user_id = $3 WHERE user_id = $1`,
      [surplus!.userId, room.roleId, surplus!.account],
    );
    // Left, and is here again.
    await service.sql(
      `UPDATE discord_memberships SET left_by_choice = true, status = 'left', reason = 'LEFT_BY_CHOICE' WHERE user_id = $1`,
      [back!.userId],
    );

    const { plan: asked, run } = await planThenSync(room);

    const own = { id: room.courseId, title: 'Algebra I' };
    expect(lineOf(asked, robbed!)).toEqual([{ action: 'GRANT_ROLE', reason: 'ADDED', keptBy: own }]);
    expect(lineOf(asked, gone!)).toEqual([{ action: 'NONE', reason: 'LEFT_BY_CHOICE', keptBy: null }]);
    expect(lineOf(asked, ended!)).toEqual([{ action: 'KICK', reason: 'ENROLLMENT_ENDED', keptBy: null }]);
    expect(lineOf(asked, expired!)).toEqual([{ action: 'KICK', reason: 'ENROLLMENT_ENDED', keptBy: null }]);
    expect(lineOf(asked, protectedOne!)).toEqual([{ action: 'REVOKE_ROLE', reason: 'PROTECTED_MEMBER', keptBy: null }]);
    // Kept by a course of somebody else: the instructor learns that, and not which.
    expect(lineOf(asked, bothHere!)).toEqual([
      { action: 'REVOKE_ROLE', reason: 'STILL_ENROLLED_ELSEWHERE', keptBy: null },
    ]);
    expect(lineOf(asked, both!)).toEqual([{ action: 'GRANT_ROLE', reason: 'ADDED', keptBy: null }]);
    expect(lineOf(asked, late!)).toEqual([{ action: 'ADD', reason: 'ADDED', keptBy: own }]);
    expect(lineOf(asked, { ...invitee, account: inviteAccount })).toEqual([
      { action: 'INVITE', reason: 'INVITE_OPEN', keptBy: own },
    ]);
    expect(lineOf(asked, { userId: unlinked, account: '' })).toEqual([
      { action: 'NONE', reason: 'ACCOUNT_NOT_LINKED', keptBy: null },
    ]);
    expect(lineOf(asked, moved!)).toEqual([]);
    for (const person of rest) expect(lineOf(asked, person)).toEqual([]);
    expect(asked.held).toBe(false);
    expect(asked.unchanged).toBeGreaterThanOrEqual(rest.length);
    expect(run.total).toBe(23);

    // Now there is nothing to do, and the plan says so.
    const again = await plan(room.instructorToken, room.courseId);
    expect(again).toMatchObject({
      add: 0,
      invite: 0,
      grantRole: 0,
      revokeRole: 0,
      kick: 0,
      unchanged: 23,
      actions: [],
    });
    // The neighbour's plan is about the neighbour's students.
    const theirs = await plan(other.token, other.courseId);
    expect(theirs).toMatchObject({ unchanged: 2, actions: [] });
  });

  it('counts what waits for a person, says so, and goes on saying so until it is decided', async () => {
    const room = await classroom(service, 'History');
    const class_ = await service.students(6);
    await enrollAll(class_, room.courseId);
    const [newcomer] = await service.students(1);
    await service.rest();
    await service.unseen(async () => {
      for (const { userId } of class_) await service.unenroll(userId, room.courseId);
      await service.enroll(newcomer!.userId, room.courseId);
    });

    const { plan: asked } = await planThenSync(room);
    expect(asked).toMatchObject({ add: 1, kick: 6, held: true, unchanged: 0 });
    for (const person of class_) {
      expect(lineOf(asked, person)).toEqual([{ action: 'KICK', reason: 'REMOVAL_HELD', keptBy: null }]);
      await service.reaches(person.userId, room.courseId, 'joined', 'REMOVAL_HELD');
    }
    const { plan: again } = await planThenSync(room);
    expect(again).toMatchObject({ add: 0, kick: 6, held: true, unchanged: 1 });
  });

  it('keeps the role back from a newcomer who has to pass the screening first', async () => {
    const room = await classroom(service, 'Irish', { roleAfterScreening: true });
    const people = await service.students(2);
    await service.rest();
    await service.discord.screening(room.guildId, true);
    await service.unseen(() => service.enroll(people[0]!.userId, room.courseId));
    const { plan: asked } = await planThenSync(room);
    expect(asked).toMatchObject({ add: 1, grantRole: 0 });
    expect(await service.discord.member(room.guildId, people[0]!.account)).toMatchObject({ roles: [], pending: true });
    await service.discord.passScreening(room.guildId, people[0]!.account);
    await service.discord.screening(room.guildId, false);
    await service.unseen(() => service.enroll(people[1]!.userId, room.courseId));
    const { plan: later } = await planThenSync(room);
    expect(later).toMatchObject({ add: 1, grantRole: 2 });
  });

  it('says that somebody was there already whom another course has brought in, whatever else is done to them', async () => {
    const room = await classroom(service, 'Latin');
    const other = await neighbour(room, 'Greek');
    const people = await service.students(2);
    const [mover, both] = people;
    await enrollAll(people, other.courseId);
    await service.rest();
    await service.unseen(async () => {
      for (const { userId } of people) await service.enroll(userId, room.courseId);
      await service.unenroll(mover!.userId, other.courseId);
    });
    const { plan: asked } = await planThenSync(room);
    const given = {
      action: 'GRANT_ROLE',
      reason: 'ALREADY_MEMBER',
      keptBy: { id: room.courseId, title: 'Latin' },
    };
    const taken = { action: 'REVOKE_ROLE', reason: 'ALREADY_MEMBER', keptBy: null };
    expect(lineOf(asked, mover!)).toEqual([given, taken]);
    expect(lineOf(asked, both!)).toEqual([given]);
    for (const { userId } of people) await service.reaches(userId, room.courseId, 'joined', 'ALREADY_MEMBER');
  });

  it('knows whom another course keeps by an enrollment of which nobody has heard', async () => {
    const room = await classroom(service, 'Sanskrit');
    const [paused, other] = [await neighbour(room, 'Pali'), await neighbour(room, 'Prakrit')];
    await service.sql('UPDATE discord_server_configs SET is_active = false WHERE course_id = $1', [paused.courseId]);
    const people = await service.students(3);
    const [kept, welcome, gone] = people;
    await enrollAll(people, room.courseId);
    await service.unseen(async () => {
      await service.enroll(kept!.userId, paused.courseId);
      await service.enroll(welcome!.userId, other.courseId);
      for (const { userId } of people) await service.unenroll(userId, room.courseId);
    });
    const { plan: asked } = await planThenSync(room);
    expect(lineOf(asked, gone!)).toEqual([{ action: 'KICK', reason: 'ENROLLMENT_ENDED', keptBy: null }]);
    expect(lineOf(asked, kept!)).toMatchObject([{ action: 'REVOKE_ROLE', reason: 'STILL_ENROLLED_ELSEWHERE' }]);
    expect(asked).toMatchObject({ kick: 1, revokeRole: 2, grantRole: 1 });
  });

  /** Some have another account now, of which no trigger told; some of those are in the server already. */
  async function exchangeSome(
    room: Classroom,
    people: readonly Person[],
    chance: (share: number) => boolean,
  ): Promise<void> {
    for (const { userId } of people.filter(() => chance(0.7))) {
      const { id } = await service.discord.createUser('another account');
      if (chance(0.5)) await service.discord.join(room.guildId, id, chance(0.5) ? [room.roleId] : []);
      await service.exchangedUnseen(userId, id);
    }
  }

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9])('is what the sync then does, whatever has happened (seed %i)', async (seed) => {
    const random = generator(seed);
    const chance = (share: number): boolean => random() < share;
    const room = await classroom(service, `Random ${seed}`, {
      removalPolicy: ['KICK', 'REMOVE_ROLE', 'KEEP'][seed % 3],
      removalGraceHours: seed === 6 ? 24 : 0,
      driftPolicy: chance(0.5) ? 'RESPECT' : 'REPAIR',
      adoptExisting: seed >= 7,
      autoInvite: seed !== 8,
    });
    const other = await neighbour(room, `Neighbour ${seed}`);
    const people: Person[] = await service.students(14);
    for (let count = 0; count < 5; count += 1) {
      const userId = await service.createUser('By Invite');
      people.push({ userId, account: await service.link(userId, { autoJoin: false }) });
    }
    const courses = [room, other] as const;
    for (const person of people) {
      for (const { courseId } of courses) if (chance(0.6)) await service.enroll(person.userId, courseId);
    }
    const unlinked = [await service.createUser('Not Linked'), await service.createUser('Not Linked either')];
    await service.enroll(unlinked[0]!, room.courseId);
    await service.rest();
    const moderator = await service.discord.createRole(room.guildId, 'Moderator', { permissions: '8' });
    await service.unseen(async () => {
      await service.enroll(unlinked[1]!, room.courseId);
      for (const { userId, account } of people) {
        for (const { courseId } of courses) {
          const [enrolled] = await service.sql(
            'SELECT 1 FROM course_enrollments WHERE user_id = $1 AND course_id = $2',
            [userId, courseId],
          );
          if (enrolled && chance(0.25)) await service.unenroll(userId, courseId);
          else if (!enrolled && chance(0.3)) await service.enroll(userId, courseId);
        }
        const member = await service.discord.member(room.guildId, account);
        if (!member) {
          if (chance(0.3)) await service.discord.join(room.guildId, account);
        } else if (chance(0.1)) await service.discord.leave(room.guildId, account);
        else if (chance(0.6)) {
          const roles = [room.roleId, other.roleId, ...(chance(0.2) ? [moderator.id] : [])].filter(() => chance(0.5));
          await service.discord.join(room.guildId, account, roles);
        }
      }
    });
    if (seed >= 7) await exchangeSome(room, people.slice(-5), chance);
    const { plan: asked } = await planThenSync(room);
    expect(planned(asked).length).toBeGreaterThan(0);
    // Once the neighbour's endings are found too, nothing is left for either of them.
    await service.nest.get(Sweep, { strict: false }).sweep();
    const { plan: again } = await planThenSync(room);
    expect(planned(again)).toEqual([]);
  });

  it('is told to those who teach the course, and to nobody else', async () => {
    const room = await classroom(service, 'Japanese');
    const [student] = await service.students(1);
    await enrollAll([student!], room.courseId);
    const service_ = await service.token(randomUUID(), 'service');
    for (const token of [room.instructorToken, admin, service_]) {
      expect(await plan(token, room.courseId)).toMatchObject({ guildId: room.guildId, unchanged: 1 });
    }
    const stranger = await service.token(await service.createUser('Bayu', 'instructor'), 'instructor');
    for (const token of [stranger, await service.token(student!.userId)]) {
      expect((await service.refusal(token, PLAN, { courseId: room.courseId })).code).toBe('NOT_FOUND');
    }
    expect((await service.refusal(null, PLAN, { courseId: room.courseId })).code).toBe('UNAUTHENTICATED');
    expect(
      await service.refusal(room.instructorToken, PLAN, { courseId: room.courseId, guildId: '1'.repeat(18) }),
    ).toMatchObject({
      code: 'SERVER_NOT_READY',
    });
    const many = PLAN.replace('1000', '0');
    expect((await service.refusal(room.instructorToken, many, { courseId: room.courseId })).code).toBe(
      'BAD_USER_INPUT',
    );
  });

  it('says what the server lacks, and that Discord does not answer', async () => {
    const room = await classroom(service, 'Kinematics');
    const variables = { courseId: room.courseId };
    await service.discord.faults([{ method: 'GET', route: '/guilds/:id/members', status: 500 }]);
    expect((await service.refusal(room.instructorToken, PLAN, variables)).code).toBe('DISCORD_UNAVAILABLE');
    await service.discord.faults([{ method: 'GET', route: '/guilds/:id/members', status: 200, body: [] }]);
    expect((await service.refusal(room.instructorToken, PLAN, variables)).code).toBe('DISCORD_UNAVAILABLE');
    await service.discord.noFaults();

    const before = await everything();
    await service.discord.removeBot(room.guildId);
    const refused = await service.refusal(room.instructorToken, PLAN, variables);
    expect(refused).toMatchObject({
      code: 'SERVER_NOT_READY',
      extensions: { checks: expect.arrayContaining([expect.objectContaining({ id: 'BOT_PRESENT' })]) as unknown },
    });
    expect(await everything()).toEqual(before);

    // Known to us now: no call is needed to say so.
    await service.query(room.instructorToken, 'mutation ($id: UUID!) { recheckServer(id: $id) { health } }', {
      id: room.configId,
    });
    await service.discord.clearRequests();
    expect(await service.refusal(room.instructorToken, PLAN, variables)).toMatchObject({
      code: 'SERVER_NOT_READY',
      extensions: { checks: expect.arrayContaining([expect.objectContaining({ id: 'BOT_PRESENT' })]) as unknown },
    });
    expect(await service.discord.calls()).toEqual([]);
  });

  it('holds no transaction open while Discord is asked, however large the server is', async () => {
    const room = await classroom(service, 'Logic');
    await service.discord.joinAll(room.guildId, await service.discord.createUsers(2_100));
    await service.rest();
    await service.discord.clearRequests();
    await service.discord.faults([{ method: 'GET', route: '/guilds/:id/members', delayMs: 150 }]);
    const asked = plan(room.instructorToken, room.courseId);
    const open: number[] = [];
    for (const done = asked.then(() => true); !(await Promise.race([done, pause(10)]));) {
      const [row] = await service.sql<{ count: number }>(
        `SELECT count(*)::int AS count FROM pg_stat_activity
         WHERE datname = current_database() AND state LIKE 'idle in transaction%' AND state_change < now() - interval '100 milliseconds'`,
      );
      open.push(row!.count);
    }
    await service.discord.noFaults();
    expect(open.every((count) => count === 0)).toBe(true);
    const lists = (await service.discord.requests()).filter(({ route }) => route === '/guilds/:id/members');
    expect(lists).toHaveLength(3);
  });
});

const pause = (ms: number): Promise<false> => new Promise((resolve) => setTimeout(() => resolve(false), ms));

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
