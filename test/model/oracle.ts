import { type GuildState } from '../e2e/support/local-discord-control';
import { type Cast, CONFIGS, type ConfigState, type MembershipState, type State } from './world';

/**
 * What became of a student in a course's server, as far as people did it: nothing that keeps them out, they left, they are
 * back by themselves, staff or a moderator removed them, they were banned. Where two things happen at once the service may
 * see them in either order, so several can be possible.
 */
export type Standing = 'free' | 'left' | 'back' | 'staff' | 'ban';

/**
 * What the oracle remembers of a history, written by the commands. Where things happened at once, so that several are
 * possible, it takes at rest what the service has decided among them (`History.rememberStandings`).
 */
export class Facts {
  /** By student and configuration. */
  readonly standing = new Map<string, Set<Standing>>();
  /** The same as it was at the last rest. */
  standingAtRest: ReadonlyMap<string, ReadonlySet<Standing>> = new Map();
  /** Accounts that a student has, or had, by account. */
  readonly holders = new Map<string, Set<number>>();
  /** Who came into a server by their own way, by account and server; `before`: before we had any business with them. */
  readonly cameAlone = new Map<string, 'before' | 'maybe'>();
  /** Roles that somebody gave or took by hand, by account and server. */
  readonly byHand = new Map<string, Set<string>>();
  readonly everBanned = new Set<string>();
  /** Servers in which a course manages, or has managed, those who were there before as its own. */
  readonly adopting = new Set<number>();
  /** By student and configuration: enrolled at some moment while it was there and active, so that it concerns them since. */
  readonly claimed = new Set<string>();
  /** By configuration, also one that is gone: the policies that it had since the last rest at which it was served. */
  readonly policies = new Map<number, Set<ConfigState['removal_policy']>>();
  /** Codes of invites of which the service knows, or knew. */
  readonly inviteCodes = new Set<string>();
  /** By account and server: the policies by which an account that was given up was looked after; later ones do not concern it. */
  readonly formerPolicies = new Map<string, Set<ConfigState['removal_policy']>>();
  /** Servers in which so many have ended or are missing, at some moment, that the brake may hold. */
  readonly mayHold = new Set<number>();
  /** Somebody cancelled or undid a run that concerns this student's ended enrollment. */
  readonly decided = new Set<string>();
  /** The enrollment's end has been seen by the service. */
  readonly endSeen = new Set<string>();
  /** Who stayed when access by this membership ended, as a guest. */
  readonly guests = new Set<string>();
  /** A day passed since that end. */
  readonly graceOver = new Set<string>();
  /** By student and course: enrolled at some moment since the last rest. */
  readonly enrolledOnce = new Set<string>();
  /** Accounts whose grant is dead at Discord. */
  readonly deadGrants = new Set<string>();
  /** Accounts that need a new token: where Discord's answer to that is lost, the grant is. */
  readonly expired = new Set<string>();
  /** Accounts that were given up since the last rest, so that their grants are being revoked. */
  readonly revoking = new Set<string>();
  /** Foreign roles that a member has been given, by account and server, and since when they are in. */
  readonly foreign = new Map<string, { readonly role: string; readonly joinedAt: string }>();
  /** Events may have been lost since the last rest, so that nobody can tell who removed whom. */
  deaf = false;
  /** Something broke since the last rest: what was under way may have to be found out. */
  blurred = false;
  /** Something was done of which nothing tells us: a sweep that comes while a worker has it in hand leaves it to the next. */
  unseen = false;
  /** Configurations that staff has deleted, with or without the access by them: a person may bring it back, too. */
  readonly givenUp = new Set<number>();
  /** Those of them whose members stay as they are. */
  readonly released = new Set<number>();
  /** Servers in which somebody has confirmed a run whose removals may not all be done yet. */
  readonly confirmed = new Set<number>();
  /** Whom a removal was right for, at some moment since the last rest: account and server. */
  removable = new Set<string>();
  /** Who must not be kicked, or could not be at some moment since the last rest: account and server. */
  protectedOnce = new Set<string>();
  /** Who was not to be kicked at some moment: account and server. With their connection it goes that they are staff. */
  readonly everProtected = new Set<string>();
  /** Who has been in by an enrollment at the last rest. */
  joinedAtRest = new Set<string>();
  /** How many entries of each server's audit log have been looked at. */
  readonly auditRead = new Map<string, number>();
  /** Removals that nobody asked for, within the last day, by server. */
  readonly unasked = new Map<string, number>();

