import * as fc from 'fast-check';
import { type History } from './history';
import { ANSWER_WITHIN, CONFIGS, COURSES, CROWD, GUILDS, STUDENTS } from './world';

/** The commands need no model of their own: whatever is impossible in a state is simply nothing. */
type Model = Record<string, never>;
type Told = fc.AsyncCommand<Model, History>;

/** A command that prints itself as `name(arguments)`, and after which the oracle looks. */
class Command implements Told {
  constructor(
    private readonly name: string,
    private readonly values: readonly unknown[],
    private readonly work: (history: History) => Promise<void>,
  ) {}

  check(): boolean {
    return true;
  }

  async run(_model: Model, history: History): Promise<void> {
    await this.work(history);
    await history.observe();
  }

  toString(): string {
    return `${this.name}(${this.values.map((value) => JSON.stringify(value)).join(', ')})`;
  }
}

const student = fc.nat(STUDENTS - 1);
const course = fc.nat(COURSES - 1);
const guild = fc.nat(GUILDS - 1);
const config = fc.nat(CONFIGS.length - 1);
const which = fc.nat(1);

/** One kind of command: how often it is told, with which values, and as it was told. */
interface Telling {
  readonly name: string;
  readonly weight: number;
  readonly arbitrary: fc.Arbitrary<Told>;
  readonly told: (values: readonly unknown[]) => Told;
}

type Values<Arbitraries extends readonly fc.Arbitrary<unknown>[]> = {
  [Index in keyof Arbitraries]: Arbitraries[Index] extends fc.Arbitrary<infer Value> ? Value : never;
};

function command<const Arbitraries extends readonly fc.Arbitrary<unknown>[]>(
  weight: number,
  name: string,
  arbitraries: Arbitraries,
  work: (history: History, ...values: Values<Arbitraries>) => Promise<void>,
): Telling {
  const told = (values: readonly unknown[]) =>
    new Command(name, values, (history) => work(history, ...(values as Values<Arbitraries>)));
  return { name, weight, arbitrary: fc.tuple(...(arbitraries as unknown as fc.Arbitrary<unknown>[])).map(told), told };
}

const coursesOf = (index: number): number[] => CONFIGS.flatMap((place, at) => (place.course === index ? [at] : []));
const inGuild = (index: number): number[] => CONFIGS.flatMap((place, at) => (place.guild === index ? [at] : []));

// ── The platform ─────────────────────────────────────────────────────────────────────────────────────────────────────

async function enrolls(history: History, indices: readonly number[], at: number): Promise<void> {
  const { facts, cast, world } = history;
  const look = await history.look();
  for (const index of indices) {
    if (look.isEnrolled(index, at) || !look.canEnroll(index, at)) continue;
    for (const place of coursesOf(at)) {
      const key = `${index} ${place}`;
      // A new enrollment lifts that they left, if its end was seen before.
      const standing = [...facts.standingOf(index, place)];
      if (facts.endSeen.has(key))
        facts.setStanding(index, place, ...standing.map((one) => (one === 'left' ? 'free' : one)));
      else if (standing.includes('left')) facts.addStanding(index, place, 'free');
      for (const set of [facts.endSeen, facts.graceOver, facts.decided, facts.guests]) set.delete(key);
    }
  }
  await world.service.sql(
    `INSERT INTO course_enrollments (user_id, course_id) SELECT u.id, $2 FROM auth.users u WHERE u.id = ANY($1) AND EXISTS (SELECT FROM courses WHERE id = $2)
     ON CONFLICT (user_id, course_id) DO UPDATE SET status = 'active', expires_at = NULL`,
    [indices.map((index) => cast.students[index]!.userId), cast.courseIds[at]],
  );
}

async function ends(history: History, sql: string, index: number, at: number): Promise<void> {
  const { cast, world } = history;
  await world.service.sql(sql, [cast.students[index]!.userId, cast.courseIds[at]]);
}

const crowd = Array.from({ length: CROWD }, (_, index) => STUDENTS + index);

