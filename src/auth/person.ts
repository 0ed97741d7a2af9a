import { type Caller, type Role } from '../common/caller';

/** Who can sign in by themselves: people, not the platform itself. */
export type PersonRole = Exclude<Role, 'SERVICE'>;

/** Somebody of the platform, with the role that they have there. */
export interface Person {
  readonly userId: string;
  readonly role: PersonRole;
}

/**
 * The caller that a person is without a token of the platform's: row-level security reads in these claims what it would
 * read in that token.
 * @param expiresAt seconds since 1970
 */
export function callerOfPerson({ userId, role }: Person, expiresAt: number): Caller {
  return {
    userId,
    role,
    claims: { sub: userId, role: 'authenticated', exp: expiresAt, app_metadata: { role: role.toLowerCase() } },
    expiresAt,
  };
}
