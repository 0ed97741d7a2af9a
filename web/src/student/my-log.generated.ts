// Made by `npm run codegen`. Do not edit.
// From my-log.graphql.
import { operation } from '../api/operation';
import { type AuditAction, type AuditStatus } from '../api/enums.generated';

export type MyLogQueryVariables = {
  userId: string;
  after?: string | null | undefined;
};

export type MyLogQuery = {
  readonly auditLog: {
    readonly nodes: ReadonlyArray<{
      readonly id: string;
      readonly action: AuditAction;
      readonly status: AuditStatus;
      readonly actorId: string | null;
      readonly courseId: string | null;
      readonly guildId: string | null;
      readonly details: unknown;
      readonly createdAt: string;
    }>;
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
};

export const myLog = operation<MyLogQuery, MyLogQueryVariables>(
  'query MyLog($userId: UUID!, $after: String) { auditLog( first: 30 after: $after filter: {userId: $userId, action: [LINK, UNLINK, INVITE, ADD, JOIN, LEAVE, REMOVE, ROLE_GRANT, ROLE_REVOKE, ENROLLMENT, CLICK, ERROR]} ) { nodes { id action status actorId courseId guildId details createdAt } pageInfo { hasNextPage endCursor } } }',
);
