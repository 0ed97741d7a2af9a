import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import * as z from 'zod';
import { AuditLog } from '../audit-log/audit-log';
import { Database } from '../database/database';
import { JobHandler } from '../jobs/job-handler';
import { PRIORITY } from '../jobs/job-queue';
import { moderatedOf } from './exclusion.policy';
import { Forgetting } from './forgetting';
import { GuildQueue } from './guild-queue';
import { Ownership } from './ownership';

/** What may be out of date: pairs of (user, course), whole courses, users, or single memberships. */
export interface Mark {
  readonly pairs?: readonly (readonly [string, string])[] | undefined;
  readonly courses?: readonly string[] | undefined;
  readonly users?: readonly string[] | undefined;
  readonly memberships?: readonly string[] | undefined;
}

const MARK = z.object({
  pairs: z.array(z.tuple([z.guid(), z.guid()])).optional(),
  courses: z.array(z.guid()).optional(),
  users: z.array(z.guid()).optional(),
  memberships: z.array(z.guid()).optional(),
});

/** More people than this in one statement are an import, not students who wait at their screens: see the migration "Urgency". */
const BULK = 50;

const PAIRS = `SELECT (p ->> 0)::uuid AS user_id, (p ->> 1)::uuid AS course_id FROM jsonb_array_elements($1::jsonb) p`;

/** @param configs user_id, and the columns of the configuration by which there is to be a membership. */
function insertFor(configs: string, priority: string): string {
  return `INSERT INTO discord_memberships (user_id, course_id, guild_id, priority, removal_policy, created_at, removed_by_staff, removed_by_moderator, banned)
  -- Not now(), which may be earlier than the enrollment: who joined the server before it was there before us.
  SELECT n.user_id, n.course_id, n.guild_id, ${priority}, n.removal_policy, clock_timestamp(), moderated.removed, moderated.removed, moderated.banned
  FROM (${configs}) n, ${moderatedOf('n.user_id', 'n.guild_id')}
  -- In key order: two markers that create the same rows wait for each other in one direction only.
  ORDER BY n.user_id, n.course_id, n.guild_id
  ON CONFLICT (user_id, course_id, guild_id) DO NOTHING
  RETURNING id, user_id AS "userId", course_id AS "courseId", guild_id AS "guildId"`;
}

/** A membership for everybody who is enrolled where there is a server and has none yet. Each part uses an index of its own. */
const CREATE = `
  WITH pairs AS (${PAIRS}), enrolled AS (
    SELECT e.user_id, e.course_id FROM pairs p, LATERAL (
      SELECT e.user_id, e.course_id FROM discord_enrollments e
      WHERE e.user_id = p.user_id AND e.course_id = p.course_id AND e.active LIMIT 1) e
    UNION
    SELECT e.user_id, e.course_id FROM discord_enrollments e WHERE e.course_id = ANY ($2::uuid[]) AND e.active
    UNION
    SELECT e.user_id, e.course_id FROM discord_enrollments e WHERE e.user_id = ANY ($3::uuid[]) AND e.active
  )
  ${insertFor('SELECT e.user_id, k.* FROM enrolled e JOIN discord_server_configs k ON k.course_id = e.course_id AND k.is_active AND k.ending_run_id IS NULL', '$4')}`;

/** Who has linked the account ($2) and is enrolled in a course of the server ($1), also one that is switched off, without a membership. */
const UNHEARD = `
  FROM user_discord_connections u JOIN discord_server_configs k ON k.guild_id = $1 AND k.ending_run_id IS NULL,
    LATERAL (SELECT e.user_id FROM discord_enrollments e WHERE e.user_id = u.user_id AND e.course_id = k.course_id AND e.active LIMIT 1) e
  WHERE u.discord_user_id = $2 AND NOT EXISTS (
    SELECT FROM discord_memberships m WHERE m.user_id = u.user_id AND m.course_id = k.course_id AND m.guild_id = k.guild_id)`;

/**
 * Rows are locked in key order first: two markers, or a marker and a worker's batch, never deadlock. Four look-ups, because
 * one condition with OR between them would read the whole table.
 */
const RAISE = `
  WITH pairs AS (${PAIRS}), ids AS (
    SELECT m.id FROM pairs p JOIN discord_memberships m ON m.user_id = p.user_id AND m.course_id = p.course_id
    UNION
    SELECT m.id FROM discord_memberships m WHERE m.course_id = ANY ($2::uuid[])
    UNION
    SELECT m.id FROM discord_memberships m WHERE m.user_id = ANY ($3::uuid[])
    UNION
    SELECT unnest($5::uuid[])
  ), locked AS (
    SELECT m.id FROM discord_memberships m WHERE m.id IN (SELECT id FROM ids) ORDER BY m.id FOR UPDATE OF m
  )
  UPDATE discord_memberships m
  SET generation = m.generation + 1, marked_at = now(), attempts = 0,
      priority = CASE WHEN m.generation > m.observed_generation THEN least(m.priority, $4) ELSE $4 END
  FROM locked WHERE m.id = locked.id
  RETURNING m.guild_id AS "guildId"`;

