// Made by `npm run codegen`. Do not edit.
// From numbers.graphql.
import { operation } from '../api/operation';
import { type MetricsBucket } from '../api/enums.generated';

export type CourseNumbersQueryVariables = {
  courseId: string;
  since?: string | null | undefined;
  bucket: MetricsBucket;
};

export type CourseNumbersQuery = {
  readonly metrics: {
    readonly enrolledStudents: number;
    readonly connectedUsers: number;
    readonly connectionRate: number;
    readonly invitationsSent: number;
    readonly invitationSuccessRate: number;
    readonly retentionRate: number;
    readonly joinClickRate: number;
    readonly timeToRoleP50: number | null;
    readonly timeToRoleP95: number | null;
    readonly weeklyActiveRate: number | null;
    readonly apiCalls: number;
    readonly targets: ReadonlyArray<{
      readonly metric: string;
      readonly target: number;
      readonly value: number | null;
      readonly met: boolean | null;
    }>;
    readonly series: ReadonlyArray<{
      readonly at: string;
      readonly joined: number;
      readonly left: number;
      readonly removed: number;
      readonly invited: number;
      readonly errors: number;
    }>;
  };
};

export const courseNumbers = operation<CourseNumbersQuery, CourseNumbersQueryVariables>(
  'query CourseNumbers($courseId: UUID!, $since: DateTime, $bucket: MetricsBucket!) { metrics(courseId: $courseId, since: $since) { enrolledStudents connectedUsers connectionRate invitationsSent invitationSuccessRate retentionRate joinClickRate timeToRoleP50 timeToRoleP95 weeklyActiveRate apiCalls targets { metric target value met } series(bucket: $bucket) { at joined left removed invited errors } } }',
);
