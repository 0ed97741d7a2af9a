import { migratedDatabase, type MigratedDatabase } from '../support/migrated-database';
import { Session } from '../support/session';

/** What PostgreSQL answers whoever has no right at all to a table, column or function. */
export const DENIED = '42501';

/** The people and courses of a database on which rights are tried. */
export const ID = {
  student: '00000000-0000-4000-8000-000000000001',
  otherStudent: '00000000-0000-4000-8000-000000000002',
  instructor: '00000000-0000-4000-8000-000000000003',
  coTeacher: '00000000-0000-4000-8000-000000000004',
  otherInstructor: '00000000-0000-4000-8000-000000000005',
  admin: '00000000-0000-4000-8000-000000000006',
  course: '00000000-0000-4000-8000-00000000000a',
  otherCourse: '00000000-0000-4000-8000-00000000000b',
} as const;

/** The server that both courses share. */
export const GUILD = '100000000000000001';

const people = Object.entries(ID).filter(([name]) => !/course/i.test(name));

/** Something in every table, of both courses alike; the student, the other student and the instructor have linked accounts. */
const SEED = `
  SET session_replication_role = replica;
  INSERT INTO auth.users (id, raw_user_meta_data) VALUES ${people.map(([name, id]) => `('${id}', '{"full_name": "${name}"}')`).join()};
  INSERT INTO courses (id, title, instructor_id) VALUES
    ('${ID.course}', 'Algebra', '${ID.instructor}'), ('${ID.otherCourse}', 'Baking', '${ID.otherInstructor}');
  INSERT INTO course_staff (course_id, user_id) VALUES ('${ID.course}', '${ID.coTeacher}');
  INSERT INTO course_enrollments (user_id, course_id) VALUES
    ('${ID.student}', '${ID.course}'), ('${ID.otherStudent}', '${ID.otherCourse}');
  INSERT INTO user_discord_connections (user_id, discord_user_id, discord_username, access_token, refresh_token, is_verified)
    SELECT id, '20000000000000000' || right(id::text, 1), 'name', 'secret-a', 'secret-r', true
    FROM unnest('{${ID.student},${ID.otherStudent},${ID.instructor}}'::uuid[]) id;
  -- The last is nobody's here.
  INSERT INTO discord_guilds (guild_id, name) VALUES ('${GUILD}', 'Campus'), ('100000000000000002', 'Elsewhere');
  INSERT INTO discord_server_configs (course_id, instructor_id, guild_id, guild_name)
    SELECT id, instructor_id, '${GUILD}', 'Campus' FROM courses;
  INSERT INTO discord_memberships (user_id, course_id, guild_id) SELECT user_id, course_id, '${GUILD}' FROM course_enrollments;
  INSERT INTO discord_integration_logs (user_id, course_id, guild_id, action, status)
    SELECT user_id, course_id, '${GUILD}', 'add', 'success' FROM course_enrollments;
  INSERT INTO discord_log_sequence (seq, log_id) SELECT row_number() OVER (), id FROM discord_integration_logs;
  -- The last run is one for the whole server: of no course alone.
  INSERT INTO discord_sync_runs (course_id, guild_id) VALUES
    ('${ID.course}', '${GUILD}'), ('${ID.otherCourse}', '${GUILD}'), (NULL, '${GUILD}');
  INSERT INTO course_discord_links (course_id, discord_invite_link) SELECT id, 'https://discord.gg/x' FROM courses;
  INSERT INTO discord_removals (membership_id, user_id, course_id, guild_id, asked)
    SELECT id, user_id, course_id, guild_id, false FROM discord_memberships;
  INSERT INTO discord_welcomes (membership_id, config_id)
    SELECT m.id, k.id FROM discord_memberships m JOIN discord_server_configs k USING (course_id);
  INSERT INTO discord_link_states (id, user_id, browser_hash, code_verifier, scopes, expires_at)
    SELECT gen_random_uuid(), user_id, 'secret-b', 'secret-c', '{identify}', now() FROM course_enrollments;
  INSERT INTO discord_unlinked_accounts (user_id, discord_user_id) SELECT user_id, '300000000000000001' FROM course_enrollments;
  INSERT INTO discord_guild_leases (guild_id, holder) VALUES ('${GUILD}', gen_random_uuid());
  INSERT INTO discord_open_invites (code, guild_id, expires_at) VALUES ('secret-d', '${GUILD}', now());
  INSERT INTO discord_ended_sessions (id, expires_at) VALUES (gen_random_uuid(), now());
  INSERT INTO discord_link_visits (link_id, course_id, user_id, guild_id)
    SELECT l.id, l.course_id, e.user_id, '${GUILD}' FROM course_discord_links l JOIN course_enrollments e USING (course_id);
  INSERT INTO discord_active_days (day, guild_id, user_id) SELECT now(), '${GUILD}', user_id FROM course_enrollments;
  INSERT INTO discord_user_settings (user_id) SELECT user_id FROM course_enrollments;
  -- The service as a whole, their server, and one of nobody's here.
  INSERT INTO discord_service_minutes (minute, guild_id) VALUES (now(), ''), (now(), '${GUILD}'), (now(), '100000000000000002');
  INSERT INTO discord_enrollment_deliveries (webhook_id, body_hash) VALUES ('msg_1', 'secret-e');
  INSERT INTO discord_enrollment_events (user_id, course_id, type, occurred_at)
    SELECT user_id, course_id, 'enrollment.created', now() FROM course_enrollments;
  INSERT INTO discord_webhook_endpoints (url, secret, log_seq, created_by) VALUES ('https://hooks.example/secret-f', 'secret-g', 0, '${ID.admin}');
  INSERT INTO discord_webhook_deliveries (endpoint_id, seq, membership_id)
    SELECT e.id, row_number() OVER (), m.id FROM discord_webhook_endpoints e, discord_memberships m;
  INSERT INTO cron_runs (name, slot) VALUES ('cleanup', now());
  RESET session_replication_role;`;

/** A database with something in every table, its owner, and somebody who goes around the service by the API's own login. */
export class SecurityWorld {
  private constructor(
    readonly database: MigratedDatabase,
    readonly owner: Session,
    readonly api: Session,
  ) {}

  static async create(): Promise<SecurityWorld> {
    const database = await migratedDatabase();
    const [owner, api] = [await Session.open(database.url), await Session.open(database.logins.apiUrl)];
    await owner.rows(SEED);
    return new SecurityWorld(database, owner, api);
  }

  /** The rows that the last statement finds for this person, or the error's code. */
  async find(person: object, ...statements: string[]): Promise<object[] | string> {
    try {
      return await this.api.as<object>('authenticated', person, ...statements);
    } catch (error) {
      return error instanceof Error && 'code' in error ? String(error.code) : String(error);
    }
  }

  async close(): Promise<void> {
    await this.api.close();
    await this.owner.close();
    await this.database.drop();
  }
}
