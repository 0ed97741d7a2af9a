import { type Client } from 'pg';
import { type TokenVault, UnreadableToken } from './token-vault';

/** Rows that are encrypted anew in one statement: its locks are held for some milliseconds. */
const BATCH = 500;

interface StoredTokens {
  readonly id: string;
  readonly user_id: string;
  readonly access_token: string | null;
  readonly refresh_token: string | null;
}

/** What a rotation has found and done, in connections (each holds two tokens). */
export interface RotationSummary {
  readonly rotated: number;
  /** Encrypted with the newest key before this run. */
  readonly current: number;
  /** No configured key opens them. They are left as they are: a key that is put back brings them back to life. */
  readonly unreadable: number;
  /** Given-up grants that wait to be revoked at Discord, for seven days at most, with the key of their time. */
  readonly waiting: number;
}

/**
 * Encrypts the stored Discord tokens with the newest key, a batch at a time. What is done is recognised by its key, so a run
 * that was killed is simply repeated. While the service runs, whichever of the two writes a row first wins: a row is only
 * replaced if it still holds what was read of it, and looked at again if it does not.
 *
 * @param progress told after each batch how many connections have been looked at, of how many
 */
export async function rotateKeys(
  client: Client,
  vault: TokenVault,
  progress: (seen: number, all: number) => void,
): Promise<RotationSummary> {
  const summary = { rotated: 0, current: 0, unreadable: 0 };
  const all = await count(client, 'SELECT count(*)::int AS count FROM user_discord_connections');
  let seen = 0;
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const { rows } = await client.query<StoredTokens>(
      'SELECT id, user_id, access_token, refresh_token FROM user_discord_connections WHERE id > $1 ORDER BY id LIMIT $2',
      [after, BATCH],
    );
    const last = rows.at(-1);
    if (!last) break;
    let pending = rows;
    while (pending.length > 0) pending = await rotateBatch(client, vault, pending, summary);
    after = last.id;
    seen += rows.length;
    progress(seen, Math.max(seen, all));
  }
  const waiting = await count(
    client,
    `SELECT count(*)::int AS count FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
     WHERE t.identifier = 'revoke-tokens'`,
  );
  return { ...summary, waiting };
}

/** @returns the rows of the batch that somebody else has written meanwhile, as they are now */
async function rotateBatch(
  client: Client,
  vault: TokenVault,
  rows: readonly StoredTokens[],
  summary: { rotated: number; current: number; unreadable: number },
): Promise<StoredTokens[]> {
  const changes: { row: StoredTokens; access: string | null; refresh: string | null }[] = [];
  for (const row of rows) {
    try {
      const access = await renewed(vault, row.user_id, row.access_token);
      const refresh = await renewed(vault, row.user_id, row.refresh_token);
      if (access === row.access_token && refresh === row.refresh_token) summary.current += 1;
      else changes.push({ row, access, refresh });
    } catch (error) {
      if (!(error instanceof UnreadableToken)) throw error;
      summary.unreadable += 1;
    }
  }
  if (changes.length === 0) return [];
  const { rows: written } = await client.query<{ id: string }>(
    `UPDATE user_discord_connections c SET access_token = n.access, refresh_token = n.refresh
     FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[]) AS n(id, old_access, old_refresh, access, refresh)
     WHERE c.id = n.id AND c.access_token IS NOT DISTINCT FROM n.old_access AND c.refresh_token IS NOT DISTINCT FROM n.old_refresh
     RETURNING c.id`,
    [
      changes.map(({ row }) => row.id),
      changes.map(({ row }) => row.access_token),
      changes.map(({ row }) => row.refresh_token),
      changes.map(({ access }) => access),
      changes.map(({ refresh }) => refresh),
    ],
  );
  summary.rotated += written.length;
  const done = new Set(written.map(({ id }) => id));
  const missed = changes.map(({ row }) => row.id).filter((id) => !done.has(id));
  if (missed.length === 0) return [];
  const { rows: again } = await client.query<StoredTokens>(
    'SELECT id, user_id, access_token, refresh_token FROM user_discord_connections WHERE id = ANY($1)',
    [missed],
  );
  return again;
}

async function renewed(vault: TokenVault, userId: string, token: string | null): Promise<string | null> {
  if (token === null || (await vault.isCurrent(userId, token))) return token;
  return vault.encrypt(userId, await vault.decrypt(userId, token));
}

async function count(client: Client, text: string): Promise<number> {
  const { rows } = await client.query<{ count: number }>(text);
  return rows[0]?.count ?? 0;
}
