import { type MigrationInterface, type QueryRunner } from 'typeorm';

const EVERYBODY = 'PUBLIC, anon, authenticated, service_role, anycademy_api, anycademy_writer, anycademy_worker';

/**
 * Enrollments that the platform tells us of by webhook. The tables that they go into belong to whoever migrates, so one
 * function of that owner writes them; the service's own logins are given nothing else on them.
 */
export class EnrollmentIntake1763800000013 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What was answered to each delivery: a repeat gets the same. Swept after a week.
      CREATE TABLE discord_enrollment_deliveries (
        webhook_id  text PRIMARY KEY,
        body_hash   text NOT NULL,
        answer      text,
        received_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX discord_enrollment_deliveries_received_idx ON discord_enrollment_deliveries (received_at);

      -- The newest that was told of a user and a course, deletions included: what is older never overwrites it.
      CREATE TABLE discord_enrollment_events (
        user_id     uuid NOT NULL,
        course_id   uuid NOT NULL,
        type        text NOT NULL,
        occurred_at timestamptz NOT NULL,
        PRIMARY KEY (user_id, course_id)
      );

      REVOKE ALL ON discord_enrollment_deliveries, discord_enrollment_events FROM ${EVERYBODY};
      ALTER TABLE discord_enrollment_deliveries ENABLE ROW LEVEL SECURITY;
      ALTER TABLE discord_enrollment_events ENABLE ROW LEVEL SECURITY;
      CREATE POLICY "The service answers" ON discord_enrollment_deliveries FOR ALL TO anycademy_writer USING (true) WITH CHECK (true);
      CREATE POLICY "The service sweeps" ON discord_enrollment_deliveries FOR ALL TO service_role USING (true) WITH CHECK (true);
      CREATE POLICY "The service forgets" ON discord_enrollment_events FOR ALL TO service_role, anycademy_writer USING (true) WITH CHECK (true);
      CREATE POLICY "People can view what was told of them" ON discord_enrollment_events FOR SELECT TO authenticated
        USING (user_id = (SELECT auth.uid()));
      GRANT SELECT, DELETE ON discord_enrollment_events TO service_role, anycademy_writer;
      GRANT SELECT ON discord_enrollment_events TO authenticated;
      GRANT SELECT, INSERT, UPDATE ON discord_enrollment_deliveries TO anycademy_writer;
      GRANT SELECT, DELETE ON discord_enrollment_deliveries TO service_role;

      -- Whether users and courses are in the tables that the migration "Platform" makes where there are none. Into those of a
      -- platform nobody but the platform puts anybody, so a table counts as made here only while everything about it is as it
      -- was made: also a platform may have no other columns.
      INSERT INTO discord_settings (name, value)
      SELECT 'platform_tables_made_here', jsonb_object_agg(t.name, EXISTS (
        SELECT FROM pg_class c WHERE c.oid = to_regclass(t.name) AND c.relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)
          AND c.relrowsecurity = t.row_security
          AND t.columns = (SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'NOT NULL' END,
              pg_get_expr(d.adbin, d.adrelid)), ', ' ORDER BY a.attnum)
            FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
          AND t.indexes = (SELECT array_agg(i.relname::text ORDER BY i.relname)
            FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = c.oid)
          AND NOT EXISTS (SELECT FROM pg_constraint r WHERE r.contype IN ('c', 'f', 'u') AND c.oid IN (r.conrelid, r.confrelid))
          AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname <> 'The Discord service sees every course')
          AND NOT EXISTS (SELECT FROM aclexplode(c.relacl) g WHERE g.grantee <> c.relowner
            AND g.grantee NOT IN (SELECT oid FROM pg_roles WHERE rolname IN ('service_role', 'anycademy_writer')))))
      FROM (VALUES
        ('auth.users', 'id uuid NOT NULL gen_random_uuid(), email text, raw_user_meta_data jsonb, raw_app_meta_data jsonb',
          ARRAY['users_pkey'], false),
        ('public.courses', 'id uuid NOT NULL gen_random_uuid(), title text NOT NULL, instructor_id uuid NOT NULL',
          ARRAY['courses_instructor_idx', 'courses_pkey'], true)) AS t(name, columns, indexes, row_security);
    `);
    await runner.query(`
      -- Takes up to a thousand events, in a constant number of statements. Each is an object with index, type, occurred_at, user_id,
      -- course_id, expires_at, display_name, title, instructor_id. Returned is for each what became of it: applied, superseded
      -- (something newer is known), or a problem in capitals. With a problem, the caller has to roll everything back.
      CREATE FUNCTION discord_take_enrollments(events jsonb) RETURNS TABLE (index integer, outcome text)
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
      DECLARE
        newest        jsonb;
        problems      jsonb;
        made_here     jsonb := (SELECT s.value FROM public.discord_settings s WHERE s.name = 'platform_tables_made_here');
        counting      text := (SELECT s.value ->> 0 FROM public.discord_settings s WHERE s.name = 'enrollment_active_statuses');
        status_type   text := (SELECT format_type(a.atttypid, a.atttypmod) FROM pg_catalog.pg_attribute a
          WHERE a.attrelid = 'public.course_enrollments'::regclass AND a.attname = 'status' AND NOT a.attisdropped);
        expires_type  text := (SELECT format_type(a.atttypid, a.atttypmod) FROM pg_catalog.pg_attribute a
          WHERE a.attrelid = 'public.course_enrollments'::regclass AND a.attname = 'expires_at' AND NOT a.attisdropped);
        event         text := 'jsonb_to_recordset($1) AS r(type text, occurred_at timestamptz, user_id uuid, course_id uuid, expires_at timestamptz)';
        -- A time without a zone is UTC, as everywhere here.
        as_expiry     text := CASE WHEN expires_type IN ('timestamp without time zone', 'date') THEN '((%s) AT TIME ZONE ''UTC'')::' ELSE '(%s)::' END
          || expires_type;
        as_status     text := quote_literal(counting) || '::' || status_type;
      BEGIN
        -- In key order, and before anything is read: calls that tell of the same people follow each other from here on.
        WITH e AS (
          SELECT DISTINCT ON (r.user_id, r.course_id) r.*
          FROM jsonb_to_recordset(events) AS r(index integer, type text, occurred_at timestamptz, user_id uuid, course_id uuid,
            expires_at timestamptz, display_name text, title text, instructor_id uuid)
          ORDER BY r.user_id, r.course_id, r.occurred_at DESC, r.index DESC
        ), taken AS (
          INSERT INTO public.discord_enrollment_events AS known (user_id, course_id, type, occurred_at)
          SELECT e.user_id, e.course_id, e.type, e.occurred_at FROM e ORDER BY e.user_id, e.course_id
          ON CONFLICT (user_id, course_id) DO UPDATE SET type = excluded.type, occurred_at = excluded.occurred_at
            WHERE known.occurred_at <= excluded.occurred_at
          RETURNING known.user_id, known.course_id
        )
        SELECT coalesce(jsonb_agg(to_jsonb(e)), '[]') INTO newest
        FROM e JOIN taken ON taken.user_id = e.user_id AND taken.course_id = e.course_id;

        SELECT jsonb_agg(jsonb_build_array(p.index, p.problem)) INTO problems FROM (
          SELECT r.index, CASE
            WHEN r.type <> 'enrollment.deleted' AND expires_type IS NULL AND (r.type = 'enrollment.expired' OR r.expires_at IS NOT NULL)
              THEN 'NO_EXPIRY_COLUMN'
            WHEN r.type <> 'enrollment.created' THEN NULL
            WHEN u.id IS NULL AND NOT (made_here -> 'auth.users')::boolean THEN 'UNKNOWN_USER'
            WHEN c.id IS NULL AND NOT (made_here -> 'public.courses')::boolean THEN 'UNKNOWN_COURSE'
            WHEN c.id IS NULL AND NOT EXISTS (SELECT FROM jsonb_to_recordset(events) AS o(course_id uuid, title text)
              WHERE o.course_id = r.course_id AND o.title IS NOT NULL) THEN 'UNDESCRIBED_COURSE'
          END AS problem
          FROM jsonb_to_recordset(newest) AS r(index integer, type text, user_id uuid, course_id uuid, expires_at timestamptz)
            LEFT JOIN auth.users u ON u.id = r.user_id LEFT JOIN public.courses c ON c.id = r.course_id) p
        WHERE p.problem IS NOT NULL;
        IF problems IS NOT NULL THEN
          RETURN QUERY SELECT (p ->> 0)::integer, p ->> 1 FROM jsonb_array_elements(problems) p;
          RETURN;
        END IF;

        -- Whoever teaches a new course is known from then on too: a server without an owner is left alone.
        IF (made_here -> 'public.courses')::boolean THEN
          INSERT INTO public.courses (id, title, instructor_id)
          SELECT DISTINCT ON (r.course_id) r.course_id, r.title, r.instructor_id
          FROM jsonb_to_recordset(events) AS r(index integer, course_id uuid, title text, instructor_id uuid)
          WHERE r.title IS NOT NULL AND EXISTS (SELECT FROM jsonb_to_recordset(newest) AS n(type text, course_id uuid)
            WHERE n.course_id = r.course_id AND n.type = 'enrollment.created')
          ORDER BY r.course_id, r.index DESC
          ON CONFLICT DO NOTHING;
        END IF;
        IF (made_here -> 'auth.users')::boolean THEN
          INSERT INTO auth.users (id, raw_user_meta_data, raw_app_meta_data)
          SELECT DISTINCT ON (p.id) p.id, jsonb_strip_nulls(jsonb_build_object('full_name', p.name)), jsonb_build_object('role', p.role)
          FROM (
            SELECT r.user_id AS id, r.display_name AS name, 'student' AS role, r.index
            FROM jsonb_to_recordset(events) AS r(index integer, user_id uuid, display_name text)
            WHERE EXISTS (SELECT FROM jsonb_to_recordset(newest) AS n(type text, user_id uuid)
              WHERE n.user_id = r.user_id AND n.type = 'enrollment.created')
            UNION ALL
            SELECT c.instructor_id, NULL, 'instructor', NULL FROM public.courses c
            WHERE c.id IN (SELECT n.course_id FROM jsonb_to_recordset(newest) AS n(type text, course_id uuid) WHERE n.type = 'enrollment.created')
              AND (made_here -> 'public.courses')::boolean) p
          ORDER BY p.id, p.role, p.name IS NULL, p.index DESC
          ON CONFLICT DO NOTHING;
        END IF;

        DELETE FROM public.course_enrollments e
        USING jsonb_to_recordset(newest) AS r(type text, user_id uuid, course_id uuid)
        WHERE r.type = 'enrollment.deleted' AND e.user_id = r.user_id AND e.course_id = r.course_id;

        IF expires_type IS NOT NULL THEN
          EXECUTE 'UPDATE public.course_enrollments e SET expires_at = ' || format(as_expiry, 'least(coalesce(r.expires_at, r.occurred_at), now())')
            || ' FROM ' || event || ' WHERE r.type = ''enrollment.expired'' AND e.user_id = r.user_id AND e.course_id = r.course_id' USING newest;
        END IF;
        IF coalesce(expires_type, status_type) IS NOT NULL THEN
          -- A status that counts already may say more than ours would.
          EXECUTE 'UPDATE public.course_enrollments e SET ' || concat_ws(', ', 'expires_at = ' || format(as_expiry, 'r.expires_at'),
              'status = CASE WHEN public.discord_enrollment_is_active(e.status::text, NULL, s.value) THEN e.status ELSE ' || as_status || ' END')
            || ' FROM ' || event || ', public.discord_settings s WHERE s.name = ''enrollment_active_statuses'' AND r.type = ''enrollment.created'''
            || ' AND e.user_id = r.user_id AND e.course_id = r.course_id' USING newest;
        END IF;
        EXECUTE 'INSERT INTO public.course_enrollments (' || concat_ws(', ', 'user_id', 'course_id',
            CASE WHEN expires_type IS NOT NULL THEN 'expires_at' END, CASE WHEN status_type IS NOT NULL THEN 'status' END)
          || ') SELECT ' || concat_ws(', ', 'r.user_id', 'r.course_id', format(as_expiry, 'r.expires_at'), as_status)
          || ' FROM ' || event || ' WHERE r.type = ''enrollment.created'' AND NOT EXISTS (SELECT FROM public.course_enrollments e'
          || ' WHERE e.user_id = r.user_id AND e.course_id = r.course_id) ON CONFLICT DO NOTHING' USING newest;

        RETURN QUERY
          SELECT r.index, CASE WHEN n.index IS NULL THEN 'superseded' ELSE 'applied' END
          FROM jsonb_to_recordset(events) AS r(index integer) LEFT JOIN jsonb_to_recordset(newest) AS n(index integer) ON n.index = r.index
          ORDER BY r.index;
      END $$;
      REVOKE ALL ON FUNCTION discord_take_enrollments(jsonb) FROM ${EVERYBODY};
      GRANT EXECUTE ON FUNCTION discord_take_enrollments(jsonb) TO anycademy_writer;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION discord_take_enrollments(jsonb);
      DELETE FROM discord_settings WHERE name = 'platform_tables_made_here';
      DROP TABLE discord_enrollment_events, discord_enrollment_deliveries;
    `);
  }
}
