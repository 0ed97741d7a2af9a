import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { AuditLog } from '../audit-log/audit-log';
import { Database } from '../database/database';
import { type AccountView, type MembershipRow } from './account-view';
import { AccountViews } from './account-views';
import { type BrakeLimits, type CourseCounts, DEFAULT_LIMITS, heldCourses, isLost } from './brake.policy';
import { awaitsBrake } from './claim.policy';
import { type GuildLease } from './guild-lease';
import { rosterOf } from './roster';
import { lockOpenRuns } from './run-locks';

/** Why a run waits that no count would hold. */
const LOST_ROSTER =
  'The platform lists nobody who is enrolled in any course, as if its tables were empty or being restored. Nobody is removed ' +
  'until somebody confirms this run; once the enrollments are back, it ends by itself.';

/**
 * The memberships of these accounts whose removal is due and that the brake has not looked at yet.
 * @param presentBy those of whose accounts another membership tells that they are in
 */
export function dueRemovals(
  views: readonly AccountView[],
  now: Date,
  presentBy: ReadonlySet<string> = new Set(),
): MembershipRow[] {
  return views.flatMap((view) =>
    view.rows.filter((row) => {
      const seen = presentBy.has(row.id) ? IN : view.seen;
      return view.claims.some((claim) => claim.membershipId === row.id && awaitsBrake(claim, now, seen));
    }),
  );
}