interface Created {
  readonly id: string;
  readonly userId: string;
  readonly courseId: string;
  readonly guildId: string;
}

/** "This membership may be out of date": the only thing that anything ever says to the reconciler. */
@Injectable()
export class Marker {
  constructor(
    private readonly database: Database,
    private readonly guilds: GuildQueue,
    private readonly log: AuditLog,
    private readonly forgetting: Forgetting,
    private readonly ownership: Ownership,
  ) {}

  /** Appended by triggers in the platform's own transactions: see the migration "Marks". */
  @JobHandler('mark-memberships')
  async run(payload: unknown): Promise<void> {
    const mark = MARK.parse(payload);
    if (mark.courses) {
      await this.ownership.ofCourses(mark.courses);
      await this.connectedAgain(mark.courses);
    }
    if (mark.users) {
      await this.forgetting.deletedUsers(mark.users);
      await this.ownership.ofInstructors(mark.users);
    }
    await this.mark(mark);
  }

  /**
   * Who had left a server from which the course was disconnected, and is still enrolled now that it is connected again: what
   * had ended was the connection, so this is no new enrollment, which would lift that they have left.
   */
  private async connectedAgain(courseIds: readonly string[]): Promise<void> {
    await this.database.query(
      `WITH locked AS (
         SELECT m.id FROM discord_memberships m
           JOIN discord_server_configs k ON k.course_id = m.course_id AND k.guild_id = m.guild_id AND k.created_at > m.ended_at
           JOIN discord_enrollments e ON e.user_id = m.user_id AND e.course_id = m.course_id AND e.active
         WHERE m.course_id = ANY($1::uuid[]) AND m.left_by_choice ORDER BY m.id FOR UPDATE OF m)
       UPDATE discord_memberships m SET ended_at = NULL FROM locked WHERE m.id = locked.id`,
      [courseIds],
    );
  }

  /** Marks in a short transaction of its own. */
  async mark(mark: Mark, priority?: number): Promise<void> {
    await this.database.work((manager) => this.markIn(manager, mark, priority));
  }

  /**
   * Marks in the caller's transaction, as the last thing in it: the server's job is locked from here to the commit, and who
   * took it before a membership could wait for one who did the opposite.
   */
  async markIn(manager: EntityManager, mark: Mark, priority?: number): Promise<void> {
    const urgency = priority ?? urgencyOf(mark);
    const [raised] = await manager.query<[{ guildId: string }[], number]>(RAISE, [
      ...parameters(mark, urgency),
      mark.memberships ?? [],
    ]);
    const created = await this.createIn(manager, mark, urgency);
    const guildIds = new Set([...raised.map((row) => row.guildId), ...created]);
    // In one order, so that two markers of the same two servers do not wait for each other.
    for (const guildId of [...guildIds].sort()) await this.guilds.add(manager, guildId, urgency);
  }

  /** Makes the memberships that are missing, without asking for any work. @returns their servers. */
  async createIn(manager: EntityManager, mark: Mark, priority = urgencyOf(mark)): Promise<string[]> {
    const created = await manager.query<Created[]>(CREATE, parameters(mark, priority));
    await this.tellIn(manager, created);
    return created.map((row) => row.guildId);
  }

  /**
   * Makes the memberships of somebody who is about to lose their place in a server: an enrollment counts from its commit on,
   * whether or not its mark has come through, and so does one in a course that is switched off, of which none is made else.
   */
  async createUnheard(guildId: string, account: string): Promise<void> {
    const unheard = await this.database.query(`SELECT 1 ${UNHEARD} LIMIT 1`, [guildId, account]);
    if (unheard.length === 0) return;
    await this.database.work(async (manager) => {
      const configs = `SELECT e.user_id, k.* ${UNHEARD}`;
      const created = await manager.query<Created[]>(insertFor(configs, '$3'), [guildId, account, PRIORITY.waiting]);
      await this.tellIn(manager, created);
      await this.guilds.add(manager, guildId, PRIORITY.waiting);
    });
  }

  private async tellIn(manager: EntityManager, created: readonly Created[]): Promise<void> {
    await this.log.append(
      manager,
      created.map(({ id, userId, courseId, guildId }) => ({
        action: 'enrollment',
        status: 'pending',
        userId,
        courseId,
        guildId,
        membership: { id, previousStatus: null, newStatus: 'pending', reason: 'QUEUED' },
      })),
    );
  }
}

function urgencyOf({ courses, pairs = [], users = [], memberships = [] }: Mark): number {
  return courses?.length || pairs.length + users.length + memberships.length > BULK ? PRIORITY.bulk : PRIORITY.waiting;
}

function parameters(mark: Mark, urgency: number): unknown[] {
  return [JSON.stringify(mark.pairs ?? []), mark.courses ?? [], mark.users ?? [], urgency];
}
