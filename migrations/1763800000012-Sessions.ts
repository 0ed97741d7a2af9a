import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What signing in to the web UI has to remember: sessions that were ended before their time, and sign-ins under way. */
export class Sessions1763800000012 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE discord_ended_sessions (
        id         uuid PRIMARY KEY,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX discord_ended_sessions_expires_idx ON discord_ended_sessions (expires_at);
      REVOKE ALL ON discord_ended_sessions FROM PUBLIC, anon, authenticated, service_role, anycademy_api, anycademy_writer, anycademy_worker;
      ALTER TABLE discord_ended_sessions ENABLE ROW LEVEL SECURITY;
      CREATE POLICY "The service sees every row" ON discord_ended_sessions FOR SELECT TO service_role, anycademy_writer USING (true);
      CREATE POLICY "The service writes" ON discord_ended_sessions FOR ALL TO service_role, anycademy_writer USING (true) WITH CHECK (true);
      GRANT SELECT, INSERT, DELETE ON discord_ended_sessions TO service_role, anycademy_writer;

      -- Null: nobody is linking; somebody whom Discord shall name is signing in.
      ALTER TABLE discord_link_states ALTER COLUMN user_id DROP NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM discord_link_states WHERE user_id IS NULL;
      ALTER TABLE discord_link_states ALTER COLUMN user_id SET NOT NULL;
      DROP TABLE discord_ended_sessions;
    `);
  }
}
