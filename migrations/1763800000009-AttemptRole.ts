import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Which role was being given when a worker died: whether it was, the next one finds out, and takes it away if need be. */
export class AttemptRole1763800000009 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE discord_memberships ADD COLUMN attempt_role_id text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE discord_memberships DROP COLUMN attempt_role_id');
  }
}
