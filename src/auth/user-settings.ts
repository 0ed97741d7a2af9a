import { Injectable } from '@nestjs/common';
import { type Caller } from '../common/caller';
import { Database } from '../database/database';

/** What a person has chosen about how they are treated. */
@Injectable()
export class UserSettings {
  constructor(private readonly database: Database) {}

  /** Whether the bot may write to the caller directly; nobody is written to unasked. */
  async directMessages(caller: Caller): Promise<boolean> {
    const rows = await this.database.readAs(caller, (manager) =>
      manager.query<{ enabled: boolean }[]>(
        'SELECT direct_messages AS enabled FROM discord_user_settings WHERE user_id = auth.uid()',
      ),
    );
    return rows[0]?.enabled ?? false;
  }

  async setDirectMessages(caller: Caller, enabled: boolean): Promise<void> {
    await this.database.write((manager) =>
      manager.query(
        `INSERT INTO discord_user_settings (user_id, direct_messages) VALUES ($1, $2)
         ON CONFLICT (user_id) DO UPDATE SET direct_messages = excluded.direct_messages, changed_at = now()`,
        [caller.userId, enabled],
      ),
    );
  }
}
