// Made by `npm run codegen`. Do not edit.
// From servers.graphql.
import { operation } from '../api/operation';
import { type GuildHealth, type PreflightCheckId } from '../api/enums.generated';

export type AdminServersQueryVariables = {
  search?: string | null | undefined;
  health?: ReadonlyArray<GuildHealth> | GuildHealth | null | undefined;
  after?: string | null | undefined;
};

export type AdminServersQuery = {
  readonly serverConfigs: {
    readonly totalCount: number;
    readonly nodes: ReadonlyArray<{
      readonly id: string;
      readonly guildId: string;
      readonly guildName: string;
      readonly health: GuildHealth;
      readonly isActive: boolean;
      readonly removalsPaused: boolean;
      readonly course: {
        readonly id: string;
        readonly title: string;
        readonly stats: { readonly enrolled: number; readonly joined: number };
      };
      readonly preflight: {
        readonly checks: ReadonlyArray<{
          readonly id: PreflightCheckId;
          readonly passed: boolean;
          readonly required: boolean;
          readonly message: string;
        }>;
      };
    }>;
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
};

export const adminServers = operation<AdminServersQuery, AdminServersQueryVariables>(
  'query AdminServers($search: String, $health: [GuildHealth!], $after: String) { serverConfigs(first: 50, search: $search, health: $health, after: $after) { totalCount nodes { id guildId guildName health isActive removalsPaused course { id title stats { enrolled joined } } preflight { checks { id passed required message } } } pageInfo { hasNextPage endCursor } } }',
);
