import { commandsIn } from './commands';
import { type History } from './history';
import { type Look, nameOf } from './oracle';
import { CONFIGS } from './world';

/** Whatever may stand in the way of a decision is taken away, by what people may do; settings stay as they are. */
function clearing(look: Look): string {
  return [
    'another instructor takes over()',
    'bot added(0)',
    'bot added(1)',
    ...(look.state.paused ? ['removals paused(null, false)'] : []),
    ...CONFIGS.flatMap((_, config) => [
      ...(look.config(config)?.is_active === false ? [`set(${config}, ["is_active",true])`] : []),
      ...(look.config(config)?.removals_paused ? [`removals paused(${config}, false)`] : []),
    ]),
  ].join(', ');
}

/** A run that is confirmed lets others go on, which may be held as well; so often at most. */
const CONFIRMATIONS = 10;

/**
 * The end of a history, after which nothing is a matter of opinion: whatever waits for a person is decided, every grace is
 * over, and everybody has exactly what they are to have. @throws Error that says what is wrong.
 */
export async function judge(history: History): Promise<void> {
  await tell(history, clearing(await history.look()));
  // What was cancelled or undone stays so until staff removes the person.
  const { facts, cast } = history;
  const look = await history.look();
  for (const key of facts.decided) {
    const [student = 0, config = 0] = key.split(' ').map(Number);
    const { course } = CONFIGS[config]!;
    if (!look.isEnrolled(student, course)) await tell(history, `is removed by staff(${student}, ${course})`);
  }
  for (let day = 1; day <= 2; day += 1) {
    await confirmAll(history);
    await tell(history, 'a day passes()');
  }
  await confirmAll(history);
  const last = await history.look();
  const refused = await refusedInvites(history);
  const found = [
    ...cast.places.flatMap((_, guild) => wrongInServer(last, guild, refused)),
    ...wrongRows(last),
    ...(await openRuns(history)),
  ];
  if (found.length > 0)
    throw new Error(
      `All is decided and every grace is over, and wrong:\n- ${found.join('\n- ')}\n${history.describe(last)}`,
    );
}

async function tell(history: History, line: string): Promise<void> {
  for (const command of commandsIn(line)) await command.run({}, history);
}

async function confirmAll(history: History): Promise<void> {
  for (let round = 1; round <= CONFIRMATIONS; round += 1) {
    await tell(history, 'settle()');
    const waiting = await history.world.service.sql(
      `SELECT 1 FROM discord_sync_runs WHERE status = 'AWAITING_CONFIRMATION'`,
    );
    if (waiting.length === 0) return;
    await tell(history, 'decides(0, 0)');
  }
  throw new Error('However often it is confirmed, something is held again.');
}

type Claim = ReturnType<Look['claims']>[number];

/** Those whom a person has let stay although access has ended, and of whom nobody can say otherwise: the user or the course is deleted. */
function isSuspended({ facts }: Look, { student, config }: Claim): boolean {
  return facts.decided.has(`${student} ${config}`) && !facts.standingOf(student, config).has('staff');
}

function isWanted(look: Look, { student, config, current }: Claim, isIn: boolean): boolean {
  const standings = [...look.facts.standingOf(student, config)];
  return (
    current &&
    look.config(config) !== undefined &&
    look.isEnrolled(student, CONFIGS[config]!.course) &&
    // Who left, and is in again, is back.
    standings.every((one) => one === 'free' || one === 'back' || (one === 'left' && isIn))
  );
}

/** What Discord did not let us take back is open until it expires. */
async function refusedInvites({ discord }: History): Promise<Set<string>> {
  const requests = await discord.requests();
  const refused = requests.filter(({ method, status }) => method === 'DELETE' && status === 403);
  return new Set(refused.flatMap(({ path }) => /\/invites\/(\w+)/.exec(path)?.[1] ?? []));
}

function wrongInServer(look: Look, guild: number, refused: ReadonlySet<string>): string[] {
  const { facts } = look;
  const found = [...facts.holders.keys()].flatMap((account) => {
    const claims = look.claims(account, guild);
    // Whom a configuration that was given up has left as they were is nobody's any more.
    const isNobodys = claims.some((claim) => facts.released.has(claim.config) || isSuspended(look, claim));
    const wrong = claims.length === 0 || isNobodys ? null : wrongOf(look, account, guild, claims);
    return wrong === null ? [] : [`server ${guild}: ${nameOf(look, account)} ${wrong}`];
  });
  for (const { code, targetUserIds, expiresAt } of look.guild(guild).invites) {
    if (expiresAt !== null && Date.parse(expiresAt) <= Date.now()) continue;
    // The code is known only from Discord's answer: an invite whose answer was lost cannot be taken back, and expires.
    if (!facts.inviteCodes.has(code) || refused.has(code)) continue;
    for (const account of targetUserIds ?? []) {
      const isIn = look.member(account, guild) !== undefined;
      const isOfUse = look
        .claims(account, guild)
        .some((claim) => isWanted(look, claim, false) || isSuspended(look, claim));
      if (isIn || !isOfUse)
        found.push(`server ${guild}: the invite ${code} for ${nameOf(look, account)} is open, of no use to them`);
    }
  }
  return found;
}