  standingOf(student: number, config: number): Set<Standing> {
    return this.standing.get(`${student} ${config}`) ?? new Set(['free']);
  }

  setStanding(student: number, config: number, ...standings: Standing[]): void {
    this.standing.set(`${student} ${config}`, new Set(standings));
  }

  addStanding(student: number, config: number, ...standings: Standing[]): void {
    this.setStanding(student, config, ...this.standingOf(student, config), ...standings);
  }

  /** What was done since the last rest may not have been heard of: then it is found out by looking, which does not tell who did it. */
  unheard(): void {
    for (const [key, standings] of this.standing) {
      const before = this.standingAtRest.get(key) ?? new Set<Standing>(['free']);
      const isNew = standings.size !== before.size || [...standings].some((one) => !before.has(one));
      if (isNew) this.standing.set(key, new Set<Standing>([...standings, ...before, 'free', 'left']));
    }
  }

  had(config: number, policy: ConfigState['removal_policy']): void {
    this.policies.set(config, (this.policies.get(config) ?? new Set()).add(policy));
  }

  holds(account: string, student: number): void {
    this.holders.set(account, (this.holders.get(account) ?? new Set()).add(student));
  }
}

/** More removals a day that nobody asked for need a person's word. */
export const BRAKE_COUNT = 10;
export const WHOLE_CLASS = 5;

/** One state, with what the oracle asks of it. */
export class Look {
  private readonly enrolledPairs: Set<string>;

  constructor(
    readonly cast: Cast,
    readonly state: State,
    readonly facts: Facts,
  ) {
    const users = new Set(state.users);
    const courses = new Set(state.courses.map(({ id }) => id));
    this.enrolledPairs = new Set(
      state.enrolled
        .filter((row) => users.has(row.user_id) && courses.has(row.course_id))
        .map((row) => `${row.user_id} ${row.course_id}`),
    );
  }

  guild(index: number): GuildState {
    return this.state.guilds[index]!;
  }

  account(student: number): string | null {
    const { userId } = this.cast.students[student]!;
    return this.state.connections.find((row) => row.user_id === userId)?.discord_user_id ?? null;
  }

  connection(student: number) {
    const { userId } = this.cast.students[student]!;
    return this.state.connections.find((row) => row.user_id === userId);
  }

  studentOf(account: string): number | null {
    const userId = this.state.connections.find((row) => row.discord_user_id === account)?.user_id;
    const index = this.cast.students.findIndex((student) => student.userId === userId);
    return index < 0 ? null : index;
  }

  config(index: number): ConfigState | undefined {
    const { course, guild } = CONFIGS[index]!;
    const [courseId, { guildId }] = [this.cast.courseIds[course], this.cast.places[guild]!];
    return this.state.configs.find((row) => row.course_id === courseId && row.guild_id === guildId);
  }

  membership(student: number, config: number): MembershipState | undefined {
    const { userId } = this.cast.students[student]!;
    const { course, guild } = CONFIGS[config]!;
    return this.state.memberships.find(
      (row) =>
        row.user_id === userId &&
        row.course_id === this.cast.courseIds[course] &&
        row.guild_id === this.cast.places[guild]!.guildId,
    );
  }

  isEnrolled(student: number, course: number): boolean {
    return this.enrolledPairs.has(`${this.cast.students[student]!.userId} ${this.cast.courseIds[course]!}`);
  }

