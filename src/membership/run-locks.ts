import { type EntityManager } from 'typeorm';
import { type SyncRunStatus } from './sync-runs';

/**
 * Whoever decides about a run of this server has done so, or waits until this transaction ends. Runs are locked before
 * memberships everywhere, so that nobody waits in a circle.
 */
export function lockOpenRuns(
  manager: EntityManager,
  guildId: string,
): Promise<{ readonly id: string; readonly status: SyncRunStatus }[]> {
  return manager.query<{ id: string; status: SyncRunStatus }[]>(
    `SELECT id, status FROM discord_sync_runs WHERE guild_id = $1 AND status IN ('QUEUED', 'RUNNING', 'AWAITING_CONFIRMATION')
     ORDER BY id FOR UPDATE`,
    [guildId],
  );
}
