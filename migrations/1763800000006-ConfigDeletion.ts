import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Deleting a server configuration together with its members' access is a run, which can be cancelled and undone. */
export class ConfigDeletion1763800000006 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- While it is not null nobody counts as enrolled here; the row goes once that run is over.
      ALTER TABLE discord_server_configs ADD COLUMN ending_run_id uuid;
      ALTER TABLE discord_sync_runs
        -- The configuration as it was, for an undo.
        ADD COLUMN deleted_config jsonb,
        DROP CONSTRAINT discord_sync_runs_purpose_check,
        ADD CONSTRAINT discord_sync_runs_purpose_check CHECK (purpose IN ('SYNC', 'REMOVALS', 'UNDO', 'DELETION'));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE discord_server_configs DROP COLUMN ending_run_id;
      UPDATE discord_sync_runs SET purpose = 'REMOVALS' WHERE purpose = 'DELETION';
      ALTER TABLE discord_sync_runs
        DROP COLUMN deleted_config,
        DROP CONSTRAINT discord_sync_runs_purpose_check,
        ADD CONSTRAINT discord_sync_runs_purpose_check CHECK (purpose IN ('SYNC', 'REMOVALS', 'UNDO'));
    `);
  }
}
