// Made by `npm run codegen`. Do not edit.
// From discord-link.graphql.
import { operation } from './operation';

export type StartDiscordLinkMutationVariables = {
  returnTo: string;
  autoJoin: boolean;
  servers: boolean;
};

export type StartDiscordLinkMutation = { readonly startDiscordLink: { readonly authorizeUrl: string } };

export const startDiscordLink = operation<StartDiscordLinkMutation, StartDiscordLinkMutationVariables>(
  'mutation StartDiscordLink($returnTo: String!, $autoJoin: Boolean!, $servers: Boolean!) { startDiscordLink(returnTo: $returnTo, autoJoin: $autoJoin, servers: $servers) { authorizeUrl } }',
);
