import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { AuditLog } from '../audit-log/audit-log';
import { Database } from '../database/database';
import { JobQueue, PRIORITY } from '../jobs/job-queue';
import { type AccountResult } from './account-run';
import { attemptOn, type MembershipRow } from './account-view';
import { rolesOf } from './claim.policy';
import { isExcluded } from './exclusion.policy';
import { type GuildLease } from './guild-lease';
import { entriesOf } from './outcome-log.policy';
import { Releases } from './releases';
import { FORGET_ACCOUNTS } from './forgetting';
import { doingsOf } from './traces.policy';
import { SEND_WELCOME } from './welcome';
import {
  type Before,
  type Change,
  changesOf,
  type OutcomeRow,
  outcomeRows,
  replacedInvite,
} from './outcome-row.policy';

/** What was seen of this account is what it was when the batch was read; of a former account nothing is kept. */
const STILL_AS_READ = `(m.seen_at IS NOT DISTINCT FROM r.read_seen_at OR m.seen_discord_user_id IS DISTINCT FROM r.seen_discord_user_id)`;

/** Somebody has changed meanwhile what we have just brought in order: an observation that came during the attempt marks nobody. */
const SEEN_OTHERWISE = `(NOT ${STILL_AS_READ} AND (coalesce(r.is_member <> m.is_member, false)
  OR (r.is_member AND m.is_member AND (r.seen_pending <> m.seen_pending
    OR NOT (coalesce(m.seen_roles, '{}') @> coalesce(r.seen_roles, '{}') AND coalesce(m.seen_roles, '{}') <@ coalesce(r.seen_roles, '{}'))))))`;

/** Nobody has changed meanwhile what is known of an invite, or what was known is over: there is another, or it was taken back. */
const IS_LAST_INVITE = `(m.generation = r.generation OR r.invited_now OR m.invite_code = r.invite_taken_back)`;

/** Discord has told meanwhile that the invite is gone, and when it is to be looked at for that. */
const INVITE_GONE = `coalesce(m.invite_code = r.invite_code AND m.invite_expires_at < r.invite_expires_at, false)`;

