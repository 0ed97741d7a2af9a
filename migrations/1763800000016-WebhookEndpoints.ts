import { type MigrationInterface, type QueryRunner } from 'typeorm';

const EVERYBODY = 'PUBLIC, anon, authenticated, service_role, anycademy_api, anycademy_writer, anycademy_worker';

/** Where the platform wants to be told of membership changes, and what became of telling it. */
export class WebhookEndpoints1763800000016 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE discord_webhook_endpoints (
        id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        url        text NOT NULL CONSTRAINT discord_webhook_endpoints_url_key UNIQUE,
        -- JWE, bound to the endpoint.
        secret     text NOT NULL,
        is_active  boolean NOT NULL DEFAULT true,
        -- How far the log has been turned into deliveries. The log is ordered by commit, so nothing appears behind this.
        log_seq    bigint NOT NULL,
        -- An endpoint that keeps failing is asked less and less often, however much waits for it.
        failures   integer NOT NULL DEFAULT 0,
        rest_until timestamptz,
        created_by uuid NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      );

      CREATE TABLE discord_webhook_deliveries (
        id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        endpoint_id   uuid NOT NULL CONSTRAINT discord_webhook_deliveries_endpoint_fkey REFERENCES discord_webhook_endpoints ON DELETE CASCADE,
        seq           bigint NOT NULL,
        membership_id uuid NOT NULL,
        status        text NOT NULL DEFAULT 'pending'
          CONSTRAINT discord_webhook_deliveries_status_check CHECK (status IN ('pending', 'delivered', 'failed')),
        attempts      integer NOT NULL DEFAULT 0,
        due_at        timestamptz NOT NULL DEFAULT now(),
        -- Whoever is sending it has until then; after a crash somebody else sends it again.
        claimed_until timestamptz,
        last_error    text,
        queued_at     timestamptz NOT NULL DEFAULT now(),
        finished_at   timestamptz,
        CONSTRAINT discord_webhook_deliveries_once_key UNIQUE (endpoint_id, seq)
      );
      CREATE INDEX discord_webhook_deliveries_pending_idx ON discord_webhook_deliveries (endpoint_id, membership_id, seq) WHERE status = 'pending';
      CREATE INDEX discord_webhook_deliveries_due_idx ON discord_webhook_deliveries (endpoint_id, due_at) WHERE status = 'pending';
      CREATE INDEX discord_webhook_deliveries_finished_idx ON discord_webhook_deliveries (finished_at) WHERE finished_at IS NOT NULL;

      REVOKE ALL ON discord_webhook_endpoints, discord_webhook_deliveries FROM ${EVERYBODY};
      ALTER TABLE discord_webhook_endpoints ENABLE ROW LEVEL SECURITY;
      ALTER TABLE discord_webhook_deliveries ENABLE ROW LEVEL SECURITY;
      CREATE POLICY "Admins can view the webhook endpoints" ON discord_webhook_endpoints FOR SELECT TO authenticated USING ((SELECT discord_is_admin()));
      CREATE POLICY "Admins can view the deliveries" ON discord_webhook_deliveries FOR SELECT TO authenticated USING ((SELECT discord_is_admin()));
      CREATE POLICY "The service writes" ON discord_webhook_endpoints FOR ALL TO service_role, anycademy_writer USING (true) WITH CHECK (true);
      CREATE POLICY "The service writes" ON discord_webhook_deliveries FOR ALL TO service_role, anycademy_writer USING (true) WITH CHECK (true);
      -- Never the secret.
      GRANT SELECT (id, url, is_active, log_seq, failures, rest_until, created_by, created_at, updated_at) ON discord_webhook_endpoints TO authenticated;
      GRANT SELECT ON discord_webhook_deliveries TO authenticated;
      GRANT SELECT, INSERT, UPDATE, DELETE ON discord_webhook_endpoints TO anycademy_writer;
      GRANT SELECT, UPDATE ON discord_webhook_endpoints TO service_role;
      GRANT SELECT, UPDATE ON discord_webhook_deliveries TO anycademy_writer;
      GRANT SELECT, INSERT, UPDATE, DELETE ON discord_webhook_deliveries TO service_role;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE discord_webhook_deliveries, discord_webhook_endpoints');
  }
}
