// Made by `npm run codegen`. Do not edit.
// From me.graphql.
import { operation } from '../api/operation';
import { type MembershipReason, type MembershipStatus, type NextStep, type UserRole } from '../api/enums.generated';

export type MeQueryVariables = { [key: string]: never };

export type MeQuery = {
  readonly viewer: {
    readonly id: string;
    readonly displayName: string | null;
    readonly role: UserRole;
    readonly directMessages: boolean;
    readonly discordConnection: {
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
        readonly status: MembershipStatus;
        readonly reason: MembershipReason;
        readonly nextStep: NextStep | null;
        readonly explanation: string;
        readonly inviteLink: string | null;
        readonly joinedAt: string | null;
        readonly inSync: boolean;
        readonly updatedAt: string;
        readonly course: {
          readonly id: string;
          readonly title: string;
          readonly discordLink: { readonly serverName: string | null; readonly working: boolean | null } | null;
        };
      }>;
    };
  };
};

export type MyMembershipFragment = {
  readonly id: string;
  readonly guildId: string;
  readonly guildName: string;
  readonly status: MembershipStatus;
  readonly reason: MembershipReason;
  readonly nextStep: NextStep | null;
  readonly explanation: string;
  readonly inviteLink: string | null;
  readonly joinedAt: string | null;
  readonly inSync: boolean;
  readonly updatedAt: string;
  readonly course: {
    readonly id: string;
    readonly title: string;
    readonly discordLink: { readonly serverName: string | null; readonly working: boolean | null } | null;
  };
};

export type MyChangesSubscriptionVariables = {
  after?: string | null | undefined;
  userId?: string | null | undefined;
};

export type MyChangesSubscription = {
  readonly membershipChanged: {
    readonly seq: string;
    readonly status: MembershipStatus;
    readonly membership: { readonly id: string };
  };
};

export const me = operation<MeQuery, MeQueryVariables>(
  'query Me { viewer { id displayName role directMessages discordConnection { username globalName avatarUrl scopes isVerified connectedAt } memberships(first: 200) { nodes { ...MyMembership } } } } fragment MyMembership on Membership { id guildId guildName status reason nextStep explanation inviteLink joinedAt inSync updatedAt course { id title discordLink { serverName working } } }',
);

export const myChanges = operation<MyChangesSubscription, MyChangesSubscriptionVariables>(
  'subscription MyChanges($after: String, $userId: UUID) { membershipChanged(after: $after, userId: $userId) { seq status membership { id } } }',
);
