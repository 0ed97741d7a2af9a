import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';
import { type AccountView, type MembershipRow } from './account-view';
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
  async withdraw(lease: GuildLease, view: AccountView): Promise<void> {
    if (view.rows.some((row) => row.attempt !== null)) return;
    await this.takeBack(lease, view, 'NULL::timestamptz');
  }

  /** The same, and when it was: a time without an attempt is that of Discord's last refusal, until something succeeds. */
  async refused(lease: GuildLease, view: AccountView): Promise<void> {
    // Once the server was found well in between, that stays known: the next refusal is this account's too.
    await this.takeBack(lease, view, 'coalesce($2::timestamptz, clock_timestamp())', view.refusedBeforeWell);
  }

  private async takeBack(lease: GuildLease, view: AccountView, at: string, ...values: unknown[]): Promise<void> {
    await this.database.work(async (manager) => {
      await lease.assertHeldIn(manager);
      await manager.query(
        `WITH locked AS (SELECT id FROM discord_memberships WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE)
         UPDATE discord_memberships m
         SET attempt = NULL, attempt_at = ${at}, attempt_discord_user_id = NULL, attempt_role_id = NULL
         FROM locked WHERE m.id = locked.id`,
        [view.rows.map((row) => row.id), ...values],
      );
    });
  }

  async declare(lease: GuildLease, view: AccountView, step: Step): Promise<void> {
    await this.database.work(async (manager) => {
      await lease.assertHeldIn(manager);
      await manager.query(
        `WITH given AS (SELECT * FROM unnest($1::uuid[], $4::text[]) AS g(id, role_id)),
           locked AS (SELECT id FROM discord_memberships WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE)
         UPDATE discord_memberships m
         SET attempt = $2, attempt_at = now(), attempt_discord_user_id = $3,
           -- A role that may have been given stays known until what became of it is written down, also while it is taken away.
           attempt_role_id = coalesce(given.role_id, CASE WHEN m.attempt_discord_user_id = $3 THEN m.attempt_role_id END)
         FROM locked JOIN given USING (id) WHERE m.id = locked.id`,
        [
          view.rows.map((row) => row.id),
          step.type,
          view.account.discordUserId,
          view.rows.map((row) => roleGiven(row, step)),
        ],
      );
    });
  }
}

/** The role that the step would give for this membership. */
function roleGiven(row: MembershipRow, step: Step): string | null {
  const roles = step.type === 'add' ? step.roleIds : step.type === 'grant-role' ? [step.roleId] : [];
  return row.studentRoleId !== null && roles.includes(row.studentRoleId) ? row.studentRoleId : null;
}
