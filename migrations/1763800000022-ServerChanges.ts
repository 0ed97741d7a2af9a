import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** By what is known of a server's roles it is judged who must not be removed: that has to be no older than they are. */
export class ServerChanges1763800000022 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- When Discord last told that the server, its roles or its channels were changed.
      ALTER TABLE discord_guilds ADD COLUMN changed_at timestamptz;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE discord_guilds DROP COLUMN changed_at;');
  }
}
