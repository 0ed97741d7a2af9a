import { Injectable } from '@nestjs/common';
import { type Caller } from '../common/caller';
import { Database } from '../database/database';

/** The platform's users by name, as far as a caller may see them. */
@Injectable()
export class People {
  constructor(private readonly database: Database) {}

  /** Display names by user id; somebody whom the caller may not see, or who has no name, is missing or null. */
  async names(caller: Caller, ids: readonly string[]): Promise<Map<string, string | null>> {
    const rows = await this.database.readAs(caller, (manager) =>
      manager.query<{ id: string; display_name: string | null }[]>(
        'SELECT id, display_name FROM discord_visible_users WHERE id = ANY($1::uuid[])',
        [ids],
      ),
    );
    return new Map(rows.map((row) => [row.id, row.display_name]));
  }
}
