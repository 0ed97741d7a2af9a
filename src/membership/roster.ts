import { type EntityManager } from 'typeorm';
import { type Roster } from './brake.policy';

/**
 * Whether anybody is enrolled at all. First by those of whom we know, which ends with the first who is found: the view of all
 * enrollments has to be read to its end.
 */
const IS_THERE = `SELECT EXISTS (SELECT FROM courses) AND EXISTS (SELECT FROM discord_users)
  AND (EXISTS (SELECT FROM discord_memberships m, LATERAL (SELECT FROM discord_enrollments e
         WHERE e.user_id = m.user_id AND e.course_id = m.course_id AND e.active LIMIT 1) e WHERE m.ended_at IS NULL)
    OR EXISTS (SELECT FROM discord_enrollments e WHERE e.active)) AS "isThere"`;

/** What the platform's tables say at this moment. */
export async function rosterOf(manager: EntityManager): Promise<Roster> {
  const [row] = await manager.query<{ isThere: boolean }[]>(IS_THERE);
  if (row?.isThere) return { isEmpty: false, people: 0 };
  const [joined] = await manager.query<{ people: number }[]>(
    `SELECT count(DISTINCT user_id)::int AS people FROM discord_memberships WHERE status = 'joined'`,
  );
  return { isEmpty: true, people: joined?.people ?? 0 };
}
