// Made by `npm run codegen`. Do not edit.
// From log.graphql.
import { operation } from '../api/operation';
import { type AuditAction, type AuditStatus } from '../api/enums.generated';

export type AdminLogQueryVariables = {
  action?: ReadonlyArray<AuditAction> | AuditAction | null | undefined;
  status?: ReadonlyArray<AuditStatus> | AuditStatus | null | undefined;
  userId?: string | null | undefined;
  courseId?: string | null | undefined;
  guildId?: string | null | undefined;
  since?: string | null | undefined;
  until?: string | null | undefined;
  first: number;
  after?: string | null | undefined;
};

export type AdminLogQuery = {
  readonly auditLog: {
    readonly nodes: ReadonlyArray<{
      readonly id: string;
      readonly seq: string;
      readonly action: AuditAction;
      readonly status: AuditStatus;
      readonly createdAt: string;
      readonly userId: string | null;
      readonly courseId: string | null;
      readonly guildId: string | null;
      readonly actorId: string | null;
      readonly errorMessage: string | null;
      readonly details: unknown;
      readonly student: { readonly displayName: string | null } | null;
      readonly actor: { readonly displayName: string | null } | null;
      readonly course: { readonly title: string } | null;
    }>;
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
};

export const adminLog = operation<AdminLogQuery, AdminLogQueryVariables>(
  'query AdminLog($action: [AuditAction!], $status: [AuditStatus!], $userId: UUID, $courseId: UUID, $guildId: Snowflake, $since: DateTime, $until: DateTime, $first: Int!, $after: String) { auditLog( first: $first after: $after filter: {action: $action, status: $status, userId: $userId, courseId: $courseId, guildId: $guildId, since: $since, until: $until} ) { nodes { id seq action status createdAt userId courseId guildId actorId errorMessage details student { displayName } actor { displayName } course { title } } pageInfo { hasNextPage endCursor } } }',
);
