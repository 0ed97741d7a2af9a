import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Course staff removes somebody from one course, a moderator from the server: the latter holds for courses that come later too. */
export class ModeratorRemovals1763800000011 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE discord_memberships ADD COLUMN removed_by_moderator boolean NOT NULL DEFAULT false;
      -- What course staff did stands in the log with who did it.
      UPDATE discord_memberships m SET removed_by_moderator = true
      WHERE m.banned OR (m.removed_by_staff AND NOT EXISTS (
        SELECT FROM discord_integration_logs l WHERE l.user_id = m.user_id AND l.course_id = m.course_id AND l.guild_id = m.guild_id
          AND l.action = 'remove' AND l.status = 'pending' AND l.actor_id IS NOT NULL));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE discord_memberships DROP COLUMN removed_by_moderator');
  }
}
