import { Injectable } from '@nestjs/common';
import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { decodeCursor, encodeCursor, type Page, type PageArguments, pageSize, toPage } from '../common/page';
import { Database } from '../database/database';
import { type Membership, type MembershipFilter } from './membership.model';

const MAX_SEARCH = 100;

/** What to look for: each part that is given has to hold. */
export interface MembershipQuery {
  readonly userId?: string | null | undefined;
  readonly courseId?: string | null | undefined;
  readonly guildId?: string | null | undefined;
  readonly filter?: MembershipFilter | null | undefined;
}

const COLUMNS = `m.id, m.user_id AS "userId", m.course_id AS "courseId", m.guild_id AS "guildId",
  coalesce(g.name, m.guild_id) AS "guildName", coalesce(c.title, '') AS "courseTitle", m.discord_user_id AS "discordUserId", m.status, m.reason,
  CASE WHEN m.status = 'invited' AND m.reason = 'INVITE_OPEN' THEN m.invite_link END AS "inviteLink", m.invitation_sent_at AS "invitationSentAt", m.joined_at AS "joinedAt", m.removed_at AS "removedAt",
  m.generation <= m.observed_generation AS "inSync", m.updated_at AS "updatedAt", m.created_at::text AS "sortKey"`;

const FROM = `FROM discord_memberships m LEFT JOIN discord_guilds g ON g.guild_id = m.guild_id
  LEFT JOIN discord_visible_courses c ON c.id = m.course_id`;

const WHERE = `WHERE ($1::uuid IS NULL OR m.user_id = $1) AND ($2::uuid IS NULL OR m.course_id = $2) AND ($3::text IS NULL OR m.guild_id = $3)
  AND ($4::text[] IS NULL OR m.status = ANY($4)) AND ($5::text[] IS NULL OR m.reason = ANY($5)) AND ($6::text IS NULL OR m.guild_id = $6)
  AND ($7::boolean IS NULL OR (m.generation <= m.observed_generation) = $7)
  AND ($8::text IS NULL OR m.user_id::text = lower($8) OR m.discord_user_id = $8
    OR EXISTS (SELECT FROM discord_visible_users u WHERE u.id = m.user_id AND strpos(lower(u.display_name), lower($8)) > 0)
    OR EXISTS (SELECT FROM user_discord_connections d WHERE d.user_id = m.user_id AND strpos(lower(d.discord_username), lower($8)) > 0))`;

type Row = Membership & { readonly sortKey: string };

/** Memberships, as far as a caller may see them. */
@Injectable()
export class Memberships {
  constructor(private readonly database: Database) {}

  /** The oldest first. */
  async page(caller: Caller, query: MembershipQuery, { first, after }: PageArguments): Promise<Page<Membership>> {
    const size = pageSize(first);
    const [createdAt, id] = after ? decodeCursor(after, 'time', 'uuid') : [null, null];
    const rows = await this.database.readAs(caller, (manager) =>
      manager.query<Row[]>(
        `SELECT ${COLUMNS} ${FROM} ${WHERE} AND ($9::timestamptz IS NULL OR (m.created_at, m.id) > ($9::timestamptz, $10::uuid))
         ORDER BY m.created_at, m.id LIMIT $11`,
        [...parameters(query), createdAt, id, size + 1],
      ),
    );
    return toPage(rows, size, (row) => encodeCursor(row.sortKey, row.id));
  }

  /** The same page of each course, in the order of the ids. */
  async pagesOfCourses(
    caller: Caller,
    courseIds: readonly string[],
    filter: MembershipFilter | null,
    { first, after }: PageArguments,
  ): Promise<Page<Membership>[]> {
    const size = pageSize(first);
    const [createdAt, id] = after ? decodeCursor(after, 'time', 'uuid') : [null, null];
    const rows = await this.database.readAs(caller, (manager) =>
      manager.query<Row[]>(
        `SELECT p.* FROM unnest($12::uuid[]) o(id), LATERAL (
           SELECT ${COLUMNS} ${FROM} ${WHERE} AND m.course_id = o.id
             AND ($9::timestamptz IS NULL OR (m.created_at, m.id) > ($9::timestamptz, $10::uuid))
           ORDER BY m.created_at, m.id LIMIT $11) p
         ORDER BY p."sortKey"::timestamptz, p.id`,
        [...parameters({ filter }), createdAt, id, size + 1, courseIds],
      ),
    );
    return courseIds.map((courseId) =>
      toPage(
        rows.filter((row) => row.courseId === courseId),
        size,
        (row) => encodeCursor(row.sortKey, row.id),
      ),
    );
  }

