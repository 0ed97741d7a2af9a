// Made by `npm run codegen`. Do not edit.
// From setup.graphql.
import { operation } from '../api/operation';
import { type DriftPolicy, type PreflightCheckId, type RemovalPolicy } from '../api/enums.generated';

export type MyConnectionQueryVariables = { [key: string]: never };

export type MyConnectionQuery = {
  readonly viewer: {
    readonly id: string;
    readonly discordConnection: {
      readonly username: string;
      readonly scopes: ReadonlyArray<string>;
      readonly isVerified: boolean;
    } | null;
  };
};

export type MyServersQueryVariables = { [key: string]: never };

export type MyServersQuery = {
  readonly manageableGuilds: ReadonlyArray<{
    readonly id: string;
    readonly name: string;
    readonly iconUrl: string | null;
    readonly botPresent: boolean;
    readonly botInstallUrl: string;
  }>;
};

export type ServerPartsQueryVariables = {
  id: string;
};

export type ServerPartsQuery = {
  readonly guild: {
    readonly id: string;
    readonly name: string;
    readonly memberCount: number;
    readonly channels: ReadonlyArray<{ readonly id: string; readonly name: string; readonly botCanInvite: boolean }>;
    readonly roles: ReadonlyArray<{ readonly id: string; readonly name: string; readonly botCanAssign: boolean }>;
  } | null;
};

export type PreflightQueryVariables = {
  guildId: string;
  inviteChannelId?: string | null | undefined;
  studentRoleId?: string | null | undefined;
};

export type PreflightQuery = {
  readonly preflight: {
    readonly ok: boolean;
    readonly checkedAt: string;
    readonly checks: ReadonlyArray<{
      readonly id: PreflightCheckId;
      readonly passed: boolean;
      readonly required: boolean;
      readonly message: string;
    }>;
  };
};

export type CreateRoleMutationVariables = {
  guildId: string;
  name: string;
};

export type CreateRoleMutation = { readonly createGuildRole: { readonly id: string } };

export type CreateServerMutationVariables = {
  courseId: string;
  guildId: string;
  inviteChannelId?: string | null | undefined;
  studentRoleId?: string | null | undefined;
  welcomeMessage?: string | null | undefined;
  autoInvite?: boolean | null | undefined;
  adoptExisting?: boolean | null | undefined;
  roleAfterScreening?: boolean | null | undefined;
  driftPolicy?: DriftPolicy | null | undefined;
  removalPolicy?: RemovalPolicy | null | undefined;
  removalGraceHours?: number | null | undefined;
};

export type CreateServerMutation = { readonly createServerConfig: { readonly id: string } };

export const myConnection = operation<MyConnectionQuery, MyConnectionQueryVariables>(
  'query MyConnection { viewer { id discordConnection { username scopes isVerified } } }',
);

export const myServers = operation<MyServersQuery, MyServersQueryVariables>(
  'query MyServers { manageableGuilds { id name iconUrl botPresent botInstallUrl } }',
);

export const serverParts = operation<ServerPartsQuery, ServerPartsQueryVariables>(
  'query ServerParts($id: Snowflake!) { guild(id: $id) { id name memberCount channels { id name botCanInvite } roles { id name botCanAssign } } }',
);

export const preflight = operation<PreflightQuery, PreflightQueryVariables>(
  'query Preflight($guildId: Snowflake!, $inviteChannelId: Snowflake, $studentRoleId: Snowflake) { preflight( guildId: $guildId inviteChannelId: $inviteChannelId studentRoleId: $studentRoleId ) { ok checkedAt checks { id passed required message } } }',
);

export const createRole = operation<CreateRoleMutation, CreateRoleMutationVariables>(
  'mutation CreateRole($guildId: Snowflake!, $name: String!) { createGuildRole(guildId: $guildId, name: $name) { id } }',
);

export const createServer = operation<CreateServerMutation, CreateServerMutationVariables>(
  'mutation CreateServer($courseId: UUID!, $guildId: Snowflake!, $inviteChannelId: Snowflake, $studentRoleId: Snowflake, $welcomeMessage: String, $autoInvite: Boolean, $adoptExisting: Boolean, $roleAfterScreening: Boolean, $driftPolicy: DriftPolicy, $removalPolicy: RemovalPolicy, $removalGraceHours: Int) { createServerConfig( input: {courseId: $courseId, guildId: $guildId, inviteChannelId: $inviteChannelId, studentRoleId: $studentRoleId, welcomeMessage: $welcomeMessage, autoInvite: $autoInvite, adoptExisting: $adoptExisting, roleAfterScreening: $roleAfterScreening, driftPolicy: $driftPolicy, removalPolicy: $removalPolicy, removalGraceHours: $removalGraceHours} ) { id } }',
);