const platform = [
  command(8, 'enroll', [student, course], (history, index, at) => enrolls(history, [index], at)),
  command(6, 'unenroll', [student, course], (history, index, at) =>
    ends(history, 'DELETE FROM course_enrollments WHERE user_id = $1 AND course_id = $2', index, at),
  ),
  command(2, 'disable', [student, course], (history, index, at) =>
    ends(
      history,
      `UPDATE course_enrollments SET status = 'cancelled' WHERE user_id = $1 AND course_id = $2`,
      index,
      at,
    ),
  ),
  command(2, 'expire', [student, course], (history, index, at) =>
    ends(
      history,
      `UPDATE course_enrollments SET expires_at = now() - interval '1 s' WHERE user_id = $1 AND course_id = $2`,
      index,
      at,
    ),
  ),
  command(1, 'unseen end', [student, course], async (history, index, at) => {
    const { world, cast, facts } = history;
    facts.unseen = true;
    await world.service.unseen(() =>
      world.service.sql('DELETE FROM course_enrollments WHERE user_id = $1 AND course_id = $2', [
        cast.students[index]!.userId,
        cast.courseIds[at],
      ]),
    );
    await world.sweep();
  }),
  command(2, 'end of a whole course', [course], async ({ world, cast }, at) => {
    await world.service.sql('DELETE FROM course_enrollments WHERE course_id = $1', [cast.courseIds[at]]);
  }),
  command(1, 'a class enrolls', [course], async (history, at) => {
    const { world, cast, facts } = history;
    await Promise.all(
      crowd.map((index) => {
        const { userId, accounts } = cast.students[index]!;
        facts.holds(accounts[0], index);
        return history.attempt(() => world.link(userId, accounts[0]));
      }),
    );
    await enrolls(history, crowd, at);
  }),
  command(1, 'a class ends', [course], async ({ world, cast }, at) => {
    await world.service.sql('DELETE FROM course_enrollments WHERE course_id = $1 AND user_id = ANY($2)', [
      cast.courseIds[at],
      crowd.map((index) => cast.students[index]!.userId),
    ]);
  }),
  command(1, 'delete user', [student], async (history, index) => {
    const { world, cast } = history;
    const { userId } = cast.students[index]!;
    await givesUp(history, index);
    await world.service.sql('DELETE FROM auth.users WHERE id = $1', [userId]);
  }),
  command(1, 'delete course', [course], async ({ world, cast }, at) => {
    await world.service.sql('DELETE FROM courses WHERE id = $1', [cast.courseIds[at]]);
  }),
  command(1, 'become staff', [student, course], async ({ world, cast }, index, at) => {
    await world.service.sql(
      `INSERT INTO course_staff (course_id, user_id) SELECT $1, id FROM auth.users WHERE id = $2 ON CONFLICT DO NOTHING`,
      [cast.courseIds[at], cast.students[index]!.userId],
    );
  }),
  command(0.5, 'the instructor is deleted', [], async ({ world, cast }) => {
    await world.service.sql('DELETE FROM auth.users WHERE id = $1', [cast.instructorId]);
  }),
  command(1, 'another instructor takes over', [], ({ world, cast }) => world.anotherInstructor(cast)),
  command(2, 'a day passes', [], async (history) => {
    const { world, cast, facts } = history;
    await world.dayPasses();
    const look = await history.look();
    // Also of an end that was seen since the last rest.
    cast.students.forEach((_, index) =>
      CONFIGS.forEach((place, at) => {
        if (!look.isEnrolled(index, place.course)) facts.graceOver.add(`${index} ${at}`);
      }),
    );
    facts.unasked.clear();
  }),
];

// ── Linking ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * The account's grant is revoked at Discord by a job. Whoever links the same account in that moment may lose the new grant
 * with it, and is then invited instead of added.
 */
async function givesUp(history: History, index: number): Promise<void> {
  const account = (await history.look()).account(index);
  if (account !== null) history.facts.revoking.add(account);
}

/** Who changes accounts may do so before what happened to the former one was understood. */
async function changesAccount(history: History, index: number): Promise<void> {
  const look = await history.look();
  CONFIGS.forEach((_, place) => {
    history.facts.guests.delete(`${index} ${place}`);
    const standing = history.facts.standingOf(index, place);
    if ([...standing].some((one) => one !== 'free') || look.membership(index, place)?.in_sync === false)
      history.facts.addStanding(index, place, 'free');
  });
}

