// Made by `npm run codegen`. Do not edit.
// From link.graphql.
import { operation } from '../api/operation';

export type LinkVisitsQueryVariables = {
  id: string;
  first: number;
};

export type LinkVisitsQuery = {
  readonly course: {
    readonly id: string;
    readonly discordLink: {
      readonly visits: ReadonlyArray<{
        readonly clicks: number;
        readonly confirmedMember: boolean | null;
        readonly firstClickedAt: string;
        readonly student: { readonly id: string; readonly displayName: string | null };
      }>;
    } | null;
  } | null;
};

export type SetLinkMutationVariables = {
  courseId: string;
  inviteLink: string;
  serverName?: string | null | undefined;
};

export type SetLinkMutation = { readonly setCourseDiscordLink: { readonly id: string } };

export type RemoveLinkMutationVariables = {
  courseId: string;
};

export type RemoveLinkMutation = { readonly removeCourseDiscordLink: { readonly id: string } };

export type TickMemberMutationVariables = {
  courseId: string;
  userId: string;
  isMember: boolean;
};

export type TickMemberMutation = { readonly confirmLinkMembership: { readonly confirmedMember: boolean | null } };

export const linkVisits = operation<LinkVisitsQuery, LinkVisitsQueryVariables>(
  'query LinkVisits($id: UUID!, $first: Int!) { course(id: $id) { id discordLink { visits(first: $first) { clicks confirmedMember firstClickedAt student { id displayName } } } } }',
);

export const setLink = operation<SetLinkMutation, SetLinkMutationVariables>(
  'mutation SetLink($courseId: UUID!, $inviteLink: String!, $serverName: String) { setCourseDiscordLink( courseId: $courseId inviteLink: $inviteLink serverName: $serverName ) { id } }',
);

export const removeLink = operation<RemoveLinkMutation, RemoveLinkMutationVariables>(
  'mutation RemoveLink($courseId: UUID!) { removeCourseDiscordLink(courseId: $courseId) { id } }',
);

export const tickMember = operation<TickMemberMutation, TickMemberMutationVariables>(
  'mutation TickMember($courseId: UUID!, $userId: UUID!, $isMember: Boolean!) { confirmLinkMembership(courseId: $courseId, userId: $userId, isMember: $isMember) { confirmedMember } }',
);
