import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { decodeCursor, encodeCursor, type Page, type PageArguments, pageSize, toPage } from '../common/page';
import { isUuid } from '../common/uuid';
import { Database } from '../database/database';
import { type GuildHealth } from './health.policy';
import { type ServerSettings } from './server-config.policy';
import { type StoredReport } from './stored-report';

/** One row of discord_server_configs with what is known of its server. */
export interface ServerConfigRow extends ServerSettings {
  readonly id: string;
  readonly courseId: string;
  readonly courseTitle: string;
  readonly instructorId: string;
  readonly guildId: string;
  readonly guildName: string;
  readonly removalsPaused: boolean;
  /** The run that ends the access of all members before the configuration goes; null unless it is being deleted. */
  readonly endingRunId: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly health: GuildHealth;
  /** Null until the server was checked with this configuration. */
  readonly report: StoredReport | null;
}

/** What a new row holds. */
export interface NewServerConfig {
  readonly courseId: string;
  readonly courseTitle: string;
  readonly instructorId: string;
  readonly guildId: string;
  readonly guildName: string;
  readonly settings: ServerSettings;
}

export interface ServerConfigFilter {
  readonly health?: readonly GuildHealth[] | null | undefined;
  /** Part of the server's name or the course's title, or the server's id. */
  readonly search?: string | null | undefined;
}

/** The column of each setting. */
const COLUMN = {
  inviteChannelId: 'invite_channel_id',
  studentRoleId: 'student_role_id',
  welcomeMessage: 'welcome_message',
  removalPolicy: 'removal_policy',
  removalGraceHours: 'removal_grace_hours',
  driftPolicy: 'drift_policy',
  autoInvite: 'auto_invite',
  adoptExisting: 'adopt_existing',
  roleAfterScreening: 'role_after_screening',
  isActive: 'is_active',
} as const satisfies Record<keyof ServerSettings, string>;

const SETTINGS = Object.keys(COLUMN) as (keyof ServerSettings)[];

const SELECT = `
  SELECT k.id, k.course_id AS "courseId", k.course_title AS "courseTitle", k.instructor_id AS "instructorId",
         k.guild_id AS "guildId", k.guild_name AS "guildName", k.removals_paused AS "removalsPaused", k.ending_run_id AS "endingRunId",
         k.created_at AS "createdAt", k.updated_at AS "updatedAt",
         ${SETTINGS.map((name) => `k.${COLUMN[name]} AS "${name}"`).join(', ')},
         coalesce(g.health, 'UNCHECKED') AS health, g.preflight -> k.id::text AS report
  FROM discord_server_configs k LEFT JOIN discord_guilds g ON g.guild_id = k.guild_id`;

const MATCHES = `
  ($1::text[] IS NULL OR coalesce(g.health, 'UNCHECKED') = ANY($1))
  AND ($2::text IS NULL OR k.guild_name ILIKE $2 OR k.course_title ILIKE $2 OR k.guild_id = $3)`;

/** The stored configurations: reads as the caller (row-level security decides), writes in a transaction of the caller's. */
@Injectable()
export class ServerConfigs {
  constructor(private readonly database: Database) {}

  /** @throws DomainError NOT_FOUND when there is none that the caller may see: only those who teach the course may. */
  async get(caller: Caller, id: string): Promise<ServerConfigRow> {
    const rows = await this.database.readAs(caller, (manager) =>
      manager.query<ServerConfigRow[]>(`${SELECT} WHERE k.id = $1`, [id]),
    );
    const row = rows[0];
    if (!row) throw new DomainError('NOT_FOUND', 'There is no such server configuration, or you may not see it.');
    return row;
  }

  /** Those of the courses that the caller may see, the oldest first. */
  ofCourses(caller: Caller, courseIds: readonly string[]): Promise<ServerConfigRow[]> {
    return this.database.readAs(caller, (manager) =>
      manager.query<ServerConfigRow[]>(`${SELECT} WHERE k.course_id = ANY($1::uuid[]) ORDER BY k.created_at, k.id`, [
        courseIds,
      ]),
    );
  }