const linking = [
  command(5, 'link', [student, fc.nat(2), fc.boolean()], async (history, index, choice, autoJoin) => {
    const { world, cast, facts } = history;
    const look = await history.look();
    const { userId, accounts } = cast.students[index]!;
    if (!look.state.users.includes(userId)) return;
    // One of their own accounts, or the first of the next student: taken, unless that one has given it up.
    const account = [...accounts, cast.students[(index + 1) % STUDENTS]!.accounts[0]][choice]!;
    const before = look.account(index);
    const linked = await history.attempt(() => world.link(userId, account, autoJoin));
    // Where we refuse the account, its holder's tokens stay as dead as they are.
    if (!linked) return;
    if (facts.revoking.has(account)) facts.deadGrants.add(account);
    else facts.deadGrants.delete(account);
    facts.expired.delete(account);
    if (before !== null && before !== account) facts.revoking.add(before);
    facts.holds(account, index);
    if (before !== account) await changesAccount(history, index);
  }),
  command(3, 'unlink', [student], async (history, index) => {
    const { world, cast } = history;
    const { userId } = cast.students[index]!;
    await givesUp(history, index);
    await history.ask(await world.service.token(userId), 'mutation { unlinkDiscord }', {});
    await changesAccount(history, index);
  }),
  command(1, 'asks to be forgotten', [student], async (history, index) => {
    const { world, cast } = history;
    const { userId } = cast.students[index]!;
    await givesUp(history, index);
    await history.ask(await world.service.token(userId), 'mutation { eraseMyDiscordData }', {});
    await changesAccount(history, index);
  }),
  command(2, 'revoke the grant', [student], async (history, index) => {
    const account = (await history.look()).account(index);
    if (account === null) return;
    await history.discord.revokeGrant(account).catch(() => undefined);
    history.facts.deadGrants.add(account);
  }),
  command(1, 'the token expires', [student], async (history, index) => {
    const account = (await history.look()).account(index);
    if (account === null) return;
    history.facts.expired.add(account);
    await history.discord.expireToken(account);
    await history.world.service.sql(
      `UPDATE user_discord_connections SET expires_at = now() - interval '1 s' WHERE discord_user_id = $1`,
      [account],
    );
  }),
];

// ── Discord ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The account that a student has now, or their second one, which we may know or not. */
async function accountOf(history: History, index: number, choice: number): Promise<string> {
  const look = await history.look();
  const { accounts } = history.cast.students[index]!;
  return choice === 0 ? (look.account(index) ?? accounts[0]) : accounts[1];
}

/** Who had left is back by their own will. */
function isBack({ facts }: History, holder: number | null, at: number): void {
  if (holder === null) return;
  for (const place of inGuild(at)) {
    const standing = [...facts.standingOf(holder, place)];
    facts.setStanding(holder, place, ...standing.map((one) => (one === 'left' ? 'back' : one)));
  }
}

/** @returns whether the invite is still good for them. */
function comesBy({ discord }: History, code: string, account: string): Promise<boolean> {
  return discord.accept(code, account).then(
    () => true,
    () => false,
  );
}

