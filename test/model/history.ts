import { DomainError } from '../../src/common/domain-error';
import { type Answer } from '../e2e/support/service';
import { BRAKE_COUNT, Facts, Look, nameOf, type Standing, WHOLE_CLASS, wrongs } from './oracle';
import { type Cast, type ConfigState, CONFIGS, COURSES, GUILDS, STUDENTS, type World } from './world';

/** Our kicks, in the servers' audit logs. */
const MEMBER_KICK = 20;

/** For so long a worker that lives is never silent about its lease, milliseconds. */
const SILENCE = 4_500;
const IS_HELD = `NOT released AND heartbeat_at > now() - interval '${SILENCE} ms'`;

/** How a history begins. */
export interface Start {
  /** By course, and student. */
  readonly enrolled: readonly boolean[];
  readonly settled: boolean;
  /** By configuration; left out: KICK, at once. */
  readonly settings?: readonly { readonly policy: ConfigState['removal_policy']; readonly grace: number }[];
}

/** One history while it is told: the cast, what the oracle remembers, and the checks. */
export class History {
  readonly facts = new Facts();

  private constructor(
    readonly world: World,
    readonly cast: Cast,
  ) {}

  static async begin(world: World, start: Start): Promise<History> {
    const cast = await world.begin();
    const history = new History(world, cast);
    // Of the six the fifth prefers invites, and the last has linked nothing yet.
    await Promise.all([
      world.link(cast.instructorId, cast.ownerAccount),
      ...cast.students.slice(0, STUDENTS - 1).map(async ({ userId, accounts }, student) => {
        await world.link(userId, accounts[0], student !== STUDENTS - 2);
        history.facts.holds(accounts[0], student);
      }),
    ]);
    const pairs = start.enrolled.flatMap((enrolled, index) =>
      enrolled ? [[cast.students[index % STUDENTS]!.userId, cast.courseIds[Math.floor(index / STUDENTS)]!]] : [],
    );
    await world.service.sql(
      'INSERT INTO course_enrollments (user_id, course_id) SELECT * FROM unnest($1::uuid[], $2::uuid[])',
      [pairs.map(([user]) => user), pairs.map(([, course]) => course)],
    );
    for (const [config, { policy, grace }] of (start.settings ?? []).entries())
      await world.service.sql(
        'UPDATE discord_server_configs SET removal_policy = $2, removal_grace_hours = $3 WHERE course_id = $1 AND guild_id = $4',
        [cast.courseIds[CONFIGS[config]!.course], policy, grace, cast.places[CONFIGS[config]!.guild]!.guildId],
      );
    await history.observe();
    if (start.settled) await history.settle();
    return history;
  }

  get discord() {
    return this.world.service.discord;
  }

  guildId(guild: number): string {
    return this.cast.places[guild]!.guildId;
  }

  async look(): Promise<Look> {
    return new Look(this.cast, await this.world.read(this.cast), this.facts);
  }

  /** After each command: for whom a removal is right from now on; with `ending`: as if access by these had ended. */
  async observe(ending: ReadonlySet<number> = new Set()): Promise<void> {
    const look = await this.look();
    CONFIGS.forEach((_, config) => {
      const settings = look.config(config);
      if (settings) this.facts.had(config, settings.removal_policy);
    });
    for (const { invite_code: code } of look.state.memberships) if (code !== null) this.facts.inviteCodes.add(code);
    this.cast.students.forEach((_, student) => {
      for (let course = 0; course < COURSES; course += 1)
        if (look.isEnrolled(student, course)) this.facts.enrolledOnce.add(`${student} ${course}`);
      CONFIGS.forEach(({ course }, config) => {
        if (look.isEnrolled(student, course) && look.config(config)?.is_active && !look.isEnding(config))
          this.facts.claimed.add(`${student} ${config}`);
      });
    });
    for (let guild = 0; guild < GUILDS; guild += 1) {
      if (look.mayBrake(guild)) this.facts.mayHold.add(guild);
      for (const account of this.facts.holders.keys()) {
        if (look.isProtected(account, guild))
          for (const set of [this.facts.protectedOnce, this.facts.everProtected]) set.add(`${account} ${guild}`);
        if (look.mayBeRemoved(account, guild, ending)) this.facts.removable.add(`${account} ${guild}`);
      }
    }
  }

