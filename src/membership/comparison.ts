import { Injectable } from '@nestjs/common';
import { type APIGuildMember } from 'discord-api-types/v10';
import { Database } from '../database/database';
import { DiscordFailure } from '../discord-api/discord-failure';
import { DiscordRest } from '../discord-api/discord-rest';
import { type GuildWork } from './account-worker';
import { type AccountView, type MembershipRow } from './account-view';
import { AccountViews } from './account-views';
import { Brake, dueRemovals } from './brake';
import { isDoubted, type Seen } from './claim.policy';
import { type Difference, differenceOf, type Sight, sightOf } from './difference.policy';
import { type GuildFacts, GuildFactsReader } from './guild-facts';
import { lockOpenRuns } from './run-locks';
import { grantedInStay } from './stay.policy';

/** A run that has been asked for and has not been compared yet. */
export interface QueuedRun {
  readonly id: string;
  /** Null: the whole server. */
  readonly courseId: string | null;
  /** When it is due, to the microsecond, which a Date does not hold: whoever asks for it again changes it. */
  readonly dueStamp: string;
}

/** What a comparison found, per run. */
export interface ComparisonResult {
  of(runId: string): { readonly total: number; readonly differing: number };
}

/** One membership as it is to be written. The names are the columns'. */
interface SeenRow {
  readonly id: string;
  readonly run_id: string | null;
  readonly marked: boolean;
  readonly left_now: boolean;
  readonly read_seen_at: string | null;
  readonly is_member: boolean | null;
  readonly seen_roles: readonly string[] | null;
  readonly seen_joined_at: Date | null;
  readonly seen_pending: boolean;
  readonly seen_discord_user_id: string | null;
}

/**
 * Compares a whole server with what is desired, at the cost of listing its members: `ceil(N / 1000)` calls however many
 * students there are. What differs is marked; the reconciler then takes one call per difference.
 */
@Injectable()
export class Comparison {
  constructor(
    private readonly database: Database,
    private readonly discord: DiscordRest,
    private readonly views: AccountViews,
    private readonly facts: GuildFactsReader,
    private readonly brake: Brake,
  ) {}

  /** @throws DiscordFailure when the list could not be read to its end: then nothing at all is concluded from it. */
  async compare(work: GuildWork, runs: readonly QueuedRun[]): Promise<ComparisonResult> {
    const { found } = await this.look(work.guildId, () => this.views.ofGuild(work.guildId));
    const open = await this.write(work, found, runs);
    // Before anything else is done: what the brake counts is how the server stood when it was compared.
    const marked = found.filter(({ view, differing }) =>
      view.rows.some((row) => differing.has(row.id) && runFor(row, open) !== null),
    );
    await this.brake.look(
      work.lease,
      dueRemovals(
        marked.map(({ view, seen }) => ({ ...view, seen })),
        new Date(),
      ),
    );
    return resultOf(found, runs);
  }

  /**
   * The comparison itself, which changes nothing.
   * @param readViews every account that any membership of the server concerns
   * @throws DiscordFailure as {@link compare}
   */
  async look(
    guildId: string,
    readViews: () => Promise<AccountView[]>,
  ): Promise<{ readonly found: readonly Difference[]; readonly facts: GuildFacts; readonly calls: number }> {
    const startedAt = new Date();
    const { members, facts, calls, assumedEnd } = await this.members(guildId);
    // Read after the list: whoever was marked or seen while we listed is judged by what is known now.
    const views = await readViews();
    const sightsOf = () => views.map((view) => sightOf(view, members, facts, startedAt));
    let sights = sightsOf();
    const looks = assumedEnd === null ? 0 : await this.checkEnd(guildId, assumedEnd, sights);
    let doubted = await this.doubtedCourses(guildId, sights);
    if (doubted.size > 0) {
      // So many missing may be a list that was cut short: whoever is on a second one is there.
      const again = await this.members(guildId);
      for (const [id, member] of again.members) members.set(id, member);
      sights = sightsOf();
      doubted = await this.doubtedCourses(guildId, sights);
    }
    const now = new Date();
    return { found: sights.map((sight) => differenceOf(sight, doubted, now)), facts, calls: calls + looks };
  }