const inDiscord = [
  command(4, 'joins', [student, which, guild], async (history, index, choice, at) => {
    const { facts } = history;
    const look = await history.look();
    const account = await accountOf(history, index, choice);
    if (look.member(account, at) || look.guild(at).bans.includes(account)) return;
    const holder = look.studentOf(account);
    const isNew = holder === null || inGuild(at).every((place) => look.membership(holder, place) === undefined);
    await history.discord.join(history.guildId(at), account);
    const isStillNew =
      holder !== null &&
      inGuild(at).every((place) => {
        const { course: of } = CONFIGS[place]!;
        // Of an enrollment that has just ended the service may be about to make a membership all the same.
        return look.isGone(place) || !(look.isEnrolled(holder, of) || facts.enrolledOnce.has(`${holder} ${of}`));
      });
    facts.cameAlone.set(`${account} ${at}`, isNew && isStillNew ? 'before' : 'maybe');
    isBack(history, holder, at);
  }),
  command(5, 'leaves', [student, which, guild], async (history, index, choice, at) => {
    const { facts } = history;
    const look = await history.look();
    const account = await accountOf(history, index, choice);
    if (!look.member(account, at)) return;
    const holder = look.studentOf(account);
    if (holder === null) await history.stands(account, at, 'left');
    // Who was removed in this very moment leaves nothing.
    if (!(await history.inTime(() => history.discord.leave(history.guildId(at), account)))) return;
    facts.byHand.delete(`${account} ${at}`);
    facts.foreign.delete(`${account} ${at}`);
    if (holder === null) return;
    for (const place of inGuild(at)) {
      const row = look.membership(holder, place);
      const standing = [...facts.standingOf(holder, place)];
      const isKnown =
        row?.status === 'joined' &&
        row.is_member === true &&
        row.seen_discord_user_id === account &&
        row.attempt === null;
      const certain =
        (isKnown || standing.every((one) => one === 'back' || one === 'left')) && !facts.blurred && !facts.deaf;
      const others = standing.filter((one) => one === 'staff' || one === 'ban');
      if (standing.length > 0 && others.length === standing.length) continue;
      facts.setStanding(holder, place, 'left', ...(certain ? others : ([...others, 'free'] as const)));
    }
  }),
  command(2, 'is kicked by a moderator', [student, which, guild], async (history, index, choice, at) => {
    const look = await history.look();
    const account = await accountOf(history, index, choice);
    if (!look.member(account, at) || account === history.cast.ownerAccount) return;
    await history.stands(account, at, 'staff');
    if (!(await history.inTime(() => history.discord.kick(history.guildId(at), account)))) return;
    history.facts.byHand.delete(`${account} ${at}`);
    history.facts.foreign.delete(`${account} ${at}`);
  }),
  command(2, 'is banned', [student, which, guild], async (history, index, choice, at) => {
    const account = await accountOf(history, index, choice);
    const look = await history.look();
    if (look.guild(at).bans.includes(account)) return;
    await history.stands(account, at, 'ban');
    await history.discord.ban(history.guildId(at), account);
    history.facts.everBanned.add(`${account} ${at}`);
    history.facts.byHand.delete(`${account} ${at}`);
    history.facts.foreign.delete(`${account} ${at}`);
  }),
  command(1, 'is unbanned', [student, which, guild], async (history, index, choice, at) => {
    const account = await accountOf(history, index, choice);
    await history.discord.unban(history.guildId(at), account).catch(() => undefined);
  }),
  command(3, 'accepts the invite', [student, config], async (history, index, place) => {
    const look = await history.look();
    const account = look.account(index);
    const code = look.membership(index, place)?.invite_code;
    const { guild: at } = CONFIGS[place]!;
    if (account === null || !code || look.member(account, at)) return;
    if (await comesBy(history, code, account)) isBack(history, index, at);
  }),
  command(2, 'opens an invite', [student, which, guild], async (history, index, choice, at) => {
    // With either of their accounts, whichever is linked by now.
    const account = history.cast.students[index]!.accounts[choice]!;
    const look = await history.look();
    const invite = look
      .guild(at)
      .invites.find(
        ({ code, targetUserIds }) => targetUserIds?.includes(account) && history.facts.inviteCodes.has(code),
      );
    if (!invite || look.member(account, at)) return;
    if (await comesBy(history, invite.code, account)) isBack(history, look.studentOf(account), at);
  }),
  command(
    4,
    'role by hand',
    [student, which, guild, fc.nat(4), fc.boolean()],
    async (history, index, choice, at, role, given) => {
      const { facts, cast } = history;
      const look = await history.look();
      const account = await accountOf(history, index, choice);
      const member = look.member(account, at);
      const place = cast.places[at]!;
      if (!member) return;
      const id = [...place.studentRoles, place.otherRole, place.foreignRole, place.adminRole][role]!;
      const rest = member.roles.filter((one) => one !== id);
      // Who was removed in this very moment gets nothing, and is not in again.
      const roles = given ? [...rest, id] : rest;
      if (!(await history.inTime(() => history.discord.setRoles(place.guildId, account, roles)))) return;
      const key = `${account} ${at}`;
      facts.byHand.set(key, (facts.byHand.get(key) ?? new Set()).add(id));
      // The owner sets the whole list, so a role that we are just giving or taking may be lost in it, as with a real person.
      if (!given || rest.length !== member.roles.length)
        for (const one of place.studentRoles) facts.byHand.get(key)!.add(one);
      if (id !== place.foreignRole) return;
      if (given) facts.foreign.set(key, { role: id, joinedAt: member.joinedAt });
      else facts.foreign.delete(key);
    },
  ),
  command(1, 'screening', [guild, fc.boolean()], async (history, at, enabled) => {
    await history.discord.screening(history.guildId(at), enabled);
  }),
  command(2, 'passes the screening', [student, which, guild], async (history, index, choice, at) => {
    const account = await accountOf(history, index, choice);
    await history.discord.passScreening(history.guildId(at), account).catch(() => undefined);
  }),
  command(1, 'bot removed', [guild], async (history, at) => {
    await history.discord.removeBot(history.guildId(at)).catch(() => undefined);
    history.facts.deaf = true;
  }),
  command(2, 'bot added', [guild], async (history, at) => {
    await history.discord.addBot(history.guildId(at));
  }),
  command(1, 'bot loses its permissions', [guild], async (history, at) => {
    if (!(await history.look()).guild(at).botPresent) return;
    await history.discord.addBot(history.guildId(at), { permissions: '1024' });
    history.facts.deaf = true;
  }),
];

