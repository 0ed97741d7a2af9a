import { type UserRole } from '../api/enums.generated';

/** Where the navigation leads, and for whom. The first of a role is where they begin. */
export const PLACES = {
  STUDENT: [{ path: '/me', text: 'me' }],
  INSTRUCTOR: [
    { path: '/courses', text: 'courses' },
    { path: '/me', text: 'me' },
  ],
  ADMIN: [
    { path: '/admin', text: 'admin' },
    { path: '/courses', text: 'courses' },
    { path: '/me', text: 'me' },
  ],
  SERVICE: [],
} as const satisfies Record<UserRole, readonly { readonly path: string; readonly text: 'me' | 'courses' | 'admin' }[]>;

export function homeOf(role: UserRole): string {
  return PLACES[role][0]?.path ?? '/sign-in';
}
