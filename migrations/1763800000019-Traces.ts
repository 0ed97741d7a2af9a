import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What calls of ours may have left on whichever account, of as many calls as there were; and when Discord last refused. */
export class Traces1763800000019 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- [{account, roles, broughtInByUs, open}]: see src/membership/traces.policy.ts.
      ALTER TABLE discord_memberships ADD COLUMN traces jsonb NOT NULL DEFAULT '[]', ADD COLUMN refused_at timestamptz;
      -- What was under way, as far as it was remembered; a time without an attempt was that of a refusal.
      UPDATE discord_memberships SET traces = jsonb_build_array(jsonb_build_object('account', attempt_discord_user_id,
          'roles', to_jsonb(array_remove(ARRAY[attempt_role_id], NULL)), 'broughtInByUs', false, 'open', true))
        WHERE attempt_discord_user_id IS NOT NULL AND (attempt = 'add' OR attempt_role_id IS NOT NULL);
      UPDATE discord_memberships SET refused_at = attempt_at, attempt_at = NULL WHERE attempt IS NULL AND attempt_at IS NOT NULL;
      ALTER TABLE discord_memberships DROP COLUMN attempt_role_id;
      CREATE INDEX discord_memberships_traces_idx ON discord_memberships (guild_id) WHERE traces <> '[]';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE discord_memberships ADD COLUMN attempt_role_id text;
      UPDATE discord_memberships m SET attempt_at = coalesce(m.attempt_at, m.refused_at), attempt_role_id = (
        SELECT t -> 'roles' ->> 0 FROM jsonb_array_elements(m.traces) t WHERE t ->> 'account' = m.attempt_discord_user_id LIMIT 1);
      ALTER TABLE discord_memberships DROP COLUMN traces, DROP COLUMN refused_at;
    `);
  }
}