// ── What staff and students ask of us ────────────────────────────────────────────────────────────────────────────────

const RUN_DECISIONS = ['confirmSyncRun', 'cancelSyncRun', 'undoSyncRun'] as const;

const asked = [
  command(3, 'asks to come back', [student, course], async (history, index, at) => {
    const { world, cast, facts } = history;
    await history.heard();
    const { userId } = cast.students[index]!;
    const { errors } = await history.ask(
      await world.service.token(userId),
      'mutation ($courseId: UUID!) { rejoinCourse(courseId: $courseId) { id } }',
      { courseId: cast.courseIds[at] },
    );
    if (errors) return;
    for (const place of coursesOf(at)) {
      const standing = [...facts.standingOf(index, place)].map((one) =>
        one === 'left' || one === 'back' ? 'free' : one,
      );
      facts.setStanding(index, place, ...standing, ...(facts.deaf ? (['left'] as const) : []));
    }
  }),
  command(3, 'is invited by staff', [student, course], async (history, index, at) => {
    const { cast, facts } = history;
    await history.heard();
    const { errors } = await history.ask(
      cast.adminToken,
      'mutation ($userId: UUID!, $courseId: UUID!) { inviteStudent(userId: $userId, courseId: $courseId) { id } }',
      { userId: cast.students[index]!.userId, courseId: cast.courseIds[at] },
    );
    if (errors) return;
    for (const place of coursesOf(at)) {
      const look = await history.look();
      if (facts.deaf) facts.addStanding(index, place, 'free');
      else if (!look.isFrozen(place) && !look.isGone(place)) facts.setStanding(index, place, 'free');
    }
  }),
  command(2, 'is removed by staff', [student, course], async (history, index, at) => {
    const { cast, facts } = history;
    await history.heard();
    const look = await history.look();
    const { errors } = await history.ask(
      cast.adminToken,
      'mutation ($userId: UUID!, $courseId: UUID!) { removeStudent(userId: $userId, courseId: $courseId) { id } }',
      { userId: cast.students[index]!.userId, courseId: cast.courseIds[at] },
    );
    if (errors) return;
    for (const place of coursesOf(at)) {
      const standing = facts.standingOf(index, place);
      facts.guests.delete(`${index} ${place}`);
      if (!look.membership(index, place)) facts.addStanding(index, place, 'staff');
      else if (standing.has('ban')) facts.addStanding(index, place, 'staff');
      else facts.setStanding(index, place, 'staff');
    }
  }),
  command(2, 'sync', [course], async (history, at) => {
    await history.ask(history.cast.adminToken, 'mutation ($id: UUID!) { syncCourse(courseId: $id) { id } }', {
      id: history.cast.courseIds[at],
    });
  }),
  command(3, 'decides', [fc.nat(2), fc.nat(3)], async (history, decision, which) => {
    const { world, cast, facts } = history;
    const runs = await world.service.sql<{ id: string; guild_id: string; course_id: string | null }>(
      `SELECT id, guild_id, course_id FROM discord_sync_runs WHERE CASE $1::int WHEN 0 THEN status = 'AWAITING_CONFIRMATION' WHEN 1 THEN status IN ('AWAITING_CONFIRMATION', 'RUNNING')
         ELSE EXISTS (SELECT FROM discord_removals r WHERE r.run_id = discord_sync_runs.id AND r.undone_at IS NULL) END ORDER BY created_at LIMIT 4`,
      [decision],
    );
    const run = runs[which % Math.max(runs.length, 1)];
    if (!run) return;
    const { errors } = await history.ask(
      cast.adminToken,
      `mutation ($id: UUID!) { ${RUN_DECISIONS[decision]!}(id: $id) { id } }`,
      {
        id: run.id,
      },
    );
    if (errors) return;
    const where = cast.places.findIndex(({ guildId }) => guildId === run.guild_id);
    if (decision === 0) {
      facts.confirmed.add(where);
      return;
    }
    const look = await history.look();
    cast.students.forEach((_, index) =>
      CONFIGS.forEach((place, at) => {
        if (place.guild !== where || (run.course_id ?? cast.courseIds[place.course]) !== cast.courseIds[place.course])
          return;
        // Where the course has moved away, access has ended for whoever is enrolled, too.
        if (look.isEnrolled(index, place.course) && !look.isGone(at)) return;
        facts.decided.add(`${index} ${at}`);
        facts.guests.delete(`${index} ${at}`);
      }),
    );
  }),
  command(1, 'removals paused', [fc.option(config), fc.boolean()], async (history, place, paused) => {
    const id = place === null ? null : (await history.look()).config(place as number)?.id;
    if (id === undefined) return;
    await history.ask(
      history.cast.adminToken,
      'mutation ($id: UUID, $paused: Boolean!) { setRemovalsPaused(configId: $id, paused: $paused) }',
      { id, paused },
    );
  }),
];

