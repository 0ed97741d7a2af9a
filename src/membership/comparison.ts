import { Injectable } from '@nestjs/common';
import { type APIGuildMember } from 'discord-api-types/v10';
import { Database } from '../database/database';
import { DiscordFailure } from '../discord-api/discord-failure';
import { DiscordRest } from '../discord-api/discord-rest';
import { type GuildWork } from './account-worker';
import { type AccountView, AccountViews, type MembershipRow } from './account-view';
import { awaitsBrake, type Claim, decide, type Seen } from './decide.policy';
import { type GuildFacts, GuildFactsReader } from './guild-facts';

/** A run that has been asked for and has not been compared yet. */
export interface QueuedRun {
  readonly id: string;
  /** Null: the whole server. */
  readonly courseId: string | null;
}

/** What a comparison found, per run. */
export interface ComparisonResult {
  of(runId: string): { readonly total: number; readonly differing: number };
}

/** One account as the member list shows it, and what is to be done about it. */
interface Difference {
  readonly view: AccountView;
  readonly seen: Seen;
  readonly differs: boolean;
  /** Joined before, absent now, and no removal of ours: they left. */
  readonly left: boolean;
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
  ) {}

  /** @throws DiscordFailure when the list could not be read to its end: then nothing at all is concluded from it. */
  async compare(work: GuildWork, runs: readonly QueuedRun[]): Promise<ComparisonResult> {
    const startedAt = new Date();
    const { members, facts } = await this.members(work);
    // Read after the list: whoever was marked or seen while we listed is judged by what is known now.
    const views = await this.views.ofGuild(work.guildId);
    const now = new Date();
    const found = views.map((view) => differenceOf(view, members, facts, startedAt, now));
    await this.write(work, found, runs);
    return resultOf(found, runs);
  }

  /** The server and all its members, at `ceil(N / 1000) + 1` calls: the bot is found among the members. */
  private async members(work: GuildWork): Promise<{ members: Map<string, APIGuildMember>; facts: GuildFacts }> {
    // First, and alone: of a server that the bot is not in, one refusal is enough.
    const { server, botUserId } = await this.facts.serverOf(work.guildId);
    const members = new Map<string, APIGuildMember>();
    for await (const page of this.discord.listMembers(work.guildId)) {
      work.lease.assertHeld();
      for (const member of page) members.set(member.user.id, member);
    }
    // A list without the owner or the bot is not the list of this server's members, whatever else it may be.
    const bot = members.get(botUserId);
    if (!bot || !members.has(server.ownerId)) {
      throw new DiscordFailure('transient', "Discord's member list was not complete; nothing is concluded from it.", {
        status: 200,
        code: null,
      });
    }
    return { members, facts: await this.facts.remember(server, { userId: botUserId, roles: bot.roles }) };
  }

  private async write(work: GuildWork, found: readonly Difference[], runs: readonly QueuedRun[]): Promise<void> {
    const rows = new Map<string, object>();
    for (const { view, seen, differs, left } of found) {
      for (const row of view.rows) {
        const isCurrent = row.linkedDiscordUserId === view.account.discordUserId;
        const runId = differs
          ? (runs.find((run) => run.courseId === null || run.courseId === row.courseId)?.id ?? null)
          : null;
        if (!isCurrent && rows.has(row.id)) continue;
        if (runId === null && sameAsSeen(row, seen)) continue;
        rows.set(row.id, {
          id: row.id,
          run_id: runId,
          left_now: left && isCurrent && row.status === 'joined' && row.enrolled,
          read_seen_at: row.seenStamp,
          is_member: seen.presence === 'unknown' ? null : seen.presence === 'present',
          seen_roles: seen.presence === 'present' ? seen.roles : null,
          seen_joined_at: seen.joinedAt,
          seen_pending: seen.pending,
          seen_discord_user_id: view.account.discordUserId,
        });
      }
    }
    await this.database.work(async (manager) => {
      await work.lease.assertHeldIn(manager);
      await manager.query(
        `WITH r AS (
           SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(id uuid, run_id uuid, left_now boolean, read_seen_at timestamptz,
             is_member boolean, seen_roles text[], seen_joined_at timestamptz, seen_pending boolean, seen_discord_user_id text)
         ), locked AS (
           SELECT m.id FROM discord_memberships m WHERE m.id IN (SELECT id FROM r) ORDER BY m.id FOR UPDATE
         )
         UPDATE discord_memberships m SET
           generation = m.generation + CASE WHEN r.run_id IS NULL THEN 0 ELSE 1 END,
           priority = CASE WHEN r.run_id IS NOT NULL AND m.generation = m.observed_generation THEN 10 ELSE m.priority END,
           marked_at = CASE WHEN r.run_id IS NULL THEN m.marked_at ELSE now() END,
           run_id = coalesce(r.run_id, m.run_id),
           left_by_choice = m.left_by_choice OR (r.left_now AND m.status = 'joined' AND m.seen_at IS NOT DISTINCT FROM r.read_seen_at),
           is_member = CASE WHEN r.is_member IS NOT NULL AND m.seen_at IS NOT DISTINCT FROM r.read_seen_at THEN r.is_member ELSE m.is_member END,
           seen_roles = CASE WHEN r.is_member IS NOT NULL AND m.seen_at IS NOT DISTINCT FROM r.read_seen_at THEN r.seen_roles ELSE m.seen_roles END,
           seen_joined_at = CASE WHEN r.is_member IS NOT NULL AND m.seen_at IS NOT DISTINCT FROM r.read_seen_at THEN r.seen_joined_at ELSE m.seen_joined_at END,
           seen_pending = CASE WHEN r.is_member IS NOT NULL AND m.seen_at IS NOT DISTINCT FROM r.read_seen_at THEN r.seen_pending ELSE m.seen_pending END,
           seen_discord_user_id = CASE WHEN r.is_member IS NOT NULL AND m.seen_at IS NOT DISTINCT FROM r.read_seen_at THEN r.seen_discord_user_id ELSE m.seen_discord_user_id END,
           seen_at = CASE WHEN r.is_member IS NOT NULL AND m.seen_at IS NOT DISTINCT FROM r.read_seen_at THEN clock_timestamp() ELSE m.seen_at END
         FROM r JOIN locked USING (id) WHERE m.id = r.id`,
        [JSON.stringify([...rows.values()])],
      );
    });
  }
}