const WRITE = `
  WITH r AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(id uuid, generation bigint, status text, reason text, discord_user_id text,
      acted_discord_user_id text, granted_role_id text, brought_in_by_us boolean, traces jsonb, removal_policy text, removal_due_at timestamptz,
      ended_at timestamptz, ending boolean, had_ended boolean, due_at timestamptz, attempts int, invite_code text, invite_link text, invite_expires_at timestamptz,
      invited_now boolean, invite_taken_back text, left_by_choice boolean, found_left boolean, requested boolean, was_requested boolean, removal_state text, failed boolean, limited boolean,
      read_seen_at timestamptz, is_member boolean, seen_roles text[], seen_joined_at timestamptz, seen_pending boolean, seen_discord_user_id text)
  ), locked AS (
    SELECT m.id, m.status, m.reason FROM discord_memberships m WHERE m.id IN (SELECT id FROM r) ORDER BY m.id FOR UPDATE
  )
  UPDATE discord_memberships m SET
    status = r.status, reason = r.reason, discord_user_id = r.discord_user_id,
    acted_discord_user_id = r.acted_discord_user_id, granted_role_id = r.granted_role_id, brought_in_by_us = r.brought_in_by_us,
    traces = r.traces,
    removal_policy = coalesce(r.removal_policy, m.removal_policy), removal_due_at = r.removal_due_at,
    -- A deletion that was cancelled or undone meanwhile has ended nothing. Of a new enrollment it stays known that it is one, as
    -- long as what it lifts is not written either.
    ended_at = CASE WHEN (r.ending AND m.generation <> r.generation) OR (r.had_ended AND m.ended_at IS NULL)
      OR (r.had_ended AND r.ended_at IS NULL AND m.generation <> r.generation) THEN m.ended_at ELSE r.ended_at END,
    due_at = CASE WHEN ${INVITE_GONE} THEN least(m.due_at, r.due_at) ELSE r.due_at END, attempts = r.attempts, priority = CASE WHEN m.generation = r.generation AND NOT r.failed THEN 0 ELSE m.priority END,
    generation = CASE WHEN ${SEEN_OTHERWISE} THEN m.generation + 1 ELSE m.generation END,
    -- Of a failure too: the mark is served, and what is left to do is in due_at. The loop would try again without a pause.
    observed_generation = greatest(m.observed_generation, r.generation),
    -- So does a new invite that somebody has asked for meanwhile, unless this is one.
    invite_code = CASE WHEN ${IS_LAST_INVITE} THEN r.invite_code ELSE m.invite_code END,
    invite_link = CASE WHEN ${IS_LAST_INVITE} THEN r.invite_link ELSE m.invite_link END,
    invite_expires_at = CASE WHEN ${INVITE_GONE} THEN m.invite_expires_at WHEN ${IS_LAST_INVITE} THEN r.invite_expires_at ELSE m.invite_expires_at END,
    invite_used_by = NULL,
    invitation_sent_at = CASE WHEN r.invited_now THEN now() ELSE m.invitation_sent_at END,
    joined_at = CASE WHEN r.status = 'joined' AND m.status <> 'joined' THEN now() ELSE m.joined_at END,
    removed_at = CASE WHEN r.status <> 'removed' THEN NULL WHEN m.status <> 'removed' THEN now() ELSE m.removed_at END,
    -- What people decided meanwhile (a newer generation) stays as they decided it.
    left_by_choice = CASE WHEN m.generation = r.generation THEN r.left_by_choice
      -- Unless somebody has asked for them since, or has seen them, what was found by looking stands.
      ELSE m.left_by_choice OR (r.found_left AND ${STILL_AS_READ} AND (r.was_requested OR NOT m.requested)) END,
    requested = CASE WHEN m.generation = r.generation THEN r.requested ELSE m.requested END,
    removal_state = CASE WHEN m.generation = r.generation THEN r.removal_state ELSE m.removal_state END,
    -- What is tried again is still what the run has asked for.
    run_id = CASE WHEN m.generation = r.generation AND NOT (r.failed OR r.limited) THEN NULL ELSE m.run_id END,
    -- A call that failed may have had its effect: what was about to be done stays known until it is tried again.
    attempt = CASE WHEN r.failed THEN m.attempt END, attempt_at = CASE WHEN r.failed THEN m.attempt_at END,
    attempt_discord_user_id = CASE WHEN r.failed THEN m.attempt_discord_user_id END,
    refused_at = CASE WHEN r.failed THEN m.refused_at END,
    -- An observation that arrived while we worked is newer than what we found.
    is_member = CASE WHEN ${STILL_AS_READ} THEN r.is_member ELSE m.is_member END,
    seen_roles = CASE WHEN ${STILL_AS_READ} THEN r.seen_roles ELSE m.seen_roles END,
    seen_joined_at = CASE WHEN ${STILL_AS_READ} THEN r.seen_joined_at ELSE m.seen_joined_at END,
    seen_pending = CASE WHEN ${STILL_AS_READ} THEN coalesce(r.seen_pending, false) ELSE m.seen_pending END,
    seen_discord_user_id = CASE WHEN ${STILL_AS_READ} THEN r.seen_discord_user_id ELSE m.seen_discord_user_id END,
    seen_at = CASE WHEN ${STILL_AS_READ} AND r.is_member IS NOT NULL THEN clock_timestamp() ELSE m.seen_at END,
    updated_at = CASE WHEN (m.status, m.reason, m.discord_user_id, m.invite_link) IS DISTINCT FROM (r.status, r.reason, r.discord_user_id, r.invite_link)
                 THEN now() ELSE m.updated_at END
  FROM r JOIN locked USING (id) WHERE m.id = r.id
  RETURNING m.id, locked.status, locked.reason`;

/** Writes what a batch came to: memberships, log entries and who is to be welcomed, in one transaction, under the lease. */
@Injectable()
export class Outcomes {
  constructor(
    private readonly database: Database,
    private readonly log: AuditLog,
    private readonly jobs: JobQueue,
    private readonly releases: Releases,
  ) {}

  async write(lease: GuildLease, results: readonly AccountResult[], now: Date): Promise<void> {
    const rows = outcomeRows(results, now);
    if (rows.length === 0) return;
    await this.database.work(async (manager) => {
      await lease.assertHeldIn(manager);
      // As it stood until now: whoever waits may have been told meanwhile that the server is in trouble.
      const [before] = await manager.query<[Before[], number]>(WRITE, [JSON.stringify(rows)]);
      const changes = changesOf(results, rows, before);
      await this.log.append(manager, entriesOf(results, changes));
      await this.recordRemovals(manager, results);
      await this.welcome(manager, changes);
      await this.takeBackOrphans(manager, lease.guildId, results);
      await this.takeBackReplaced(manager, lease.guildId, results, rows, now);
      await this.forget(manager, results, rows);
    });
  }

