import { Injectable } from '@nestjs/common';
import { DomainError } from '../common/domain-error';
import { Database } from '../database/database';
import { type Person, type PersonRole } from './person';

const ROLES: Readonly<Record<string, PersonRole | undefined>> = {
  student: 'STUDENT',
  instructor: 'INSTRUCTOR',
  admin: 'ADMIN',
};

/** Whose Discord account it is. */
@Injectable()
export class LinkedPeople {
  constructor(private readonly database: Database) {}

  /**
   * The person whose account this is, with the role that the platform gives them (`auth.users.raw_app_meta_data`).
   * @throws DomainError NOT_LINKED for an account that is nobody's, whose owner is gone or has no role that we know, or that
   * has taken its consent back.
   */
  async ownerOf(discordUserId: string): Promise<Person> {
    const [owner] = await this.database.query<{ userId: string; role: string }>(
      `SELECT u.id AS "userId", u.role FROM user_discord_connections c JOIN discord_users u ON u.id = c.user_id
       WHERE c.discord_user_id = $1 AND c.is_verified`,
      [discordUserId],
    );
    const role = owner && Object.hasOwn(ROLES, owner.role) ? ROLES[owner.role] : undefined;
    if (!owner || !role) {
      throw new DomainError(
        'NOT_LINKED',
        'This Discord account is not connected to an Anycademy account. Sign in on the platform, and connect it there first.',
      );
    }
    return { userId: owner.userId, role };
  }
}
