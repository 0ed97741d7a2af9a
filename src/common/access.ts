import { SetMetadata } from '@nestjs/common';
import { type Role } from './caller';

/** Metadata key under which the global guard finds who may call a handler. */
export const ACCESS = 'anycademy:access';

/** `public`: nobody has to sign in. Otherwise the roles that may call; finer rules are the service's. */
export type Access = 'public' | readonly Role[];

/** The handler answers people who are not signed in. Without this or `@Allow` a handler is refused to everybody. */
export const Public = () => SetMetadata(ACCESS, 'public' satisfies Access);

/** The handler answers signed-in callers of these roles. */
export const Allow = (...roles: Role[]) => SetMetadata(ACCESS, roles satisfies Access);

/** Everybody who is signed in. */
export const SignedIn = () => Allow('STUDENT', 'INSTRUCTOR', 'ADMIN', 'SERVICE');
