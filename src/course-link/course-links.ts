import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { Database } from '../database/database';
import { type CourseDiscordLink, type LinkVisit } from './course-link.model';

export type VisitRow = LinkVisit & { readonly linkId: string };

/** The most visits that a list shows. */
export const MAX_VISITS = 1_000;

/** What the bot has seen of the student in the link's server; until it has, the tick stands. */
const VISIT = `v.link_id AS "linkId", v.user_id AS "userId", v.first_clicked_at AS "firstClickedAt", v.clicks,
  coalesce((SELECT m.is_member FROM discord_memberships m WHERE m.user_id = v.user_id AND m.course_id = v.course_id
    AND (v.guild_id IS NULL OR m.guild_id = v.guild_id) AND m.is_member IS NOT NULL ORDER BY m.created_at LIMIT 1), v.confirmed_member) AS "confirmedMember"`;

/** Links of courses and who used them, as far as a caller may see them. */
@Injectable()
export class CourseLinks {
  constructor(private readonly database: Database) {}

  /** By course; for staff, and for those who are enrolled and were not removed, who count only themselves. */
  async ofCourses(caller: Caller, courseIds: readonly string[]): Promise<Map<string, CourseDiscordLink>> {
    const rows = await this.database.readAs(caller, (manager) =>
      manager.query<CourseDiscordLink[]>(
        `SELECT l.id, l.course_id AS "courseId", l.discord_invite_link AS "inviteLink", l.server_name AS "serverName", l.working,
           l.created_at AS "createdAt", v.clicks, v.students AS "uniqueStudents"
         FROM course_discord_links l, LATERAL (
           SELECT coalesce(sum(v.clicks), 0)::int AS clicks, count(*)::int AS students FROM discord_link_visits v WHERE v.link_id = l.id) v
         WHERE l.course_id = ANY($1::uuid[])`,
        [courseIds],
      ),
    );
    return new Map(rows.map((row) => [row.courseId, row]));
  }

  /** The first `first` visits of each link, the earliest first. @throws DomainError BAD_USER_INPUT */
  async visits(caller: Caller, linkIds: readonly string[], first: number): Promise<VisitRow[]> {
    if (first < 1 || first > MAX_VISITS)
      throw new DomainError('BAD_USER_INPUT', `"first" must be between 1 and ${MAX_VISITS}; it was ${first}.`);
    return this.database.readAs(caller, (manager) =>
      manager.query<VisitRow[]>(
        `SELECT ${VISIT} FROM unnest($1::uuid[]) l(id), LATERAL (
           SELECT * FROM discord_link_visits v WHERE v.link_id = l.id ORDER BY v.first_clicked_at, v.user_id LIMIT $2) v
         ORDER BY v.first_clicked_at, v.user_id`,
        [linkIds, first],
      ),
    );
  }

  /** Writes the instructor's tick. @returns null when the student has not pressed Join. */
  async tick(manager: EntityManager, courseId: string, userId: string, isMember: boolean): Promise<VisitRow | null> {
    const ticked = await manager.query<VisitRow[]>(
      `WITH v AS (
         UPDATE discord_link_visits v SET confirmed_member = $3 FROM course_discord_links l
         WHERE l.course_id = $1 AND v.link_id = l.id AND v.user_id = $2 RETURNING v.*)
       SELECT ${VISIT} FROM v`,
      [courseId, userId, isMember],
    );
    return ticked[0] ?? null;
  }

  /** One press more. */
  async visit(manager: EntityManager, linkId: string, userId: string): Promise<void> {
    await manager.query(
      `INSERT INTO discord_link_visits AS v (link_id, course_id, user_id, guild_id)
       SELECT l.id, l.course_id, $2, l.guild_id FROM course_discord_links l WHERE l.id = $1
       ON CONFLICT (link_id, user_id) DO UPDATE SET clicks = v.clicks + 1, guild_id = coalesce(v.guild_id, excluded.guild_id)`,
      [linkId, userId],
    );
  }
}
