// Made by `npm run codegen`. Do not edit.
// From people.graphql.
import { operation } from '../api/operation';
import { type MembershipReason, type MembershipStatus, type NextStep } from '../api/enums.generated';

export type FindPeopleQueryVariables = {
  search: string;
  after?: string | null | undefined;
};

export type FindPeopleQuery = {
  readonly logEnd: string;
  readonly memberships: {
    readonly nodes: ReadonlyArray<{
      readonly id: string;
      readonly guildId: string;
      readonly guildName: string;
      readonly status: MembershipStatus;
      readonly reason: MembershipReason;
      readonly nextStep: NextStep | null;
      readonly explanation: string;
      readonly inviteLink: string | null;
      readonly inSync: boolean;
      readonly joinedAt: string | null;
      readonly updatedAt: string;
      readonly discordUserId: string | null;
      readonly course: { readonly id: string; readonly title: string };
      readonly student: {
        readonly id: string;
        readonly displayName: string | null;
        readonly discordConnection: {
          readonly discordUserId: string;
          readonly username: string;
          readonly globalName: string | null;
          readonly avatarUrl: string | null;
          readonly isVerified: boolean;
          readonly connectedAt: string;
        } | null;
      };
    }>;
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
};

export type PersonChangesSubscriptionVariables = {
  userId: string;
  after?: string | null | undefined;
};

export type PersonChangesSubscription = { readonly membershipChanged: { readonly seq: string } };

export type InviteAgainMutationVariables = {
  courseId: string;
  userId: string;
};

export type InviteAgainMutation = { readonly inviteStudent: { readonly id: string } };

export type CompareCourseMutationVariables = {
  courseId: string;
};

export type CompareCourseMutation = { readonly syncCourse: ReadonlyArray<{ readonly id: string }> };

export const findPeople = operation<FindPeopleQuery, FindPeopleQueryVariables>(
  'query FindPeople($search: String!, $after: String) { memberships(first: 100, after: $after, filter: {search: $search}) { nodes { id guildId guildName status reason nextStep explanation inviteLink inSync joinedAt updatedAt discordUserId course { id title } student { id displayName discordConnection { discordUserId username globalName avatarUrl isVerified connectedAt } } } pageInfo { hasNextPage endCursor } } logEnd }',
);

export const personChanges = operation<PersonChangesSubscription, PersonChangesSubscriptionVariables>(
  'subscription PersonChanges($userId: UUID!, $after: String) { membershipChanged(userId: $userId, after: $after) { seq } }',
);

export const inviteAgain = operation<InviteAgainMutation, InviteAgainMutationVariables>(
  'mutation InviteAgain($courseId: UUID!, $userId: UUID!) { inviteStudent(courseId: $courseId, userId: $userId) { id } }',
);

export const compareCourse = operation<CompareCourseMutation, CompareCourseMutationVariables>(
  'mutation CompareCourse($courseId: UUID!) { syncCourse(courseId: $courseId) { id } }',
);
