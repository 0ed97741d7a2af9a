/** The platform's roles, and SERVICE for the platform itself (a token with `role: service_role`). */
export type Role = 'STUDENT' | 'INSTRUCTOR' | 'ADMIN' | 'SERVICE';

/** Who is asking, as the verified token says. */
export interface Caller {
  /** The platform's user id (`sub`). */
  readonly userId: string;
  readonly role: Role;
  /** Those of the verified claims that row-level security reads; handed to the database as `request.jwt.claims`. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** When the token ends, seconds since 1970; a subscription does not outlive it. */
  readonly expiresAt: number;
}

/** Admins and the platform itself may do in every course what its instructor may. */
export function seesEverything(caller: Caller): boolean {
  return caller.role === 'ADMIN' || caller.role === 'SERVICE';
}