  /** Those of one server that the caller may see: of the courses that they teach (admins: all of them), by title. */
  ofGuild(caller: Caller, guildId: string): Promise<ServerConfigRow[]> {
    return this.database.readAs(caller, (manager) =>
      manager.query<ServerConfigRow[]>(`${SELECT} WHERE k.guild_id = $1 ORDER BY k.course_title, k.id`, [guildId]),
    );
  }

  /** By the server's name, then the course's title. */
  async list(
    caller: Caller,
    filter: ServerConfigFilter,
    { first, after }: PageArguments,
  ): Promise<Page<ServerConfigRow>> {
    const size = pageSize(first);
    const [name, title, id] = after ? decodeCursor(after, 'text', 'text', 'uuid') : [null, null, null];
    if (id !== null && !isUuid(id)) throw new DomainError('BAD_USER_INPUT', '"after" is not a cursor of this list.');
    const rows = await this.database.readAs(caller, (manager) =>
      manager.query<ServerConfigRow[]>(
        `${SELECT} WHERE ${MATCHES}
           AND ($4::text IS NULL OR (k.guild_name, k.course_title, k.id) > ($4::text, $5::text, $6::uuid))
         ORDER BY k.guild_name, k.course_title, k.id LIMIT $7`,
        [...matchParameters(filter), name, title, id, size + 1],
      ),
    );
    return toPage(rows, size, (row) => encodeCursor(row.guildName, row.courseTitle, row.id));
  }

  /** How many the whole list has. */
  async count(caller: Caller, filter: ServerConfigFilter): Promise<number> {
    const rows = await this.database.readAs(caller, (manager) =>
      manager.query<{ count: number }[]>(
        `SELECT count(*)::int AS count
         FROM discord_server_configs k LEFT JOIN discord_guilds g ON g.guild_id = k.guild_id WHERE ${MATCHES}`,
        matchParameters(filter),
      ),
    );
    return rows[0]?.count ?? 0;
  }

  /** @returns the new row's id; null when the course has a configuration for this server already. */
  async insert(manager: EntityManager, config: NewServerConfig): Promise<string | null> {
    const { courseId, courseTitle, instructorId, guildId, guildName, settings } = config;
    const rows = await manager.query<{ id: string }[]>(
      `INSERT INTO discord_server_configs
         (course_id, course_title, instructor_id, guild_id, guild_name, ${SETTINGS.map((name) => COLUMN[name]).join(', ')})
       VALUES ($1, $2, $3, $4, $5, ${SETTINGS.map((_, index) => `$${index + 6}`).join(', ')})
       ON CONFLICT ON CONSTRAINT discord_server_configs_course_guild_key DO NOTHING RETURNING id`,
      [courseId, courseTitle, instructorId, guildId, guildName, ...SETTINGS.map((name) => settings[name])],
    );
    return rows[0]?.id ?? null;
  }

  /** Writes only what changed, so that two people who change different settings at once both succeed. */
  async update(
    manager: EntityManager,
    id: string,
    settings: ServerSettings,
    changed: readonly (keyof ServerSettings)[],
  ): Promise<void> {
    const assignments = changed.map((name, index) => `${COLUMN[name]} = $${index + 2}`);
    await manager.query(
      `UPDATE discord_server_configs SET ${[...assignments, 'updated_at = now()'].join(', ')} WHERE id = $1`,
      [id, ...changed.map((name) => settings[name])],
    );
  }
}

/** For {@link MATCHES}. What a person types is text, not a pattern. */
function matchParameters({ health, search }: ServerConfigFilter): unknown[] {
  const text = search?.trim() ?? '';
  return [health ?? null, text === '' ? null : `%${text.replace(/[\\%_]/g, '\\$&')}%`, text];
}