  /** What the brake counts and an undo brings back: who has lost their place, or their role, because access ended. */
  private async recordRemovals(manager: EntityManager, results: readonly AccountResult[]): Promise<void> {
    const removals = results.flatMap((result) =>
      result.view.rows.flatMap((row) => {
        const claim = result.view.claims.find((candidate) => candidate.membershipId === row.id);
        const settlement = result.settlements?.find((candidate) => candidate.membershipId === row.id);
        const wasTaken =
          result.effects.some(
            ({ step, refusal }) =>
              !refusal &&
              (step.type === 'kick' ||
                (step.type === 'revoke-role' && claim !== undefined && rolesOf(claim).includes(step.roleId))),
          ) ||
          // The answer to our kick was lost, and they are gone.
          (attemptOn(row, result.view.account.discordUserId) === 'kick' &&
            result.settlements !== null &&
            result.view.seen.presence === 'absent');
        if (!claim || !wasTaken || claim.enrolled || claim.frozen || settlement?.outcome?.status === 'joined')
          return [];
        return [
          {
            membership_id: row.id,
            run_id: row.removalRunId,
            user_id: row.userId,
            course_id: row.courseId,
            guild_id: row.guildId,
            asked: !claim.current || isExcluded(claim),
          },
        ];
      }),
    );
    if (removals.length === 0) return;
    await manager.query(
      `INSERT INTO discord_removals (membership_id, run_id, user_id, course_id, guild_id, asked)
       SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(membership_id uuid, run_id uuid, user_id uuid, course_id uuid, guild_id text,
         asked boolean)`,
      [JSON.stringify(removals)],
    );
  }

  /** An invite that was made while one of the courses released its student gives that course's role, or is nobody's. */
  private async takeBackOrphans(manager: EntityManager, guildId: string, results: readonly AccountResult[]) {
    const made = results.flatMap(({ invite, view }) =>
      invite ? [{ code: invite.code, ids: view.rows.map(({ id }) => id) }] : [],
    );
    if (made.length === 0) return;
    const kept = await manager.query<{ id: string }[]>(
      'SELECT id FROM discord_memberships WHERE id = ANY($1::uuid[])',
      [made.flatMap(({ ids }) => ids)],
    );
    const isKept = (id: string) => kept.some((row) => row.id === id);
    const orphans = made.filter(({ ids }) => !ids.every(isKept)).map(({ code }) => code);
    await this.releases.revokeIn(manager, guildId, new Set(orphans));
  }

  /** What could not be taken back before another one was made is not known any more: it is taken back as often as it needs. */
  private async takeBackReplaced(
    manager: EntityManager,
    guildId: string,
    results: readonly AccountResult[],
    outcomes: readonly OutcomeRow[],
    now: Date,
  ): Promise<void> {
    const rows = new Map(results.flatMap(({ view }) => view.rows).map((row) => [row.id, row]));
    const replaced = outcomes.flatMap((outcome) => {
      const row = outcome.invited_now ? rows.get(outcome.id) : undefined;
      return row ? (replacedInvite(row, outcome, now) ?? []) : [];
    });
    await this.releases.revokeIn(manager, guildId, new Set(replaced));
  }

  /** An account with which we have nothing to do any more need not be known any longer. */
  private async forget(manager: EntityManager, results: readonly AccountResult[], rows: readonly OutcomeRow[]) {
    const known = new Map(rows.map((row) => [row.id, accountsOf(row)]));
    const isForgotten = (row: MembershipRow) =>
      [...doingsOf(row).keys()].some((account) => known.get(row.id)?.includes(account) === false);
    if (results.some(({ view }) => view.rows.some(isForgotten)))
      await this.jobs.enqueue(manager, FORGET_ACCOUNTS, {}, { key: FORGET_ACCOUNTS, priority: PRIORITY.cleanup });
  }

  /** Whoever has come in now is welcomed by a job of its own: a message that fails never fails a join. */
  private async welcome(manager: EntityManager, changes: readonly Change[]): Promise<void> {
    const newcomers = changes.filter(
      ({ row, status, reason }) =>
        status === 'joined' &&
        row.status !== 'joined' &&
        row.welcomeMessage !== null &&
        (reason === 'ADDED' || reason === 'USED_INVITE'),
    );
    for (const { row } of newcomers) {
      await manager.query('INSERT INTO discord_welcomes (membership_id, config_id) VALUES ($1, $2)', [
        row.id,
        row.configId,
      ]);
    }
    for (const configId of new Set(newcomers.flatMap(({ row }) => row.configId ?? []))) {
      await this.jobs.enqueue(
        manager,
        SEND_WELCOME,
        { configId },
        { key: `welcome:${configId}`, priority: PRIORITY.welcome },
      );
    }
  }
}

/** The accounts with which a membership still has to do. */
function accountsOf({ acted_discord_user_id: acted, traces }: OutcomeRow): string[] {
  return [...(acted === null ? [] : [acted]), ...traces.map(({ account }) => account)];
}