// ── The configuration ────────────────────────────────────────────────────────────────────────────────────────────────

const SETTINGS = [
  ['removal_policy', 'KICK'],
  ['removal_policy', 'REMOVE_ROLE'],
  ['removal_policy', 'KEEP'],
  ['removal_grace_hours', 24],
  ['removal_grace_hours', 0],
  ['is_active', false],
  ['is_active', true],
  ['drift_policy', 'RESPECT'],
  ['drift_policy', 'REPAIR'],
  ['auto_invite', false],
  ['auto_invite', true],
  ['adopt_existing', true],
  ['role_after_screening', true],
  ['role_after_screening', false],
] as const;

const configuration = [
  command(5, 'set', [config, fc.constantFrom(...SETTINGS)], async (history, place, [column, value]) => {
    if (column === 'adopt_existing') history.facts.adopting.add(CONFIGS[place]!.guild);
    await history.world.service.sql(`UPDATE discord_server_configs SET ${column} = $2 WHERE id = $1`, [
      (await history.look()).config(place)?.id ?? null,
      value,
    ]);
  }),
  command(2, 'role', [config, fc.nat(2)], async (history, place, choice: number) => {
    const { course: at, guild: in_ } = CONFIGS[place]!;
    const where = history.cast.places[in_]!;
    await history.world.service.sql('UPDATE discord_server_configs SET student_role_id = $2 WHERE id = $1', [
      (await history.look()).config(place)?.id ?? null,
      [where.studentRoles[at], where.otherRole, null][choice],
    ]);
  }),
  command(1, 'moves to the other server', [config], async (history, place) => {
    const { cast, facts, world } = history;
    const look = await history.look();
    const { course: at, guild: from } = CONFIGS[place]!;
    const to = CONFIGS.findIndex((other) => other.course === at && other.guild !== from);
    const where = cast.places[1 - from]!;
    const moved = look.config(place);
    if (!moved || look.isEnding(place) || !look.isGone(to)) return;
    if (facts.adopting.has(from)) facts.adopting.add(1 - from);
    // There it is as if everybody had enrolled anew.
    cast.students.forEach((_, index) => {
      for (const set of [facts.guests, facts.decided]) set.delete(`${index} ${to}`);
      if (facts.standingOf(index, to).has('left')) facts.addStanding(index, to, 'free');
    });
    await world.service.sql(
      'UPDATE discord_server_configs SET guild_id = $2, invite_channel_id = $3, student_role_id = $4 WHERE id = $1',
      [moved.id, where.guildId, where.channelId, where.studentRoles[at]],
    );
  }),
  command(1, 'delete the configuration', [config], async (history, place) => {
    const id = (await history.look()).config(place)?.id ?? null;
    await history.world.service.sql('DELETE FROM discord_server_configs WHERE id = $1', [id]);
  }),
  command(1, 'gives the server up', [config, fc.boolean()], async (history, place, endAccess) => {
    const { cast, facts } = history;
    const look = await history.look();
    const id = look.config(place)?.id;
    if (id === undefined) return;
    facts.givenUp.add(place);
    if (!endAccess) facts.released.add(place);
    // Who stays is nobody's from now on: a guest, whichever course they may enroll in later.
    if (!endAccess) {
      for (const account of facts.holders.keys()) {
        const key = `${account} ${CONFIGS[place]!.guild}`;
        const isTheirs = look.claims(account, CONFIGS[place]!.guild).some(({ config: at }) => at === place);
        if (isTheirs && !facts.cameAlone.has(key)) facts.cameAlone.set(key, 'maybe');
      }
    }
    // Whom this may remove may be gone as soon as it is asked.
    if (endAccess) await history.observe(new Set([place]));
    await history.ask(
      cast.adminToken,
      'mutation ($id: UUID!, $endAccess: Boolean!) { deleteServerConfig(id: $id, endAccess: $endAccess) }',
      { id, endAccess },
    );
  }),
];

