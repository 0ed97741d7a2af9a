import { type MigrationInterface, type QueryRunner } from 'typeorm';

const EVERYBODY = 'PUBLIC, anon, authenticated, service_role, anycademy_api, anycademy_writer, anycademy_worker';

/** Links that instructors paste and who pressed them, what a person has chosen, and what staff sees and does of a course. */
export class CourseSide1763800000014 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- One link for each course; of several, which nobody could have made through the service, the latest.
      DELETE FROM course_discord_links l USING course_discord_links o
        WHERE o.course_id = l.course_id AND (o.created_at, o.id) > (l.created_at, l.id);
      ALTER TABLE course_discord_links
        -- The server that it leads to; null: not looked up yet.
        ADD COLUMN guild_id text,
        ADD COLUMN working boolean,
        ADD COLUMN checked_at timestamptz,
        ADD CONSTRAINT course_discord_links_course_key UNIQUE (course_id);

      -- Who pressed Join. A visit outlives its link: that somebody came into the server after it tells that we brought them.
      CREATE TABLE discord_link_visits (
        link_id          uuid NOT NULL,
        course_id        uuid NOT NULL,
        user_id          uuid NOT NULL,
        guild_id         text,
        first_clicked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        clicks           integer NOT NULL DEFAULT 1,
        -- When they were last seen to be enrolled, by the day: how long they may be remembered counts from then.
        enrolled_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
        -- The instructor's tick; what the bot sees counts more.
        confirmed_member boolean,
        PRIMARY KEY (link_id, user_id)
      );
      CREATE INDEX discord_link_visits_user_idx ON discord_link_visits (user_id, guild_id);

      -- What a person has chosen. Without a row: nothing yet.
      CREATE TABLE discord_user_settings (
        user_id         uuid PRIMARY KEY,
        direct_messages boolean NOT NULL DEFAULT false,
        changed_at      timestamptz NOT NULL DEFAULT now()
      );
    `);
    for (const table of ['discord_link_visits', 'discord_user_settings']) {
      await runner.query(`
        REVOKE ALL ON ${table} FROM ${EVERYBODY};
        ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
        CREATE POLICY "The service sees every row" ON ${table} FOR SELECT TO service_role, anycademy_writer USING (true);
        CREATE POLICY "The service writes" ON ${table} FOR ALL TO service_role, anycademy_writer USING (true) WITH CHECK (true);
        GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO service_role, anycademy_writer;
        GRANT SELECT ON ${table} TO authenticated;
      `);
    }
    await runner.query(`
      CREATE POLICY "People can view their own visits" ON discord_link_visits FOR SELECT TO authenticated
        USING (user_id = (SELECT auth.uid()));
      CREATE POLICY "Staff can view the visits of their courses" ON discord_link_visits FOR SELECT TO authenticated
        USING ((SELECT discord_is_admin()) OR course_id IN (SELECT discord_taught()));
      CREATE POLICY "People can view their own settings" ON discord_user_settings FOR SELECT TO authenticated
        USING (user_id = (SELECT auth.uid()));
      -- Whether the bot sees the student in the server: it replaces the tick.
      GRANT SELECT (is_member) ON discord_memberships TO authenticated;

      -- Courses from whose server staff removed the caller, or a moderator banned them: they are not given its link either.
      CREATE FUNCTION discord_shut_out() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
        SELECT m.course_id FROM public.discord_memberships m WHERE m.user_id = (SELECT auth.uid()) AND (m.removed_by_staff OR m.banned)
      $$;
      REVOKE ALL ON FUNCTION discord_shut_out() FROM ${EVERYBODY};
      GRANT EXECUTE ON FUNCTION discord_shut_out() TO authenticated;
      DROP POLICY "People can view the links of their courses" ON course_discord_links;
      CREATE POLICY "People can view the links of their courses" ON course_discord_links FOR SELECT TO authenticated
        USING ((SELECT discord_is_admin()) OR course_id IN (SELECT discord_taught())
          OR (course_id IN (SELECT discord_enrolled()) AND course_id NOT IN (SELECT discord_shut_out())));

      -- Those who teach a course see by name who else does.
      CREATE VIEW discord_visible_staff WITH (security_barrier = true) AS
        SELECT s.course_id, s.user_id, u.display_name, s.created_at
        FROM course_staff s JOIN discord_users u ON u.id = s.user_id
        WHERE (SELECT discord_is_admin()) OR s.course_id IN (SELECT discord_taught());
      REVOKE ALL ON discord_visible_staff FROM ${EVERYBODY};
      GRANT SELECT ON discord_visible_staff TO authenticated;

      -- How many students of each course stand where; a course that the caller does not teach is missing. Of a student with
      -- several servers, the one counts that most needs a person.
      CREATE FUNCTION discord_course_stats(courses uuid[]) RETURNS TABLE (course_id uuid, enrolled integer, linked integer,
        invited integer, joined integer, left_by_choice integer, removed integer, pending integer)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
        WITH wanted AS (
          SELECT w.id FROM (SELECT DISTINCT unnest(courses) AS id) w
          WHERE (SELECT public.discord_is_admin()) OR w.id IN (SELECT public.discord_taught())
        ), students AS (
          SELECT DISTINCT ON (m.course_id, m.user_id) m.course_id, m.status
          FROM public.discord_memberships m WHERE m.course_id IN (SELECT w.id FROM wanted w)
          ORDER BY m.course_id, m.user_id, CASE
            WHEN m.reason = 'REMOVAL_HELD' THEN 0
            WHEN m.reason = 'SERVER_NOT_READY' THEN 1
            WHEN m.status = 'invited' AND m.reason = 'INVITE_EXPIRED' THEN 2
            WHEN m.status = 'pending' AND m.reason NOT IN ('QUEUED', 'NOT_INVITED', 'DISCORD_UNAVAILABLE') THEN 2
            WHEN m.status = 'pending' THEN 3
            WHEN m.status = 'left' THEN 4
            WHEN m.status = 'invited' THEN 5
            WHEN m.status = 'joined' THEN 6
            ELSE 7 END
        ), standing AS (
          SELECT s.course_id, count(*) FILTER (WHERE s.status = 'invited')::integer AS invited, count(*) FILTER (WHERE s.status = 'joined')::integer AS joined,
            count(*) FILTER (WHERE s.status = 'left')::integer AS gone, count(*) FILTER (WHERE s.status = 'removed')::integer AS removed,
            count(*) FILTER (WHERE s.status = 'pending')::integer AS pending
          FROM students s GROUP BY s.course_id
        ), roster AS (
          SELECT e.course_id, count(*)::integer AS enrolled, count(c.user_id)::integer AS linked
          FROM public.discord_enrollments e LEFT JOIN public.user_discord_connections c ON c.user_id = e.user_id
          WHERE e.active AND e.course_id IN (SELECT w.id FROM wanted w) GROUP BY e.course_id
        )
        SELECT w.id, coalesce(r.enrolled, 0), coalesce(r.linked, 0), coalesce(s.invited, 0), coalesce(s.joined, 0), coalesce(s.gone, 0),
          coalesce(s.removed, 0), coalesce(s.pending, 0)
        FROM wanted w LEFT JOIN roster r ON r.course_id = w.id LEFT JOIN standing s ON s.course_id = w.id
      $$;
      REVOKE ALL ON FUNCTION discord_course_stats(uuid[]) FROM ${EVERYBODY};
      GRANT EXECUTE ON FUNCTION discord_course_stats(uuid[]) TO authenticated;

      -- The service has no rights in the platform's table but through this. Columns that the table need not have are looked for,
      -- and so is a row: there need not be a unique key either. False: an end was asked for that the table has no column for.
      CREATE FUNCTION discord_set_enrollment(person uuid, course uuid, active boolean, until timestamptz) RETURNS boolean
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET TimeZone = 'UTC' AS $$
      DECLARE
        columns text[] := ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
          WHERE a.attrelid = 'public.course_enrollments'::regclass AND a.attname IN ('status', 'expires_at') AND NOT a.attisdropped);
        counting text[] := ARRAY(SELECT jsonb_array_elements_text(s.value) FROM public.discord_settings s WHERE s.name = 'enrollment_active_statuses');
        changes text[] := '{}';
        names text := '';
        new_values text := '';
        found_rows bigint;
      BEGIN
        IF until IS NOT NULL AND NOT 'expires_at' = ANY (columns) THEN
          RETURN false;
        END IF;
        -- Two who do it at once make one row, whatever keys the table has.
        PERFORM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(person::text || course::text, 1763800000014));
        IF NOT active THEN
          DELETE FROM public.course_enrollments e WHERE e.user_id = person AND e.course_id = course;
          RETURN true;
        END IF;
        IF 'status' = ANY (columns) THEN
          -- What counts stays as it is: "completed" does not become "active".
          changes := changes || pg_catalog.format('status = CASE WHEN e.status IS NULL OR e.status::text = ANY (%L) THEN e.status ELSE %L END', counting, counting[1]);
          names := names || ', status';
          new_values := new_values || pg_catalog.format(', %L', counting[1]);
        END IF;
        IF 'expires_at' = ANY (columns) THEN
          -- As text in UTC, which is what a column without a zone means.
          changes := changes || pg_catalog.format('expires_at = %L', until AT TIME ZONE 'UTC');
          names := names || ', expires_at';
          new_values := new_values || pg_catalog.format(', %L', until AT TIME ZONE 'UTC');
        END IF;
        IF changes = '{}' THEN
          SELECT count(*) INTO found_rows FROM public.course_enrollments e WHERE e.user_id = person AND e.course_id = course;
        ELSE
          EXECUTE pg_catalog.format('UPDATE public.course_enrollments e SET %s WHERE e.user_id = $1 AND e.course_id = $2', pg_catalog.array_to_string(changes, ', '))
            USING person, course;
          GET DIAGNOSTICS found_rows = ROW_COUNT;
        END IF;
        IF found_rows = 0 THEN
          EXECUTE pg_catalog.format('INSERT INTO public.course_enrollments (user_id, course_id%s) VALUES ($1, $2%s)', names, new_values) USING person, course;
        END IF;
        RETURN true;
      END $$;
      REVOKE ALL ON FUNCTION discord_set_enrollment(uuid, uuid, boolean, timestamptz) FROM ${EVERYBODY};
      GRANT EXECUTE ON FUNCTION discord_set_enrollment(uuid, uuid, boolean, timestamptz) TO anycademy_writer;

      ALTER TABLE discord_sync_runs DROP CONSTRAINT discord_sync_runs_purpose_check;
      ALTER TABLE discord_sync_runs ADD CONSTRAINT discord_sync_runs_purpose_check
        CHECK (purpose IN ('SYNC', 'REMOVALS', 'UNDO', 'DELETION', 'INVITE'));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE discord_sync_runs SET purpose = 'SYNC' WHERE purpose = 'INVITE';
      ALTER TABLE discord_sync_runs DROP CONSTRAINT discord_sync_runs_purpose_check;
      ALTER TABLE discord_sync_runs ADD CONSTRAINT discord_sync_runs_purpose_check
        CHECK (purpose IN ('SYNC', 'REMOVALS', 'UNDO', 'DELETION'));
      DROP FUNCTION discord_set_enrollment(uuid, uuid, boolean, timestamptz);
      DROP FUNCTION discord_course_stats(uuid[]);
      DROP VIEW discord_visible_staff;
      DROP POLICY "People can view the links of their courses" ON course_discord_links;
      CREATE POLICY "People can view the links of their courses" ON course_discord_links FOR SELECT TO authenticated
        USING ((SELECT discord_is_admin()) OR course_id IN (SELECT discord_taught()) OR course_id IN (SELECT discord_enrolled()));
      DROP FUNCTION discord_shut_out();
      REVOKE SELECT (is_member) ON discord_memberships FROM authenticated;
      DROP TABLE discord_user_settings, discord_link_visits;
      ALTER TABLE course_discord_links DROP CONSTRAINT course_discord_links_course_key,
        DROP COLUMN checked_at, DROP COLUMN working, DROP COLUMN guild_id;
    `);
  }
}
