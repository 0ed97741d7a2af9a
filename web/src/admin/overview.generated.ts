// Made by `npm run codegen`. Do not edit.
// From overview.graphql.
import { operation } from '../api/operation';
import { type GuildHealth, type MetricsBucket, type PreflightCheckId } from '../api/enums.generated';

export type OverviewQueryVariables = {
  since: string;
  lastHour: string;
  bucket: MetricsBucket;
};

export type OverviewQuery = {
  readonly removalsPaused: boolean;
  readonly logEnd: string;
  readonly metrics: {
    readonly enrolledStudents: number;
    readonly connectedUsers: number;
    readonly connectionRate: number;
    readonly coursesWithServer: number;
    readonly activeServers: number;
    readonly instructorAdoptionRate: number;
    readonly invitationsSent: number;
    readonly invitationSuccessRate: number;
    readonly retentionRate: number;
    readonly apiCalls: number;
    readonly apiErrorRate: number;
    readonly discordUptime: number;
    readonly queueDepth: number;
    readonly timeToRoleP50: number | null;
    readonly timeToRoleP95: number | null;
    readonly targets: ReadonlyArray<{
      readonly metric: string;
      readonly target: number;
      readonly value: number | null;
      readonly met: boolean | null;
    }>;
    readonly funnel: {
      readonly enrolled: number;
      readonly linked: number;
      readonly invited: number;
      readonly joined: number;
      readonly stayed7Days: number;
      readonly stayed30Days: number;
    };
    readonly series: ReadonlyArray<{
      readonly at: string;
      readonly joined: number;
      readonly left: number;
      readonly removed: number;
      readonly apiCalls: number;
      readonly failedCalls: number;
      readonly timeToRoleP50: number | null;
      readonly timeToRoleP95: number | null;
      readonly queueDepth: number | null;
    }>;
  };
  readonly lastHour: { readonly apiCalls: number; readonly apiErrorRate: number; readonly discordUptime: number };
  readonly troubled: {
    readonly totalCount: number;
    readonly nodes: ReadonlyArray<{
      readonly id: string;
      readonly guildId: string;
      readonly guildName: string;
      readonly health: GuildHealth;
      readonly isActive: boolean;
      readonly course: { readonly id: string; readonly title: string };
      readonly preflight: {
        readonly checks: ReadonlyArray<{
          readonly id: PreflightCheckId;
          readonly passed: boolean;
          readonly required: boolean;
          readonly message: string;
        }>;
      };
    }>;
  };
  readonly held: ReadonlyArray<{ readonly id: string }>;
  readonly webhookEndpoints: ReadonlyArray<{
    readonly id: string;
    readonly active: boolean;
    readonly pending: number;
    readonly failed: number;
  }>;
};

export type ServerHealthSubscriptionVariables = {
  after?: string | null | undefined;
};

export type ServerHealthSubscription = {
  readonly serverHealthChanged: { readonly id: string; readonly health: GuildHealth };
};

export const overview = operation<OverviewQuery, OverviewQueryVariables>(
  'query Overview($since: DateTime!, $lastHour: DateTime!, $bucket: MetricsBucket!) { metrics(since: $since) { enrolledStudents connectedUsers connectionRate coursesWithServer activeServers instructorAdoptionRate invitationsSent invitationSuccessRate retentionRate apiCalls apiErrorRate discordUptime queueDepth timeToRoleP50 timeToRoleP95 targets { metric target value met } funnel { enrolled linked invited joined stayed7Days stayed30Days } series(bucket: $bucket) { at joined left removed apiCalls failedCalls timeToRoleP50 timeToRoleP95 queueDepth } } lastHour: metrics(since: $lastHour) { apiCalls apiErrorRate discordUptime } troubled: serverConfigs(first: 50, health: [DEGRADED, UNREACHABLE]) { totalCount nodes { id guildId guildName health isActive course { id title } preflight { checks { id passed required message } } } } held: syncRuns(first: 100, status: [AWAITING_CONFIRMATION]) { id } webhookEndpoints { id active pending failed } removalsPaused logEnd }',
);

export const serverHealth = operation<ServerHealthSubscription, ServerHealthSubscriptionVariables>(
  'subscription ServerHealth($after: String) { serverHealthChanged(after: $after) { id health } }',
);