const IN = { presence: 'present' } as const;

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

  /**
   * Every removal that is due in the server counts; those of these memberships, whose turn it is, are let through or held.
   * All of an account's at once: what one of them still waits for would keep the person, and the others forget what they did.
   */
  async look(lease: GuildLease, memberships: readonly MembershipRow[]): Promise<void> {
    if (memberships.length === 0) return;
    const asked = new Set(memberships.map((row) => row.id));
    const views = await this.views.ofEnded(lease.guildId, [...asked]);
    // Taken after the read: an end that is only now seen is due at the moment of the reading.
    const now = new Date();
    const due = dueRemovals(views, now, asked);
    if (due.length === 0) return;
    await this.database.work(async (manager) => {
      await lease.assertHeldIn(manager);
      await lockOpenRuns(manager, lease.guildId);
      const roster = await rosterOf(manager);
      const held = heldCourses(due, await this.countsOf(manager, lease.guildId), this.limits, roster);
      for (const courseId of [...new Set(due.map((row) => row.courseId))].sort()) {
        // What is held is held as a whole: of a lost roster only some may be back by the time at which it is the others' turn.
        const turn = due.filter((row) => row.courseId === courseId && (asked.has(row.id) || held.has(courseId)));
        const ids = turn.map(({ id }) => id);
        const rows = await undecidedOf(manager, ids);
        if (rows.length === 0) continue;
        if (held.has(courseId))
          await this.hold(
            manager,
            lease.guildId,
            courseId,
            rows,
            { removals: rows.length },
            isLost(roster) ? LOST_ROSTER : null,
          );
        else await this.clear(manager, lease.guildId, courseId, rows);
      }
    });
  }

  /** What {@link look} would decide about the removals that are due among these, which are all of a server's. */
  async verdict(guildId: string, views: readonly AccountView[], now: Date): Promise<ReadonlySet<string>> {
    const due = dueRemovals(views, now);
    if (due.length === 0) return new Set();
    return this.database.work(async (manager) =>
      heldCourses(due, await this.countsOf(manager, guildId), this.limits, await rosterOf(manager)),
    );
  }

  /**
   * The courses of which so many are missing from a server at once that it may be a mistake of the reading.
   * @param doubted those of whom that is thought already
   */
  async tooManyMissing(
    guildId: string,
    missing: readonly MembershipRow[],
    doubted: readonly MembershipRow[],
  ): Promise<ReadonlySet<string>> {
    if (missing.length === 0) return new Set();
    const counts = await this.database.work((manager) => this.countsOf(manager, guildId));
    const gone = counts.map(({ courseId, joined }) => {
      const done = doubted.filter((row) => row.courseId === courseId).length;
      return { courseId, held: 0, done, joined: joined - done };
    });
    return heldCourses(missing, gone, this.limits);
  }

  /** Nobody of these is taken to have left, and nobody is brought back, until a person decides. */
  async doubt(manager: EntityManager, guildId: string, missing: readonly MembershipRow[]): Promise<void> {
    for (const courseId of [...new Set(missing.map((row) => row.courseId))].sort()) {
      const rows = missing.filter((row) => row.courseId === courseId);
      await this.hold(manager, guildId, courseId, rows, { missing: rows.length });
    }
  }

  private countsOf(manager: EntityManager, guildId: string): Promise<CourseCounts[]> {
    return manager.query<CourseCounts[]>(
      `SELECT course_id AS "courseId", sum(joined)::int AS joined, sum(held)::int AS held, sum(done)::int AS done FROM (
         -- What was let through and waits for its call is as good as done.
         SELECT m.course_id, count(*) FILTER (WHERE NOT c.cleared) AS joined,
           -- Not those who are enrolled, of whom it is only doubted that they are in.
           count(*) FILTER (WHERE m.removal_state = 'held' AND m.ended_at IS NOT NULL) AS held,
           count(*) FILTER (WHERE c.cleared AND s.confirmed_by IS NULL) AS done
         FROM discord_memberships m CROSS JOIN LATERAL (SELECT coalesce(m.removal_state = 'cleared', false) AS cleared) c
           LEFT JOIN discord_sync_runs s ON c.cleared AND s.id = m.removal_run_id
         WHERE m.guild_id = $1 AND m.status = 'joined' GROUP BY m.course_id
         UNION ALL
         SELECT r.course_id, 0, 0, count(*) FROM discord_removals r LEFT JOIN discord_sync_runs s ON s.id = r.run_id
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
    rows: readonly Undecided[],
  ): Promise<void> {
    const [ending] = await manager.query<{ id: string }[]>(
      'SELECT ending_run_id AS id FROM discord_server_configs WHERE guild_id = $1 AND course_id = $2 AND ending_run_id IS NOT NULL',
      [guildId, courseId],
    );
    // Whom a comparison has found belongs to its run; but a deletion brings back all whom it has ended, whoever found them.
    const unclaimed = ending ? rows : rows.filter((row) => row.runId === null);
    if (unclaimed.length > 0) {
      const [run] = ending
        ? [ending]
        : await manager.query<{ id: string }[]>(
            `INSERT INTO discord_sync_runs (guild_id, course_id, purpose, status, total, started_at) VALUES ($1, $2, 'REMOVALS', 'RUNNING', $3, now()) RETURNING id`,
            [guildId, courseId, unclaimed.length],
          );
      await assign(manager, unclaimed, 'cleared', run?.id ?? null);
    }
    await assign(manager, ending ? [] : rows.filter((row) => row.runId !== null), 'cleared', null);
  }

  /** Added to the run that waits already, if there is one: a person decides once about all of them. */
  private async hold(
    manager: EntityManager,
    guildId: string,
    courseId: string,
    rows: readonly { readonly id: string }[],
    details: Readonly<Record<string, number>>,
    why: string | null = null,
  ): Promise<void> {
    const [waiting] = await manager.query<{ id: string }[]>(
      // A deletion holds what it may not do yet, and has counted everybody already.
      `SELECT id FROM discord_sync_runs WHERE guild_id = $1 AND course_id = $2
         AND (status = 'AWAITING_CONFIRMATION' OR (status = 'RUNNING' AND purpose = 'DELETION'))
       ORDER BY purpose = 'DELETION' DESC LIMIT 1 FOR UPDATE`,
      [guildId, courseId],
    );
    const [run] = waiting
      ? [waiting]
      : await manager.query<{ id: string }[]>(
          `INSERT INTO discord_sync_runs (guild_id, course_id, purpose, status) VALUES ($1, $2, 'REMOVALS', 'AWAITING_CONFIRMATION') RETURNING id`,
          [guildId, courseId],
        );
    if (!run) return;
    await manager.query(
      `UPDATE discord_sync_runs SET status = 'AWAITING_CONFIRMATION', error = coalesce($3, error),
         total = total + CASE WHEN purpose = 'DELETION' THEN 0 ELSE $2::int END WHERE id = $1`,
      [run.id, rows.length, why],
    );
    await assign(manager, rows, 'held', run.id);
    await this.log.append(manager, [{ action: 'hold', status: 'pending', courseId, guildId, runId: run.id, details }]);
  }
}

/** A membership of whose removal nobody has decided, as it is at this moment, and locked. */
interface Undecided {
  readonly id: string;
  readonly runId: string | null;
}

/** Somebody may have cancelled since they were read: a removal that is suspended stays so. */
function undecidedOf(manager: EntityManager, ids: readonly string[]): Promise<Undecided[]> {
  return manager.query<Undecided[]>(
    `SELECT id, run_id AS "runId" FROM discord_memberships WHERE id = ANY($1::uuid[]) AND removal_state IS NULL ORDER BY id FOR UPDATE`,
    [ids],
  );
}

async function assign(
  manager: EntityManager,
  rows: readonly { readonly id: string }[],
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