  /** How many there are in each course, in the order of the ids. */
  async countsOfCourses(
    caller: Caller,
    courseIds: readonly string[],
    filter: MembershipFilter | null,
  ): Promise<number[]> {
    const rows = await this.database.readAs(caller, (manager) =>
      manager.query<{ courseId: string; count: number }[]>(
        `SELECT m.course_id AS "courseId", count(*)::int AS count FROM discord_memberships m
         ${WHERE} AND m.course_id = ANY($9::uuid[]) GROUP BY m.course_id`,
        [...parameters({ filter }), courseIds],
      ),
    );
    const counts = new Map(rows.map(({ courseId, count }) => [courseId, count]));
    return courseIds.map((courseId) => counts.get(courseId) ?? 0);
  }

  async count(caller: Caller, query: MembershipQuery): Promise<number> {
    const rows = await this.database.readAs(caller, (manager) =>
      manager.query<{ count: number }[]>(
        `SELECT count(*)::int AS count FROM discord_memberships m ${WHERE}`,
        parameters(query),
      ),
    );
    return rows[0]?.count ?? 0;
  }

  /** By id; those that the caller may not see are missing. */
  async find(caller: Caller, ids: readonly string[]): Promise<Map<string, Membership>> {
    const rows = await this.database.readAs(caller, (manager) =>
      manager.query<Row[]>(`SELECT ${COLUMNS} ${FROM} WHERE m.id = ANY($1::uuid[])`, [ids]),
    );
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** Those in the server that a Discord account concerns, of the courses that the caller teaches, by the course's title. */
  ofAccount(caller: Caller, discordUserId: string, guildId: string): Promise<Membership[]> {
    const isOfAccount = `(m.discord_user_id = $1 OR m.user_id IN (SELECT user_id FROM user_discord_connections WHERE discord_user_id = $1))`;
    return this.taughtIn(caller, guildId, isOfAccount, discordUserId);
  }

  /** A student's in the server, of the courses that the caller teaches, by the course's title. */
  ofTaught(caller: Caller, userId: string, guildId: string): Promise<Membership[]> {
    return this.taughtIn(caller, guildId, 'm.user_id = $1', userId);
  }

  /** The caller's own in the server, by the course's title. */
  async ownIn(caller: Caller, guildId: string): Promise<Membership[]> {
    return this.database.readAs(caller, (manager) =>
      manager.query<Row[]>(
        `SELECT ${COLUMNS} ${FROM} WHERE m.guild_id = $2 AND m.user_id = $1 ORDER BY c.title, m.created_at, m.id`,
        [caller.userId, guildId],
      ),
    );
  }

  /** A student's memberships in the servers of a course. */
  async ofStudent(caller: Caller, userId: string, courseId: string): Promise<Membership[]> {
    return this.database.readAs(caller, (manager) =>
      manager.query<Row[]>(
        `SELECT ${COLUMNS} ${FROM} WHERE m.user_id = $1 AND m.course_id = $2 ORDER BY m.created_at, m.id`,
        [userId, courseId],
      ),
    );
  }

  private taughtIn(caller: Caller, guildId: string, whose: string, id: string): Promise<Membership[]> {
    return this.database.readAs(caller, (manager) =>
      manager.query<Row[]>(
        `SELECT ${COLUMNS} ${FROM}
         WHERE m.guild_id = $2 AND ((SELECT discord_is_admin()) OR m.course_id IN (SELECT discord_taught())) AND ${whose}
         ORDER BY c.title, m.created_at, m.id`,
        [id, guildId],
      ),
    );
  }
}

function parameters({ userId, courseId, guildId, filter }: MembershipQuery): unknown[] {
  const search = filter?.search?.trim() ?? '';
  if (search.length > MAX_SEARCH)
    throw new DomainError('BAD_USER_INPUT', `"search" may have ${MAX_SEARCH} characters; it has ${search.length}.`);
  return [
    userId ?? null,
    courseId ?? null,
    guildId ?? null,
    filter?.status ?? null,
    filter?.reason ?? null,
    filter?.guildId ?? null,
    filter?.inSync ?? null,
    search === '' ? null : search,
  ];
}