  canEnroll(student: number, course: number): boolean {
    return (
      this.state.users.includes(this.cast.students[student]!.userId) &&
      this.state.courses.some(({ id }) => id === this.cast.courseIds[course])
    );
  }

  member(account: string | null, guild: number): GuildState['members'][number] | undefined {
    return this.guild(guild).members.find(({ userId }) => userId === account);
  }

  /** Nothing is done for it: it is switched off, or whoever runs its course is no user any more. What ends needs neither. */
  isFrozen(config: number): boolean {
    const settings = this.config(config);
    if (!settings || this.isEnding(config)) return false;
    const course = this.state.courses.find(({ id }) => id === settings.course_id);
    return !settings.is_active || (course !== undefined && !this.state.users.includes(course.instructor_id));
  }

  /** No configuration (any more): it was deleted on the platform's side, or is about another server now. Access by it has ended. */
  isGone(config: number): boolean {
    return this.config(config) === undefined;
  }

  /** Its members are being removed, before it is deleted. */
  isEnding(config: number): boolean {
    return typeof this.config(config)?.ending_run_id === 'string';
  }

  isPaused(config: number): boolean {
    return this.state.paused || this.config(config)?.removals_paused === true;
  }

  /** Never kicked whatever the policy: the owner, administrators, staff of a course that has its place in the server, or had it. */
  isProtected(account: string, guild: number): boolean {
    if (account === this.guild(guild).ownerId) return true;
    if (this.member(account, guild)?.roles.includes(this.cast.places[guild]!.adminRole)) return true;
    const student = this.studentOf(account);
    if (student === null) return false;
    const { userId } = this.cast.students[student]!;
    const courses = [...this.state.configs, ...this.state.memberships]
      .filter(({ guild_id }) => guild_id === this.cast.places[guild]!.guildId)
      .map(({ course_id }) => course_id);
    return this.state.staff.some((row) => row.user_id === userId && courses.includes(row.course_id));
  }

  /** Was staff as long as anything of ours told who they are, or what of: then nobody is left who would take them out. */
  stayedAsStaff(account: string, guild: number): boolean {
    if (!this.facts.everProtected.has(`${account} ${guild}`)) return false;
    return this.studentOf(account) === null || this.claims(account, guild).every(({ config }) => this.isGone(config));
  }

  /** The configurations of the server that concern a student who has or had this account. */
  claims(account: string, guild: number): { student: number; config: number; current: boolean }[] {
    return [...(this.facts.holders.get(account) ?? [])].flatMap((student) =>
      CONFIGS.flatMap((place, config) =>
        place.guild === guild && this.facts.claimed.has(`${student} ${config}`)
          ? [{ student, config, current: this.account(student) === account }]
          : [],
      ),
    );
  }

  /** It is one of the policies by which access there may have ended since the last rest, or ended when it went. */
  mayHavePolicy(config: number, ...policies: ConfigState['removal_policy'][]): boolean {
    return [...(this.facts.policies.get(config) ?? [])].some((one) => policies.includes(one));
  }

  /**
   * Whether so many of a server have ended or are missing that the brake may hold, or say that they are not believed to be
   * gone: never too few, as everybody counts who was ever enrolled and is not beyond doubt in.
   */
  mayBrake(guild: number): boolean {
    const { courses, users } = this.state;
    if (courses.length === 0 || users.length === 0 || this.enrolledPairs.size === 0) return true;
    const counts = CONFIGS.map((place, config) => {
      const claimed = this.cast.students.flatMap((_, student) =>
        place.guild === guild && this.facts.claimed.has(`${student} ${config}`) ? [student] : [],
      );
      const staying = claimed.filter((student) => {
        const account = this.account(student);
        return (
          this.wants(student, config) &&
          this.member(account, guild) !== undefined &&
          this.facts.joinedAtRest.has(`${account} ${guild}`)
        );
      });
      return { staying: staying.length, over: claimed.length - staying.length };
    });
    const all = counts.reduce((sum, one) => ({ staying: sum.staying + one.staying, over: sum.over + one.over }));
    return all.over > BRAKE_COUNT || [all, ...counts].some(({ staying, over }) => staying === 0 && over >= WHOLE_CLASS);
  }

