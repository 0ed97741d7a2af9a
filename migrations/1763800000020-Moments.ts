import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** By what is measured how late something comes: what a moderator did before staff invited, and the end of an enrollment. */
export class Moments1763800000020 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- When staff last invited the student, which lifts what was done against them before that.
      ALTER TABLE discord_memberships ADD COLUMN staff_invited_at timestamptz;
      -- When the person was last seen to be enrolled in anything: where a course has no server, no membership tells.
      ALTER TABLE user_discord_connections ADD COLUMN enrolled_at timestamptz NOT NULL DEFAULT now();
      ALTER TABLE discord_user_settings ADD COLUMN enrolled_at timestamptz NOT NULL DEFAULT now();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE discord_user_settings DROP COLUMN enrolled_at;
      ALTER TABLE user_discord_connections DROP COLUMN enrolled_at;
      ALTER TABLE discord_memberships DROP COLUMN staff_invited_at;
    `);
  }
}