function differenceOf(
  view: AccountView,
  members: ReadonlyMap<string, APIGuildMember>,
  facts: GuildFacts,
  startedAt: Date,
  now: Date,
): Difference {
  const member = view.account.discordUserId === null ? undefined : members.get(view.account.discordUserId);
  const seen = member ? presentOf(member, facts) : absentOf(view, startedAt);
  const wasIn =
    view.seen.presence === 'present' || view.claims.some((claim) => claim.current && claim.status === 'joined');
  const left = seen.presence === 'absent' && wasIn && !view.rows.some((row) => row.attempt !== null);
  const claims: Claim[] = left
    ? view.claims.map((claim) => (claim.status === 'joined' ? { ...claim, leftByChoice: true } : claim))
    : view.claims;
  const decision = decide(claims, view.account, seen, now);
  const differs =
    decision.step !== null ||
    // Nothing is done before the brake has looked, which it does once the membership is marked.
    claims.some((claim) => awaitsBrake(claim, now)) ||
    decision.settlements.some((settlement) => {
      const row = view.rows.find((candidate) => candidate.id === settlement.membershipId);
      if (!row || settlement.outcome === null) return row?.actedDiscordUserId === view.account.discordUserId;
      return settlement.outcome.status !== row.status || settlement.outcome.reason !== row.reason;
    });
  return { view, seen, differs, left };
}

function presentOf(member: APIGuildMember, facts: GuildFacts): Seen {
  return {
    presence: 'present',
    roles: member.roles,
    joinedAt: member.joined_at === null ? null : new Date(member.joined_at),
    pending: member.pending ?? false,
    isProtected: facts.isProtected(member),
  };
}

/** Absence counts only of somebody who was last seen before the list was begun: a newcomer may be on a page already read. */
function absentOf(view: AccountView, startedAt: Date): Seen {
  if (view.account.discordUserId === null || (view.seenAt !== null && view.seenAt >= startedAt)) return view.seen;
  return { presence: 'absent', roles: [], joinedAt: null, pending: false, isProtected: null };
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
  for (const { view, differs } of found) {
    for (const row of view.rows) {
      if (row.linkedDiscordUserId !== view.account.discordUserId) continue;
      for (const run of runs) {
        const count = counts.get(run.id);
        if (!count || (run.courseId !== null && run.courseId !== row.courseId)) continue;
        count.total += 1;
        if (differs) count.differing += 1;
      }
    }
  }
  return { of: (runId) => counts.get(runId) ?? { total: 0, differing: 0 } };
}
