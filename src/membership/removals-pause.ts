import { Injectable } from '@nestjs/common';
import { AuditLog } from '../audit-log/audit-log';
import { type Caller, seesEverything } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { Database } from '../database/database';
import { PRIORITY } from '../jobs/job-queue';
import { Courses } from '../platform/courses';
import { Marker } from './mark';
import { RemovalsInFlight } from './removals-in-flight';

/** Nobody has asked for the removal of this membership m. */
const UNASKED = 'NOT m.removed_by_staff AND NOT m.banned';

/**
 * The stop switch: while it is on nobody is removed because access has ended, and everything else goes on. What a person asks
 * for about somebody (staff's removal, an account that is disconnected or exchanged, a moderator's ban) is no mistake of the
 * platform's, and is done. From the moment of the answer on it holds.
 */
@Injectable()
export class RemovalsPause {
  constructor(
    private readonly database: Database,
    private readonly courses: Courses,
    private readonly marker: Marker,
    private readonly log: AuditLog,
    private readonly inFlight: RemovalsInFlight,
  ) {}

  /** For one configuration. @throws DomainError NOT_FOUND, FORBIDDEN when the caller does not teach its course. */
  async setForConfig(caller: Caller, configId: string, paused: boolean): Promise<void> {
    const [config] = await this.database.readAs(caller, (manager) =>
      manager.query<{ courseId: string; guildId: string }[]>(
        'SELECT course_id AS "courseId", guild_id AS "guildId" FROM discord_server_configs WHERE id = $1',
        [configId],
      ),
    );
    if (!config) throw new DomainError('NOT_FOUND', 'There is no such server configuration, or you may not see it.');
    await this.courses.taughtBy(caller, config.courseId);
    await this.database.write(async (manager) => {
      // The table's trigger marks whom it concerns.
      const [changed] = await manager.query<[unknown[], number]>(
        'UPDATE discord_server_configs SET removals_paused = $2, updated_at = now() WHERE id = $1 AND removals_paused <> $2 RETURNING 1',
        [configId, paused],
      );
      if (changed.length === 0) return;
      await this.log.append(manager, [
        {
          action: 'config_update',
          courseId: config.courseId,
          guildId: config.guildId,
          actorId: caller.userId,
          details: { removalsPaused: paused },
        },
      ]);
    });
    if (paused) {
      await this.inFlight.over(
        `${UNASKED} AND (m.course_id, m.guild_id) IN (SELECT k.course_id, k.guild_id FROM discord_server_configs k WHERE k.id = $1)`,
        configId,
      );
    }
  }

  /** Whether it is on for all servers. */
  async isOnEverywhere(): Promise<boolean> {
    const rows = await this.database.query(
      `SELECT FROM discord_settings WHERE name = 'removals_paused' AND value = 'true'::jsonb`,
    );
    return rows.length > 0;
  }

  /** Everywhere. @throws DomainError FORBIDDEN to all but admins. */
  async setEverywhere(caller: Caller, paused: boolean): Promise<void> {
    if (!seesEverything(caller))
      throw new DomainError('FORBIDDEN', 'Only admins may stop removals everywhere. Name one of your servers.');
    await this.database.write(async (manager) => {
      const [changed] = await manager.query<[unknown[], number]>(
        `UPDATE discord_settings SET value = to_jsonb($1::boolean) WHERE name = 'removals_paused' AND value <> to_jsonb($1::boolean) RETURNING 1`,
        [paused],
      );
      if (changed.length === 0) return;
      await this.log.append(manager, [
        { action: 'hold', actorId: caller.userId, details: { removalsPausedEverywhere: paused } },
      ]);
      const concerned = await manager.query<{ id: string }[]>(
        // Whose end a worker is only now finding may have been read before this.
        `SELECT id FROM discord_memberships WHERE status = 'joined' AND (ended_at IS NOT NULL OR generation > observed_generation) ORDER BY id`,
      );
      if (concerned.length > 0)
        await this.marker.markIn(manager, { memberships: concerned.map(({ id }) => id) }, PRIORITY.bulk);
    });
    if (paused) await this.inFlight.over(`${UNASKED} AND $1::uuid IS NULL`, null);
  }
}
