import { Injectable } from '@nestjs/common';
import { type Caller } from '../common/caller';
import { Database } from '../database/database';

/** Somebody who is enrolled in a course, or was. */
export interface RosterEntry {
  readonly userId: string;
  readonly name: string | null;
  /** Null while no Discord account is linked. */
  readonly discordUserId: string | null;
  readonly discordUsername: string | null;
}

const PEOPLE = `
  WITH people AS (
    SELECT e.user_id FROM discord_taught_enrollments() e WHERE e.course_id = ANY($1::uuid[])
    UNION
    SELECT m.user_id FROM discord_memberships m WHERE m.course_id = ANY($1::uuid[])
  ), roster AS (
    SELECT p.user_id AS "userId", u.display_name AS name, c.discord_user_id AS "discordUserId", c.discord_username AS "discordUsername"
    FROM people p LEFT JOIN discord_visible_users u ON u.id = p.user_id LEFT JOIN user_discord_connections c ON c.user_id = p.user_id
  )`;

/** Finds students among those of some courses, by what somebody types or pastes. */
@Injectable()
export class RosterSearch {
  constructor(private readonly database: Database) {}

  /**
   * Those whose name or Discord name holds the text, or whose id (here or on Discord) it is. Who is meant exactly comes
   * first, then those whose names begin so.
   * @param courseIds courses that the caller teaches; of others nobody is found
   */
  find(caller: Caller, courseIds: readonly string[], text: string, limit: number): Promise<RosterEntry[]> {
    return this.database.readAs(caller, (manager) =>
      manager.query<RosterEntry[]>(
        `${PEOPLE} SELECT r.* FROM roster r, (SELECT lower($2) AS text) t
         WHERE t.text = '' OR strpos(lower(r.name), t.text) > 0 OR strpos(lower(r."discordUsername"), t.text) > 0
           OR t.text IN (r."userId"::text, r."discordUserId")
         ORDER BY coalesce(t.text IN (r."userId"::text, r."discordUserId", lower(r.name), lower(r."discordUsername")), false) DESC,
           coalesce(starts_with(lower(r.name), t.text), false) DESC, r.name, r."userId" LIMIT $3`,
        [courseIds, text.trim(), limit],
      ),
    );
  }
}
