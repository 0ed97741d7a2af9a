import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Marks: whatever changes on the platform's side (or in our own configuration) appends one job that names what may be
 * out of date. A trigger only appends. It updates no row of ours, takes no lock that another writer could wait for, and
 * never raises: a platform transaction, even a long one, is neither blocked nor failed by us. What a trigger could not
 * append, the minute sweep finds.
 */
export class Marks1763800000004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The only way in which the service's logins add a job. A keyed add_job returns NULL and adds nothing when a worker takes
      -- the waiting job between its two statements (graphile/worker#580): ask again until an id comes back.
      CREATE FUNCTION discord_add_job(name text, payload json, job_key text, job_key_mode text, run_at timestamptz, priority integer, max_attempts integer)
      RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
      DECLARE job bigint;
      BEGIN
        LOOP
          SELECT j.id INTO job FROM graphile_worker.add_job(name, payload, run_at => discord_add_job.run_at, max_attempts => discord_add_job.max_attempts,
            job_key => discord_add_job.job_key, priority => discord_add_job.priority, job_key_mode => discord_add_job.job_key_mode) j;
          EXIT WHEN job IS NOT NULL;
        END LOOP;
        RETURN job;
      END $$;

      -- One keyless job per statement: a keyed add_job in the writer's transaction would make every writer of a server
      -- wait for one open transaction, and deadlock those that touch two servers.
      CREATE FUNCTION discord_append_mark(mark jsonb) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
      BEGIN
        IF mark IS NULL OR mark = '{}'::jsonb THEN RETURN; END IF;
        PERFORM graphile_worker.add_job('mark-memberships', mark::json, priority => -10);
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'discord: a mark could not be appended (%); the minute sweep will find it', SQLERRM;
      END $$;

      -- {"pairs": [[user, course], …]}, or {"courses": […]} when one statement touched very many.
      CREATE FUNCTION discord_enrollment_mark(users uuid[], courses uuid[]) RETURNS jsonb
      LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
        SELECT CASE
          WHEN coalesce(cardinality(users), 0) = 0 THEN NULL
          WHEN cardinality(users) > 1000 THEN
            (SELECT jsonb_build_object('courses', jsonb_agg(DISTINCT c)) FROM unnest(courses) c)
          ELSE
            (SELECT jsonb_build_object('pairs', jsonb_agg(DISTINCT jsonb_build_array(p.u, p.c)))
             FROM unnest(users, courses) AS p(u, c))
        END
      $$;

      -- For listeners outside this service (the plan's channels); our own work never depends on a notification. A student may have
      -- several enrollments in a course, so what the statement did not touch counts too: all that are active now, less those
      -- among the statement's new rows.
      CREATE FUNCTION discord_notify_enrollments(users uuid[], courses uuid[], active_before bigint[], active_after bigint[]) RETURNS void
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
      BEGIN
        IF coalesce(cardinality(users), 0) BETWEEN 1 AND 1000 THEN
          PERFORM pg_notify(CASE WHEN c.is_active THEN 'discord_invite' ELSE 'discord_remove' END,
            json_build_object('user_id', c.user_id, 'course_id', c.course_id)::text)
          FROM (
            SELECT p.user_id, p.course_id, coalesce(e.active, 0) > 0 AS is_active, coalesce(e.active, 0) - p.after + p.before > 0 AS was_active
            FROM unnest(users, courses, active_before, active_after) AS p(user_id, course_id, before, after)
              LEFT JOIN (
                SELECT r.user_id, r.course_id, count(*) AS active FROM public.discord_enrollment_rows r
                WHERE r.active AND r.user_id = ANY (users) GROUP BY r.user_id, r.course_id
              ) e ON e.user_id = p.user_id AND e.course_id = p.course_id
          ) c
          WHERE c.is_active <> c.was_active;
        END IF;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'discord: a change of enrollments could not be notified (%)', SQLERRM;
      END $$;

      -- Transition tables are visible in this function only, so it hands arrays on. to_jsonb(row) ->> 'status' works whether or not
      -- the platform's table has the column; under UTC a time without a zone is read as the view reads it.
      CREATE FUNCTION handle_enrollment_discord_sync() RETURNS trigger
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET TimeZone = 'UTC' AS $$
      DECLARE
        old_users uuid[]; old_courses uuid[]; old_statuses text[]; old_expiries timestamptz[];
        new_users uuid[]; new_courses uuid[]; new_statuses text[]; new_expiries timestamptz[];
        users uuid[]; courses uuid[]; active_before bigint[]; active_after bigint[];
        counting jsonb := (SELECT s.value FROM public.discord_settings s WHERE s.name = 'enrollment_active_statuses');
      BEGIN
        IF TG_OP = 'TRUNCATE' THEN
          PERFORM public.discord_append_mark((SELECT jsonb_build_object('courses', jsonb_agg(c.course_id)) FROM (
            SELECT k.course_id FROM public.discord_server_configs k UNION SELECT m.course_id FROM public.discord_memberships m) c
            HAVING count(*) > 0));
          RETURN NULL;
        END IF;
        IF TG_OP <> 'INSERT' THEN
          SELECT array_agg(r.user_id), array_agg(r.course_id), array_agg(to_jsonb(r) ->> 'status'),
                 array_agg((to_jsonb(r) ->> 'expires_at')::timestamptz)
          INTO old_users, old_courses, old_statuses, old_expiries FROM old_rows r;
        END IF;
        IF TG_OP <> 'DELETE' THEN
          SELECT array_agg(r.user_id), array_agg(r.course_id), array_agg(to_jsonb(r) ->> 'status'),
                 array_agg((to_jsonb(r) ->> 'expires_at')::timestamptz)
          INTO new_users, new_courses, new_statuses, new_expiries FROM new_rows r;
        END IF;
        -- Rows are compared by (user, course): a row whose pair was changed is an end there and a beginning here.
        WITH o AS (
          SELECT r.u, r.c, jsonb_agg(jsonb_build_array(r.s, r.x) ORDER BY r.s, r.x) AS entries,
                 count(*) FILTER (WHERE public.discord_enrollment_is_active(r.s, r.x, counting)) AS active
          FROM unnest(old_users, old_courses, old_statuses, old_expiries) AS r(u, c, s, x) GROUP BY r.u, r.c
        ), n AS (
          SELECT r.u, r.c, jsonb_agg(jsonb_build_array(r.s, r.x) ORDER BY r.s, r.x) AS entries,
                 count(*) FILTER (WHERE public.discord_enrollment_is_active(r.s, r.x, counting)) AS active
          FROM unnest(new_users, new_courses, new_statuses, new_expiries) AS r(u, c, s, x) GROUP BY r.u, r.c
        )
        SELECT array_agg(coalesce(n.u, o.u)), array_agg(coalesce(n.c, o.c)), array_agg(coalesce(o.active, 0)), array_agg(coalesce(n.active, 0))
        INTO users, courses, active_before, active_after
        FROM o FULL JOIN n ON n.u = o.u AND n.c = o.c WHERE o.entries IS DISTINCT FROM n.entries;

        PERFORM public.discord_append_mark(public.discord_enrollment_mark(users, courses));
        PERFORM public.discord_notify_enrollments(users, courses, active_before, active_after);
        RETURN NULL;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'discord: an enrollment change was not marked (%); the minute sweep will find it', SQLERRM;
        RETURN NULL;
      END $$;

      CREATE TRIGGER enrollment_discord_sync_trigger AFTER INSERT ON course_enrollments
        REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION handle_enrollment_discord_sync();
      CREATE TRIGGER enrollment_discord_sync_trigger_update AFTER UPDATE ON course_enrollments
        REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION handle_enrollment_discord_sync();
      CREATE TRIGGER enrollment_discord_sync_trigger_delete AFTER DELETE ON course_enrollments
        REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION handle_enrollment_discord_sync();
      CREATE TRIGGER enrollment_discord_sync_trigger_truncate AFTER TRUNCATE ON course_enrollments
        FOR EACH STATEMENT EXECUTE FUNCTION handle_enrollment_discord_sync();
    `);

    await runner.query(`
      CREATE FUNCTION discord_mark_course() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
      DECLARE ids uuid[];
      BEGIN
        IF TG_OP = 'DELETE' THEN
          SELECT array_agg(o.id) INTO ids FROM old_rows o;
        ELSE
          SELECT array_agg(n.id) INTO ids FROM new_rows n JOIN old_rows o ON o.id = n.id
          WHERE n.title IS DISTINCT FROM o.title OR n.instructor_id IS DISTINCT FROM o.instructor_id;
        END IF;
        IF ids IS NOT NULL THEN
          PERFORM public.discord_append_mark(jsonb_build_object('courses', to_jsonb(ids)));
        END IF;
        RETURN NULL;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'discord: a course change was not marked (%)', SQLERRM;
        RETURN NULL;
      END $$;
      CREATE TRIGGER courses_discord_mark_update AFTER UPDATE ON courses
        REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION discord_mark_course();
      CREATE TRIGGER courses_discord_mark_delete AFTER DELETE ON courses
        REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION discord_mark_course();

      CREATE FUNCTION discord_mark_user() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
      DECLARE ids uuid[];
      BEGIN
        SELECT array_agg(o.id) INTO ids FROM old_rows o;
        IF ids IS NOT NULL THEN
          PERFORM public.discord_append_mark(jsonb_build_object('users', to_jsonb(ids)));
        END IF;
        RETURN NULL;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'discord: a deleted user was not marked (%)', SQLERRM;
        RETURN NULL;
      END $$;
      CREATE TRIGGER users_discord_mark_delete AFTER DELETE ON auth.users
        REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION discord_mark_user();

      -- Only what changes what is desired marks anybody: the account, its scopes, whether its grant works. A refreshed
      -- token does not.
      CREATE FUNCTION discord_mark_connection() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
      DECLARE ids uuid[];
      BEGIN
        IF TG_OP = 'INSERT' THEN
          SELECT array_agg(n.user_id) INTO ids FROM new_rows n;
        ELSIF TG_OP = 'DELETE' THEN
          SELECT array_agg(o.user_id) INTO ids FROM old_rows o;
        ELSE
          SELECT array_agg(DISTINCT n.user_id) INTO ids FROM new_rows n JOIN old_rows o ON o.id = n.id
          WHERE (n.user_id, n.discord_user_id, n.scopes, n.is_verified) IS DISTINCT FROM (o.user_id, o.discord_user_id, o.scopes, o.is_verified);
        END IF;
        IF ids IS NOT NULL THEN
          PERFORM public.discord_append_mark(jsonb_build_object('users', to_jsonb(ids)));
        END IF;
        RETURN NULL;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'discord: a changed Discord connection was not marked (%)', SQLERRM;
        RETURN NULL;
      END $$;
      CREATE TRIGGER connections_discord_mark_insert AFTER INSERT ON user_discord_connections
        REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION discord_mark_connection();
      CREATE TRIGGER connections_discord_mark_update AFTER UPDATE ON user_discord_connections
        REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION discord_mark_connection();
      CREATE TRIGGER connections_discord_mark_delete AFTER DELETE ON user_discord_connections
        REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION discord_mark_connection();

      CREATE FUNCTION discord_mark_config() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
      DECLARE ids uuid[];
      BEGIN
        IF TG_OP = 'INSERT' THEN
          SELECT array_agg(DISTINCT n.course_id) INTO ids FROM new_rows n;
        ELSIF TG_OP = 'DELETE' THEN
          SELECT array_agg(DISTINCT o.course_id) INTO ids FROM old_rows o;
        ELSE
          SELECT array_agg(DISTINCT c) INTO ids FROM new_rows n JOIN old_rows o ON o.id = n.id, unnest(ARRAY[n.course_id, o.course_id]) c
          WHERE (n.course_id, n.guild_id, n.student_role_id, n.removal_policy, n.removal_grace_hours, n.is_active, n.auto_invite,
                 n.drift_policy, n.adopt_existing, n.role_after_screening, n.removals_paused)
                IS DISTINCT FROM
                (o.course_id, o.guild_id, o.student_role_id, o.removal_policy, o.removal_grace_hours, o.is_active, o.auto_invite,
                 o.drift_policy, o.adopt_existing, o.role_after_screening, o.removals_paused);
        END IF;
        IF ids IS NOT NULL THEN
          PERFORM public.discord_append_mark(jsonb_build_object('courses', to_jsonb(ids)));
        END IF;
        RETURN NULL;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'discord: a changed server configuration was not marked (%)', SQLERRM;
        RETURN NULL;
      END $$;
      CREATE TRIGGER configs_discord_mark_insert AFTER INSERT ON discord_server_configs
        REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION discord_mark_config();
      CREATE TRIGGER configs_discord_mark_update AFTER UPDATE ON discord_server_configs
        REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION discord_mark_config();
      CREATE TRIGGER configs_discord_mark_delete AFTER DELETE ON discord_server_configs
        REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION discord_mark_config();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER enrollment_discord_sync_trigger ON course_enrollments;
      DROP TRIGGER enrollment_discord_sync_trigger_update ON course_enrollments;
      DROP TRIGGER enrollment_discord_sync_trigger_delete ON course_enrollments;
      DROP TRIGGER enrollment_discord_sync_trigger_truncate ON course_enrollments;
      DROP TRIGGER courses_discord_mark_update ON courses;
      DROP TRIGGER courses_discord_mark_delete ON courses;
      DROP TRIGGER connections_discord_mark_insert ON user_discord_connections;
      DROP TRIGGER connections_discord_mark_update ON user_discord_connections;
      DROP TRIGGER connections_discord_mark_delete ON user_discord_connections;
      DROP TRIGGER configs_discord_mark_insert ON discord_server_configs;
      DROP TRIGGER configs_discord_mark_update ON discord_server_configs;
      DROP TRIGGER configs_discord_mark_delete ON discord_server_configs;
      DROP FUNCTION handle_enrollment_discord_sync();
      DROP FUNCTION discord_mark_course();
      -- With its trigger, which only the owner of auth.users could drop by itself.
      DROP FUNCTION discord_mark_user() CASCADE;
      DROP FUNCTION discord_mark_connection();
      DROP FUNCTION discord_mark_config();
      DROP FUNCTION discord_notify_enrollments(uuid[], uuid[], bigint[], bigint[]);
      DROP FUNCTION discord_enrollment_mark(uuid[], uuid[]);
      DROP FUNCTION discord_append_mark(jsonb);
      DROP FUNCTION discord_add_job(text, json, text, text, timestamptz, integer, integer);
    `);
  }
}
