import { Injectable } from '@nestjs/common';
import { LOG_COLUMNS, type LogRow } from '../audit-log/log-row';
import { Database } from '../database/database';
import { pauseAfter, restAfter } from './attempt.policy';

/** Entries of the log that are turned into deliveries at once. */
export const PAGE = 500;
/** Longer than any attempt takes: by then its worker is dead. */
const CLAIM = '30 seconds';

/** An endpoint that can be asked now. The secret is encrypted. */
export interface OpenEndpoint {
  readonly id: string;
  readonly url: string;
  readonly secret: string;
}

/** One delivery that this process alone sends now. */
export interface Claim {
  readonly id: string;
  readonly seq: string;
  readonly attempts: number;
}

/** What is to be told to whom, and what became of it. */
@Injectable()
export class WebhookDeliveries {
  constructor(private readonly database: Database) {}

  /** Those that are not resting. */
  openEndpoints(): Promise<OpenEndpoint[]> {
    return this.database.query<OpenEndpoint>(
      `SELECT id, url, secret FROM discord_webhook_endpoints WHERE is_active AND (rest_until IS NULL OR rest_until <= now())`,
    );
  }

  /** Makes deliveries of the next entries of the log. @returns how many entries that were, with or without a delivery */
  async queueNext(endpointId: string): Promise<number> {
    const [row] = await this.database.query<{ entries: number }>(
      `WITH endpoint AS (
         SELECT id, log_seq FROM discord_webhook_endpoints WHERE id = $1 FOR UPDATE SKIP LOCKED
       ), page AS (
         SELECT l.* FROM endpoint,
           LATERAL (SELECT g.seq, g.membership_id, g.action FROM discord_log g WHERE g.seq > endpoint.log_seq ORDER BY g.seq LIMIT ${PAGE}) l
       ), queued AS (
         INSERT INTO discord_webhook_deliveries (endpoint_id, seq, membership_id)
         SELECT endpoint.id, page.seq, page.membership_id FROM endpoint, page
         WHERE page.membership_id IS NOT NULL OR page.action = 'health'
         ON CONFLICT DO NOTHING
       ), moved AS (
         UPDATE discord_webhook_endpoints e SET log_seq = (SELECT max(seq) FROM page)
         FROM endpoint WHERE e.id = endpoint.id AND EXISTS (SELECT FROM page)
       )
       SELECT count(*)::int AS entries FROM page`,
      [endpointId],
    );
    return row?.entries ?? 0;
  }

  /** Takes deliveries that are due. Of a membership, and of all servers, only the oldest: what follows waits until that has arrived or failed. */
  claim(endpointId: string, most: number): Promise<Claim[]> {
    return this.database.query<Claim>(
      `WITH due AS (
         SELECT d.id FROM discord_webhook_deliveries d JOIN discord_webhook_endpoints e ON e.id = d.endpoint_id
         WHERE d.endpoint_id = $1 AND d.status = 'pending' AND d.due_at <= now()
           AND (d.claimed_until IS NULL OR d.claimed_until <= now())
           AND e.is_active AND (e.rest_until IS NULL OR e.rest_until <= now())
           AND NOT EXISTS (SELECT FROM discord_webhook_deliveries o WHERE o.endpoint_id = d.endpoint_id
             AND o.subject = d.subject AND o.status = 'pending' AND o.seq < d.seq)
         ORDER BY d.due_at, d.seq LIMIT $2 FOR UPDATE OF d SKIP LOCKED
       ), claimed AS (
         UPDATE discord_webhook_deliveries d SET claimed_until = now() + interval '${CLAIM}', attempts = d.attempts + 1
         FROM due WHERE d.id = due.id RETURNING d.id, d.seq, d.attempts
       )
       SELECT id, seq, attempts FROM claimed`,
      [endpointId, most],
    );
  }

  /** The entries that are told, by seq. */
  async entries(claims: readonly Claim[]): Promise<Map<string, LogRow>> {
    const rows = await this.database.query<LogRow>(
      `SELECT ${LOG_COLUMNS} FROM discord_log WHERE seq = ANY($1::bigint[])`,
      [claims.map(({ seq }) => seq)],
    );
    return new Map(rows.map((row) => [row.seq, row]));
  }

  async delivered({ id }: Claim, endpointId: string): Promise<void> {
    await this.database.work(async (manager) => {
      await manager.query(
        `UPDATE discord_webhook_deliveries SET status = 'delivered', finished_at = now(), claimed_until = NULL, last_error = NULL WHERE id = $1`,
        [id],
      );
      await manager.query(
        'UPDATE discord_webhook_endpoints SET failures = 0, rest_until = NULL WHERE id = $1 AND failures > 0',
        [endpointId],
      );
    });
  }

  async failed({ id, attempts }: Claim, endpointId: string, reason: string): Promise<void> {
    const pause = pauseAfter(attempts, Math.random());
    await this.database.work(async (manager) => {
      await manager.query(
        `UPDATE discord_webhook_deliveries SET status = CASE WHEN $2::float IS NULL THEN 'failed' ELSE 'pending' END,
           finished_at = CASE WHEN $2::float IS NULL THEN now() END, due_at = now() + coalesce($2::float, 0) * interval '1 millisecond',
           claimed_until = NULL, last_error = $3 WHERE id = $1`,
        [id, pause, reason],
      );
      const [rows] = await manager.query<[{ failures: number }[], number]>(
        'UPDATE discord_webhook_endpoints SET failures = failures + 1 WHERE id = $1 RETURNING failures',
        [endpointId],
      );
      await manager.query(
        `UPDATE discord_webhook_endpoints SET rest_until = now() + $2::float * interval '1 millisecond' WHERE id = $1`,
        [endpointId, restAfter(rows[0]?.failures ?? 0)],
      );
    });
  }

  /** We are stopping: whoever comes next may send it at once, and it counts as not tried. */
  async giveBack({ id }: Claim): Promise<void> {
    await this.database.query(
      `UPDATE discord_webhook_deliveries SET claimed_until = NULL, attempts = attempts - 1 WHERE id = $1 AND status = 'pending'`,
      [id],
    );
  }

  /** What waits behind an endpoint that is dead is given up after five days too; what is done is forgotten after a month. */
  async tidy(): Promise<void> {
    await this.database.query(
      `UPDATE discord_webhook_deliveries SET status = 'failed', finished_at = now(), last_error = coalesce(last_error, 'The endpoint took nothing for five days.')
       WHERE status = 'pending' AND queued_at < now() - interval '5 days'
         AND endpoint_id IN (SELECT id FROM discord_webhook_endpoints WHERE failures > 0)`,
    );
    await this.database.query(
      `DELETE FROM discord_webhook_deliveries WHERE finished_at < now() - interval '30 days'
         OR (status = 'delivered' AND finished_at < now() - interval '7 days')`,
    );
  }
}
