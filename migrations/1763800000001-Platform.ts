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
      -- NOINHERIT: the API has no rights of its own and becomes "authenticated" inside each transaction.
      ALTER ROLE anycademy_api NOINHERIT;
      GRANT authenticated TO anycademy_api;
      GRANT service_role TO anycademy_worker;
      -- Supabase and this migration create service_role as NOINHERIT, which concerns what service_role itself inherits.
      ALTER ROLE anycademy_worker INHERIT;
    `);

    await runner.query(`
      CREATE SCHEMA IF NOT EXISTS auth;
      CREATE TABLE IF NOT EXISTS auth.users (
        id                 uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        email              text,
        raw_user_meta_data jsonb,
        raw_app_meta_data  jsonb
      );
      CREATE TABLE IF NOT EXISTS courses (
        id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        title         text NOT NULL,
        instructor_id uuid NOT NULL
      );
      CREATE TABLE IF NOT EXISTS course_enrollments (
        id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        user_id    uuid NOT NULL,
        course_id  uuid NOT NULL,
        status     text NOT NULL DEFAULT 'active',
        expires_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (user_id, course_id)
      );
      GRANT USAGE ON SCHEMA auth TO authenticated, service_role, anycademy_writer;
      GRANT USAGE ON SCHEMA public TO authenticated, service_role, anycademy_writer;

      DO $$
      BEGIN
        IF to_regprocedure('auth.jwt()') IS NULL THEN
          CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS
            $f$ SELECT nullif(current_setting('request.jwt.claims', true), '')::jsonb $f$;
        END IF;
        IF to_regprocedure('auth.uid()') IS NULL THEN
          CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS
            $f$ SELECT (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid $f$;
        END IF;
      END $$;
    `);

    // Settings that SQL has to know, written from the environment at start.
    await runner.query(`
      CREATE TABLE discord_settings (
        name  text PRIMARY KEY,
        value jsonb NOT NULL
      );
      INSERT INTO discord_settings (name, value) VALUES ('enrollment_active_statuses', '["active", "completed"]'), ('removals_paused', 'false');

      CREATE FUNCTION discord_enrollment_is_active(status text, expires_at timestamptz) RETURNS boolean
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
        SELECT (expires_at IS NULL OR expires_at > now())
           AND (status IS NULL OR (SELECT s.value FROM public.discord_settings s WHERE s.name = 'enrollment_active_statuses') ? status)
      $$;

      -- The platform's enrollments in one shape, whether or not its table has "status" and "expires_at".
      CREATE FUNCTION discord_refresh_platform_views() RETURNS void LANGUAGE plpgsql SET search_path = '' AS $$
      DECLARE
        has_status  boolean := EXISTS (SELECT FROM pg_catalog.pg_attribute
          WHERE attrelid = 'public.course_enrollments'::regclass AND attname = 'status' AND NOT attisdropped);
        has_expires boolean := EXISTS (SELECT FROM pg_catalog.pg_attribute
          WHERE attrelid = 'public.course_enrollments'::regclass AND attname = 'expires_at' AND NOT attisdropped);
      BEGIN
        EXECUTE format(
          'CREATE OR REPLACE VIEW public.discord_enrollments AS
             SELECT e.user_id, e.course_id, %1$s AS status, %2$s AS expires_at,
                    public.discord_enrollment_is_active(%1$s, %2$s) AS active
             FROM public.course_enrollments e',
          CASE WHEN has_status THEN 'e.status::text' ELSE 'NULL::text' END,
          CASE WHEN has_expires THEN 'e.expires_at::timestamptz' ELSE 'NULL::timestamptz' END);
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
      DROP FUNCTION discord_refresh_platform_views();
      DROP VIEW discord_enrollments;
      DROP FUNCTION discord_enrollment_is_active(text, timestamptz);
      DROP TABLE discord_settings;
    `);
  }
}
