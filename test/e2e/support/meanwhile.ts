import { Client } from 'pg';
import { eventually, type Service } from './service';

/**
 * Asks for something, and holds up whatever reads where the log ends until all else that was asked for has been read; in that
 * moment the student leaves their server, as far as the database knows.
 */
export async function leavesWhileRead<Answer>(
  service: Service,
  userId: string,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  const writer = new Client({ connectionString: service.database.url });
  await writer.connect();
  try {
    await writer.query('BEGIN');
    await writer.query('LOCK TABLE discord_log_sequence IN ACCESS EXCLUSIVE MODE');
    const answer = ask();
    answer.catch(() => undefined);
    await eventually(async () => {
      const reading = await service.sql(
        `SELECT count(*) FILTER (WHERE wait_event_type = 'Lock')::int AS waiting,
                count(*) FILTER (WHERE wait_event_type IS DISTINCT FROM 'Lock')::int AS others
         FROM pg_stat_activity
         WHERE datname = current_database() AND application_name IN ('anycademy-api', 'anycademy-tail') AND state <> 'idle'`,
      );
      expect(reading).toEqual([{ waiting: 1, others: 0 }]);
    });
    await writer.query(
      `WITH changed AS (
         UPDATE discord_memberships SET status = 'left', reason = 'LEFT_BY_CHOICE', left_by_choice = true
         WHERE user_id = $1 RETURNING *
       )
       INSERT INTO discord_integration_logs (user_id, course_id, guild_id, action, status, membership_id, previous_status, new_status, reason)
       SELECT user_id, course_id, guild_id, 'leave', 'success', id, 'joined', status, reason FROM changed`,
      [userId],
    );
    await writer.query('COMMIT');
    return await answer;
  } finally {
    await writer.end();
  }
}
