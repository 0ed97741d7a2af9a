import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** How much work was waiting, minute by minute. */
export class WaitingJobs1763800000018 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Memberships that waited for a worker at the minute's end, in all: only where guild_id is empty.
      ALTER TABLE discord_service_minutes ADD COLUMN waiting integer;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE discord_service_minutes DROP COLUMN waiting`);
  }
}