  /**
   * An empty page is the end of a list whose last page was full, and what a failure looks like. So those of whom nothing but
   * that tells that they are gone are looked at, one by one: each is a difference, and the first who is there ends it.
   * @returns how many calls it took
   */
  private async checkEnd(guildId: string, assumedEnd: bigint, sights: readonly Sight[]): Promise<number> {
    const gone = sights.flatMap(({ view: { account, seen: before }, seen }) =>
      before.presence === 'present' && seen.presence === 'absent' && account.discordUserId !== null
        ? [account.discordUserId]
        : [],
    );
    const doubtful = gone.filter((id) => BigInt(id) > assumedEnd);
    for (const id of doubtful) if ((await this.discord.getMember(guildId, id)) !== null) throw incompleteList();
    return doubtful.length;
  }

  /** The courses of which so many are missing at once that nobody is taken to have left before a person says so. */
  private doubtedCourses(guildId: string, sights: readonly Sight[]): Promise<ReadonlySet<string>> {
    const doubtedAlready = sights.flatMap(({ view, seen }) =>
      view.rows.filter((row) =>
        view.claims.some((claim) => claim.membershipId === row.id && claim.current && isDoubted(claim, seen)),
      ),
    );
    return this.brake.tooManyMissing(
      guildId,
      sights.flatMap(({ missing }) => missing),
      doubtedAlready,
    );
  }

  /**
   * The server and all its members, at `ceil(N / 1000) + 1` calls: the bot is found among the members.
   * @returns also the last id of a list that was ended by an empty page; else null
   */
  private async members(guildId: string): Promise<{
    members: Map<string, APIGuildMember>;
    facts: GuildFacts;
    calls: number;
    assumedEnd: bigint | null;
  }> {
    // First, and alone: of a server that the bot is not in, one refusal is enough.
    const found = await this.facts.serverOf(guildId);
    const members = new Map<string, APIGuildMember>();
    let calls = 1;
    let lastIsEmpty = false;
    for await (const page of this.discord.listMembers(guildId)) {
      calls += 1;
      lastIsEmpty = page.length === 0;
      for (const member of page) members.set(member.user.id, member);
    }
    // A list without the owner or the bot is not the list of this server's members, whatever else it may be.
    const bot = members.get(found.botUserId);
    if (!bot || !members.has(found.server.ownerId)) throw incompleteList();
    const bots = new Set([...members.values()].filter(({ user }) => user.bot === true).map(({ user }) => user.id));
    const facts = await this.facts.remember(found, { userId: found.botUserId, roles: bot.roles }, bots);
    const last = [...members.keys()].reduce((highest, id) => (BigInt(id) > highest ? BigInt(id) : highest), 0n);
    return { members, facts, calls, assumedEnd: lastIsEmpty ? last : null };
  }

  /** @returns the runs that nobody has cancelled meanwhile: of the others nothing is done. */
  private write(
    work: GuildWork,
    found: readonly Difference[],
    runs: readonly QueuedRun[],
  ): Promise<readonly QueuedRun[]> {
    return this.database.work(async (manager) => {
      await work.lease.assertHeldIn(manager);
      const queued = (await lockOpenRuns(manager, work.guildId)).filter(({ status }) => status === 'QUEUED');
      const open = runs.filter(({ id }) => queued.some((run) => run.id === id));
      const { rows, doubted } = seenRows(found, open);
      await manager.query(
        `WITH r AS (
           SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(id uuid, run_id uuid, marked boolean, left_now boolean, read_seen_at timestamptz,
             is_member boolean, seen_roles text[], seen_joined_at timestamptz, seen_pending boolean, seen_discord_user_id text)
         ), locked AS (
           SELECT m.id FROM discord_memberships m WHERE m.id IN (SELECT id FROM r) ORDER BY m.id FOR UPDATE
         )
         UPDATE discord_memberships m SET
           generation = m.generation + CASE WHEN r.marked THEN 1 ELSE 0 END,
           priority = CASE WHEN r.marked AND m.generation = m.observed_generation THEN 10 ELSE m.priority END,
           marked_at = CASE WHEN r.marked THEN now() ELSE m.marked_at END,
           run_id = coalesce(r.run_id, m.run_id),
           -- Who has left and is back has lost what was given, by nobody's taking.
           granted_role_id = CASE WHEN m.seen_at IS NOT DISTINCT FROM r.read_seen_at THEN ${grantedInStay('r.seen_discord_user_id', 'r.seen_joined_at', 'r.seen_roles')} ELSE m.granted_role_id END,
           left_by_choice = m.left_by_choice OR (r.left_now AND m.status = 'joined' AND m.seen_at IS NOT DISTINCT FROM r.read_seen_at),
           is_member = CASE WHEN r.is_member IS NOT NULL AND m.seen_at IS NOT DISTINCT FROM r.read_seen_at THEN r.is_member ELSE m.is_member END,
           seen_roles = CASE WHEN r.is_member IS NOT NULL AND m.seen_at IS NOT DISTINCT FROM r.read_seen_at THEN r.seen_roles ELSE m.seen_roles END,
           seen_joined_at = CASE WHEN r.is_member IS NOT NULL AND m.seen_at IS NOT DISTINCT FROM r.read_seen_at THEN r.seen_joined_at ELSE m.seen_joined_at END,
           seen_pending = CASE WHEN r.is_member IS NOT NULL AND m.seen_at IS NOT DISTINCT FROM r.read_seen_at THEN r.seen_pending ELSE m.seen_pending END,
           seen_discord_user_id = CASE WHEN r.is_member IS NOT NULL AND m.seen_at IS NOT DISTINCT FROM r.read_seen_at THEN r.seen_discord_user_id ELSE m.seen_discord_user_id END,
           seen_at = CASE WHEN r.is_member IS NOT NULL AND m.seen_at IS NOT DISTINCT FROM r.read_seen_at THEN clock_timestamp() ELSE m.seen_at END
         FROM r JOIN locked USING (id) WHERE m.id = r.id`,
        [JSON.stringify(rows)],
      );
      await this.brake.doubt(manager, work.guildId, doubted);
      return open;
    });
  }
}