  /** Sends a mutation as often as it takes to get through: a connection to the database may just have been cut. */
  async ask(token: string, mutation: string, variables: object): Promise<Answer<Record<string, unknown>>> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.world.service.graphql<Record<string, unknown>>(token, mutation, variables);
      const code = answer.errors?.[0]?.extensions.code;
      if (code !== 'INTERNAL_SERVER_ERROR' || attempt === 10) {
        if (code === 'INTERNAL_SERVER_ERROR') throw new Error(`The API fails: ${JSON.stringify(answer.errors)}`);
        return answer;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** The same for what is done without the API. @returns whether it was allowed. */
  async attempt(work: () => Promise<unknown>): Promise<boolean> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await work();
        return true;
      } catch (error) {
        if (error instanceof DomainError) return false;
        if (attempt === 10) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  /** @returns whether somebody was still in the server to whom this was to happen. */
  async inTime(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (error instanceof Error && error.message.includes('answered 404')) return false;
      throw error;
    }
  }

  /** A person does something long after what happened before. */
  async heard(): Promise<void> {
    if (!this.facts.deaf) await this.world.heardAll();
  }

  /** What somebody did in Discord means this for a student's memberships there: one thing, or one of several. */
  async stands(account: string, guild: number, ...standings: Standing[]): Promise<void> {
    const look = await this.look();
    for (const student of this.facts.holders.get(account) ?? []) {
      CONFIGS.forEach((place, config) => {
        if (place.guild !== guild) return;
        const isKnown =
          look.account(student) === account &&
          look.membership(student, config) !== undefined &&
          look.isEnrolled(student, place.course);
        const before = this.facts.standingOf(student, config);
        if (this.facts.deaf || !isKnown) this.facts.addStanding(student, config, 'free', 'left', ...standings);
        // Of two reasons for which somebody is kept out either may be told.
        else if (before.has('staff') || before.has('ban')) this.facts.addStanding(student, config, ...standings);
        else this.facts.setStanding(student, config, ...standings);
      });
    }
  }

  // ── Rest ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Waits until everything is at rest, and checks it. @throws Error that says what is wrong. */
  async settle(): Promise<void> {
    await this.world.settle();
    if (this.facts.unseen) {
      this.facts.unseen = false;
      await this.world.sweep();
      await this.world.settle();
    }
    if (this.facts.blurred) for (const account of this.facts.expired) this.facts.deadGrants.add(account);
    await this.observe();
    const look = await this.look();
    const unwell = await this.unwell();
    const found = [...wrongs(look, unwell), ...this.wrongRemovals(look), ...(await this.wrongBooks(unwell))];
    if (found.length > 0) throw new Error(`At rest, and wrong:\n- ${found.join('\n- ')}\n${this.describe(look)}`);
    this.remember(look, unwell);
    await this.observe();
  }

  /** Everything that stands in the way is mended, a minute passes, and all of it has to be right. */
  async end(): Promise<void> {
    await this.world.settle();
    const state = await this.world.read(this.cast);
    for (const [guild, place] of this.cast.places.entries()) {
      if (!state.guilds[guild]!.botPresent || (await this.unwell()).has(guild))
        await this.discord.addBot(place.guildId);
    }
    if (this.facts.blurred) await this.world.sweep();
    await this.settle();
    const unwell = await this.unwell();
    // Of a server for which nothing is configured any more nobody asks how it is: its work goes on when its pause is over.
    const look = await this.look();
    const isConfigured = (guild: number) =>
      CONFIGS.some((place, config) => place.guild === guild && !look.isGone(config));
    if ([...unwell].some(isConfigured)) throw new Error(`A mended server is still not served.\n${this.describe(look)}`);
  }

