import { Logger as WorkerLogger, runMigrations as migrateJobQueue } from 'graphile-worker';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { Platform1763800000001 } from '../../migrations/1763800000001-Platform';
import { Tables1763800000002 } from '../../migrations/1763800000002-Tables';
import { Log1763800000003 } from '../../migrations/1763800000003-Log';
import { Marks1763800000004 } from '../../migrations/1763800000004-Marks';
import { Access1763800000005 } from '../../migrations/1763800000005-Access';
import { ConfigDeletion1763800000006 } from '../../migrations/1763800000006-ConfigDeletion';
import { Leaving1763800000007 } from '../../migrations/1763800000007-Leaving';
import { Urgency1763800000008 } from '../../migrations/1763800000008-Urgency';
import { AttemptRole1763800000009 } from '../../migrations/1763800000009-AttemptRole';
import { OpenInvites1763800000010 } from '../../migrations/1763800000010-OpenInvites';
import { ModeratorRemovals1763800000011 } from '../../migrations/1763800000011-ModeratorRemovals';
import { Sessions1763800000012 } from '../../migrations/1763800000012-Sessions';
import { EnrollmentIntake1763800000013 } from '../../migrations/1763800000013-EnrollmentIntake';
import { CourseSide1763800000014 } from '../../migrations/1763800000014-CourseSide';
import { Metrics1763800000015 } from '../../migrations/1763800000015-Metrics';
import { WebhookEndpoints1763800000016 } from '../../migrations/1763800000016-WebhookEndpoints';
import { Activity1763800000017 } from '../../migrations/1763800000017-Activity';
import { WaitingJobs1763800000018 } from '../../migrations/1763800000018-WaitingJobs';
import { Traces1763800000019 } from '../../migrations/1763800000019-Traces';
import { Moments1763800000020 } from '../../migrations/1763800000020-Moments';
import { OneIntake1763800000021 } from '../../migrations/1763800000021-OneIntake';
import { ServerChanges1763800000022 } from '../../migrations/1763800000022-ServerChanges';

const MIGRATIONS = [
  Platform1763800000001,
  Tables1763800000002,
  Log1763800000003,
  Marks1763800000004,
  Access1763800000005,
  ConfigDeletion1763800000006,
  Leaving1763800000007,
  Urgency1763800000008,
  AttemptRole1763800000009,
  OpenInvites1763800000010,
  ModeratorRemovals1763800000011,
  Sessions1763800000012,
  EnrollmentIntake1763800000013,
  CourseSide1763800000014,
  Metrics1763800000015,
  WebhookEndpoints1763800000016,
  Activity1763800000017,
  WaitingJobs1763800000018,
  Traces1763800000019,
  Moments1763800000020,
  OneIntake1763800000021,
  ServerChanges1763800000022,
];

/** Advisory lock under which one process migrates while other replicas wait ("anyc", 2). */
const LOCK = [1634629987, 2] as const;

/**
 * Brings the database up to date: the job queue's tables, ours, and the settings that SQL has to know. Safe to call from
 * several processes at once, and again.
 * @param ownerUrl the login that owns our tables
 * @returns the names of the migrations that were run
 */
export async function migrate(
  ownerUrl: string,
  settings: { readonly enrollmentActiveStatuses: readonly string[] },
): Promise<string[]> {
  const client = new Client({ connectionString: ownerUrl, application_name: 'anycademy-migrate' });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1, $2)', [...LOCK]);
    await migrateJobQueue({ connectionString: ownerUrl, logger: new WorkerLogger(() => () => undefined) });
    const source = new DataSource({
      type: 'postgres',
      url: ownerUrl,
      migrations: MIGRATIONS,
      migrationsTableName: 'discord_migrations',
      poolSize: 2,
    });
    await source.initialize();
    try {
      const run = await source.runMigrations({ transaction: 'each' });
      await source.query(`UPDATE discord_settings SET value = $1::jsonb WHERE name = 'enrollment_active_statuses'`, [
        JSON.stringify(settings.enrollmentActiveStatuses),
      ]);
      return run.map((migration) => migration.name);
    } finally {
      await source.destroy();
    }
  } finally {
    await client.end();
  }
}