function incompleteList(): DiscordFailure {
  return new DiscordFailure('transient', "Discord's member list was not complete; nothing is concluded from it.", {
    status: 200,
    code: null,
  });
}

/** What is to be written of what was found, and who is missing with too many others. */
function seenRows(
  found: readonly Difference[],
  runs: readonly QueuedRun[],
): { readonly rows: readonly SeenRow[]; readonly doubted: readonly MembershipRow[] } {
  const rows = new Map<string, SeenRow>();
  const doubted: MembershipRow[] = [];
  for (const { view, seen, differing, left, doubted: doubtedIds } of found) {
    for (const row of view.rows) {
      const isCurrent = row.linkedDiscordUserId === view.account.discordUserId;
      const runId = differing.has(row.id) ? runFor(row, runs) : null;
      const isMissing = left.has(row.id) || doubtedIds.has(row.id);
      if (doubtedIds.has(row.id)) doubted.push(row);
      // A former account comes before the one linked now: both can mark the row, what is seen is of the latter.
      const former = rows.get(row.id);
      if (!isCurrent && former) continue;
      if (runId === null && !isMissing && sameAsSeen(row, seen)) continue;
      rows.set(row.id, {
        id: row.id,
        run_id: runId ?? former?.run_id ?? null,
        marked: runId !== null || isMissing || former?.marked === true,
        left_now: left.has(row.id),
        read_seen_at: row.seenStamp,
        is_member: seen.presence === 'unknown' ? null : seen.presence === 'present',
        seen_roles: seen.presence === 'present' ? seen.roles : null,
        seen_joined_at: seen.joinedAt,
        seen_pending: seen.pending,
        seen_discord_user_id: view.account.discordUserId,
      });
    }
  }
  return { rows: [...rows.values()], doubted };
}

function runFor(row: MembershipRow, runs: readonly QueuedRun[]): string | null {
  return runs.find((run) => run.courseId === null || run.courseId === row.courseId)?.id ?? null;
}

function sameAsSeen(row: MembershipRow, seen: Seen): boolean {
  if (seen.presence === 'unknown') return true;
  const isMember = seen.presence === 'present';
  return (
    row.isMember === isMember &&
    (!isMember ||
      (row.seenPending === seen.pending &&
        row.seenRoles?.length === seen.roles.length &&
        seen.roles.every((role) => row.seenRoles?.includes(role))))
  );
}

function resultOf(found: readonly Difference[], runs: readonly QueuedRun[]): ComparisonResult {
  const counts = new Map(runs.map((run) => [run.id, { total: 0, differing: 0 }]));
  for (const { view, differing } of found) {
    for (const row of view.rows) {
      if (row.linkedDiscordUserId !== view.account.discordUserId) continue;
      for (const run of runs) {
        const count = counts.get(run.id);
        if (!count || (run.courseId !== null && run.courseId !== row.courseId)) continue;
        count.total += 1;
        if (differing.has(row.id)) count.differing += 1;
      }
    }
  }
  return { of: (runId) => counts.get(runId) ?? { total: 0, differing: 0 } };
}