  private async unwell(): Promise<Set<number>> {
    const rows = await this.world.service.sql<{ guild_id: string }>(
      `SELECT guild_id FROM discord_guilds WHERE paused_until > now() OR health = 'UNREACHABLE'`,
    );
    return new Set(rows.map(({ guild_id }) => this.cast.places.findIndex(({ guildId }) => guildId === guild_id)));
  }

  /** Whom we kicked without any moment at which that was right; and more than the brake allows. */
  private wrongRemovals(look: Look): string[] {
    const found: string[] = [];
    this.cast.places.forEach((place, guild) => {
      const { auditLog } = look.guild(guild);
      const kicks = auditLog
        .slice(this.facts.auditRead.get(place.guildId) ?? 0)
        .filter((entry) => entry.action === MEMBER_KICK && entry.userId === this.world.service.config.discord.clientId);
      for (const { targetId } of kicks) {
        if (!this.facts.removable.has(`${targetId!} ${guild}`))
          found.push(`server ${guild}: ${nameOf(look, targetId!)} was kicked, and at no moment was that right`);
      }
      // What somebody has confirmed is no business of the brake's any more, then or later.
      if (this.facts.confirmed.has(guild)) return;
      const unasked = kicks.filter(({ targetId }) => isUnasked(look, targetId!, guild)).length;
      const total = (this.facts.unasked.get(place.guildId) ?? 0) + unasked;
      this.facts.unasked.set(place.guildId, total);
      if (total > BRAKE_COUNT) found.push(`server ${guild}: ${total} were kicked within a day, and nobody confirmed`);
      const before = [...this.facts.joinedAtRest].filter((key) => key.endsWith(` ${guild}`));
      const gone = before.filter((key) => {
        const [account = ''] = key.split(' ');
        return kicks.some(({ targetId }) => targetId === account) && isUnasked(look, account, guild);
      });
      if (before.length >= WHOLE_CLASS && gone.length === before.length)
        found.push(`server ${guild}: all ${gone.length} were kicked at once, and nobody confirmed`);
    });
    return found;
  }

