import { Injectable } from '@nestjs/common';
import { AuditLog } from '../audit-log/audit-log';
import { Database } from '../database/database';
import { type DiscordFailure } from '../discord-api/discord-failure';
import { type AccountResult } from './account-run';
import { type ComparisonResult, type QueuedRun } from './comparison';

/** A run that could not begin for this long is given up, so that whoever asked is told. */
const PATIENCE = '5 minutes';
/** So many tries a run waits for: the next one comes after eight seconds, and the later ones after up to a quarter of an hour. */
const TRIES = 3;

/** The runs that are under way on a server: what they found, did and cost. */
@Injectable()
export class OpenRuns {
  constructor(
    private readonly database: Database,
    private readonly log: AuditLog,
  ) {}

  /**
   * The runs that wait to begin. Those of courses whose own role or channel cannot be served end here, so that whoever asked is
   * told: nothing could be done in them. In one statement, so that none comes in between and is taken for servable.
   */
  queued(guildId: string): Promise<QueuedRun[]> {
    return this.database.query<QueuedRun>(
      `WITH refused AS (
         UPDATE discord_sync_runs r SET status = 'FAILED', finished_at = now(),
           error = g.preflight -> k.id::text -> 'obstacles' ->> 'course'
         FROM discord_server_configs k JOIN discord_guilds g ON g.guild_id = k.guild_id
         WHERE r.guild_id = $1 AND r.status = 'QUEUED' AND k.guild_id = r.guild_id AND k.course_id = r.course_id AND k.is_active
           AND g.preflight -> k.id::text -> 'obstacles' ->> 'course' IS NOT NULL
         RETURNING r.id)
       SELECT id, course_id AS "courseId", due_at::text AS "dueStamp" FROM discord_sync_runs
       WHERE guild_id = $1 AND status = 'QUEUED' AND id NOT IN (SELECT id FROM refused) ORDER BY created_at`,
      [guildId],
    );
  }

  /**
   * The comparison is written (with its marks) by {@link Comparison.compare}; from now on the run is brought to its end by batches.
   * One that was asked for again after its list was begun waits for another comparison.
   */
  async compared(runs: readonly QueuedRun[], result: ComparisonResult, calls: number): Promise<void> {
    await this.spent(runs, calls);
    for (const { id, dueStamp } of runs) {
      const { total, differing } = result.of(id);
      await this.database.query(
        `UPDATE discord_sync_runs SET status = 'RUNNING', started_at = coalesce(started_at, now()), total = $2::int, done = $2::int - $3::int,
           error = NULL WHERE id = $1 AND status = 'QUEUED' AND due_at = $4::timestamptz`,
        [id, total, differing, dueStamp],
      );
    }
  }

  /** What a comparison has cost, whatever came of it. */
  async spent(runs: readonly QueuedRun[], calls: number): Promise<void> {
    await this.database.query('UPDATE discord_sync_runs SET api_calls = api_calls + $2 WHERE id = ANY($1::uuid[])', [
      runs.map(({ id }) => id),
      calls,
    ]);
  }

  /** What a batch did is booked to the run that had asked for it. */
  async progressed(results: readonly AccountResult[], calls: number): Promise<void> {
    const byRun = new Map<string, AccountResult[]>();
    for (const result of results) {
      const ofRuns = result.view.rows.filter((row) => row.runId !== null);
      // Of several runs that concern the account, the one because of which it was its turn.
      const runId = (ofRuns.find((row) => row.due) ?? ofRuns[0])?.runId;
      if (runId) byRun.set(runId, [...(byRun.get(runId) ?? []), result]);
    }
    let unbooked = calls;
    for (const [runId, own] of byRun) {
      const done = own.flatMap((result) =>
        result.effects.filter((effect) => !effect.refusal).map(({ step }) => step.type),
      );
      const count = (...types: string[]) => done.filter((type) => types.includes(type)).length;
      // What has failed is tried again: the run counts it when it gives it up.
      const failed = own.filter(
        (result) => result.failure === null && result.effects.some((effect) => effect.refusal),
      ).length;
      const memberships = own
        .filter((result) => result.settlements !== null)
        .reduce((sum, result) => sum + result.view.rows.filter((row) => row.runId === runId).length, 0);
      await this.database.query(
        `UPDATE discord_sync_runs SET done = least(total, done + $2), added = added + $3, invited = invited + $4,
           role_changes = role_changes + $5, removed = removed + $6, failed = failed + $7, api_calls = api_calls + $8 WHERE id = $1`,
        [
          runId,
          memberships,
          count('add'),
          count('invite'),
          count('grant-role', 'revoke-role'),
          count('kick'),
          failed,
          unbooked,
        ],
      );
      unbooked = 0;
    }
  }

