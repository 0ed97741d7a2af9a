import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';
import { type AccountRun } from './account-run';
import { type Step } from './decide.policy';
import { type GuildLease } from './guild-lease';

/**
 * What is about to be done, written down before the call. After a crash between Discord's answer and our commit it tells
 * our own doing from somebody else's; meanwhile it lets the gateway's echo of our own kick be recognised.
 */
@Injectable()
export class Intents {
  constructor(private readonly database: Database) {}

  /** Takes back what was declared: nothing was done. What an earlier try may have done, its answer lost, stays known. */
  async withdraw(lease: GuildLease, run: AccountRun): Promise<void> {
    await this.takeBack(lease, run, 'refused_at');
  }

  /** The same, and when it was: Discord's last refusal, until something succeeds. */
  async refused(lease: GuildLease, run: AccountRun): Promise<void> {
    // Once the server was found well in between, that stays known: the next refusal is this account's too.
    await this.takeBack(lease, run, 'coalesce($4::timestamptz, clock_timestamp())', run.view.refusedBeforeWell);
  }

  async declare(lease: GuildLease, run: AccountRun, step: Step): Promise<void> {
    const traces = run.view.rows.map((row) => JSON.stringify(run.tracesOf(row)));
    await this.database.work(async (manager) => {
      await lease.assertHeldIn(manager);
      await manager.query(
        `WITH given AS (SELECT * FROM unnest($1::uuid[], $4::jsonb[]) AS g(id, traces)),
           locked AS (SELECT id FROM discord_memberships WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE)
         UPDATE discord_memberships m
         SET attempt = $2, attempt_at = now(), attempt_discord_user_id = $3, traces = given.traces
         FROM locked JOIN given USING (id) WHERE m.id = locked.id`,
        [run.view.rows.map((row) => row.id), step.type, run.account.discordUserId, traces],
      );
    });
  }

  private async takeBack(lease: GuildLease, run: AccountRun, refusedAt: string, ...values: unknown[]): Promise<void> {
    // What was done in this run is not written yet: by the attempt it is known that there was something.
    const isUntouched = run.effects.length === 0;
    const before = run.view.rows.map((row) => ({
      id: row.id,
      attempt: row.attempt,
      account: row.attemptDiscordUserId,
      traces: run.tracesOf(row),
    }));
    await this.database.work(async (manager) => {
      await lease.assertHeldIn(manager);
      await manager.query(
        `WITH before AS (SELECT * FROM jsonb_to_recordset($2) AS b(id uuid, attempt text, account text, traces jsonb)),
           locked AS (SELECT id FROM discord_memberships WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE)
         UPDATE discord_memberships m SET traces = b.traces, refused_at = ${refusedAt},
           attempt = CASE WHEN $3 THEN b.attempt ELSE m.attempt END, attempt_at = CASE WHEN $3 AND b.attempt IS NULL THEN NULL ELSE m.attempt_at END,
           attempt_discord_user_id = CASE WHEN $3 THEN b.account ELSE m.attempt_discord_user_id END
         FROM locked JOIN before b USING (id) WHERE m.id = locked.id`,
        [run.view.rows.map((row) => row.id), JSON.stringify(before), isUntouched, ...values],
      );
    });
  }
}
