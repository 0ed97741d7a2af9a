import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';
import { type AccountView } from './account-view';
import { type Step } from './decide.policy';
import { type GuildLease } from './guild-lease';

/**
 * What is about to be done, written down before the call. After a crash between Discord's answer and our commit it tells
 * our own doing from somebody else's; meanwhile it lets the gateway's echo of our own kick be recognised.
 */
@Injectable()
export class Intents {
  constructor(private readonly database: Database) {}

  /** Takes back what was declared: Discord has refused, so nothing was done. */
  async withdraw(lease: GuildLease, view: AccountView): Promise<void> {
    await this.database.work(async (manager) => {
      await lease.assertHeldIn(manager);
      await manager.query(
        `WITH locked AS (SELECT id FROM discord_memberships WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE)
         UPDATE discord_memberships m
         SET attempt = NULL, attempt_at = NULL, attempt_discord_user_id = NULL, attempt_role_id = NULL
         FROM locked WHERE m.id = locked.id`,
        [view.rows.map((row) => row.id)],
      );
    });
  }

  async declare(lease: GuildLease, view: AccountView, step: Step): Promise<void> {
    await this.database.work(async (manager) => {
      await lease.assertHeldIn(manager);
      await manager.query(
        `WITH locked AS (SELECT id FROM discord_memberships WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE)
         UPDATE discord_memberships m
         SET attempt = $2, attempt_at = now(), attempt_discord_user_id = $3, attempt_role_id = $4
         FROM locked WHERE m.id = locked.id`,
        [
          view.rows.map((row) => row.id),
          step.type,
          view.account.discordUserId,
          step.type === 'grant-role' || step.type === 'revoke-role' ? step.roleId : null,
        ],
      );
    });
  }
}