  /**
   * Ends every run of which no membership is left to do, with an entry that says what it cost. Whoever has failed again and
   * again is tried on, but not waited for.
   */
  async finishWhereDone(guildId: string): Promise<void> {
    await this.database.work(async (manager) => {
      const [finished] = await manager.query<
        [
          {
            id: string;
            courseId: string | null;
            requestedBy: string | null;
            total: number;
            changes: number;
            apiCalls: number;
            failed: number;
          }[],
          number,
        ]
      >(
        `UPDATE discord_sync_runs r SET status = 'SUCCEEDED', finished_at = now(), error = NULL, done = total - s.stuck, failed = failed + s.stuck
         FROM (SELECT o.id, count(m.id)::int AS stuck FROM discord_sync_runs o LEFT JOIN discord_memberships m ON m.run_id = o.id
               WHERE o.guild_id = $1 AND o.status = 'RUNNING' AND o.purpose <> 'DELETION' GROUP BY o.id
               HAVING count(m.id) FILTER (WHERE m.attempts < $2 OR m.generation > m.observed_generation) = 0) s
         WHERE r.id = s.id AND r.status = 'RUNNING'
         RETURNING r.id, course_id AS "courseId", requested_by AS "requestedBy", total, added + invited + role_changes + removed AS changes,
           api_calls AS "apiCalls", failed`,
        [guildId, TRIES],
      );
      await manager.query(
        `WITH stuck AS (SELECT id FROM discord_memberships WHERE run_id = ANY($1::uuid[]) ORDER BY id FOR UPDATE)
         UPDATE discord_memberships m SET run_id = NULL FROM stuck WHERE m.id = stuck.id`,
        [finished.map(({ id }) => id)],
      );
      await this.log.append(
        manager,
        finished.map((run) => ({
          action: 'sync',
          courseId: run.courseId,
          guildId,
          actorId: run.requestedBy,
          runId: run.id,
          details: { checked: run.total, calls: run.apiCalls, changes: run.changes, failed: run.failed },
        })),
      );
    });
  }

  /** Nothing is left that a person could decide: whoever a run held is enrolled again, was seen again, or is gone. */
  async dropWhereDecided(guildId: string): Promise<void> {
    await this.database.query(
      `WITH dropped AS (
         UPDATE discord_sync_runs r SET status = CASE WHEN purpose = 'DELETION' THEN 'RUNNING' ELSE 'CANCELLED' END,
           finished_at = CASE WHEN purpose = 'DELETION' THEN NULL ELSE now() END
         WHERE guild_id = $1 AND status = 'AWAITING_CONFIRMATION' AND total > 0
           AND NOT EXISTS (SELECT FROM discord_memberships m WHERE m.guild_id = $1 AND m.removal_run_id = r.id AND m.removal_state = 'held'))
       SELECT 1`,
      [guildId],
    );
  }

  /** Discord gives no answer just now. Whoever has asked for a run is told so after a while; our own wait as long as it takes. */
  async delayed(guildId: string, failure: DiscordFailure): Promise<void> {
    const isGivenUp = '(requested_by IS NOT NULL AND due_at < now() - $3::interval)';
    await this.database.query(
      `UPDATE discord_sync_runs SET error = $2, status = CASE WHEN ${isGivenUp} THEN 'FAILED' ELSE status END,
         finished_at = CASE WHEN ${isGivenUp} THEN now() END
       WHERE guild_id = $1 AND status = 'QUEUED'`,
      [guildId, failure.message, PATIENCE],
    );
  }

  /** Work waits in the server: whoever asked for a run that has not begun is told why it ends here. */
  async refuseAsked(guildId: string, why: string): Promise<void> {
    await this.database.query(
      `WITH refused AS (
         UPDATE discord_sync_runs SET status = 'FAILED', finished_at = now(), error = $2
         WHERE guild_id = $1 AND status = 'QUEUED' AND requested_by IS NOT NULL)
       SELECT 1`,
      [guildId, why],
    );
  }

  /** The server refuses us: whoever asked for a run is told why it ends here. */
  async failed(guildId: string, why: string): Promise<void> {
    // Ours go on once the server is in order again. So does a deletion: until then its configuration is neither here nor there.
    const goesOn = `(requested_by IS NULL OR purpose = 'DELETION')`;
    await this.database.work(async (manager) => {
      await manager.query(
        `UPDATE discord_memberships SET run_id = NULL WHERE run_id IN
           (SELECT id FROM discord_sync_runs WHERE guild_id = $1 AND status IN ('QUEUED', 'RUNNING') AND NOT ${goesOn})`,
        [guildId],
      );
      await manager.query(
        `UPDATE discord_sync_runs SET error = $2, status = CASE WHEN ${goesOn} THEN status ELSE 'FAILED' END,
           finished_at = CASE WHEN ${goesOn} THEN NULL ELSE now() END
         WHERE guild_id = $1 AND status IN ('QUEUED', 'RUNNING')`,
        [guildId, why],
      );
    });
  }
}
