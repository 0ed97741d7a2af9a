import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { AuditLog } from '../audit-log/audit-log';
import { Database } from '../database/database';
import { type AccountView, AccountViews, type MembershipRow } from './account-view';
import { type BrakeLimits, DEFAULT_LIMITS, isHeld, type RemovalWindow } from './brake.policy';
import { awaitsBrake } from './decide.policy';
import { type GuildLease } from './guild-lease';

interface Counts {
  readonly courseId: string;
  readonly joined: number;
  readonly done: number;
}

/** Whether any of these accounts has a removal due that the brake has not looked at yet. */
export function needsBrake(views: readonly AccountView[], now: Date): boolean {
  return views.some((view) => view.claims.some((claim) => awaitsBrake(claim, now)));
}

/**
 * Looks at every removal that is due in a server and that nobody asked for: lets it through as part of a run, or holds it
 * in a run that waits for a person. Additions go on either way.
 */
@Injectable()
export class Brake {
  private readonly limits: BrakeLimits = DEFAULT_LIMITS;

  constructor(
    private readonly database: Database,
    private readonly views: AccountViews,
    private readonly log: AuditLog,
  ) {}

  async look(lease: GuildLease): Promise<void> {
    const views = await this.views.ofEnded(lease.guildId);
    // Taken after the read: an end that is only now seen is due at the moment of the reading.
    const now = new Date();
    const due = views.flatMap((view) =>
      view.rows.filter((row) => view.claims.some((claim) => claim.membershipId === row.id && awaitsBrake(claim, now))),
    );
    if (due.length === 0) return;
    await this.database.work(async (manager) => {
      await lease.assertHeldIn(manager);
      const counts = await this.countsOf(manager, lease.guildId);
      const wholeServer = windowOf(counts, due.length);
      for (const courseId of [...new Set(due.map((row) => row.courseId))].sort()) {
        const rows = due.filter((row) => row.courseId === courseId);
        const course = windowOf(
          counts.filter((count) => count.courseId === courseId),
          rows.length,
        );
        const held = isHeld(wholeServer, this.limits) || isHeld(course, this.limits);
        if (held) await this.hold(manager, lease.guildId, courseId, rows);
        else await this.clear(manager, lease.guildId, courseId, rows);
      }
    });
  }

  private countsOf(manager: EntityManager, guildId: string): Promise<Counts[]> {
    return manager.query<Counts[]>(
      `SELECT course_id AS "courseId", sum(joined)::int AS joined, sum(done)::int AS done FROM (
         SELECT course_id, count(*) AS joined, 0 AS done FROM discord_memberships WHERE guild_id = $1 AND status = 'joined' GROUP BY course_id
         UNION ALL
         SELECT r.course_id, 0, count(*) FROM discord_removals r LEFT JOIN discord_sync_runs s ON s.id = r.run_id
         WHERE r.guild_id = $1 AND r.done_at > now() - interval '24 hours' AND NOT r.asked AND r.undone_at IS NULL AND s.confirmed_by IS NULL
         GROUP BY r.course_id) c
       GROUP BY course_id`,
      [guildId],
    );
  }

  private async clear(
    manager: EntityManager,
    guildId: string,
    courseId: string,
    rows: readonly MembershipRow[],
  ): Promise<void> {
    // Those that a comparison has found belong to its run; the others are a run of their own, so that it can be undone.
    const unclaimed = rows.filter((row) => row.runId === null);
    if (unclaimed.length > 0) {
      const [run] = await manager.query<{ id: string }[]>(
        `INSERT INTO discord_sync_runs (guild_id, course_id, purpose, status, total, started_at) VALUES ($1, $2, 'REMOVALS', 'RUNNING', $3, now()) RETURNING id`,
        [guildId, courseId, unclaimed.length],
      );
      await assign(manager, unclaimed, 'cleared', run?.id ?? null);
    }
    await assign(
      manager,
      rows.filter((row) => row.runId !== null),
      'cleared',
      null,
    );
  }

  /** Added to the run that waits already, if there is one: a person decides once about all of them. */
  private async hold(
    manager: EntityManager,
    guildId: string,
    courseId: string,
    rows: readonly MembershipRow[],
  ): Promise<void> {
    const [waiting] = await manager.query<{ id: string }[]>(
      `SELECT id FROM discord_sync_runs WHERE guild_id = $1 AND course_id = $2 AND status = 'AWAITING_CONFIRMATION' FOR UPDATE`,
      [guildId, courseId],
    );
    const [run] = waiting
      ? [waiting]
      : await manager.query<{ id: string }[]>(
          `INSERT INTO discord_sync_runs (guild_id, course_id, purpose, status) VALUES ($1, $2, 'REMOVALS', 'AWAITING_CONFIRMATION') RETURNING id`,
          [guildId, courseId],
        );
    if (!run) return;
    await manager.query('UPDATE discord_sync_runs SET total = total + $2 WHERE id = $1', [run.id, rows.length]);
    await assign(manager, rows, 'held', run.id);
    await this.log.append(manager, [
      { action: 'hold', status: 'pending', courseId, guildId, runId: run.id, details: { removals: rows.length } },
    ]);
  }
}

async function assign(
  manager: EntityManager,
  rows: readonly MembershipRow[],
  state: 'cleared' | 'held',
  runId: string | null,
): Promise<void> {
  if (rows.length === 0) return;
  await manager.query(
    `WITH locked AS (SELECT id FROM discord_memberships WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE)
     UPDATE discord_memberships m SET removal_state = $2, removal_run_id = coalesce($3::uuid, m.run_id),
       run_id = CASE WHEN $2 = 'cleared' THEN coalesce(m.run_id, $3::uuid) ELSE m.run_id END
     FROM locked WHERE m.id = locked.id`,
    [rows.map((row) => row.id), state, runId],
  );
}

function windowOf(counts: readonly Counts[], due: number): RemovalWindow {
  return {
    due,
    done: counts.reduce((sum, count) => sum + count.done, 0),
    joined: counts.reduce((sum, count) => sum + count.joined, 0),
  };
}
