// Made by `npm run codegen`. Do not edit.
// From roster.graphql.
import { operation } from '../api/operation';
import {
  type AuditAction,
  type AuditStatus,
  type MembershipReason,
  type MembershipStatus,
  type NextStep,
} from '../api/enums.generated';

export type RosterQueryVariables = {
  courseId: string;
  guildId: string;
  status?: ReadonlyArray<MembershipStatus> | MembershipStatus | null | undefined;
  reason?: ReadonlyArray<MembershipReason> | MembershipReason | null | undefined;
  search?: string | null | undefined;
  after?: string | null | undefined;
};

export type RosterQuery = {
  readonly memberships: {
    readonly nodes: ReadonlyArray<{
      readonly id: string;
      readonly status: MembershipStatus;
      readonly reason: MembershipReason;
      readonly nextStep: NextStep | null;
      readonly explanation: string;
      readonly inviteLink: string | null;
      readonly joinedAt: string | null;
      readonly removedAt: string | null;
      readonly updatedAt: string;
      readonly student: {
        readonly id: string;
        readonly displayName: string | null;
        readonly discordConnection: { readonly username: string; readonly avatarUrl: string | null } | null;
      };
    }>;
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
};

export type RosterMembershipFragment = {
  readonly id: string;
  readonly status: MembershipStatus;
  readonly reason: MembershipReason;
  readonly nextStep: NextStep | null;
  readonly explanation: string;
  readonly inviteLink: string | null;
  readonly joinedAt: string | null;
  readonly removedAt: string | null;
  readonly updatedAt: string;
  readonly student: {
    readonly id: string;
    readonly displayName: string | null;
    readonly discordConnection: { readonly username: string; readonly avatarUrl: string | null } | null;
  };
};

export type RosterCountsQueryVariables = {
  courseId: string;
  guildId: string;
};

export type RosterCountsQuery = {
  readonly all: { readonly totalCount: number };
  readonly joined: { readonly totalCount: number };
  readonly invited: { readonly totalCount: number };
  readonly notLinked: { readonly totalCount: number };
  readonly pending: { readonly totalCount: number };
  readonly left: { readonly totalCount: number };
  readonly removed: { readonly totalCount: number };
  readonly notInvited: { readonly totalCount: number };
  readonly onTheWay: { readonly totalCount: number };
};

export type InviteStudentMutationVariables = {
  userId: string;
  courseId: string;
};

export type InviteStudentMutation = { readonly inviteStudent: { readonly id: string } };

export type InviteEverybodyMutationVariables = {
  courseId: string;
};

export type InviteEverybodyMutation = { readonly inviteStudents: ReadonlyArray<{ readonly id: string }> };

export type RemoveStudentMutationVariables = {
  userId: string;
  courseId: string;
  reason?: string | null | undefined;
};

export type RemoveStudentMutation = { readonly removeStudent: { readonly id: string } };

export type StudentLogQueryVariables = {
  userId: string;
  courseId: string;
};

export type StudentLogQuery = {
  readonly auditLog: {
    readonly nodes: ReadonlyArray<{
      readonly id: string;
      readonly action: AuditAction;
      readonly status: AuditStatus;
      readonly actorId: string | null;
      readonly details: unknown;
      readonly errorMessage: string | null;
      readonly createdAt: string;
    }>;
  };
};

export const roster = operation<RosterQuery, RosterQueryVariables>(
  'query Roster($courseId: UUID!, $guildId: Snowflake!, $status: [MembershipStatus!], $reason: [MembershipReason!], $search: String, $after: String) { memberships( courseId: $courseId filter: {guildId: $guildId, status: $status, reason: $reason, search: $search} first: 100 after: $after ) { nodes { ...RosterMembership } pageInfo { hasNextPage endCursor } } } fragment RosterMembership on Membership { id status reason nextStep explanation inviteLink joinedAt removedAt updatedAt student { id displayName discordConnection { username avatarUrl } } }',
);

export const rosterCounts = operation<RosterCountsQuery, RosterCountsQueryVariables>(
  'query RosterCounts($courseId: UUID!, $guildId: Snowflake!) { all: memberships(courseId: $courseId, first: 1, filter: {guildId: $guildId}) { totalCount } joined: memberships( courseId: $courseId first: 1 filter: {guildId: $guildId, status: [JOINED]} ) { totalCount } invited: memberships( courseId: $courseId first: 1 filter: {guildId: $guildId, status: [INVITED]} ) { totalCount } notLinked: memberships( courseId: $courseId first: 1 filter: {guildId: $guildId, status: [PENDING], reason: [ACCOUNT_NOT_LINKED]} ) { totalCount } pending: memberships( courseId: $courseId first: 1 filter: {guildId: $guildId, status: [PENDING]} ) { totalCount } left: memberships( courseId: $courseId first: 1 filter: {guildId: $guildId, status: [LEFT]} ) { totalCount } removed: memberships( courseId: $courseId first: 1 filter: {guildId: $guildId, status: [REMOVED]} ) { totalCount } notInvited: memberships( courseId: $courseId first: 1 filter: {guildId: $guildId, status: [PENDING], reason: [NOT_INVITED]} ) { totalCount } onTheWay: memberships( courseId: $courseId first: 1 filter: {guildId: $guildId, inSync: false} ) { totalCount } }',
);

export const inviteStudent = operation<InviteStudentMutation, InviteStudentMutationVariables>(
  'mutation InviteStudent($userId: UUID!, $courseId: UUID!) { inviteStudent(userId: $userId, courseId: $courseId) { id } }',
);

export const inviteEverybody = operation<InviteEverybodyMutation, InviteEverybodyMutationVariables>(
  'mutation InviteEverybody($courseId: UUID!) { inviteStudents(courseId: $courseId) { id } }',
);

export const removeStudent = operation<RemoveStudentMutation, RemoveStudentMutationVariables>(
  'mutation RemoveStudent($userId: UUID!, $courseId: UUID!, $reason: String) { removeStudent(userId: $userId, courseId: $courseId, reason: $reason) { id } }',
);

export const studentLog = operation<StudentLogQuery, StudentLogQueryVariables>(
  'query StudentLog($userId: UUID!, $courseId: UUID!) { auditLog(first: 20, filter: {userId: $userId, courseId: $courseId}) { nodes { id action status actorId details errorMessage createdAt } } }',
);
