// Made by `npm run codegen`. Do not edit.
// From sync.graphql.
import { operation } from '../api/operation';
import { type MembershipReason, type SyncActionType, type SyncRunStatus } from '../api/enums.generated';

export type SyncPlanQueryVariables = {
  courseId: string;
  guildId: string;
};

export type SyncPlanQuery = {
  readonly syncPlan: ReadonlyArray<{
    readonly guildId: string;
    readonly computedAt: string;
    readonly add: number;
    readonly invite: number;
    readonly grantRole: number;
    readonly revokeRole: number;
    readonly kick: number;
    readonly unchanged: number;
    readonly held: boolean;
    readonly actions: ReadonlyArray<{
      readonly action: SyncActionType;
      readonly reason: MembershipReason;
      readonly discordUserId: string | null;
      readonly student: { readonly id: string; readonly displayName: string | null };
      readonly keptBy: { readonly id: string; readonly title: string } | null;
    }>;
  }>;
};

export type CourseRunsQueryVariables = {
  courseId: string;
  guildId: string;
};

export type CourseRunsQuery = {
  readonly syncRuns: ReadonlyArray<{
    readonly id: string;
    readonly guildId: string;
    readonly status: SyncRunStatus;
    readonly requestedBy: string | null;
    readonly total: number;
    readonly done: number;
    readonly added: number;
    readonly invited: number;
    readonly roleChanges: number;
    readonly removed: number;
    readonly failed: number;
    readonly apiCalls: number;
    readonly etaSeconds: number | null;
    readonly startedAt: string | null;
    readonly finishedAt: string | null;
    readonly error: string | null;
  }>;
};

export type OneRunQueryVariables = {
  id: string;
};

export type OneRunQuery = {
  readonly syncRun: {
    readonly id: string;
    readonly guildId: string;
    readonly status: SyncRunStatus;
    readonly requestedBy: string | null;
    readonly total: number;
    readonly done: number;
    readonly added: number;
    readonly invited: number;
    readonly roleChanges: number;
    readonly removed: number;
    readonly failed: number;
    readonly apiCalls: number;
    readonly etaSeconds: number | null;
    readonly startedAt: string | null;
    readonly finishedAt: string | null;
    readonly error: string | null;
  } | null;
};

export type RunProgressedSubscriptionVariables = {
  id: string;
};

export type RunProgressedSubscription = {
  readonly syncRunProgressed: {
    readonly id: string;
    readonly guildId: string;
    readonly status: SyncRunStatus;
    readonly requestedBy: string | null;
    readonly total: number;
    readonly done: number;
    readonly added: number;
    readonly invited: number;
    readonly roleChanges: number;
    readonly removed: number;
    readonly failed: number;
    readonly apiCalls: number;
    readonly etaSeconds: number | null;
    readonly startedAt: string | null;
    readonly finishedAt: string | null;
    readonly error: string | null;
  };
};

export type RunFragment = {
  readonly id: string;
  readonly guildId: string;
  readonly status: SyncRunStatus;
  readonly requestedBy: string | null;
  readonly total: number;
  readonly done: number;
  readonly added: number;
  readonly invited: number;
  readonly roleChanges: number;
  readonly removed: number;
  readonly failed: number;
  readonly apiCalls: number;
  readonly etaSeconds: number | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly error: string | null;
};

export type StartSyncMutationVariables = {
  courseId: string;
};

export type StartSyncMutation = {
  readonly syncCourse: ReadonlyArray<{
    readonly id: string;
    readonly guildId: string;
    readonly status: SyncRunStatus;
    readonly requestedBy: string | null;
    readonly total: number;
    readonly done: number;
    readonly added: number;
    readonly invited: number;
    readonly roleChanges: number;
    readonly removed: number;
    readonly failed: number;
    readonly apiCalls: number;
    readonly etaSeconds: number | null;
    readonly startedAt: string | null;
    readonly finishedAt: string | null;
    readonly error: string | null;
  }>;
};

export type ConfirmRunMutationVariables = {
  id: string;
};

export type ConfirmRunMutation = {
  readonly confirmSyncRun: {
    readonly id: string;
    readonly guildId: string;
    readonly status: SyncRunStatus;
    readonly requestedBy: string | null;
    readonly total: number;
    readonly done: number;
    readonly added: number;
    readonly invited: number;
    readonly roleChanges: number;
    readonly removed: number;
    readonly failed: number;
    readonly apiCalls: number;
    readonly etaSeconds: number | null;
    readonly startedAt: string | null;
    readonly finishedAt: string | null;
    readonly error: string | null;
  };
};

export type CancelRunMutationVariables = {
  id: string;
};

