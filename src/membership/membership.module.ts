import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { ServerConfigModule } from '../server-config/server-config.module';
import { AccountViews } from './account-views';
import { AccountWorker } from './account-worker';
import { ActiveDays } from './active-days';
import { Brake } from './brake';
import { BulkInvites } from './bulk-invites';
import { Comparison } from './comparison';
import { ConfigDeletion } from './config-deletion';
import { ConfigRestoration } from './config-restoration';
import { ConfigDeletionResolver } from './config-deletion.resolver';
import { CourseStatsReader } from './course-stats.reader';
import { CourseStatsResolver } from './course-stats.resolver';
import { Forgetting } from './forgetting';
import { ForgettingResolver } from './forgetting.resolver';
import { Gaps } from './gaps';
import { GuildFactsReader } from './guild-facts';
import { GuildLeases } from './guild-lease';
import { GuildQueue } from './guild-queue';
import { Intents } from './intents';
import { InviteChannel } from './invite-channel';
import { LeaseWatch } from './lease-watch';
import { LogSubjectResolver } from './log-subject.resolver';
import { Marker } from './mark';
import { MembershipActions } from './membership-actions';
import { MembershipChangeResolver } from './membership-change.resolver';
import { CourseMembershipsResolver, ViewerMembershipsResolver } from './membership-owners.resolver';
import { MembershipResolver } from './membership.resolver';
import { Memberships } from './memberships';
import { Observations } from './observations';
import { OpenInvites } from './open-invites';
import { OpenRuns } from './open-runs';
import { Outcomes } from './outcomes';
import { Ownership } from './ownership';
import { Reconciler } from './reconciler';
import { Releases } from './releases';
import { RemovalForecasts } from './removal-forecasts';
import { RemovalsInFlight } from './removals-in-flight';
import { RemovalsPause } from './removals-pause';
import { RosterSearch } from './roster-search';
import { RunDecisions } from './run-decisions';
import { Schedule } from './schedule';
import { ServerTrouble } from './server-trouble';
import { StudentConnectionResolver } from './student-connection.resolver';
import { StudentInvites } from './student-invites';
import { Sweep } from './sweep';
import { PlannedActionResolver, SyncPlanResolver } from './sync-plan.resolver';
import { SyncPlans } from './sync-plans';
import { SyncRunResolver } from './sync-run.resolver';
import { RunWatches } from './run-watches';
import { SyncRuns } from './sync-runs';
import { Welcome } from './welcome';

/** The heart: what is desired, what is actual, and the one step between. */
@Module({
  imports: [ScheduleModule.forRoot(), ServerConfigModule],
  providers: [
    Marker,
    GuildQueue,
    GuildLeases,
    LeaseWatch,
    AccountViews,
    AccountWorker,
    Intents,
    InviteChannel,
    Outcomes,
    GuildFactsReader,
    Brake,
    Comparison,
    OpenRuns,
    ServerTrouble,
    Reconciler,
    SyncRuns,
    RunWatches,
    BulkInvites,
    RunDecisions,
    RemovalsInFlight,
    RemovalForecasts,
    RosterSearch,
    RemovalsPause,
    Releases,
    ConfigDeletion,
    ConfigRestoration,
    ConfigDeletionResolver,
    ActiveDays,
    Forgetting,
    Ownership,
    StudentInvites,
    Sweep,
    Schedule,
    Observations,
    Gaps,
    OpenInvites,
    Welcome,
    Memberships,
    MembershipActions,
    MembershipResolver,
    ViewerMembershipsResolver,
    CourseMembershipsResolver,
    CourseStatsReader,
    CourseStatsResolver,
    MembershipChangeResolver,
    StudentConnectionResolver,
    SyncRunResolver,
    SyncPlans,
    SyncPlanResolver,
    PlannedActionResolver,
    ForgettingResolver,
    LogSubjectResolver,
  ],
  exports: [
    ActiveDays,
    CourseStatsReader,
    Gaps,
    Observations,
    Memberships,
    MembershipActions,
    RemovalForecasts,
    RosterSearch,
    RunDecisions,
    Schedule,
    SyncPlans,
    SyncRuns,
  ],
})
export class MembershipModule {}
