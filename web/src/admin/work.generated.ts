// Made by `npm run codegen`. Do not edit.
// From work.graphql.
import { operation } from '../api/operation';
import { type SyncRunStatus, type WebhookDeliveryStatus } from '../api/enums.generated';

export type RunsQueryVariables = {
  status?: ReadonlyArray<SyncRunStatus> | SyncRunStatus | null | undefined;
};

export type RunsQuery = {
  readonly syncRuns: ReadonlyArray<{
    readonly id: string;
    readonly guildId: string;
    readonly courseId: string | null;
    readonly status: SyncRunStatus;
    readonly total: number;
    readonly done: number;
    readonly added: number;
    readonly invited: number;
    readonly removed: number;
    readonly roleChanges: number;
    readonly failed: number;
    readonly apiCalls: number;
    readonly etaSeconds: number | null;
    readonly error: string | null;
    readonly startedAt: string | null;
    readonly finishedAt: string | null;
  }>;
};

export type WebhooksQueryVariables = {
  status?: WebhookDeliveryStatus | null | undefined;
};

export type WebhooksQuery = {
  readonly webhookEndpoints: ReadonlyArray<{
    readonly id: string;
    readonly url: string;
    readonly active: boolean;
    readonly delivered: number;
    readonly failed: number;
    readonly pending: number;
    readonly lastError: string | null;
    readonly deliveries: ReadonlyArray<{
      readonly id: string;
      readonly seq: string;
      readonly status: WebhookDeliveryStatus;
      readonly attempts: number;
      readonly dueAt: string;
      readonly finishedAt: string | null;
      readonly lastError: string | null;
    }>;
  }>;
};

export type ConfirmRunMutationVariables = {
  id: string;
};

export type ConfirmRunMutation = { readonly confirmSyncRun: { readonly id: string } };

export type CancelRunMutationVariables = {
  id: string;
};

export type CancelRunMutation = { readonly cancelSyncRun: { readonly id: string } };

export type TellAgainMutationVariables = {
  endpointId: string;
  ids?: ReadonlyArray<string> | string | null | undefined;
};

export type TellAgainMutation = { readonly redeliverWebhooks: number };

export type SetEndpointMutationVariables = {
  id?: string | null | undefined;
  url: string;
  active: boolean;
};

export type SetEndpointMutation = {
  readonly setWebhookEndpoint: { readonly secret: string | null; readonly endpoint: { readonly id: string } };
};

export type DeleteEndpointMutationVariables = {
  id: string;
};

export type DeleteEndpointMutation = { readonly deleteWebhookEndpoint: boolean };

export type StopSwitchQueryVariables = { [key: string]: never };

export type StopSwitchQuery = { readonly removalsPaused: boolean };

export type SetStopSwitchMutationVariables = {
  paused: boolean;
};

export type SetStopSwitchMutation = { readonly setRemovalsPaused: boolean };

export const runs = operation<RunsQuery, RunsQueryVariables>(
  'query Runs($status: [SyncRunStatus!]) { syncRuns(first: 100, status: $status) { id guildId courseId status total done added invited removed roleChanges failed apiCalls etaSeconds error startedAt finishedAt } }',
);

export const webhooks = operation<WebhooksQuery, WebhooksQueryVariables>(
  'query Webhooks($status: WebhookDeliveryStatus) { webhookEndpoints { id url active delivered failed pending lastError deliveries(first: 50, status: $status) { id seq status attempts dueAt finishedAt lastError } } }',
);

export const confirmRun = operation<ConfirmRunMutation, ConfirmRunMutationVariables>(
  'mutation ConfirmRun($id: UUID!) { confirmSyncRun(id: $id) { id } }',
);

export const cancelRun = operation<CancelRunMutation, CancelRunMutationVariables>(
  'mutation CancelRun($id: UUID!) { cancelSyncRun(id: $id) { id } }',
);

export const tellAgain = operation<TellAgainMutation, TellAgainMutationVariables>(
  'mutation TellAgain($endpointId: UUID!, $ids: [UUID!]) { redeliverWebhooks(endpointId: $endpointId, ids: $ids) }',
);

export const setEndpoint = operation<SetEndpointMutation, SetEndpointMutationVariables>(
  'mutation SetEndpoint($id: UUID, $url: String!, $active: Boolean!) { setWebhookEndpoint(id: $id, url: $url, active: $active) { secret endpoint { id } } }',
);

export const deleteEndpoint = operation<DeleteEndpointMutation, DeleteEndpointMutationVariables>(
  'mutation DeleteEndpoint($id: UUID!) { deleteWebhookEndpoint(id: $id) }',
);

export const stopSwitch = operation<StopSwitchQuery, StopSwitchQueryVariables>('query StopSwitch { removalsPaused }');

export const setStopSwitch = operation<SetStopSwitchMutation, SetStopSwitchMutationVariables>(
  'mutation SetStopSwitch($paused: Boolean!) { setRemovalsPaused(paused: $paused) }',
);
