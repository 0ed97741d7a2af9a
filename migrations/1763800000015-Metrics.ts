import { type MigrationInterface, type QueryRunner } from 'typeorm';

const EVERYBODY = 'PUBLIC, anon, authenticated, service_role, anycademy_api, anycademy_writer, anycademy_worker';

/** What the metrics need beside the log: whether the service and Discord were there, minute by minute. */
export class Metrics1763800000015 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- One row a minute with an empty guild_id while a bot runs: no row = down. Calls are counted by server beside it.
      CREATE TABLE discord_service_minutes (
        minute        timestamptz NOT NULL,
        guild_id      text NOT NULL DEFAULT '',
        gateway_ready boolean NOT NULL DEFAULT false,
        calls         integer NOT NULL DEFAULT 0,
        failed_calls  integer NOT NULL DEFAULT 0,
        PRIMARY KEY (minute, guild_id)
      );
      CREATE INDEX discord_integration_logs_time_idx ON discord_integration_logs (created_at);

      -- Who is enrolled in the caller's courses (in any, for admins). A function, since whoever reads a view needs the right to run
      -- every function in it.
      CREATE FUNCTION discord_taught_enrollments() RETURNS TABLE (user_id uuid, course_id uuid)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
        SELECT e.user_id, e.course_id FROM public.discord_enrollments e
        WHERE e.active AND ((SELECT public.discord_is_admin()) OR e.course_id IN (SELECT public.discord_taught()))
      $$;

      REVOKE ALL ON discord_service_minutes FROM ${EVERYBODY};
      REVOKE ALL ON FUNCTION discord_taught_enrollments() FROM ${EVERYBODY};
      ALTER TABLE discord_service_minutes ENABLE ROW LEVEL SECURITY;
      CREATE POLICY "The service sees every row" ON discord_service_minutes FOR SELECT TO service_role, anycademy_writer USING (true);
      CREATE POLICY "The service writes" ON discord_service_minutes FOR ALL TO service_role USING (true) WITH CHECK (true);
      CREATE POLICY "Staff can view the calls for their servers" ON discord_service_minutes FOR SELECT TO authenticated
        -- Of the configurations, one reads those of the courses one teaches. How the service is, is for everybody who teaches.
        USING ((SELECT discord_is_admin()) OR (guild_id = '' AND (SELECT EXISTS (SELECT discord_taught())))
          OR guild_id IN (SELECT k.guild_id FROM discord_server_configs k));
      GRANT SELECT ON discord_service_minutes TO authenticated;
      GRANT EXECUTE ON FUNCTION discord_taught_enrollments() TO authenticated;
      GRANT SELECT ON discord_service_minutes TO service_role, anycademy_writer;
      GRANT INSERT, UPDATE, DELETE ON discord_service_minutes TO service_role;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION discord_taught_enrollments();
      DROP INDEX discord_integration_logs_time_idx;
      DROP TABLE discord_service_minutes;
    `);
  }
}
