// Made by `npm run codegen`. Do not edit.
// From viewer.graphql.
import { operation } from '../api/operation';
import { type UserRole } from '../api/enums.generated';

export type ViewerQueryVariables = { [key: string]: never };

export type ViewerQuery = {
  readonly viewer: { readonly id: string; readonly displayName: string | null; readonly role: UserRole };
};

export const viewer = operation<ViewerQuery, ViewerQueryVariables>('query Viewer { viewer { id displayName role } }');