  /** Beyond doubt wanted in the server by this membership. */
  wants(student: number, config: number): boolean {
    const { course, guild } = CONFIGS[config]!;
    const standing = this.facts.standingOf(student, config);
    const here = this.member(this.account(student), guild) !== undefined;
    return (
      !this.isFrozen(config) &&
      !this.isGone(config) &&
      !this.isEnding(config) &&
      this.isEnrolled(student, course) &&
      [...standing].every((one) => one === 'free' || one === 'back') &&
      (this.config(config)!.auto_invite || here)
    );
  }

  /** Enrolled in a course that was switched off all the time, so that nothing was ever made of it: it keeps whom nobody has removed. */
  private isKeptUnheard(account: string, guild: number): boolean {
    const student = this.studentOf(account);
    if (student === null) return false;
    const configs = CONFIGS.flatMap((place, config) => (place.guild === guild ? [config] : []));
    const isRemoved = configs.some((config) =>
      [...this.facts.standingOf(student, config)].some((one) => one === 'staff' || one === 'ban'),
    );
    return (
      !isRemoved &&
      configs.some(
        (config) =>
          this.isFrozen(config) &&
          this.isEnrolled(student, CONFIGS[config]!.course) &&
          !this.facts.claimed.has(`${student} ${config}`),
      )
    );
  }

  /** Whether some rule lets the account be removed from the server now. */
  mayBeRemoved(account: string, guild: number, ending: ReadonlySet<number> = new Set()): boolean {
    if (this.isProtected(account, guild)) return false;
    if (this.facts.cameAlone.get(`${account} ${guild}`) === 'before' && !this.facts.adopting.has(guild)) return false;
    const claims = this.claims(account, guild);
    if (this.isKeptUnheard(account, guild)) return false;
    return (
      claims.some(({ student, config, current }) => !current || !this.facts.guests.has(`${student} ${config}`)) &&
      claims.every(({ student, config, current }) => {
        const key = `${student} ${config}`;
        if (!current) return true;
        if (this.isGone(config) || this.isEnding(config) || ending.has(config)) return true;
        if (this.wants(student, config)) return false;
        const asked = [...this.facts.standingOf(student, config)].some((one) => one === 'staff' || one === 'ban');
        const enrolled = this.isEnrolled(student, CONFIGS[config]!.course);
        // Frozen: nothing is done for it, and who is enrolled stays.
        if (this.isFrozen(config)) return !enrolled;
        // Of an enrollment that began and ended unseen nothing was made.
        if (!this.membership(student, config)) return true;
        if (this.config(config)?.removal_policy !== 'KICK') return false;
        if (asked) return true;
        if (enrolled) return ![...this.facts.standingOf(student, config)].every((one) => one === 'left');
        if (this.isPaused(config)) return false;
        return this.config(config)!.removal_grace_hours === 0 || this.facts.graceOver.has(key);
      })
    );
  }
}

