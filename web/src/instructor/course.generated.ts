// Made by `npm run codegen`. Do not edit.
// From course.graphql.
import { operation } from '../api/operation';
import {
  type DriftPolicy,
  type GuildHealth,
  type PreflightCheckId,
  type RemovalPolicy,
  type SyncRunStatus,
  type UserRole,
} from '../api/enums.generated';

export type CoursePageQueryVariables = {
  id: string;
};

export type CoursePageQuery = {
  readonly removalsPaused: boolean;
  readonly logEnd: string;
  readonly viewer: { readonly id: string; readonly role: UserRole };
  readonly course: {
    readonly id: string;
    readonly title: string;
    readonly instructorId: string;
    readonly staff: ReadonlyArray<{ readonly id: string; readonly displayName: string | null }>;
    readonly stats: {
      readonly enrolled: number;
      readonly linked: number;
      readonly invited: number;
      readonly joined: number;
      readonly pending: number;
      readonly left: number;
      readonly removed: number;
    };
    readonly serverConfigs: ReadonlyArray<{
      readonly id: string;
      readonly guildId: string;
      readonly guildName: string;
      readonly health: GuildHealth;
      readonly isActive: boolean;
      readonly removalsPaused: boolean;
      readonly inviteChannelId: string | null;
      readonly studentRoleId: string | null;
      readonly welcomeMessage: string | null;
      readonly autoInvite: boolean;
      readonly adoptExisting: boolean;
      readonly roleAfterScreening: boolean;
      readonly driftPolicy: DriftPolicy;
      readonly removalPolicy: RemovalPolicy;
      readonly removalGraceHours: number;
      readonly deletion: { readonly id: string; readonly status: SyncRunStatus } | null;
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
    }>;
    readonly discordLink: {
      readonly inviteLink: string;
      readonly serverName: string | null;
      readonly working: boolean | null;
      readonly howToMend: string | null;
      readonly clicks: number;
      readonly uniqueStudents: number;
      readonly createdAt: string;
    } | null;
  } | null;
};

export type CourseServerFragment = {
  readonly id: string;
  readonly guildId: string;
  readonly guildName: string;
  readonly health: GuildHealth;
  readonly isActive: boolean;
  readonly removalsPaused: boolean;
  readonly inviteChannelId: string | null;
  readonly studentRoleId: string | null;
  readonly welcomeMessage: string | null;
  readonly autoInvite: boolean;
  readonly adoptExisting: boolean;
  readonly roleAfterScreening: boolean;
  readonly driftPolicy: DriftPolicy;
  readonly removalPolicy: RemovalPolicy;
  readonly removalGraceHours: number;
  readonly deletion: { readonly id: string; readonly status: SyncRunStatus } | null;
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

export type CourseChangedSubscriptionVariables = {
  courseId: string;
  after?: string | null | undefined;
};

export type CourseChangedSubscription = {
  readonly membershipChanged: { readonly seq: string; readonly membership: { readonly id: string } };
};

export type CourseHealthChangedSubscriptionVariables = {
  courseId: string;
  after?: string | null | undefined;
};

export type CourseHealthChangedSubscription = {
  readonly serverHealthChanged: { readonly id: string; readonly health: GuildHealth };
};

export type RecheckServerMutationVariables = {
  id: string;
};

export type RecheckServerMutation = { readonly recheckServer: { readonly id: string; readonly health: GuildHealth } };

export type UpdateServerMutationVariables = {
  id: string;
  inviteChannelId?: string | null | undefined;
  studentRoleId?: string | null | undefined;
  welcomeMessage?: string | null | undefined;
  autoInvite?: boolean | null | undefined;
  adoptExisting?: boolean | null | undefined;
  roleAfterScreening?: boolean | null | undefined;
  driftPolicy?: DriftPolicy | null | undefined;
  removalPolicy?: RemovalPolicy | null | undefined;
  removalGraceHours?: number | null | undefined;
  isActive?: boolean | null | undefined;
};

export type UpdateServerMutation = { readonly updateServerConfig: { readonly id: string } };

export type DeleteServerMutationVariables = {
  id: string;
  endAccess: boolean;
};

export type DeleteServerMutation = { readonly deleteServerConfig: boolean };

export type PauseRemovalsMutationVariables = {
  configId: string;
  paused: boolean;
};

export type PauseRemovalsMutation = { readonly setRemovalsPaused: boolean };

export type SetStaffMutationVariables = {
  courseId: string;
  userIds: ReadonlyArray<string> | string;
};

export type SetStaffMutation = { readonly setCourseStaff: { readonly id: string } };

export const coursePage = operation<CoursePageQuery, CoursePageQueryVariables>(
  'query CoursePage($id: UUID!) { viewer { id role } course(id: $id) { id title instructorId staff { id displayName } stats { enrolled linked invited joined pending left removed } serverConfigs { ...CourseServer } discordLink { inviteLink serverName working howToMend clicks uniqueStudents createdAt } } removalsPaused logEnd } fragment CourseServer on ServerConfig { id guildId guildName health isActive removalsPaused inviteChannelId studentRoleId welcomeMessage autoInvite adoptExisting roleAfterScreening driftPolicy removalPolicy removalGraceHours deletion { id status } preflight { ok checkedAt checks { id passed required message } } }',
);

export const courseChanged = operation<CourseChangedSubscription, CourseChangedSubscriptionVariables>(
  'subscription CourseChanged($courseId: UUID!, $after: String) { membershipChanged(courseId: $courseId, after: $after) { seq membership { id } } }',
);

export const courseHealthChanged = operation<CourseHealthChangedSubscription, CourseHealthChangedSubscriptionVariables>(
  'subscription CourseHealthChanged($courseId: UUID!, $after: String) { serverHealthChanged(courseId: $courseId, after: $after) { id health } }',
);

export const recheckServer = operation<RecheckServerMutation, RecheckServerMutationVariables>(
  'mutation RecheckServer($id: UUID!) { recheckServer(id: $id) { id health } }',
);

export const updateServer = operation<UpdateServerMutation, UpdateServerMutationVariables>(
  'mutation UpdateServer($id: UUID!, $inviteChannelId: Snowflake, $studentRoleId: Snowflake, $welcomeMessage: String, $autoInvite: Boolean, $adoptExisting: Boolean, $roleAfterScreening: Boolean, $driftPolicy: DriftPolicy, $removalPolicy: RemovalPolicy, $removalGraceHours: Int, $isActive: Boolean) { updateServerConfig( id: $id input: {inviteChannelId: $inviteChannelId, studentRoleId: $studentRoleId, welcomeMessage: $welcomeMessage, autoInvite: $autoInvite, adoptExisting: $adoptExisting, roleAfterScreening: $roleAfterScreening, driftPolicy: $driftPolicy, removalPolicy: $removalPolicy, removalGraceHours: $removalGraceHours, isActive: $isActive} ) { id } }',
);

export const deleteServer = operation<DeleteServerMutation, DeleteServerMutationVariables>(
  'mutation DeleteServer($id: UUID!, $endAccess: Boolean!) { deleteServerConfig(id: $id, endAccess: $endAccess) }',
);

export const pauseRemovals = operation<PauseRemovalsMutation, PauseRemovalsMutationVariables>(
  'mutation PauseRemovals($configId: UUID!, $paused: Boolean!) { setRemovalsPaused(configId: $configId, paused: $paused) }',
);

export const setStaff = operation<SetStaffMutation, SetStaffMutationVariables>(
  'mutation SetStaff($courseId: UUID!, $userIds: [UUID!]!) { setCourseStaff(courseId: $courseId, userIds: $userIds) { id } }',
);
