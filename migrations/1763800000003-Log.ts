import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * The one log: append-only, and ordered by commit. A sequence number given at INSERT would let a slow transaction's row
 * appear behind a reader's cursor; here the number is given at COMMIT, under an advisory lock that is held only from
 * there to the end of the transaction, so whatever a reader has passed is final.
 */
export class Log1763800000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE discord_integration_logs (
        id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        user_id         uuid,
        course_id       uuid,
        guild_id        text,
        action          text NOT NULL,
        status          text NOT NULL CONSTRAINT discord_integration_logs_status_check CHECK (status IN ('success', 'failed', 'pending')),
        details         jsonb,
        error_message   text,
        created_at      timestamptz NOT NULL DEFAULT now(),
        actor_id        uuid,
        run_id          uuid,
        -- Set when the entry is a change of a membership: the source of the membershipChanged subscription.
        membership_id   uuid,
        previous_status text,
        new_status      text,
        reason          text
      );
      CREATE INDEX discord_integration_logs_course_idx ON discord_integration_logs (course_id, created_at);
      CREATE INDEX discord_integration_logs_user_idx ON discord_integration_logs (user_id, created_at);

      CREATE TABLE discord_log_sequence (
        seq    bigint PRIMARY KEY,
        log_id uuid NOT NULL CONSTRAINT discord_log_sequence_log_key UNIQUE
      );
      CREATE SEQUENCE discord_log_seq OWNED BY discord_log_sequence.seq;

      CREATE FUNCTION discord_log_give_seq() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
      BEGIN
        -- 0x616e7963 = "anyc". Transaction-scoped: released by the commit that makes the row visible, never before.
        PERFORM pg_advisory_xact_lock(1634629987, 1);
        INSERT INTO public.discord_log_sequence (seq, log_id) VALUES (nextval('public.discord_log_seq'), NEW.id);
        PERFORM pg_notify('discord_log', '');
        RETURN NULL;
      END $$;

      CREATE CONSTRAINT TRIGGER discord_integration_logs_seq AFTER INSERT ON discord_integration_logs
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION discord_log_give_seq();

      CREATE VIEW discord_log WITH (security_invoker = true) AS
        SELECT s.seq, l.* FROM discord_log_sequence s JOIN discord_integration_logs l ON l.id = s.log_id;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP VIEW discord_log;
      DROP TABLE discord_integration_logs;
      DROP FUNCTION discord_log_give_seq();
      DROP TABLE discord_log_sequence;
    `);
  }
}