/** Everything that is wrong with a state at rest, as sentences; the servers listed in `unwell` are not served. */
export function wrongs(look: Look, unwell: ReadonlySet<number>): string[] {
  const found: string[] = [];
  const { cast, facts } = look;
  cast.students.forEach((_, student) => {
    CONFIGS.forEach((place, config) => {
      if (unwell.has(place.guild)) return;
      const wrong = wrongOfMembership(look, student, config);
      if (wrong) found.push(`student ${student}, configuration ${config}: ${wrong}`);
    });
  });
  cast.places.forEach((place, guild) => {
    const bystander = look.member(place.bystander, guild);
    if (bystander?.roles.length !== 2) found.push(`server ${guild}: somebody whom we do not know was touched`);
    for (const [key, { role, joinedAt }] of facts.foreign) {
      const [account = '', where] = key.split(' ');
      if (Number(where) !== guild) continue;
      const member = look.member(account, guild);
      // Who was out meanwhile has lost it by that.
      if (member?.joinedAt === joinedAt && !member.roles.includes(role))
        found.push(`server ${guild}: ${nameOf(look, account)} has lost a role that is none of ours`);
    }
    if (unwell.has(guild)) return;
    for (const member of look.guild(guild).members) {
      const wrong = wrongOfMember(look, member, guild);
      if (wrong) found.push(`server ${guild}: ${nameOf(look, member.userId)} ${wrong}`);
    }
  });
  return found;
}

export function nameOf(look: Look, account: string): string {
  const index = look.cast.students.findIndex(({ accounts }) => accounts.includes(account));
  if (index < 0) return account === look.cast.ownerAccount ? 'the owner' : `account ${account}`;
  return `student ${index}'s account ${look.cast.students[index]!.accounts.indexOf(account)}`;
}

/** A membership that does not say what is, or says it without a reason that explains it. */
function wrongOfMembership(look: Look, student: number, config: number): string | null {
  const { course, guild } = CONFIGS[config]!;
  const row = look.membership(student, config);
  const enrolled = look.isEnrolled(student, course);
  if (look.isFrozen(config) || look.facts.givenUp.has(config)) return null;
  if (!row) return enrolled && !look.isGone(config) ? 'is enrolled and has no membership' : null;
  if (!row.in_sync) return 'has a mark that nobody serves';
  if (row.attempt !== null) return `has an attempt left over (${row.attempt})`;
  const account = look.account(student);
  const here = look.member(account, guild) !== undefined;
  const stands = `${row.status} ${row.reason}`;
  if (look.isGone(config)) {
    const isHeld = stands === 'joined REMOVAL_HELD' && (look.state.paused || look.facts.mayHold.has(guild));
    const isOver = row.status === 'removed' || isHeld || stands === 'joined GRACE_PERIOD';
    return isOver || look.facts.decided.has(`${student} ${config}`)
      ? null
      : `is ${stands}, though its configuration is gone`;
  }
  const allowed = new Set(
    enrolled
      ? [...look.facts.standingOf(student, config)].flatMap((one) => whileEnrolled(look, student, config, one))
      : afterwards(look, student, config),
  );
  if (allowed.has(stands)) return null;
  return `is ${stands}, ${enrolled ? 'enrolled' : 'not enrolled'}, ${account === null ? 'not linked' : here ? 'in' : 'out'}, ${[
    ...look.facts.standingOf(student, config),
  ].join('/')}; allowed is ${[...allowed].join(', ')}`;
}

function joined(member: GuildState['members'][number]): string[] {
  return member.pending
    ? ['joined SCREENING_PENDING']
    : ['joined ADDED', 'joined USED_INVITE', 'joined ALREADY_MEMBER'];
}

function whileEnrolled(look: Look, student: number, config: number, standing: Standing): string[] {
  const { guild } = CONFIGS[config]!;
  const account = look.account(student);
  const member = look.member(account, guild);
  switch (standing) {
    case 'ban':
      return removedByBan(look, account, guild);
    case 'staff':
      return ['removed REMOVED_BY_STAFF'];
    case 'left':
      if (member) return mayBeBack(look, student, config) ? joined(member) : ['left LEFT_BY_CHOICE'];
      // Where many are missing at once, a person decides whether they have left.
      return look.facts.mayHold.has(guild) ? ['left LEFT_BY_CHOICE', 'joined REMOVAL_HELD'] : ['left LEFT_BY_CHOICE'];
    case 'back':
    case 'free':
      break;
  }
  if (account === null) return ['pending ACCOUNT_NOT_LINKED'];
  if (member) return joined(member);
  const outside: string[] = [];
  const connection = look.connection(student)!;
  if (!look.config(config)!.auto_invite) outside.push('pending NOT_INVITED');
  const banned = look.guild(guild).bans.includes(account);
  if (banned || look.facts.everBanned.has(`${account} ${guild}`)) outside.push('pending BANNED');
  const canBeAdded = connection.scopes.includes('guilds.join') && !look.facts.deadGrants.has(account);
  if (!canBeAdded || banned || look.facts.everBanned.has(`${account} ${guild}`)) {
    const invite = look.guild(guild).invites.find(({ code }) => code === look.membership(student, config)?.invite_code);
    outside.push(invite?.targetUserIds?.includes(account) ? 'invited INVITE_OPEN' : 'invited INVITE_EXPIRED');
  }
  return outside;
}

