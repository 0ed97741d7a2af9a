// Made by `npm run codegen`. Do not edit.
// From stream.graphql.
import { operation } from '../api/operation';
import { type MembershipReason, type MembershipStatus } from '../api/enums.generated';

export type RecentLogQueryVariables = { [key: string]: never };

export type RecentLogQuery = { readonly auditLog: { readonly nodes: ReadonlyArray<{ readonly seq: string }> } };

export type MembershipChangesSubscriptionVariables = {
  after?: string | null | undefined;
};

export type MembershipChangesSubscription = {
  readonly membershipChanged: {
    readonly seq: string;
    readonly at: string;
    readonly status: MembershipStatus;
    readonly previousStatus: MembershipStatus | null;
    readonly reason: MembershipReason;
    readonly membership: {
      readonly id: string;
      readonly guildId: string;
      readonly guildName: string;
      readonly student: { readonly id: string; readonly displayName: string | null };
      readonly course: { readonly id: string; readonly title: string };
    };
  };
};

export const recentLog = operation<RecentLogQuery, RecentLogQueryVariables>(
  'query RecentLog { auditLog(first: 100) { nodes { seq } } }',
);

export const membershipChanges = operation<MembershipChangesSubscription, MembershipChangesSubscriptionVariables>(
  'subscription MembershipChanges($after: String) { membershipChanged(after: $after) { seq at status previousStatus reason membership { id guildId guildName student { id displayName } course { id title } } } }',
);
