import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { ServerHealth } from '../server-config/server-health';
import { moderatedOf } from './exclusion.policy';
import { Marker } from './mark';

/** Of the membership m: its enrollment lasts. That it ended was the deletion's doing. */
const STILL_ENROLLED =
  'EXISTS (SELECT FROM discord_enrollments e WHERE e.user_id = m.user_id AND e.course_id = m.course_id AND e.active)';

/**
 * Takes back that a configuration was deleted with everybody's access. Exactly those come back whom the deletion removed:
 * who had left stays outside, and so does whom staff or a moderator had removed.
 */
@Injectable()
export class ConfigRestoration {
  constructor(
    private readonly marker: Marker,
    private readonly health: ServerHealth,
  ) {}

  /**
   * A deletion that is cancelled did not happen: everybody who is enrolled counts again, and those whom it has removed come back.
   * @returns the memberships concerned, which are still to be marked; none if the run deletes nothing.
   */
  async keepIn(manager: EntityManager, runId: string): Promise<string[]> {
    const [kept] = await manager.query<[{ courseId: string; guildId: string }[], number]>(
      `UPDATE discord_server_configs SET ending_run_id = NULL, updated_at = now() WHERE ending_run_id = $1
       RETURNING course_id AS "courseId", guild_id AS "guildId"`,
      [runId],
    );
    const [config] = kept;
    if (!config) return [];
    const [rows] = await manager.query<[{ id: string }[], number]>(
      `WITH undone AS (UPDATE discord_removals SET undone_at = now() WHERE run_id = $3 AND undone_at IS NULL RETURNING membership_id),
       locked AS (
         SELECT m.id, m.id IN (SELECT membership_id FROM undone) AS is_back FROM discord_memberships m
         WHERE m.course_id = $1 AND m.guild_id = $2 ORDER BY m.id FOR UPDATE)
       UPDATE discord_memberships m SET
         -- Of a kick that is under way it is not known yet what becomes of it.
         requested = m.requested OR l.is_back OR m.attempt IS NOT DISTINCT FROM 'kick',
         -- Whose enrollment is over, and who was in all the same, was so by somebody's decision.
         removal_state = CASE WHEN l.is_back THEN 'restored' ELSE m.removal_state END,
         removal_run_id = CASE WHEN l.is_back THEN NULL ELSE m.removal_run_id END,
         -- Else it would be a new enrollment, which lifts that they have left.
         ended_at = CASE WHEN ${STILL_ENROLLED} THEN NULL ELSE m.ended_at END
       FROM locked l WHERE m.id = l.id RETURNING m.id`,
      [config.courseId, config.guildId, runId],
    );
    await this.marker.createIn(manager, { courses: [config.courseId] });
    return rows.map((row) => row.id);
  }

  /** The configuration as it was, unless the course has been connected with the server again, and who was removed from it. */
  async restoreIn(manager: EntityManager, runId: string): Promise<void> {
    await manager.query(
      `INSERT INTO discord_server_configs
       SELECT c.* FROM discord_sync_runs r, jsonb_populate_record(NULL::discord_server_configs, r.deleted_config) c
       WHERE r.id = $1 AND r.deleted_config IS NOT NULL ON CONFLICT DO NOTHING`,
      [runId],
    );
    const [restored] = await manager.query<{ courseId: string; guildId: string }[]>(
      'SELECT course_id AS "courseId", guild_id AS "guildId" FROM discord_sync_runs WHERE id = $1',
      [runId],
    );
    if (!restored) return;
    // Only what tells who they are: that they were removed, and when, is all that is left of them here. What a moderator has
    // done to them since is known by another course's membership.
    await manager.query(
      `INSERT INTO discord_memberships (id, user_id, course_id, guild_id, discord_user_id, status, reason, ended_at, removed_at, removal_policy,
         removed_by_staff, removed_by_moderator, banned)
       SELECT DISTINCT ON (r.user_id) r.membership_id, r.user_id, r.course_id, r.guild_id, u.discord_user_id, 'removed', 'ENROLLMENT_ENDED', r.done_at, r.done_at,
         k.removal_policy, moderated.removed, moderated.removed, moderated.banned
       FROM discord_removals r JOIN discord_server_configs k ON k.course_id = r.course_id AND k.guild_id = r.guild_id
         LEFT JOIN user_discord_connections u ON u.user_id = r.user_id CROSS JOIN ${moderatedOf('r.user_id', 'r.guild_id')}
       WHERE r.run_id = $1 ORDER BY r.user_id, r.done_at DESC ON CONFLICT DO NOTHING`,
      [runId],
    );
    // What people had decided has outlived the deletion, and holds for an enrollment that has lasted all the time.
    await manager.query(
      `WITH lasting AS (
         SELECT m.id FROM discord_memberships m
         WHERE m.course_id = $1 AND m.guild_id = $2 AND m.left_by_choice AND m.ended_at IS NOT NULL AND ${STILL_ENROLLED}
         ORDER BY m.id FOR UPDATE)
       UPDATE discord_memberships m SET ended_at = NULL FROM lasting WHERE m.id = lasting.id`,
      [restored.courseId, restored.guildId],
    );
    await this.health.schedule(manager, restored.guildId, 0);
  }
}