/** Who has left this course's server is in again only by their own will, which is known, or because of another course. */
function mayBeBack(look: Look, student: number, config: number): boolean {
  const { guild } = CONFIGS[config]!;
  const hasOnlyLeft = (one: { readonly student: number; readonly config: number }) =>
    [...look.facts.standingOf(one.student, one.config)].every((standing) => standing === 'left');
  return !look
    .claims(look.account(student)!, guild)
    .filter((claim) => claim.current)
    .every(hasOnlyLeft);
}

/** A ban that was lifted is a removal by a moderator still; that it was lifted is not always heard. */
function removedByBan(look: Look, account: string | null, guild: number): string[] {
  const isBanned = account !== null && look.guild(guild).bans.includes(account);
  return isBanned ? ['removed BANNED'] : ['removed BANNED', 'removed REMOVED_BY_STAFF'];
}

function afterwards(look: Look, student: number, config: number): string[] {
  const { guild } = CONFIGS[config]!;
  const { facts } = look;
  const account = look.account(student);
  const here = look.member(account, guild) !== undefined;
  const standing = facts.standingOf(student, config);
  const allowed: string[] = [];
  if (standing.has('staff')) allowed.push('removed REMOVED_BY_STAFF');
  if (standing.has('ban')) allowed.push(...removedByBan(look, account, guild));
  if (![...standing].some((one) => one === 'free' || one === 'back' || one === 'left')) return allowed;
  if (!here) allowed.push('removed ENROLLMENT_ENDED');
  if (facts.decided.has(`${student} ${config}`)) {
    // Cancelled, or undone: in as if enrolled, or brought back.
    allowed.push(
      'joined REMOVAL_HELD',
      'left LEFT_BY_CHOICE',
      'pending ACCOUNT_NOT_LINKED',
      'pending BANNED',
      'pending NOT_INVITED',
    );
    allowed.push('invited INVITE_OPEN', 'invited INVITE_EXPIRED');
  }
  if (!here || account === null) return allowed;
  const settings = look.config(config)!;
  if (look.isPaused(config) || look.isEnding(config) || facts.mayHold.has(guild)) allowed.push('joined REMOVAL_HELD');
  if (settings.removal_grace_hours > 0) allowed.push('joined GRACE_PERIOD');
  const others = look.claims(account, guild).filter((claim) => claim.config !== config || claim.student !== student);
  if (others.length > 0) allowed.push('removed STILL_ENROLLED_ELSEWHERE');
  // Also where the policy has become stricter since they were allowed to stay.
  const mayStay = ({ config: at }: { readonly config: number }) =>
    look.config(at)?.removal_policy !== 'KICK' || look.mayHavePolicy(at, 'REMOVE_ROLE', 'KEEP');
  if ([{ config }, ...others].some(mayStay)) allowed.push('removed ENROLLMENT_ENDED');
  if (facts.protectedOnce.has(`${account} ${guild}`) || facts.cameAlone.has(`${account} ${guild}`))
    allowed.push('removed PROTECTED_MEMBER');
  if (facts.guests.has(`${student} ${config}`)) allowed.push('removed ENROLLMENT_ENDED', 'removed PROTECTED_MEMBER');
  // Who came by their own way, and whose enrollment ended before we had done anything: nobody asks Discord where they are.
  if (facts.cameAlone.has(`${account} ${guild}`)) allowed.push('removed ENROLLMENT_ENDED');
  return allowed;
}

