import { type MigrationInterface, type QueryRunner } from 'typeorm';

const SET = 'discord_set_enrollment(person uuid, course uuid, active boolean, until timestamptz)';
const EVERYBODY = 'PUBLIC, anon, authenticated, service_role, anycademy_api, anycademy_writer, anycademy_worker';

/** Whose names one may read; what an endpoint is told beside memberships. */
const VISIBLE_USERS = `
  CREATE OR REPLACE VIEW discord_visible_users WITH (security_barrier = true) AS
    SELECT u.id, u.display_name FROM discord_users u
    WHERE u.id = (SELECT auth.uid()) OR (SELECT discord_is_admin()) OR EXISTS (SELECT FROM discord_taught_students s WHERE s.user_id = u.id)`;

/** One function writes enrollments, whoever tells of them; endpoints are also told of servers; who teaches together has names. */
export class OneIntake1763800000021 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What staff sets is an event like any other, so that one of the platform's that is older does not overwrite it.
      DROP FUNCTION discord_set_enrollment(uuid, uuid, boolean, timestamptz);

      -- What is told of a server is about no membership. It keeps an order of its own.
      ALTER TABLE discord_webhook_deliveries ALTER COLUMN membership_id DROP NOT NULL;
      ALTER TABLE discord_webhook_deliveries ADD COLUMN subject uuid NOT NULL
        GENERATED ALWAYS AS (coalesce(membership_id, '00000000-0000-0000-0000-000000000000'::uuid)) STORED;
      DROP INDEX discord_webhook_deliveries_pending_idx;
      CREATE INDEX discord_webhook_deliveries_pending_idx ON discord_webhook_deliveries (endpoint_id, subject, seq) WHERE status = 'pending';

      -- The log of a course names its other teachers too.
      ${VISIBLE_USERS}
        OR u.id = ANY (ARRAY(SELECT t.user_id FROM discord_teaching t WHERE t.course_id IN (SELECT discord_taught())));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${VISIBLE_USERS};
      DELETE FROM discord_webhook_deliveries WHERE membership_id IS NULL;
      ALTER TABLE discord_webhook_deliveries ALTER COLUMN membership_id SET NOT NULL;
      DROP INDEX discord_webhook_deliveries_pending_idx;
      ALTER TABLE discord_webhook_deliveries DROP COLUMN subject;
      CREATE INDEX discord_webhook_deliveries_pending_idx ON discord_webhook_deliveries (endpoint_id, membership_id, seq) WHERE status = 'pending';
      CREATE FUNCTION ${SET} RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
        SELECT outcome <> 'NO_EXPIRY_COLUMN' FROM public.discord_take_enrollments(pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object(
          'index', 0, 'type', CASE WHEN active THEN 'enrollment.created' ELSE 'enrollment.deleted' END, 'occurred_at', pg_catalog.clock_timestamp(),
          'user_id', person, 'course_id', course, 'expires_at', until)))
      $$;
      REVOKE ALL ON FUNCTION ${SET} FROM ${EVERYBODY};
      GRANT EXECUTE ON FUNCTION ${SET} TO anycademy_writer;
    `);
  }
}
