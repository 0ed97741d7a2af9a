import { type Client } from 'pg';
import { type TokenVault, UnreadableToken } from './token-vault';

/** Rows that are encrypted anew in one statement: its locks are held for some milliseconds. */
const BATCH = 500;

/** What is stored encrypted: in which columns, and to whom each row is bound. */
const STORED = [
  {
    what: 'connections',
    table: 'user_discord_connections',
    owner: 'user_id',
    columns: ['access_token', 'refresh_token'],
  },
  { what: 'webhook secrets', table: 'discord_webhook_endpoints', owner: 'id', columns: ['secret'] },
] as const;
type Stored = (typeof STORED)[number];

interface StoredRow {
  readonly id: string;
  readonly owner: string;
  /** In the order of the columns. */
  readonly texts: readonly (string | null)[];
}

/** What a rotation has found and done, in rows of one kind. */
export interface RotatedRows {
  readonly what: string;
  readonly rotated: number;
  /** Encrypted with the newest key before this run. */
  readonly current: number;
  /** No configured key opens them. They are left as they are: a key that is put back brings them back to life. */
  readonly unreadable: number;
}

export interface RotationSummary {
  readonly rows: readonly RotatedRows[];
  /** Given-up grants that wait to be revoked at Discord, for seven days at most, with the key of their time. */
  readonly waiting: number;
}

/**
 * Encrypts all that is stored encrypted with the newest key, a batch at a time. What is done is recognised by its key, so a run
 * that was killed is simply repeated. While the service runs, whichever of the two writes a row first wins: a row is only
 * replaced if it still holds what was read of it, and looked at again if it does not.
 *
 * @param progress told after each batch how many rows of which kind have been looked at, of how many
 */
export async function rotateKeys(
  client: Client,
  vault: TokenVault,
  progress: (what: string, seen: number, all: number) => void,
): Promise<RotationSummary> {
  const rows: RotatedRows[] = [];
  for (const stored of STORED) rows.push(await rotateRows(client, vault, stored, progress));
  const waiting = await count(
    client,
    `SELECT count(*)::int AS count FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
     WHERE t.identifier = 'revoke-tokens'`,
  );
  return { rows, waiting };
}

async function rotateRows(
  client: Client,
  vault: TokenVault,
  stored: Stored,
  progress: (what: string, seen: number, all: number) => void,
): Promise<RotatedRows> {
  const summary = { rotated: 0, current: 0, unreadable: 0 };
  const all = await count(client, `SELECT count(*)::int AS count FROM ${stored.table}`);
  let seen = 0;
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const { rows } = await client.query<StoredRow>(`${selectOf(stored)} WHERE id > $1 ORDER BY id LIMIT $2`, [
      after,
      BATCH,
    ]);
    const last = rows.at(-1);
    if (!last) return { what: stored.what, ...summary };
    let pending = rows;
    while (pending.length > 0) pending = await rotateBatch(client, vault, stored, pending, summary);
    after = last.id;
    seen += rows.length;
    progress(stored.what, seen, Math.max(seen, all));
  }
}

/** @returns the rows of the batch that somebody else has written meanwhile, as they are now */
async function rotateBatch(
  client: Client,
  vault: TokenVault,
  stored: Stored,
  rows: readonly StoredRow[],
  summary: { rotated: number; current: number; unreadable: number },
): Promise<StoredRow[]> {
  const changes: { id: string; former: StoredRow['texts']; texts: StoredRow['texts'] }[] = [];
  for (const { id, owner, texts: former } of rows) {
    try {
      const texts: (string | null)[] = [];
      for (const text of former) texts.push(await renewed(vault, owner, text));
      if (texts.every((text, index) => text === former[index])) summary.current += 1;
      else changes.push({ id, former, texts });
    } catch (error) {
      if (!(error instanceof UnreadableToken)) throw error;
      summary.unreadable += 1;
    }
  }
  if (changes.length === 0) return [];
  const { rows: written } = await client.query<{ id: string }>(
    `UPDATE ${stored.table} c SET ${stored.columns.map((column, index) => `${column} = n.texts[${index + 1}]`).join(', ')}
     FROM jsonb_to_recordset($1::jsonb) AS n(id uuid, former text[], texts text[])
     WHERE c.id = n.id AND ARRAY[${stored.columns.map((column) => `c.${column}`).join(', ')}] = n.former
     RETURNING c.id`,
    [JSON.stringify(changes)],
  );
  summary.rotated += written.length;
  const done = new Set(written.map(({ id }) => id));
  const missed = changes.map(({ id }) => id).filter((id) => !done.has(id));
  if (missed.length === 0) return [];
  const { rows: again } = await client.query<StoredRow>(`${selectOf(stored)} WHERE id = ANY($1)`, [missed]);
  return again;
}

function selectOf({ table, owner, columns }: Stored): string {
  return `SELECT id, ${owner} AS owner, ARRAY[${columns.join(', ')}] AS texts FROM ${table}`;
}

async function renewed(vault: TokenVault, owner: string, text: string | null): Promise<string | null> {
  if (text === null || (await vault.isCurrent(owner, text))) return text;
  return vault.encrypt(owner, await vault.decrypt(owner, text));
}

async function count(client: Client, text: string): Promise<number> {
  const { rows } = await client.query<{ count: number }>(text);
  return rows[0]?.count ?? 0;
}
