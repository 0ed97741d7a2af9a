// Made by `npm run codegen`. Do not edit.
// From course-log.graphql.
import { operation } from '../api/operation';
import { type AuditAction, type AuditStatus } from '../api/enums.generated';

export type CourseLogQueryVariables = {
  courseId: string;
  after?: string | null | undefined;
};

export type CourseLogQuery = {
  readonly auditLog: {
    readonly nodes: ReadonlyArray<{
      readonly id: string;
      readonly action: AuditAction;
      readonly status: AuditStatus;
      readonly actorId: string | null;
      readonly userId: string | null;
      readonly details: unknown;
      readonly errorMessage: string | null;
      readonly createdAt: string;
      readonly student: { readonly id: string; readonly displayName: string | null } | null;
    }>;
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
};

export const courseLog = operation<CourseLogQuery, CourseLogQueryVariables>(
  'query CourseLog($courseId: UUID!, $after: String) { auditLog(first: 50, after: $after, filter: {courseId: $courseId}) { nodes { id action status actorId userId student { id displayName } details errorMessage createdAt } pageInfo { hasNextPage endCursor } } }',
);