// ── What breaks ──────────────────────────────────────────────────────────────────────────────────────────────────────

const FAULTS = [
  { status: 500 },
  { status: 502, probability: 0.5 },
  { drop: 'before' },
  { drop: 'after' },
  { drop: 'after', method: 'PUT' },
  { drop: 'after', method: 'DELETE' },
  { drop: 'after', method: 'POST' },
  { status: 429, body: { retry_after: 0.05 } },
  { status: 429, body: { retry_after: 0.4 } },
  { delayMs: 150 },
  { delayMs: 1.3 * ANSWER_WITHIN },
  { code: 50013, status: 403 },
  { code: 50013, status: 403, method: 'DELETE', route: '/invites/:id' },
  { code: 50001, status: 403, method: 'DELETE', route: '/invites/:id' },
] as const;

const breakage = [
  command(
    3,
    'Discord fails',
    [fc.constantFrom(...FAULTS), fc.integer({ min: 1, max: 6 })],
    async ({ world, facts }, fault, times) => {
      facts.blurred = true;
      await world.discordFails(fault, times);
    },
  ),
  command(1, 'gateway cut', [fc.constantFrom(true, true, true, false)], async ({ discord, facts }, resumable) => {
    if (!resumable) facts.deaf = true;
    await discord.disconnect({ resumable });
  }),
  command(0.5, 'gateway away', [fc.constantFrom(true, true, false)], async ({ discord, facts }, resumable) => {
    facts.deaf = true;
    await discord.gateway(false);
    await discord.disconnect({ resumable });
  }),
  command(2, 'worker killed', [], async ({ world, facts }) => {
    facts.blurred = true;
    await world.killWorker();
  }),
  command(2, 'database connections cut', [], async ({ world, facts }) => {
    facts.blurred = true;
    facts.deaf = true;
    facts.unheard();
    await world.cutDatabase();
  }),
  command(6, 'settle', [], (history) => history.settle()),
  command(
    2,
    'a moment passes',
    [fc.integer({ min: 1, max: 60 })],
    (_history, milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  ),
  command(1, 'sweep', [], ({ world }) => world.sweep()),
];

/** Long enough for things to meet that have nothing to do with each other, short enough to be many. */
const MAX_COMMANDS = 24;

const all = [...platform, ...linking, ...inDiscord, ...asked, ...configuration, ...breakage];

/** @param line commands as they print themselves: `enroll(1, 0), settle()` */
export function commandsIn(line: string): Told[] {
  return [...line.matchAll(/([A-Za-z][A-Za-z ]*)\((.*?)\)(?:, (?=[A-Za-z])|$)/g)].map(([text, name, values]) => {
    const kind = all.find((one) => one.name === name);
    if (!kind) throw new Error(`There is no command like "${text}".`);
    return kind.told(JSON.parse(`[${values}]`) as unknown[]);
  });
}

/** @param replayPath which of the commands are left out, when a failing history is told again */
export function commands(replayPath: string | undefined) {
  return fc.commands(
    // One arbitrary for each command, as often as its weight: so a history shrinks by leaving commands out.
    all.flatMap(({ weight, arbitrary }) => Array.from({ length: 2 * weight }, () => arbitrary)),
    { maxCommands: MAX_COMMANDS, size: 'max', ...(replayPath === undefined ? {} : { replayPath }) },
  );
}
