import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * What the platform owns: users, courses and enrollments. Each is created only where it is missing, so that the service
 * can be attached to an existing (Supabase) database, and none is dropped by `down`.
 */
export class Platform1763800000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DO $$
      DECLARE wanted text;
      BEGIN
        FOREACH wanted IN ARRAY ARRAY['anon', 'authenticated', 'service_role'] LOOP
          IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            BEGIN
              EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', wanted);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
              NULL; -- roles belong to the whole cluster: another database's migration was faster
            END;
          END IF;
        END LOOP;
        FOREACH wanted IN ARRAY ARRAY['anycademy_api', 'anycademy_writer', 'anycademy_worker'] LOOP
          IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            BEGIN
              -- No password yet: nobody can log in until the operator (or npm start, outside production) sets one.
              EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE', wanted);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
              NULL;
            END;
          END IF;
        END LOOP;
      END $$;
      -- Only what is missing is changed: who migrates may not own a role that another database's migration has made.
      DO $$
      BEGIN
        -- NOINHERIT: the API has no rights of its own and becomes "authenticated" inside each transaction.
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'anycademy_api' AND rolinherit) THEN
          ALTER ROLE anycademy_api NOINHERIT;
        END IF;
        IF NOT pg_has_role('anycademy_api', 'authenticated', 'MEMBER') THEN
          GRANT authenticated TO anycademy_api;
        END IF;
        -- That service_role is NOINHERIT concerns what service_role itself inherits.
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'anycademy_worker' AND NOT rolinherit) THEN
          ALTER ROLE anycademy_worker INHERIT;
        END IF;
        IF NOT pg_has_role('anycademy_worker', 'service_role', 'USAGE') THEN
          GRANT service_role TO anycademy_worker;
        END IF;
      END $$;
    `);

    // What is there already is somebody else's (on Supabase "auth" belongs to supabase_auth_admin): nothing is said about it.
    // What is made here is closed to all, whatever default privileges the database has.
    await runner.query(`
      DO $$
      DECLARE wanted text;
      BEGIN
        IF to_regnamespace('auth') IS NULL THEN
          CREATE SCHEMA auth;
          GRANT USAGE ON SCHEMA auth TO authenticated, service_role;
        END IF;
        IF to_regclass('auth.users') IS NULL THEN
          CREATE TABLE auth.users (
            id                 uuid PRIMARY KEY DEFAULT gen_random_uuid(),
            email              text,
            raw_user_meta_data jsonb,
            raw_app_meta_data  jsonb
          );
          REVOKE ALL ON auth.users FROM PUBLIC, anon, authenticated, service_role;
        END IF;
        IF to_regprocedure('auth.jwt()') IS NULL THEN
          CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS
            $f$ SELECT nullif(current_setting('request.jwt.claims', true), '')::jsonb $f$;
        END IF;
        IF to_regprocedure('auth.uid()') IS NULL THEN
          CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS
            $f$ SELECT (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid $f$;
        END IF;

        IF to_regclass('public.courses') IS NULL THEN
          CREATE TABLE public.courses (
            id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
            title         text NOT NULL,
            instructor_id uuid NOT NULL
          );
          CREATE INDEX courses_instructor_idx ON public.courses (instructor_id);
          ALTER TABLE public.courses ENABLE ROW LEVEL SECURITY;
          REVOKE ALL ON public.courses FROM PUBLIC, anon, authenticated, service_role;
        END IF;
        IF to_regclass('public.course_enrollments') IS NULL THEN
          CREATE TABLE public.course_enrollments (
            id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
            user_id    uuid NOT NULL,
            course_id  uuid NOT NULL,
            status     text NOT NULL DEFAULT 'active',
            expires_at timestamptz,
            created_at timestamptz NOT NULL DEFAULT now(),
            UNIQUE (user_id, course_id)
          );
          CREATE INDEX course_enrollments_course_idx ON public.course_enrollments (course_id);
          ALTER TABLE public.course_enrollments ENABLE ROW LEVEL SECURITY;
          REVOKE ALL ON public.course_enrollments FROM PUBLIC, anon, authenticated, service_role;
        END IF;

        FOREACH wanted IN ARRAY ARRAY['authenticated', 'service_role', 'anycademy_writer'] LOOP
          IF NOT has_schema_privilege(wanted, 'public', 'USAGE') THEN
            EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', wanted);
          END IF;
        END LOOP;

        -- Where row-level security hid a row from us, its student would count as not enrolled.
        FOREACH wanted IN ARRAY ARRAY['auth.users', 'public.courses', 'public.course_enrollments'] LOOP
          IF row_security_active(wanted) THEN
            RAISE EXCEPTION 'The row-level security of % applies to %, from whom it would hide students.', wanted, current_user
              USING HINT = 'Run the migrations as the owner of the table, or as a role with BYPASSRLS.';
          END IF;
        END LOOP;
      END $$;
    `);

    // Settings that SQL has to know, written from the environment at start.
    await runner.query(`
      CREATE TABLE discord_settings (
        name  text PRIMARY KEY,
        value jsonb NOT NULL
      );
      INSERT INTO discord_settings (name, value) VALUES ('enrollment_active_statuses', '["active", "completed"]'), ('removals_paused', 'false');

      -- Of built-in operators only, and without settings of its own, so that the planner puts it in place of its call.
      CREATE FUNCTION discord_enrollment_is_active(status text, expires_at timestamptz, counting jsonb) RETURNS boolean
      LANGUAGE sql STABLE RETURN (expires_at IS NULL OR expires_at > now()) AND (status IS NULL OR counting ? status);

      -- The platform's enrollments in one shape, whether or not its table has "status" and "expires_at". A time without a zone is
      -- UTC, whatever the session's TimeZone: what is active must not depend on who asks.
      CREATE FUNCTION discord_refresh_platform_views() RETURNS void LANGUAGE plpgsql SET search_path = '' AS $$
      DECLARE
        has_status   boolean := EXISTS (SELECT FROM pg_catalog.pg_attribute
          WHERE attrelid = 'public.course_enrollments'::regclass AND attname = 'status' AND NOT attisdropped);
        expires_type regtype := (SELECT atttypid FROM pg_catalog.pg_attribute
          WHERE attrelid = 'public.course_enrollments'::regclass AND attname = 'expires_at' AND NOT attisdropped);
      BEGIN
        EXECUTE format(
          'CREATE OR REPLACE VIEW public.discord_enrollment_rows AS
             SELECT e.user_id, e.course_id, %1$s AS status, %2$s AS expires_at,
                    public.discord_enrollment_is_active(%1$s, %2$s,
                      (SELECT s.value FROM public.discord_settings s WHERE s.name = ''enrollment_active_statuses'')) AS active
             FROM public.course_enrollments e',
          CASE WHEN has_status THEN 'e.status::text' ELSE 'NULL::text' END,
          CASE
            WHEN expires_type IS NULL THEN 'NULL::timestamptz'
            WHEN expires_type IN ('timestamp'::regtype, 'date'::regtype) THEN '(e.expires_at::timestamp AT TIME ZONE ''UTC'')'
            ELSE 'e.expires_at::timestamptz'
          END);
        -- One row for each student of a course, though the platform may have several: an active one wins, then the one that ends last.
        CREATE OR REPLACE VIEW public.discord_enrollments AS
          SELECT DISTINCT ON (r.user_id, r.course_id) r.user_id, r.course_id, r.status, r.expires_at, r.active
          FROM public.discord_enrollment_rows r
          ORDER BY r.user_id, r.course_id, r.active DESC, r.expires_at DESC NULLS FIRST;
      END $$;
      SELECT discord_refresh_platform_views();

      CREATE VIEW discord_users AS
        SELECT u.id,
               coalesce(u.raw_user_meta_data ->> 'full_name', u.raw_user_meta_data ->> 'name') AS display_name,
               coalesce(u.raw_app_meta_data ->> 'role', 'student') AS role
        FROM auth.users u;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP VIEW discord_users;
      DROP FUNCTION IF EXISTS discord_refresh_platform_views();
      DROP VIEW discord_enrollments;
      DROP VIEW discord_enrollment_rows;
      DROP FUNCTION discord_enrollment_is_active(text, timestamptz, jsonb);
      DROP TABLE discord_settings;
    `);
  }
}