  /** Leases, attempts, marks, runs and jobs that are left over; a log that tells another story than the tables. */
  private async wrongBooks(unwell: ReadonlySet<number>): Promise<string[]> {
    const { service } = this.world;
    // It may just be being given back, as by a worker that has found a server out of reach.
    for (const until = Date.now() + 2 * SILENCE; Date.now() < until;) {
      if ((await service.sql(`SELECT FROM discord_guild_leases WHERE ${IS_HELD}`)).length === 0) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const served = this.cast.places.filter((_, guild) => !unwell.has(guild)).map(({ guildId }) => guildId);
    const rows = await service.sql<{ wrong: string }>(
      `SELECT 'the lease of server ' || guild_id || ' is not given back' AS wrong FROM discord_guild_leases WHERE ${IS_HELD}
       UNION ALL
       SELECT 'a mark is not served: ' || id FROM discord_memberships WHERE generation <> observed_generation AND guild_id = ANY($1)
       UNION ALL
       SELECT 'an attempt is left over: ' || attempt FROM discord_memberships WHERE attempt IS NOT NULL AND guild_id = ANY($1)
       UNION ALL
       SELECT 'a run is ' || status || ' for ever (' || purpose || ')' FROM discord_sync_runs r
       WHERE status IN ('QUEUED', 'RUNNING') AND guild_id = ANY($1)
         -- Nobody is removed before the grace is over, while removals are paused, or by a server that has no owner.
         AND NOT (purpose = 'DELETION' AND EXISTS (
           SELECT FROM discord_memberships m WHERE m.guild_id = r.guild_id AND m.course_id = r.course_id AND m.status <> 'removed'))
       UNION ALL
       SELECT 'a job has failed for good: ' || coalesce(last_error, '') FROM graphile_worker._private_jobs WHERE attempts >= max_attempts AND key IS NOT NULL
       UNION ALL
       SELECT 'the log ends with ' || coalesce(l.new_status, 'nothing') || ' ' || coalesce(l.reason, '') || ', the membership is ' || m.status || ' ' || m.reason
       FROM discord_memberships m LEFT JOIN LATERAL (
         SELECT new_status, reason FROM discord_log WHERE membership_id = m.id ORDER BY seq DESC LIMIT 1) l ON true
       WHERE (l.new_status, l.reason) IS DISTINCT FROM (m.status, m.reason)
       UNION ALL
       SELECT 'the log goes from ' || coalesce(before, 'nothing') || ' on with ' || coalesce(previous_status, 'nothing') FROM (
         SELECT previous_status, lag(new_status) OVER (PARTITION BY membership_id ORDER BY seq) AS before FROM discord_log WHERE membership_id IS NOT NULL) l
       WHERE previous_status IS DISTINCT FROM before
       UNION ALL
       SELECT count(*) || ' connections share the account ' || discord_user_id FROM user_discord_connections GROUP BY discord_user_id HAVING count(*) > 1`,
      [served],
    );
    return rows.map(({ wrong }) => wrong);
  }

  /** What is certain now: everything that could have gone either way has gone one way. */
  private remember(look: Look, unwell: ReadonlySet<number>): void {
    const { facts, cast } = this;
    facts.removable = new Set();
    facts.joinedAtRest = new Set();
    // Of a server that is not served nobody tells us who removes whom there.
    facts.deaf = unwell.size > 0 || cast.places.some((_, guild) => !look.guild(guild).botPresent);
    facts.revoking.clear();
    facts.enrolledOnce.clear();
    facts.blurred = false;
    for (const guild of facts.confirmed) if (!unwell.has(guild)) facts.confirmed.delete(guild);
    cast.places.forEach(({ guildId }, guild) => facts.auditRead.set(guildId, look.guild(guild).auditLog.length));
    for (const key of facts.cameAlone.keys()) {
      const [account = '', guild] = key.split(' ');
      if (!look.member(account, Number(guild))) facts.cameAlone.delete(key);
    }
    for (const key of facts.byHand.keys()) {
      const [account = '', guild] = key.split(' ');
      if (!look.member(account, Number(guild))) facts.byHand.delete(key);
    }
    this.rememberStandings(look, unwell);
    this.rememberFormer(look);
    facts.protectedOnce = new Set();
    CONFIGS.forEach(({ guild }, config) => {
      const settings = look.config(config);
      if (settings && !look.isFrozen(config) && !unwell.has(guild))
        facts.policies.set(config, new Set([settings.removal_policy]));
    });
    facts.standingAtRest = new Map(facts.standing);
  }

  private rememberStandings(look: Look, unwell: ReadonlySet<number>): void {
    const { facts, cast } = this;
    cast.students.forEach((_, student) => {
      CONFIGS.forEach(({ course, guild }, config) => {
        const row = look.membership(student, config);
        if (!row || unwell.has(guild) || look.isFrozen(config) || look.isGone(config)) return;
        const account = look.account(student);
        if (row.status === 'joined' && account) facts.joinedAtRest.add(`${account} ${guild}`);
        const before = facts.standingOf(student, config);
        if (look.isEnrolled(student, course)) {
          // Missing together with many others: that they have left is for a person to say.
          if (row.status === 'joined' && !look.member(account, guild)) return;
          facts.setStanding(student, config, standingOf(row.status, row.reason));
        } else {
          facts.endSeen.add(`${student} ${config}`);
          if (isGuest(look, student, config)) facts.guests.add(`${student} ${config}`);
          const kept = [...before].filter((one) => one === 'staff' || one === 'ban');
          const is = standingOf(row.status, row.reason);
          facts.setStanding(
            student,
            config,
            ...(kept.some((one) => one === is) ? [is] : kept.length === before.size ? kept : [is]),
          );
        }
      });
    });
  }

  private rememberFormer(look: Look): void {
    const { facts, cast } = this;
    for (const account of facts.holders.keys()) {
      cast.places.forEach((_, guild) => {
        const key = `${account} ${guild}`;
        if (!look.member(account, guild)) facts.formerPolicies.delete(key);
        for (const { config, current } of look.claims(account, guild)) {
          if (current || !look.member(account, guild)) continue;
          const policies = [...(facts.formerPolicies.get(key) ?? []), ...(facts.policies.get(config) ?? [])];
          facts.formerPolicies.set(key, new Set(policies));
        }
      });
    }
  }

  describe(look: Look): string {
    const lines = look.state.memberships
      .filter(
        (row) =>
          this.cast.students.findIndex(({ userId }) => userId === row.user_id) < STUDENTS || row.status !== 'removed',
      )
      .map((row) => {
        const student = this.cast.students.findIndex(({ userId }) => userId === row.user_id);
        const config = CONFIGS.findIndex(
          ({ course, guild }) => this.cast.courseIds[course] === row.course_id && this.guildId(guild) === row.guild_id,
        );
        const { guild } = CONFIGS[config]!;
        const account = look.account(student);
        const member = look.member(account, guild);
        return `  student ${student}, configuration ${config}: ${row.status} ${row.reason}; ${account === null ? 'not linked' : member ? `in with ${member.roles.map((role) => this.roleName(role, guild)).join('+') || 'no role'}` : 'out'}`;
      });
    const configs = look.state.configs.map(
      (config) =>
        `  configuration ${CONFIGS.findIndex((_, index) => look.config(index)?.id === config.id)}: ${config.is_active ? 'active' : 'frozen'} ${config.removal_policy} grace ${config.removal_grace_hours} ${config.drift_policy}${config.auto_invite ? '' : ' on request'}${config.role_after_screening ? ' role after screening' : ''}${config.removals_paused ? ' paused' : ''}`,
    );
    return [...configs, ...lines].join('\n');
  }

  private roleName(role: string, guild: number): string {
    const place = this.cast.places[guild]!;
    const names = ['student1', 'student2', 'other', 'foreign', 'admin'];
    return names[[...place.studentRoles, place.otherRole, place.foreignRole, place.adminRole].indexOf(role)] ?? role;
  }
}

/**
 * Somebody who stays though access has ended, with nothing of ours: a policy that becomes stricter later does not concern them.
 * There has to be a reason why they stayed: another course, of which the checks at each rest know more, is taken for one.
 */
function isGuest(look: Look, student: number, config: number): boolean {
  const { guild } = CONFIGS[config]!;
  const place = look.cast.places[guild]!;
  const account = look.account(student);
  const member = look.member(account, guild);
  if (account === null) return false;
  const key = `${account} ${guild}`;
  const claims = look.claims(account, guild);
  return (
    (claims.length > 1 ||
      claims.some((claim) => look.mayHavePolicy(claim.config, 'REMOVE_ROLE', 'KEEP')) ||
      look.facts.protectedOnce.has(key) ||
      look.facts.cameAlone.has(key)) &&
    look.membership(student, config)?.status === 'removed' &&
    member !== undefined &&
    ![...place.studentRoles, place.otherRole].some((role) => member.roles.includes(role)) &&
    [...look.facts.standingOf(student, config)].every((one) => one !== 'staff' && one !== 'ban')
  );
}

function standingOf(status: string, reason: string): Standing {
  if (status === 'left') return 'left';
  if (reason === 'REMOVED_BY_STAFF') return 'staff';
  if (status === 'removed' && reason === 'BANNED') return 'ban';
  return 'free';
}

/** Removed because an enrollment ended, and not because somebody wanted this person out. */
function isUnasked(look: Look, account: string, guild: number): boolean {
  const claims = look.claims(account, guild).filter(({ current }) => current);
  return (
    claims.length > 0 &&
    claims.every(({ student, config }) =>
      [...look.facts.standingOf(student, config)].every((one) => one !== 'staff' && one !== 'ban'),
    )
  );
}