/** Somebody who is in and should not be, or with other roles than they should have. */
function wrongOfMember(look: Look, member: GuildState['members'][number], guild: number): string | null {
  const { cast, facts } = look;
  const account = member.userId;
  const claims = look.claims(account, guild);
  if (claims.length === 0) return null;
  // A configuration that is switched off leaves its members as they are, whether or not a membership tells of it.
  // So does one that is given up, unless the access by it is to end too.
  if (claims.some(({ config }) => look.isFrozen(config) || facts.givenUp.has(config))) return null;
  const key = `${account} ${guild}`;
  const byHand = facts.byHand.get(key) ?? new Set();
  const wanting = claims.filter(({ student, config, current }) => current && look.wants(student, config));
  for (const { config } of wanting) {
    const role = look.config(config)!.student_role_id;
    if (role === null || member.roles.includes(role) || !byHandMatters(look, config, byHand, role)) continue;
    if (member.pending && look.config(config)!.role_after_screening) continue;
    return `has not the role of configuration ${config}`;
  }
  const undecided = claims.some(
    ({ student, config, current }) =>
      facts.decided.has(`${student} ${config}`) ||
      (facts.mayHold.has(guild) && look.membership(student, config)?.removal_state === 'held') ||
      (current && !look.wants(student, config) && isDoubtful(look, student, config)) ||
      (current && look.isPaused(config)) ||
      // The grace that a configuration had before it went is judged at the end, when it is over in any case.
      (look.isGone(config)
        ? look.membership(student, config)?.reason === 'GRACE_PERIOD'
        : look.config(config)!.removal_grace_hours > 0) ||
      look.mayHavePolicy(config, 'KEEP'),
  );
  // Of an account that was given up under KEEP a later policy says nothing.
  const former = facts.formerPolicies.get(key);
  if (undecided || former?.has('KEEP')) return null;
  // Who had left, and is in again for whatever reason, has the role again.
  const isBack = ({ student, config, current }: (typeof claims)[number]) =>
    current &&
    look.isEnrolled(student, CONFIGS[config]!.course) &&
    [...facts.standingOf(student, config)].every((one) => one !== 'staff' && one !== 'ban');
  const wanted = new Set(
    [...wanting, ...claims.filter(isBack)].map(({ config }) => look.config(config)?.student_role_id),
  );
  const place = cast.places[guild]!;
  const ours = [...place.studentRoles, place.otherRole];
  const extra = member.roles.find((role) => ours.includes(role) && !wanted.has(role) && !byHand.has(role));
  if (extra !== undefined) return 'has a role of ours that nothing gives them any more';
  const mayStay = claims.some(({ config }) => look.mayHavePolicy(config, 'REMOVE_ROLE', 'KEEP'));
  if (wanting.length > 0 || mayStay || former?.has('REMOVE_ROLE')) return null;
  if (facts.protectedOnce.has(key) || facts.cameAlone.has(key) || look.stayedAsStaff(account, guild)) return null;
  if (claims.every(({ student, config, current }) => current && facts.guests.has(`${student} ${config}`))) return null;
  return 'is in although nothing lets them be';
}

/** With RESPECT a role that was taken by hand stays away; with REPAIR it comes back. */
function byHandMatters(look: Look, config: number, byHand: ReadonlySet<string>, role: string): boolean {
  return look.config(config)!.drift_policy === 'REPAIR' || !byHand.has(role);
}

function isDoubtful(look: Look, student: number, config: number): boolean {
  const standing = look.facts.standingOf(student, config);
  return look.isEnrolled(student, CONFIGS[config]!.course) && standing.size > 1;
}