export type CancelRunMutation = {
  readonly cancelSyncRun: {
    readonly id: string;
    readonly guildId: string;
    readonly status: SyncRunStatus;
    readonly requestedBy: string | null;
    readonly total: number;
    readonly done: number;
    readonly added: number;
    readonly invited: number;
    readonly roleChanges: number;
    readonly removed: number;
    readonly failed: number;
    readonly apiCalls: number;
    readonly etaSeconds: number | null;
    readonly startedAt: string | null;
    readonly finishedAt: string | null;
    readonly error: string | null;
  };
};

export type UndoRunMutationVariables = {
  id: string;
};

export type UndoRunMutation = {
  readonly undoSyncRun: {
    readonly id: string;
    readonly guildId: string;
    readonly status: SyncRunStatus;
    readonly requestedBy: string | null;
    readonly total: number;
    readonly done: number;
    readonly added: number;
    readonly invited: number;
    readonly roleChanges: number;
    readonly removed: number;
    readonly failed: number;
    readonly apiCalls: number;
    readonly etaSeconds: number | null;
    readonly startedAt: string | null;
    readonly finishedAt: string | null;
    readonly error: string | null;
  };
};

export type HeldRemovalsQueryVariables = {
  courseId: string;
  guildId: string;
};

export type HeldRemovalsQuery = {
  readonly memberships: {
    readonly totalCount: number;
    readonly nodes: ReadonlyArray<{
      readonly id: string;
      readonly student: { readonly id: string; readonly displayName: string | null };
    }>;
  };
};

export const syncPlan = operation<SyncPlanQuery, SyncPlanQueryVariables>(
  'query SyncPlan($courseId: UUID!, $guildId: Snowflake!) { syncPlan(courseId: $courseId, guildId: $guildId) { guildId computedAt add invite grantRole revokeRole kick unchanged held actions(first: 500) { action reason discordUserId student { id displayName } keptBy { id title } } } }',
);

export const courseRuns = operation<CourseRunsQuery, CourseRunsQueryVariables>(
  'query CourseRuns($courseId: UUID!, $guildId: Snowflake!) { syncRuns(courseId: $courseId, guildId: $guildId, first: 30) { ...Run } } fragment Run on SyncRun { id guildId status requestedBy total done added invited roleChanges removed failed apiCalls etaSeconds startedAt finishedAt error }',
);

export const oneRun = operation<OneRunQuery, OneRunQueryVariables>(
  'query OneRun($id: UUID!) { syncRun(id: $id) { ...Run } } fragment Run on SyncRun { id guildId status requestedBy total done added invited roleChanges removed failed apiCalls etaSeconds startedAt finishedAt error }',
);

export const runProgressed = operation<RunProgressedSubscription, RunProgressedSubscriptionVariables>(
  'subscription RunProgressed($id: UUID!) { syncRunProgressed(id: $id) { ...Run } } fragment Run on SyncRun { id guildId status requestedBy total done added invited roleChanges removed failed apiCalls etaSeconds startedAt finishedAt error }',
);

export const startSync = operation<StartSyncMutation, StartSyncMutationVariables>(
  'mutation StartSync($courseId: UUID!) { syncCourse(courseId: $courseId) { ...Run } } fragment Run on SyncRun { id guildId status requestedBy total done added invited roleChanges removed failed apiCalls etaSeconds startedAt finishedAt error }',
);

export const confirmRun = operation<ConfirmRunMutation, ConfirmRunMutationVariables>(
  'mutation ConfirmRun($id: UUID!) { confirmSyncRun(id: $id) { ...Run } } fragment Run on SyncRun { id guildId status requestedBy total done added invited roleChanges removed failed apiCalls etaSeconds startedAt finishedAt error }',
);

export const cancelRun = operation<CancelRunMutation, CancelRunMutationVariables>(
  'mutation CancelRun($id: UUID!) { cancelSyncRun(id: $id) { ...Run } } fragment Run on SyncRun { id guildId status requestedBy total done added invited roleChanges removed failed apiCalls etaSeconds startedAt finishedAt error }',
);

export const undoRun = operation<UndoRunMutation, UndoRunMutationVariables>(
  'mutation UndoRun($id: UUID!) { undoSyncRun(id: $id) { ...Run } } fragment Run on SyncRun { id guildId status requestedBy total done added invited roleChanges removed failed apiCalls etaSeconds startedAt finishedAt error }',
);

export const heldRemovals = operation<HeldRemovalsQuery, HeldRemovalsQueryVariables>(
  'query HeldRemovals($courseId: UUID!, $guildId: Snowflake!) { memberships( courseId: $courseId first: 50 filter: {guildId: $guildId, reason: [REMOVAL_HELD]} ) { totalCount nodes { id student { id displayName } } } }',
);