function wrongOf(look: Look, account: string, guild: number, claims: readonly Claim[]): string | null {
  const { facts, cast } = look;
  const key = `${account} ${guild}`;
  const member = look.member(account, guild);
  const wanted = claims.filter((claim) => isWanted(look, claim, member !== undefined));
  if (!member) {
    const isOut = wanted.some(
      (claim) => look.config(claim.config)!.auto_invite && canBeAdded(look, claim, account, guild),
    );
    return isOut ? 'is out, though nothing keeps them out' : null;
  }
  const over = claims.filter((claim) => !wanted.includes(claim));
  const byHand = facts.byHand.get(key) ?? new Set();
  for (const { config } of wanted) {
    const { student_role_id: role, drift_policy: drift, role_after_screening: late } = look.config(config)!;
    if (role === null || member.roles.includes(role) || (member.pending && late)) continue;
    if (drift === 'REPAIR' || !byHand.has(role)) return `has not the role of configuration ${config}`;
  }
  // KEEP leaves whoever is over as they are, with what they have.
  const former = facts.formerPolicies.get(key);
  if (former?.has('KEEP') || over.some(({ config }) => look.mayHavePolicy(config, 'KEEP'))) return null;
  const roles = wanted.map(({ config }) => look.config(config)!.student_role_id);
  const { studentRoles, otherRole } = cast.places[guild]!;
  const extra = [...studentRoles, otherRole].find(
    // What somebody gave by hand is theirs, also where we would have given it.
    (role) => member.roles.includes(role) && !roles.includes(role) && !byHand.has(role),
  );
  if (extra !== undefined) return 'has a role of ours that nothing gives them';
  const mayBeIn =
    wanted.length > 0 ||
    over.some(({ config }) => look.mayHavePolicy(config, 'REMOVE_ROLE')) ||
    former?.has('REMOVE_ROLE') ||
    look.isProtected(account, guild) ||
    look.stayedAsStaff(account, guild) ||
    facts.cameAlone.has(key) ||
    claims.every(({ student, config, current }) => current && facts.guests.has(`${student} ${config}`));
  return mayBeIn ? null : 'is in, and nothing lets them be';
}

/** By their grant, whatever the invite says; whom a ban was lifted from waits for somebody to ask. */
function canBeAdded(look: Look, { student, config }: Claim, account: string, guild: number): boolean {
  return (
    look.connection(student)!.scopes.includes('guilds.join') &&
    !look.facts.deadGrants.has(account) &&
    !look.facts.everBanned.has(`${account} ${guild}`) &&
    !look.isEnding(config)
  );
}

function wrongRows(look: Look): string[] {
  const { cast, state } = look;
  const suspended = cast.students.flatMap(({ userId }, student) =>
    CONFIGS.flatMap((place, config) =>
      isSuspended(look, { student, config, current: true })
        ? [`${userId} ${cast.courseIds[place.course]!} ${cast.places[place.guild]!.guildId}`]
        : [],
    ),
  );
  return [
    ...state.memberships
      .filter((row) => row.reason === 'GRACE_PERIOD' || row.reason === 'REMOVAL_HELD' || row.removal_state === 'held')
      .filter((row) => !suspended.includes(`${row.user_id} ${row.course_id} ${row.guild_id}`))
      .map((row) => `a membership is ${row.status} ${row.reason}, ${row.removal_state ?? 'not held'}`),
    ...CONFIGS.flatMap((_, config) =>
      look.isEnding(config) ? [`configuration ${config} is being deleted for ever`] : [],
    ),
  ];
}

async function openRuns(history: History): Promise<string[]> {
  const rows = await history.world.service.sql<{ status: string; purpose: string }>(
    `SELECT status, purpose FROM discord_sync_runs WHERE status IN ('QUEUED', 'RUNNING', 'AWAITING_CONFIRMATION')`,
  );
  return rows.map(({ status, purpose }) => `a run is ${status} for ever (${purpose})`);
}
