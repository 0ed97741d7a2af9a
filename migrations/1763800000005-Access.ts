import { type MigrationInterface, type QueryRunner } from 'typeorm';

const TABLES = [
  'discord_settings',
  'discord_server_configs',
  'user_discord_connections',
  'discord_memberships',
  'course_discord_links',
  'course_staff',
  'discord_guilds',
  'discord_guild_leases',
  'discord_sync_runs',
  'discord_removals',
  'discord_welcomes',
  'discord_link_states',
  'cron_runs',
  'discord_integration_logs',
  'discord_log_sequence',
];

/**
 * Whom everything is taken from before anything is given: the default privileges of a Supabase database give new tables,
 * sequences and functions to all of the platform's roles, with TRUNCATE, which no policy stops.
 */
const EVERYBODY = 'PUBLIC, anon, authenticated, service_role, anycademy_api, anycademy_writer, anycademy_worker';

/**
 * Who may do what, in the database itself. `authenticated` (what the API becomes inside a request's transaction) reads
 * its own rows, by column, and writes nothing: with the plan's FOR ALL policies a student could write any
 * `discord_user_id` and an instructor any `guild_id`, by plain SQL or PostgREST. Writes go through the service's checks.
 */
export class Access1763800000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Security definer, so that the platform's own row-level security on courses and enrollments does not interfere.
      CREATE FUNCTION discord_is_admin() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
        SELECT coalesce(auth.jwt() -> 'app_metadata' ->> 'role' = 'admin' OR auth.jwt() ->> 'role' = 'service_role', false)
      $$;
      CREATE VIEW discord_teaching AS
        SELECT c.id AS course_id, c.instructor_id AS user_id FROM courses c
        UNION ALL
        SELECT s.course_id, s.user_id FROM course_staff s
        UNION ALL
        -- A course that the platform deleted is still its last instructor's to look at.
        SELECT k.course_id, k.instructor_id FROM discord_server_configs k WHERE NOT EXISTS (SELECT FROM courses c WHERE c.id = k.course_id);

      -- A function that a policy calls with a row's value runs once for each row. The policies therefore ask for all that is the
      -- caller's, once for the whole statement, and compare; only where a statement is about one course does it ask for that one.
      CREATE FUNCTION discord_taught() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
        SELECT t.course_id FROM public.discord_teaching t WHERE t.user_id = (SELECT auth.uid())
      $$;
      CREATE FUNCTION discord_teaches(course uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
        SELECT EXISTS (SELECT FROM public.discord_teaching t WHERE t.course_id = course AND t.user_id = (SELECT auth.uid()))
      $$;
      CREATE FUNCTION discord_enrolled() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
        SELECT e.course_id FROM public.discord_enrollments e WHERE e.user_id = (SELECT auth.uid()) AND e.active
      $$;
      -- The caller's students. A view, so that who asks for some of them looks up these only: = ANY (ARRAY(…)) is one look at the
      -- courses, and then an index.
      CREATE VIEW discord_taught_students WITH (security_barrier = true) AS
        SELECT m.user_id FROM discord_memberships m WHERE m.course_id = ANY (ARRAY(SELECT discord_taught()))
        UNION ALL
        SELECT e.user_id FROM course_enrollments e WHERE e.course_id = ANY (ARRAY(SELECT discord_taught()));

      -- Names for the API: of oneself, of the students one teaches, of everybody for admins.
      CREATE VIEW discord_visible_users WITH (security_barrier = true) AS
        SELECT u.id, u.display_name FROM discord_users u
        WHERE u.id = (SELECT auth.uid()) OR (SELECT discord_is_admin()) OR EXISTS (SELECT FROM discord_taught_students s WHERE s.user_id = u.id);
      CREATE VIEW discord_visible_courses WITH (security_barrier = true) AS
        SELECT c.id, c.title, c.instructor_id FROM courses c
        WHERE (SELECT discord_is_admin()) OR c.id IN (SELECT discord_taught()) OR c.id IN (SELECT discord_enrolled())
           OR c.id IN (SELECT m.course_id FROM discord_memberships m WHERE m.user_id = (SELECT auth.uid()))
        UNION ALL
        SELECT DISTINCT ON (k.course_id) k.course_id, k.course_title, k.instructor_id FROM discord_server_configs k
        WHERE NOT EXISTS (SELECT FROM courses c WHERE c.id = k.course_id)
          AND (k.instructor_id = (SELECT auth.uid()) OR (SELECT discord_is_admin()));
    `);

    for (const table of TABLES) {
      await runner.query(`
        REVOKE ALL ON ${table} FROM ${EVERYBODY};
        ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
        CREATE POLICY "The service sees every row" ON ${table} FOR SELECT TO service_role, anycademy_writer USING (true);
      `);
    }
    await runner.query(`
      REVOKE ALL ON discord_enrollment_rows, discord_enrollments, discord_users, discord_teaching, discord_taught_students,
        discord_visible_users, discord_visible_courses, discord_log FROM ${EVERYBODY};
      REVOKE ALL ON SEQUENCE discord_log_seq FROM ${EVERYBODY};
      -- TypeORM's own, made before the first migration.
      REVOKE ALL ON discord_migrations FROM ${EVERYBODY};
      REVOKE ALL ON SEQUENCE discord_migrations_id_seq FROM ${EVERYBODY};
      ALTER TABLE discord_migrations ENABLE ROW LEVEL SECURITY;
    `);
    for (const name of [
      'discord_refresh_platform_views()',
      'discord_enrollment_is_active(text, timestamptz, jsonb)',
      'discord_log_give_seq()',
      'discord_append_mark(jsonb)',
      'discord_add_job(text, json, text, text, timestamptz, integer, integer)',
      'discord_enrollment_mark(uuid[], uuid[])',
      'discord_notify_enrollments(uuid[], uuid[], bigint[], bigint[])',
      'handle_enrollment_discord_sync()',
      'discord_mark_course()',
      'discord_mark_user()',
      'discord_mark_connection()',
      'discord_mark_config()',
      'discord_is_admin()',
      'discord_teaches(uuid)',
      'discord_taught()',
      'discord_enrolled()',
    ]) {
      await runner.query(`REVOKE ALL ON FUNCTION ${name} FROM ${EVERYBODY};`);
    }

    // The API: what a person may read of their own, by column. Never a token, a code verifier or a lease.
    await runner.query(`
      GRANT EXECUTE ON FUNCTION discord_is_admin(), discord_teaches(uuid), discord_taught(), discord_enrolled() TO authenticated;
      GRANT SELECT ON discord_taught_students, discord_visible_users, discord_visible_courses, discord_log TO authenticated;
      GRANT SELECT ON discord_server_configs, discord_guilds, discord_sync_runs, course_discord_links, course_staff,
        discord_integration_logs, discord_log_sequence TO authenticated;
      GRANT SELECT (id, user_id, discord_user_id, discord_username, discord_discriminator, avatar_url, is_verified, created_at,
        updated_at, global_name, scopes) ON user_discord_connections TO authenticated;
      GRANT SELECT (id, user_id, course_id, guild_id, discord_user_id, invitation_sent_at, joined_at, removed_at, status, invite_link,
        created_at, updated_at, reason, generation, observed_generation, removal_due_at, invite_expires_at) ON discord_memberships TO authenticated;

      CREATE POLICY "Instructors can manage their discord configs" ON discord_server_configs FOR SELECT TO authenticated
        USING ((SELECT discord_is_admin()) OR course_id IN (SELECT discord_taught()));
      CREATE POLICY "Users can manage their own discord connections" ON user_discord_connections FOR SELECT TO authenticated
        USING (user_id = (SELECT auth.uid()));
      CREATE POLICY "Staff can view the connections of their students" ON user_discord_connections FOR SELECT TO authenticated
        USING ((SELECT discord_is_admin()) OR EXISTS (SELECT FROM discord_taught_students s WHERE s.user_id = user_discord_connections.user_id));
      CREATE POLICY "Users can view their own memberships" ON discord_memberships FOR SELECT TO authenticated
        USING (user_id = (SELECT auth.uid()));
      CREATE POLICY "Instructors can view memberships for their courses" ON discord_memberships FOR SELECT TO authenticated
        USING ((SELECT discord_is_admin()) OR course_id IN (SELECT discord_taught()));
      CREATE POLICY "People can view the servers of their courses" ON discord_guilds FOR SELECT TO authenticated
        -- Of the configurations, one reads those of the courses one teaches.
        USING ((SELECT discord_is_admin()) OR guild_id IN (SELECT k.guild_id FROM discord_server_configs k)
          OR guild_id IN (SELECT m.guild_id FROM discord_memberships m WHERE m.user_id = (SELECT auth.uid())));
      CREATE POLICY "Instructors can view the runs of their courses" ON discord_sync_runs FOR SELECT TO authenticated
        USING ((SELECT discord_is_admin()) OR course_id IN (SELECT discord_taught()));
      CREATE POLICY "People can view the links of their courses" ON course_discord_links FOR SELECT TO authenticated
        USING ((SELECT discord_is_admin()) OR course_id IN (SELECT discord_taught()) OR course_id IN (SELECT discord_enrolled()));
      CREATE POLICY "Staff can view who teaches with them" ON course_staff FOR SELECT TO authenticated
        USING ((SELECT discord_is_admin()) OR course_id IN (SELECT discord_taught()));
      CREATE POLICY "People can view what was done to them" ON discord_integration_logs FOR SELECT TO authenticated
        USING (user_id = (SELECT auth.uid()));
      CREATE POLICY "Staff can view the log of their courses" ON discord_integration_logs FOR SELECT TO authenticated
        USING ((SELECT discord_is_admin()) OR course_id IN (SELECT discord_taught()));
      -- A position in the log tells nothing without the entry, which has policies of its own.
      CREATE POLICY "Anybody signed in can view positions in the log" ON discord_log_sequence FOR SELECT TO authenticated USING (true);
    `);

    // The writer (requests, after the service's checks) and the worker. Nobody may change or delete a log entry.
    await runner.query(`
      GRANT EXECUTE ON FUNCTION discord_is_admin(), discord_teaches(uuid), discord_enrollment_is_active(text, timestamptz, jsonb), discord_append_mark(jsonb),
        discord_add_job(text, json, text, text, timestamptz, integer, integer) TO service_role, anycademy_writer;
      GRANT SELECT ON discord_enrollments, discord_users, discord_log TO service_role, anycademy_writer;
      DO $$
      DECLARE wanted text;
      BEGIN
        FOREACH wanted IN ARRAY ARRAY['service_role', 'anycademy_writer'] LOOP
          IF NOT has_table_privilege(wanted, 'courses', 'SELECT') THEN
            EXECUTE format('GRANT SELECT ON courses TO %I', wanted);
          END IF;
        END LOOP;
      END $$;
      -- Also of the platform's table, and also before it gets row-level security: a course that is hidden from the worker would count as deleted.
      CREATE POLICY "The Discord service sees every course" ON courses FOR SELECT TO service_role, anycademy_writer USING (true);
      GRANT SELECT ON ${TABLES.join(', ')} TO service_role, anycademy_writer;
      GRANT INSERT ON discord_integration_logs TO service_role, anycademy_writer;
      -- The stop switch is a request's to throw; the other settings are the environment's.
      GRANT UPDATE (value) ON discord_settings TO anycademy_writer;
      CREATE POLICY "The service throws the stop switch" ON discord_settings FOR UPDATE TO anycademy_writer
        USING (name = 'removals_paused') WITH CHECK (name = 'removals_paused');
      CREATE POLICY "The service appends" ON discord_integration_logs FOR INSERT TO service_role, anycademy_writer WITH CHECK (true);
    `);
    for (const table of TABLES.filter(
      (name) => !['discord_integration_logs', 'discord_log_sequence', 'discord_settings'].includes(name),
    )) {
      await runner.query(`
        GRANT INSERT, UPDATE, DELETE ON ${table} TO service_role, anycademy_writer;
        CREATE POLICY "The service writes" ON ${table} FOR ALL TO service_role, anycademy_writer USING (true) WITH CHECK (true);
      `);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) {
      await runner.query(`
        DO $$
        DECLARE p record;
        BEGIN
          FOR p IN SELECT policyname FROM pg_policies WHERE schemaname = 'public' AND tablename = '${table}' LOOP
            EXECUTE format('DROP POLICY %I ON ${table}', p.policyname);
          END LOOP;
        END $$;
        ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY;
        REVOKE ALL ON ${table} FROM authenticated, service_role, anycademy_writer;
      `);
    }
    await runner.query(`
      DROP POLICY "The Discord service sees every course" ON courses;
      DROP VIEW discord_visible_courses, discord_visible_users, discord_taught_students;
      DROP FUNCTION discord_enrolled();
      DROP FUNCTION discord_teaches(uuid);
      DROP FUNCTION discord_taught();
      DROP VIEW discord_teaching;
      DROP FUNCTION discord_is_admin();
    `);
  }
}
