import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Invites that Discord did not bind to their student: of these, and of no others, it has to be asked whether a stranger used them. */
export class OpenInvites1763800000010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE discord_open_invites (
        code       text PRIMARY KEY,
        guild_id   text NOT NULL,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX discord_open_invites_guild_idx ON discord_open_invites (guild_id);
      REVOKE ALL ON discord_open_invites FROM PUBLIC, anon, authenticated, service_role, anycademy_api, anycademy_writer, anycademy_worker;
      ALTER TABLE discord_open_invites ENABLE ROW LEVEL SECURITY;
      CREATE POLICY "The service sees every row" ON discord_open_invites FOR SELECT TO service_role USING (true);
      CREATE POLICY "The service writes" ON discord_open_invites FOR ALL TO service_role USING (true) WITH CHECK (true);
      GRANT SELECT, INSERT, DELETE ON discord_open_invites TO service_role;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE discord_open_invites');
  }
}
