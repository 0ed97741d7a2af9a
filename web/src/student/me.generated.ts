// Made by `npm run codegen`. Do not edit.
// From me.graphql.
import { operation } from '../api/operation';
import { type MembershipReason, type MembershipStatus, type NextStep } from '../api/enums.generated';

export type MeQueryVariables = { [key: string]: never };

export type MeQuery = {
  readonly logEnd: string;
  readonly viewer: {
    readonly id: string;
    readonly directMessages: boolean;
    readonly discordConnection: {
      readonly discordUserId: string;
      readonly username: string;
      readonly globalName: string | null;
      readonly avatarUrl: string | null;
      readonly scopes: ReadonlyArray<string>;
      readonly isVerified: boolean;
      readonly connectedAt: string;
    } | null;
    readonly memberships: {
      readonly nodes: ReadonlyArray<{
        readonly id: string;
        readonly guildId: string;
        readonly guildName: string;
        readonly serverUrl: string;
        readonly status: MembershipStatus;
        readonly reason: MembershipReason;
        readonly nextStep: NextStep | null;
        readonly explanation: string;
        readonly inviteLink: string | null;
        readonly joinedAt: string | null;
        readonly removedAt: string | null;
        readonly course: { readonly id: string; readonly title: string };
      }>;
    };
    readonly enrolledCourses: {
      readonly nodes: ReadonlyArray<{
        readonly id: string;
        readonly title: string;
        readonly discordLink: {
          readonly inviteLink: string;
          readonly serverName: string | null;
          readonly working: boolean | null;
        } | null;
      }>;
    };
  };
};

export type MyMembershipChangedSubscriptionVariables = {
  userId: string;
  after?: string | null | undefined;
};

export type MyMembershipChangedSubscription = {
  readonly membershipChanged: { readonly seq: string; readonly membership: { readonly id: string } };
};

export type DisconnectDiscordMutationVariables = { [key: string]: never };

export type DisconnectDiscordMutation = { readonly unlinkDiscord: boolean };

export type EraseMyDataMutationVariables = { [key: string]: never };

export type EraseMyDataMutation = { readonly eraseMyDiscordData: boolean };

export type SetDirectMessagesMutationVariables = {
  enabled: boolean;
};

export type SetDirectMessagesMutation = {
  readonly setDirectMessages: { readonly id: string; readonly directMessages: boolean };
};

export type RejoinMutationVariables = {
  courseId: string;
};

export type RejoinMutation = { readonly rejoinCourse: ReadonlyArray<{ readonly id: string }> };

export type PressJoinMutationVariables = {
  courseId: string;
};

export type PressJoinMutation = {
  readonly joinCourseDiscord: { readonly url: string | null; readonly explanation: string };
};

export type MyDiscordDataQueryVariables = { [key: string]: never };

export type MyDiscordDataQuery = { readonly myDiscordData: unknown };

export const me = operation<MeQuery, MeQueryVariables>(
  'query Me { viewer { id directMessages discordConnection { discordUserId username globalName avatarUrl scopes isVerified connectedAt } memberships(first: 200) { nodes { id guildId guildName serverUrl status reason nextStep explanation inviteLink joinedAt removedAt course { id title } } } enrolledCourses(first: 200) { nodes { id title discordLink { inviteLink serverName working } } } } logEnd }',
);

export const myMembershipChanged = operation<MyMembershipChangedSubscription, MyMembershipChangedSubscriptionVariables>(
  'subscription MyMembershipChanged($userId: UUID!, $after: String) { membershipChanged(userId: $userId, after: $after) { seq membership { id } } }',
);

export const disconnectDiscord = operation<DisconnectDiscordMutation, DisconnectDiscordMutationVariables>(
  'mutation DisconnectDiscord { unlinkDiscord }',
);

export const eraseMyData = operation<EraseMyDataMutation, EraseMyDataMutationVariables>(
  'mutation EraseMyData { eraseMyDiscordData }',
);

export const setDirectMessages = operation<SetDirectMessagesMutation, SetDirectMessagesMutationVariables>(
  'mutation SetDirectMessages($enabled: Boolean!) { setDirectMessages(enabled: $enabled) { id directMessages } }',
);

export const rejoin = operation<RejoinMutation, RejoinMutationVariables>(
  'mutation Rejoin($courseId: UUID!) { rejoinCourse(courseId: $courseId) { id } }',
);

export const pressJoin = operation<PressJoinMutation, PressJoinMutationVariables>(
  'mutation PressJoin($courseId: UUID!) { joinCourseDiscord(courseId: $courseId) { url explanation } }',
);

export const myDiscordData = operation<MyDiscordDataQuery, MyDiscordDataQueryVariables>(
  'query MyDiscordData { myDiscordData }',
);
