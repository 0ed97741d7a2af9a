import { type MigrationInterface, type QueryRunner } from 'typeorm';

const EVERYBODY = 'PUBLIC, anon, authenticated, service_role, anycademy_api, anycademy_writer, anycademy_worker';

/** The triggers in the platform's own transactions. */
const TRIGGERS = ['handle_enrollment_discord_sync()', 'discord_mark_course()', 'discord_mark_user()'];

/**
 * The platform goes its own way: it changes the columns that it need not have, and it deletes what it likes, and neither
 * waits for us nor fails because of us. And people leave: what is kept of them can be seen and erased.
 */
export class Leaving1763800000007 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // A view that names a column keeps its owner from dropping the column or changing its type. These functions take a whole row,
    // and find their columns by name whenever a statement is planned: one that is not there is found in "absent". They are put in
    // place of their calls by the planner, which then reads the columns themselves.
    await runner.query(`
      CREATE FUNCTION discord_utc(value timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS 'SELECT value';
      CREATE FUNCTION discord_utc(value timestamp) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$ SELECT value AT TIME ZONE 'UTC' $$;
      CREATE FUNCTION discord_utc(value date) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$ SELECT value::timestamp AT TIME ZONE 'UTC' $$;
      CREATE FUNCTION discord_utc(value text) RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT value::timestamptz';
      -- What is no time ends nothing.
      CREATE FUNCTION discord_utc(value anyelement) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS 'SELECT NULL::timestamptz';

      CREATE FUNCTION discord_enrollment_facts(enrollment course_enrollments) RETURNS TABLE (status text, expires_at timestamptz)
      LANGUAGE sql STABLE AS $$
        SELECT found.status, found.expires_at
        FROM (SELECT NULL::text AS status, NULL::timestamptz AS expires_at) absent,
          LATERAL (SELECT status::text AS status, public.discord_utc(expires_at) AS expires_at FROM (SELECT (enrollment).*) present) found
      $$;
      CREATE FUNCTION discord_course_facts(course courses) RETURNS TABLE (title text) LANGUAGE sql STABLE AS $$
        SELECT found.title FROM (SELECT '' AS title) absent, LATERAL (SELECT title::text AS title FROM (SELECT (course).*) present) found
      $$;
      CREATE FUNCTION discord_user_facts(person auth.users) RETURNS TABLE (display_name text, role text) LANGUAGE sql STABLE AS $$
        SELECT found.display_name, found.role
        FROM (SELECT NULL::jsonb AS raw_user_meta_data, NULL::jsonb AS raw_app_meta_data) absent,
          LATERAL (
            SELECT coalesce(raw_user_meta_data ->> 'full_name', raw_user_meta_data ->> 'name') AS display_name,
                   coalesce(raw_app_meta_data ->> 'role', 'student') AS role
            FROM (SELECT (person).*) present) found
      $$;

      CREATE OR REPLACE VIEW discord_enrollment_rows AS
        SELECT e.user_id, e.course_id, f.status, f.expires_at,
               discord_enrollment_is_active(f.status, f.expires_at,
                 (SELECT s.value FROM discord_settings s WHERE s.name = 'enrollment_active_statuses')) AS active
        FROM course_enrollments e, LATERAL discord_enrollment_facts(e) f;
      CREATE OR REPLACE VIEW discord_users AS
        SELECT u.id, f.display_name, f.role FROM auth.users u, LATERAL discord_user_facts(u) f;
      CREATE OR REPLACE VIEW discord_visible_courses WITH (security_barrier = true) AS
        SELECT c.id, f.title, c.instructor_id FROM courses c, LATERAL discord_course_facts(c) f
        WHERE (SELECT discord_is_admin()) OR c.id IN (SELECT discord_taught()) OR c.id IN (SELECT discord_enrolled())
           OR c.id IN (SELECT m.course_id FROM discord_memberships m WHERE m.user_id = (SELECT auth.uid()))
        UNION ALL
        SELECT DISTINCT ON (k.course_id) k.course_id, k.course_title, k.instructor_id FROM discord_server_configs k
        WHERE NOT EXISTS (SELECT FROM courses c WHERE c.id = k.course_id)
          AND (k.instructor_id = (SELECT auth.uid()) OR (SELECT discord_is_admin()));
      DROP FUNCTION discord_refresh_platform_views();
    `);
    for (const name of [
      'discord_utc(timestamptz)',
      'discord_utc(timestamp)',
      'discord_utc(date)',
      'discord_utc(text)',
      'discord_utc(anyelement)',
      'discord_enrollment_facts(course_enrollments)',
    ]) {
      await runner.query(`
        REVOKE ALL ON FUNCTION ${name} FROM ${EVERYBODY};
        GRANT EXECUTE ON FUNCTION ${name} TO service_role, anycademy_writer;`);
    }
    for (const name of ['discord_course_facts(courses)', 'discord_user_facts(auth.users)']) {
      await runner.query(`
        REVOKE ALL ON FUNCTION ${name} FROM ${EVERYBODY};
        GRANT EXECUTE ON FUNCTION ${name} TO authenticated, service_role, anycademy_writer;`);
    }

    // Whoever writes there must not wait for somebody who has locked a table of ours: then the sweep finds what was not marked.
    for (const name of TRIGGERS) await runner.query(`ALTER FUNCTION ${name} SET lock_timeout = '200ms'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of TRIGGERS) await runner.query(`ALTER FUNCTION ${name} RESET lock_timeout`);
  }
}
